from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleConversion(ScheduleCase):
    def _recurring(self, **values):
        return self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Monthly check", "equipment_id": self.conveyor.id, "maintenance_type": "preventive",
                "recurring_maintenance": True, "repeat_interval": 1, "repeat_unit": "month",
                "schedule_date": "2027-01-31 09:00:00", "schedule_end": "2027-01-31 12:00:00",
                "user_id": self.technician.id, "instruction_text": "<p>Look.</p>",
                "task_ids": [Command.create({"name": "Look", "is_mandatory": True, "is_done": True})],
                "part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})],
                **values,
            }
        )  # fmt: skip

    def test_native_recurrence_goes_on(self):
        request = self._recurring()
        self._complete(request, "2027-01-31 12:00:00")
        following = self.env["maintenance.request"].search([("name", "=", "Monthly check"), ("id", "!=", request.id)])
        self.assertEqual(following.schedule_date.date(), date(2027, 2, 28))

    def test_a_recurrence_becomes_a_schedule(self):
        request = self._recurring(repeat_type="until", repeat_until="2027-06-30")
        with self.assertRaises(UserError):
            request.with_user(self.technician).action_make_schedule()
        request.action_make_schedule()
        schedule = request.schedule_id
        self.assertFalse(request.recurring_maintenance)
        self.assertEqual((schedule.interval, schedule.interval_unit, schedule.basis), (1, "month", "fixed"))
        self.assertEqual((schedule.user_id, schedule.duration), (self.technician, 3.0))
        self.assertEqual(schedule.task_ids.mapped("is_mandatory"), [True])
        self.assertEqual((schedule.part_ids.product_id, schedule.part_ids.product_uom_qty), (self.seal, 2.0))
        self.assertEqual((schedule.end_date, schedule.next_date), (date(2027, 6, 30), date(2027, 2, 28)))
        self._complete(request, "2027-01-31 12:00:00")
        self.assertEqual(self.env["maintenance.request"].search_count([("name", "=", "Monthly check")]), 1)
        self._run("2027-02-28")
        self._run("2027-03-31")
        self.assertEqual(self._dues(schedule), ["2027-01-31", "2027-02-28"], "one open at a time")
        with self.assertRaises(UserError):
            request.action_make_schedule()
