from odoo import api, models

from ...context import ReadQuants


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _maintenance_read(self, products, locations):
        """What lies of ``products`` in ``locations`` and below, with one query; native code reads it row by row."""
        # sudo: as the engine reads it
        quants = self.sudo()
        columns = [name for name, field in quants._fields.items() if field.prefetch is True and field.column_type and field.store]
        return quants.search_fetch(
            [("product_id", "in", products.ids), ("location_id", "child_of", locations.ids)], columns, order="in_date, id"
        )

    def _gather(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, qty=0):
        """Reserving looks twice for each part for what was read at once for all of them."""
        read = self.env.context.get("quants_cache")
        if (
            strict
            or not isinstance(read, ReadQuants)
            or product_id not in read.products
            or location_id not in read.locations
            or self.env.context.get("with_expiration")
            or self._get_removal_strategy(product_id, location_id) != "fifo"
        ):
            return super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        found = read.quants.get(product_id, self.browse()).filtered(
            lambda quant: quant.location_id._child_of(location_id)
            and (not lot_id or quant.lot_id in (lot_id, lot_id.browse()))
            and (not package_id or quant.package_id == package_id)
            and (not owner_id or quant.owner_id == owner_id)
        )
        return found.with_env(self.env).sorted(lambda quant: not quant.lot_id)
