from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestDuplicate(MaintenanceCase):
    """A duplicate is a new report with the same tasks and parts, and nothing of what was done."""

    def _done(self):
        request = self._assigned(priority="2", reported_status="down", schedule_date="2026-01-05 08:00:00")
        request.task_ids = [Command.create({"name": "Pressure", "kind": "number", "unit": "bar"})]
        request.action_start()
        self._add_part(request, self.seal, 4).action_use_part()
        request.part_ids.filtered(lambda part: part.state == "done").action_return_part(1)
        self._add_part(request, self.bearing, 1)
        self._add_part(request, self.bearing, 2).action_drop_part()
        request.task_ids.value = 3
        request.labor_ids = [Command.create({"hours": 1.0})]
        request.action_complete()
        return request

    def _parts(self, request):
        return sorted((part.product_id.name, part.product_uom_qty, part.state) for part in request.sudo().part_ids)

    def test_with_parts_and_tasks(self):
        original = self._done()
        for user in (self.planner, self.technician):
            duplicate = original.with_user(user).copy()
            self.assertEqual(self._parts(duplicate), [("Bearing 6204", 1, "draft"), ("Seal", 3, "draft")])
            self.assertEqual((duplicate.task_ids.name, duplicate.task_ids.is_done), ("Pressure", False))
            self.assertFalse(duplicate.task_ids.has_value)
            self.assertEqual((duplicate.state, duplicate.priority, duplicate.owner_user_id), ("requested", "2", user))
            self.assertNotEqual(duplicate.reference, original.reference)
            self.assertEqual(duplicate.equipment_id, self.conveyor)
            for name in ("labor_ids", "date_approved", "date_completed", "schedule_date", "close_date", "archive"):
                self.assertFalse(duplicate.sudo()[name], name)
            self.assertEqual((duplicate.request_date, duplicate.reported_status), (fields.Date.today(), "running"))
            self.assertFalse(duplicate.sudo().requisition_ids)
        self.assertEqual(self.conveyor.status, "running", "a duplicate says nothing about the asset")

    def test_of_cancelled_work(self):
        request = self._assigned()
        self._add_part(request, self.seal, 2)
        request.with_user(self.planner).archive_equipment_request()
        duplicate = request.with_user(self.planner).copy()
        self.assertEqual((duplicate.state, self._parts(duplicate)), ("requested", [("Seal", 2, "draft")]))

    def test_who_only_reports(self):
        original = self._report()
        self._add_part(original.with_user(self.planner), self.seal, 2)
        duplicate = original.with_user(self.operator).copy()
        self.assertFalse(duplicate.sudo().part_ids)
        with self.assertRaises(AccessError):
            self._done().with_user(self.storekeeper).copy()

    def test_the_next_occurrence_has_no_parts_of_its_own(self):
        request = self._assigned(maintenance_type="preventive").with_user(self.planner)
        request.write({"recurring_maintenance": True, "repeat_interval": 1, "repeat_unit": "week"})
        self._add_part(request, self.seal, 1)
        before = self.env["maintenance.request"].search([])
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()
        occurrence = self.env["maintenance.request"].search([]) - before
        self.assertTrue(occurrence.recurring_maintenance and occurrence.schedule_date)
        self.assertFalse(occurrence.part_ids)
