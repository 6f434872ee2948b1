from odoo import api, models
from odoo.tools import SQL

from .maintenance_trace import CODE_BITS, CODES, STEP_OF_CODE, SUB_BITS


class MaintenanceTraceSql(models.Model):
    """The rows of ``maintenance.trace`` up to the receipt, and what was used.

    Two subqueries say whose a purchase is: ``_line_job_sql`` for requisition lines and
    ``_purchase_job_sql`` for purchase lines. Every step joins one of them, so a condition on a job,
    an asset or a document is an index scan in each step.
    """

    _inherit = "maintenance.trace"

    @api.model
    def _table_query_sql(self):
        steps = (
            self._request_sql(), self._requisition_sql(), self._decision_sql(), self._order_sql(), self._receipt_sql(),
            self._service_receipt_sql(), self._bill_sql(), self._payment_sql(), self._plain_payment_sql(), self._used_sql(),
        )  # fmt: skip
        counted = (
            ("requisition", "amount_asked", "trace.state NOT IN ('requisition.cancelled', 'requisition.rejected')"),
            ("order", "amount_ordered", "trace.state IN ('order.purchase', 'order.locked')"),
            ("receipt", "amount_received", "TRUE"),
            ("bill", "amount_billed", "trace.state NOT IN ('bill.draft', 'bill.cancel')"),
            ("payment", "amount_paid", "TRUE"),
            ("used", "amount_used", "TRUE"),
        )
        measures = SQL(", ").join(
            SQL("CASE WHEN trace.step = %s AND %s THEN trace.amount END AS %s", step, SQL(when), SQL.identifier(name))
            for step, name, when in counted
        )
        return SQL(
            """
            SELECT trace.id, trace.step, trace.source_id, trace.reference, trace.name, trace.product_id, trace.quantity,
                   trace.product_uom_id, trace.partner_id, trace.user_id, trace.state, trace.company_id,
                   company.currency_id, trace.amount, trace.maintenance_request_id, trace.equipment_id,
                   trace.requisition_id, trace.requisition_line_id, trace.purchase_order_id, trace.purchase_line_id,
                   trace.bill_id, trace.res_model, trace.res_id, %(measures)s,
                   COALESCE(
                       trace.day,
                       (trace.moment AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, partner.tz, 'UTC'))::date
                   ) AS date
              FROM (%(steps)s) AS trace
              JOIN res_company company ON company.id = trace.company_id
              LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
              LEFT JOIN res_partner partner ON partner.id = company.partner_id
            """,
            measures=measures,
            steps=SQL(" UNION ALL ").join(steps),
        )

    @api.model
    def _select_sql(self, code, source, **columns):
        """The columns of a row; what is not given stays empty.

        :param code: what makes the row, of ``CODES``.
        :param source: SQL of the id of the source row.
        :param columns: SQL by column; ``sub`` tells apart rows of one source row.
        """
        types = {
            "moment": "timestamp", "day": "date", "reference": "varchar", "name": "varchar", "product_id": "integer",
            "quantity": "numeric", "product_uom_id": "integer", "partner_id": "integer", "user_id": "integer",
            "state": "varchar", "company_id": "integer", "amount": "numeric", "maintenance_request_id": "integer",
            "equipment_id": "integer", "requisition_id": "integer", "requisition_line_id": "integer",
            "purchase_order_id": "integer", "purchase_line_id": "integer", "bill_id": "integer", "res_model": "varchar",
            "res_id": "integer",
        }  # fmt: skip
        row_id = SQL(
            "(((%s)::bigint << %s) | (COALESCE(%s, 0) & %s)) << %s | %s",
            source, SUB_BITS, columns.pop("sub", SQL("0")), (1 << SUB_BITS) - 1, CODE_BITS, CODES[code],
        )  # fmt: skip
        step = STEP_OF_CODE.get(code, code)
        selected = [SQL("%s AS id", row_id), SQL("%s::varchar AS step", step), SQL("(%s)::integer AS source_id", source)]
        selected += [
            SQL("(%s)::%s AS %s", columns.get(name, SQL("NULL")), SQL(kind), SQL.identifier(name))
            for name, kind in types.items()
        ]
        assert columns.keys() <= types.keys()
        return SQL("SELECT %s", SQL(", ").join(selected))

    # -- Whose it is ----------------------------------------------------------------------------------

    @api.model
    def _create_shares_function(self):
        """The few requisition lines that parts of several jobs take of, by job.

        Every other job has what its parts want, the line's own job the rest; where more is wanted
        than was asked for, each has its proportion. A function, and in a language that PostgreSQL
        does not look into: the view names it in every step, and planning would take longer than
        running.
        """
        self.env.cr.execute(
            SQL(
                """
                CREATE FUNCTION maintenance_trace_shares()
                RETURNS TABLE (line_id integer, maintenance_request_id integer, equipment_id integer, sub integer, share numeric)
                LANGUAGE plpgsql STABLE ROWS 10 AS $$
                #variable_conflict use_column
                BEGIN
                    RETURN QUERY
                    WITH wanted AS (
                        SELECT line.id, part.maintenance_request_id AS job_id,
                               SUM(part.product_uom_qty * part_uom.factor / line_uom.factor)::numeric AS quantity
                          FROM maintenance_requisition_line line
                          JOIN maintenance_requisition_line_part_rel rel ON rel.line_id = line.id
                          JOIN stock_move part ON part.id = rel.move_id
                          JOIN uom_uom part_uom ON part_uom.id = part.product_uom
                          JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                         WHERE line.is_shared AND part.maintenance_request_id IS NOT NULL
                           AND part.state <> 'cancel' AND part.origin_returned_move_id IS NULL
                         GROUP BY line.id, part.maintenance_request_id
                    ), total AS (
                        SELECT line.id, line.maintenance_request_id AS job_id, line.equipment_id,
                               GREATEST(line.product_qty, SUM(wanted.quantity)) AS quantity,
                               COALESCE(
                                   SUM(wanted.quantity) FILTER (
                                       WHERE wanted.job_id IS DISTINCT FROM line.maintenance_request_id
                                   ), 0
                               ) AS others
                          FROM maintenance_requisition_line line
                          LEFT JOIN wanted ON wanted.id = line.id
                         WHERE line.is_shared
                         GROUP BY line.id
                    )
                    SELECT total.id, total.job_id, total.equipment_id, 0, 1 - total.others / total.quantity
                      FROM total
                    UNION ALL
                    SELECT total.id, wanted.job_id, request.equipment_id, wanted.job_id, wanted.quantity / total.quantity
                      FROM total
                      JOIN wanted ON wanted.id = total.id AND wanted.job_id IS DISTINCT FROM total.job_id
                      JOIN maintenance_request request ON request.id = wanted.job_id;
                END $$
                """
            )
        )

    @api.model
    def _line_job_sql(self):
        """Requisition lines by the job they are for."""
        return SQL(
            """
            SELECT line.id AS line_id, line.requisition_id, line.maintenance_request_id, line.equipment_id, 0 AS sub,
                   1::numeric AS share
              FROM maintenance_requisition_line line
             WHERE line.is_shared IS NOT TRUE
             UNION ALL
            SELECT shares.line_id, line.requisition_id, shares.maintenance_request_id, shares.equipment_id, shares.sub,
                   shares.share
              FROM maintenance_trace_shares() shares
              JOIN maintenance_requisition_line line ON line.id = shares.line_id
            """
        )

    @api.model
    def _purchase_job_sql(self):
        """Purchase lines of maintenance by the job they are for."""
        return SQL(
            """
            SELECT purchase.id AS purchase_line_id, purchase.order_id, asked.requisition_id, asked.id AS line_id,
                   purchase.maintenance_request_id, purchase.equipment_id, 0 AS sub, 1::numeric AS share
              FROM purchase_order_line purchase
              LEFT JOIN maintenance_requisition_line asked ON asked.id = purchase.requisition_line_id
             WHERE asked.is_shared IS NOT TRUE
               AND COALESCE(purchase.requisition_line_id, purchase.maintenance_request_id, purchase.equipment_id) IS NOT NULL
             UNION ALL
            SELECT purchase.id, purchase.order_id, asked.requisition_id, asked.id,
                   shares.maintenance_request_id, shares.equipment_id, shares.sub, shares.share
              FROM maintenance_trace_shares() shares
              JOIN maintenance_requisition_line asked ON asked.id = shares.line_id
              JOIN purchase_order_line purchase ON purchase.requisition_line_id = asked.id
            """
        )

    @api.model
    def _job_columns(self):
        """Columns of rows that join ``_purchase_job_sql`` as ``job``, its purchase line and its order."""
        return {
            "sub": SQL("job.sub"),
            "name": SQL("line.name"),
            "product_id": SQL("line.product_id"),
            "partner_id": SQL("po.partner_id"),
            "company_id": SQL("po.company_id"),
            "maintenance_request_id": SQL("job.maintenance_request_id"),
            "equipment_id": SQL("job.equipment_id"),
            "requisition_id": SQL("job.requisition_id"),
            "requisition_line_id": SQL("job.line_id"),
            "purchase_order_id": SQL("job.order_id"),
            "purchase_line_id": SQL("job.purchase_line_id"),
        }

    @api.model
    def _job_from_sql(self):
        return SQL(
            """
              FROM (%s) AS job
              JOIN purchase_order_line line ON line.id = job.purchase_line_id
              JOIN purchase_order po ON po.id = job.order_id
            """,
            self._purchase_job_sql(),
        )

    # -- Steps --------------------------------------------------------------------------------------------

    @api.model
    def _request_sql(self):
        """Work orders, also those that nothing was bought for."""
        return SQL(
            "%s FROM maintenance_request request",
            self._select_sql(
                "request",
                SQL("request.id"),
                day=SQL("request.request_date"),
                reference=SQL("request.reference"),
                name=SQL("request.name"),
                user_id=SQL("request.create_uid"),
                state=SQL("'request.' || request.state"),
                company_id=SQL("request.company_id"),
                maintenance_request_id=SQL("request.id"),
                equipment_id=SQL("request.equipment_id"),
                res_model=SQL("'maintenance.request'"),
                res_id=SQL("request.id"),
            ),
        )

    @api.model
    def _requisition_sql(self):
        """Lines of requisitions, at what was asked for."""
        return SQL(
            """
            %s
              FROM (%s) AS job
              JOIN maintenance_requisition_line line ON line.id = job.line_id
              JOIN maintenance_requisition requisition ON requisition.id = line.requisition_id
            """,
            self._select_sql(
                "requisition",
                SQL("job.line_id"),
                sub=SQL("job.sub"),
                moment=SQL("COALESCE(requisition.date_submitted, requisition.create_date)"),
                reference=SQL("requisition.name"),
                name=SQL("line.name"),
                product_id=SQL("line.product_id"),
                quantity=SQL("line.product_qty * job.share"),
                product_uom_id=SQL("line.product_uom_id"),
                partner_id=SQL("line.partner_id"),
                user_id=SQL("requisition.requester_id"),
                state=SQL("'requisition.' || line.state"),
                company_id=SQL("requisition.company_id"),
                amount=SQL("CASE WHEN line.is_cancelled THEN 0 ELSE line.price_subtotal * job.share END"),
                maintenance_request_id=SQL("job.maintenance_request_id"),
                equipment_id=SQL("job.equipment_id"),
                requisition_id=SQL("job.requisition_id"),
                requisition_line_id=SQL("job.line_id"),
                res_model=SQL("'maintenance.requisition'"),
                res_id=SQL("job.requisition_id"),
            ),
            self._line_job_sql(),
        )

    @api.model
    def _decision_sql(self):
        """Decisions by job: of a requisition for several jobs, what is asked for each of them."""
        total = SQL(
            "(SELECT SUM(every.price_subtotal) FROM maintenance_requisition_line every "
            "WHERE every.requisition_id = decision.requisition_id AND every.is_cancelled IS NOT TRUE)"
        )
        share = SQL("CASE WHEN line.is_cancelled THEN 0 ELSE line.price_subtotal * job.share END")
        return SQL(
            """
            %s
              FROM maintenance_approval_decision decision
              JOIN maintenance_requisition requisition ON requisition.id = decision.requisition_id
              LEFT JOIN maintenance_approval_tier tier ON tier.id = decision.tier_id
              JOIN (%s) AS job ON job.requisition_id = decision.requisition_id
              JOIN maintenance_requisition_line line ON line.id = job.line_id
             GROUP BY decision.id, requisition.id, tier.id, job.maintenance_request_id, job.equipment_id, job.requisition_id
            """,
            self._select_sql(
                "decision",
                SQL("decision.id"),
                sub=SQL("MIN(job.line_id) + COALESCE(job.maintenance_request_id, 0)::bigint * 524287"),
                moment=SQL("decision.create_date"),
                reference=SQL("requisition.name"),
                # documents are named once for all readers; who decided stands beside it
                name=SQL("CONCAT_WS(': ', tier.name ->> 'en_US', decision.comment)"),
                user_id=SQL("decision.user_id"),
                state=SQL("'decision.' || decision.decision"),
                company_id=SQL("requisition.company_id"),
                # nothing is left to share out where every line is cancelled or without a price
                amount=SQL("decision.amount * COALESCE(SUM(%s) / NULLIF(%s, 0), 1)", share, total),
                maintenance_request_id=SQL("job.maintenance_request_id"),
                equipment_id=SQL("job.equipment_id"),
                requisition_id=SQL("job.requisition_id"),
                res_model=SQL("'maintenance.requisition'"),
                res_id=SQL("requisition.id"),
            ),
            self._line_job_sql(),
        )

    @api.model
    def _order_sql(self):
        """Lines of purchase orders, at the rate of the order; what is cancelled is worth nothing."""
        return SQL(
            "%s %s",
            self._select_sql(
                "order",
                SQL("job.purchase_line_id"),
                **self._job_columns(),
                moment=SQL("COALESCE(po.date_approve, po.date_order)"),
                reference=SQL("po.name"),
                quantity=SQL("line.product_qty * job.share"),
                product_uom_id=SQL("line.product_uom_id"),
                user_id=SQL("po.user_id"),
                state=SQL("CASE WHEN po.locked AND po.state = 'purchase' THEN 'order.locked' ELSE 'order.' || po.state END"),
                amount=SQL(
                    "CASE WHEN po.state = 'cancel' THEN 0 ELSE line.price_subtotal * job.share "
                    "/ COALESCE(NULLIF(po.currency_rate, 0), 1) END"
                ),
                res_model=SQL("'purchase.order'"),
                res_id=SQL("po.id"),
            ),
            self._job_from_sql(),
        )

    @api.model
    def _get_order_price_sql(self):
        """What one unit of ``line`` costs on ``po``, in the company's currency."""
        return SQL(
            "COALESCE(line.price_subtotal / NULLIF(line.product_qty, 0), line.price_unit * (1 - line.discount / 100)) "
            "/ COALESCE(NULLIF(po.currency_rate, 0), 1)"
        )

    @api.model
    def _receipt_sql(self):
        """What came from the vendor and what went back, at the price of the order."""
        quantity = SQL("CASE WHEN back THEN -1 ELSE 1 END * move.quantity * job.share")
        return SQL(
            """
            %s %s
              JOIN stock_move move ON move.purchase_line_id = line.id AND move.state = 'done'
              JOIN uom_uom move_uom ON move_uom.id = move.product_uom
              JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             CROSS JOIN LATERAL (
                   SELECT target.usage = 'supplier'
                       OR (target.usage = 'transit' AND move.origin_returned_move_id IS NOT NULL) AS back
                   ) AS direction
             WHERE back OR source.usage IN ('supplier', 'transit')
            """,
            self._select_sql(
                "receipt",
                SQL("move.id"),
                **self._job_columns(),
                moment=SQL("move.date"),
                reference=SQL("COALESCE(picking.name, move.reference)"),
                quantity=quantity,
                product_uom_id=SQL("move.product_uom"),
                state=SQL("CASE WHEN back THEN 'receipt.returned' ELSE 'receipt.received' END"),
                amount=SQL("%s * move_uom.factor / line_uom.factor * %s", quantity, self._get_order_price_sql()),
                res_model=SQL("CASE WHEN picking.id IS NULL THEN 'stock.move' ELSE 'stock.picking' END"),
                res_id=SQL("COALESCE(picking.id, move.id)"),
            ),
            self._job_from_sql(),
        )

    @api.model
    def _service_receipt_sql(self):
        """Services and whatever else is received by hand: one row for what is done so far, on its last day."""
        return SQL(
            """
            %s %s
             WHERE line.qty_received_method = 'manual' AND line.qty_received <> 0
            """,
            self._select_sql(
                "service_receipt",
                SQL("line.id"),
                **self._job_columns(),
                moment=SQL(
                    "COALESCE((SELECT MAX(log.date) FROM maintenance_requisition_log log "
                    "WHERE log.line_id = job.line_id AND log.kind = 'received'), po.date_approve, po.date_order)"
                ),
                reference=SQL("po.name"),
                quantity=SQL("line.qty_received * job.share"),
                product_uom_id=SQL("line.product_uom_id"),
                state=SQL("'receipt.received'"),
                amount=SQL("line.qty_received * job.share * %s", self._get_order_price_sql()),
                res_model=SQL("'purchase.order'"),
                res_id=SQL("po.id"),
            ),
            self._job_from_sql(),
        )

    @api.model
    def _used_sql(self):
        """Stock-valued parts that work orders used and put back, at the value of their moves."""
        sign = SQL("CASE WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1 END")
        return SQL(
            """
            %s
              FROM stock_move move
              JOIN maintenance_request request ON request.id = move.maintenance_request_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE move.state = 'done'
            """,
            self._select_sql(
                "used",
                SQL("move.id"),
                moment=SQL("move.date"),
                reference=SQL("request.reference"),
                # names of products are translated; the row has the product itself
                name=SQL("NULL"),
                product_id=SQL("move.product_id"),
                quantity=SQL("%s * move.quantity", sign),
                product_uom_id=SQL("move.product_uom"),
                state=SQL(
                    "CASE WHEN move.origin_returned_move_id IS NULL THEN 'used.used' ELSE 'used.returned' END"
                ),
                company_id=SQL("request.company_id"),
                amount=SQL("CASE WHEN template.is_storable THEN %s * move.value ELSE 0 END", sign),
                maintenance_request_id=SQL("request.id"),
                equipment_id=SQL("request.equipment_id"),
                res_model=SQL("'stock.move'"),
                res_id=SQL("move.id"),
            ),
        )
