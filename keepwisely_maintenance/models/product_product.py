from odoo import fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    requisition_line_ids = fields.One2many("maintenance.requisition.line", "product_id", "Requisition lines")

    def _get_quantity_in_progress(self, location_ids=False, warehouse_ids=False):
        """Count what is held and not yet on a purchase line, so that nothing is asked for twice."""
        by_location, by_warehouse = super()._get_quantity_in_progress(location_ids, warehouse_ids)
        domain = Domain("product_id", "in", self.ids) & Domain("is_open", "=", True)
        places = []
        if location_ids:
            places.append(Domain("location_id", "child_of", list(location_ids)))
        if warehouse_ids:
            places.append(Domain("location_id.warehouse_id", "in", list(warehouse_ids)))
        if places:
            domain &= Domain.OR(places)
        # sudo: reorder points look at all demand, whoever runs them
        for line in self.env["maintenance.requisition.line"].sudo().search(domain):
            quantity = line._get_held_qty(line.product_id.uom_id)
            if quantity:
                location = line.orderpoint_id.location_id or line.location_id
                by_location[line.product_id.id, location.id] += quantity
                by_warehouse[line.product_id.id, location.warehouse_id.id] += quantity
        return by_location, by_warehouse
