from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.work_order.maintenance_request_planning import LEAST_PLANNED
from .test_planning import PlanningCase

TUESDAY, WEDNESDAY, THURSDAY, SATURDAY = "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-07"


class WeekCase(PlanningCase):
    """The week from Sunday, 1 March 2026, as the planner sees it."""

    def _get_week(self, **values):
        return self.env["maintenance.request"].with_user(self.planner).maintenance_get_week(**values)

    def _get_cells(self, person, **values):
        week = self._get_week(**values)
        row = next(row for row in week["rows"] if row["id"] == person.id)
        return dict(zip(week["days"], row["cells"], strict=True))

    def _get_hours(self, person):
        return {day: cell["hours"] for day, cell in self._get_cells(person).items() if cell["hours"]}


@tagged("post_install", "-at_install")
class TestWeek(WeekCase):
    """What the screen shows."""

    def test_for_planners(self):
        with self.assertRaisesRegex(AccessError, "for planners"):
            self.env["maintenance.request"].with_user(self.technician).maintenance_get_week()

    def test_days_people_and_hours(self):
        week = self._get_week()
        self.assertEqual((week["days"][0], week["days"][-1], week["today"]), ("2026-03-01", SATURDAY, "2026-03-02"))
        names = [row["name"] for row in week["rows"]]
        self.assertEqual(names[0], "Nobody yet")
        self.assertLessEqual({"Technician", "Colleague", "Outsider"}, set(names))
        self.assertNotIn("Operator", names)
        cells = self._get_cells(self.technician.partner_id)
        self.assertEqual([cell["capacity"] for cell in cells.values()], [0, 8, 8, 8, 8, 8, 0])

    def test_what_a_card_says(self):
        request = self._planned(4, hours=6.0, priority="1")
        request.maintenance_crew_ids = self.colleague.partner_id
        (job,) = self._get_week()["jobs"].values()
        self.assertIn("9:00", job.pop("time"))
        self.assertCountEqual(job.pop("people"), (self.technician | self.colleague).partner_id.ids)
        self.assertCountEqual(job.pop("names").split(", "), ["Technician", "Colleague"])
        self.assertEqual(
            job,
            {
                "id": request.id, "reference": request.reference, "name": "Squealing conveyor", "asset": "Conveyor 3",
                "priority": "1", "state": "assigned", "state_label": "Assigned", "is_open": True, "is_late": False, "hours": 6.0,
                "day": WEDNESDAY, "responsible": self.technician.partner_id.id, "parts": False, "before_parts": False,
            },
        )  # fmt: skip

    def test_hours_of_what_nobody_does(self):
        """Without hours it shows with those that such work is planned with."""
        short, long = self._planned(4, hours=0.0), self._planned(4, hours=6.0)
        (short | long).user_id = False
        wednesday = self._get_week()["rows"][0]["cells"][3]
        self.assertEqual(wednesday["hours"], 6.0 + LEAST_PLANNED)
        hours = {job["id"]: (job["hours"], job["goes_on"]) for job in wednesday["jobs"]}
        self.assertEqual(hours, {short.id: (LEAST_PLANNED, False), long.id: (6.0, False)})

    def test_the_week_of_a_language_begins_when_it_says(self):
        self.env["res.lang"]._lang_get(self.planner.lang or "en_US").week_start = "1"
        self.assertEqual(self._get_week(day=WEDNESDAY)["days"][0], "2026-03-02")
        self.assertEqual(self._get_week(day="2026-03-08")["days"][0], "2026-03-02")

    def test_long_work_is_spread_over_working_days(self):
        request = self._planned(4, hours=14.0)  # Wednesday at 9
        cells = self._get_cells(self.technician.partner_id)
        self.assertEqual(self._get_hours(self.technician.partner_id), {WEDNESDAY: 7.0, THURSDAY: 7.0})
        self.assertEqual(cells[WEDNESDAY]["jobs"], [{"id": request.id, "hours": 7.0, "goes_on": False}])
        self.assertTrue(cells[THURSDAY]["jobs"][0]["goes_on"])

    def test_work_of_the_week_before_counts_with_what_is_left(self):
        with freeze_time("2026-02-20 07:00"):
            request = self._assigned().with_user(self.planner)
            request.write({"schedule_date": datetime(2026, 2, 26, 9), "expected_hours": 20.0})
        self.assertEqual(self._get_hours(self.technician.partner_id), {"2026-03-02": 5.0})

    def test_a_crew_shares_the_hours(self):
        request = self._planned(4, hours=6.0)
        request.maintenance_crew_ids = self.colleague.partner_id
        self.assertEqual(self._get_hours(self.technician.partner_id), {WEDNESDAY: 3.0})
        self.assertEqual(self._get_hours(self.colleague.partner_id), {WEDNESDAY: 3.0})

    def test_leave_and_holidays(self):
        calendar = self.company.resource_calendar_id
        resource = self.env["resource.resource"].create(
            {"name": "Technician", "user_id": self.technician.id, "calendar_id": calendar.id, "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].create(
            [
                {"name": "Works holiday", "calendar_id": calendar.id,
                 "date_from": datetime(2026, 3, 6), "date_to": datetime(2026, 3, 6, 23)},
                {"name": "Doctor", "calendar_id": calendar.id, "resource_id": resource.id,
                 "date_from": datetime(2026, 3, 4, 13), "date_to": datetime(2026, 3, 4, 17)},
            ]
        )  # fmt: skip
        self._planned(4, hours=3.0)
        mine, theirs = self._get_cells(self.technician.partner_id), self._get_cells(self.colleague.partner_id)
        self.assertEqual((mine[WEDNESDAY]["capacity"], mine[WEDNESDAY]["leave"]), (4.0, 4.0))
        self.assertEqual((theirs[WEDNESDAY]["capacity"], theirs[WEDNESDAY]["leave"]), (8.0, 0.0))
        self.assertEqual((theirs["2026-03-06"]["capacity"], theirs["2026-03-06"]["leave"]), (0.0, 8.0))

    def test_work_after_hours_counts_on_its_day(self):
        self._planned(7, hours=3.0)
        self.assertEqual(self._get_hours(self.technician.partner_id), {SATURDAY: 3.0})

    def test_what_stands_beside(self):
        undated, late, reported = self._planned(False), self._planned(2, hours=2.0), self._report()
        nobody = self._planned(4)
        nobody.user_id = False
        done = self._planned(3, hours=1.0)
        done.action_complete()
        week = self._get_week()
        self.assertEqual((late.id in week["late"], undated.id in week["undated"]), (False, True))
        self.assertNotIn(reported.id, week["jobs"])
        self.assertGreaterEqual(week["requested_count"], 1)
        self.assertIn(nobody.id, [job["id"] for cell in week["rows"][0]["cells"] for job in cell["jobs"]])
        self.assertFalse(week["jobs"][done.id]["is_open"])
        with freeze_time("2026-03-09 07:00"):
            week = self._get_week()
        self.assertIn(late.id, week["late"])
        self.assertNotIn(done.id, week["late"])

    def test_of_one_team(self):
        self._planned(4, hours=3.0, maintenance_team_id=self.other_team.id)
        week = self._get_week(team_id=self.team.id)
        names = {row["name"] for row in week["rows"]}
        self.assertNotIn("Outsider", names)
        cells = self._get_cells(self.technician.partner_id, team_id=self.team.id)
        self.assertEqual(cells[WEDNESDAY]["hours"], 3.0, "of all their work")

    def test_a_person_without_a_login_has_a_row(self):
        welder = self.env["res.partner"].create({"name": "Welder"})
        self._planned(4, hours=3.0).maintenance_person_id = welder
        self.assertEqual(self._get_cells(welder)[WEDNESDAY]["capacity"], 8.0)

    def test_as_many_queries_for_many(self):
        """People, jobs, crews, leave: what is read in one go for four is read in one go for forty."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            requests = self.env["maintenance.request"].with_user(self.planner)
            before = self.cr.sql_log_count
            requests.maintenance_get_week()
            return self.cr.sql_log_count - before

        def add(number, start):
            for index in range(start, start + number):
                user = new_test_user(self.env, f"kw_week_{index}", groups="keepwisely_maintenance.group_maintenance_technician")
                self.team.member_ids += user
                self.env["resource.resource"].create(
                    {"name": user.name, "user_id": user.id, "calendar_id": self.company.resource_calendar_id.id}
                )
                request = self._planned(2 + index % 5, hours=12.0)
                request.write({"user_id": user.id, "maintenance_crew_ids": [Command.set(self.colleague.partner_id.ids)]})
                self._planned(False)

        add(2, 0)
        few = count()
        add(15, 2)
        self.assertLessEqual(count(), few + 2)
        self.assertLess(few, 70)


@tagged("post_install", "-at_install")
class TestPlanOn(WeekCase):
    """What dragging does."""

    def _plan(self, request, day, person=None, giver=None, user=None):
        return request.with_user(user or self.planner).maintenance_plan_on(
            day, person.partner_id.id if person else False, giver.partner_id.id if giver else False
        )

    def test_an_approved_job_without_a_date(self):
        request = self._report().with_user(self.planner)
        request.action_approve()
        request.expected_hours = 3.0
        self.assertFalse(self._plan(request, WEDNESDAY, self.technician))
        self.assertEqual((request.state, request.user_id), ("assigned", self.technician))
        self.assertEqual(request.schedule_date, datetime(2026, 3, 4, 8))
        self.assertEqual(request.schedule_end, datetime(2026, 3, 4, 11))

    def test_one_after_the_other(self):
        first, second, third = (self._planned(False, hours=hours) for hours in (3.0, 4.0, 1.0))
        starts = []
        for request in (first, second, third):
            self.assertFalse(self._plan(request, WEDNESDAY, self.technician))
            starts.append(request.schedule_date.hour)
        self.assertEqual(starts, [8, 11, 16], "the second one has its lunch in between")
        full = self._planned(False, hours=1.0)
        self.assertFalse(self._plan(full, WEDNESDAY, self.technician), "after hours")
        self.assertEqual(self._get_cells(self.technician.partner_id)[WEDNESDAY]["hours"], 9.0)

    def test_the_time_of_day_stays_where_it_can(self):
        request = self._planned(4, hours=2.0)
        self._plan(request, THURSDAY, self.technician, self.technician)
        self.assertEqual(request.schedule_date, datetime(2026, 3, 5, 9))
        other = self._planned(6, hours=2.0)
        self._plan(other, THURSDAY, self.technician, self.technician)
        self.assertEqual(other.schedule_date, datetime(2026, 3, 5, 11))
        self._plan(other, SATURDAY, self.technician, self.technician)
        self.assertEqual(other.schedule_date, datetime(2026, 3, 7, 11), "a day off was meant")

    def test_today_is_not_planned_into_the_past(self):
        request = self._planned(False, hours=1.0)
        with freeze_time("2026-03-03 10:20"):
            self._plan(request, TUESDAY, self.technician)
        self.assertEqual(request.schedule_date, datetime(2026, 3, 3, 10, 30))

    def test_planned_twice_is_told(self):
        self._planned(4, hours=40.0)
        message = self._plan(self._planned(False, hours=2.0), THURSDAY, self.technician)
        self.assertIn("is also planned for", message)

    def test_from_hand_to_hand(self):
        request = self._planned(4)
        self._plan(request, WEDNESDAY, self.colleague, self.technician)
        self.assertEqual((request.user_id, request.state), (self.colleague, "assigned"))
        self._plan(request, WEDNESDAY, None, self.colleague)
        self.assertEqual((request.user_id, request.state), (self.env["res.users"], "approved"))
        self.assertTrue(request.schedule_date)
        self._plan(request, "", None)
        self.assertFalse(request.schedule_date or request.schedule_end)
        self.assertEqual(request.expected_hours, 4.0)

    def test_one_of_the_crew(self):
        request = self._planned(4)
        request.maintenance_crew_ids = self.colleague.partner_id
        self._plan(request, THURSDAY, self.outsider, self.colleague)
        self.assertEqual((request.user_id, request.maintenance_crew_ids), (self.technician, self.outsider.partner_id))
        self._plan(request, THURSDAY, self.outsider, self.technician)
        self.assertEqual((request.user_id.id, request.maintenance_crew_ids.ids), (self.outsider.id, []))

    def test_a_person_without_a_login(self):
        welder = self.env["res.partner"].create({"name": "Welder"})
        request = self._planned(False)
        request.with_user(self.planner).maintenance_plan_on(WEDNESDAY, welder.id)
        self.assertEqual((request.maintenance_person_id.id, request.user_id.id, request.state), (welder.id, False, "assigned"))

    def test_who_may(self):
        request = self._planned(4)
        with self.assertRaises(ValidationError) as refusal:
            self._plan(request, WEDNESDAY, self.operator)
        self.assertIn("does not work on work orders", str(refusal.exception))
        with self.assertRaises(UserError):
            self._plan(request, WEDNESDAY, self.colleague, user=self.technician)
        with self.assertRaises(UserError):
            self._plan(request, WEDNESDAY, self.colleague, user=self.operator)
        self.assertEqual(request.user_id, self.technician)

    def test_what_is_over_stays(self):
        request = self._planned(4)
        request.action_complete()
        with self.assertRaisesRegex(UserError, "is over and cannot be planned"):
            self._plan(request, THURSDAY, self.technician)
        self.assertEqual(request.schedule_date.date(), date(2026, 3, 4))

    def test_what_the_screen_gets_besides(self):
        """Teams, what has no date, what is late, and what still waits for approval; of one team only its own."""
        undated, late = self._assigned(), self._planned(4)
        late.with_user(self.planner).write({"schedule_date": "2026-02-20 08:00:00", "schedule_end": "2026-02-20 09:00:00"})
        requested = self._report()
        theirs = self._report(maintenance_team_id=self.other_team.id)
        week = self._get_week()
        self.assertEqual(sorted(week), sorted([
            "days", "today", "team_id", "teams", "rows", "jobs", "late", "undated", "undated_count", "requested_count",
        ]))  # fmt: skip
        self.assertIn(undated.id, week["undated"])
        self.assertEqual(week["undated_count"], len(week["undated"]))
        self.assertEqual(week["late"], late.ids)
        self.assertLessEqual({undated.id, late.id}, set(week["jobs"]))
        self.assertIn({"id": self.team.id, "name": "Mechanics"}, week["teams"])
        self.assertFalse(week["team_id"])
        mine = self._get_week(team_id=self.team.id)
        self.assertEqual(mine["team_id"], self.team.id)
        self.assertEqual(week["requested_count"] - mine["requested_count"], len(theirs))
        self.assertTrue(requested)
        rest = self._get_week(team_id=self.other_team.id)
        self.assertEqual((rest["late"], rest["requested_count"]), ([], 1))
        self.assertNotIn(undated.id, rest["undated"])
        names = [row["name"] for row in rest["rows"]]
        self.assertIn("Outsider", names)
        self.assertNotIn("Technician", names)

    def test_what_another_team_does_fills_hours_and_shows_in_no_row_of_nobody(self):
        free = self._planned(4, hours=6.0)
        free.with_user(self.planner).write({"user_id": False, "maintenance_team_id": self.other_team.id})
        row = self._get_week(team_id=self.team.id)["rows"][0]
        self.assertEqual([cell["hours"] for cell in row["cells"]], [0.0] * 7)
        row = self._get_week(team_id=self.other_team.id)["rows"][0]
        self.assertEqual(sum(cell["hours"] for cell in row["cells"]), 6.0)

    def test_what_ended_is_late_from_midnight_on(self):
        """What was planned for this morning is not late before tomorrow."""
        request = self._planned(2, hours=1.0)
        self.assertNotIn(request.id, self._get_week()["late"])
        with freeze_time("2026-03-04 12:00:00"):
            self.assertNotIn(request.id, self._get_week()["late"], "it stands in the week that is shown")
            self.assertIn(request.id, self._get_week(day="2026-03-10")["late"])
