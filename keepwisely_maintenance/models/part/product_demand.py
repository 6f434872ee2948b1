from odoo import api, fields, models

#: Who may read the demand view; for others its numbers are not even computed.
READERS = (
    "keepwisely_maintenance.group_maintenance_technician,"
    "keepwisely_maintenance.group_maintenance_costs,stock.group_stock_user"
)


class ProductProduct(models.Model):
    _inherit = "product.product"

    demand_wanted_qty = fields.Float(
        "Wanted", compute="_compute_demand", digits="Product Unit", groups=READERS,
        help="What is wanted from stock and not reserved, in the unit of the product.",
    )  # fmt: skip
    demand_coming_qty = fields.Float(
        "Coming", compute="_compute_demand", digits="Product Unit", groups=READERS,
        help="What is asked for, ordered or moving into stock, in the unit of the product.",
    )  # fmt: skip

    @api.depends_context("allowed_company_ids")
    def _compute_demand(self):
        totals = self.env["maintenance.part.demand"]._read_group(
            [("product_id", "in", self.ids), ("kind", "!=", "stock")], ["product_id", "kind"], ["quantity:sum"]
        )
        self.demand_wanted_qty = self.demand_coming_qty = 0.0
        for product, _kind, quantity in totals:
            if quantity < 0:
                product.demand_wanted_qty -= quantity
            else:
                product.demand_coming_qty += quantity

    @api.readonly
    def action_view_demand(self):
        """Open who wants the products and what comes of them."""
        return self.env["maintenance.part.demand"]._get_products_action(self)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    demand_wanted_qty = fields.Float(
        "Wanted", compute="_compute_demand", digits="Product Unit", groups=READERS
    )
    demand_coming_qty = fields.Float(
        "Coming", compute="_compute_demand", digits="Product Unit", groups=READERS
    )

    @api.depends_context("allowed_company_ids")
    @api.depends("product_variant_ids")
    def _compute_demand(self):
        for template in self:
            template.demand_wanted_qty = sum(template.product_variant_ids.mapped("demand_wanted_qty"))
            template.demand_coming_qty = sum(template.product_variant_ids.mapped("demand_coming_qty"))

    @api.readonly
    def action_view_demand(self):
        """Open who wants the product and what comes of it."""
        return self.product_variant_ids.action_view_demand()


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.readonly
    def action_view_demand(self):
        """Open who else wants the part and what comes of it."""
        return self.product_id.action_view_demand()
