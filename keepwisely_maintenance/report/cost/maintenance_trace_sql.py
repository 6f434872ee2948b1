from odoo import api, models
from odoo.tools import SQL

from .maintenance_trace import CODE_BITS, CODES, STEP_OF_CODE, SUB_BITS

#: Columns that a step may fill, with their types.
COLUMNS = {
    "moment": "timestamp", "day": "date", "reference": "varchar", "name": "varchar", "product_id": "integer",
    "quantity": "numeric", "product_uom_id": "integer", "partner_id": "integer", "user_id": "integer", "state": "varchar",
    "company_id": "integer", "amount": "numeric", "maintenance_request_id": "integer", "equipment_id": "integer",
    "requisition_id": "integer", "requisition_line_id": "integer", "purchase_order_id": "integer",
    "purchase_line_id": "integer", "bill_id": "integer", "res_model": "varchar", "res_id": "integer",
}  # fmt: skip

#: What steps come from, each in two variants: a line that is for one job, and the few that parts of several jobs take of.
#: They do not meet in a subquery: each part of the view is one plain join, which is planned soon and entered at any end.
ASKED_FOR, BOUGHT = "{asked_for}", "{bought}"
OWN = {
    "asked_for": """
        maintenance_requisition_line line
        JOIN maintenance_requisition requisition ON requisition.id = line.requisition_id AND line.is_shared IS NOT TRUE
        CROSS JOIN LATERAL (
            SELECT line.id AS line_id, line.maintenance_request_id, line.equipment_id, 0 AS sub, 1::numeric AS share
        ) AS job
    """,
    "bought": """
        purchase_order_line line
        LEFT JOIN maintenance_requisition_line asked ON asked.id = line.requisition_line_id
        JOIN purchase_order po
          ON po.id = line.order_id AND asked.is_shared IS NOT TRUE
         AND COALESCE(line.requisition_line_id, line.maintenance_request_id, line.equipment_id) IS NOT NULL
        CROSS JOIN LATERAL (
            SELECT line.id AS purchase_line_id, line.order_id, asked.requisition_id, asked.id AS line_id,
                   line.maintenance_request_id, line.equipment_id, 0 AS sub, 1::numeric AS share
        ) AS job
    """,
}
SHARED = {
    "asked_for": """
        shares job
        JOIN maintenance_requisition_line line ON line.id = job.line_id
        JOIN maintenance_requisition requisition ON requisition.id = line.requisition_id
    """,
    "bought": """
        shares
        JOIN maintenance_requisition_line asked ON asked.id = shares.line_id
        JOIN purchase_order_line line ON line.requisition_line_id = asked.id
        JOIN purchase_order po ON po.id = line.order_id
        CROSS JOIN LATERAL (
            SELECT line.id AS purchase_line_id, line.order_id, asked.requisition_id, asked.id AS line_id,
                   shares.maintenance_request_id, shares.equipment_id, shares.sub, shares.share
        ) AS job
    """,
}

#: Columns that all steps of a purchase fill alike.
BOUGHT_COLUMNS = {
    "sub": "job.sub",
    "name": "line.name",
    "product_id": "line.product_id",
    "partner_id": "po.partner_id",
    "company_id": "po.company_id",
    "maintenance_request_id": "job.maintenance_request_id",
    "equipment_id": "job.equipment_id",
    "requisition_id": "job.requisition_id",
    "requisition_line_id": "job.line_id",
    "purchase_order_id": "job.order_id",
    "purchase_line_id": "job.purchase_line_id",
}

#: What is asked for for one job.
ASKED = "CASE WHEN line.is_cancelled THEN 0 ELSE line.price_subtotal * job.share END"
ASKED_IN_ALL = (
    "(SELECT SUM(every.price_subtotal) FROM maintenance_requisition_line every "
    "WHERE every.requisition_id = fact.requisition_id AND every.is_cancelled IS NOT TRUE)"
)
#: What one unit of ``line`` costs on ``po``, in the company's currency.
ORDER_PRICE = (
    "COALESCE(line.price_subtotal / NULLIF(line.product_qty, 0), line.price_unit * (1 - line.discount / 100)) "
    "/ COALESCE(NULLIF(po.currency_rate, 0), 1)"
)
CAME = "CASE WHEN back THEN -1 ELSE 1 END * move.quantity * job.share"
BY_HAND = "line.qty_received_method = 'manual' AND line.qty_received <> 0"
RECEIVED_BY_HAND = {
    **BOUGHT_COLUMNS,
    "source": "line.id",
    "reference": "po.name",
    "quantity": "line.qty_received * job.share",
    "product_uom_id": "line.product_uom_id",
    "state": "'receipt.received'",
    "amount": f"line.qty_received * job.share * {ORDER_PRICE}",
    "res_model": "'purchase.order'",
    "res_id": "po.id",
}
USED_SIGN = "CASE WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1 END"

#: Where the rows of each of ``CODES`` come ``from``, SQL of the id of their ``source`` row, and SQL by column. ``sub``
#: tells apart rows of one source row; what is not given stays empty. ``facts`` are what groups of rows are made of.
STEPS = {
    # work orders, also those that nothing was bought for
    "request": {
        "source": "request.id",
        "day": "request.request_date",
        "reference": "request.reference",
        "name": "request.name",
        # not whoever brought it in
        "user_id": "CASE WHEN request.maintenance_brought_in THEN request.owner_user_id ELSE request.create_uid END",
        "state": "'request.' || request.state",
        "company_id": "request.company_id",
        "maintenance_request_id": "request.id",
        "equipment_id": "request.equipment_id",
        "res_model": "'maintenance.request'",
        "res_id": "request.id",
        "from": "maintenance_request request",
    },
    # lines of requisitions, at what was asked for
    "requisition": {
        "source": "job.line_id",
        "sub": "job.sub",
        "moment": "COALESCE(requisition.date_submitted, requisition.create_date)",
        "reference": "requisition.name",
        "name": "line.name",
        "product_id": "line.product_id",
        "quantity": "line.product_qty * job.share",
        "product_uom_id": "line.product_uom_id",
        "partner_id": "line.partner_id",
        "user_id": "requisition.requester_id",
        "state": "'requisition.' || line.state",
        "company_id": "requisition.company_id",
        "amount": ASKED,
        "maintenance_request_id": "job.maintenance_request_id",
        "equipment_id": "job.equipment_id",
        "requisition_id": "line.requisition_id",
        "requisition_line_id": "job.line_id",
        "res_model": "'maintenance.requisition'",
        "res_id": "line.requisition_id",
        "from": ASKED_FOR,
    },
    # decisions by job: of a requisition for several jobs, what is asked for each of them
    "decision": {
        "source": "fact.decision_id",
        "sub": "MIN(fact.line_id) + COALESCE(fact.maintenance_request_id, 0)::bigint * 524287",
        "moment": "fact.moment",
        "reference": "fact.reference",
        "name": "fact.name",
        "user_id": "fact.user_id",
        "state": "'decision.' || fact.decision",
        "company_id": "fact.company_id",
        # nothing is left to share out where every line is cancelled or without a price
        "amount": f"fact.amount * COALESCE(SUM(fact.asked) / NULLIF({ASKED_IN_ALL}, 0), 1)",
        "maintenance_request_id": "fact.maintenance_request_id",
        "equipment_id": "fact.equipment_id",
        "requisition_id": "fact.requisition_id",
        "res_model": "'maintenance.requisition'",
        "res_id": "fact.requisition_id",
        # documents are named once for all readers; who decided stands beside it
        "facts": f"""
            SELECT decision.id AS decision_id, decision.create_date AS moment, requisition.name AS reference,
                   CONCAT_WS(': ', tier.name ->> 'en_US', decision.comment) AS name, decision.user_id,
                   decision.decision, decision.amount, requisition.company_id, job.line_id, job.maintenance_request_id,
                   job.equipment_id, line.requisition_id, {ASKED} AS asked
              FROM {ASKED_FOR}
              JOIN maintenance_approval_decision decision ON decision.requisition_id = requisition.id
              LEFT JOIN maintenance_approval_tier tier ON tier.id = decision.tier_id
        """,
        "group": """
            fact.decision_id, fact.moment, fact.reference, fact.name, fact.user_id, fact.decision, fact.amount,
            fact.company_id, fact.maintenance_request_id, fact.equipment_id, fact.requisition_id
        """,
    },
    # lines of purchase orders, at the rate of the order; what is cancelled is worth nothing
    "order": {
        **BOUGHT_COLUMNS,
        "source": "job.purchase_line_id",
        "moment": "COALESCE(po.date_approve, po.date_order)",
        "reference": "po.name",
        "quantity": "line.product_qty * job.share",
        "product_uom_id": "line.product_uom_id",
        "user_id": "po.user_id",
        "state": "CASE WHEN po.locked AND po.state = 'purchase' THEN 'order.locked' ELSE 'order.' || po.state END",
        "amount": "CASE WHEN po.state = 'cancel' THEN 0 ELSE line.price_subtotal * job.share "
        "/ COALESCE(NULLIF(po.currency_rate, 0), 1) END",
        "res_model": "'purchase.order'",
        "res_id": "po.id",
        "from": BOUGHT,
    },
    # what came from the vendor and what went back, at the price of the order
    "receipt": {
        **BOUGHT_COLUMNS,
        "source": "move.id",
        "moment": "move.date",
        "reference": "COALESCE(picking.name, move.reference)",
        "quantity": CAME,
        "product_uom_id": "move.product_uom",
        "state": "CASE WHEN back THEN 'receipt.returned' ELSE 'receipt.received' END",
        "amount": f"{CAME} * move_uom.factor / line_uom.factor * {ORDER_PRICE}",
        "res_model": "CASE WHEN picking.id IS NULL THEN 'stock.move' ELSE 'stock.picking' END",
        "res_id": "COALESCE(picking.id, move.id)",
        "from": f"""
            {BOUGHT}
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
    },
    # services and whatever else is received by hand: one row for what is done so far, on its last day, or on that of the
    # order where nobody noted a day
    "noted_receipt": {
        **RECEIVED_BY_HAND,
        "moment": "noted.date",
        "from": f"""
            {BOUGHT}
            JOIN maintenance_requisition_log noted
              ON noted.line_id = job.line_id AND noted.kind = 'received' AND NOT EXISTS (
                SELECT FROM maintenance_requisition_log later
                 WHERE later.line_id = noted.line_id AND later.kind = 'received'
                   AND (later.date, later.id) > (noted.date, noted.id)
                 )
            WHERE {BY_HAND}
        """,
    },
    "service_receipt": {
        **RECEIVED_BY_HAND,
        "moment": "COALESCE(po.date_approve, po.date_order)",
        "from": f"""
            {BOUGHT}
            WHERE {BY_HAND} AND NOT EXISTS (
                SELECT FROM maintenance_requisition_log noted WHERE noted.line_id = job.line_id AND noted.kind = 'received'
            )
        """,
    },
    # stock-valued parts that work orders used and put back, at the value of their moves
    "used": {
        "source": "move.id",
        "moment": "move.date",
        "reference": "request.reference",
        # not its name, which is translated
        "product_id": "move.product_id",
        "quantity": f"{USED_SIGN} * move.quantity",
        "product_uom_id": "move.product_uom",
        "state": "CASE WHEN move.origin_returned_move_id IS NULL THEN 'used.used' ELSE 'used.returned' END",
        "company_id": "request.company_id",
        "amount": f"CASE WHEN template.is_storable THEN {USED_SIGN} * move.value ELSE 0 END",
        "maintenance_request_id": "request.id",
        "equipment_id": "request.equipment_id",
        "res_model": "'stock.move'",
        "res_id": "move.id",
        "from": """
            stock_move move
            JOIN maintenance_request request ON request.id = move.maintenance_request_id
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE move.state = 'done'
        """,
    },
}


#: By job, for the variant ``SHARED``: every other job has what its parts want, the line's own job the rest; where more is
#: wanted than was asked for, each has its proportion.
SHARES = """
    wanted AS (
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
    ), shares (line_id, maintenance_request_id, equipment_id, sub, share) AS MATERIALIZED (
        SELECT total.id, total.job_id, total.equipment_id, 0, 1 - total.others / total.quantity
          FROM total
        UNION ALL
        SELECT total.id, wanted.job_id, request.equipment_id, wanted.job_id, wanted.quantity / total.quantity
          FROM total
          JOIN wanted ON wanted.id = total.id AND wanted.job_id IS DISTINCT FROM total.job_id
          JOIN maintenance_request request ON request.id = wanted.job_id
    )
"""


class MaintenanceTraceSql(models.Model):
    """The rows of ``maintenance.trace``: a table of steps, and the template that makes SQL of it.

    ``OWN`` and ``SHARED`` say whose a purchase is: ``asked_for`` of requisition lines, ``bought`` of
    purchase lines. Every step joins one of them, so a condition on a job, an asset, a document or a
    day is an index scan in each step.
    """

    _inherit = "maintenance.trace"

    @api.model
    def _get_steps(self):
        """What rows there are, by code; see ``STEPS``."""
        return STEPS

    @api.model
    def _step_sql(self, code, columns, variant):
        """The rows that ``columns`` of ``_get_steps`` describe, of ``OWN`` or ``SHARED`` lines."""
        assert columns.keys() <= COLUMNS.keys() | {"source", "sub", "from", "facts", "group"}
        number, step, sub_mask = CODES[code], STEP_OF_CODE.get(code, code), (1 << SUB_BITS) - 1
        source, sub = columns["source"], columns.get("sub", "0")
        selected = [
            f"((({source})::bigint << {SUB_BITS}) | (COALESCE({sub}, 0) & {sub_mask})) << {CODE_BITS} | {number} AS id",
            f"'{step}'::varchar AS step",
            f"({source})::integer AS source_id",
            *(f"({columns.get(name, 'NULL')})::{kind} AS {name}" for name, kind in COLUMNS.items()),
        ]
        source = f"({columns['facts']}) AS fact GROUP BY {columns['group']}" if "facts" in columns else columns["from"]
        return SQL(f"SELECT {', '.join(selected)} FROM {source.format(**variant)}")

    @api.model
    def _table_query_sql(self):
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
                   trace.bill_id, trace.res_model, trace.res_id, trace.day, trace.moment,
                   %(measures)s,
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
            steps=SQL(" UNION ALL ").join(
                [self._step_sql(code, columns, OWN) for code, columns in self._get_steps().items()]
                + [SQL("SELECT * FROM maintenance_trace_shared()")]
            ),
        )

    @api.model
    def _create_shared_function(self):
        """The rows of the few requisition lines that parts of several jobs take of.

        A function, and in a language that PostgreSQL does not look into: it keeps the plan, while
        planning the same for each question to the view would take longer than answering it.
        """
        columns = {"id": "bigint", "step": "varchar", "source_id": "integer", **COLUMNS}
        steps = self._get_steps().items()
        shared = [(code, step) for code, step in steps if "{" in step.get("facts", step.get("from"))]
        self.env.cr.execute(
            SQL(
                """
                CREATE FUNCTION maintenance_trace_shared() RETURNS TABLE (%(columns)s)
                LANGUAGE plpgsql STABLE ROWS 100 AS $$
                #variable_conflict use_column
                BEGIN
                    IF EXISTS (SELECT FROM maintenance_requisition_line WHERE is_shared) THEN
                        RETURN QUERY WITH %(shares)s %(steps)s;
                    END IF;
                END $$
                """,
                columns=SQL(", ".join(f"{name} {kind}" for name, kind in columns.items())),
                shares=SQL(SHARES),
                steps=SQL(" UNION ALL ").join(self._step_sql(code, step, SHARED) for code, step in shared),
            )
        )
