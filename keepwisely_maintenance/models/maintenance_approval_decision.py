from odoo import api, fields, models
from odoo.exceptions import UserError

DECISIONS = [("approved", "Approved"), ("rejected", "Rejected")]


class MaintenanceApprovalDecision(models.Model):
    """One decision of one tier on one submission of a requisition.

    Decisions can only be made: access rights grant nothing but creation, a record rule lets a
    user decide only for a tier they serve and never on their own requisition, and the database
    holds at most one decision per tier and submission. The requisition's state follows.
    """

    _name = "maintenance.approval.decision"
    _description = "Spend Approval Decision"
    _order = "id desc"
    _rec_name = "requisition_id"

    requisition_id = fields.Many2one(
        "maintenance.requisition", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="requisition_id.company_id", store=True, index=True)
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
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Amount decided on, in the company's currency, taxes excluded.",
    )
    comment = fields.Char(readonly=True)

    _one_per_tier = models.UniqueIndex(
        "(requisition_id, revision, COALESCE(tier_id, 0))",
        "This tier has already decided on the requisition.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Decide. Tier, amount and person are not the caller's to choose.

        :raises UserError: the requisition does not wait for a decision of this user.
        """
        requisitions = self.env["maintenance.requisition"].browse(
            {vals["requisition_id"] for vals in vals_list if vals.get("requisition_id")}
        )
        requisitions._lock_for_decision()
        prepared = []
        for vals in vals_list:
            requisition = requisitions.browse(vals.get("requisition_id"))
            self._check_may_decide(requisition, vals)
            prepared.append(
                {
                    "requisition_id": requisition.id,
                    "tier_id": requisition.sudo().current_tier_id.id,
                    "revision": requisition.sudo().revision,
                    "user_id": self.env.uid,
                    "decision": vals.get("decision"),
                    "amount": requisition.sudo().amount_total,
                    "comment": vals.get("comment"),
                }
            )
        decisions = super().create(prepared)
        decisions.requisition_id._follow_decisions(decisions)
        return decisions

    def write(self, vals):
        if self:
            raise UserError(self.env._("A decision stands; it can be neither changed nor deleted."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A decision stands; it can be neither changed nor deleted."))

    @api.model
    def _check_may_decide(self, requisition, vals):
        """:raises UserError: with the reason why this user cannot decide now."""
        # sudo: to explain a refusal, the requisition must be read
        asked = requisition.sudo()
        tier = asked.current_tier_id
        if asked.state != "to_approve":
            raise UserError(
                self.env._(
                    "%(requisition)s is %(state)s and waits for no decision.",
                    requisition=asked.name or self.env._("The requisition"),
                    state=asked._get_state_label().lower() if asked else "-",
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
        if asked.requester_id == self.env.user:
            raise UserError(
                self.env._(
                    "You asked for %(requisition)s yourself; somebody else of %(tier)s decides.",
                    requisition=asked.name,
                    tier=tier.name,
                )
            )
        if asked.emergency_user_id == self.env.user:
            raise UserError(
                self.env._(
                    "You let %(requisition)s be ordered yourself; somebody else of %(tier)s decides.",
                    requisition=asked.name,
                    tier=tier.name,
                )
            )
        if self.env.user not in tier._get_approvers():
            raise UserError(
                self.env._(
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
