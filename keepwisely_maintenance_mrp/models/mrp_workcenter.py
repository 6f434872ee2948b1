from odoo import fields, models


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    maintenance_asset_ids = fields.One2many("maintenance.equipment", "maintenance_workcenter_id", "Assets")

    def _maintenance_get_asset(self):
        """The asset that a stop is reported on: where there are several, the most critical one; possibly none."""
        self.ensure_one()
        # sudo: whoever stops the work center need not see assets
        assets = self.sudo().maintenance_asset_ids.filtered("active")
        ranks = [value for value, _label in assets._fields["criticality"].selection]
        return assets.sorted(lambda asset: (-ranks.index(asset.criticality) if asset.criticality else 1, asset.id))[:1]
