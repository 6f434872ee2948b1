from odoo import api, fields, models, tools
from odoo.tools import SQL

from ...models.cost.maintenance_cost_entry import ENTRIES


class MaintenanceCostReport(models.Model):
    """The ledger of maintenance: one row for every fact that cost something, on its date.

    - labour: each booking, on its date;
    - parts valued in stock: each use and each return, at the value of the move, on the day in the plant;
    - everything else that is bought for a job or an asset: ``maintenance.cost.entry``, received, then billed with the
      difference alone, and what a bill changes about parts that were used before it came;
    - what was brought in from another system: ``maintenance.cost.entry`` as well, by job or asset.

    What a round cost (a work order for several assets) has a row for each of them, by its share.

    Rows never overlap, so every total is a plain sum. A month that has passed changes only by what is dated into it.
    Goods that are not valued in stock cost when they are bought for the job; using them costs nothing more. Amounts
    are the balance of the bill's line in the company's currency: recoverable taxes never, and taxes that nobody
    refunds neither, because they are journal items of their own without an order line.
    """

    _name = "maintenance.cost.report"
    _inherit = ["maintenance.report.mixin"]
    _description = "Maintenance Costs"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "maintenance_request_id"
    _depends = {
        "maintenance.labor": ["maintenance_request_id", "date", "amount", "company_id", "user_id"],
        "maintenance.request": ["equipment_id", "maintenance_team_id", "user_id"],
        "maintenance.equipment": ["category_id", "location_id"],
        "maintenance.round.line": ["maintenance_request_id", "equipment_id", "share"],
        "maintenance.cost.entry": [
            "date", "company_id", "entry", "kind", "product_id", "partner_id", "maintenance_request_id",
            "equipment_id", "purchase_order_id", "bill_id", "stock_move_id", "amount",
        ],
        "stock.move": [
            "maintenance_request_id", "company_id", "product_id", "state", "cost_date", "value", "origin_returned_move_id",
            "location_id", "location_dest_id",
        ],
        "stock.location": ["is_maintenance"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["is_storable"],
    }  # fmt: skip

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    category_id = fields.Many2one("maintenance.equipment.category", "Asset category", readonly=True)
    location_id = fields.Many2one("stock.location", "Place", readonly=True, help="Where the asset is today.")
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    maintenance_team_id = fields.Many2one("maintenance.team", "Team", readonly=True)
    kind = fields.Selection(
        [("labor", "Labour"), ("part", "Parts"), ("service", "Services")], readonly=True
    )
    entry = fields.Selection(
        ENTRIES, readonly=True,
        help="Used and Back to stock: parts valued in stock. Received and Sent back: other purchases, at the order's "
        "price. The variances are what the bill changed about that. Billed ahead: billed before it was received, and "
        "refunds. Reassigned: charged to another job or asset. Cost never set: the last purchase price of used parts that "
        "Odoo values at nothing. Brought in: what was spent before, in another system.",
    )  # fmt: skip
    product_id = fields.Many2one("product.product", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True, help="Of purchases; used parts have none.")
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    purchase_order_id = fields.Many2one("purchase.order", "Purchase order", readonly=True)
    bill_id = fields.Many2one("account.move", readonly=True)
    res_model = fields.Char("Source model", readonly=True)
    res_id = fields.Many2oneReference("Source", model_field="res_model", readonly=True)
    amount = fields.Monetary(readonly=True, help="In the company's currency, taxes excluded.")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL("CREATE VIEW %s AS (%s)", SQL.identifier(self._table), self._table_query_sql())
        )

    @api.model
    def _table_query_sql(self):
        """Plain columns of the source tables throughout, so that the database filters each of them by its indexes.

        Ids are those of the source rows times four plus the part of the union, so they last. Rows of rounds stand
        above them, with the place of the asset in its round, below 2^53 for the browser.
        """
        return SQL(
            """
            SELECT ledger.*, equipment.category_id, equipment.location_id
              FROM (%s) AS ledger
              LEFT JOIN maintenance_equipment equipment ON equipment.id = ledger.equipment_id
            """,
            SQL(" UNION ALL ").join(
                part(shared) for part in (self._labor_sql, self._parts_sql, self._entries_sql) for shared in (False, True)
            ),
        )

    @api.model
    def _shared_sql(self, shared):
        """What tells the rows of rounds, which are shared by their assets, from all others.

        :returns: the join that finds the shares of ``request``, and a condition.
        """
        if not shared:
            return SQL(), SQL(
                "NOT EXISTS (SELECT FROM maintenance_round_line line WHERE line.maintenance_request_id = request.id)"
            )
        return SQL(
            """
            JOIN (
                 SELECT maintenance_request_id, equipment_id, share,
                        row_number() OVER (PARTITION BY maintenance_request_id ORDER BY id) AS place
                   FROM maintenance_round_line
                 ) share ON share.maintenance_request_id = request.id
            """
        ), SQL("share.share > 0")

    @api.model
    def _id_sql(self, source, part, shared):
        if shared:
            return SQL("%s + (%s.id::bigint * 4096 + share.place) * 4 + %s", 1 << 34, SQL.identifier(source), part)
        return SQL("%s.id::bigint * 4 + %s", SQL.identifier(source), part)

    @api.model
    def _labor_sql(self, shared):
        join, condition = self._shared_sql(shared)
        return SQL(
            """
            SELECT %s AS id, labor.date, labor.company_id, %s AS equipment_id,
                   labor.maintenance_request_id, request.maintenance_team_id, 'labor' AS kind, 'labor' AS entry,
                   NULL::integer AS product_id, NULL::integer AS partner_id, labor.user_id,
                   NULL::integer AS purchase_order_id, NULL::integer AS bill_id,
                   'maintenance.labor' AS res_model, labor.id AS res_id, labor.amount * %s AS amount
              FROM maintenance_labor labor
              JOIN maintenance_request request ON request.id = labor.maintenance_request_id
              %s
             WHERE %s
            """,
            self._id_sql("labor", 0, shared),
            SQL("share.equipment_id" if shared else "request.equipment_id"),
            SQL("share.share" if shared else "1"),
            join,
            condition,
        )

    @api.model
    def _parts_sql(self, shared):
        """Used parts at the value of their move; what came back counts against them."""
        join, condition = self._shared_sql(shared)
        return SQL(
            """
            SELECT %s, move.cost_date, move.company_id, %s,
                   move.maintenance_request_id, request.maintenance_team_id, 'part',
                   CASE WHEN move.origin_returned_move_id IS NULL THEN 'consumed' ELSE 'returned' END,
                   move.product_id, NULL::integer, request.user_id, NULL::integer, NULL::integer, 'stock.move', move.id,
                   CASE WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1 END * COALESCE(move.value, 0) * %s
              FROM stock_move move
              JOIN maintenance_request request ON request.id = move.maintenance_request_id
              %s
              JOIN stock_location place ON place.id = CASE WHEN move.origin_returned_move_id IS NULL
                                                           THEN move.location_dest_id ELSE move.location_id END
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE move.state = 'done' AND move.maintenance_request_id IS NOT NULL AND place.is_maintenance
               AND template.is_storable AND %s
            """,
            self._id_sql("move", 1, shared),
            SQL("share.equipment_id" if shared else "request.equipment_id"),
            SQL("share.share" if shared else "1"),
            join,
            condition,
        )

    @api.model
    def _entries_sql(self, shared):
        """What was bought for an asset by name is that asset's, also on a round."""
        join, condition = self._shared_sql(shared)
        named = SQL("entry.equipment_id IS NULL AND %s" if shared else "(entry.equipment_id IS NOT NULL OR %s)", condition)
        return SQL(
            """
            SELECT %s, entry.date, entry.company_id, %s,
                   entry.maintenance_request_id, request.maintenance_team_id, entry.kind, entry.entry, entry.product_id,
                   entry.partner_id, request.user_id, entry.purchase_order_id, entry.bill_id,
                   CASE WHEN entry.bill_id IS NOT NULL THEN 'account.move'
                        WHEN entry.purchase_order_id IS NOT NULL THEN 'purchase.order'
                        WHEN entry.entry = 'opening' THEN 'maintenance.cost.entry' ELSE 'stock.move' END,
                   COALESCE(entry.bill_id, entry.purchase_order_id, entry.stock_move_id,
                            CASE WHEN entry.entry = 'opening' THEN entry.id END), entry.amount * %s
              FROM maintenance_cost_entry entry
              LEFT JOIN maintenance_request request ON request.id = entry.maintenance_request_id
              %s
             WHERE entry.amount <> 0 AND (entry.equipment_id IS NOT NULL OR entry.maintenance_request_id IS NOT NULL)
               AND %s
            """,
            self._id_sql("entry", 2, shared),
            SQL("share.equipment_id" if shared else "entry.equipment_id"),
            SQL("share.share" if shared else "1"),
            join,
            named,
        )

    @api.readonly
    def action_open_source(self):
        """Open the labour entry, stock move, purchase order or bill behind a row."""
        self.ensure_one()
        if not self.res_id:
            return self._get_records_action(name=self.env._("Cost"))
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    @api.model
    def _get_totals(self, field, records):
        """Sum the ledger of ``records``.

        :returns: ``{record id: {kind: amount}}``, amounts in the company's currency.
        """
        totals = {}
        for record, kind, amount in self._read_group(
            [(field, "in", records.ids)], [field, "kind"], ["amount:sum"]
        ):
            totals.setdefault(record.id, {})[kind] = amount
        return totals
