from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_offer import OfferCase


@tagged("post_install", "-at_install")
class TestJoinOrder(OfferCase):
    """Joining what a buyer ordered by hand for stock, and what the buyer does to the order afterwards."""

    def _joined(self, request):
        offer = self._offered(request)
        choice = offer.line_ids
        self.assertEqual(choice.kind, "join_receipt")
        offer.action_apply()
        return choice

    def test_joins_and_asks_for_the_rest(self):
        order = self._bought(6)
        request, part = self._job(8)
        choice = self._joined(request)
        self.assertEqual((choice.quantity_free, choice.quantity), (6, 6))
        self.assertEqual(choice.name, f"6 × Belt on order {order.name} and free, expected May 4, 2031")
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 2)
        self.assertEqual(self._coverage(part), ("requested", 0))
        self.assertIn(order.name, request.parts_message)
        self.assertEqual(order.order_line.product_qty, 6)
        self.assertEqual(len(order.picking_ids.move_ids), 1, "the receipt stays as it is")
        self.assertIn(f"{request.reference}", "".join(order.message_ids.mapped("body")))

    def test_partial_receipts_and_backorders(self):
        """What comes first goes to the job, whatever is left for stock comes last."""
        order = self._bought(10)
        request, part = self._job(4)
        self._joined(request)
        self.assertEqual(str(request.parts_ready_date), "2031-05-04")
        _urgent, theirs = self._job(3, priority="2")
        self._receive(order, 3)
        self.assertEqual((part.quantity, theirs.quantity), (3, 0))
        self.assertEqual(self._coverage(part), ("ordered", 0))
        before = self._told(request)
        self._receive(order, 3)
        self.assertEqual((part.state, request.state, theirs.quantity), ("assigned", "assigned", 2))
        self.assertEqual(len(self._told(request) - before), 1)
        late, other = self._job(2)
        self.assertEqual(self._joined(late).quantity_free, 4)
        self._receive(order)
        self.assertEqual((other.state, theirs.state, self.belt.free_qty), ("assigned", "assigned", 1))

    def test_two_jobs(self):
        order = self._bought(10)
        first, one = self._job(7)
        second, two = self._job(7)
        self._joined(second)
        self.assertEqual(self._joined(first).quantity, 3)
        self.assertEqual([self._coverage(part) for part in (one, two)], [("requested", 0), ("ordered", 0)])
        self._receive(order)
        self.assertEqual((one.quantity, two.quantity), (3, 7))

    def test_order_lowered_and_raised(self):
        order = self._bought(10)
        request, part = self._job(4)
        other, later = self._job(5)
        self._joined(request)
        self._joined(other)
        before = self._told(request), self._told(other)
        order.order_line.product_qty = 9
        self.assertEqual([self._coverage(move) for move in (part, later)], [("ordered", 0)] * 2)
        self.assertEqual((self._told(request), self._told(other)), before, "enough comes for both")
        order.order_line.product_qty = 6
        self.assertEqual([self._coverage(move) for move in (part, later)], [("ordered", 0), ("to_request", 3)])
        self.assertEqual((self._told(request), len(self._told(other) - before[1])), (before[0], 1))
        order.order_line.product_qty = 12
        self.assertEqual([self._coverage(move) for move in (part, later)], [("ordered", 0)] * 2)
        third, _part = self._job(9)
        self.assertEqual(self._joined(third).quantity_free, 3)

    def test_order_cancelled_and_set_back(self):
        order = self._bought(10)
        request, part = self._job(4)
        self._joined(request)
        before = self._told(request)
        order.button_cancel()
        self.assertEqual(self._coverage(part), ("to_request", 4))
        self.assertEqual((request.state, request.parts_ready_date), ("waiting_parts", False))
        told = self._told(request) - before
        self.assertEqual(len(told), 1)
        self.assertIn("Belt does not come any more", told.mail_message_id.body)
        self._not_offered(request)
        order.button_draft()
        order.button_confirm()
        self.assertEqual(sum(request.sudo().requisition_line_ids.mapped("product_qty")), 4)
        self.assertEqual(self._joined(self._job(10)[0]).quantity_free, 10, "who left joins no more by itself")

    def test_receipt_without_backorder(self):
        order = self._bought(10)
        request, part = self._job(4)
        other, later = self._job(4)
        self._joined(request)
        self._joined(other)
        before = self._told(request), self._told(other)
        picking = order.sudo().picking_ids.with_user(self.storekeeper)
        picking.move_ids.write({"quantity": 5, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self.assertEqual((part.state, later.quantity), ("assigned", 1))
        self.assertEqual(self._coverage(later), ("to_request", 3))
        lost = [told for told in self._told(other) - before[1] if "does not come" in told.mail_message_id.body]
        self.assertEqual(len(lost), 1)
        self.assertFalse((self._told(request) - before[0]).filtered(lambda n: "not come" in n.mail_message_id.body))

    def test_two_step_receipt(self):
        self.warehouse.reception_steps = "two_steps"
        order = self._bought(10)
        request, part = self._job(4)
        self._joined(request)
        self._receive(order)
        self.assertEqual(self._coverage(part), ("ordered", 0))
        late, other = self._job(4)
        self.assertEqual(self._joined(late).quantity_free, 6)
        step = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        )
        step.with_user(self.storekeeper).button_validate()
        self.assertEqual((part.state, other.state, self.belt.free_qty), ("assigned", "assigned", 2))

    def test_vendor_counts_in_dozens(self):
        order = self._bought(1, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        request, part = self._job(5)
        self.assertEqual(self._joined(request).quantity_free, 12)
        late, _part = self._job(9)
        self.assertEqual(self._joined(late).quantity_free, 7)
        self._receive(order)
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def test_dropped_and_completed(self):
        """The receipt of the vendor is never touched by what jobs do."""
        order = self._bought(10)
        request, part = self._job(4)
        self._joined(request)
        part.action_drop_part()
        self.assertEqual((order.state, order.order_line.product_qty, order.picking_ids.state), ("purchase", 10, "assigned"))
        other, theirs = self._job(10)
        self.assertEqual(self._joined(other).quantity_free, 10)
        other.with_user(self.planner).archive_equipment_request()
        self.assertEqual((order.picking_ids.state, order.order_line.qty_received), ("assigned", 0))
        self.assertFalse(theirs.sudo().join_ids)
        self._receive(order)
        self.assertEqual(self.belt.free_qty, 10)

    def test_what_is_not_offered(self):
        """Orders for other jobs, assets and places, and orders that nobody has placed."""
        other, _theirs = self._job(4)
        press = self.conveyor.copy({"name": "Press"})
        self._bought(10, maintenance_request_id=other.id)
        self._bought(10, equipment_id=press.id)
        draft = self._bought(10, confirm=False)
        request, part = self._job(3)
        self._not_offered(request)
        own, _part = self._job(2)
        self._bought(4, maintenance_request_id=own.id)
        offer = self._offered(own)
        self.assertEqual(offer.line_ids.quantity_free, 4)
        self.assertEqual(offer.note, f"{draft.name} has 10 × Belt but is not placed yet.")
        self.assertEqual(self._coverage(part), ("requested", 0))

    def test_technicians_see_no_orders_and_no_prices(self):
        order = self._bought(6)
        request, _part = self._job(3)
        offer = self._offered(request)
        with self.assertRaises(AccessError):
            order.with_user(self.technician).read(["amount_total"])
        seen = offer.web_read(
            {"note": {}, "line_ids": {"fields": {name: {} for name in ("name", "quantity", "is_used", "date_expected")}}}
        )
        # the amount, not a number that an order may have
        self.assertNotRegex(seen[0]["line_ids"][0]["name"], r"(?<![\w/])42")
        names = set(offer._fields) | set(offer.line_ids._fields)
        self.assertFalse([name for name in names if "price" in name or "amount" in name or "cost" in name])

    def test_earliest_first(self):
        late = self._bought(6, date_planned="2031-06-01 08:00:00")
        early = self._bought(2)
        request, _part = self._job(3)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.sudo().purchase_line_id.order_id, (early | late).sudo())
        self.assertEqual(offer.line_ids.mapped("quantity"), [2, 1])
        self.assertEqual(offer.line_ids.mapped("is_used"), [True, True])
        offer.line_ids[1].is_used = False
        offer.action_apply()
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 1)

    def test_order_that_serves_two_lines(self):
        """Another line of the same order and product is its own."""
        order = self._bought(6)
        order.order_line = [Command.create({"product_id": self.belt.id, "product_qty": 4, "date_planned": "2031-07-01"})]
        request, part = self._job(8)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.mapped("quantity_free"), [6, 4])
        offer.action_apply()
        self.assertEqual(self._coverage(part), ("ordered", 0))
        self.assertEqual(str(request.parts_ready_date), "2031-07-01")
