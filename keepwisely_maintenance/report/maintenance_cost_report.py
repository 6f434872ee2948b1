from odoo import api, fields, models, tools
from odoo.tools import SQL


class MaintenanceCostReport(models.Model):
    """The ledger of maintenance: one row for every labour entry, used part and bought service.

    Stock-valued goods cost a job when they are used, at the value of the move, never when they
    are bought. Everything else costs when it is received, at the order price, and at the billed
    price once a bill is posted. Rows of a kind never overlap, so every total is a plain sum.
    """

    _name = "maintenance.cost.report"
    _description = "Maintenance Costs"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "maintenance_request_id"
    _depends = {
        "maintenance.labor": ["maintenance_request_id", "date", "amount", "company_id"],
        "maintenance.request": ["company_id", "equipment_id", "maintenance_team_id"],
        "maintenance.equipment": ["category_id"],
        "stock.move": ["maintenance_request_id", "state", "date", "value", "origin_returned_move_id"],
        "purchase.order.line": [
            "maintenance_request_id", "equipment_id", "product_id", "product_qty", "qty_received",
            "price_subtotal", "order_id",
        ],
        "purchase.order": ["state", "currency_rate", "date_order", "effective_date"],
        "account.move.line": ["purchase_line_id", "balance", "parent_state", "quantity", "product_uom_id"],
        "product.template": ["is_storable", "type"],
    }  # fmt: skip

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    category_id = fields.Many2one("maintenance.equipment.category", "Asset category", readonly=True)
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    maintenance_team_id = fields.Many2one("maintenance.team", "Team", readonly=True)
    kind = fields.Selection(
        [("labor", "Labour"), ("part", "Parts"), ("service", "Services")], readonly=True
    )
    product_id = fields.Many2one("product.product", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    purchase_order_id = fields.Many2one("purchase.order", "Purchase order", readonly=True)
    amount = fields.Monetary(readonly=True, help="In the company's currency, taxes excluded.")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL("CREATE VIEW %s AS (%s)", SQL.identifier(self._table), self._table_query_sql())
        )

    @api.model
    def _table_query_sql(self):
        """Ids are those of the source rows times four plus the part of the union, so they last."""
        return SQL(
            """
            SELECT ledger.*, equipment.category_id
              FROM (%s UNION ALL %s UNION ALL %s UNION ALL %s) AS ledger
              LEFT JOIN maintenance_equipment equipment ON equipment.id = ledger.equipment_id
            """,
            self._labor_sql(),
            self._parts_sql(),
            self._billed_sql(),
            self._received_sql(),
        )

    @api.model
    def _labor_sql(self):
        return SQL(
            """
            SELECT labor.id::bigint * 4 AS id, labor.date, request.company_id, request.equipment_id,
                   request.id AS maintenance_request_id, request.maintenance_team_id, 'labor' AS kind,
                   NULL::integer AS product_id, labor.user_id, NULL::integer AS purchase_order_id,
                   labor.amount
              FROM maintenance_labor labor
              JOIN maintenance_request request ON request.id = labor.maintenance_request_id
            """
        )

    @api.model
    def _parts_sql(self):
        """Used parts at the value of their move; what came back counts against them."""
        return SQL(
            """
            SELECT move.id::bigint * 4 + 1, move.date::date, request.company_id, request.equipment_id,
                   request.id, request.maintenance_team_id, 'part', move.product_id, request.user_id,
                   NULL::integer,
                   CASE WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1 END * COALESCE(move.value, 0)
              FROM stock_move move
              JOIN maintenance_request request ON request.id = move.maintenance_request_id
             WHERE move.state = 'done'
            """
        )

    @api.model
    def _purchase_from_sql(self):
        """Purchase lines of jobs and assets whose goods are not valued in stock."""
        return SQL(
            """
              FROM purchase_order_line line
              JOIN purchase_order po ON po.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN maintenance_request request ON request.id = line.maintenance_request_id
            """
        )

    @api.model
    def _purchase_where_sql(self):
        return SQL(
            """
             WHERE (line.maintenance_request_id IS NOT NULL OR line.equipment_id IS NOT NULL)
               AND template.is_storable IS NOT TRUE
            """
        )

    @api.model
    def _purchase_select_sql(self, row_id, date, amount):
        return SQL(
            """
            SELECT %s, %s, po.company_id, COALESCE(line.equipment_id, request.equipment_id), request.id,
                   request.maintenance_team_id,
                   CASE WHEN template.type = 'service' THEN 'service' ELSE 'part' END,
                   line.product_id, request.user_id, po.id, %s
            """,
            row_id, date, amount,
        )  # fmt: skip

    @api.model
    def _billed_sql(self):
        """Posted bills and refunds, at their amount in the company's currency."""
        return SQL(
            "%s %s JOIN account_move_line bill ON bill.purchase_line_id = line.id "
            "AND bill.parent_state = 'posted' %s",
            self._purchase_select_sql(SQL("bill.id::bigint * 4 + 2"), SQL("bill.date"), SQL("bill.balance")),
            self._purchase_from_sql(),
            self._purchase_where_sql(),
        )

    @api.model
    def _received_sql(self):
        """Received and not billed, at the order price and its rate."""
        unbilled = SQL("line.qty_received - COALESCE(billed.quantity, 0)")
        return SQL(
            """
            %s %s
              LEFT JOIN LATERAL (
                    SELECT SUM(
                               CASE WHEN move.move_type = 'in_refund' THEN -1 ELSE 1 END
                               * bill.quantity * bill_uom.factor / line_uom.factor
                           ) AS quantity
                      FROM account_move_line bill
                      JOIN account_move move ON move.id = bill.move_id
                      JOIN uom_uom bill_uom ON bill_uom.id = bill.product_uom_id
                      JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                     WHERE bill.purchase_line_id = line.id AND bill.parent_state = 'posted'
                   ) billed ON TRUE
            %s AND po.state = 'purchase' AND line.product_qty <> 0 AND %s > 0
            """,
            self._purchase_select_sql(
                SQL("line.id::bigint * 4 + 3"),
                SQL("COALESCE(po.effective_date, po.date_approve, po.date_order)::date"),
                SQL("line.price_subtotal / line.product_qty * (%s) / COALESCE(NULLIF(po.currency_rate, 0), 1)", unbilled),
            ),
            self._purchase_from_sql(),
            self._purchase_where_sql(),
            unbilled,
        )

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
