from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    requisition_line_ids = fields.One2many("maintenance.requisition.line", "product_id", "Requisition lines")

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        # a template that is made from here gets a value of each of its fields, so it cannot tell what nobody said
        said = {"is_storable", "product_tmpl_id"}
        silent = [product.id for product, vals in zip(products, vals_list, strict=True) if not said & vals.keys()]
        products.browse(silent).product_tmpl_id._maintenance_track()
        return products

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

    def _is_maintenance_kit(self):
        """Whether its components take its place on a work order; in this module alone nothing is a kit."""
        self.ensure_one()
        return False

    def _get_quantity_in_progress(self, location_ids=False, warehouse_ids=False):
        """Count what is held and not yet on a purchase line, so that nothing is asked for twice."""
        by_location, by_warehouse = super()._get_quantity_in_progress(location_ids, warehouse_ids)
        for (product, location), quantity in self._get_held_quantities(location_ids, warehouse_ids).items():
            by_location[product.id, location.id] += quantity
            by_warehouse[product.id, location.warehouse_id.id] += quantity
        return by_location, by_warehouse

    def _get_held_quantities(self, location_ids=False, warehouse_ids=False):
        """What requisitions hold and is not on a purchase line yet.

        :returns: quantity in the product's unit by (product, location where it is wanted).
        """
        quantities = defaultdict(float)
        places = self._get_held_lines(location_ids, warehouse_ids)._get_wanted_locations()
        for line, location in places.items():
            quantity = line._get_held_qty(line.product_id.uom_id)
            if quantity:
                quantities[line.product_id, location] += quantity
        return quantities

    def _get_held_lines(self, location_ids=False, warehouse_ids=False):
        """Open requisition lines; a draft that a person has not submitted asks for nothing yet.

        What was asked for by hand without a place comes to the company's first warehouse, and is
        returned whatever the places.
        """
        domain = Domain("product_id", "in", self.ids) & Domain("is_open", "=", True)
        domain &= Domain("state", "!=", "draft") | Domain("requisition_id.source", "!=", "manual")
        places = [Domain("location_id", "=", False)]
        if location_ids:
            places.append(Domain("location_id", "child_of", list(location_ids)))
        if warehouse_ids:
            places.append(Domain("location_id.warehouse_id", "in", list(warehouse_ids)))
        if len(places) > 1:
            domain &= Domain.OR(places)
        # sudo: reorder points look at all demand, whoever runs them
        return self.env["maintenance.requisition.line"].sudo().search(domain)
