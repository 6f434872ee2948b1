from odoo import models

from .agreements import is_in_force


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _maintenance_find_agreed_seller(self, company, vendor=False):
        """The price list entry of a blanket order in force, the cheapest where there are several; possibly none.

        :param vendor: of this vendor only.
        """
        product = self.with_company(company)
        # sudo: whoever asks for a part need not be able to read agreements
        sellers = product._prepare_sellers(False).sudo().filtered(
            lambda seller: is_in_force(seller.purchase_requisition_id, company)
            and (not vendor or seller.partner_id in (vendor, vendor.parent_id))
        )
        today = company._get_plant_day()

        def get_unit_price(seller):
            price = seller.product_uom_id._compute_price(seller.price_discounted, product.uom_id)
            return seller.currency_id._convert(price, company.currency_id, company, today, round=False)

        return sellers.sorted(lambda seller: (get_unit_price(seller), seller.id))[:1].with_env(product.env)
