from odoo import models


class MaintenanceRequestAsset(models.Model):
    """A work order that was about the wrong asset: what was asked for and ordered for it goes along to the right one."""

    _inherit = "maintenance.request"

    def write(self, vals):
        if not self._maintenance_is_asset_written(vals):
            return super().write(vals)
        # sudo: what was asked for a job is about its asset, whoever corrects that
        before = {request: request.equipment_id for request in self.sudo()}
        result = super().write(vals)
        for request, asset in before.items():
            if request.equipment_id != asset:
                request._maintenance_carry_asset(asset)
        return result

    def _maintenance_carry_asset(self, asset):
        """Lines that were about ``asset``, the wrong one, follow; those that somebody put on another one stay there.

        What was approved stays approved: it is the same need of the same job, and the note says what was corrected.
        """
        self.ensure_one()
        lines = self.requisition_line_ids.filtered(lambda line: line.equipment_id == asset)
        bought = self.purchase_line_ids.filtered(lambda line: line.equipment_id == asset)
        # first, since the asset of a purchase line would follow its requisition without telling the ledger
        bought.write({"equipment_id": self.equipment_id.id})
        lines._write_by_system({"equipment_id": self.equipment_id.id})
        lines._log_change(
            self.env._(
                "The asset of %(work_order)s was corrected from %(old)s to %(new)s.",
                work_order=self.display_name,
                old=asset.display_name or "-",
                new=self.equipment_id.display_name or "-",
            )
        )
