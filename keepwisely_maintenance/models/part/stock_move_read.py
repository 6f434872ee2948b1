from odoo import models

from ...context import ReadQuants


class StockMoveRead(models.Model):
    """Reads at once what native code reads again for every move that it reserves."""

    _inherit = "stock.move"

    def _prefetch_for_reservation(self):
        # sudo: as the engine reads it
        moves = self.sudo().with_context(active_test=False)
        for name in ("move_dest_ids", "move_line_ids", "maintenance_requisition_line_ids", "join_ids"):
            moves.mapped(name)
        moves.product_id.mapped("orderpoint_ids")

    def _maintenance_read_quants(self):
        # sudo: as the engine reads it
        moves = self.sudo()
        products, locations = moves.product_id, moves.location_id
        orderpoints = moves.env["stock.warehouse.orderpoint"].with_context(active_test=False)
        groups = orderpoints._read_group([("product_id", "in", products.ids)], ["product_id"])
        quants = moves.env["stock.quant"]._maintenance_read(products, locations)
        return ReadQuants(quants, products, locations, products.browse(product.id for [product] in groups))

    def _update_orderpoints(self):
        """Of parts that are being reserved it is known which have none."""
        read = self.env.context.get("quants_cache")
        if not isinstance(read, ReadQuants):
            return super()._update_orderpoints()
        without = read.products - read.with_orderpoints
        return super(StockMoveRead, self.filtered(lambda move: move.product_id not in without))._update_orderpoints()

    def _maintenance_read_places(self):
        """Read at once where the moves come from and go to; native code reads one after the other."""
        # sudo: as the engine reads it
        moves = self.sudo()
        (moves.location_id | moves.location_dest_id).mapped("location_id.removal_strategy_id")

    def _maintenance_filter_reservable(self):
        """Those for which something may lie free; native code would look twice for each."""
        there = self.env["stock.quant"]._maintenance_read(self.product_id, self.location_id)
        free = there.filtered(lambda quant: quant.quantity > quant.reserved_quantity).product_id
        return self.filtered(
            lambda move: move.product_id in free
            or not move._get_missing_qty()
            or move.move_orig_ids
            or move._should_bypass_reservation()
        )
