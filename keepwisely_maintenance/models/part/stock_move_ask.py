from odoo import api, fields, models


class StockMoveAsk(models.Model):
    """Not in stock: ask for it, from the part itself."""

    _inherit = "stock.move"

    can_ask = fields.Boolean(compute="_compute_can_ask", help="Something of the part is missing and nobody was asked for it.")

    @api.depends("qty_missing", "maintenance_requisition_line_ids.state", "maintenance_request_id.state")
    def _compute_can_ask(self):
        for move in self:
            request = move.maintenance_request_id
            # sudo: what was asked for is no secret; its lines ask for more rights
            move.can_ask = bool(
                move.qty_missing
                and request.state in ("approved", "assigned", "waiting_parts", "in_progress")
                and move.sudo()._get_uncovered_qty() > 0
            )

    def action_ask_for_part(self):
        """Ask for what the work order of the part lacks; see ``action_request_parts``."""
        return self.maintenance_request_id.action_request_parts()
