from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...const import UNATTENDED
from ...context import BY_SYSTEM, is_by_system
from .maintenance_requisition_counted_together import LIVE_STATES

#: A line that nothing else is asked for.
NO_CHANGE = {
    "new_price_unit": 0.0,
    "new_partner_id": False,
    "is_move_asked": False,
    "new_request_id": False,
    "new_part_id": False,
}


class MaintenanceRequisitionLineAsked(models.Model):
    """What is asked for after the approval: another price, vendor, job or stock. It waits beside what was approved."""

    _inherit = "maintenance.requisition.line"

    new_partner_id = fields.Many2one(
        "res.partner", "New vendor", readonly=True, copy=False, ondelete="restrict", index="btree_not_null",
        help="Asked for after the approval; decided on together with its reason.",
    )  # fmt: skip
    is_move_asked = fields.Boolean(
        "New use", readonly=True, copy=False, help="To be kept for stock or given to another job, once that is approved."
    )
    new_request_id = fields.Many2one(
        "maintenance.request", "New work order", readonly=True, copy=False, ondelete="set null", index="btree_not_null",
        help="Gets it once that is approved. Empty: stock.",
    )  # fmt: skip
    new_part_id = fields.Many2one("stock.move", readonly=True, copy=False, ondelete="set null", index="btree_not_null")

    def _get_changing(self):
        """Those of which something else is asked for."""
        return self.filtered(lambda line: line.new_price_unit or line.new_partner_id or line.is_move_asked)

    def _get_asked_vendor(self):
        return self.new_partner_id or self.partner_id

    def _drop_change(self):
        self._write_by_system(NO_CHANGE)

    def _take_over_change(self):
        """What was asked for was approved, at what it costs then."""
        for line in self:
            vals = {**NO_CHANGE, "amount_limit": line.price_subtotal, "amount_raised": 0.0}
            if line.new_price_unit:
                vals.update(
                    price_unit=line.new_price_unit, is_price_manual=True, price_author_id=line.new_price_author_id.id
                )
            if line.new_partner_id:
                vals.update(partner_id=line.new_partner_id.id, vendor_author_id=line.new_price_author_id.id)
            is_moving, request, part = line.is_move_asked, line.new_request_id, line.new_part_id
            line._write_by_system(vals)
            line._note_spent()
            if is_moving:
                line._take_over_move(request, part)

    def _take_over_move(self, request, part):
        # meanwhile the job may have taken another part
        fits = part.product_id == self.product_id and part.maintenance_request_id == request
        needed = part and fits and part._get_missing_qty() and request.state not in ("closed", "cancelled")
        if self.is_open and (needed or not request):
            self._move_by_decision(request, part)
        else:
            self._log_not_needed()

    def _log_not_needed(self):
        for line in self:
            line._log_change(self.env._("%s is not needed there any more; it stays as it was.", line.name))

    # -- Vendor ---------------------------------------------------------------------------------------

    def _is_other_vendor(self, order):
        """Whether ``order`` goes to another vendor than was approved; its contacts are the same one."""
        approved = self.partner_id.commercial_partner_id
        return bool(approved) and approved != order.partner_id.commercial_partner_id

    # -- Moving to another job, or to stock -------------------------------------------------------------

    def _move(self, request, part):
        """What the job or stock comes to by it and nobody decided on is asked for first."""
        if is_by_system(self.env, "maintenance_moving"):
            return super()._move(request, part)
        asked = self.browse()
        for line in self:
            line._check_undecided_change()
            line._write_by_system({"is_move_asked": True, "new_request_id": request.id, "new_part_id": part.id})
            uncovered = line._get_uncovered(line)
            line._write_by_system({"is_move_asked": False, "new_request_id": False, "new_part_id": False})
            if uncovered and line.requisition_id.approved_revision:
                line._ask_to_move(request, part)
                asked |= line
                continue
            if line._get_author_id():
                line._write_by_system({"item_author_id": line._get_author_id()})
            line._move_by_decision(request, part)
            if uncovered and line.requisition_id.state == "to_approve":
                line.requisition_id._submit()
        return asked._show_asked() if asked else True

    def _move_by_decision(self, request, part):
        """Carry out a move that is decided on, or that no tier wants to decide on."""
        # past `_move` above, which asks
        lines = self.with_context(maintenance_moving=BY_SYSTEM)
        lines._move(request, part)
        lines.filtered(lambda line: line.maintenance_request_id == request)._note_moved()

    def _note_moved(self):
        now = fields.Datetime.now()
        for line in self:
            line._write_by_system({"date_counted": now, "amount_counted": line.price_subtotal})

    def _check_undecided_change(self):
        """:raises UserError: something else is asked for already."""
        if self._get_changing():
            raise UserError(
                self.env._(
                    "%(line)s waits for a decision on %(requisition)s already; have that decided first.",
                    line=self.name,
                    requisition=self.requisition_id.name,
                )
            )

    def _ask_to_move(self, request, part):
        reason = (
            self.env._("%(line)s is to go to %(work_order)s.", line=self.name, work_order=request.display_name)
            if request
            else self.env._("%s is to be kept for stock.", self.name)
        )
        self.requisition_id._ask_for_changes(
            {self: {"is_move_asked": True, "new_request_id": request.id, "new_part_id": part.id}}, reason
        )

    def _show_asked(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "More than was decided on comes together there; %s waits for the decision, and moves with it.",
                    format_list(self.env, self.requisition_id.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _set_job(self, request, parts):
        """What moved by itself is asked for again where its job or stock comes to more than was decided on."""
        result = super()._set_job(request, parts)
        if not is_by_system(self.env, "maintenance_moving"):
            self._note_moved()
            self._get_uncovered(self).requisition_id._ask_again()
        return result

    def write(self, vals):
        fills = self._fills_vendor(vals) and not self._is_system_change()
        result = super().write(vals)
        if fills:
            # sudo: whoever chooses the vendor need not see all that is bought there
            lines = self.sudo()
            lines._write_by_system({"date_counted": fields.Datetime.now()})
            self._send_back_if_asked(self.browse(lines._get_uncovered(lines).ids).requisition_id)
        return result


class MaintenanceRequest(models.Model):
    _inherit = "maintenance.request"

    def unlink(self):
        """What is to go to this work stays as it was: without it, stock would be meant."""
        # sudo: whoever deletes the work need not see what is bought
        lines = self.env["maintenance.requisition.line"].sudo().search([("new_request_id", "in", self.ids)])
        lines._log_not_needed()
        lines._drop_change()
        return super().unlink()


class MaintenanceRequisitionAsked(models.Model):
    _inherit = "maintenance.requisition"

    def _ask_again(self):
        """Submit anew what came to more than was decided on and is not ordered; who decides is told of the rest."""
        for requisition in self:
            if any(line._is_confirmed() for line in requisition.line_ids):
                requisition._tell_deciders(
                    lambda env, name=requisition.name: env._(
                        "What was ordered on %s goes where more comes together than was decided on.", name
                    )
                )
            elif requisition.state in LIVE_STATES:
                # what was decided before was decided for something else
                requisition.approved_revision = 0
                # nobody is there who could be told why nobody can decide
                requisition.with_context(maintenance_unattended=UNATTENDED)._submit_held()
