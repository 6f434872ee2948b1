from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..maintenance_report_mixin import conditions

#: In the order of the chain.
STEPS = [
    ("request", "Work order"),
    ("requisition", "Asked for"),
    ("decision", "Decided"),
    ("order", "Ordered"),
    ("receipt", "Received"),
    ("bill", "Billed"),
    ("payment", "Paid"),
    ("used", "Used"),
]

STATES = [
    ("request.requested", "Requested"),
    ("request.approved", "Approved"),
    ("request.assigned", "Assigned"),
    ("request.in_progress", "In progress"),
    ("request.waiting_parts", "Waiting for parts"),
    ("request.completed", "Completed"),
    ("request.closed", "Closed"),
    ("request.cancelled", "Cancelled"),
    ("requisition.draft", "Draft"),
    ("requisition.to_approve", "To approve"),
    ("requisition.approved", "Approved"),
    ("requisition.ordered", "Ordered"),
    ("requisition.done", "Done"),
    ("requisition.rejected", "Rejected"),
    ("requisition.cancelled", "Cancelled"),
    ("decision.approved", "Approved"),
    ("decision.rejected", "Rejected"),
    ("decision.taken_back", "Taken back"),
    ("order.draft", "Request for quotation"),
    ("order.sent", "Request for quotation sent"),
    ("order.to approve", "Order to approve"),
    ("order.purchase", "Ordered"),
    ("order.locked", "Ordered, locked"),
    ("order.cancel", "Cancelled"),
    ("receipt.received", "Received"),
    ("receipt.returned", "Sent back"),
    ("bill.draft", "Draft"),
    ("bill.not_paid", "Not paid"),
    ("bill.partial", "Partially paid"),
    ("bill.in_payment", "In payment"),
    ("bill.paid", "Paid"),
    ("bill.reversed", "Reversed"),
    ("bill.blocked", "Blocked"),
    ("bill.cancel", "Cancelled"),
    ("payment.in_process", "In process"),
    ("payment.paid", "Paid"),
    ("used.used", "Used"),
    ("used.returned", "Put back into stock"),
]

#: An id says what its row was made from: source row, what tells apart the rows of one source row (such as the jobs
#: that share a line), and in the lowest bits the table, which is one of these.
SUB_BITS = 20
CODE_BITS = 4
CODES = {
    "request": 1, "requisition": 2, "decision": 3, "order": 4, "receipt": 5, "bill": 6, "payment": 7, "used": 8,
    "service_receipt": 9, "plain_payment": 10, "noted_receipt": 11, "entry_payment": 12,
}  # fmt: skip

#: The steps that several tables make rows of.
STEP_OF_CODE = {
    "service_receipt": "receipt", "noted_receipt": "receipt", "plain_payment": "payment",
    "entry_payment": "payment",
}  # fmt: skip

#: In which last days a page of the newest rows is looked for before all rows are put in order.
RECENT_DAYS = (7, 31, 366)

#: What every step has an index for.
LINKS = {
    "id", "maintenance_request_id", "equipment_id", "requisition_id", "requisition_line_id", "purchase_order_id",
    "purchase_line_id", "bill_id",
}  # fmt: skip

#: How many days a moment may be off the day that it is compared with, whatever the time zone.
COMPARED = {">": -1, ">=": -1, "<": 2, "<=": 2}

#: What a row may open. Only these are opened, whatever stands in a row.
DOCUMENT_MODELS = {
    "account.move", "account.payment", "maintenance.request", "maintenance.requisition", "purchase.order",
    "stock.move", "stock.picking",
}  # fmt: skip


class MaintenanceTrace(models.Model):
    """From request to payment: one row for every step that something bought for maintenance took.

    Where a purchase serves several jobs, its rows are split in proportion to what their parts want,
    so that every amount is a plain sum and stands once. What a job takes from stock that was not bought
    for it has no purchase: its chain is the work order and what was used. How the rows are found
    stands in ``maintenance_trace_sql``.
    """

    _name = "maintenance.trace"
    _inherit = ["maintenance.report.mixin"]
    _description = "From Request to Payment"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "reference"
    _selection_in_order = "step"
    # payments are joined with what they pay by more tables than PostgreSQL puts in the best order otherwise
    _settings = {"jit": "off", "join_collapse_limit": "12", "from_collapse_limit": "12"}
    _depends = {
        "account.move": [
            "name", "state", "move_type", "payment_state", "invoice_date", "date", "amount_total_signed", "partner_id",
            "company_id", "origin_payment_id", "journal_id", "matched_payment_ids",
        ],
        "account.move.line": [
            "purchase_line_id", "move_id", "balance", "parent_state", "display_type", "quantity", "product_uom_id", "date",
        ],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id", "amount"],
        "account.payment": ["name", "state", "date", "move_id", "amount_company_currency_signed", "partner_id"],
        "maintenance.approval.decision": ["requisition_id", "decision", "amount", "user_id", "tier_id", "create_date"],
        "maintenance.request": [
            "reference", "name", "state", "equipment_id", "company_id", "request_date", "create_uid", "owner_user_id",
            "maintenance_brought_in",
        ],
        "maintenance.requisition": ["name", "date_submitted", "requester_id"],
        "maintenance.requisition.line": [
            "requisition_id", "company_id", "product_id", "name", "product_qty", "product_uom_id", "partner_id",
            "price_subtotal", "state", "is_cancelled", "is_shared", "maintenance_request_id", "equipment_id", "part_move_ids",
        ],
        "maintenance.requisition.log": ["line_id", "kind", "date"],
        "product.template": ["is_storable"],
        "purchase.order": [
            "name", "state", "locked", "partner_id", "company_id", "currency_rate", "date_approve", "date_order", "user_id",
        ],
        "purchase.order.line": [
            "order_id", "requisition_line_id", "maintenance_request_id", "equipment_id", "product_id", "name",
            "product_qty", "product_uom_id", "qty_received", "qty_received_method", "price_subtotal",
        ],
        "res.company": ["currency_id", "resource_calendar_id", "partner_id"],
        "stock.location": ["usage"],
        "stock.move": [
            "state", "date", "product_id", "product_uom", "product_uom_qty", "quantity", "value", "reference",
            "picking_id", "purchase_line_id", "maintenance_request_id", "origin_returned_move_id", "location_id",
            "location_dest_id",
        ],
        "stock.picking": ["name"],
    }  # fmt: skip

    step = fields.Selection(STEPS, readonly=True, help="In the order of the chain.")
    date = fields.Date(
        readonly=True,
        help="The day in the time zone of the company: reported, submitted, decided, ordered, received, the date of the "
        "bill or payment, or used.",
    )  # fmt: skip
    reference = fields.Char("Document", readonly=True)
    name = fields.Char("What", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float(
        digits="Product Unit", readonly=True, aggregator=None,
        help="In the unit of the document; where a purchase serves several jobs, the share of this one.",
    )  # fmt: skip
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True, help="Who reported, asked, decided or ordered.")
    state = fields.Selection(STATES, "Status", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="In the company's currency, taxes excluded. What was asked for, decided on and ordered, what was received at "
        "the price of the order, what was billed, and what a payment pays of it: the payment, times the line's share of "
        "the total of the bill. Refunds, returns and what was cancelled count against it or nothing. Used parts stand at "
        "their stock value. Decisions are not added up: every tier decides on the same money.",
    )  # fmt: skip
    amount_asked = fields.Monetary(
        "Asked for", readonly=True, help="Requisition lines, as long as they are neither cancelled nor rejected."
    )
    amount_ordered = fields.Monetary("Ordered", readonly=True, help="Lines of confirmed orders, at the order's rate.")
    amount_received = fields.Monetary(
        "Received", readonly=True, help="Received less sent back, at the price and rate of the order."
    )
    amount_billed = fields.Monetary("Billed", readonly=True, help="Posted bills less posted refunds.")
    amount_paid = fields.Monetary(
        "Paid", readonly=True,
        help="What payments settle of posted bills, taxes excluded: the payment, times the line's share of the total of "
        "the bill. A bill that is wholly paid is paid with exactly what it billed. Bills settled by a refund are no payment.",
    )  # fmt: skip
    amount_used = fields.Monetary(
        "Used from stock", readonly=True,
        help="Stock value of the parts that the work order used, less what it put back, whoever they were bought for.",
    )  # fmt: skip
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    requisition_id = fields.Many2one("maintenance.requisition", readonly=True)
    requisition_line_id = fields.Many2one("maintenance.requisition.line", readonly=True)
    purchase_order_id = fields.Many2one("purchase.order", "Purchase order", readonly=True)
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    bill_id = fields.Many2one("account.move", readonly=True)
    source_id = fields.Integer(readonly=True, aggregator=None, help="Technical: the row that this one was made from.")
    res_model = fields.Char("Opens", readonly=True)
    res_id = fields.Integer("Record", readonly=True, aggregator=None)

    def init(self):
        self._drop_view()
        self._create_shared_function()
        self.env.cr.execute(SQL("CREATE VIEW %s AS (%s)", SQL.identifier(self._table), self._table_query_sql()))

    @api.model
    def _drop_view(self):
        """Drop the view and its function; for upgrades and uninstallation."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        for name in ("shared", "shares"):  # the latter is that of older versions
            self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s()", SQL.identifier(f"maintenance_trace_{name}")))

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """The newest rows of all steps are seldom old, and those of a few weeks are soon found and put in order."""
        domain = Domain(domain)
        if limit and (order or self._order) == self._order and not self._is_narrow(domain):
            today = self.env.company._get_plant_day()
            for number in RECENT_DAYS:
                recent = domain & Domain("date", ">=", today - timedelta(days=number))
                rows = super().search_fetch(recent, field_names, offset, limit, order)
                if len(rows) == limit:
                    return rows
        return super().search_fetch(domain, field_names, offset, limit, order)

    @api.model
    def _is_narrow(self, domain):
        """Whether ``domain`` says of what or since when rows are, so that they are few."""
        return any(
            operator == "in" if name in LINKS else name == "date" and operator in (">", ">=")
            for name, operator, _value in conditions(domain.optimize(self))
        )

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        domain = Domain(domain).map_conditions(self._narrow_to_sources)
        days = [
            (operator, fields.Date.to_date(day)) for name, operator, day in conditions(domain.optimize(self))
            if name == "date" and operator in COMPARED and day
        ]  # fmt: skip
        query = super()._search(domain, offset, limit, order, **kwargs)
        # the day of a row comes from its moment and the time zone of the plant; indexes know the moment
        for operator, day in days:
            query.add_where(
                SQL(
                    "(%(day)s %(operator)s %(value)s OR %(moment)s %(operator)s %(near)s)",
                    day=SQL.identifier(self._table, "day"), moment=SQL.identifier(self._table, "moment"),
                    operator=SQL(operator), value=day, near=day + timedelta(days=COMPARED[operator]),
                )
            )  # fmt: skip
        return query

    @api.model
    def _narrow_to_sources(self, condition):
        """Rows are read again by their ids, which say what they were made from: indexes know that, not the id."""
        if condition.field_expr != "id" or condition.operator not in ("=", "in"):
            return condition
        ids = [condition.value] if condition.operator == "=" else condition.value
        names = {number: STEP_OF_CODE.get(code, code) for code, number in CODES.items()}
        known = [row_id for row_id in ids if isinstance(row_id, int)]
        steps = {names.get(row_id & (1 << CODE_BITS) - 1) for row_id in known}
        sources = {row_id >> SUB_BITS + CODE_BITS for row_id in known}
        return condition & Domain("step", "in", steps) & Domain("source_id", "in", sources)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        result = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec in ("amount:sum", "amount:sum_currency"):
            # every tier decides on the same money
            step = self._field_to_sql(self._table, "step", query)
            return SQL("%s FILTER (WHERE %s <> 'decision')", result, step)
        return result

    # -- Actions ------------------------------------------------------------------------------------

    @api.readonly
    def action_open_document(self):
        """Open what is behind the row.

        :raises UserError: the user may not read it.
        """
        self.ensure_one()
        row = self.search_fetch([("id", "=", self.id)], ["res_model", "res_id", "reference"])
        # whoever opens it may read the row: the search follows access rights and record rules
        document = self.env[row.res_model].browse(row.res_id) if row.res_model in DOCUMENT_MODELS else None
        if document is None or not document.exists() or not document.has_access("read"):
            raise UserError(
                self.env._(
                    "You have no access to %s; ask whoever keeps it, such as the buyers or the accountants.",
                    row.reference or self.env._("this document"),
                )
            )
        return document._get_records_action()
