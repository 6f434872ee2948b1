from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ...words import in_language_of


class MaintenanceRequisitionEmergency(models.Model):
    """The emergency lane: ordered first, decided on after.

    A planner lets the buyers order at once for emergency work orders and says why. The decision
    is still due; until it is made the requisition stays on a list, and those who must decide are
    reminded every week. A refusal is recorded and reported; it does not undo the order.
    """

    _inherit = "maintenance.requisition"

    date_emergency = fields.Datetime("Ordered in emergency on", readonly=True, copy=False)
    emergency_user_id = fields.Many2one("res.users", "Ordered in emergency by", readonly=True, copy=False)
    emergency_reason = fields.Char("Why it could not wait", readonly=True, copy=False)
    date_emergency_reminder = fields.Datetime(readonly=True, copy=False)
    is_emergency_due = fields.Boolean(
        "Decision due after an emergency", compute="_compute_emergency", search="_search_is_emergency_due"
    )
    is_emergency_refused = fields.Boolean(
        "Refused after an emergency", compute="_compute_emergency", search="_search_is_emergency_refused"
    )

    @api.depends("date_emergency", "state", "decision_ids.decision", "revision")
    def _compute_emergency(self):
        for requisition in self:
            emergency = bool(requisition.date_emergency)
            requisition.is_emergency_due = emergency and requisition.state == "to_approve"
            requisition.is_emergency_refused = emergency and requisition._is_refused()

    def _search_is_emergency_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("date_emergency", "!=", False) & Domain("state", "=", "to_approve")
        return domain if True in value else ~domain

    def _search_is_emergency_refused(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain("date_emergency", "!=", False) & Domain("decision_ids.decision", "=", "rejected")
        return domain if True in value else ~domain

    # -- Actions ------------------------------------------------------------------------------

    def action_order_emergency(self, reason=None):
        """Order at once for emergency work orders; the decision is due afterwards (planners).

        :param str reason: why it cannot wait; recorded and read by the approvers.
        :raises UserError: not a planner, no reason, no emergency, or nothing that waits for a decision.
        """
        if not self.env.su and not self.env.user.has_group("maintenance.group_equipment_manager"):
            raise UserError(self.env._("Only planners let something be ordered before it is approved."))
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it cannot wait; the approvers read it."))
        self._lock_for_decision()
        for requisition in self:
            requisition._check_emergency()
        # sudo: planners cause orders without purchase rights; buyers confirm them
        requisitions = self.sudo()
        requisitions.write(
            {
                "date_emergency": fields.Datetime.now(),
                "emergency_user_id": self.env.uid,
                "emergency_reason": reason,
                "date_emergency_reminder": fields.Datetime.now(),
            }
        )
        lines = requisitions.line_ids.filtered(lambda line: line._get_held_qty(line.product_uom_id) > 0)
        requisitions._release(lines)
        for requisition in requisitions:
            requisition.message_post(
                body=self.env._("Ordered in emergency, before the decision: %s", reason), subtype_xmlid="mail.mt_note"
            )
            requisition._ask_buyers_to_hurry()
        return True

    def _check_emergency(self):
        """:raises UserError: it waits for no decision, or is not for emergency work alone."""
        if self.state != "to_approve" or self.approved_revision or self.date_emergency:
            raise UserError(
                self.env._(
                    "%(requisition)s is in state “%(state)s”; only what waits for its approval is ordered in emergency.",
                    requisition=self.name,
                    state=self._get_state_label(),
                )
            )
        lines = self.sudo().line_ids.filtered(lambda line: not line.is_cancelled)
        if any(line.maintenance_request_id.priority != "3" for line in lines):
            raise UserError(
                self.env._("%s is not for emergency work orders alone; it waits for its approval.", self.name)
            )
        for tier in self.tier_ids:
            if not tier._get_approvers(self.sudo()._get_excluded_approvers() | self.env.user):
                raise UserError(
                    self.env._("Nobody but who asked could decide for the tier %s; let another planner order it.", tier.name)
                )

    def _ask_buyers_to_hurry(self):
        for order in self.line_ids._get_live_purchase_lines().order_id:
            user = order.user_id or self._get_buyer()
            if user:
                order = in_language_of(order, user)
                order.activity_schedule(
                    "keepwisely_maintenance.mail_activity_emergency",
                    date_deadline=self.company_id._get_plant_day(),
                    user_id=user.id,
                    note=order.env._("Emergency: place this order at once. %s is decided on afterwards.", self.name),
                )

    # -- Following ------------------------------------------------------------------------------

    def _is_on_order(self):
        return bool(self.line_ids._get_live_purchase_lines())

    def _may_be_ordered(self, line, placing=True):
        """Whether an order for ``line`` may be placed now, or stay as it is."""
        if line.is_cancelled:
            return False
        if self.is_emergency_refused and not self.approved_revision:
            return not placing
        return self.is_emergency_due or self.state in ("approved", "ordered", "done")

    def _report_refused_emergency(self):
        """Tell who ordered and who buys that what is on its way was refused."""
        for requisition in self.filtered("is_emergency_refused"):
            orders = requisition.line_ids._get_live_purchase_lines().order_id
            people = requisition.emergency_user_id | orders.user_id
            requisition._maintenance_tell_users(
                people,
                lambda requisition, orders=orders: requisition.env._(
                    "Refused after it was ordered in emergency on %s: cancel what can still be cancelled.",
                    format_list(requisition.env, orders.mapped("name")) or "-",
                ),
            )

    @api.model
    def _cron_remind_emergencies(self):
        """Remind those who must decide, and who ordered, once a week until they do."""
        week_ago = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        is_due = Domain("is_emergency_due", "=", True) & Domain("date_emergency_reminder", "<=", week_ago)
        # decided on while the batches before were
        work = (self.search(is_due, order="id"), lambda batch: batch.filtered_domain(is_due)._remind_of_emergency())
        self.env["ir.cron"]._maintenance_work_through(work)

    def _remind_of_emergency(self):
        for requisition in self:
            approvers = requisition.current_tier_id._get_approvers(requisition._get_excluded_approvers())
            requisition._maintenance_tell_users(
                approvers | requisition.emergency_user_id,
                lambda requisition: requisition.env._(
                    "%(requisition)s was ordered in emergency by %(user)s and still waits for your decision.",
                    requisition=requisition.name,
                    user=requisition.emergency_user_id.name,
                ),
            )
            requisition.date_emergency_reminder = fields.Datetime.now()
