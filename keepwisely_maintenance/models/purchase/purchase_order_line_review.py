from odoo import models


class PurchaseOrderLineReview(models.Model):
    """What the review of open orders asks of purchase lines."""

    _inherit = "purchase.order.line"

    def _get_last_receipts(self):
        """The day in the plant on which goods last came or went back, or a service was last received; by line.

        Services and what is not in the catalogue move no goods; the history of their requisition
        knows when they were received.
        """
        moments = dict(
            self.env["stock.move"]._read_group(
                [("purchase_line_id", "in", self.ids), ("state", "=", "done")], ["purchase_line_id"], ["date:max"]
            )
        )
        by_asked = dict(
            self.env["maintenance.requisition.log"]._read_group(
                [("kind", "=", "received"), ("line_id", "in", self.requisition_line_id.ids)], ["line_id"], ["date:max"]
            )
        )
        days = {}
        for line in self:
            moment = moments.get(line) or by_asked.get(line.requisition_line_id)
            if moment and line.qty_received:
                days[line] = line.company_id._get_plant_day(moment)
        return days

    def _get_company_price(self, uom=None):
        """What one unit costs on the order, in the company's currency at the order's rate, taxes excluded.

        :param uom: in which unit, by default that of the line.
        """
        self.ensure_one()
        price = self.price_subtotal / self.product_qty if self.product_qty else self.price_unit_discounted
        price = self.product_uom_id._compute_price(price, uom or self.product_uom_id)
        return self._get_company_amount(price)

    def _get_billed(self):
        """What posted bills and refunds charge, in the order's currency, and for how much, in the unit of the line."""
        self.ensure_one()
        amount = quantity = 0.0
        for row in self.invoice_lines.filtered(lambda row: row.parent_state == "posted"):
            sign = -1 if row.move_id.move_type == "in_refund" else 1
            day = row.move_id.invoice_date or self.company_id._get_plant_day()
            amount += sign * row.currency_id._convert(
                row.price_subtotal, self.order_id.currency_id, self.company_id, day, round=False
            )
            quantity += sign * row.product_uom_id._compute_quantity(row.quantity, self.product_uom_id, round=False)
        return amount, quantity

    def _get_billed_price(self):
        """What one unit was billed at, on average, in the company's currency; 0.0 when nothing was."""
        amount, quantity = self._get_billed()
        return self._get_company_amount(amount / quantity) if quantity > 0 else 0.0

    def _is_billed_differently(self):
        """Whether posted bills charge another price than the order; a rounding of each bill apart."""
        amount, quantity = self._get_billed()
        price = self.price_subtotal / self.product_qty if self.product_qty else self.price_unit_discounted
        roundings = max(len(self.invoice_lines), 1) * self.currency_id.rounding
        return quantity > 0 and abs(amount - quantity * price) > roundings + 1e-9
