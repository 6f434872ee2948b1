from odoo import api, fields, models

from ...words import format_day, format_number

#: Findings, the most pressing first: flag on the line, value of ``reason``, label.
FINDINGS = (
    ("is_late_for_job", "late_for_job", "Promised late for a job"),
    ("is_overdue", "overdue", "Overdue"),
    ("is_duplicate", "duplicate", "Possible duplicate"),
    ("is_above_approved", "above_approved", "More than approved"),
    ("is_around", "around", "Went around the approval"),
    ("is_price_drift", "price_drift", "Price drifted"),
    ("is_unlinked", "unlinked", "Unlinked"),
    ("is_unbilled", "unbilled", "Received, not billed"),
    ("is_not_closed", "not_closed", "Received, not closed"),
)
REASONS = [(reason, label) for _flag, reason, label in FINDINGS]
FLAGS = {flag: reason for flag, reason, _label in FINDINGS}

DECISIONS = [
    ("keep", "Keep"),
    ("expedite", "Expedite"),
    ("redate", "New date"),
    ("cancel", "Cancel the rest"),
    ("close", "Close the line"),
]


class MaintenancePurchaseReviewLine(models.Model):
    """An open purchase line as it was when the review was made, and what was decided on it.

    Everything above the decision is frozen; ``change_message`` says what the order has become since.
    Amounts are in the company's currency, taxes excluded.
    """

    _name = "maintenance.purchase.review.line"
    _description = "Open Order Review Line"
    _allow_sudo_commands = False
    _order = "review_id desc, times_undecided desc, sequence, amount_open desc, id"
    _rec_name = "name"

    review_id = fields.Many2one(
        "maintenance.purchase.review", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    date = fields.Date(related="review_id.date", store=True)
    currency_id = fields.Many2one(related="review_id.currency_id")

    # -- What was true when the list was made
    purchase_line_id = fields.Many2one(
        "purchase.order.line", "Purchase line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    order_id = fields.Many2one("purchase.order", "Placed order", readonly=True, ondelete="set null", index="btree_not_null")
    order_name = fields.Char("Order number", readonly=True)
    name = fields.Char("Item", required=True, readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True, ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Buyer", readonly=True, ondelete="set null")
    requisition_id = fields.Many2one("maintenance.requisition", readonly=True, ondelete="set null")
    maintenance_request_ids = fields.Many2many(
        "maintenance.request", "maintenance_purchase_review_line_request_rel", string="Work orders", readonly=True
    )
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True, ondelete="set null")
    date_order = fields.Date("Ordered on", readonly=True)
    date_promised = fields.Date("Promised", readonly=True, help="The day on which the vendor was to deliver.")
    date_needed = fields.Date(
        "Needed on", readonly=True, help="The first day on which a work order needs it: when it is planned, else required."
    )
    date_received = fields.Date("Last receipt", readonly=True)
    age_days = fields.Integer(
        "Age (days)", readonly=True, aggregator="avg", help="Days from the order to the day of the review."
    )
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True, ondelete="set null")
    qty_ordered = fields.Float("Ordered", digits="Product Unit", readonly=True, aggregator=None)
    qty_received = fields.Float("Received", digits="Product Unit", readonly=True, aggregator=None)
    qty_billed = fields.Float("Billed", digits="Product Unit", readonly=True, aggregator=None)
    price_unit = fields.Monetary(
        "Price then", readonly=True, aggregator=None, help="Of one unit on the order, in the company's currency."
    )
    price_reference = fields.Monetary(
        "Approved or last price", readonly=True, aggregator=None,
        help="What was approved for one unit; where nothing was, what was paid on the order before.",
    )  # fmt: skip
    is_price_approved = fields.Boolean("Price was approved", readonly=True)
    price_billed = fields.Monetary("Billed price", readonly=True, aggregator=None, help="Of one unit, on average.")
    amount_open = fields.Monetary("To come", readonly=True, help="Ordered and not received, at the order's price.")
    amount_excess = fields.Monetary("Beyond approval", readonly=True, help="What it costs beyond what was approved.")
    amount_unbilled = fields.Monetary("Not billed", readonly=True, help="Received and not billed, at the order's price.")
    duplicate_line_ids = fields.Many2many(
        "purchase.order.line", "maintenance_purchase_review_duplicate_rel", string="May duplicate", readonly=True
    )
    is_late_for_job = fields.Boolean(
        "Promised late for a job", readonly=True, help="Promised for a later day than a work order needs it."
    )
    is_overdue = fields.Boolean("Overdue", readonly=True, help="The promised day is over and not all was received.")
    is_duplicate = fields.Boolean(
        "Possible duplicate", readonly=True,
        help="The same product is on its way for the same work order beyond what that lacks, for the same asset, or "
        "from the same vendor about the same day for nobody in particular.",
    )  # fmt: skip
    is_above_approved = fields.Boolean(
        "More than approved", readonly=True, help="More came or was billed than was approved, tolerance included."
    )
    is_around = fields.Boolean(
        "Went around the approval", readonly=True,
        help="Bought without a requisition, for an amount that a tier would have decided on.",
    )  # fmt: skip
    is_price_drift = fields.Boolean(
        "Price drifted", readonly=True,
        help="Dearer or cheaper than approved by more than the company's tolerance, or billed at another price than ordered.",
    )  # fmt: skip
    is_unlinked = fields.Boolean(
        "Unlinked", readonly=True, help="Names no requisition, work order, asset or reorder point."
    )
    is_unbilled = fields.Boolean(
        "Received, not billed", readonly=True, help="Received and not billed for longer than the company allows."
    )
    is_not_closed = fields.Boolean(
        "Received, not closed", readonly=True,
        help="Nothing more is on its way, but the order still waits for it or was not locked, for longer than the "
        "company allows.",
    )  # fmt: skip
    reason = fields.Selection(
        REASONS, "Main finding", readonly=True, index=True, help="The most pressing finding; filters know them all."
    )
    sequence = fields.Integer("Urgency", readonly=True, aggregator=None)
    previous_line_id = fields.Many2one(
        "maintenance.purchase.review.line", "Last time", readonly=True, ondelete="set null", index="btree_not_null"
    )
    times_undecided = fields.Integer(
        "Times undecided", readonly=True, aggregator="max",
        help="In how many reviews in a row before this one nobody decided on it.",
    )  # fmt: skip
    finding = fields.Char("Findings", compute="_compute_finding")

    # -- What is so now
    review_state = fields.Selection(related="review_id.state", string="Review is")
    is_followed = fields.Boolean(related="review_id.is_followed")
    date_promised_now = fields.Date("Promised now", compute="_compute_change_message", compute_sudo=True)
    is_settled = fields.Boolean(
        "Settled meanwhile", compute="_compute_change_message", compute_sudo=True,
        help="Cancelled, deleted, or all that was to come was received since the list was made.",
    )  # fmt: skip
    is_coming = fields.Boolean(
        "Still to come", compute="_compute_change_message", compute_sudo=True, help="Placed, and not all of it was received."
    )
    change_message = fields.Char(
        "Changed since", compute="_compute_change_message", compute_sudo=True,
        help="What happened to the order after the list was made.",
    )  # fmt: skip

    # -- The decision
    decision = fields.Selection(DECISIONS, index=True, help="Is carried out on the order at once, and stands.")
    keep_until = fields.Date("Keep until", help="The line does not come back before this day.")
    new_date = fields.Date("New date", help="The day that the vendor promises now.")
    note = fields.Char("Why")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, ondelete="restrict")
    date_decided = fields.Datetime("Decided on", readonly=True)
    outcome = fields.Char("What was done", readonly=True)

    _once_in_review = models.UniqueIndex(
        "(review_id, purchase_line_id) WHERE purchase_line_id IS NOT NULL",
        "A purchase line stands once in a review.",
    )

    # -- Computes -----------------------------------------------------------------------------------

    @api.depends_context("lang")
    @api.depends(*FLAGS)
    def _compute_finding(self):
        """“Overdue: promised 10 Nov 2026, 13 days ago; Price drifted: 12.00 instead of 10.00”"""
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for line in self:
            line.finding = "; ".join(
                ": ".join(filter(None, [labels[reason], line._describe_finding(flag)]))
                for flag, reason in FLAGS.items()
                if line[flag]
            )

    def _describe_finding(self, flag):
        self.ensure_one()
        env = self.env
        if flag == "is_late_for_job":
            return env._(
                "promised %(promised)s, needed %(needed)s",
                promised=format_day(env, self.date_promised),
                needed=format_day(env, self.date_needed),
            )
        if flag == "is_overdue":
            days, date = (self.date - self.date_promised).days, format_day(env, self.date_promised)
            if days == 1:
                return env._("promised %s, a day ago", date)
            return env._("promised %(date)s, %(days)s days ago", date=date, days=days)
        if flag == "is_duplicate":
            return ", ".join(sorted(set(self.sudo().duplicate_line_ids.order_id.mapped("name"))))
        if flag == "is_above_approved":
            return self._describe_excess()
        if flag == "is_price_drift":
            return self._describe_price()
        if flag in ("is_unbilled", "is_not_closed") and self.date_received:
            return env._("last receipt %s", format_day(env, self.date_received))
        return False

    def _describe_excess(self):
        return self.env._(
            "%(received)s received, %(billed)s billed, %(excess)s more than approved",
            received=format_number(self.env, self.qty_received),
            billed=format_number(self.env, self.qty_billed),
            excess=self.currency_id.format(self.amount_excess),
        )

    def _describe_price(self):
        price = self.currency_id.format(self.price_unit)
        if self.price_billed and self.currency_id.compare_amounts(self.price_billed, self.price_unit):
            billed = self.currency_id.format(self.price_billed)
            return self.env._("billed %(billed)s, ordered %(price)s", billed=billed, price=price)
        approved = self.currency_id.format(self.price_reference)
        return self.env._("%(price)s, approved %(approved)s", price=price, approved=approved)

    @api.depends_context("lang")
    @api.depends(
        "purchase_line_id.order_id.state",
        "purchase_line_id.order_id.locked",
        "purchase_line_id.product_qty",
        "purchase_line_id.qty_received",
        "purchase_line_id.qty_invoiced",
        "purchase_line_id.date_planned",
    )
    def _compute_change_message(self):
        for line in self:
            purchase = line.purchase_line_id
            line.date_promised_now = line._get_promised_day(purchase)
            line.is_settled = line._is_settled()
            line.is_coming = purchase.order_id.state == "purchase" and bool(purchase._get_rest_qty())
            line.change_message = ", ".join(line._list_changes()) or False

    def _get_promised_day(self, purchase):
        return purchase.date_planned and purchase.company_id._get_plant_day(purchase.date_planned)

    def _is_settled(self):
        """Whether nothing is left of what the list was about."""
        purchase = self.purchase_line_id
        if not purchase or purchase.order_id.state != "purchase":
            return True
        waited = self.product_uom_id.compare(self.qty_ordered, self.qty_received) > 0
        received = self.product_uom_id.compare(purchase.qty_received, self.qty_ordered) >= 0
        billed = self.product_uom_id.compare(purchase.qty_invoiced, purchase.qty_received) >= 0
        return received and (waited or billed) and not (self.is_not_closed and not purchase.order_id.locked)

    def _list_changes(self):
        """What differs now, as short texts."""
        purchase, env = self.purchase_line_id, self.env
        if not purchase:
            return [env._("deleted")]
        changes = []
        if purchase.order_id.state != "purchase":
            states = dict(purchase.order_id._fields["state"]._description_selection(env))
            changes.append(states[purchase.order_id.state])
        unit = purchase.product_uom_id
        for name, then, text in (
            ("product_qty", self.qty_ordered, env._("ordered %(then)s → %(now)s")),
            ("qty_received", self.qty_received, env._("received %(then)s → %(now)s")),
            ("qty_invoiced", self.qty_billed, env._("billed %(then)s → %(now)s")),
        ):
            if unit.compare(purchase[name], then):
                now = format_number(env, unit.round(purchase[name]))
                changes.append(text % {"then": format_number(env, then), "now": now})
        if purchase.order_id.state == "purchase" and self.date_promised_now != self.date_promised:
            day = format_day(env, self.date_promised_now)
            changes.append(env._("promised %s now", day))
        return changes

    # -- Opening ------------------------------------------------------------------------------------

    @api.readonly
    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id._get_records_action() if self.order_id else False

    @api.readonly
    def action_open_duplicates(self):
        """Open the orders that this line may duplicate, and its own."""
        self.ensure_one()
        orders = self.duplicate_line_ids.order_id | self.order_id
        return orders._get_records_action(name=self.env._("May be duplicates"))
