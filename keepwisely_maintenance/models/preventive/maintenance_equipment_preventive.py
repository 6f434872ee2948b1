from odoo import api, fields, models


class MaintenanceEquipmentPreventive(models.Model):
    """Assets and the schedules they are on."""

    _inherit = "maintenance.equipment"

    schedule_asset_ids = fields.One2many("maintenance.schedule.asset", "equipment_id", "Schedules")
    schedule_count = fields.Integer("Number of schedules", compute="_compute_next_schedule_date")
    next_schedule_date = fields.Date("Next preventive work", compute="_compute_next_schedule_date")

    @api.depends("schedule_asset_ids.next_date", "schedule_asset_ids.active")
    def _compute_next_schedule_date(self):
        rows = self.env["maintenance.schedule.asset"]._read_group(
            [("equipment_id", "in", self.ids), ("schedule_id.active", "=", True)],
            ["equipment_id"],
            ["__count", "next_date:min"],
        )
        found = {equipment.id: (count, day) for equipment, count, day in rows}
        for equipment in self:
            equipment.schedule_count, equipment.next_schedule_date = found.get(equipment._origin.id, (0, False))

    @api.model_create_multi
    def create(self, vals_list):
        equipment = super().create(vals_list)
        equipment._sync_schedules(equipment.category_id)
        return equipment

    def write(self, vals):
        categories = self.category_id
        result = super().write(vals)
        if {"active", "category_id", "company_id"} & vals.keys():
            self._sync_schedules(categories | self.category_id)
        return result

    def _sync_schedules(self, categories):
        """Assets join and leave the schedules of their category; archived ones leave them all."""
        # sudo: whoever keeps assets need not keep schedules
        schedules = self.env["maintenance.schedule"].sudo()
        lines = self.sudo().with_context(active_test=False).schedule_asset_ids
        (lines.schedule_id | schedules.search([("category_id", "in", categories.ids)]))._sync_assets()

    def action_view_schedules(self):
        """Open the due dates of the asset."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_schedule_assets")
        action["domain"] = [("equipment_id", "in", self.ids)]
        return action
