from odoo import models


class PurchaseOrderLineApproval(models.Model):
    """What an order line spends of what was approved."""

    _inherit = "purchase.order.line"

    def _maintenance_get_spent(self, order, placing):
        """What the line costs, in the company's currency, taxes excluded.

        At least what is ordered or here; more, where goods that came were sent back without a refund, where
        what was given up may still be billed, or where bills are dearer.

        :param order: the one that is compared with what was approved.
        :param bool placing: it is not placed yet, so today's exchange rate counts.
        """
        self.ensure_one()
        # sudo: whoever orders need not read bills to be told what they spent
        line = self.sudo()
        rate = line.order_id._get_rate_to_check(placing and line.order_id == order)
        billed, refunded = line._maintenance_get_billed()
        ordered = line._maintenance_get_price(line._get_placed_qty(order, placing))
        return max(ordered, line._maintenance_get_billable() - refunded, billed - refunded, 0.0) / rate

    def _maintenance_is_unsettled(self, order):
        """Whether the line still costs more than what is ordered on it or here."""
        line = self.sudo()
        billed, refunded = line._maintenance_get_billed()
        ordered = line._maintenance_get_price(line._get_placed_qty(order))
        spent = max(line._maintenance_get_billable() - refunded, billed - refunded)
        return self.currency_id.compare_amounts(spent, ordered) > 0

    def _maintenance_get_price(self, quantity):
        """Of ``quantity`` on the order, in its currency."""
        return self.price_subtotal * quantity / self.product_qty if self.product_qty else 0.0

    def _maintenance_get_billable(self):
        """What the vendor may bill in all, in the currency of the order."""
        if self.order_id.state == "purchase" and self.product_id.purchase_method == "purchase":
            return self.price_subtotal
        return self._maintenance_get_price(self.qty_received)

    def _maintenance_get_billed(self):
        """What bills charge and posted refunds gave back, in the currency of the order; a draft of a refund gives nothing."""
        billed = refunded = 0.0
        for row in self.invoice_lines:
            bill = row.move_id
            is_refund = bill.move_type == "in_refund"
            if bill.state == "cancel" or (is_refund and bill.state != "posted"):
                continue
            amount = row.currency_id._convert(
                row.price_subtotal,
                self.order_id.currency_id,
                self.company_id,
                bill.invoice_date or self.company_id._get_plant_day(),
                round=False,
            )
            if is_refund:
                refunded += amount
            else:
                billed += amount
        return billed, refunded
