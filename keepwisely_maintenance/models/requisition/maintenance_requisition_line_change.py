from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...const import RFQ_STATES
from ...context import BY_SYSTEM, is_by_system
from ...words import format_number, in_language_of


class MaintenanceRequisitionLineChange(models.Model):
    """What becomes of a line when the job needs less, more or nothing after asking.

    What is only asked for is lowered or cancelled, a request for quotation is adjusted, and for
    what is ordered the buyer is asked to choose: keep it for stock, cancel it, or give it to
    another job.
    """

    _inherit = "maintenance.requisition.line"

    # -- Choices of the buyer ---------------------------------------------------------------------------

    def action_keep_for_stock(self):
        """What is on its way is no longer for a job (buyers and planners).

        What stock comes to by that and nobody decided on is decided on first.

        :raises UserError: the user neither buys nor plans, or nothing is open.
        """
        self._require_buyer_or_planner()
        # sudo: the links were made by the system, so the system takes them away
        return self.sudo()._require_open()._move(self.env["maintenance.request"], self.env["stock.move"])

    def action_redirect(self, part):
        """Give what is on its way to the part of another work order (buyers and planners).

        What that job comes to by that and nobody decided on is decided on first.

        :param part: a stock move, or its id, of an open work order that lacks the same product.
        :raises UserError: the part needs something else or lacks nothing.
        """
        self._require_buyer_or_planner()
        part = self.env["stock.move"].browse(part if isinstance(part, int) else part.ids).sudo()
        # sudo: as above; the check follows
        lines = self.sudo()._require_open()
        for line in lines:
            if part.product_id != line.product_id or part.company_id != line.company_id:
                raise UserError(
                    self.env._(
                        "%(line)s cannot be used for %(part)s; choose a job that needs the same product.",
                        line=line.name,
                        part=part.product_id.display_name or "-",
                    )
                )
            if not part.maintenance_request_id or not part._get_missing_qty():
                raise UserError(
                    self.env._(
                        "%s lacks no part; choose a job that does.", part.maintenance_request_id.display_name or "-"
                    )
                )
        return lines._move(part.maintenance_request_id, part)

    def _move(self, request, part):
        """Let the lines be for ``part`` of ``request``, or for stock where both are empty."""
        if request:
            self._redirect(part)
            return True
        for line in self:
            line._log_change(self.env._("%s is kept for stock.", line.name))
        self._set_job(request, part)
        return True

    def _require_buyer_or_planner(self):
        self.check_access("read")
        if not self.requisition_id._user_is_buyer_or_planner():
            raise UserError(self.env._("What is on order is kept or given to other jobs by buyers and planners."))

    def _require_open(self):
        for line in self:
            if not line.is_open:
                raise UserError(self.env._("Nothing of %s is open any more.", line.name))
        return self

    def _redirect(self, parts):
        """Let ``parts`` be supplied by these lines; a line that no other job needs becomes the first one's."""
        for line in self:
            others = line._get_open_parts() - parts
            needed = others.filtered(lambda move: move._get_missing_qty())
            line._log_change(
                self.env._(
                    "%(line)s goes to %(work_order)s.",
                    line=line.name,
                    work_order=format_list(self.env, parts.maintenance_request_id.mapped("display_name")),
                )
            )
            if needed:
                line.part_move_ids += parts
            else:
                line._set_job(parts[0].maintenance_request_id, parts)

    def _set_job(self, request, parts):
        self._write_by_system(
            {
                "maintenance_request_id": request.id,
                "equipment_id": request.equipment_id.id,
                "part_move_ids": [fields.Command.set(parts.ids)],
                "analytic_distribution": request.analytic_distribution,
            }
        )
        self.purchase_line_ids.write(
            {
                "maintenance_request_id": request.id,
                "equipment_id": request.equipment_id.id,
                "analytic_distribution": request.analytic_distribution,
            }
        )

    # -- Less ---------------------------------------------------------------------------------------------

    def _withdraw(self):
        """Ask for nothing more than other jobs that share the lines still lack; what their own jobs left becomes theirs."""
        for line in self.filtered("is_open"):
            lacking = line._get_open_parts().filtered(lambda move: move._get_missing_qty() > 0)
            if lacking and line.maintenance_request_id not in line._get_open_parts().maintenance_request_id:
                line._redirect(lacking)
            owners = line._get_own_parts()
            if not owners:
                line._reduce(line._get_open_qty(line.product_uom_id), line.product_uom_id)
            # of all that was asked for the job, what is held goes first
            for move in owners:
                move._get_own_lines()._reduce(move._get_excess_qty(), move.product_uom)

    def _settle_given_up(self):
        """Nobody shall buy again what an order gave up and the job does not need any more.

        Called when an order or a receipt is cancelled, lowered or deleted and when goods go back.
        """
        if is_by_system(self.env, "maintenance_supply_settling"):
            return
        for line in self.filtered(lambda line: line.is_open and line.maintenance_request_id):
            held = line._get_held_qty(line.product_uom_id)
            if not held:
                continue
            parts = line._get_open_parts()
            if line.maintenance_request_id.state in ("closed", "cancelled") or (line.part_move_ids and not parts):
                line._lower(line.product_qty - held)
            else:
                parts._release_held_supply()

    def _reduce(self, excess, uom):
        """Ask for ``excess`` (in ``uom``) less: what is held goes first, then what is on requests for quotation.

        Each time the line that was asked for last comes first. Buyers are told about what is on confirmed orders.
        """
        lines = self.sorted("id", reverse=True)
        cuts = dict.fromkeys(lines, 0.0)
        for measure in ("_get_held_qty", "_get_not_placed_qty", "_get_open_qty"):
            for line in lines:
                unit = line.product_uom_id
                left = unit.round(uom._compute_quantity(excess, unit, round=False))
                cut = min(left, getattr(line, measure)(unit) - cuts[line])
                if unit.compare(cut, 0) > 0:
                    cuts[line] += cut
                    excess -= unit._compute_quantity(cut, uom, round=False)
        to_tell = {}
        for line, cut in cuts.items():
            unit = line.product_uom_id
            if unit.compare(cut, 0) <= 0:
                continue
            wanted = line._get_wanted_qty()
            held = min(cut, line._get_held_qty(unit))
            lowered = held + line._reduce_rfqs(cut - held)
            if unit.compare(cut, lowered) > 0:
                to_tell[line] = cut - lowered
            if lowered:
                line._lower(wanted - lowered)
        self._cancel_emptied()
        for line, quantity in to_tell.items():
            line._tell_buyer(quantity)

    def _get_not_placed_qty(self, uom):
        """Asked for and not on an order that is placed, in ``uom``."""
        self.ensure_one()
        return self._get_rest(max(self._get_confirmed_qty(), self.qty_received), uom)

    def _reduce_rfqs(self, cut):
        """Lower what is on requests for quotation by ``cut``, the last one first.

        A vendor's minimum, whole packs and what others joined stand; a line that nothing is left of goes.

        :returns: by how much the need was lowered, in the unit of the line.
        """
        self.ensure_one()
        unit, lowered = self.product_uom_id, 0.0
        rfq_lines = self.purchase_line_ids.filtered(lambda purchase: purchase.order_id.state in RFQ_STATES)
        for purchase in rfq_lines.sorted("id", reverse=True):
            ordered = self._from_purchase_qty(purchase.product_qty, purchase)
            # what the vendor's minimum added serves nobody
            serves = min(ordered, max(self.product_qty - (self.qty_ordered - ordered), 0.0))
            here = min(cut - lowered, serves)
            if unit.compare(here, 0) <= 0:
                continue
            lowered += here
            self._lower_rfq_line(purchase, serves - here + self._get_joined_qty(unit))
        return lowered

    def _lower_rfq_line(self, purchase, needed):
        order, unit = purchase.order_id, purchase.product_uom_id
        name, before = self.name, purchase.product_qty
        if self.product_uom_id.compare(needed, 0) <= 0:
            quantity = 0.0
            purchase.with_context(maintenance_supply_settling=BY_SYSTEM).unlink()
            if not order.order_line.filtered(lambda line: not line.display_type):
                order.button_cancel()
        else:
            seller = self._get_release_supplier(self._get_product_to_buy())
            quantity = self._to_purchase_qty(needed, purchase)
            if seller.product_uom_id == unit and not self.is_by_amount:
                quantity = self._get_vendor_qty(needed, seller)
            quantity = min(quantity, before)
            if unit.compare(quantity, before):
                purchase.with_context(maintenance_supply_settling=BY_SYSTEM).product_qty = quantity
        if unit.compare(quantity, before):
            order.message_post(
                body=self.env._(
                    "%(product)s lowered from %(before)s to %(after)s %(unit)s: %(document)s needs less.",
                    product=name,
                    before=format_number(self.env, before),
                    after=format_number(self.env, quantity),
                    unit=unit.name,
                    document=self.maintenance_request_id.display_name or self.requisition_id.name,
                )
            )

    def _lower(self, left):
        """Ask for no more than ``left``; a line that nothing is left of is cancelled, or left to who joined it."""
        self.ensure_one()
        left = self.product_uom_id.round(left)
        if self.product_uom_id.compare(left, 0) <= 0:
            if self._leave_to_joined():
                return
            self._log_change(self.env._("%s is not needed any more.", self.name))
            self._write_by_system({"is_cancelled": True})
            return
        self._log_change(
            self.env._(
                "%(line)s lowered from %(before)s to %(after)s %(unit)s.",
                line=self.name,
                before=format_number(self.env, self.product_qty),
                after=format_number(self.env, left),
                unit=self.product_uom_id.name,
            )
        )
        self._write_by_system({"product_qty": left})

    def _cancel_emptied(self):
        emptied = self.requisition_id.filtered(
            lambda requisition: requisition.state in ("draft", "to_approve")
            and all(line.is_cancelled for line in requisition.line_ids)
        )
        emptied.write({"date_cancelled": fields.Datetime.now()})
        emptied._clear_activities()

    def _tell_buyer(self, quantity):
        """Ask the buyer of each confirmed order what shall become of what no job needs."""
        self.ensure_one()
        xmlid = "keepwisely_maintenance.mail_activity_not_needed"
        for order in self.purchase_line_ids.order_id.filtered(lambda order: order.state == "purchase"):
            user = order.user_id or self.requisition_id._get_buyer() or self.env.user
            note = in_language_of(self, user)._word_not_needed(quantity)
            if any(activity.note and note in activity.note for activity in order.activity_search([xmlid])):
                continue
            in_language_of(order, user).activity_schedule(xmlid, self.company_id._get_plant_day(), user_id=user.id, note=note)

    def _word_not_needed(self, quantity):
        return escape(
            self.env._(
                "No longer needed for %(document)s: %(quantity)s %(unit)s of %(product)s. Keep that for stock, cancel it on "
                "the order, or redirect it to another job (on %(requisition)s).",
                quantity=format_number(self.env, self.product_uom_id.round(quantity)),
                unit=self.product_uom_id.name,
                product=self.name,
                document=self.maintenance_request_id.display_name or self.requisition_id.name,
                requisition=self.requisition_id.name,
            )
        )

    def _forget_not_needed(self):
        """The jobs go on, so nobody has to choose any more what becomes of what they did not need."""
        xmlid = "keepwisely_maintenance.mail_activity_not_needed"
        activities = self.purchase_line_ids.order_id.activity_search([xmlid])
        documents = [escape(request.display_name) for request in self.maintenance_request_id]
        activities.filtered(lambda activity: any(document in (activity.note or "") for document in documents)).unlink()

    # -- More ---------------------------------------------------------------------------------------------

    def _extend(self, part):
        """Raise a line that nobody has decided on by what ``part`` lacks; its requisition is submitted again.

        :returns: whether there was such a line.
        """
        undecided = self.filtered(
            lambda line: line.state in ("draft", "to_approve")
            and line.product_id == part.product_id
            and line.requisition_id.source == "work_order"
            and not line.requisition_id._get_current_decisions()
            and line.part_move_ids == part
        )[:1]
        if not undecided:
            return False
        undecided._raise_by(part, part._get_uncovered_qty())
        undecided.requisition_id._clear_activities()
        undecided.requisition_id._submit()
        return True

    def _raise_by(self, part, quantity):
        """Ask for ``quantity`` more, in the unit of ``part``, which lacks it; who asked for the part raised the line."""
        self.ensure_one()
        unit = self.product_uom_id
        wanted = unit.round(self.product_qty + part.product_uom._compute_quantity(quantity, unit, round=False))
        self._log_change(
            self.env._(
                "%(line)s raised from %(before)s to %(after)s %(unit)s.",
                line=self.name,
                before=format_number(self.env, self.product_qty),
                after=format_number(self.env, wanted),
                unit=unit.name,
            )
        )
        self._write_by_system({"product_qty": wanted})
        self._add_raised_by(part.maintenance_author_id.id)

    # -- Taken back to draft ---------------------------------------------------------------------------------

    def _get_needed_by_stock(self):
        """What the reorder points of lines that are not open need now, in their unit, by line."""
        return {
            line: line.orderpoint_id._get_qty_to_order()
            for line in self.filtered(lambda line: line.orderpoint_id and not line.is_open)
        }

    def _measure_anew(self, needed_by_stock):
        """Ask for what is needed now: what procurements asked for, and nobody has decided on.

        :param needed_by_stock: of `_get_needed_by_stock`, before the lines were open again.
        """
        for line, needed in needed_by_stock.items():
            unit = line.orderpoint_id.product_uom
            line._reduce(max(line._get_open_qty(unit) - needed, 0.0), unit)
        for line in self.filtered(lambda line: line.is_open and line.product_id and line.requisition_id.source == "work_order"):
            parts = line.part_move_ids
            if not parts:
                # the job uses something else instead
                line._lower(0.0)
            for part in parts:
                excess = part._get_excess_qty()
                lacking = part._get_uncovered_qty()
                if excess:
                    line._reduce(excess, part.product_uom)
                elif lacking and parts == part:
                    line._raise_by(part, lacking)
        self._cancel_emptied()

    # -- Helpers ------------------------------------------------------------------------------------------

    @api.model
    def _is_system_change(self):
        """Whether the supply engine itself changes lines; what people change is asked for again."""
        return self.env.su and is_by_system(self.env, "maintenance_extending")

    def _write_by_system(self, vals):
        # sudo: lines follow what the job needs, whoever changed that
        return self.sudo().with_context(maintenance_extending=BY_SYSTEM).write(vals)

    def _log_change(self, body):
        # sudo: the note is the system's
        for requisition in self.sudo().requisition_id:
            requisition.message_post(body=body, subtype_xmlid="mail.mt_note")
