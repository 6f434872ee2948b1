from odoo import fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM


class MaintenanceRequestPartsMoves(models.Model):
    """What becomes of the parts as their work order moves along its lifecycle, and back."""

    _inherit = "maintenance.request"

    def _confirm_parts(self):
        # sudo: approving confirms and reserves parts, which needs no inventory rights
        requests = self.sudo()
        requests.part_ids.filtered(lambda move: move.state == "draft")._confirm_part()
        requests._maintenance_ask_again()

    def _unconfirm_parts(self):
        moves = self.sudo().part_ids.filtered(lambda move: move.state not in ("draft", "done", "cancel"))
        self._maintenance_remember_what_was_asked()
        moves._maintenance_give_back()
        moves.write({"state": "draft"})
        self._cancel_open_requisition_lines()
        moves._offer_to_waiting_parts()

    def _check_parts_consumable(self):
        """Reserve what is in stock, as it would have been on a way of several steps.

        :raises UserError: a part is missing and was not dropped.
        """
        # sudo: completing work uses its parts, which needs no inventory rights
        requests = self.sudo().with_context(maintenance_parts_settling=BY_SYSTEM)
        if not requests._maintenance_get_parts_to_reserve():
            self._maintenance_check_no_part_missing()
            return
        # what is reserved stays so where nothing is missing only
        with self.env.cr.savepoint():
            requests._maintenance_reserve_on_the_way()
            self._maintenance_check_no_part_missing()

    def _maintenance_check_no_part_missing(self):
        for request in self:
            for line in request._get_missing_lines():
                raise UserError(
                    self.env._(
                        "%(line)s is missing on %(work_order)s; receive it, or untick that the job waits for it, "
                        "to complete.",
                        line=line.name,
                        work_order=request.display_name,
                    )
                )
            for move in request.sudo().part_ids:
                if move.state in ("done", "cancel") or move.picked:
                    continue
                if move.product_uom.compare(move.quantity, move.product_uom_qty) < 0:
                    raise UserError(
                        self.env._(
                            "%(part)s is missing on %(work_order)s; to complete, ask for it, drop it or lower its "
                            "quantity.",
                            part=move._describe_shortage(),
                            work_order=request.display_name,
                        )
                    )

    def _consume_parts(self):
        """Consume what is reserved or marked as used; what was marked as less is dropped."""
        # sudo: completing work consumes its parts, which needs no inventory rights
        moves = self.sudo().part_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        # what was reserved in full is used in full: nothing of it is left for others
        used_up = moves.filtered(lambda move: move.state == "assigned" and not move.picked)
        moves._consume_part(cancel_backorder=True)
        (moves - used_up)._offer_to_waiting_parts()
        # known before the new stage is written, so that one UPDATE takes both
        self.mapped("parts_state")

    def _cancel_supply(self):
        """Cancelled work gives back what it reserved and no longer asks for parts."""
        moves = self.sudo().part_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self._maintenance_remember_what_was_asked()
        moves.write({"maintenance_cancelled_with_job": True})
        moves._action_cancel()
        moves._cancel_resupply()
        self._cancel_open_requisition_lines()
        moves._offer_to_waiting_parts()

    def _cancel_open_requisition_lines(self):
        # sudo: cancelling work ends its requisitions whoever raised them, and what was asked for others and is shared
        requests = self.sudo()
        (requests.requisition_line_ids | requests.part_ids.maintenance_requisition_line_ids)._withdraw()

    # -- Cancelled by mistake, or not approved after all ------------------------------------------------

    def _maintenance_remember_what_was_asked(self):
        """Note what is asked for now and will not be any more, so that it is asked for anew where the work goes on."""
        # sudo: as above
        requests = self.sudo()
        asked = requests.part_ids.filtered(lambda move: move._get_missing_qty() > 0 and move._get_uncovered_qty() == 0)
        asked |= requests.part_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and any(move.maintenance_requisition_line_ids.mapped("is_open"))
        )
        asked.write({"maintenance_ask_again": True})
        requests.service_line_ids.filtered("is_open")._write_by_system({"is_asked_again": True})

    def _maintenance_restore_parts(self):
        """Work that was cancelled goes on: with the parts that were cancelled with it, and not those dropped before."""
        # sudo: reopening brings parts back, which needs no inventory rights
        requests = self.sudo()
        parts = requests.part_ids.filtered(lambda move: move.state == "cancel" and move.maintenance_cancelled_with_job)
        parts.write({"state": "draft", "maintenance_cancelled_with_job": False})
        requests.requisition_line_ids._forget_not_needed()

    def _maintenance_ask_again(self):
        """Ask anew for what was asked for when the work was stopped, as far as it is still missing."""
        parts = self.part_ids.filtered("maintenance_ask_again")
        services = self.service_line_ids.filtered("is_asked_again")
        if not parts and not services:
            return
        parts.write({"maintenance_ask_again": False})
        self.requisition_line_ids._forget_not_needed()
        short = parts.filtered(lambda move: move._get_uncovered_qty() > 0)
        short._check_part()
        short._procure_parts()
        services._ask_again()
        self.filtered(lambda request: request.state in ("approved", "assigned") and request._is_short())._move_quietly(
            "waiting_parts"
        )

    def _maintenance_reserve_on_the_way(self):
        """Confirm and reserve the parts of work that goes to its end in one move, without waking it up meanwhile."""
        self.filtered(lambda request: request.state == "cancelled")._maintenance_restore_parts()
        self.part_ids.filtered(lambda move: move.state == "draft")._confirm_part()
        self._maintenance_get_parts_to_reserve()._action_assign()

    def _maintenance_get_parts_to_reserve(self):
        return self.part_ids.filtered(
            lambda move: (move.state in ("draft", "confirmed", "partially_available") and not move.picked)
            or (move.state == "cancel" and move.maintenance_cancelled_with_job)
        )

    def _sync_part_schedule(self):
        """Urgency and date of the parts come from the work order."""
        moves = self.sudo().part_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        for request, parts in moves.grouped("maintenance_request_id").items():
            date = request.schedule_date or fields.Datetime.now()
            parts.filtered(lambda move, date=date: move.date != date).write({"date": date})


class MaintenanceEquipmentParts(models.Model):
    _inherit = "maintenance.equipment"

    def _maintenance_describe_what_hangs(self):
        sentences = super()._maintenance_describe_what_hangs()
        # sudo: what hangs on an asset is counted whole
        reserved = self._maintenance_get_open_work().part_ids.filtered(
            lambda move: move.state in ("assigned", "partially_available") and move.quantity
        )
        if reserved:
            names = self._maintenance_name_first(reserved.product_id)
            sentences.append(self.env._("Reserved parts: %s; they go back where the work is cancelled.", names))
        return sentences
