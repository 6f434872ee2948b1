from odoo import api, fields, models
from odoo.exceptions import AccessError

#: What a new spare part is, unless somebody says otherwise.
NEW_PART = {"type": "consu", "is_storable": True, "sale_ok": False, "purchase_ok": True}

#: What decides on prices, accounts and the value of stock.
MONEY = frozenset(
    {
        "categ_id",
        "list_price",
        "lot_valuated",
        "property_account_expense_id",
        "property_account_income_id",
        "standard_price",
        "supplier_taxes_id",
        "taxes_id",
    }
)


def fill_in_new_part(model, values, names):
    """Add to the default ``values`` of ``names`` what a new spare part is, where the context says that it is one."""
    context = model.env.context
    if context.get("default_is_spare_part"):
        values.update({name: NEW_PART[name] for name in NEW_PART.keys() & set(names) if f"default_{name}" not in context})
    return values


def require_money(products, vals):
    """:raises AccessError: who keeps products because of maintenance only would change what they are worth."""
    names = sorted(MONEY & vals.keys())
    if not names or products.env.su or not products.env.user.maintenance_spare_parts_only:
        return
    for name in names:
        field, value = products._fields[name], vals[name] or False
        if any((field.convert_to_write(product[name], product) or False) != value for product in products):
            label = field._description_string(products.env)
            raise AccessError(products.env._("%s of a spare part is set by whoever keeps the products; ask the buyers.", label))


def require_money_of_new(model, vals_list):
    """:raises AccessError: who keeps products because of maintenance only would give a new one a price or an account."""
    if model.env.su or not model.env.user.maintenance_spare_parts_only:
        return
    # category and taxes of a new part are what the form proposes, and stand for the buyers to see
    names = MONEY - {"categ_id", "supplier_taxes_id", "taxes_id"}
    usual = model.default_get(list(names))
    for vals in vals_list:
        for name in sorted(names & vals.keys()):
            if vals[name] and vals[name] != usual.get(name):
                label = model._fields[name]._description_string(model.env)
                raise AccessError(model.env._("%s of a spare part is set by whoever keeps the products; ask the buyers.", label))


class ProductTemplate(models.Model):
    """Kept by planners as well: a new spare part has a vendor and a minimum, on the first page."""

    _inherit = "product.template"

    maintenance_vendor_id = fields.Many2one(
        "res.partner", "Vendor of the part", compute="_compute_maintenance_vendor", inverse="_inverse_maintenance_vendor",
        help="From whom it is bought first; prices and further vendors stand under Purchase.",
    )  # fmt: skip
    maintenance_has_vendor = fields.Boolean(compute="_compute_maintenance_vendor")
    maintenance_min_qty = fields.Float(
        "Minimum in stock", compute="_compute_maintenance_min_qty", inverse="_inverse_maintenance_min_qty", digits="Product Unit",
        help="When less is there or on its way, it is asked for by itself; the reorder point of the first warehouse.",
    )  # fmt: skip
    maintenance_is_money_locked = fields.Boolean(compute="_compute_maintenance_is_money_locked")

    # -- Vendor -------------------------------------------------------------------------------

    @api.depends("seller_ids.partner_id", "seller_ids.sequence", "seller_ids.company_id")
    @api.depends_context("company")
    def _compute_maintenance_vendor(self):
        for template in self:
            template.maintenance_vendor_id = template._maintenance_get_sellers()[:1].partner_id
            template.maintenance_has_vendor = bool(template._maintenance_get_sellers())

    def _inverse_maintenance_vendor(self):
        """The vendor comes before all others."""
        for template in self:
            vendor = template.maintenance_vendor_id
            sellers = template._maintenance_get_sellers()
            if not vendor or vendor == sellers[:1].partner_id:
                continue
            first = (sellers[:1].sequence or 1) - 1
            known = sellers.filtered(lambda seller, vendor=vendor: seller.partner_id == vendor)[:1]
            if known:
                known.sequence = first
            else:
                company = template.company_id.id
                self.env["product.supplierinfo"].create(
                    {"product_tmpl_id": template.id, "partner_id": vendor.id, "sequence": first, "company_id": company}
                )

    def _maintenance_get_sellers(self):
        companies = (self.env.company, self.env["res.company"])
        return self.seller_ids.filtered(lambda seller: seller.company_id in companies).sorted("sequence")

    # -- Minimum ------------------------------------------------------------------------------

    @api.depends("product_variant_ids.orderpoint_ids.product_min_qty")
    @api.depends_context("company")
    def _compute_maintenance_min_qty(self):
        points = self._maintenance_get_reorder_points()
        for template in self:
            template.maintenance_min_qty = points[template._origin].product_min_qty if template._origin in points else 0.0

    def _inverse_maintenance_min_qty(self):
        """Sets the reorder point of the first warehouse, with the user's own rights."""
        points = self._maintenance_get_reorder_points()
        location = self._maintenance_get_first_stock()
        for template, minimum in [(template, template.maintenance_min_qty) for template in self]:
            # a template without its variant yet says it once it has one, see `create`
            if len(template.product_variant_ids) != 1:
                continue
            if template in points:
                point = points[template].with_env(self.env)
                if point.product_min_qty != minimum:
                    maximum = max(minimum, point.product_max_qty)
                    point.write({"product_min_qty": minimum, "product_max_qty": maximum})
            elif minimum:
                self.env["stock.warehouse.orderpoint"].create(
                    {
                        "product_id": template.product_variant_id.id,
                        "warehouse_id": location.warehouse_id.id,
                        "location_id": location.id,
                        "company_id": self.env.company.id,
                        "product_min_qty": minimum,
                        "product_max_qty": minimum,
                    }
                )

    def _maintenance_get_first_stock(self):
        return self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1).lot_stock_id

    def _maintenance_get_reorder_points(self):
        """By template, in one query and with superuser rights: a minimum may be read by whoever may read the product."""
        first = self.env["stock.warehouse"]._search([("company_id", "=", self.env.company.id)], limit=1)
        variants = {
            template.product_variant_ids.id: template for template in self._origin if len(template.product_variant_ids) == 1
        }
        points = self.env["stock.warehouse.orderpoint"].sudo().search_fetch(
            [("product_id", "in", list(variants)), ("location_id", "in", first.subselect("lot_stock_id"))],
            ["product_id", "product_min_qty"], order="id DESC",
        )  # fmt: skip
        return {variants[point.product_id.id]: point for point in points}

    # -- Rights -------------------------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_maintenance_is_money_locked(self):
        self.maintenance_is_money_locked = self.env.user.maintenance_spare_parts_only

    # -- CRUD ---------------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """A new spare part is tracked and bought, and not for sale."""
        return fill_in_new_part(self, super().default_get(fields), fields)

    @api.model_create_multi
    def create(self, vals_list):
        require_money_of_new(self, vals_list)
        templates = super().create(vals_list)
        # Odoo makes the variant only now
        for template, vals in zip(templates, vals_list, strict=True):
            if vals.get("maintenance_min_qty"):
                template.maintenance_min_qty = vals["maintenance_min_qty"]
        return templates

    def write(self, vals):
        require_money(self, vals)
        return super().write(vals)


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def default_get(self, fields):
        """A new spare part is tracked and bought, and not for sale."""
        return fill_in_new_part(self, super().default_get(fields), fields)

    def write(self, vals):
        require_money(self, vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        require_money_of_new(self, vals_list)
        products = super().create(vals_list)
        for product, vals in zip(products, vals_list, strict=True):
            if vals.get("maintenance_min_qty"):
                product.maintenance_min_qty = vals["maintenance_min_qty"]
        return products


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: who names vendors because of maintenance only would say what they ask for."""
        if not self.env.su and self.env.user.maintenance_spare_vendors_only:
            if any(vals.get("price") or vals.get("discount") for vals in vals_list):
                raise AccessError(self.env._("Prices of vendors are set by the buyers; leave the price of a new vendor empty."))
        return super().create(vals_list)
