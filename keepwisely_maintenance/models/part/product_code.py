from odoo import api, models
from odoo.fields import Domain


class ProductCode(models.Model):
    """Parts by what else is printed on them: internal reference, vendor's code, lot or serial number."""

    _inherit = "product.product"

    @api.model
    def _maintenance_find_by_code(self, code, company):
        """Goods of which ``code`` is written somewhere, exactly.

        :returns: ``{product: [what the code is to it]}``; empty without a code.
        """
        if not code:
            return {}
        companies = Domain("company_id", "in", (False, company.id))
        found = [(product, self.env._("internal reference")) for product in self.search([("default_code", "=", code)])]
        sellers = self.env["product.supplierinfo"].search(Domain("product_code", "=", code) & companies)
        found += [
            (product, self.env._("code of %s", seller.partner_id.name))
            for seller in sellers
            for product in seller.product_id or seller.product_tmpl_id.product_variant_ids
        ]
        lots = self.env["stock.lot"].search(Domain("name", "=", code) & companies)
        found += [(lot.product_id, self.env._("lot or serial number")) for lot in lots]
        goods = Domain("type", "=", "consu") & Domain("active", "=", True) & companies
        hits = {}
        for product, how in found:
            if product.filtered_domain(goods) and how not in hits.setdefault(product, []):
                hits[product].append(how)
        return hits

    def _search_display_name(self, operator, value):
        """Where parts of a job are looked for, a vendor's code or a serial number finds its part as well."""
        domain = super()._search_display_name(operator, value)
        if not self.env.context.get("maintenance_find_by_code") or operator != "ilike" or not isinstance(value, str):
            return domain
        hits = self._maintenance_find_by_code(value.strip(), self.env.company)
        return Domain(domain) | Domain("id", "in", [product.id for product in hits])
