from odoo import fields, models


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    maintenance_asset_ids = fields.One2many("maintenance.equipment", "maintenance_workcenter_id", "Assets")

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            # sudo: blocks follow the calendar, whoever chooses another one
            blocks = self.env["resource.calendar.leaves"].sudo().search(
                [
                    ("resource_id", "in", self.resource_id.ids),
                    "|", ("maintenance_request_id", "!=", False), ("maintenance_downtime_id", "!=", False),
                ]
            )  # fmt: skip
            blocks.maintenance_request_id._maintenance_settle_blocks()
            blocks.maintenance_downtime_id._maintenance_settle_blocks()
        return result

    def _maintenance_get_asset(self):
        """The asset that a stop is reported on: where there are several, the most critical one; possibly none."""
        self.ensure_one()
        # sudo: whoever stops the work center need not see assets
        assets = self.sudo().maintenance_asset_ids.filtered("active")
        ranks = [value for value, _label in assets._fields["criticality"].selection]
        return assets.sorted(lambda asset: (-ranks.index(asset.criticality) if asset.criticality else 1, asset.id))[:1]
