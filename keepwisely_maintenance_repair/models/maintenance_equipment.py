from odoo import api, fields, models


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    maintenance_repair_ids = fields.One2many("repair.order", "maintenance_equipment_id", "Repairs")
    maintenance_repair_count = fields.Integer(compute="_compute_maintenance_repair_count", compute_sudo=True)

    @api.depends("maintenance_repair_ids")
    def _compute_maintenance_repair_count(self):
        for equipment in self:
            equipment.maintenance_repair_count = len(equipment.maintenance_repair_ids)

    @api.readonly
    def action_maintenance_view_repairs(self):
        # sudo: as on the work order
        repairs = self.sudo().maintenance_repair_ids.with_env(self.env)
        return repairs._get_records_action(name=self.env._("Repairs"))

    def _maintenance_merge_work(self, winner):
        result = super()._maintenance_merge_work(winner)
        self.maintenance_repair_ids.maintenance_equipment_id = winner
        return result
