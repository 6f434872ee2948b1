from odoo import api, fields, models


class PurchaseOrderReceipt(models.Model):
    """Who gets what an order brings."""

    _inherit = "purchase.order"

    has_waiting_parts = fields.Boolean(compute="_compute_has_waiting_parts")

    @api.depends("picking_ids.has_waiting_parts")
    def _compute_has_waiting_parts(self):
        for order in self:
            order.has_waiting_parts = bool(order._get_next_receipt())

    def action_who_gets_parts(self):
        """Show it for the next receipt that work orders wait for."""
        self.ensure_one()
        return self._get_next_receipt().action_who_gets_parts()

    def _get_next_receipt(self):
        self.ensure_one()
        return self.picking_ids.filtered("has_waiting_parts").sorted("scheduled_date")[:1]
