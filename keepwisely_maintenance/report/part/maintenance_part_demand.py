from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...context import OwnIds, get_own_ids
from ...words import format_number

#: For so many products the plan is kept that looks for each of them by indexes.
FEW_PRODUCTS = 500

#: In the order in which the groups are shown: what is there, who wants it, what comes, what else helps.
KINDS = [
    ("stock", "Free stock"),
    ("work_order", "Work orders"),
    ("other_demand", "Other demand"),
    ("requisition", "Requisitions"),
    ("rfq", "Requests for quotation"),
    ("order", "Orders"),
    ("incoming", "Moving into stock"),
    ("orderpoint", "Reorder points"),
    ("alternate", "Alternates"),
]

#: What a row opens, the first that the user may read.
DOCUMENTS = {
    "stock": ("product_id",),
    "work_order": ("maintenance_request_id",),
    "other_demand": ("picking_id", "move_id"),
    "requisition": ("requisition_id",),
    "rfq": ("purchase_order_id",),
    "order": ("purchase_order_id", "picking_id"),
    "incoming": ("picking_id", "move_id"),
    "orderpoint": ("orderpoint_id",),
    "alternate": ("alternate_product_id",),
}


class MaintenancePartDemand(models.Model):
    """Who wants a product and what comes of it: one row per open piece of demand or supply.

    No piece stands in two rows. What is on a purchase line is no longer on its requisition, what a
    confirmed order brings is its open moves, goods that pass through an input or quality location
    are in the first open move that brings them on, and what is reserved is neither free nor wanted.
    So the sum of ``quantity`` is what will be left when all of it has happened. How the rows are
    found stands in ``maintenance_part_demand_sql`` and ``maintenance_part_demand_moves_sql``.
    """

    _name = "maintenance.part.demand"
    _inherit = ["maintenance.report.mixin"]
    _description = "Demand for Parts"
    _auto = False
    _order = "date, id"
    _rec_name = "reference"
    _selection_in_order = "kind"
    _depends = {
        "maintenance.request": ["equipment_id", "state", "warehouse_id"],
        "maintenance.requisition.line": [
            "requisition_id", "company_id", "product_id", "product_uom_id", "product_qty", "qty_ordered", "is_open",
            "location_id", "orderpoint_id", "date_expected", "date_required", "partner_id",
            "maintenance_request_id", "equipment_id", "move_dest_ids", "is_by_amount", "price_unit",
        ],
        "maintenance.requisition": ["name"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["uom_id", "type", "alternate_product_ids"],
        "purchase.order": ["name", "state", "partner_id", "picking_type_id", "currency_rate"],
        "purchase.order.line": [
            "order_id", "company_id", "product_id", "product_uom_id", "product_qty", "qty_received", "date_planned",
            "location_final_id", "orderpoint_id", "maintenance_request_id", "equipment_id", "requisition_line_id",
            "move_dest_ids",
        ],
        "stock.location": ["usage", "warehouse_id", "parent_path"],
        "stock.move": [
            "state", "picked", "product_id", "company_id", "product_uom", "product_qty", "product_uom_qty",
            "quantity", "date", "reference", "location_id", "location_dest_id", "location_final_id", "picking_id",
            "move_orig_ids", "purchase_line_id", "maintenance_request_id", "supplied_part_id",
            "origin_returned_move_id",
        ],
        "stock.picking.type": ["warehouse_id", "default_location_dest_id"],
        "stock.quant": ["product_id", "location_id", "quantity", "reserved_quantity"],
        "stock.warehouse": [
            "company_id", "lot_stock_id", "wh_input_stock_loc_id", "wh_qc_stock_loc_id", "wh_output_stock_loc_id",
            "wh_pack_stock_loc_id",
        ],
        "stock.warehouse.orderpoint": [
            "active", "name", "product_id", "company_id", "location_id", "product_min_qty", "product_max_qty",
            "qty_to_order_computed", "qty_to_order_manual", "deadline_date",
        ],
        "uom.uom": ["factor"],
    }  # fmt: skip

    kind = fields.Selection(KINDS, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    company_id = fields.Many2one("res.company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    location_id = fields.Many2one("stock.location", "Place", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True,
        help="In the unit of the product: supply above zero, demand below.",
    )  # fmt: skip
    possible_qty = fields.Float(
        "Possible", digits="Product Unit", readonly=True, aggregator=None,
        help="What a reorder point would still order, or what is free of an alternate, in its own unit. "
        "It does not count as supply.",
    )  # fmt: skip
    is_free = fields.Boolean(
        "Not promised", readonly=True, help="Supply that serves no open work order, no asset and no other document."
    )
    date = fields.Date(readonly=True, help="When it is needed, or expected.")
    reference = fields.Char("Document", readonly=True)
    note = fields.Char(compute="_compute_note", compute_sudo=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    requisition_line_id = fields.Many2one("maintenance.requisition.line", readonly=True)
    requisition_id = fields.Many2one("maintenance.requisition", readonly=True)
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    purchase_order_id = fields.Many2one("purchase.order", "Purchase order", readonly=True)
    move_id = fields.Many2one("stock.move", readonly=True)
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True)
    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", "Reorder point", readonly=True)
    alternate_product_id = fields.Many2one("product.product", "Alternate", readonly=True)

    def init(self):
        """Beside the view a function of some products: planning takes ten times as long as running for a few, and PostgreSQL
        keeps the plan of a function.
        """
        self._drop_view()
        self.env.cr.execute(
            SQL(
                """
                CREATE VIEW %(view)s AS (%(query)s);
                CREATE FUNCTION maintenance_part_demand_of(products integer[]) RETURNS SETOF %(view)s
                LANGUAGE plpgsql STABLE ROWS 100 SET jit = off SET plan_cache_mode = force_generic_plan AS $$
                BEGIN
                    RETURN QUERY SELECT * FROM %(view)s WHERE product_id = ANY (products);
                END $$
                """,
                view=SQL.identifier(self._table),
                query=self._table_query_sql(),
            )
        )

    @api.model
    def _drop_view(self):
        """Drop the view, and with it the function that returns its rows; for upgrades and uninstallation."""
        tools.drop_view_if_exists(self.env.cr, self._table)

    @property
    def _table_query(self):
        products = get_own_ids(self.env, "maintenance_demand_of")
        return products and SQL("SELECT * FROM maintenance_part_demand_of(%s)", sorted(products))

    def _with_asked(self, conditions):
        for name, operator, value in conditions:
            if name == "product_id" and operator == "in" and 0 < len(value) <= FEW_PRODUCTS and all(value):
                return self.with_context(maintenance_demand_of=OwnIds(value))
        return self.with_context(maintenance_demand_of=False)

    def _is_planned(self):
        return bool(self._table_query)

    @api.depends("kind")
    def _compute_note(self):
        for row in self:
            row.note = row._describe()

    def _describe(self):
        """What the columns do not say: the state of what was asked for, the limits of a reorder point."""
        if self.kind == "orderpoint":
            return self.env._(
                "Minimum %(minimum)s, maximum %(maximum)s",
                minimum=format_number(self.env, self.orderpoint_id.product_min_qty),
                maximum=format_number(self.env, self.orderpoint_id.product_max_qty),
            )
        if self.kind == "alternate":
            return self.env._("%s can be used instead", self.alternate_product_id.display_name)
        source = {"requisition": self.requisition_line_id, "rfq": self.purchase_order_id}.get(self.kind)
        if not source:
            return False
        return dict(source._fields["state"]._description_selection(self.env)).get(source.state)

    # -- Actions ------------------------------------------------------------------------------------

    @api.readonly
    def action_open_document(self):
        """Open the work order, requisition, order or transfer behind the row.

        :raises UserError: the user may read none of them.
        """
        self.ensure_one()
        for name in DOCUMENTS[self.kind]:
            document = self[name]
            if document and document.has_access("read"):
                return document._get_records_action()
        raise UserError(
            self.env._(
                "You have no access to %s; ask the planners, buyers or storekeepers who keep it.",
                self.reference or self.product_id.display_name,
            )
        )

    @api.model
    def _get_products_action(self, products):
        """The action that shows everything open about ``products``, by kind."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_product_demand")
        action["domain"] = [("product_id", "in", products.ids)]
        if len(products) == 1:
            action["name"] = action["display_name"] = self.env._("Demand for %s", products.display_name)
            action["context"] = {"one_product": True}
        return action
