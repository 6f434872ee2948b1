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

    def test_all_of_it_goes_over(self):
        """What a step asks for, not how it was answered; no part that was dropped."""
        request = self._recurring(
            name="Quarterly check", repeat_interval=3, priority="3", description="<p>As agreed</p>", expected_hours=2.5,
            maintenance_work_type_id=self.env.ref("keepwisely_maintenance.work_type_inspection").id,
            maintenance_team_id=self.other_team.id, instruction_type="google_slide",
            instruction_google_slide="https://docs.google.com/presentation/d/1", instruction_text=False,
            task_ids=[
                Command.create({"name": "Look", "sequence": 2, "is_mandatory": True, "is_done": True, "instructions": "Twice"}),
                Command.create({"name": "Play", "sequence": 1, "kind": "number", "unit": "mm", "limits": "max", "limit_max": 2}),
            ],
            part_ids=[Command.create({"product_id": part.id, "product_uom_qty": 2}) for part in (self.seal, self.bearing)],
        )  # fmt: skip
        request.action_approve()
        request.part_ids.filtered(lambda part: part.product_id == self.bearing).action_drop_part()
        request.action_make_schedule()
        self.assertRecordValues(
            request.schedule_id,
            [
                {
                    "name": "Quarterly check", "company_id": self.company.id, "equipment_ids": self.conveyor.ids,
                    "interval": 3, "interval_unit": "month", "basis": "fixed", "start_date": date(2027, 1, 31),
                    "end_date": False, "maintenance_team_id": self.other_team.id, "user_id": self.technician.id,
                    "work_type_id": request.maintenance_work_type_id.id, "priority": "2", "duration": request.expected_hours,
                    "description": request.description, "instruction_type": "google_slide",
                    "instruction_google_slide": "https://docs.google.com/presentation/d/1", "instruction_text": False,
                }
            ],
        )  # fmt: skip
        asked = ["name", "sequence", "kind", "unit", "limits", "limit_max", "is_mandatory", "instructions"]
        self.assertEqual(
            [[task[name] for name in asked] for task in request.schedule_id.task_ids],
            [["Play", 1, "number", "mm", "max", 2.0, False, False], ["Look", 2, "tick", False, "none", 0.0, True, "Twice"]],
        )
        part = request.schedule_id.part_ids
        self.assertEqual((part.product_id, part.product_uom, part.product_uom_qty), (self.seal, self.seal.uom_id, 2.0))
        self.assertEqual(request.schedule_asset_id, request.schedule_id.asset_ids)
        self.assertEqual(request.schedule_id.asset_ids.last_request_id, request)

    def test_what_cannot_repeat(self):
        for values, words in (
            ({"recurring_maintenance": False}, "does not recur"),
            ({"equipment_id": False}, "Choose the asset"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._recurring(**values).action_make_schedule()
        over = self._recurring()
        self._complete(over, "2027-01-31 12:00:00")
        with self.assertRaisesRegex(UserError, "is over"):
            over.action_make_schedule()
