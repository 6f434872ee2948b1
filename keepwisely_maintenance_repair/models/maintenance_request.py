from odoo import api, fields, models


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    maintenance_repair_ids = fields.One2many("repair.order", "maintenance_request_id", "Repairs")
    maintenance_repair_count = fields.Integer(compute="_compute_maintenance_repair_count", compute_sudo=True)

    @api.depends("maintenance_repair_ids")
    def _compute_maintenance_repair_count(self):
        for request in self:
            request.maintenance_repair_count = len(request.maintenance_repair_ids)

    @api.readonly
    def action_maintenance_view_repairs(self):
        # sudo: which there are is no secret; opening them asks for rights
        repairs = self.sudo().maintenance_repair_ids.with_env(self.env)
        return repairs._get_records_action(name=self.env._("Repairs"))
