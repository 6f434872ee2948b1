from odoo import fields, models
from odoo.exceptions import UserError

from ...commands import read_commands
from ...words import format_items


class MaintenanceRequisitionDecideLines(models.Model):
    """One decision that approves some lines, refuses others, and lets some wait.

    What is decided on is the whole submission: its tiers stay, whatever is taken off. Refused lines are dropped. Lines that
    wait go on a requisition of their own, for which every tier of the submission is asked again.
    """

    _inherit = "maintenance.requisition"

    def action_decide_lines(self, refused_line_ids=(), held_line_ids=(), comment=None):
        """Approve a requisition without some of its lines, as the current user.

        :param list refused_line_ids: ids of lines that are dropped; then a reason is needed.
        :param list held_line_ids: ids of lines that go on waiting, on a requisition of their own.
        :param str comment: the reason; who asked reads it.
        :raises UserError: it does not wait for this user, or the lines cannot be decided on one by one.
        """
        self.ensure_one()
        decisions = self.env["maintenance.approval.decision"]
        # sudo: what follows is checked first, and approvers write nothing by hand
        lines = self.env["maintenance.requisition.line"].sudo()
        refused, held = lines.browse(refused_line_ids), lines.browse(held_line_ids)
        vals = {"requisition_id": self.id, "decision": "approved", "comment": comment}
        self._lock_for_decision()
        decisions._check_all_may_decide([vals], self._get_deciders())
        self._check_single_lines(refused, held, comment)
        if held:
            self.sudo()._hold(held, comment)
        return decisions.create([{**vals, "refused_line_ids": [fields.Command.set(refused.ids)]}]) and True

    def _check_single_lines(self, refused, held, comment):
        """:raises UserError: these lines cannot be taken out of the decision."""
        if not refused and not held:
            return
        open_lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        apart = refused | held
        if apart - open_lines or refused & held:
            message = self.env._("Decide once on each line of %s, and on no other.", self.name)
        elif not open_lines - apart:
            message = self.env._("Approve one line of %s at least; reject it when none is wanted.", self.name)
        elif not (comment or "").strip():
            message = self.env._("Say why not all of %s is approved; who asked reads it.", self.name)
        elif self.approved_revision:
            message = self.env._("What changed on %s after its approval is decided on as a whole.", self.name)
        elif apart._get_live_purchase_lines():
            message = self.env._("%s is on an order already; decide on it as a whole.", apart[0].name)
        else:
            return
        raise UserError(message)

    def _hold(self, lines, comment):
        """Let ``lines`` wait for the same tiers on a requisition of their own."""
        other = self.with_context(mail_create_nosubscribe=True).create(
            {
                "company_id": self.company_id.id,
                "requester_id": self.requester_id.id,
                "source": self.source,
                "priority": self.priority,
                "date_required": self.date_required,
                "reason": self.reason,
            }
        )
        other.message_subscribe(self.requester_id.partner_id.ids)
        lines._write_by_system({"requisition_id": other.id})
        # the tiers of the whole, so that taking it apart is no way past one
        other.write(
            {
                "date_submitted": fields.Datetime.now(),
                "revision": 1,
                "job_amount": self.job_amount,
                "tier_ids": [fields.Command.set(self.with_context(active_test=False).tier_ids.ids)],
            }
        )
        other._maintenance_tell_users(
            self.requester_id,
            lambda other: other.env._("Held back on %(requisition)s: %(comment)s", requisition=self.name, comment=comment),
        )
        other._notify_tier()


class MaintenanceRequisitionLineDecideLines(models.Model):
    _inherit = "maintenance.requisition.line"

    def _refuse(self, decision):
        """Drop these lines because ``decision`` did not approve them; what counts is what is left."""
        self._write_by_system({"is_cancelled": True, "refused_decision_id": decision.id})
        self.join_ids._end()
        left = self.requisition_id.line_ids
        left._note_counted(left._get_kind_amounts())

    def _tell_work_orders_refused(self):
        for (decision, request), lines in self.grouped(
            lambda line: (line.refused_decision_id, line.maintenance_request_id)
        ).items():
            if request:
                request = request._in_technician_language()
                request._tell_technician(
                    request.env._(
                        "%(items)s was refused on %(requisition)s: %(reason)s. Change the parts and ask again, or talk to "
                        "the planner.",
                        items=lines._describe_items(),
                        requisition=decision.requisition_id.name,
                        reason=decision.comment,
                    )
                )

    def _describe_items(self):
        """“2 × Seal, 1 × Bearing 6204”"""
        return ", ".join(format_items(self.env, line.product_qty, line.name) for line in self)


class MaintenanceApprovalDecisionLines(models.Model):
    _inherit = "maintenance.approval.decision"

    def _read_refused_lines(self, requisition, vals):
        """The lines that ``vals`` of a decision refuse.

        :raises UserError: they are not lines of ``requisition`` that can be refused by themselves.
        """
        # sudo: the lines are looked at to be checked; approvers may not read all of them
        lines = self.env["maintenance.requisition.line"].sudo()
        for code, ids, _vals in read_commands(self.env, vals["refused_line_ids"]) if vals.get("refused_line_ids") else ():
            if code in (fields.Command.SET, fields.Command.LINK):
                lines |= lines.browse(ids)
            elif code != fields.Command.CLEAR:
                raise UserError(self.env._("Name the lines of %s that are refused, and nothing else.", requisition.name))
        if lines and vals.get("decision") != "approved":
            raise UserError(self.env._("Reject all of %s, or approve it without the lines that are refused.", requisition.name))
        requisition._check_single_lines(lines, lines.browse(), vals.get("comment"))
        return lines
