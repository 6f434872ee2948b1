from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import COSTS_GROUP


class MaintenanceRequisitionPriceRise(models.Model):
    """Asking again when the vendor wants more than was approved, another one sells it, or another job gets it.

    The new price, vendor or job waits beside the approved one. Approved, it takes its place; refused,
    the earlier approval stays as it was and the order cannot be placed at the new price.
    """

    _inherit = "maintenance.requisition"

    approved_revision = fields.Integer(
        readonly=True, copy=False,
        help="The last submission that every tier approved. It holds until what is needed changes.",
    )  # fmt: skip
    # who says why a price changed names the price, more often than not
    price_change_reason = fields.Char("Why the price changed", readonly=True, copy=False, groups=COSTS_GROUP)
    is_price_change = fields.Boolean("New price", compute="_compute_is_price_change", store=True)

    @api.depends("line_ids.new_price_unit", "line_ids.new_partner_id", "line_ids.is_move_asked")
    def _compute_is_price_change(self):
        for requisition in self:
            requisition.is_price_change = bool(requisition.line_ids._get_changing())

    def _ask_for_new_prices(self, prices, reason):
        """Submit again with other prices.

        :param dict prices: new unit price in the company's currency by line.
        :param str reason: why; the approvers read it.
        :raises UserError: nothing was approved yet, no reason is given, or nobody can approve.
        """
        self._ask_for_changes({line: {"new_price_unit": price} for line, price in prices.items()}, reason)

    def _ask_for_changes(self, changes, reason):
        """Submit again with other prices, vendors or jobs.

        :param dict changes: what is asked for by line, in the fields that hold it until it is decided on.
        :param str reason: why; the approvers read it.
        :raises UserError: nothing was approved yet, no reason is given, or nobody can approve.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the price changed; the approvers read it."))
        for requisition in self:
            if not requisition.approved_revision or requisition.state not in ("approved", "ordered", "done"):
                raise UserError(
                    self.env._(
                        "%(requisition)s is in state “%(state)s”; a new price can be asked for once it is approved.",
                        requisition=requisition.name,
                        state=requisition._get_state_label(),
                    )
                )
        for line, vals in changes.items():
            line._write_by_system(vals)
        for requisition in self:
            requisition.write({"price_change_reason": reason})
            # technicians read the messages: prices and why they changed stand in the history
            requisition.message_post(body=requisition._describe_change(), subtype_xmlid="mail.mt_note")
            requisition.line_ids._get_changing()._log_price_asked(reason)
        self._submit()
        self._settle_approval()

    def _describe_change(self):
        lines = self.line_ids._get_changing()
        if lines.filtered("is_move_asked"):
            return self.env._("Another use of what was ordered was asked for.")
        if lines.filtered("new_partner_id"):
            return self.env._("Another vendor was asked for.")
        return self.env._("A new price was asked for.")

    def _settle_approval(self):
        """Take over what every tier approved; drop changes that were refused."""
        # all is read before anything is written, or every requisition would be read anew
        refused = self.filtered(lambda requisition: requisition._is_refused())
        approved = (self - refused).filtered(lambda requisition: requisition._is_fully_approved())
        lines = (refused | approved).line_ids._get_changing()
        for revision, requisitions in approved.grouped("revision").items():
            requisitions.approved_revision = revision
        for requisition in lines.requisition_id:
            requisition._tell_orders_about_price(requisition in refused)
        lines.filtered(lambda line: line.requisition_id in refused)._drop_change()
        lines.filtered(lambda line: line.requisition_id in approved)._take_over_change()

    def _is_fully_approved(self):
        decisions = self._get_current_decisions().filtered(lambda decision: decision.decision == "approved")
        # a tier archived meanwhile must approve all the same
        return bool(decisions) and not self.with_context(active_test=False).tier_ids - decisions.tier_id

    def _tell_orders_about_price(self, refused):
        """Tell the buyers of the orders that wait for the new price."""
        for order in self.line_ids._get_live_purchase_lines().order_id:
            order._maintenance_tell_users(
                order.user_id,
                lambda order: order.env._("What was asked for was refused on %s; what was approved before stands.", self.name)
                if refused
                else order.env._("What was asked for was approved on %s.", self.name),
            )
