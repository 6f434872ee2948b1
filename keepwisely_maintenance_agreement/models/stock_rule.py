from odoo import models

from .agreements import get_price


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _update_purchase_order_line(self, product_id, product_qty, product_uom, company_id, values, line):
        """More of what a requisition calls off costs what was agreed as well."""
        vals = super()._update_purchase_order_line(product_id, product_qty, product_uom, company_id, values, line)
        if line.requisition_line_id and "price_unit" in vals:
            # sudo: as where the line was made
            agreement = line.order_id.sudo().requisition_id
            uom = vals.get("product_uom_id") or line.product_uom_id
            vals["price_unit"] = get_price(agreement, product_id, uom) or vals["price_unit"]
        return vals
