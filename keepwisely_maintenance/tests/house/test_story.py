from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestBearingStory(MaintenanceCase):
    """The job that was waiting for a bearing, from report to cost, with real users."""

    def _ask_for_bearing(self, price=42.0):
        """Report, approve, assign, add two bearings and a seal, ask; returns the work order."""
        self._set_price(self.bearing, price)
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        self._add_part(request, self.seal, 1)
        request.action_request_parts()
        return request

    def test_whole_story_below_the_lowest_tier(self):
        request = self._report()
        self.assertEqual(request.state, "requested")
        self.assertTrue(request.reference)
        with self.assertRaises(UserError):
            request.action_approve()

        planner_view = request.with_user(self.planner)
        planner_view.action_approve()
        self.assertEqual((request.state, request.approved_by_id), ("approved", self.planner))
        planner_view.user_id = self.technician
        planner_view.action_assign()
        self.assertEqual(request.state, "assigned")

        request = request.with_user(self.technician)
        bearings = self._add_part(request, self.bearing, 2)
        seal = self._add_part(request, self.seal, 1)
        self.assertEqual((bearings.state, bearings.quantity), ("partially_available", 1))
        self.assertEqual(seal.state, "assigned")
        self.assertEqual(request.parts_state, "to_request")

        request.action_request_parts()
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
        line = request.sudo().requisition_line_ids
        self.assertEqual((line.product_id, line.product_qty), (self.bearing, 1))
        self.assertEqual(line.equipment_id, self.conveyor)
        self.assertEqual(line.part_move_ids, bearings)
        self.assertEqual(line.partner_id, self.vendor)
        requisition = line.requisition_id
        self.assertEqual(requisition.requester_id, self.technician)
        self.assertEqual(requisition.amount_total, 42.0)
        self.assertEqual(requisition.state, "approved")
        decision = requisition.decision_ids
        self.assertEqual((decision.decision, decision.amount), ("approved", 42.0))
        self.assertFalse(decision.tier_id)

        request.action_request_parts()
        self.assertEqual(len(request.sudo().requisition_line_ids), 1, "asking again buys nothing twice")

        order = self._order(requisition)
        self.assertEqual((order.state, order.partner_id), ("purchase", self.vendor))
        purchase_line = order.order_line
        self.assertEqual(purchase_line.product_qty, 1)
        self.assertEqual(purchase_line.price_unit, 42.0)
        self.assertEqual(purchase_line.maintenance_request_id, request)
        self.assertEqual(purchase_line.equipment_id, self.conveyor)
        self.assertEqual((requisition.state, request.parts_state), ("ordered", "ordered"))
        self.assertIn(order.name, request.parts_message)
        self.assertEqual(request.parts_ready_date, purchase_line.date_planned.date())
        in_three_days = fields.Date.add(fields.Date.today(), days=3)
        self.assertEqual(request.parts_ready_date, in_three_days, "the vendor's lead time")
        self.assertEqual(request.sudo().committed_cost, 42.0)

        self._end_transaction()
        before = self._notifications(self.technician, request)
        self._receive(order)
        self._end_transaction()
        self.assertEqual((bearings.state, bearings.quantity), ("assigned", 2))
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))
        self.assertEqual(requisition.state, "done")
        told = self._notifications(self.technician, request) - before
        self.assertEqual(len(told), 1)
        self.assertIn("Bearing 6204", told.mail_message_id.body)
        activity = self._activities(self.technician, request)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("keepwisely_maintenance.mail_activity_parts_ready")
        )
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._activities(self.technician, request), activity, "told once")

        request.action_start()
        self.env["maintenance.labor"].with_user(self.technician).create(
            {"maintenance_request_id": request.id, "hours": 1.5}
        )
        request.action_complete()
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))
        self.assertEqual(set((bearings | seal).mapped("state")), {"done"})
        with self.assertRaises(UserError):
            request.action_close()
        planner_view.action_close()
        self.assertEqual(request.state, "closed")

        costs = request.with_user(self.planner)
        self.assertEqual(costs.labor_cost, 60.0)
        self.assertEqual(costs.parts_cost, 2 * 42.0 + 5.0)
        self.assertEqual((costs.service_cost, costs.committed_cost), (0.0, 0.0))
        self.assertEqual(costs.total_cost, 149.0)
        asset = self.conveyor.with_user(self.planner)
        self.assertEqual(asset.maintenance_cost, 149.0)
        self.assertEqual(asset.total_cost_of_ownership, 12149.0)
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        rows = ledger.search([("equipment_id", "=", asset.id)])
        self.assertEqual(sum(rows.mapped("amount")), 149.0)
        self.assertEqual(sorted(rows.mapped("kind")), ["labor", "part", "part"])

    def test_procurement_decides_from_500(self):
        requisition = self._ask_for_bearing(800.0).sudo().requisition_ids
        self.assertEqual((requisition.state, requisition.current_tier_id.name), ("to_approve", "Procurement"))
        self.assertTrue(self._activities(self.procurement, requisition))
        self.assertFalse(self._activities(self.finance, requisition), "only the current tier is asked")
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual(requisition.state, "approved")
        self.assertEqual(requisition.decision_ids.amount, 800.0)
        self.assertFalse(self._activities(self.procurement, requisition))

    def test_finance_decides_after_procurement_from_5000(self):
        requisition = self._ask_for_bearing(8000.0).sudo().requisition_ids
        with self.assertRaises(UserError):
            requisition.with_user(self.finance).action_approve()
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual((requisition.state, requisition.current_tier_id.name), ("to_approve", "Finance"))
        for user in (self.operator, self.technician, self.procurement, self.planner, self.buyer):
            decisions = self.env["maintenance.approval.decision"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                decisions.create({"requisition_id": requisition.id, "decision": "approved"})
            with self.subTest(user=user.login), self.assertRaises(UserError):
                requisition.with_user(user).action_approve()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                requisition.with_user(user).write({"state": "approved"})
        requisition.with_user(self.finance).action_approve()
        self.assertEqual(requisition.state, "approved")
        self.assertEqual(len(requisition.decision_ids), 2)

    def test_no_vendor(self):
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        request = self._assigned()
        self._add_part(request, orphan, 1)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        self.assertEqual((requisition.state, request.state), ("draft", "waiting_parts"))
        self.assertEqual(request.parts_state, "requested")
        self.assertIn("Odd belt", request.parts_message)
        activity = self.env["mail.activity"].search(
            [("res_model", "=", "maintenance.requisition"), ("res_id", "=", requisition.id)]
        )
        self.assertEqual(len(activity), 1)
        self.assertTrue(activity.user_id.has_group("purchase.group_purchase_user"))
        buyer_view = requisition.with_user(self.buyer)
        buyer_view.line_ids.write({"partner_id": self.vendor.id, "price_unit": 30.0})
        buyer_view.action_submit()
        self.assertEqual(requisition.state, "approved")
        order = self._order(requisition)
        self.assertEqual((order.partner_id, order.order_line.price_unit), (self.vendor, 30.0))
        self._receive(order)
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))

    def test_receipt_in_two_halves(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 5)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        order = self._order(requisition)
        self._receive(order, 2)
        self.assertEqual((part.state, part.quantity), ("partially_available", 3))
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"))
        self.assertEqual((requisition.state, requisition.line_ids.qty_received), ("ordered", 2))
        self._receive(order)
        self.assertEqual((part.state, request.state, request.parts_state), ("assigned", "assigned", "ready"))
        self.assertEqual((requisition.state, requisition.line_ids.qty_received), ("done", 4))
        self.assertEqual(len(self._activities(self.technician, request)), 1)

    def test_rejected(self):
        request = self._ask_for_bearing(800.0)
        before = self._notifications(self.technician, request)
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.procurement).action_reject("Repair the old one")
        self.assertEqual((requisition.state, request.state), ("rejected", "waiting_parts"))
        self.assertEqual(request.parts_state, "to_request")
        told = self._notifications(self.technician, request) - before
        self.assertEqual(len(told), 1)
        self.assertIn("Repair the old one", told.mail_message_id.body)
        self._set_price(self.bearing, 42.0)
        request.action_request_parts()
        self.assertEqual(request.sudo().requisition_ids.sorted("id").mapped("state"), ["rejected", "approved"])

    def test_cancelled_while_waiting(self):
        request = self._ask_for_bearing()
        requisition = request.sudo().requisition_ids
        self.assertEqual(self.bearing.free_qty, 0)
        with self.assertRaises(UserError):
            request.archive_equipment_request()
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual((request.state, request.archive), ("cancelled", True))
        self.assertEqual(set(request.sudo().part_ids.mapped("state")), {"cancel"})
        self.assertEqual(requisition.state, "cancelled")
        self.bearing.invalidate_recordset()
        self.assertEqual(self.bearing.free_qty, 1)

    def test_cancelled_after_ordering_tells_the_buyer(self):
        request = self._ask_for_bearing()
        order = self._order(request.sudo().requisition_ids)
        order.user_id = self.buyer
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(order.state, "purchase")
        activity = self._activities(self.buyer, order)
        self.assertIn("Bearing 6204", activity.note)
