from collections import defaultdict

from odoo import models


class MaintenanceRequestCopy(models.Model):
    """A duplicate has the parts of its original, wanted anew: nothing reserved, used or asked for."""

    _inherit = "maintenance.request"

    def copy(self, default=None):
        copies = super().copy(default)
        if not self._maintenance_is_next_occurrence(default) and "part_ids" not in (default or {}):
            for request, duplicate in zip(self, copies, strict=True):
                request._maintenance_copy_parts(duplicate)
        return copies

    def _maintenance_copy_parts(self, duplicate):
        if not duplicate._user_is_planner() and not duplicate._user_is_technician():
            # who only reports says nothing about parts
            return
        self.env["stock.move"].create(
            [
                {
                    "maintenance_request_id": duplicate.id,
                    "product_id": product.id,
                    "product_uom": unit.id,
                    "product_uom_qty": quantity,
                }
                for (product, unit), quantity in self._maintenance_get_quantities_to_copy().items()
                if product.active
            ]
        )

    def _maintenance_get_quantities_to_copy(self):
        """What the job used and kept, or still wants, by product and unit; what was dropped is left out."""
        quantities = defaultdict(float)
        # sudo: who may read the work order reads its parts
        for move in self.sudo().part_ids:
            quantity = move._get_consumed_qty() if move.state == "done" else move.product_uom_qty
            dropped = move.state == "cancel" and not move.maintenance_cancelled_with_job
            if not dropped and move.product_uom.compare(quantity, 0) > 0:
                quantities[move.product_id, move.product_uom] += quantity
        return quantities
