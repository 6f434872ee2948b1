from odoo import models


class StockMove(models.Model):
    """When a kit's move is confirmed, Manufacturing deletes it and puts moves of the components in its place, as copies."""

    _inherit = "stock.move"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "bom_line_id" in (default or {}):
            for move, vals in zip(self, vals_list, strict=True):
                vals.update(move._maintenance_get_component_vals())
        return vals_list

    def _describe_shortage(self):
        """Names the manufacturing orders that make the rest."""
        orders = self.supply_move_ids.production_id.filtered(lambda order: order.state not in ("done", "cancel"))
        return ", ".join([super()._describe_shortage(), *orders.mapped("name")])
