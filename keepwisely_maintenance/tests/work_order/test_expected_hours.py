from datetime import datetime, timedelta

import psycopg2

from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .test_planning import PlanningCase


@tagged("post_install", "-at_install")
class TestExpectedHours(PlanningCase):
    """Expected hours are work; the planned end is when they are over in working hours (8 to 12 and 13 to 17, in UTC)."""

    def _create(self, **values):
        return self.env["maintenance.request"].with_user(self.planner).create(
            {"name": "Overhaul", "equipment_id": self.conveyor.id, **values}
        )

    def _plan(self, request):
        self.env.flush_all()
        self.env.invalidate_all()
        return request.schedule_date, request.schedule_end, request.expected_hours

    def test_a_weekend_is_no_work(self):
        """Friday at 6 to Sunday at 18 are eight hours, whoever writes it and however."""
        friday, sunday = datetime(2026, 3, 6, 6), datetime(2026, 3, 8, 18)
        created = self._create(schedule_date=friday, schedule_end=sunday)
        written = self._create()
        written.write({"schedule_date": friday, "schedule_end": sunday})
        later = self._create(schedule_date=friday)
        later.schedule_end = sunday
        for request in (created, written, later):
            self.assertEqual(self._plan(request), (friday, sunday, 8.0))
            request.action_approve()
            request.user_id = self.technician
        rows = self.env["maintenance.workload"].with_user(self.planner)._prepare_rows(self.company)
        row = next(row for row in rows if row["user_id"] == self.technician.id)
        self.assertEqual((row["planned_hours"], row["load_percent"]), (24.0, 60.0))

    def test_in_the_form(self):
        """From 8 until 14 are five hours, one being lunch."""
        start = datetime(2026, 3, 4, 8)
        with Form(self.env["maintenance.request"].with_user(self.planner)) as form:
            form.name = "Overhaul"
            form.schedule_date = start
            self.assertEqual((form.schedule_end, form.expected_hours), (datetime(2026, 3, 4, 9), 1.0))
            form.schedule_end = datetime(2026, 3, 4, 14)
            self.assertEqual(form.expected_hours, 5.0)
        request = form.record
        self.assertEqual(self._plan(request), (start, datetime(2026, 3, 4, 14), 5.0))
        with Form(request) as form:
            form.expected_hours = 12.0
            self.assertEqual(form.schedule_end, datetime(2026, 3, 5, 12))
            form.schedule_date = datetime(2026, 3, 6, 13)
            self.assertEqual((form.schedule_end, form.expected_hours), (datetime(2026, 3, 9, 17), 12.0))
        self.assertEqual(self._plan(request), (datetime(2026, 3, 6, 13), datetime(2026, 3, 9, 17), 12.0))

    def test_the_end_follows(self):
        request = self._create(schedule_date=datetime(2026, 3, 6, 15), expected_hours=6.0)
        self.assertEqual(request.schedule_end, datetime(2026, 3, 9, 12))
        request.expected_hours = 7.0
        self.assertEqual(self._plan(request)[1:], (datetime(2026, 3, 9, 14), 7.0))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 10),
            }
        )
        request.schedule_date = datetime(2026, 3, 6, 16)
        self.assertEqual(self._plan(request)[1:], (datetime(2026, 3, 10, 15), 7.0))

    def test_a_move_keeps_the_hours(self):
        """A calendar that is dragged in writes both ends."""
        start, end = datetime(2026, 3, 6, 15), datetime(2026, 3, 9, 12)
        request = self._create(schedule_date=start, expected_hours=6.0)
        request.write({"schedule_date": start + timedelta(days=4), "schedule_end": end + timedelta(days=4)})
        self.assertEqual(self._plan(request), (datetime(2026, 3, 10, 15), datetime(2026, 3, 11, 12), 6.0))
        # and one that is made longer there says more hours
        request.write({"schedule_date": datetime(2026, 3, 10, 15), "schedule_end": datetime(2026, 3, 11, 15)})
        self.assertEqual(self._plan(request)[2], 8.0)

    def test_who_says_both_means_both(self):
        """Two hours some time in that week."""
        week = {"schedule_date": datetime(2026, 3, 9, 8), "schedule_end": datetime(2026, 3, 13, 17), "expected_hours": 2.0}
        request = self._create(**week)
        self.assertEqual(self._plan(request), tuple(week.values()))
        request.write({"schedule_date": week["schedule_date"], "schedule_end": week["schedule_end"]})
        self.assertEqual(self._plan(request), tuple(week.values()))

    def test_of_the_technician(self):
        """Who works in the mornings needs two of them."""
        mornings = self.env["resource.calendar"].create(
            {
                "name": "Mornings", "tz": "UTC",
                "attendance_ids": [(5, 0, 0)] + [
                    (0, 0, {"name": "Morning", "dayofweek": str(day), "hour_from": 8, "hour_to": 12, "day_period": "morning"})
                    for day in range(5)
                ],
            }
        )  # fmt: skip
        self.env["resource.resource"].create(
            {"name": "Technician", "user_id": self.technician.id, "company_id": self.company.id, "calendar_id": mornings.id}
        )
        values = {"schedule_date": datetime(2026, 3, 4, 9), "expected_hours": 6.0}
        theirs = self._create(**values, user_id=self.technician.id)
        self.assertEqual(theirs.schedule_end, datetime(2026, 3, 5, 11))
        self.assertEqual(self._create(**values, user_id=self.colleague.id).schedule_end, datetime(2026, 3, 4, 16))

    def test_after_hours_is_meant_so(self):
        saturday = datetime(2026, 3, 7, 9)
        request = self._create(schedule_date=saturday, expected_hours=4.0)
        self.assertEqual(request.schedule_end, datetime(2026, 3, 7, 13))
        request.schedule_end = datetime(2026, 3, 7, 15)
        self.assertEqual(self._plan(request), (saturday, datetime(2026, 3, 7, 15), 6.0))
        request.schedule_end = datetime(2026, 3, 8, 9)
        self.assertEqual(self._plan(request)[2], 6.0, "a day and a night say nothing about the work")
        night = self._create(schedule_date=datetime(2026, 3, 4, 22), schedule_end=datetime(2026, 3, 5, 6))
        self.assertEqual(night.expected_hours, 8.0)
        weekend = self._create(schedule_date=datetime(2026, 3, 6, 18), schedule_end=datetime(2026, 3, 8, 18))
        self.assertEqual(weekend.expected_hours, 1.0, "an hour, unless somebody knows better")

    def test_a_night_that_goes_on_in_the_form(self):
        with Form(self.env["maintenance.request"].with_user(self.planner)) as form:
            form.name = "Relining"
            form.expected_hours = 11.0
            form.schedule_date = datetime(2026, 3, 4, 22)
            self.assertEqual((form.schedule_end, form.expected_hours), (datetime(2026, 3, 5, 9), 11.0))
        self.assertEqual(self._plan(form.record)[1:], (datetime(2026, 3, 5, 9), 11.0))

    def test_where_every_hour_counts(self):
        self.company.resource_calendar_id = False
        request = self._create(schedule_date=datetime(2026, 3, 6, 22), expected_hours=6.0)
        self.assertEqual(request.schedule_end, datetime(2026, 3, 7, 4))
        request.schedule_end = datetime(2026, 3, 7, 8)
        self.assertEqual(request.expected_hours, 10.0)

    def test_in_the_time_of_the_plant(self):
        self.company.resource_calendar_id.tz = "America/Chicago"
        request = self._create(schedule_date=datetime(2026, 3, 4, 21), expected_hours=4.0)
        self.assertEqual(request.schedule_end, datetime(2026, 3, 5, 16), "from 15 to 17, and from 8 to 10 there")

    def test_planned_by_a_schedule_and_by_many(self):
        schedule = self.env["maintenance.schedule"].with_user(self.planner).create(
            {
                "name": "Overhaul", "equipment_ids": [(6, 0, self.conveyor.ids)], "interval": 1, "interval_unit": "month",
                "start_date": "2026-03-06", "lead_days": 7, "duration": 12.0,
            }
        )  # fmt: skip
        schedule.action_generate()
        request = self.env["maintenance.request"].search([("schedule_id", "=", schedule.id)])
        self.assertEqual(
            self._plan(request), (datetime(2026, 3, 6, 8), datetime(2026, 3, 9, 12), 12.0), "not on Friday evening"
        )

    def test_people_without_rights_on_working_hours(self):
        user = new_test_user(self.env, "kw_plain", "base.group_user")
        self.env.invalidate_all()
        request = self.env["maintenance.request"].with_user(user).create(
            {"name": "Leak", "schedule_date": datetime(2026, 3, 6, 16), "schedule_end": datetime(2026, 3, 9, 10)}
        )
        self.assertEqual(request.expected_hours, 3.0)

    def test_a_copy_keeps_the_hours(self):
        request = self._create(schedule_date=datetime(2026, 3, 6, 15), expected_hours=6.0)
        self.assertEqual(self._plan(request.copy())[1:], (False, 6.0), "a plan of its own is to come")

    def test_nonsense_is_refused(self):
        for hours in (-1.0, 1e6, float("inf"), float("nan")):
            with (
                self.subTest(hours=hours),
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._create(schedule_date=datetime(2026, 3, 6, 15), expected_hours=hours).flush_recordset()
