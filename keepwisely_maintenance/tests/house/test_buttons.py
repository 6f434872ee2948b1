from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestButtons(MaintenanceCase):
    """A button with a number opens what the number counts, and nothing else."""

    def setUp(self):
        super().setUp()
        # what belongs to something else must not be counted
        self.press = self.env["maintenance.equipment"].create({"name": "Press"})
        part = self._create_job_part(self.bearing, 2, equipment_id=self.press.id)
        self._order(part.sudo().maintenance_requisition_line_ids.requisition_id)
        self.part = self._create_job_part(self.bearing, 3)
        self.requisition = self.part.sudo().maintenance_requisition_line_ids.requisition_id
        self.order = self._order(self.requisition)
        self.job = self.part.maintenance_request_id.sudo()

    def _assert_opens(self, action, records):
        found = self.env[action["res_model"]].browse(action["res_id"]) if action.get("res_id") else None
        if found is None:
            found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, records.sudo())

    def _assert_counts(self, record, name, action, records, user=None):
        record = record.with_user(user or self.planner)
        self.assertEqual(record[name], len(records), name)
        self._assert_opens(getattr(record, action)(), records)

    def test_what_was_asked_for_and_ordered(self):
        self._assert_counts(self.job, "requisition_count", "action_view_requisitions", self.requisition)
        self._assert_counts(self.job, "maintenance_purchase_order_count", "action_view_purchase_orders", self.order)
        conveyor, buyer = self.conveyor, self.buyer
        self._assert_counts(conveyor, "requisition_count", "action_view_requisitions", self.requisition, buyer)
        self._assert_counts(conveyor, "purchase_order_count", "action_view_purchase_orders", self.order, buyer)
        self._assert_counts(self.requisition, "purchase_order_count", "action_view_purchase_orders", self.order, buyer)
        self.assertEqual(self.requisition.with_user(buyer).work_order_count, 1)
        for name, action, records in (
            ("maintenance_requisition_count", "action_view_maintenance_requisitions", self.requisition),
            ("maintenance_work_order_count", "action_view_work_orders", self.job),
            ("equipment_count", "action_view_assets", conveyor),
        ):
            self._assert_counts(self.order, name, action, records, buyer)

    def test_on_a_bill(self):
        self._receive(self.order)
        bill = self.env["account.move"].browse(self.order.with_user(self.buyer).sudo().action_create_invoice()["res_id"])
        other = self.env["account.move"].create({"move_type": "in_invoice", "partner_id": self.vendor.id})
        bill = bill.with_user(self.finance)
        self.assertTrue(bill.is_for_maintenance)
        self.assertEqual((bill.maintenance_request_count, bill.equipment_count), (1, 1))
        self._assert_opens(bill.action_maintenance_assets(), self.conveyor)
        self.assertFalse(other.with_user(self.finance).is_for_maintenance)

    def test_jobs_that_wait_in_the_store(self):
        kind = self.warehouse.maintenance_type_id
        started = self._create_job_part(self.bearing, 1).maintenance_request_id
        started.with_user(self.planner).action_start()
        self._create_job_part(self.seal, 1)
        cancelled = self._create_job_part(self.bearing, 1).maintenance_request_id
        cancelled.with_user(self.planner).archive_equipment_request()
        lacking = self.env["stock.move"].search([("state", "in", ("confirmed", "partially_available"))])
        waiting = lacking.maintenance_request_id.filtered(lambda job: not job.archive)
        self.assertLessEqual(self.job | started.sudo(), waiting)
        self.assertNotIn(cancelled.sudo(), waiting)
        self._assert_counts(kind, "count_maintenance_waiting", "action_view_maintenance_waiting", waiting, self.storekeeper)
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "WH2"}).maintenance_type_id
        self._assert_counts(other, "count_maintenance_waiting", "action_view_maintenance_waiting", self.job.browse())

    def test_on_an_asset(self):
        motor = self.conveyor.copy({"name": "Motor", "parent_id": self.conveyor.id})
        fan = self.conveyor.copy({"name": "Fan", "parent_id": motor.id})
        conveyor = self.conveyor.with_user(self.planner)
        action = conveyor.action_view_components()
        self._assert_opens(action, motor | fan)
        self.assertEqual(action["context"]["default_parent_id"], conveyor.id)
        self.assertFalse((conveyor | self.press).action_view_components()["context"]["default_parent_id"])
        now = fields.Datetime.now()
        standstill = self.env["maintenance.downtime"].with_user(self.planner).create(
            {"equipment_id": conveyor.id, "date_from": now - timedelta(hours=3)}
        )
        over = standstill.create(
            {"equipment_id": self.press.id, "date_from": now - timedelta(hours=9), "date_to": now - timedelta(hours=4)}
        )
        self.assertAlmostEqual(standstill.hours_so_far, 3, 1)
        self.assertAlmostEqual(over.hours_so_far, 5, 1)
        action = conveyor.action_view_downtime()
        self._assert_opens(action, standstill)
        self.assertEqual(action["context"]["default_equipment_id"], conveyor.id)
        self.assertFalse((conveyor | self.press).action_view_downtime()["context"]["default_equipment_id"])
        manual = self.env["ir.attachment"].create(
            {"name": "Manual", "res_model": conveyor._name, "res_id": conveyor.id, "raw": b"Turn it on."}
        )
        self._assert_opens(conveyor.action_view_documents(), manual)

    def test_what_it_cost(self):
        self.job.with_user(self.planner).action_start()
        self.job.with_user(self.technician).labor_ids = [Command.create({"hours": 2.0})]
        job, conveyor = self.job.with_user(self.planner), self.conveyor.with_user(self.planner)
        for record, total in ((job, job.total_cost), (conveyor, conveyor.maintenance_cost)):
            rows = self.env["maintenance.cost.report"].search(record.action_view_costs()["domain"])
            self.assertEqual((sum(rows.mapped("amount")), total), (80, 80))
        rows = self.env["maintenance.ownership.report"].search(conveyor.action_view_ownership()["domain"])
        self.assertEqual(rows.equipment_id, self.conveyor)

    def test_what_a_work_order_says_of_itself(self):
        self.job.task_ids = [Command.create({"name": name, "is_done": name == "Grease"}) for name in ("Grease", "Wipe", "Look")]
        for user, planner, technician, reporter in (
            (self.planner, True, False, False), (self.technician, False, True, False), (self.operator, False, False, True),
        ):  # fmt: skip
            job = self.job.with_user(user)
            self.assertEqual((job.task_count, job.task_done_count), (3, 1))
            self.assertEqual((job.user_is_planner, job.user_is_technician, job.user_is_reporter), (planner, technician, reporter))
        for required in (False, True):
            self.company.failure_codes_required = required
            self.assertEqual(self.job.with_user(self.technician).failure_required, required)
        self.job.maintenance_type = "preventive"
        self.assertFalse(self.job.with_user(self.technician).failure_required)
        self.assertFalse(self.requisition.line_ids.is_shared)
