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

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Where parts of a job are looked for, a vendor's code or a serial number finds its part as well."""
        found = super().name_search(name, domain, operator, limit)
        if not self.env.context.get("maintenance_find_by_code") or operator != "ilike":
            return found
        hits = self._maintenance_find_by_code((name or "").strip(), self.env.company)
        more = {product.id for product in hits} - {product_id for product_id, _name in found}
        products = self.search(Domain(domain or Domain.TRUE) & Domain("id", "in", list(more)))
        return found + [(product.id, product.display_name) for product in products.sudo()]
