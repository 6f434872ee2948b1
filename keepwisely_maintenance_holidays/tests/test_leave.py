from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.keepwisely_maintenance.tests.work_order.test_week import THURSDAY, TUESDAY, WEDNESDAY, WeekCase


@tagged("post_install", "-at_install")
class TestLeaveInTheWeek(WeekCase):
    """Time off of the technician on Wednesday, 4 March 2026, in the planner's week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        calendar = cls.company.resource_calendar_id
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Technician", "user_id": cls.technician.id, "company_id": cls.company.id,
             "resource_calendar_id": calendar.id, "tz": "UTC", "date_version": "2025-01-01"}
        )  # fmt: skip
        cls.kind = cls._create_kind("Days off")

    @classmethod
    def _create_kind(cls, name, **values):
        return cls.env["hr.leave.type"].create(
            {"name": name, "requires_allocation": False, "leave_validation_type": "hr", "request_unit": "hour", **values}
        )

    def _ask_for_leave(self, day=WEDNESDAY, employee=None, hours=(8, 17), kind=None):
        whole = {"request_date_from": day, "request_date_to": day, "request_unit_hours": True,
                 "request_hour_from": hours[0], "request_hour_to": hours[1]}  # fmt: skip
        return self.env["hr.leave"].create(
            {"employee_id": (employee or self.employee).id, "holiday_status_id": (kind or self.kind).id, **whole}
        )

    def _get_cell(self, day=WEDNESDAY, person=None):
        return self._get_cells(person or self.technician.partner_id)[day]

    def test_approved_leave_needs_no_bridge(self):
        """Odoo puts it on the employee's resource, and the week counts the hours of that."""
        leave = self._ask_for_leave(hours=(13, 17))
        leave.action_approve()
        self.assertEqual(leave.state, "validate")
        cell = self._get_cell()
        self.assertEqual((cell["capacity"], cell["leave"], cell.get("asked_leave")), (4.0, 4.0, None))
        leave.sudo().action_refuse()
        self.assertEqual((self._get_cell()["capacity"], self._get_cell()["leave"]), (8.0, 0.0))

    def test_leave_that_is_asked_for_shows(self):
        self._ask_for_leave(hours=(10, 17))
        cell = self._get_cell()
        self.assertEqual((cell["capacity"], cell["leave"], cell["asked_leave"]), (8.0, 0.0, 6.0), "without lunch")
        self.assertNotIn("asked_leave", self._get_cell(THURSDAY))
        self.assertNotIn("asked_leave", self._get_cell(person=self.colleague.partner_id))

    def test_what_is_refused_or_no_absence_does_not(self):
        self._ask_for_leave().action_refuse()
        self._ask_for_leave(TUESDAY, kind=self._create_kind("Training", time_type="other"))
        self.assertNotIn("asked_leave", self._get_cell())
        self.assertNotIn("asked_leave", self._get_cell(TUESDAY))

    def test_on_a_day_off_nothing_is_asked(self):
        """A holiday of the works falls into the leave."""
        self._ask_for_leave()
        self.env["resource.calendar.leaves"].create(
            {"name": "Works holiday", "calendar_id": self.company.resource_calendar_id.id,
             "date_from": datetime(2026, 3, 4), "date_to": datetime(2026, 3, 4, 23)}
        )  # fmt: skip
        self.assertNotIn("asked_leave", self._get_cell())

    def test_planning_there_is_told(self):
        self._ask_for_leave()
        request = self._planned(False, hours=2.0)
        plan = request.with_user(self.planner).maintenance_plan_on
        self.assertIn("Technician has asked for leave", plan(WEDNESDAY, self.technician.partner_id.id))
        self.assertEqual(str(request.schedule_date.date()), WEDNESDAY)
        self.assertFalse(plan(THURSDAY, self.technician.partner_id.id))
        self.assertFalse(plan(WEDNESDAY, self.colleague.partner_id.id))

    def test_planners_need_no_right_on_leave(self):
        leave = self._ask_for_leave()
        with self.assertRaises(AccessError):
            leave.with_user(self.planner).read(["state"])
        self.assertEqual(self._get_cell()["asked_leave"], 8.0)

    def test_whoever_has_no_login_has_the_hours_and_leave_of_their_employee(self):
        welder = self.env["res.partner"].create({"name": "Welder"})
        mornings = self.env["resource.calendar"].create(
            {"name": "Mornings", "tz": "UTC", "company_id": self.company.id,
             "attendance_ids": [(5, 0, 0)] + [
                 (0, 0, {"name": "Morning", "dayofweek": str(day), "hour_from": 8, "hour_to": 12, "day_period": "morning"})
                 for day in range(5)
             ]}
        )  # fmt: skip
        employee = self.env["hr.employee"].create(
            {"name": "Welder", "work_contact_id": welder.id, "company_id": self.company.id,
             "resource_calendar_id": mornings.id, "tz": "UTC", "date_version": "2025-01-01"}
        )  # fmt: skip
        self._planned(6, hours=1.0).maintenance_person_id = welder
        self.assertEqual(self._get_cell(TUESDAY, welder)["capacity"], 4.0)
        self._ask_for_leave(employee=employee, hours=(8, 12))
        self._ask_for_leave(THURSDAY, employee, (8, 12)).action_approve()
        self.assertEqual(self._get_cell(WEDNESDAY, welder)["asked_leave"], 4.0)
        self.assertEqual((self._get_cell(THURSDAY, welder)["capacity"], self._get_cell(THURSDAY, welder)["leave"]), (0.0, 4.0))
        request = self._planned(False, hours=1.0).with_user(self.planner)
        request.maintenance_plan_on(TUESDAY, welder.id)
        self.assertEqual(request.schedule_date, datetime(2026, 3, 3, 8))

    def test_as_many_queries_for_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            requests = self.env["maintenance.request"].with_user(self.planner)
            before = self.cr.sql_log_count
            requests.maintenance_get_week()
            return self.cr.sql_log_count - before

        self._ask_for_leave()
        few = count()
        for day in (TUESDAY, THURSDAY, "2026-03-06"):
            self._ask_for_leave(day)
        for number in range(8):
            person = self.env["res.partner"].create({"name": f"Hand {number}"})
            employee = self.env["hr.employee"].create(
                {"name": person.name, "work_contact_id": person.id, "company_id": self.company.id,
                 "resource_calendar_id": self.company.resource_calendar_id.id, "tz": "UTC", "date_version": "2025-01-01"}
            )  # fmt: skip
            self._planned(5, hours=1.0).maintenance_person_id = person
            self._ask_for_leave(employee=employee)
        self.assertLessEqual(count(), few + 3)
