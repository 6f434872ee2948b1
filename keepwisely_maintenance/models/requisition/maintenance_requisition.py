from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cached import fetch_rows, fill

REQUISITION_STATES = [
    ("draft", "Draft"),
    ("to_approve", "To approve"),
    ("approved", "Approved"),
    ("ordered", "Ordered"),
    ("done", "Done"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

#: Set by actions and decisions only; no create, write or import touches them.
PROTECTED_FIELDS = {
    "amount_total",
    "approved_revision",
    "current_tier_id",
    "date_cancelled",
    "date_emergency",
    "date_emergency_reminder",
    "date_escalated",
    "date_reminded",
    "date_submitted",
    "date_waiting",
    "decision_ids",
    "emergency_reason",
    "emergency_user_id",
    "is_price_change",
    "job_amount",
    "name",
    "price_change_reason",
    "revision",
    "source",
    "state",
    "tier_ids",
}


class MaintenanceRequisition(models.Model):
    """What maintenance asks the buyers for: held procurements that wait for approval.

    The state is never written. It follows from what happened: submitted, decided by each tier
    of the submission, put on purchase lines, received. How lines come from procurements and go
    back into them stands in ``maintenance_requisition_supply``.
    """

    _name = "maintenance.requisition"
    _inherit = ["maintenance.tracking.mixin", "mail.activity.mixin", "maintenance.guard.mixin"]
    _description = "Requisition"
    _order = "priority desc, date_required, id desc"
    _check_company_auto = True
    # approvers read and may ask back; they do not write
    _mail_post_access = "read"

    name = fields.Char("Requisition", readonly=True, copy=False, index="trigram", default="New")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    requester_id = fields.Many2one(
        "res.users", "Requested by", required=True, index=True, copy=False,
        default=lambda self: self.env.user,
    )  # fmt: skip
    source = fields.Selection(
        [("manual", "By hand"), ("work_order", "Work order"), ("orderpoint", "Reorder point"), ("other", "Other need")],
        default="manual", required=True, readonly=True, copy=False,
    )  # fmt: skip
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], default="0", index=True
    )
    date_required = fields.Date("Needed by")
    reason = fields.Text(help="Why it is needed; the approvers read it.")
    line_ids = fields.One2many("maintenance.requisition.line", "requisition_id", "Lines", copy=True)
    decision_ids = fields.One2many(
        "maintenance.approval.decision", "requisition_id", "Decisions", readonly=True, copy=False
    )

    date_submitted = fields.Datetime("Submitted on", readonly=True, copy=False)
    date_cancelled = fields.Datetime("Cancelled on", readonly=True, copy=False)
    revision = fields.Integer(
        "Submission", readonly=True, copy=False, help="Decisions count for their submission only."
    )
    tier_ids = fields.Many2many(
        "maintenance.approval.tier", string="Tiers that must approve", readonly=True, copy=False,
        help="Fixed at submission: a later change of the tiers does not reroute what waits.",
    )  # fmt: skip
    current_tier_id = fields.Many2one(
        "maintenance.approval.tier", "Waits for", compute="_compute_current_tier_id", store=True, index=True
    )
    state = fields.Selection(
        REQUISITION_STATES, compute="_compute_state", store=True, index=True, tracking=True, copy=False
    )
    amount_total = fields.Monetary(
        "Total", compute="_compute_amount_total", store=True, compute_sudo=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="In the company's currency, taxes excluded.",
    )  # fmt: skip
    job_amount = fields.Monetary(
        "Asked for the job", readonly=True, copy=False,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="At submission: all that was asked for the work orders of this requisition and, for stock, of the "
        "same vendors and products in the last days. It decides the tiers.",
    )  # fmt: skip
    maintenance_request_ids = fields.Many2many(
        "maintenance.request", compute="_compute_documents", string="Work orders"
    )
    equipment_ids = fields.Many2many(
        "maintenance.equipment", compute="_compute_documents", string="Assets"
    )
    purchase_order_ids = fields.Many2many(
        "purchase.order", compute="_compute_purchase_orders", string="Purchase orders", compute_sudo=True
    )
    purchase_order_count = fields.Integer(compute="_compute_purchase_orders", compute_sudo=True)
    work_order_count = fields.Integer(compute="_compute_documents")
    has_unpriced_line = fields.Boolean(compute="_compute_has_unpriced_line", compute_sudo=True)
    # with sudo: of what somebody cannot read the answer is no, not an error
    user_can_decide = fields.Boolean(
        compute="_compute_user_can_decide", search="_search_user_can_decide", compute_sudo=True
    )
    user_can_withdraw = fields.Boolean(compute="_compute_user_can_withdraw")

    # -- Computes -----------------------------------------------------------------------------

    # Not with the state, which lines and stock moves change: what hangs on a move's state and leads to other records makes
    # Odoo look twice for all that hangs on it, at each move of anybody (`Registry.is_modifying_relations`).
    @api.depends(
        "date_submitted",
        "date_cancelled",
        "revision",
        "tier_ids",
        "decision_ids.decision",
        "decision_ids.revision",
        "decision_ids.tier_id",
        "decision_ids.taken_back_id",
    )
    def _compute_current_tier_id(self):
        for requisition in self:
            is_asked = requisition.date_submitted and not requisition.date_cancelled and not requisition._is_refused()
            # a tier archived meanwhile must approve all the same
            tiers = requisition.with_context(active_test=False).tier_ids.sorted()
            waiting = tiers - requisition._get_current_decisions().tier_id
            requisition.current_tier_id = waiting[:1] if is_asked else False

    @api.depends(
        "date_submitted",
        "date_cancelled",
        "current_tier_id",
        "approved_revision",
        "date_emergency",
        "line_ids.is_cancelled",
        "line_ids.product_qty",
        "line_ids.qty_ordered",
        "line_ids.qty_received",
        "line_ids.part_move_ids.state",
    )
    def _compute_state(self):
        for requisition in self:
            if requisition.date_cancelled:
                requisition.state = "cancelled"
            elif not requisition.date_submitted:
                requisition.state = "draft"
            elif requisition._is_refused():
                # a refused price leaves the approval before it, a refused emergency what is ordered
                stands = requisition.approved_revision or (requisition.date_emergency and requisition._is_on_order())
                requisition.state = requisition._get_supply_state() if stands else "rejected"
            elif requisition.current_tier_id:
                requisition.state = "to_approve"
            else:
                requisition.state = requisition._get_supply_state()

    def _get_current_decisions(self):
        """Decisions on the present submission that stand; those on earlier ones no longer count."""
        self.ensure_one()
        return self.decision_ids.filtered(lambda decision: decision.revision == self.revision)._get_standing()

    def _is_refused(self):
        return "rejected" in self._get_current_decisions().mapped("decision")

    def _get_supply_state(self):
        """From approval on, the purchase lines decide."""
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        if not lines:
            return "cancelled" if self.line_ids else "approved"
        if all(line._is_received() for line in lines):
            return "done"
        return "ordered" if all(line._is_ordered() for line in lines) else "approved"

    @api.depends("line_ids.price_subtotal", "line_ids.is_cancelled")
    def _compute_amount_total(self):
        for requisition in self:
            lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled)
            requisition.amount_total = sum(lines.mapped("price_subtotal"))

    @api.depends("line_ids.maintenance_request_id", "line_ids.equipment_id")
    def _compute_documents(self):
        for requisition in self:
            requests = requisition.line_ids.maintenance_request_id
            fill(requisition, "maintenance_request_ids", requests)
            fill(requisition, "equipment_ids", requisition.line_ids.equipment_id)
            requisition.work_order_count = len(requests)

    @api.depends("line_ids.purchase_line_ids.order_id")
    def _compute_purchase_orders(self):
        for requisition in self:
            orders = requisition.line_ids.purchase_line_ids.order_id
            fill(requisition, "purchase_order_ids", orders)
            requisition.purchase_order_count = len(orders)

    @api.depends("line_ids.price_unit", "line_ids.is_cancelled")
    def _compute_has_unpriced_line(self):
        for requisition in self:
            requisition.has_unpriced_line = bool(requisition._get_unpriced_lines())

    @api.depends_context("uid")
    @api.depends("state", "current_tier_id", "author_ids", "company_id.maintenance_allow_own_decisions")
    def _compute_user_can_decide(self):
        deciders = self.filtered(lambda requisition: requisition.state == "to_approve")._get_deciders()
        for requisition in self:
            requisition.user_can_decide = self.env.user in deciders.get(requisition, ())

    @api.depends("requester_id")
    @api.depends_context("uid")
    def _compute_user_can_withdraw(self):
        """Whether the buttons to change or cancel it would be accepted; `_require_own_or_buyer` is the rule."""
        trusted = self._user_is_buyer_or_planner()
        for requisition in self:
            requisition.user_can_withdraw = trusted or requisition.requester_id == self.env.user

    def _search_user_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("state", "=", "to_approve") & self._get_decider_domain()
        return domain if True in value else ~domain

    # -- CRUD --------------------------------------------------------------------------------

    def _fetch_query(self, query, fields):
        """Lines are read by one query, and to-dos; nothing is asked about each to-do, as `_mail_post_access` lets whoever
        reads a requisition read them.
        """
        rows = {"activity_ids", "line_ids"}.intersection(field.name for field in fields)
        fetched = super()._fetch_query(query, [field for field in fields if field.name not in rows])
        for name in rows:
            fetch_rows(fetched.sudo() if name == "activity_ids" else fetched, name)
        return fetched

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_protected(vals)
            company = vals.get("company_id") or self.env.company.id
            sequence = self.env["ir.sequence"]._maintenance_find("maintenance.requisition", company)
            vals["name"] = sequence and sequence.next_by_id()
        requisitions = super().create(vals_list)
        requisitions._check_requester()
        return requisitions

    @api.model
    def _get_guarded_fields(self):
        """What the system creates takes no defaults of whoever caused it."""
        return self._fields.keys() if self.env.su else PROTECTED_FIELDS

    def write(self, vals):
        self._check_protected(vals)
        if "requester_id" in vals and not self.env.su and any(asked.date_submitted for asked in self):
            raise UserError(self.env._("Who asked stays as it is once something is asked for."))
        if "company_id" in vals and any(requisition.state != "draft" for requisition in self):
            raise UserError(self.env._("The company stays as it is once something is asked for."))
        result = super().write(vals)
        if "requester_id" in vals:
            self._check_requester()
        if "company_id" in vals:
            # rules look at what stood there before: nobody asks in a company of others
            self.check_access("write")
            # in another currency the price is another one
            self.line_ids._write_by_system({"price_author_id": self.line_ids._get_author_id()})
        return result

    def unlink(self):
        # sudo: others may wait for what is asked for here, on work orders that its owner cannot write on
        lines = self.sudo().line_ids
        lines.join_ids._end()
        waiting = lines.maintenance_request_id
        result = super().unlink()
        waiting.exists()._on_parts_changed()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_drafts(self):
        for requisition in self:
            if requisition.state not in ("draft", "cancelled") or requisition.decision_ids:
                raise UserError(
                    self.env._("%s was submitted and cannot be deleted; cancel it instead.", requisition.name)
                )
        self.line_ids._check_never_ordered()

    @api.model
    def _check_protected(self, vals):
        """:raises UserError: ``vals`` sets what only actions and decisions may set."""
        touched = PROTECTED_FIELDS & vals.keys()
        if touched and not (self.env.su and "state" not in touched):
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._(
                    "“%s” follows from submissions and decisions and cannot be set.",
                    field._description_string(self.env),
                )
            )

    def _check_requester(self):
        """Requesters do not decide on their own, so nobody may put another in their place.

        :raises UserError: somebody asks in another's name.
        """
        if self.env.su:
            return
        if any(requisition.requester_id != self.env.user for requisition in self):
            raise UserError(self.env._("You can ask in your own name only."))

    @api.model
    def _user_is_buyer_or_planner(self):
        user = self.env.user
        return (
            self.env.su
            or user.has_group("purchase.group_purchase_user")
            or user.has_group("maintenance.group_equipment_manager")
        )

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env)).get(self.state, "")
