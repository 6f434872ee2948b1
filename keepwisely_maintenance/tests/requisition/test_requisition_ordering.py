from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .requisition_common import RequisitionCase


@tagged("post_install", "-at_install")
class TestRequisition(RequisitionCase):
    """Approved requisitions become orders, in the vendors' units and prices."""

    def test_only_buyers_order_and_only_what_is_approved(self):
        requisition = self._waiting()
        with self.assertRaisesRegex(UserError, "in state “To approve”; it can be ordered once it is approved"):
            requisition.with_user(self.buyer).action_order()
        requisition.with_user(self.procurement).action_approve()
        for user in (self.technician, self.planner, self.finance):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                requisition.with_user(user).action_order()
        requisition.with_user(self.buyer).action_order()
        self.assertEqual(requisition.state, "ordered")
        with self.assertRaisesRegex(UserError, "ordered already"):
            requisition.with_user(self.buyer).action_order()

    def test_what_was_ordered_is_not_deleted(self):
        """Before anybody had decided, PostgreSQL refused it, in its own words."""
        job = self._assigned(priority="3")
        requisition = self._waiting(maintenance_request_id=job.id, partner_id=self.vendor.id)
        requisition.action_order_emergency("The line stands")
        order = requisition.sudo().purchase_order_ids
        order.with_user(self.buyer).button_cancel()
        requisition.action_draft()
        for records in (requisition, requisition.line_ids):
            with self.assertRaisesRegex(UserError, f"was on {order.name} and cannot be deleted; cancel it instead"):
                records.with_user(self.planner).unlink()
        job.with_user(self.planner).archive_equipment_request()
        with self.assertRaisesRegex(UserError, "has a history and cannot be deleted"):
            job.with_user(self.planner).unlink()

    def test_quantities_follow_the_order(self):
        requisition = self._draft(price=10.0, quantity=10)
        requisition.action_submit()
        line = requisition.line_ids
        order = self._order(requisition)
        order.order_line.product_qty = 6
        self.assertEqual((line.qty_ordered, requisition.state), (6, "approved"))
        requisition.with_user(self.buyer).action_order()
        self.assertEqual((line.qty_ordered, len(line.purchase_line_ids)), (10, 2))
        second = requisition.with_user(self.buyer).purchase_order_ids - order
        second.button_cancel()
        self.assertEqual((line.qty_ordered, requisition.state), (6, "approved"))
        self._receive(order)
        self.assertEqual((line.qty_received, line.state), (6, "approved"))

    def test_a_vendor_without_price_list_gets_the_approved_price(self):
        other = self.env["res.partner"].create({"name": "Corner shop"})
        requisition = self._draft(user=self.buyer, partner_id=other.id, price_unit=7.5)
        requisition.action_submit()
        order = self._order(requisition)
        self.assertEqual((order.partner_id, order.order_line.price_unit), (other, 7.5))

    def test_a_negotiated_price_goes_on_the_order_and_a_list_price_follows_the_list(self):
        negotiated = self._draft(user=self.buyer, price=10.0, price_unit=8.0)
        listed = self._draft(user=self.buyer, product=self.bearing, price=42.0, price_unit=42.0)
        self.assertTrue(negotiated.line_ids.is_price_manual)
        self.assertFalse(listed.line_ids.is_price_manual)
        (negotiated | listed).action_submit()
        orders = self._order(negotiated | listed)
        prices = {line.product_id: line.price_unit for line in orders.order_line}
        self.assertEqual(prices, {self.seal: 8.0, self.bearing: 42.0})

    def test_no_vendor_is_said_not_dropped(self):
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        requisition = self._draft(user=self.buyer, product=orphan, price_unit=9.0)
        requisition.action_submit()
        with self.assertRaisesRegex(UserError, "Choose a vendor for Odd belt"):
            requisition.action_order()
        requisition.line_ids.partner_id = self.vendor
        self.assertEqual(requisition.state, "approved", "a missing vendor may still be chosen")
        requisition.action_order()
        self.assertEqual(requisition.purchase_order_ids.partner_id, self.vendor)

    def test_services_and_one_off_parts(self):
        crane = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        request = self._assigned()
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "product_id": crane.id, "price_unit": 120.0, "partner_id": self.vendor.id,
                            "maintenance_request_id": request.id,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Bracket, made to drawing", "price_unit": 60.0, "partner_id": self.vendor.id,
                            "product_qty": 2, "maintenance_request_id": request.id,
                        }
                    ),
                ]
            }
        )  # fmt: skip
        requisition.action_submit()
        order = self._order(requisition)
        self.assertEqual(len(order.order_line), 2)
        bracket = order.order_line.filtered(lambda line: "Bracket" in line.name)
        self.assertEqual((bracket.product_qty, bracket.price_unit), (2, 60.0))
        costs = request.with_user(self.planner)
        self.assertEqual((costs.total_cost, costs.committed_cost), (0.0, 240.0))
        (order.order_line - bracket).qty_received = 1
        self._receive(order)
        self.assertEqual(requisition.state, "done")
        self.assertEqual((costs.service_cost, costs.parts_cost), (120.0, 120.0))
        self.assertEqual(costs.committed_cost, 0.0)
        order.action_create_invoice()
        bill = order.invoice_ids.with_user(self.finance)
        bill.invoice_date = "2026-01-15"
        bill.invoice_line_ids.filtered(lambda line: line.product_id == crane).price_unit = 150.0
        bill.action_post()
        self.assertEqual((costs.service_cost, costs.parts_cost), (150.0, 120.0), "the bill is the cost")
        self.assertEqual(self.conveyor.with_user(self.planner).maintenance_cost, 270.0)

    def test_merging_keeps_one_purchase_line_per_requisition_line(self):
        first, second = self._draft(price=10.0, quantity=2), self._draft(price=10.0, quantity=3)
        (first | second).action_submit()
        first.with_user(self.buyer).action_order()
        first.with_user(self.buyer).purchase_order_ids.button_confirm()  # so that the second one gets an order of its own
        second.with_user(self.buyer).action_order()
        third = self._draft(price=10.0, quantity=5)
        third.action_submit()
        second.sudo().purchase_order_ids.state = "sent"
        third.with_user(self.buyer).action_order()
        second.sudo().purchase_order_ids.state = "draft"
        orders = (second | third).sudo().purchase_order_ids
        self.assertEqual(len(orders), 2)
        orders = orders.with_user(self.buyer)
        orders.action_merge()
        kept = orders.filtered(lambda order: order.state != "cancel")
        self.assertEqual(len(kept), 1)
        self.assertEqual(sorted(kept.order_line.mapped("product_qty")), [3, 5])
        self.assertEqual((second.line_ids.qty_ordered, third.line_ids.qty_ordered), (3, 5))
        self.assertEqual((second.state, third.state), ("ordered", "ordered"))
        self.assertFalse(self.env["purchase.order"].search([("name", "=like", "%*")]))

    def test_spare_parts_of_reorder_points_are_held_and_count_as_in_progress(self):
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 5, "product_max_qty": 10}
        )
        mine = self._draft(user=self.buyer, product=self.bearing)
        self.env["stock.rule"].run_scheduler()
        line = self.env["maintenance.requisition.line"].search([("orderpoint_id", "=", orderpoint.id)])
        self.assertEqual((line.product_qty, line.requisition_id.source), (9, "orderpoint"))
        self.assertEqual(len(mine.line_ids), 1, "a person's draft is left alone")
        self.assertEqual(orderpoint.qty_to_order, 0, "also what calls the reorder point outside the scheduler")
        self.assertFalse(self.env["purchase.order.line"].search([("product_id", "=", self.bearing.id)]))
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(
            self.env["maintenance.requisition.line"].search([("orderpoint_id", "=", orderpoint.id)]), line
        )
        self._order(line.requisition_id)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(line.purchase_line_ids.product_qty, 9)
        self.assertEqual(line.purchase_line_ids.orderpoint_id, orderpoint)

    def test_what_is_no_spare_part_is_bought_natively(self):
        paper = self._create_part("Paper", 3.0, is_spare_part=False)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": paper.id, "product_min_qty": 5, "product_max_qty": 10}
        )
        self.env["stock.rule"].run_scheduler()
        line = self.env["purchase.order.line"].search([("product_id", "=", paper.id)])
        self.assertEqual((line.product_qty, line.requisition_line_id.id), (10, False))

    def test_asking_in_another_unit_and_currency(self):
        euro = self._create_currency(0.5)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.seal.seller_ids.write({"currency_id": euro.id, "price": 60.0, "product_uom_id": dozen.id})
        requisition = self._draft(user=self.planner, quantity=24)
        self.assertEqual(requisition.line_ids.price_unit, 10.0)
        self.assertEqual(requisition.amount_total, 240.0)
        requisition.action_submit()
        order = self._order(requisition)
        self.assertEqual((order.currency_id, order.order_line.product_uom_id), (euro, dozen))
        self.assertEqual((order.order_line.product_qty, order.order_line.price_unit), (2, 60.0))
        self.assertEqual(requisition.line_ids.qty_ordered, 24)
        self._receive(order)
        self.assertEqual(requisition.state, "done")
