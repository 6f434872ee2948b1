from odoo import fields, models


class MaintenanceEquipmentMerge(models.TransientModel):
    """Which of the chosen assets takes the place of the others."""

    _name = "maintenance.equipment.merge"
    _description = "Merge Assets"

    equipment_ids = fields.Many2many(
        "maintenance.equipment", "maintenance_equipment_merge_asset_rel", string="Assets", required=True,
        default=lambda self: self._default_equipment_ids(),
    )  # fmt: skip
    winner_id = fields.Many2one(
        "maintenance.equipment", "Keep this one", domain="[('id', 'in', equipment_ids)]",
        default=lambda self: self._default_equipment_ids()[:1],
    )  # fmt: skip

    def _default_equipment_ids(self):
        is_of_assets = self.env.context.get("active_model") == "maintenance.equipment"
        return self.env["maintenance.equipment"].browse(self.env.context.get("active_ids") if is_of_assets else []).sorted("id")

    def action_apply(self):
        self.ensure_one()
        return (self.equipment_ids - self.winner_id).maintenance_merge_into(self.winner_id)
