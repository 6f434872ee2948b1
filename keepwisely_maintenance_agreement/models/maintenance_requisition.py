from odoo import api, models

from .agreements import get_price


class MaintenanceRequisition(models.Model):
    _inherit = "maintenance.requisition"

    @api.model
    def _find_supplier(self, procurement, rule):
        """A need that names no vendor goes to who has a blanket order for it."""
        named = procurement.values.get("supplierinfo_id") or (
            procurement.values.get("orderpoint_id") and procurement.values["orderpoint_id"].supplier_id
        )
        agreed = not named and procurement.product_id._maintenance_find_agreed_seller(rule.company_id or procurement.company_id)
        return agreed or super()._find_supplier(procurement, rule)


class MaintenanceRequisitionLine(models.Model):
    """Lines are priced, and ordered, by the blanket order of their vendor; without a vendor by any."""

    _inherit = "maintenance.requisition.line"

    @api.model
    def _find_seller(self, product, company, quantity, uom, partner=False):
        agreed = product._maintenance_find_agreed_seller(company, partner) if product else product.seller_ids
        return agreed or super()._find_seller(product, company, quantity, uom, partner)

    def _prepare_purchase_line_vals(self, vals, order):
        """Calls off the blanket order of the order, also where the vendor's price list is cheaper or dearer."""
        result = super()._prepare_purchase_line_vals(vals, order)
        uom = self.env["uom.uom"].browse(vals["product_uom_id"])
        # sudo: whoever lets an order come about need not be able to read agreements
        price = get_price(order.sudo().requisition_id, self.product_id, uom)
        if price and "price_unit" not in result:
            result.update(price_unit=price, discount=0.0)
        return result
