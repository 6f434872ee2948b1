from odoo import api, fields, models


class MaintenanceLineReceive(models.TransientModel):
    """Confirm that a vendor's service was done."""

    _name = "maintenance.line.receive"
    _inherit = ["maintenance.named.mixin"]
    _description = "Confirm a Service"

    line_id = fields.Many2one(
        "maintenance.requisition.line", required=True, default=lambda self: self.env.context.get("active_id")
    )
    name = fields.Char(related="line_id.name", related_sudo=False)
    is_by_amount = fields.Boolean(related="line_id.is_by_amount", related_sudo=False)
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    quantity_left = fields.Float("Still to come", compute="_compute_quantity_left", digits="Product Unit")
    quantity = fields.Float("Done now", compute="_compute_quantity", store=True, readonly=False, digits="Product Unit")
    amount = fields.Monetary("Amount done now", groups="keepwisely_maintenance.group_maintenance_costs")
    final = fields.Boolean("Nothing more is to come")

    @api.depends("line_id")
    def _compute_quantity_left(self):
        for wizard in self:
            wizard.quantity_left = wizard.line_id._get_open_qty(wizard.line_id.product_uom_id)

    @api.depends("line_id")
    def _compute_quantity(self):
        for wizard in self:
            wizard.quantity = wizard.quantity_left

    def action_receive(self):
        self.ensure_one()
        if self.is_by_amount and self.env.user.has_group("keepwisely_maintenance.group_maintenance_costs"):
            return self.line_id.action_receive(amount=self.amount, final=self.final)
        return self.line_id.action_receive(self.quantity, final=self.final)
