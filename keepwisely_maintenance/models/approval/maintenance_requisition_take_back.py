from odoo import fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM

#: For so long whoever approved can take it back, and for so long it is offered: the click has a way to go.
TAKE_BACK_SECONDS, OFFERED_SECONDS = 60, 50

#: So many are named in a message; of the others it says how many they are.
NAMED = 5


class MaintenanceRequisitionTakeBack(models.Model):
    """A slip of the finger is taken back within a minute, by whoever approved.

    The approval stays on record; that it was taken back is a decision of its own, after which the tier is asked again.
    """

    _inherit = "maintenance.requisition"

    def action_take_back_approval(self):
        """Take back what the current user has approved in the last minute; their tiers are asked again.

        What cannot be taken back any more is named and stands.

        :raises UserError: nothing can be taken back.
        """
        self._lock_for_decision()
        # sudo: decisions of others count, and deciding gives no right to write; what may be taken back is checked
        standing = {asked: asked._explain_stands(self.env.user) for asked in self.sudo()}
        requisitions = self.sudo().filtered(lambda asked: not standing[asked])
        reasons = " ".join(filter(None, standing.values()))
        if not requisitions:
            raise UserError(reasons or self.env._("Say what to take back."))
        approvals = requisitions.decision_ids.browse().union(*(asked._get_last_decision() for asked in requisitions))
        taken_back = self.env["maintenance.approval.decision"].with_context(maintenance_taking_back=BY_SYSTEM).create(
            [approval._prepare_taken_back_vals() for approval in approvals]
        )
        requisitions.filtered(lambda asked: asked.approved_revision == asked.revision).approved_revision = 0
        requisitions._notify_tier()
        requisitions._note_decisions(taken_back.sudo())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if reasons else "info",
                "message": " ".join(
                    filter(None, [self.env._("Taken back, and waiting again: %s.", requisitions._list_names()), reasons])
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_last_decision(self):
        self.ensure_one()
        return self.decision_ids.filtered(lambda decision: decision.revision == self.revision).sorted("id")[-1:]

    def _count_taken_back(self):
        """How often the tier it waits for has approved this submission and taken that back."""
        self.ensure_one()
        return sum(
            decision.decision == "taken_back"
            and decision.revision == self.revision
            and decision.tier_id == self.current_tier_id
            for decision in self.decision_ids
        )

    def _explain_stands(self, user):
        """Why ``user`` cannot take back the last approval: a sentence, or False."""
        self.ensure_one()
        last = self._get_last_decision()
        names = {"requisition": self.name}
        if last.decision != "approved" or last.user_id != user or not last.tier_id:
            return self.env._("%(requisition)s was not approved by you last; only that is taken back.", **names)
        if (fields.Datetime.now() - last.create_date).total_seconds() > TAKE_BACK_SECONDS:
            return self.env._(
                "%(requisition)s was approved more than a minute ago; ask who wanted it, or a buyer, to set it back to draft.",
                **names,
            )
        orders = self.line_ids._get_live_purchase_lines().order_id
        if orders:
            return self.env._("%(requisition)s is on %(order)s already; change the order instead.", order=orders[0].name, **names)
        if self.state not in ("to_approve", "approved"):
            return self.env._(
                "%(requisition)s is in state “%(state)s”; its approval is not taken back.",
                state=self._get_state_label(),
                **names,
            )
        if last.is_price_change or last.refused_line_ids:
            return self.env._("More than %(requisition)s as it was asked for was decided on; that stands.", **names)
        return False

    def _offer_to_take_back(self):
        """What was approved, in a message with a button that takes it back."""
        waiting = self.filtered(lambda requisition: requisition.state == "to_approve")
        said = [self.env._("Approved: %s.", self._list_names())]
        for tier, requisitions in waiting.grouped("current_tier_id").items():
            said.append(
                self.env._("%(tier)s decides next on %(requisitions)s.", tier=tier.name, requisitions=requisitions._list_names())
            )
        return {
            "type": "ir.actions.client",
            "tag": "keepwisely_done_with_undo",
            "params": {
                "message": " ".join(said),
                "undo": {"model": self._name, "method": "action_take_back_approval", "ids": self.ids},
                "seconds": OFFERED_SECONDS,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _list_names(self):
        """“MR/00001, MR/00002 and 3 more”"""
        names = ", ".join(self[:NAMED].mapped("name"))
        more = len(self) - NAMED
        return self.env._("%(names)s and %(count)s more", names=names, count=more) if more > 0 else names


class MaintenanceApprovalDecisionTakeBack(models.Model):
    _inherit = "maintenance.approval.decision"

    taken_back_id = fields.Many2one(
        "maintenance.approval.decision", "Takes back", readonly=True, ondelete="restrict", index="btree_not_null",
        help="The approval that does not count any more.",
    )  # fmt: skip
    times_taken_back = fields.Integer(
        readonly=True, help="How often approvals of this tier on this submission were taken back before."
    )
    is_price_change = fields.Boolean(
        "On a change", readonly=True, help="Decided on a new price, vendor or job, after what was asked for was approved."
    )

    def _get_standing(self):
        """Those that count: not what was taken back, nor that it was."""
        return self.filtered(lambda decision: decision.decision != "taken_back") - self.taken_back_id

    def _prepare_taken_back_vals(self):
        self.ensure_one()
        return {
            "requisition_id": self.requisition_id.id,
            "tier_id": self.tier_id.id,
            "revision": self.revision,
            "user_id": self.user_id.id,
            "on_behalf_of_id": self.on_behalf_of_id.id,
            "is_own": self.is_own,
            "decision": "taken_back",
            "amount": self.amount,
            "taken_back_id": self.id,
            "times_taken_back": self.times_taken_back,
        }
