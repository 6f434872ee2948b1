from odoo import api, models


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _run_buy(self, procurements):
        """Hold what maintenance needs as requisition lines; release it once it is approved.

        A released procurement carries the line it was held on.
        """
        held = [item for item in procurements if self._is_held(item[0])]
        if held:
            # sudo: whoever causes a need raises the requisition, also without rights on it
            self.env["maintenance.requisition"].sudo()._hold_procurements(held)
        passed = [item for item in procurements if not self._is_held(item[0])]
        return super()._run_buy(passed) if passed else None

    @api.model
    def _is_held(self, procurement):
        """Needs of work orders and of spare parts wait for approval; returns of need do not."""
        if procurement.values.get("requisition_line_id"):
            return False
        if procurement.product_uom.compare(procurement.product_qty, 0) <= 0:
            return False
        return bool(
            procurement.values.get("maintenance_request_id") or procurement.product_id.is_spare_part
        )

    def _get_custom_move_fields(self):
        return super()._get_custom_move_fields() + ["supplied_part_id"]

    @api.model
    def _get_procurements_to_merge_groupby(self, procurement):
        """One purchase line serves at most one requisition line."""
        key = super()._get_procurements_to_merge_groupby(procurement)
        return (*key, procurement.values.get("requisition_line_id"))
