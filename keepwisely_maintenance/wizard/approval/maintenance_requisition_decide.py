from odoo import api, fields, models
from odoo.fields import Command


class MaintenanceRequisitionDecide(models.TransientModel):
    """Decide on a requisition line by line."""

    _name = "maintenance.requisition.decide"
    _description = "Decide Line by Line"

    requisition_id = fields.Many2one(
        "maintenance.requisition", required=True, readonly=True, default=lambda self: self.env.context.get("active_id")
    )
    line_ids = fields.One2many(
        "maintenance.requisition.decide.line", "decide_id", "Lines", compute="_compute_line_ids", store=True, readonly=False
    )
    comment = fields.Char("Reason", help="Who asked and the technician of the work order read it.")

    @api.depends("requisition_id")
    def _compute_line_ids(self):
        """Every item that is still asked for."""
        for wizard in self:
            lines = wizard.requisition_id.line_ids.filtered(lambda line: not line.is_cancelled)
            wizard.line_ids = [Command.clear(), *(Command.create({"line_id": line.id}) for line in lines)]

    def action_decide(self):
        self.ensure_one()
        chosen = {choice: lines.line_id.ids for choice, lines in self.line_ids.grouped("choice").items()}
        self.requisition_id.action_decide_lines(chosen.get("refuse", []), chosen.get("hold", []), self.comment)
        return {"type": "ir.actions.act_window_close"}


class MaintenanceRequisitionDecideLine(models.TransientModel):
    _name = "maintenance.requisition.decide.line"
    _inherit = ["maintenance.named.mixin"]
    _description = "Decide Line by Line: Line"

    decide_id = fields.Many2one("maintenance.requisition.decide", required=True, ondelete="cascade", index=True)
    line_id = fields.Many2one("maintenance.requisition.line", "Item", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    product_qty = fields.Float(related="line_id.product_qty", related_sudo=False)
    price_subtotal = fields.Monetary(related="line_id.price_subtotal", related_sudo=False)
    choice = fields.Selection(
        [("approve", "Approve"), ("refuse", "Refuse"), ("hold", "Let wait")], "Decision", required=True, default="approve"
    )
