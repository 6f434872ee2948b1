from odoo import models

from ..context import BY_SYSTEM, is_by_system


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _action_done(self):
        """Look once at the work orders whose reserved parts were taken by force.

        Returns to a vendor, deliveries with more than was reserved and inventory counts take what
        parts have reserved; native code then releases and reserves again, several times over.
        """
        parts = self._get_parts_at_risk()
        if not parts:
            return super()._action_done()
        settling = self.with_context(maintenance_parts_settling=BY_SYSTEM)
        result = super(StockMoveLine, settling)._action_done()
        parts = parts.exists()
        lost = parts.filtered(lambda part: part._get_missing_qty())
        parts.maintenance_request_id._on_parts_changed(lost)
        return result

    def _get_parts_at_risk(self):
        """Reserved parts of the same products in the places that these lines take from."""
        taking = self.filtered(lambda line: line.location_id.usage == "internal" and line.product_id.is_storable)
        if not taking or is_by_system(self.env, "maintenance_parts_settling"):
            return self.env["stock.move"]
        # sudo: whoever moves goods may take them from work orders they cannot see
        lines = self.sudo().search(
            [
                ("move_id.maintenance_request_id", "!=", False),
                ("state", "=", "assigned"),
                ("product_id", "in", taking.product_id.ids),
                ("location_id", "in", taking.location_id.ids),
                ("id", "not in", taking.ids),
            ]
        )
        return lines.move_id
