from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...const import COSTS_GROUP


class MaintenancePriceApproval(models.TransientModel):
    """Ask for approval of what an order costs now, when it is more than was approved."""

    _name = "maintenance.price.approval"
    _inherit = ["maintenance.named.mixin"]
    _description = "Ask for Approval of New Prices"

    order_id = fields.Many2one(
        "purchase.order", required=True, default=lambda self: self.env.context.get("active_id")
    )
    reason = fields.Char(required=True, help="The approvers read it.")
    line_ids = fields.One2many(
        "maintenance.price.approval.line", "wizard_id", compute="_compute_line_ids", store=True, readonly=False
    )

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            # stored fields are computed as superuser; the order is one that the user named
            wizard.order_id.sudo(False).check_access("read")
            # sudo: buyers see what was approved for what they buy
            lines = wizard.order_id.sudo().order_line.requisition_line_id
            wizard.line_ids = [Command.clear()] + [
                Command.create({"line_id": line.id, "new_amount": line._get_ordered_amount(wizard.order_id)})
                for line in lines
            ]

    def action_ask(self):
        """:raises UserError: nothing costs more than was approved, or goes to another vendor."""
        self.ensure_one()
        self.order_id.check_access("write")
        # sudo: the buyer of the order asks, whoever asked first; what is asked for is checked below
        lines = self.order_id.sudo().order_line.requisition_line_id
        changes = {}
        for row in self.line_ids:
            line = row.line_id.sudo()
            if line not in lines:
                continue
            if row.currency_id.compare_amounts(row.new_amount, row.approved_amount) > 0:
                changes[line] = {"new_price_unit": row.new_amount / line.qty_to_buy}
            if line._is_other_vendor(self.order_id):
                changes.setdefault(line, {})["new_partner_id"] = self.order_id.partner_id.id
        if not changes:
            raise UserError(
                self.env._("Nothing on %s costs more than was approved, or goes to another vendor.", self.order_id.name)
            )
        requisitions = self.env["maintenance.requisition"].sudo().union(*(line.requisition_id for line in changes))
        requisitions._ask_for_changes(changes, self.reason)
        return {"type": "ir.actions.act_window_close"}


class MaintenancePriceApprovalLine(models.TransientModel):
    _name = "maintenance.price.approval.line"
    _inherit = ["maintenance.named.mixin"]
    _description = "New Price to Approve"

    wizard_id = fields.Many2one("maintenance.price.approval", required=True, ondelete="cascade")
    line_id = fields.Many2one("maintenance.requisition.line", required=True, readonly=True)
    name = fields.Char(related="line_id.name", related_sudo=False)
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    approved_amount = fields.Monetary("Approved amount", compute="_compute_approved_amount", groups=COSTS_GROUP)
    new_amount = fields.Monetary("New amount", groups=COSTS_GROUP, help="In the company's currency, taxes excluded.")

    @api.depends("line_id")
    def _compute_approved_amount(self):
        for row in self:
            row.approved_amount = row.line_id._get_approved_amount()
