from odoo import models


class ProductProductArchive(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        archived = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if archived:
            # sudo: what is asked for of an archived product ends, whoever asked
            lines = self.env["maintenance.requisition.line"].sudo().search(
                [("product_id", "in", archived.ids), ("is_open", "=", True)]
            )
            lines.join_ids._end()
            for line in lines:
                line._reduce(line._get_open_qty(line.product_uom_id), line.product_uom_id)
        return result
