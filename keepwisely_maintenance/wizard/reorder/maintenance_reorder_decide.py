from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

from ...const import COSTS_GROUP


class MaintenanceReorderDecide(models.TransientModel):
    """Decide on several reorder points at once: either all are carried out or none."""

    _name = "maintenance.reorder.decide"
    _description = "Decide on Reorder Points"

    suggestion_ids = fields.Many2many(
        "maintenance.reorder.suggestion", relation="maintenance_reorder_decide_rel", string="Reorder points", required=True,
        default=lambda self: self._default_suggestions(),
    )  # fmt: skip
    suggestion_count = fields.Integer("Chosen reorder points", compute="_compute_summary")
    summary = fields.Char("What it changes", compute="_compute_summary")
    decision = fields.Selection(
        [("accept", "As suggested"), ("change", "Other quantities"), ("reject", "Leave as it is")],
        required=True, default="accept",
    )  # fmt: skip
    min_qty = fields.Float("Minimum", digits="Product Unit", compute="_compute_quantities", store=True, readonly=False)
    max_qty = fields.Float("Maximum", digits="Product Unit", compute="_compute_quantities", store=True, readonly=False)
    reason = fields.Char("Why")

    def _default_suggestions(self):
        if self.env.context.get("active_model") != "maintenance.reorder.suggestion":
            return False
        return [Command.set(self.env.context.get("active_ids") or [])]

    @api.depends("suggestion_ids")
    def _compute_quantities(self):
        for wizard in self:
            only = wizard.suggestion_ids if len(wizard.suggestion_ids) == 1 else wizard.suggestion_ids.browse()
            wizard.min_qty, wizard.max_qty = only.min_qty, only.max_qty

    @api.depends("suggestion_ids")
    def _compute_summary(self):
        for wizard in self:
            chosen = wizard.suggestion_ids
            wizard.suggestion_count = len(chosen)
            values = {
                "now": formatLang(self.env, sum(chosen.mapped("shortages_now")), digits=1),
                "then": formatLang(self.env, sum(chosen.mapped("shortages_then")), digits=1),
            }
            if self.env.user.has_group(COSTS_GROUP):
                change = sum(chosen.mapped("stock_change"))
                sign, amount = "−" if change < 0 else "+", formatLang(self.env, abs(change), currency_obj=chosen[:1].currency_id)
                wizard.summary = self.env._(
                    "Stock %(change)s, shortages %(now)s → %(then)s a year", change=f"{sign} {amount}", **values
                )
            else:
                wizard.summary = self.env._("Shortages %(now)s → %(then)s a year", **values)

    def action_decide(self):
        """:raises UserError: nothing is chosen, or a rejection has no reason."""
        self.ensure_one()
        if not self.suggestion_ids:
            raise UserError(self.env._("Choose the reorder points first."))
        if self.decision == "reject":
            self.suggestion_ids.action_reject(self.reason)
        elif self.decision == "change":
            if len(self.suggestion_ids) > 1:
                raise UserError(self.env._("Other quantities are set for one reorder point at a time."))
            self.suggestion_ids.action_change(self.min_qty, self.max_qty, self.reason)
        else:
            self.suggestion_ids.action_accept(self.reason)
        return {"type": "ir.actions.act_window_close"}
