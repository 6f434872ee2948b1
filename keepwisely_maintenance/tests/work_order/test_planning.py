from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase

#: A Monday; the company works from 8 to 17 in UTC, 40 hours a week.
MONDAY = datetime(2026, 3, 2, 7)


class PlanningCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "40 hours", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.enterClassContext(freeze_time(MONDAY))

    def _planned(self, day, hours=4.0, **values):
        """Work of the technician that begins on ``day`` (a day of March 2026) at 9."""
        start = day and datetime(2026, 3, day, 9)
        request = self._assigned(**values).with_user(self.planner)
        request.write({"schedule_date": start, "expected_hours": hours})
        return request


@tagged("post_install", "-at_install")
class TestWaitingFor(PlanningCase):
    """Whose turn it is."""

    def test_from_the_report_to_the_work(self):
        pump = self._create_part("Pump", 900.0)
        request = self._report().with_user(self.planner)
        steps = [request.waiting_for]
        request.action_approve()
        steps.append(request.waiting_for)
        self._add_part(request, pump)
        steps.append(request.waiting_for)
        request.action_request_parts()
        steps.append(request.waiting_for)
        requisition = request.requisition_ids
        requisition.with_user(self.procurement).action_approve()
        steps.append(request.waiting_for)
        order = self._order(requisition)
        steps.append(request.waiting_for)
        self._receive(order)
        steps.append(request.waiting_for)
        request.user_id = self.technician
        request.with_user(self.technician).action_start()
        steps.append(request.waiting_for)
        request.with_user(self.technician).action_complete()
        steps.append(request.waiting_for)
        self.assertEqual(
            steps, ["approval", "people", "parts", "money", "buyer", "vendor", "people", False, False]
        )

    def test_found_and_grouped(self):
        first, second = self._report(), self._assigned()
        groups = dict(
            self.env["maintenance.request"].with_user(self.planner)._read_group(
                [("id", "in", (first | second).ids)], ["waiting_for"], ["__count"]
            )
        )
        self.assertEqual(groups, {"approval": 1, "people": 1})


@tagged("post_install", "-at_install")
class TestBacklog(PlanningCase):
    """Hours and weeks of work that wait for a team."""

    def test_hours_and_weeks(self):
        pump = self._create_part("Pump", 900.0)
        self._planned(3, hours=30.0)
        short = self._planned(4, hours=10.0)
        self._add_part(short, pump)
        begun = self._planned(2, hours=8.0)
        self.env["maintenance.labor"].with_user(self.planner).create(
            {"maintenance_request_id": begun.id, "user_id": self.technician.id, "hours": 5.0}
        )
        self._report()  # not approved, so nobody's backlog yet
        team = self.team.with_user(self.planner)
        self.assertEqual(team.weekly_hours, 80.0, "two people")
        self.assertEqual((team.backlog_hours, team.backlog_ready_hours), (43.0, 33.0))
        self.assertAlmostEqual(team.backlog_weeks, 43 / 80, 2)
        self.assertAlmostEqual(team.backlog_ready_weeks, 33 / 80, 2)
        # hours of work end later than an hour after their start: on 3, 5 and 6 March
        for moment, count in (("2026-03-03 07:00", 0), ("2026-03-05 07:00", 1), ("2026-03-06 15:00", 2), ("2026-03-10 07:00", 3)):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(team.overdue_count, count, moment)

    def test_holidays_shorten_the_weeks(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 16),
            }
        )
        self.assertEqual(self.team.weekly_hours, 60.0, "three of four weeks")

    def test_more_hours_than_expected_are_no_backlog(self):
        request = self._planned(2, hours=2.0)
        self.env["maintenance.labor"].with_user(self.planner).create(
            {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": 5.0}
        )
        self.assertEqual((request.maintenance_remaining_hours, self.team.backlog_hours), (0.0, 0.0))

    def test_a_team_of_nobody_has_no_weeks(self):
        team = self.env["maintenance.team"].create({"name": "Nobody"})
        self.assertEqual((team.weekly_hours, team.backlog_weeks), (0.0, 0.0))


@tagged("post_install", "-at_install")
class TestWorkload(PlanningCase):
    """Technicians against their hours."""

    def _rows(self, user):
        self.env["maintenance.workload"].with_user(self.planner).action_open_workload()
        rows = self.env["maintenance.workload"].with_user(self.planner).search([("user_id", "=", user.id)])
        return {row.week: row for row in rows}

    def test_weeks(self):
        late, undated = self._planned(2, hours=6.0), self._planned(False, hours=3.0)
        self._planned(11, hours=44.0)
        with freeze_time("2026-03-04 07:00"):
            rows = self._rows(self.technician)
        self.assertEqual(len(rows), 6)
        now, following = rows[date(2026, 3, 2)], rows[date(2026, 3, 9)]
        self.assertEqual((now.planned_hours, now.capacity_hours, now.free_hours), (9.0, 40.0, 31.0))
        self.assertEqual(now.request_ids, late | undated)
        self.assertEqual((following.free_hours, following.load_percent, following.request_count), (-4.0, 110.0, 1))
        self.assertEqual(now.action_view_work_orders()["res_model"], "maintenance.request")

    def test_people_of_other_companies_as_well(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.technician.company_ids += elsewhere
        self.env.invalidate_all()
        self.assertEqual(len(self._rows(self.technician)), 6)

    def test_opening_again_counts_anew(self):
        request = self._planned(3, hours=6.0)
        self._rows(self.technician)
        request.archive_equipment_request()
        rows = self._rows(self.technician)
        self.assertEqual((len(rows), rows[date(2026, 3, 2)].planned_hours), (6, 0.0))

    def test_what_another_planner_opened_is_not_counted_again(self):
        self._planned(3, hours=6.0)
        other = new_test_user(self.env, login="kw_planner_2", groups="maintenance.group_equipment_manager")
        self.env["maintenance.workload"].with_user(other).action_open_workload()
        self.assertEqual(len(self._rows(self.technician)), 6)
        rows = self.env["maintenance.workload"].with_user(self.planner).search([("user_id", "=", self.technician.id)])
        self.assertEqual((len(rows), sum(rows.mapped("planned_hours"))), (6, 6.0))

    def test_for_planners(self):
        with self.assertRaises(AccessError):
            self.env["maintenance.workload"].with_user(self.technician).action_open_workload()

    def test_bounded_queries(self):
        self._planned(3)
        workload = self.env["maintenance.workload"].with_user(self.planner)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            workload._prepare_rows(self.company)
            return self.env.cr.sql_log_count - before

        few = count()
        for _number in range(20):
            self._planned(10)
        self.assertLessEqual(count(), few + 1)


@tagged("post_install", "-at_install")
class TestPlanMany(PlanningCase):
    """Assign and reschedule many at once."""

    def _plan(self, requests, user=None, **values):
        wizard = self.env["maintenance.request.plan"].with_user(user or self.planner).create(
            {"request_ids": [Command.set(requests.ids)], **values}
        )
        return wizard.action_plan()

    def test_assign(self):
        approved = self._report().with_user(self.planner)
        approved.action_approve()
        reported = self._report()
        self._plan(approved | reported, user_id=self.colleague.id)
        self.assertEqual((approved | reported).user_id, self.colleague)
        self.assertEqual((approved.state, reported.state), ("assigned", "requested"))

    def test_on_a_day(self):
        request = self._planned(3)
        undated = self._planned(False, hours=3.0)
        request.schedule_end = datetime(2026, 3, 3, 14, 30)
        self._plan(request | undated, reschedule="date", date="2026-03-12")
        self.assertEqual(
            (request.schedule_date, request.schedule_end),
            (datetime(2026, 3, 12, 9), datetime(2026, 3, 12, 14, 30)),
            "keeps its time of day and its duration",
        )
        self.assertEqual(
            (undated.schedule_date, undated.schedule_end), (datetime(2026, 3, 12, 8), datetime(2026, 3, 12, 11))
        )

    def test_by_days_and_never_on_a_free_day(self):
        request, undated = self._planned(5), self._planned(False)
        self._plan(request | undated, reschedule="shift", days=2)
        self.assertEqual(request.schedule_date, datetime(2026, 3, 9, 9), "Saturday becomes Monday")
        self.assertFalse(undated.schedule_date)

    def test_all_or_nothing(self):
        open_work, done = self._planned(3), self._planned(4)
        done.with_user(self.technician).action_start()
        done.with_user(self.technician).action_complete()
        with self.assertRaises(UserError) as refusal:
            self._plan(open_work | done, reschedule="shift", days=7)
        self.assertIn("leave it out", str(refusal.exception))
        self.assertEqual(open_work.schedule_date, datetime(2026, 3, 3, 9))
        with self.assertRaises(UserError):
            self._plan(open_work)
        with self.assertRaises(AccessError):
            self._plan(open_work, user=self.technician, reschedule="shift")
