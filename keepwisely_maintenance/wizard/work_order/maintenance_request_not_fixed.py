from odoo import fields, models


class MaintenanceRequestNotFixed(models.TransientModel):
    _name = "maintenance.request.not.fixed"
    _description = "Say That It Is Not Fixed"

    request_id = fields.Many2one("maintenance.request", "Work order", required=True)
    reason = fields.Text(required=True)

    def action_send(self):
        self.ensure_one()
        action = self.request_id.action_not_fixed(self.reason)
        return {"type": "ir.actions.act_window_close"} if action is True else action
