from odoo import models


class StockMove(models.Model):
    """Receipts and returns of what requisitions bought."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """What goes back, or is received without a backorder, is not on order any more."""
        served = self.sudo().purchase_line_id._get_served()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        served._settle_given_up()
        return moves

    def _action_cancel(self):
        served = self.sudo().purchase_line_id._get_served()
        result = super()._action_cancel()
        served._settle_given_up()
        return result
