from odoo import fields, models


class MaintenanceRequestReopen(models.TransientModel):
    _name = "maintenance.request.reopen"
    _description = "Reopen Work Orders"

    request_ids = fields.Many2many(
        "maintenance.request", string="Work orders", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char(required=True)

    def action_reopen(self):
        self.ensure_one()
        return self.request_ids.action_reopen(self.reason)
