from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .trace_common import TraceCase


@tagged("post_install", "-at_install")
class TestTrace(TraceCase):
    """From request to payment: every step with its day and amount, nothing twice."""

    def _job_with_order(self, quantity=5):
        """A job that lacks four of five bearings at 200, approved by Procurement and ordered."""
        request = self._assigned()
        part = self._add_part(request, self.bearing, quantity)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.procurement).action_approve()
        return request, part, requisition, self._order(requisition)

    def test_whole_chain(self):
        """Two receipts and one sent back, two bills and a refund, two payments.

        Asked, decided, ordered: 4 × 200 = 800. Received 3 × 200 + 1 × 200 − 1 × 200 = 600.
        Billed 3 × 200 = 600 and 1 × 210 = 210, refunded 210: 600. The first bill is 750 with tax;
        300 of it pay 300 × 600 / 750 = 240, the other 450 pay 360. The second bill and the refund
        settle each other. Used: 4 bearings at their cost of 42 are 168, one put back is −42.
        """
        request, part, requisition, order = self._job_with_order()
        line = order.order_line
        self._receive(order, 3)
        receipt = self._receive(order)
        part.quantity = 4
        part.action_use_part()
        request.part_ids.filtered(lambda move: move.state != "done").action_drop_part()
        part.action_return_part(1)
        wizard = (
            self.env["stock.return.picking"].with_user(self.storekeeper)
            .with_context(active_id=receipt.id, active_model="stock.picking").create({})
        )  # fmt: skip
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = self.env["stock.picking"].with_user(self.storekeeper).browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        first = self._bill(order, [(line, 3, 200.0)])
        second = self._bill(order, [(line, 1, 210.0)])
        refund = self._bill(order, [(line, 1, 210.0)], "in_refund")
        (second + refund).line_ids.filtered(lambda item: item.display_type == "payment_term").reconcile()
        self._pay(first, 300.0)
        self._pay(first, 450.0)
        chain = {
            "request": [0.0],
            "requisition": [800.0],
            "decision": [800.0],
            "order": [800.0],
            "receipt": [600.0, 200.0, -200.0],
            "bill": [600.0, 210.0, -210.0],
            "payment": [240.0, 360.0],
            "used": [168.0, -42.0],
        }
        self.assertEqual(self._amounts(request), chain)
        for document in (self.conveyor, requisition, order):
            self.assertEqual(self._amounts(document), chain, document)
        self.assertEqual(self._amounts(first, self.accountant), {**chain, "bill": [600.0]})
        unpaid = {**chain, "bill": [-210.0]}
        del unpaid["payment"]
        self.assertEqual(self._amounts(refund, self.accountant), unpaid)
        rows = self._rows(request)
        self.assertEqual(
            rows.filtered(lambda row: row.step == "bill").mapped("state"), ["bill.paid", "bill.reversed", "bill.paid"]
        )
        self.assertEqual(rows.maintenance_request_id.with_user(self.planner), request.with_user(self.planner))
        totals = self.env["maintenance.trace"].with_user(self.planner)._read_group(
            [("maintenance_request_id", "=", request.id)], [],
            ["amount_asked:sum", "amount_ordered:sum", "amount_received:sum", "amount_billed:sum", "amount_paid:sum", "amount_used:sum"],
        )  # fmt: skip
        self.assertEqual([round(total, 2) for total in totals[0]], [800.0, 800.0, 600.0, 600.0, 600.0, 126.0])
