from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestService(MaintenanceCase):
    """Vendor services and one-off parts: through requisition and order, never into stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crane = cls.env["product.product"].create(
            {"name": "Crane hire", "type": "service", "purchase_method": "receive", "standard_price": 100.0}
        )

    def _ask(self, request, name, price=100.0, **kwargs):
        """The technician asks, a buyer prices it and submits; returns the line as the buyer sees it."""
        requisition = request.action_request_service(name, **kwargs)
        self.assertEqual(requisition.requester_id, self.technician)
        line = requisition.line_ids.with_user(self.buyer)
        if requisition.state == "draft":
            self.assertTrue(requisition.sudo().activity_ids, "a buyer is asked for the price")
            line.write({"partner_id": self.vendor.id, "price_unit": price})
            line.requisition_id.action_submit()
        self.assertEqual(line.state, "approved")
        return line

    def test_one_off_part_blocks_until_it_arrives(self):
        request = self._assigned()
        line = self._ask(request, "Special gasket", is_service=False, quantity=2)
        self.assertTrue(line.is_blocking)
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
        self.assertIn("Special gasket", request.parts_message)
        with self.assertRaises(UserError):
            request.action_start()
        order = self._order(line.requisition_id)
        self.assertEqual((order.order_line.name, order.order_line.product_qty), ("Special gasket", 2))
        self.assertEqual(request.parts_state, "ordered")
        with self.assertRaises(UserError) as caught:
            line.with_user(self.technician).action_receive()
        self.assertIn("storekeepers", str(caught.exception))
        self._receive(order, 1)
        self.assertEqual((request.state, line.qty_received), ("waiting_parts", 1))
        before = self._notifications(self.technician, request)
        self._receive(order)
        self.assertEqual((request.state, request.parts_state, line.state), ("assigned", "ready", "done"))
        self.assertEqual(len(self._notifications(self.technician, request) - before), 1)
        self.assertFalse(self.env["stock.quant"].search([("product_id", "=", order.order_line.product_id.id)]))
        request.action_start()
        request.action_complete()
        self.assertEqual(request.with_user(self.planner).total_cost, 200)

    def test_an_order_for_work_that_was_cancelled_is_lowered(self):
        """The buyer was refused, since nothing can be asked for such work any more."""
        request = self._assigned()
        line = self._ask(request, "Special gasket", price=20.0, is_service=False, quantity=6)
        purchase = self._order(line.requisition_id).order_line
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual((request.state, line.is_open), ("cancelled", True))
        purchase.product_qty = 4
        self.assertEqual((purchase.product_qty, line.product_qty), (4, 4))

    def test_one_off_part_sent_back_blocks_again(self):
        request = self._assigned()
        line = self._ask(request, "Special gasket", is_service=False)
        order = self._order(line.requisition_id)
        self._receive(order)
        self.assertEqual(request.state, "assigned")
        move = order.sudo().picking_ids.move_ids
        back = move.copy(
            {
                "location_id": move.location_dest_id.id,
                "location_dest_id": move.location_id.id,
                "origin_returned_move_id": move.id,
                "to_refund": True,
                "purchase_line_id": move.purchase_line_id.id,
                "picking_id": False,
            }
        )
        back._action_confirm()
        back.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertEqual((line.qty_received, line.state), (0, "approved"))
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))

    def test_what_the_job_does_not_wait_for_stops_nothing(self):
        """Less of the crane than was said is no part that was taken away."""
        request = self._assigned()
        self._add_part(request, self.bearing, 5)
        line = self._ask(request, False, product_id=self.crane.id, quantity=4)
        order = self._order(line.requisition_id)
        line.with_user(self.technician).action_receive(2)
        order.order_line.qty_received = 1
        self.assertEqual((request.state, request.parts_state), ("assigned", "to_request"))

    def test_service_by_quantity(self):
        request = self._assigned()
        line = self._ask(request, False, product_id=self.crane.id, quantity=4)
        self.assertFalse(line.is_blocking)
        self.assertEqual((request.state, request.parts_state), ("assigned", "none"))
        with self.assertRaises(UserError) as caught:
            line.with_user(self.technician).action_receive(3)
        self.assertIn("not ordered yet", str(caught.exception))
        order = self._order(line.requisition_id)
        self.assertFalse(order.sudo().picking_ids)
        mine = line.with_user(self.technician)
        mine.action_receive(2)
        self.assertEqual((line.qty_received, line.state, order.order_line.qty_received), (2, "ordered", 2))
        costs = request.with_user(self.planner)
        self.assertEqual((costs.service_cost, costs.committed_cost), (200, 200))
        for bad in (3, 0, -1):
            with self.assertRaises(UserError):
                mine.action_receive(bad)
        with self.assertRaises(UserError):
            mine.action_receive(amount=100)
        for stranger in (self.operator, self.outsider):
            with self.assertRaises(UserError):
                line.with_user(stranger).action_receive(1)
        mine.action_receive(1, final=True)
        self.assertEqual((line.qty_received, line.state), (3, "done"))
        costs.invalidate_recordset()
        self.assertEqual((costs.service_cost, costs.committed_cost), (300, 0))

    def test_service_by_amount(self):
        request = self._assigned()
        line = self._ask(request, "Rewinding", price=400, is_blocking=True)
        self.assertEqual(request.state, "waiting_parts")
        line.requisition_id.action_draft()
        line.is_by_amount = True
        line.requisition_id.action_submit()
        self.assertEqual((line.price_subtotal, line.state), (400, "approved"))
        order = self._order(line.requisition_id)
        self.assertEqual((order.order_line.product_qty, order.order_line.price_unit), (400, 1))
        self.assertEqual((line.qty_ordered, line.state, order.amount_untaxed), (1, "ordered", 400))
        with self.assertRaises(UserError):
            line.with_user(self.technician).action_receive(amount=10)
        line.action_receive(amount=123.45)
        self.assertAlmostEqual(line.qty_received, 123.45 / 400)
        costs = request.with_user(self.planner)
        self.assertAlmostEqual(costs.service_cost, 123.45)
        self.assertAlmostEqual(costs.committed_cost, 276.55)
        with self.assertRaises(UserError):
            line.action_receive(amount=276.56)
        line.action_receive(amount=76.55, final=True)
        self.assertEqual((line.state, request.state), ("done", "assigned"))
        costs.invalidate_recordset()
        self.assertAlmostEqual(costs.service_cost, 200)

    def test_service_by_amount_in_another_currency(self):
        euro = self._create_currency(0.8)
        self.vendor.property_purchase_currency_id = euro
        request = self._assigned()
        requisition = request.action_request_service("Rewinding")
        line = requisition.line_ids.with_user(self.buyer)
        line.write({"partner_id": self.vendor.id, "price_unit": 400, "is_by_amount": True})
        line.requisition_id.action_submit()
        order = self._order(line.requisition_id)
        self.assertEqual((order.currency_id, order.order_line.product_qty), (euro, 320))
        self.assertEqual((line.qty_ordered, line.state), (1, "ordered"))
        line.action_receive(amount=100)
        self.assertAlmostEqual(order.order_line.qty_received, 80)
        self.assertAlmostEqual(request.with_user(self.planner).service_cost, 100)

    def test_amounts_are_for_services(self):
        request = self._assigned()
        goods = request.action_request_service("Gasket", is_service=False).line_ids.with_user(self.buyer)
        service = request.action_request_service("Survey", quantity=2).line_ids.with_user(self.buyer)
        for line in (goods, service):
            with self.assertRaises(UserError):
                line.is_by_amount = True
        for values in ({"is_service": False}, {"is_service": True, "product_qty": 2}):
            with self.assertRaises(UserError):
                line.create({"requisition_id": line.requisition_id.id, "name": "Rewinding", "is_by_amount": True, **values})

    def test_the_team_decides_what_it_waits_for(self):
        request = self._assigned()
        line = self._ask(request, "Special gasket", is_service=False)
        self.assertEqual(request.state, "waiting_parts")
        for stranger in (self.operator, self.outsider):
            with self.assertRaises(UserError):
                line.with_user(stranger).action_toggle_blocking()
        line.with_user(self.colleague).action_toggle_blocking()
        self.assertEqual((request.state, request.parts_state, line.state), ("assigned", "none", "approved"))
        request.action_start()
        request.action_complete()

    def test_not_completed_without_what_it_waits_for(self):
        request = self._assigned()
        self._ask(request, "Special gasket", is_service=False)
        request.with_user(self.planner).action_start()
        with self.assertRaises(UserError) as caught:
            request.action_complete()
        self.assertIn("Special gasket", str(caught.exception))

    def test_refused_service_keeps_the_job_waiting(self):
        request = self._assigned()
        requisition = request.action_request_service("Rewinding", is_blocking=True)
        line = requisition.line_ids.with_user(self.buyer)
        line.write({"partner_id": self.vendor.id, "price_unit": 900})
        line.requisition_id.action_submit()
        requisition.with_user(self.procurement).action_reject("Too dear")
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "to_request"))
        requisition.with_user(self.technician).action_draft()
        requisition.with_user(self.technician).action_cancel()
        self.assertEqual((request.state, request.parts_state), ("assigned", "none"))

    def test_deleted_draft_frees_the_job(self):
        for how in ("requisition", "line", "product"):
            with self.subTest(how=how):
                request = self._assigned()
                requisition = request.action_request_service("Special gasket", is_service=False)
                self.assertEqual((request.state, requisition.state), ("waiting_parts", "draft"))
                if how == "requisition":
                    requisition.with_user(self.technician).unlink()
                elif how == "line":
                    requisition.line_ids.with_user(self.technician).unlink()
                else:
                    requisition.line_ids.with_user(self.technician).product_id = self.seal
                self.assertEqual((request.state, request.parts_state), ("assigned", "none"))

    def test_buyer_receives_on_the_order(self):
        request = self._assigned()
        line = self._ask(request, False, product_id=self.crane.id, is_blocking=True)
        order = self._order(line.requisition_id)
        self.assertEqual(request.parts_state, "ordered")
        order.order_line.qty_received = 1
        self.assertEqual((request.state, line.state), ("assigned", "done"))
        order.order_line.qty_received = 0
        self.assertEqual((request.state, line.state), ("waiting_parts", "ordered"))

    def test_only_the_team_asks_and_only_for_open_work(self):
        request = self._assigned()
        for stranger in (self.operator, self.outsider):
            with self.assertRaises(UserError):
                request.with_user(stranger).action_request_service("Crane")
        reported = self._report().with_user(self.technician)
        with self.assertRaises(UserError):
            reported.action_request_service("Crane")
