from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.purchase.maintenance_purchase_review_line import DECISIONS


class MaintenancePurchaseReviewDecide(models.TransientModel):
    """Decide on several lines of a review at once: either all are carried out or none."""

    _name = "maintenance.purchase.review.decide"
    _description = "Decide on Open Orders"

    line_ids = fields.Many2many(
        "maintenance.purchase.review.line", relation="maintenance_purchase_review_decide_rel", string="Lines",
        required=True, default=lambda self: self._default_lines(),
    )  # fmt: skip
    line_count = fields.Integer("Chosen lines", compute="_compute_line_count")
    decision = fields.Selection(DECISIONS, required=True)
    keep_until = fields.Date("Keep until")
    new_date = fields.Date("New date")
    note = fields.Char("Why")

    def _default_lines(self):
        if self.env.context.get("active_model") != "maintenance.purchase.review.line":
            return False
        return [Command.set(self.env.context.get("active_ids") or [])]

    @api.depends("line_ids")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)

    def action_decide(self):
        """:raises UserError: nothing is chosen, or the orders do not allow the decision."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Choose the lines to decide on first."))
        said = {"keep": ["keep_until"], "redate": ["new_date"]}.get(self.decision, [])
        self.line_ids.write({name: self[name] for name in ("decision", "note", *said)})
        return {"type": "ir.actions.act_window_close"}
