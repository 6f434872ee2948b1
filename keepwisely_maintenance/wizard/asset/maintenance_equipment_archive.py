from odoo import api, fields, models


class MaintenanceEquipmentArchive(models.TransientModel):
    """What hangs on assets that go, and what becomes of it."""

    _name = "maintenance.equipment.archive"
    _description = "Archive Assets"

    equipment_ids = fields.Many2many(
        "maintenance.equipment", "maintenance_equipment_archive_asset_rel", string="Assets", required=True
    )
    what_hangs = fields.Text("What hangs on it", compute="_compute_what_hangs")
    has_components = fields.Boolean(compute="_compute_what_hangs")
    has_open_work = fields.Boolean(compute="_compute_what_hangs")
    components = fields.Selection([("archive", "Archive them too"), ("detach", "Keep them, on their own")])
    open_work = fields.Selection(
        [("cancel", "Cancel it"), ("keep", "Let it go on")],
        help="Cancelled work gives its parts back, and what was asked for and not ordered is withdrawn.",
    )

    @api.depends("equipment_ids", "components")
    def _compute_what_hangs(self):
        for wizard in self:
            assets = wizard.equipment_ids._origin
            parts = assets._maintenance_get_active_components()
            going = assets | parts if wizard.components == "archive" else assets
            wizard.what_hangs = "\n".join(going._maintenance_describe_what_hangs())
            wizard.has_components = bool(parts)
            wizard.has_open_work = bool(going._maintenance_get_open_work())

    def action_apply(self):
        self.ensure_one()
        self.equipment_ids.maintenance_archive(self.open_work, self.components)
        return {"type": "ir.actions.act_window_close"}
