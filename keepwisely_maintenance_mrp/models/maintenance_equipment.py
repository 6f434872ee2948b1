from odoo import fields, models


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    maintenance_workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work center", index="btree_not_null", check_company=True, tracking=True,
        help="Where the asset produces: work on it and its standstill block the work center, and hours of production that a "
        "standstill takes count with what an hour of the work center costs.",
    )  # fmt: skip

    def write(self, vals):
        result = super().write(vals)
        if "maintenance_workcenter_id" in vals:
            # sudo: what is planned of the assets, and their standstill, follows, also what the user does not see
            assets = self.sudo()
            open_work = assets.env["maintenance.request"].search(
                [("equipment_id", "in", assets.ids), ("schedule_date", "!=", False), ("state", "not in", ("closed", "cancelled"))]
            )
            open_work._maintenance_settle_blocks()
            lasting = assets.downtime_ids.filtered(lambda period: not period.date_to)
            lasting.modified(["equipment_id"])
            lasting._maintenance_settle_blocks()
        return result

    def _maintenance_merge_fields(self, winner):
        result = super()._maintenance_merge_fields(winner)
        if not winner.maintenance_workcenter_id:
            winner.maintenance_workcenter_id = self.maintenance_workcenter_id
        return result
