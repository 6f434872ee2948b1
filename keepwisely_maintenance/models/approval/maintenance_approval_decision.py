from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import COSTS_GROUP
from ...context import is_by_system

DECISIONS = [("approved", "Approved"), ("rejected", "Rejected"), ("taken_back", "Taken back")]


class MaintenanceApprovalDecision(models.Model):
    """One decision of one tier on one submission of a requisition.

    Decisions can only be made: access rights grant nothing but creation, a record rule lets a
    user decide only for a tier they serve and never on what they asked for or wrote, and the database
    holds at most one decision per tier and submission that stands: an approval that was taken back
    (``maintenance_requisition_take_back``) makes room for another. The requisition's state follows.

    A delegate decides in their own name for somebody who serves the tier ("A for B"); for whom is
    found by the system, and the record rule asks again whether the delegation holds.
    """

    _name = "maintenance.approval.decision"
    _description = "Spend Approval Decision"
    # what somebody may not write, they may not have written for them by a field of another record
    _allow_sudo_commands = False
    _order = "id desc"
    _rec_name = "requisition_id"

    requisition_id = fields.Many2one(
        "maintenance.requisition", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="requisition_id.company_id", store=True, index=True, precompute=True)
    currency_id = fields.Many2one(related="requisition_id.currency_id")
    revision = fields.Integer(
        required=True, readonly=True, help="The submission decided on; a change starts a new one."
    )
    tier_id = fields.Many2one(
        "maintenance.approval.tier",
        readonly=True,
        ondelete="restrict",
        help="Empty when no tier had to decide because the amount was below the lowest.",
    )
    user_id = fields.Many2one("res.users", "Decided by", required=True, readonly=True)
    on_behalf_of_id = fields.Many2one(
        "res.users", "On behalf of", readonly=True, ondelete="restrict",
        help="Who serves the tier and had delegated to the person who decided.",
    )  # fmt: skip
    is_delegated = fields.Boolean(
        compute="_compute_is_delegated", search="_search_is_delegated",
        help="A delegation allows this person to decide here and now for the other.",
    )  # fmt: skip
    is_own = fields.Boolean(
        "On their own", readonly=True,
        help="Who decided asked for it or wrote on it, as the settings of the company allow.",
    )  # fmt: skip
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True,
        groups=COSTS_GROUP,
        help="Amount decided on, in the company's currency, taxes excluded.",
    )
    comment = fields.Char(readonly=True)
    refused_line_ids = fields.One2many(
        "maintenance.requisition.line", "refused_decision_id", "Refused lines", readonly=True,
        help="What was refused while the rest was approved.",
    )  # fmt: skip
    amount_refused = fields.Monetary(
        "Amount refused",
        readonly=True, groups=COSTS_GROUP, help="Of the lines that were refused; they are not in the amount any more."
    )
    budget_message = fields.Text(
        "Budget", readonly=True, groups=COSTS_GROUP, help="What whoever decided was told about budgets."
    )

    _one_per_tier = models.UniqueIndex(
        "(requisition_id, revision, COALESCE(tier_id, 0), COALESCE(times_taken_back, 0)) WHERE taken_back_id IS NULL",
        "This tier has already decided on the requisition.",
    )
    _taken_back_once = models.UniqueIndex(
        "(taken_back_id) WHERE taken_back_id IS NOT NULL", "That approval was taken back already."
    )

    @api.depends_context("uid")
    @api.depends("user_id", "on_behalf_of_id", "tier_id")
    def _compute_is_delegated(self):
        held = self.filtered_domain(self._get_delegated_domain())
        for decision in self:
            decision.is_delegated = decision in held

    def _search_is_delegated(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._get_delegated_domain()
        return domain if True in value else ~domain

    @api.model
    def _get_delegated_domain(self):
        """Decisions that the current user may make now in place of others, and not on what those asked for."""
        delegations = self.env["maintenance.approval.delegation"]
        return Domain.OR(
            Domain("user_id", "=", delegation.delegate_id.id)
            & Domain("on_behalf_of_id", "=", delegation.user_id.id)
            & Domain("tier_id", "in", delegation._get_tiers().ids)
            & self.env["maintenance.requisition"]._get_foreign_domain(delegation.user_id, "requisition_id.")
            for delegation in delegations._get_running(Domain("delegate_id", "=", self.env.uid))
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Decide. Tier, amount and person are not the caller's to choose.

        :raises UserError: the requisition does not wait for a decision of this user.
        """
        if is_by_system(self.env, "maintenance_taking_back"):
            return super().create(vals_list)
        requisitions = self.env["maintenance.requisition"].browse(
            {vals["requisition_id"] for vals in vals_list if vals.get("requisition_id")}
        )
        asked = [vals["requisition_id"] for vals in vals_list if vals.get("requisition_id")]
        if len(requisitions) < len(asked):
            raise UserError(self.env._("Decide once on each requisition."))
        requisitions._lock_for_decision()
        deciders = requisitions._get_deciders()
        self._check_all_may_decide(vals_list, deciders)
        requisitions._forget_questions()
        # sudo: as the amount, whoever decides
        messages = {requisition.id: requisition.budget_message for requisition in requisitions.sudo()}
        prepared, refused = [], []
        for vals in vals_list:
            requisition = requisitions.browse(vals.get("requisition_id"))
            refused.append(self._read_refused_lines(requisition.sudo(), vals))
            amount_refused = sum(refused[-1].mapped("price_subtotal"))
            behalf = deciders[requisition].get(self.env.user, self.env["res.users"])
            prepared.append(
                {
                    "requisition_id": requisition.id,
                    "tier_id": requisition.sudo().current_tier_id.id,
                    "revision": requisition.sudo().revision,
                    "times_taken_back": requisition.sudo()._count_taken_back(),
                    "is_price_change": requisition.sudo().is_price_change,
                    "user_id": self.env.uid,
                    "on_behalf_of_id": behalf.id,
                    "is_own": bool((self.env.user | behalf) & requisition.sudo().with_context(active_test=False).author_ids),
                    "decision": vals.get("decision"),
                    "amount": requisition.sudo().amount_total - amount_refused,
                    "amount_refused": amount_refused,
                    "comment": vals.get("comment"),
                    "budget_message": messages[requisition.id],
                }
            )
        decisions = super().create(prepared)
        for requisition in requisitions.sudo():
            # the latest first, as they are read
            self.env.cache.set(requisition, requisition._fields["decision_ids"], requisition.decision_ids.sorted()._ids)
        for decision, lines in zip(decisions, refused, strict=True):
            if lines:
                lines._refuse(decision)
        decisions.requisition_id._follow_decisions(decisions)
        return decisions

    def write(self, vals):
        if self:
            raise UserError(self.env._("A decision stands; take the requisition back to draft to have it decided again."))
        return super().write(vals)

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A decision stands; take the requisition back to draft to have it decided again."))

    @api.model
    def _check_all_may_decide(self, vals_list, deciders):
        """:raises UserError: one sentence, also for many; then nothing is decided."""
        refused = []
        # these may be read by whoever is told why they cannot decide
        by_id = {asked.id: asked for asked in deciders}
        for vals in vals_list:
            asked = by_id.get(vals.get("requisition_id"), self.env["maintenance.requisition"])
            try:
                self._check_may_decide(asked, vals, deciders)
            except UserError as error:
                refused.append((asked.name, str(error)))
        if not refused:
            return
        if len(vals_list) == 1:
            raise UserError(refused[0][1])
        if len(refused) == 1:
            raise UserError(self.env._("Nothing was decided: %s", refused[0][1]))
        raise UserError(
            self.env._(
                "Nothing was decided: %(count)s of the %(total)s requisitions do not wait for you (%(names)s).",
                count=len(refused),
                total=len(vals_list),
                names=", ".join(name or "-" for name, _reason in refused),
            )
        )

    @api.model
    def _check_may_decide(self, asked, vals, deciders):
        """:raises UserError: with the reason why this user cannot decide now."""
        tier = asked.current_tier_id
        if not asked:
            raise UserError(self.env._("Say which requisition you decide on."))
        if vals.get("decision") == "taken_back":
            raise UserError(self.env._("Approve or reject %s.", asked.name))
        if asked.state != "to_approve":
            raise UserError(
                self.env._(
                    "%(requisition)s is in state “%(state)s” and waits for no decision.",
                    requisition=asked.name,
                    state=asked._get_state_label(),
                )
            )
        if vals.get("tier_id") and vals["tier_id"] != tier.id:
            raise UserError(
                self.env._(
                    "%(requisition)s waits for %(tier)s first.", requisition=asked.name, tier=tier.name
                )
            )
        if vals.get("user_id") and vals["user_id"] != self.env.uid:
            raise UserError(self.env._("You can decide in your own name only."))
        if self.env.su:
            return
        if self.env.user in deciders[asked]:
            return
        raise UserError(
            asked._explain_own(deciders[asked])
            or self.env._(
                "%(requisition)s waits for %(tier)s; you do not serve that tier.",
                requisition=asked.name,
                tier=tier.name,
            )
        )

    @api.model
    def _record_below_tiers(self, requisitions):
        """Record that no tier had to decide, in the name of the system."""
        lowest = {}
        vals_list = []
        for requisition in requisitions:
            company = requisition.company_id
            if company not in lowest:
                lowest[company] = self.env["maintenance.approval.tier"].search(
                    [("company_id", "=", company.id)], order="min_amount", limit=1
                )
            tier = lowest[company]
            vals_list.append(
                {
                    "requisition_id": requisition.id,
                    "revision": requisition.revision,
                    "user_id": self.env.ref("base.user_root").id,
                    "decision": "approved",
                    "amount": requisition.amount_total,
                    "comment": self.env._("Below the lowest tier: %s.", tier.description)
                    if tier
                    else self.env._("No approval tier is set up."),
                }
            )
        # past the checks on people above: nobody decides here, the amount does
        return super().create(vals_list)  # pylint: disable=super-method-mismatch
