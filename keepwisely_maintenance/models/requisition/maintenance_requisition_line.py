from odoo import api, fields, models
from odoo.exceptions import UserError

#: What was approved; a change of any of them needs a new approval.
FROZEN_FIELDS = {
    "equipment_id",
    "is_by_amount",
    "is_service",
    "maintenance_request_id",
    "name",
    "partner_id",
    "price_unit",
    "product_id",
    "product_qty",
    "product_uom_id",
    "requisition_id",
}

#: Who wrote what stands on a line; by field, the values that make somebody its author.
AUTHORS = {
    "item_author_id": {"equipment_id", "is_service", "maintenance_request_id", "name", "product_id", "requisition_id"},
    "quantity_author_id": {"product_qty", "product_uom_id"},
    "vendor_author_id": {"partner_id"},
    "price_author_id": {"is_by_amount", "is_price_manual", "price_unit"},
    "new_price_author_id": {"new_price_unit"},
}

AUTHOR_FIELDS = {*AUTHORS, "raised_by_ids"}

#: Derived or set by the system only.
PROTECTED_FIELDS = {
    *AUTHOR_FIELDS,
    "amount_counted",
    "amount_limit",
    "amount_raised",
    "company_id",
    "date_counted",
    "date_expected",
    "is_asked_again",
    "is_cancelled",
    "is_move_asked",
    "is_open",
    "is_shared",
    "new_part_id",
    "new_partner_id",
    "new_price_unit",
    "new_request_id",
    "price_subtotal",
    "qty_ordered",
    "qty_received",
    "qty_to_buy",
    "refused_decision_id",
    "state",
}

#: Of these, what code of the module writes; the others are computed.
SYSTEM_FIELDS = {
    *AUTHOR_FIELDS,
    "amount_counted",
    "amount_limit",
    "amount_raised",
    "date_counted",
    "is_asked_again",
    "is_cancelled",
    "is_move_asked",
    "new_part_id",
    "new_partner_id",
    "new_price_unit",
    "new_request_id",
    "refused_decision_id",
}

#: The procurement that is held. It is given back to the buy rule with superuser rights: whom the goods go to, and where,
#: is not for hands.
HELD_FIELDS = {"location_id", "move_dest_ids", "orderpoint_id", "origin", "part_move_ids", "rule_id"}


class MaintenanceRequisitionLine(models.Model):
    """One held procurement: a part, a service or something not in the catalogue.

    Quantities and state derive from purchase lines and their moves and stand in
    ``maintenance_requisition_line_quantity``; ``maintenance_requisition_line_supply`` holds and
    releases.
    """

    _name = "maintenance.requisition.line"
    _inherit = ["analytic.mixin", "maintenance.guard.mixin"]
    _description = "Requisition Line"
    _order = "requisition_id, sequence, id"
    _check_company_auto = True

    requisition_id = fields.Many2one(
        "maintenance.requisition", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="requisition_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", check_company=True, ondelete="restrict",
        domain="[('purchase_ok', '=', True)]", help="Empty for something that is not in the catalogue.",
    )  # fmt: skip
    name = fields.Char(
        "Description", compute="_compute_name", store=True, readonly=False, precompute=True, required=True
    )
    product_qty = fields.Float("Quantity", digits="Product Unit", required=True, default=1.0)
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_product_uom_id", store=True, readonly=False, precompute=True,
        required=True, ondelete="restrict",
    )  # fmt: skip
    partner_id = fields.Many2one(
        "res.partner", "Vendor", compute="_compute_partner_id", store=True, readonly=False, precompute=True,
        compute_sudo=True, index="btree_not_null", check_company=True, ondelete="restrict",
    )  # fmt: skip
    price_unit = fields.Monetary(
        "Unit price", compute="_compute_price_unit", store=True, readonly=False, compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="In the company's currency, taxes excluded, for one unit of the line.",
    )  # fmt: skip
    is_price_manual = fields.Boolean(
        "Negotiated", copy=False, groups="keepwisely_maintenance.group_maintenance_costs",
        help="The price was entered by hand and goes on the order as it is.",
    )  # fmt: skip
    price_subtotal = fields.Monetary(
        "Subtotal", compute="_compute_price_subtotal", store=True, compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
    )  # fmt: skip
    date_required = fields.Date("Needed by")
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", index="btree_not_null", check_company=True, ondelete="restrict"
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", compute="_compute_equipment_id", store=True, readonly=False,
        precompute=True, index="btree_not_null", check_company=True, ondelete="restrict",
    )  # fmt: skip
    analytic_distribution = fields.Json(
        "Analytic distribution", compute="_compute_analytic_distribution", store=True, readonly=False, precompute=True
    )
    part_move_ids = fields.Many2many(
        "stock.move", "maintenance_requisition_line_part_rel", "line_id", "move_id", "Parts", copy=False
    )

    # The held procurement
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reorder point", index="btree_not_null", copy=False, ondelete="set null"
    )
    rule_id = fields.Many2one("stock.rule", copy=False, ondelete="set null")
    location_id = fields.Many2one("stock.location", "Location that needs it", copy=False)
    move_dest_ids = fields.Many2many(
        "stock.move", "maintenance_requisition_line_dest_rel", "line_id", "move_id", copy=False
    )
    origin = fields.Char(copy=False)

    # What became of it
    purchase_line_ids = fields.One2many("purchase.order.line", "requisition_line_id", "Purchase lines", copy=False)
    date_expected = fields.Date(
        "Expected", compute="_compute_date_expected", store=True, compute_sudo=True,
        help="What the vendor promised, or an order placed today with the vendor's lead time, and by how much "
        "the vendor is usually late.",
    )  # fmt: skip

    _quantity_positive = models.Constraint(
        "CHECK(product_qty > 0)", "Enter a quantity above zero on every requisition line."
    )
    _price_not_negative = models.Constraint("CHECK(price_unit >= 0)", "A price cannot be negative.")

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.product_id.display_name or line.name

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id or line.product_uom_id or self.env.ref("uom.product_uom_unit")

    @api.depends("maintenance_request_id")
    def _compute_equipment_id(self):
        for line in self:
            line.equipment_id = line.maintenance_request_id.equipment_id or line.equipment_id

    @api.depends("product_id", "product_qty", "product_uom_id", "requisition_id.company_id")
    def _compute_partner_id(self):
        """The chosen vendor while they sell it, else the best one of the price list."""
        for line in self:
            if line.partner_id and line._keeps_price():
                line.partner_id = line.partner_id
            else:
                seller = line._select_seller(line.partner_id) or line._select_seller()
                line.partner_id = seller.partner_id or line.partner_id

    @api.depends("product_id", "product_qty", "product_uom_id", "partner_id", "requisition_id.company_id")
    def _compute_price_unit(self):
        """Price list of the vendor. Prices entered by hand stay."""
        for line in self:
            if line._keeps_price():
                line.price_unit = line.price_unit
            else:
                line.price_unit = line._get_list_price()

    def _keeps_price(self):
        """Whether the price was entered by hand, or asked for and so frozen."""
        asked = self.requisition_id.state not in (False, "draft")
        return self.is_price_manual or (asked and bool(self.price_unit))

    @api.depends("qty_to_buy", "price_unit", "new_price_unit", "currency_id")
    def _compute_price_subtotal(self):
        """What will be spent: a vendor's minimum or whole packs cost more than what is needed."""
        for line in self:
            subtotal = line.qty_to_buy * line._get_asked_price()
            line.price_subtotal = line.currency_id.round(subtotal) if line.currency_id else subtotal

    # not on `state`: only opening and closing matter, see `_compute_state`
    @api.depends(
        "company_id",
        "partner_id",
        "product_id",
        "product_qty",
        "qty_received",
        "qty_ordered",
        "maintenance_request_id",
        "part_move_ids.state",
        "product_id.seller_ids.delay",
        "purchase_line_ids.date_planned",
        "purchase_line_ids.product_qty",
        "purchase_line_ids.qty_received",
        "purchase_line_ids.order_id.partner_id",
        "purchase_line_ids.order_id.state",
    )
    def _compute_date_expected(self):
        """The day promised for what is still to come, and by how much the vendor is usually late.

        Never a day that is over: goods that are overdue may come any day, from today on. One query
        measures the vendors of all lines of a company.
        """
        partners = self.env["res.partner"]
        for company, lines in self.grouped("company_id").items():
            today = company._get_plant_day()
            vendors = lines.partner_id | lines.purchase_line_ids.order_id.partner_id
            lateness = vendors._get_vendor_lateness(company)
            for line in lines:
                promised = line._get_promises(today) if line.is_open else {}
                days = [
                    partners._add_lateness(day, lateness.get(vendor.commercial_partner_id.id, (0.0, 0))[0])
                    for vendor, day in promised.items()
                ]
                line.date_expected = max([*days, today]) if days else False

    def _get_promises(self, today):
        """The latest day by vendor for what is still to come, in the days of the plant.

        What is on order comes as promised on it; what has to be ordered yet comes after the vendor's
        lead time. Without an order and without a lead time, nobody has promised anything.
        """
        self.ensure_one()
        promises = {}
        for purchase in self._get_live_purchase_lines():
            if purchase.date_planned and purchase._get_rest_qty() > 0:
                vendor = purchase.order_id.partner_id
                day = self.company_id._get_plant_day(purchase.date_planned)
                promises[vendor] = max(promises.get(vendor, day), day)
        if promises and self._is_ordered():
            return promises
        seller = self._get_vendor_seller()
        if not seller:
            return {}
        day = fields.Date.add(today, days=seller.delay)
        promises[self.partner_id] = max(promises.get(self.partner_id, day), day)
        return promises

    def _get_vendor_seller(self):
        """What the chosen vendor's price list says, also below its minimum quantity; possibly nothing."""
        self.ensure_one()
        if not self.partner_id or not self.product_id:
            return self.env["product.supplierinfo"]
        product = self.product_id.with_company(self.company_id)
        return self._select_seller(self.partner_id) or product._prepare_sellers().filtered(
            lambda seller: seller.partner_id == self.partner_id
        )[:1]

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # what was frozen is checked also where it comes as a default
        defaults = self.default_get(list(FROZEN_FIELDS))
        authors = self._prepare_created_author_vals()
        vals_list = [{**defaults, **vals} for vals in vals_list]
        for vals in vals_list:
            self._check_protected(vals)
            self._check_quantity(vals)
            if vals.get("price_unit") and "is_price_manual" not in vals:
                vals["is_price_manual"] = True
        vals_list = [{**authors, **vals} for vals in vals_list]
        if not self._is_system_change():
            requisitions = self.env["maintenance.requisition"].browse(
                {vals["requisition_id"] for vals in vals_list if vals.get("requisition_id")}
            )
            self._send_back_if_asked(requisitions)
        lines = super().create(vals_list)
        lines._forget_list_prices()
        lines._check_line()
        return lines

    def write(self, vals):
        self._check_protected(vals)
        self._check_quantity(vals)
        vals = dict(vals)
        frozen = FROZEN_FIELDS & vals.keys()
        if frozen and not self._fills_vendor(vals) and not self._is_system_change():
            self._send_back_if_asked(self.requisition_id)
            if vals.get("requisition_id"):
                self._send_back_if_asked(self.requisition_id.browse(vals["requisition_id"]))
        if "price_unit" in vals and "is_price_manual" not in vals:
            vals["is_price_manual"] = True
        vals = {**self._prepare_author_vals(vals), **vals}
        # less of something is always right, also of an archived part or for work that is over
        is_less = frozen == {"product_qty"} and all(line.product_qty >= vals["product_qty"] for line in self)
        # sudo: prices are hidden from some who change lines
        before = {line: line.price_subtotal for line in self.sudo()} if self._fills_vendor(vals) else {}
        result = super().write(vals)
        if before:
            self.requisition_id._follow_authors()
        if vals.get("is_price_manual"):
            self._forget_list_prices()
        dearer = [line.id for line, amount in before.items() if line.price_subtotal > amount]
        if dearer:
            # the vendor's minimum or whole packs cost more than what was approved
            self._send_back_if_asked(self.browse(dearer).requisition_id)
        if frozen and not is_less:
            self._check_line()
        return result

    @api.model
    def _get_guarded_fields(self):
        """What the system creates takes no defaults of whoever caused it."""
        return self._fields.keys() if self.env.su else PROTECTED_FIELDS | HELD_FIELDS

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_undecided(self):
        self._check_never_ordered()
        self._send_back_if_asked(self.requisition_id)

    def _check_never_ordered(self):
        """:raises UserError: an order, cancelled or not, names one of the lines."""
        # sudo: who asked need not be able to read orders
        purchase = self.sudo().purchase_line_ids[:1]
        if purchase:
            raise UserError(
                self.env._(
                    "%(line)s of %(requisition)s was on %(order)s and cannot be deleted; cancel it instead.",
                    line=purchase.requisition_line_id.name,
                    requisition=purchase.requisition_line_id.requisition_id.name,
                    order=purchase.order_id.name,
                )
            )

    @api.model
    def _check_protected(self, vals):
        """:raises UserError: ``vals`` sets a quantity or state that follows from orders, or what the line holds."""
        held = {name for name in HELD_FIELDS & vals.keys() if vals[name] or any(self.mapped(name))}
        if held and not self.env.su:
            raise UserError(
                self.env._(
                    "“%s” is set by the system; ask for the part on its work order instead.",
                    self._fields[min(held)]._description_string(self.env),
                )
            )
        touched = PROTECTED_FIELDS & vals.keys()
        if touched and not (self.env.su and touched <= SYSTEM_FIELDS):
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._(
                    "“%s” of a requisition line follows from its orders and cannot be set.",
                    field._description_string(self.env),
                )
            )

    @api.model
    def _check_quantity(self, vals):
        """:raises UserError: what the database would refuse in its own words."""
        if "product_qty" in vals and not (vals["product_qty"] or 0) > 0:
            name = vals.get("name") or self[:1].name
            if vals.get("product_id"):
                name = self.env["product.product"].browse(vals["product_id"]).display_name
            raise UserError(self.env._("Enter a quantity above zero for %s.", name))
        if (vals.get("price_unit") or 0) < 0:
            raise UserError(self.env._("A price cannot be negative; enter zero or more."))

    def _fills_vendor(self, vals):
        """Buyers may still choose a vendor where none was approved; that changes no amount."""
        return (
            FROZEN_FIELDS & vals.keys() == {"partner_id"}
            and not any(self.mapped("partner_id"))
            and self.requisition_id._user_is_buyer_or_planner()
        )

    @api.model
    def _send_back_if_asked(self, requisitions):
        """What was asked for is frozen; a change takes the submission back and says so.

        :raises UserError: it is ordered already, or the user may not change it.
        """
        asked = requisitions.filtered(lambda requisition: requisition.state != "draft")
        if not asked:
            return
        asked._require_own_or_buyer()
        for requisition in asked:
            if requisition.state in ("cancelled", "rejected"):
                raise UserError(
                    self.env._(
                        "%(requisition)s is in state “%(state)s”; set it back to draft before changing it.",
                        requisition=requisition.name,
                        state=requisition._get_state_label(),
                    )
                )
        asked._send_back()
        for requisition in asked:
            # sudo: the note is the system's
            requisition.sudo().message_post(
                body=self.env._(
                    "%s changed it after it was asked for: back to draft, earlier decisions no longer count.",
                    self.env.user.name,
                )
            )

    def _check_line(self):
        """:raises UserError: quantity, unit, product or work order do not fit."""
        # one asks for work that one may see
        self.maintenance_request_id.check_access("read")
        for line in self:
            product, request = line.product_id, line.maintenance_request_id
            unit = line.product_uom_id
            if product and unit != product.uom_id and not unit._has_common_reference(product.uom_id):
                message = self.env._(
                    "%(product)s is counted in %(unit)s; it cannot be counted in %(other)s.",
                    product=product.display_name,
                    unit=product.uom_id.name,
                    other=unit.name,
                )
            elif product and not product.active:
                message = self.env._("%s is archived; choose a product that is still in use.", product.display_name)
            elif request and request.company_id != line.requisition_id.company_id:
                message = self.env._(
                    "%(work_order)s belongs to another company than %(requisition)s.",
                    work_order=request.sudo().display_name,
                    requisition=line.requisition_id.name,
                )
            else:
                continue
            raise UserError(message)
        self.filtered("is_open")._check_work_goes_on()

    def _check_work_goes_on(self):
        """:raises UserError: a work order that something is asked for is over."""
        for request in self.maintenance_request_id:
            if request.state in ("closed", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s”; nothing can be asked for it any more.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )
