from odoo import api, fields, models

#: What is said of a new part and stands elsewhere: in its stock, its reorder point, its putaway rule.
ELSEWHERE = ("qty_available", "maintenance_max_qty", "maintenance_shelf_id")


class ProductTemplateImport(models.Model):
    """One line of a file says all of a spare part: minimum, maximum, shelf, and what lies there."""

    _inherit = "product.template"

    maintenance_max_qty = fields.Float(
        "Maximum in stock", compute="_compute_maintenance_max_qty", inverse="_inverse_maintenance_max_qty", digits="Product Unit",
        help="Up to how much is asked for; the reorder point of the first warehouse.",
    )  # fmt: skip
    maintenance_shelf_id = fields.Many2one(
        "stock.location", "Shelf", compute="_compute_maintenance_shelf_id", inverse="_inverse_maintenance_shelf_id",
        help="Where the part is put when it comes; its putaway rule in the first warehouse.",
    )  # fmt: skip

    @api.depends("product_variant_ids.orderpoint_ids.product_max_qty")
    @api.depends_context("company")
    def _compute_maintenance_max_qty(self):
        points = self._maintenance_get_reorder_points()
        for template in self:
            template.maintenance_max_qty = points[template._origin].product_max_qty if template._origin in points else 0.0

    def _inverse_maintenance_max_qty(self):
        """Sets the reorder point of the first warehouse, with the user's own rights."""
        points = self._maintenance_get_reorder_points()
        location = self._maintenance_get_first_stock()
        for template, maximum in [(template, template.maintenance_max_qty) for template in self]:
            if template in points:
                points[template].with_env(self.env).product_max_qty = maximum
            elif maximum and len(template.product_variant_ids) == 1:
                self.env["stock.warehouse.orderpoint"].create(
                    {
                        "product_id": template.product_variant_id.id,
                        "warehouse_id": location.warehouse_id.id,
                        "location_id": location.id,
                        "company_id": self.env.company.id,
                        "product_min_qty": 0.0,
                        "product_max_qty": maximum,
                    }
                )

    @api.depends_context("company")
    def _compute_maintenance_shelf_id(self):
        rules = self._maintenance_get_putaway_rules()
        for template in self:
            template.maintenance_shelf_id = rules[template._origin].location_out_id if template._origin in rules else False

    def _inverse_maintenance_shelf_id(self):
        """Sets the putaway rule of the first warehouse, with the user's own rights."""
        rules = self._maintenance_get_putaway_rules()
        stock = self._maintenance_get_first_stock()
        for template, shelf in [(template, template.maintenance_shelf_id) for template in self]:
            if template in rules:
                rule = rules[template].with_env(self.env)
                if shelf:
                    rule.location_out_id = shelf
                else:
                    rule.unlink()
            elif shelf and len(template.product_variant_ids) == 1:
                self.env["stock.putaway.rule"].create(
                    {
                        "product_id": template.product_variant_id.id,
                        "location_in_id": stock.id,
                        "location_out_id": shelf.id,
                        "company_id": self.env.company.id,
                    }
                )

    def _maintenance_get_putaway_rules(self):
        """By template, with superuser rights: where a part belongs may be read by whoever may read the product."""
        stock = self._maintenance_get_first_stock()
        rules = self.env["stock.putaway.rule"].sudo().search(
            [("product_id", "in", self._origin.product_variant_ids.ids), ("location_in_id", "=", stock.id)], order="id DESC"
        )
        return {rule.product_id.product_tmpl_id: rule for rule in rules}

    @api.model_create_multi
    def create(self, vals_list):
        """What lies on the shelf is entered once Odoo has made the variant."""
        templates = super().create([{name: vals[name] for name in vals if name not in ELSEWHERE} for vals in vals_list])
        for template, vals in zip(templates, vals_list, strict=True):
            template._maintenance_put_elsewhere(vals)
        return templates

    def _maintenance_put_elsewhere(self, vals):
        self.ensure_one()
        if vals.get("maintenance_max_qty"):
            self.maintenance_max_qty = vals["maintenance_max_qty"]
        if vals.get("maintenance_shelf_id"):
            self.maintenance_shelf_id = vals["maintenance_shelf_id"]
        if vals.get("qty_available"):
            location = vals.get("maintenance_shelf_id") or self._maintenance_get_first_stock().id
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": self.product_variant_id.id,
                    "location_id": location,
                    "inventory_quantity": vals["qty_available"],
                }
            ).action_apply_inventory()
