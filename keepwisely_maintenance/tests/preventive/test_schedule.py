from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


class ScheduleCase(MaintenanceCase):
    """Schedules as planners make them, in a plant that works from Monday to Friday, 8:00 to 17:00 in Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Plant", "tz": "Europe/Brussels", "company_id": cls.company.id}
        )

    @classmethod
    def _schedule(cls, next_date="2027-01-31", **values):
        return cls.env["maintenance.schedule"].with_user(cls.planner).create(
            {
                "name": "Grease the bearings",
                "equipment_ids": [Command.set(cls.conveyor.ids)],
                "next_date": next_date,
                **values,
            }
        )

    def _run(self, day):
        """The scheduled action on ``day``, at noon."""
        with freeze_time(f"{day} 11:00:00"):
            return self._run_cron("ir_cron_schedules")

    def _complete(self, request, moment):
        with freeze_time(moment):
            request = request.with_user(self.planner)
            request.user_id = self.technician
            request.action_approve()
            request.action_start()
            request.action_complete()

    def _dues(self, schedule):
        return [request.schedule_due_date.isoformat() for request in schedule.sudo().request_ids.sorted("id")]


@tagged("post_install", "-at_install")
class TestSchedule(ScheduleCase):
    def test_one_work_order_per_due_date_with_what_it_takes(self):
        schedule = self._schedule(
            "2027-03-29", lead_days=7, duration=2.5, priority="1", instruction_text="<p>Two strokes each.</p>",
            task_ids=[Command.create({"name": "Lock out", "is_mandatory": True})],
            part_ids=[Command.create({"product_id": self.seal.id, "product_uom_qty": 2})],
        )  # fmt: skip
        self._run("2027-03-21")
        self.assertFalse(schedule.request_ids, "8 days before is too early")
        self._run("2027-03-22")
        request = schedule.request_ids
        self.assertEqual(len(request), 1)
        self.assertEqual(request.maintenance_type, "preventive")
        self.assertEqual(request.state, "requested", "nobody approved it beforehand")
        self.assertEqual(request.schedule_due_date, date(2027, 3, 29))
        # 8:00 in Brussels, where summer time began on the day before
        self.assertEqual(request.schedule_date.isoformat(), "2027-03-29T06:00:00")
        self.assertEqual(request.expected_hours, 2.5)
        self.assertEqual((request.task_ids.name, request.task_ids.is_mandatory), ("Lock out", True))
        self.assertEqual(request.part_ids.mapped("product_uom_qty"), [2.0])
        self.assertEqual(request.maintenance_team_id, self.team)
        self.assertIn("Two strokes", request.instruction_text)
        self.assertEqual(schedule.next_date, date(2027, 4, 29))
        self._run("2027-03-22")
        told = self._run("2027-03-29")
        self.assertEqual((told[0], sum(told[1:])), (len(told) - 1, len(told) - 1), "how much there is, and that it is done")
        self.assertEqual(schedule.request_ids, request, "running again makes nothing")

    def test_all_of_it_is_on_the_work_order(self):
        schedule = self._schedule(
            "2027-03-29", duration=0.0, priority="2", description="<p>As agreed</p>", user_id=self.technician.id,
            maintenance_team_id=self.other_team.id, instruction_type="google_slide",
            instruction_google_slide="https://docs.google.com/presentation/d/1",
            work_type_id=self.env.ref("keepwisely_maintenance.work_type_inspection").id,
            task_ids=[Command.create({"name": "Play", "sequence": 7, "kind": "number", "unit": "mm", "limits": "max"})],
        )  # fmt: skip
        self._run("2027-03-29")
        request = schedule.request_ids
        self.assertRecordValues(
            request,
            [
                {
                    "name": "Grease the bearings", "company_id": self.company.id, "equipment_id": self.conveyor.id,
                    "schedule_id": schedule.id, "schedule_asset_id": schedule.asset_ids.id, "maintenance_type": "preventive",
                    "maintenance_work_type_id": schedule.work_type_id.id, "request_date": date(2027, 3, 29),
                    "schedule_due_date": date(2027, 3, 29), "expected_hours": 1.0, "priority": "2",
                    "owner_user_id": self.planner.id, "user_id": self.technician.id, "maintenance_team_id": self.other_team.id,
                    "description": schedule.description, "instruction_type": "google_slide", "instruction_text": False,
                    "instruction_google_slide": "https://docs.google.com/presentation/d/1",
                }
            ],
        )  # fmt: skip
        self.assertRecordValues(
            request.task_ids,
            [{"name": "Play", "sequence": 7, "kind": "number", "unit": "mm", "limits": "max", "is_mandatory": False}],
        )
        self.assertLessEqual(self.planner.partner_id | self.technician.partner_id, request.message_partner_ids)
        self.technician.group_ids = self.env.ref("base.group_user")
        request.with_user(self.planner).archive_equipment_request()
        self._run("2027-04-29")
        self.assertEqual(len(schedule.request_ids), 2)
        self.assertNotIn(self.technician, (schedule.request_ids - request).user_id, "who does no such work any more")

    def test_month_ends_through_a_year(self):
        schedule = self._schedule("2027-01-31", is_pre_approved=True)
        expected = [
            "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
            "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29",
            "2028-03-31",
        ]  # fmt: skip
        for day in expected:
            self._run(day)
            self._complete(schedule.request_ids.filtered(lambda request: request.state == "approved"), f"{day} 13:00:00")
        self.assertEqual(self._dues(schedule), expected)

    def test_summer_time_does_not_drift(self):
        schedule = self._schedule("2027-03-22", interval_unit="week", is_pre_approved=True)
        starts = []
        for day in ("2027-03-22", "2027-03-29", "2027-10-25", "2027-11-01"):
            schedule.next_date = day
            self._run(day)
            request = schedule.request_ids.filtered(lambda request: request.state == "approved")
            starts.append(request.schedule_date.isoformat())
            self._complete(request, f"{day} 13:00:00")
        self.assertEqual(
            starts, ["2027-03-22T07:00:00", "2027-03-29T06:00:00", "2027-10-25T06:00:00", "2027-11-01T07:00:00"]
        )

    def test_today_is_the_day_of_the_plant(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        schedule = self._schedule("2027-06-15")
        with freeze_time("2027-06-14 11:30:00"):
            schedule.action_generate()
        self.assertFalse(schedule.request_ids, "half past eleven in the evening")
        with freeze_time("2027-06-14 12:30:00"):
            schedule.action_generate()
        self.assertEqual(self._dues(schedule), ["2027-06-15"])
        # 8:00 in Auckland
        self.assertEqual(schedule.request_ids.schedule_date.isoformat(), "2027-06-14T20:00:00")

    def test_never_a_second_one_while_one_is_open(self):
        schedule = self._schedule("2027-01-04", interval_unit="week", lead_days=10, is_pre_approved=True)
        self._run("2027-01-01")
        request = schedule.request_ids
        self.assertEqual(self._dues(schedule), ["2027-01-04"])
        self._run("2027-01-10")
        self.assertEqual(schedule.next_date, date(2027, 1, 11), "the next one waits until it is due")
        messages = len(request.message_ids)
        self._run("2027-01-11")
        self._run("2027-01-12")
        self.assertEqual(schedule.next_date, date(2027, 1, 18), "left out")
        self.assertEqual(len(request.message_ids), messages + 1, "with one note")
        self.assertIn("Due again", request.message_ids[0].body)
        self._complete(request, "2027-01-13 13:00:00")
        self._run("2027-01-13")
        self.assertEqual(self._dues(schedule), ["2027-01-04", "2027-01-18"])

    def test_what_falls_due_is_added_to_the_open_one(self):
        schedule = self._schedule(
            "2027-01-04", interval_unit="week", when_open="merge", task_ids=[Command.create({"name": "Clean"})]
        )
        self._run("2027-01-04")
        schedule.write(
            {
                "task_ids": [Command.create({"name": "Adjust"})],
                "part_ids": [Command.create({"product_id": self.seal.id})],
            }
        )
        self._run("2027-01-11")
        request = schedule.request_ids
        self.assertEqual(request.task_ids.mapped("name"), ["Clean", "Adjust"])
        self.assertEqual(request.part_ids.product_id, self.seal)
        self.assertIn("stands for that too", request.message_ids[0].body)
        self._run("2027-01-18")
        self.assertEqual(len(request.task_ids), 2)

    def test_downtime_makes_one_not_twenty(self):
        schedule = self._schedule("2027-01-04", interval_unit="week", is_pre_approved=True)
        self._run("2027-05-26")
        self.assertEqual(self._dues(schedule), ["2027-05-24"], "the last of 21")
        self.assertIn("20 earlier dates", schedule.request_ids.message_ids[0].body)
        self.assertEqual(schedule.next_date, date(2027, 5, 31))
        self.assertEqual(schedule.request_ids.schedule_date.date(), date(2027, 5, 26), "not planned for the past")

    def test_nothing_for_what_is_archived(self):
        schedule = self._schedule("2027-01-04")
        self.conveyor.active = False
        self.assertFalse(schedule.next_date)
        self._run("2027-01-04")
        self.assertFalse(schedule.request_ids)
        self.conveyor.active = True
        schedule.active = False
        self._run("2027-01-04")
        self.assertFalse(schedule.request_ids)
        schedule.active = True
        self._run("2027-01-04")
        self.assertEqual(self._dues(schedule), ["2027-01-04"])

    def test_an_archived_asset_gets_no_line(self):
        """Also where a program reads archived records along."""
        schedule = self._schedule()
        crane = self.env["maintenance.equipment"].create({"name": "Crane", "active": False})
        schedule.with_context(active_test=False).write({"equipment_ids": [Command.link(crane.id)]})
        self.assertEqual(schedule.with_context(active_test=False).asset_ids.equipment_id, self.conveyor)

    def test_counted_from_completion(self):
        schedule = self._schedule("2027-01-31", basis="completion", lead_days=5, is_pre_approved=True)
        self._run("2027-01-26")
        first = schedule.request_ids
        self.assertEqual(schedule.next_date, date(2027, 2, 28), "as far as can be told")
        self._complete(first, "2027-01-27 13:00:00")
        self.assertEqual(schedule.next_date, date(2027, 2, 27), "done early, due early")
        first.with_user(self.planner).action_reopen()
        self.assertEqual(schedule.next_date, date(2027, 2, 28))
        self._run("2027-03-20")
        self.assertEqual(schedule.request_ids, first, "nothing while it is open, however late")
        self._complete(first, "2027-03-25 22:30:00")
        self.assertEqual(schedule.next_date, date(2027, 4, 25), "half past eleven in Brussels")
        self._run("2027-04-19")
        self.assertEqual(schedule.request_ids, first)
        self._run("2027-04-20")
        second = schedule.request_ids - first
        self.assertEqual(second.schedule_due_date, date(2027, 4, 25))
        second.with_user(self.planner).archive_equipment_request()
        self.assertEqual(schedule.next_date, date(2027, 5, 25), "cancelled counts as done when it was due")
        second.with_user(self.planner).action_reopen()
        self._run("2027-05-25")
        self.assertEqual(len(schedule.request_ids), 2, "it is open again")

    def test_early_completion_that_leads_back_to_a_day_that_was_due(self):
        press = self.env["maintenance.equipment"].create({"name": "Press", "maintenance_team_id": self.team.id})
        schedule = self._schedule(
            "2027-01-10", interval=1, interval_unit="day", basis="completion", lead_days=1, is_pre_approved=True,
            equipment_ids=[Command.set((self.conveyor | press).ids)],
        )  # fmt: skip
        self._run("2027-01-09")
        for request in schedule.request_ids:
            # the press a day later, so that each is counted from a day of its own
            self._complete(request, "2027-01-10 09:00:00" if request.equipment_id == press else "2027-01-09 13:00:00")
        self._run("2027-01-10")
        dues = {
            asset: [str(request.schedule_due_date) for request in requests.sorted("id")]
            for asset, requests in schedule.request_ids.grouped("equipment_id").items()
        }
        both = ["2027-01-10", "2027-01-11"]
        self.assertEqual(dues, {self.conveyor: both, press: both}, "one per day, though counted it is the 10th")

    def test_days_off(self):
        """16 January 2027 is a Saturday; the plant is closed from the 18th to the 20th."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Stock-taking",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2027-01-17 23:00:00",
                "date_to": "2027-01-20 23:00:00",
            }
        )
        expected_days = {"keep": "2027-01-16", "next": "2027-01-21", "previous": "2027-01-15", "skip": "2027-01-22"}
        for rule, expected in expected_days.items():
            with self.subTest(rule=rule):
                schedule = self._schedule("2027-01-16", interval=2, interval_unit="day", day_rule=rule)
                self.assertEqual(schedule.next_date, date.fromisoformat(expected))
        # the grid stays where it was: 16, 23, 30 are Saturdays
        weekly = self._schedule("2027-01-16", interval_unit="week", day_rule="next", is_pre_approved=True)
        for day in ("2027-01-21", "2027-01-25", "2027-02-01"):
            self._run(day)
            self._complete(weekly.request_ids.filtered(lambda request: request.state == "approved"), f"{day} 13:00:00")
        self.assertEqual(self._dues(weekly), ["2027-01-21", "2027-01-25", "2027-02-01"])

    def test_working_hours_of_its_own(self):
        """Work that is done when the plant stands still."""
        weekend = self.env["resource.calendar"].create(
            {
                "name": "Weekend", "tz": "Europe/Brussels", "company_id": self.company.id,
                "attendance_ids": [
                    Command.clear(),
                    Command.create({"name": "Sat", "dayofweek": "5", "hour_from": 6, "hour_to": 12, "day_period": "morning"}),
                ],
            }
        )  # fmt: skip
        schedule = self._schedule("2027-01-13", day_rule="next", resource_calendar_id=weekend.id)
        self._run("2027-01-16")
        self.assertEqual(schedule.request_ids.schedule_due_date, date(2027, 1, 16))
        self.assertEqual(schedule.request_ids.schedule_date.isoformat(), "2027-01-16T05:00:00")

    def test_season(self):
        schedule = self._schedule("2027-08-15", season_from="4", season_to="9", is_pre_approved=True)
        for day in ("2027-08-15", "2027-09-15", "2027-10-15", "2028-04-15"):
            self._run(day)
            self._complete(schedule.request_ids.filtered(lambda request: request.state == "approved"), f"{day} 13:00:00")
        self.assertEqual(self._dues(schedule), ["2027-08-15", "2027-09-15", "2028-04-15"])

    def test_a_category_and_who_joins_it(self):
        other = self.conveyor.copy({"name": "Conveyor 4"})
        schedule = self._schedule("2027-01-04", equipment_ids=False, category_id=self.category.id)
        self._run("2027-01-04")
        self.assertEqual(schedule.request_ids.equipment_id, self.conveyor | other)
        with freeze_time("2027-01-20 08:00:00"):
            late = self.conveyor.copy({"name": "Conveyor 5"})
        self.assertEqual(schedule.asset_ids.filtered(lambda line: line.equipment_id == late).next_date, date(2027, 2, 4))
        other.category_id = False
        self.assertNotIn(other, schedule.asset_ids.equipment_id, "at once")
        self._run("2027-02-04")
        self.assertNotIn(other, schedule.asset_ids.equipment_id)
        self.assertEqual(len(schedule.request_ids.filtered(lambda request: request.equipment_id == late)), 1)

    def test_approved_beforehand(self):
        root = self.env.ref("base.user_root")
        by_schedule = self._schedule("2027-01-04", is_pre_approved=True)
        asks = self._schedule("2027-01-04")
        self._run("2027-01-04")
        self.assertEqual((by_schedule.request_ids.state, by_schedule.request_ids.approved_by_id), ("approved", root))
        self.assertEqual(asks.request_ids.state, "requested")
        self.company.preventive_pre_approved = True
        by_company = self._schedule("2027-01-04")
        self._run("2027-01-04")
        self.assertEqual(by_company.request_ids.state, "approved")

    def test_what_it_says_in_words_and_numbers(self):
        for interval, unit, words in ((1, "month", "Every month"), (3, "month", "Every 3 months"), (2, "day", "Every 2 days")):
            self.assertEqual(self._schedule(interval=interval, interval_unit=unit).rhythm, words)
        schedule = self._schedule("2027-03-29", interval=1, interval_unit="month")
        self._run("2027-03-29")
        self.assertEqual((schedule.asset_count, schedule.request_count, schedule.open_request_count), (1, 1, 1))
        self.assertEqual(schedule.asset_ids.last_done_date, False)
        self._complete(schedule.request_ids, "2027-03-31 22:30:00")
        self.env.invalidate_all()
        self.assertEqual((schedule.request_count, schedule.open_request_count), (1, 0))
        self.assertEqual(schedule.asset_ids.last_done_date, date(2027, 4, 1), "half past midnight in Brussels")
        conveyor = self.conveyor.with_user(self.planner)
        later = self._schedule("2027-12-01")
        lines = self.env["maintenance.schedule.asset"].search(conveyor.action_view_schedules()["domain"])
        self.assertLessEqual(schedule.asset_ids | later.asset_ids, lines)
        self.assertEqual(conveyor.next_schedule_date, min(lines.mapped("next_date")))
        self.assertEqual(conveyor.schedule_count, len(lines))
        self.assertEqual(self.env["maintenance.request"].search(schedule.action_view_requests()["domain"]), schedule.request_ids)

    def test_assets_follow_the_category(self):
        press, saw = self.env["maintenance.equipment.category"].create([{"name": "Presses"}, {"name": "Saws"}])
        one, other = self.env["maintenance.equipment"].create(
            [{"name": "Press 1", "category_id": press.id}, {"name": "Saw 1", "category_id": saw.id}]
        )
        schedule = self._schedule(equipment_ids=False, category_id=press.id)
        self.assertEqual(schedule.asset_ids.equipment_id, one)
        schedule.category_id = saw
        self.assertEqual(schedule.asset_ids.filtered("active").equipment_id, other)
        schedule.write({"category_id": False, "equipment_ids": [Command.set(one.ids)]})
        self.assertEqual(schedule.asset_ids.filtered("active").equipment_id, one)
