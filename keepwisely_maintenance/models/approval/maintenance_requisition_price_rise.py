from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import COSTS_GROUP


class MaintenanceRequisitionPriceRise(models.Model):
    """Asking again when the vendor wants more than was approved.

    The new price waits beside the approved one. Approved, it takes its place; refused, the
    earlier approval stays as it was and the order cannot be placed at the new price.
    """

    _inherit = "maintenance.requisition"

    approved_revision = fields.Integer(
        readonly=True, copy=False,
        help="The last submission that every tier approved. It holds until what is needed changes.",
    )  # fmt: skip
    # who says why a price changed names the price, more often than not
    price_change_reason = fields.Char("Why the price changed", readonly=True, copy=False, groups=COSTS_GROUP)
    is_price_change = fields.Boolean("New price", compute="_compute_is_price_change", store=True)

    @api.depends("line_ids.new_price_unit")
    def _compute_is_price_change(self):
        for requisition in self:
            requisition.is_price_change = any(requisition.sudo().line_ids.mapped("new_price_unit"))

    def _ask_for_new_prices(self, prices, reason):
        """Submit again with other prices.

        :param dict prices: new unit price in the company's currency by line.
        :param str reason: why; the approvers read it.
        :raises UserError: nothing was approved yet, no reason is given, or nobody can approve.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the price changed; the approvers read it."))
        for requisition in self:
            if not requisition.approved_revision or requisition.state not in ("approved", "ordered", "done"):
                raise UserError(
                    self.env._(
                        "%(requisition)s is %(state)s; a new price can be asked for once it is approved.",
                        requisition=requisition.name,
                        state=requisition._get_state_label().lower(),
                    )
                )
        for line, price in prices.items():
            line._write_by_system({"new_price_unit": price})
        for requisition in self:
            requisition.write({"price_change_reason": reason})
            # technicians read the messages: prices and why they changed stand in the history
            requisition.message_post(body=self.env._("A new price was asked for."), subtype_xmlid="mail.mt_note")
            requisition.line_ids.filtered("new_price_unit")._log_price_asked(reason)
        self._submit()
        self._settle_approval()

    def _settle_approval(self):
        """Take over what every tier approved; drop new prices that were refused."""
        # all is read before anything is written, or every requisition would be read anew
        refused = self.filtered(lambda requisition: "rejected" in requisition._get_current_decisions().mapped("decision"))
        approved = (self - refused).filtered(lambda requisition: requisition._is_fully_approved())
        lines = (refused | approved).line_ids.filtered("new_price_unit")
        for revision, requisitions in approved.grouped("revision").items():
            requisitions.approved_revision = revision
        for line in lines:
            if line.requisition_id in refused:
                line._write_by_system({"new_price_unit": 0.0})
            else:
                line._write_by_system(
                    {
                        "price_unit": line.new_price_unit,
                        "price_author_id": line.new_price_author_id.id,
                        "is_price_manual": True,
                        "new_price_unit": 0.0,
                    }
                )
        (lines & approved.line_ids)._fix_limit()
        for requisition in lines.requisition_id:
            requisition._tell_orders_about_price(requisition in refused)

    def _is_fully_approved(self):
        decisions = self._get_current_decisions().filtered(lambda decision: decision.decision == "approved")
        # a tier archived meanwhile must approve all the same
        return bool(decisions) and not self.with_context(active_test=False).tier_ids - decisions.tier_id

    def _tell_orders_about_price(self, refused):
        """Tell the buyers of the orders that wait for the new price."""
        for order in self.line_ids._get_live_purchase_lines().order_id:
            order.message_post(
                body=self.env._("The new price was refused on %s; the approved one stands.", self.name)
                if refused
                else self.env._("The new price was approved on %s.", self.name),
                partner_ids=order.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
