from odoo import api, fields, models
from odoo.exceptions import UserError

from ...authors import is_change
from ...context import BY_SYSTEM
from ...words import format_items
from .stock_move_part_unit import NEED_FIELDS

#: Reserved for a job, wholly or in part.
RESERVED_STATES = ("assigned", "partially_available")


class StockMoveCounter(models.Model):
    """What the storekeeper has handed out for a job and nobody has used yet.

    It is a part that is picked: still in stock by Odoo's count, and kept by the engine from everybody else. It is used,
    and a cost, when somebody says so or the work is completed.
    """

    _inherit = "stock.move"

    maintenance_handed_out_date = fields.Datetime("Handed out on", readonly=True, copy=False)
    maintenance_handed_out_qty = fields.Float(
        "Handed out", compute="_compute_maintenance_handed_out_qty", search="_search_maintenance_handed_out_qty",
        digits="Product Unit", help="Has left the shelf and is not used yet.",
    )  # fmt: skip

    @api.depends("maintenance_handed_out_date", "picked", "state", "quantity")
    def _compute_maintenance_handed_out_qty(self):
        for move in self:
            move.maintenance_handed_out_qty = move.quantity if move._maintenance_is_out() else 0.0

    def _search_maintenance_handed_out_qty(self, operator, value):
        if (operator, value) != (">", 0):
            return NotImplemented
        return [("maintenance_handed_out_date", "!=", False), ("picked", "=", True), ("state", "in", RESERVED_STATES)]

    def _maintenance_is_out(self):
        self.ensure_one()
        return bool(self.maintenance_handed_out_date) and self.picked and self.state in RESERVED_STATES

    def _maintenance_check_not_out(self, vals=None):
        """
        :param dict vals: where given, refuse only what they change.
        :raises UserError: one of the parts is in somebody's hands.
        """
        out = self.filtered(
            lambda move: move._maintenance_is_out()
            and (vals is None or any(is_change(move, name, vals[name]) for name in NEED_FIELDS & vals.keys()))
        )[:1]
        if out:
            raise UserError(
                self.env._(
                    "%(part)s was handed out for %(work_order)s; take it back first, or add another line for more.",
                    part=out._describe_parts(),
                    work_order=out.maintenance_request_id.display_name,
                )
            )

    def action_maintenance_take_back(self):
        """Put back on the shelf what was handed out; it stays reserved (who works on the job; storekeepers by line)."""
        self._require_open_work_order()
        # sudo: technicians change parts without inventory rights
        parts = self.sudo()
        for part in parts:
            if not part._maintenance_is_out():
                raise UserError(self.env._("%s is not handed out.", part._describe_parts()))
        parts._maintenance_note_counter("back", {part: part.quantity for part in parts})
        parts._maintenance_unpick()
        return True

    def _maintenance_unpick(self):
        self.write({"maintenance_handed_out_date": False, "picked": False})

    def _maintenance_split_off_rest(self, taken):
        """Keep of this part just what is taken; the rest becomes a part of its own, with its shelves and lots.

        :param dict taken: how much of each line, in its unit.
        """
        self.ensure_one()
        unit = self.product_uom
        quantity = sum(line.product_uom_id._compute_quantity(part, unit, round=False) for line, part in taken.items())
        rest = unit._compute_quantity(self.product_uom_qty - quantity, self.product_id.uom_id, rounding_method="HALF-UP")
        if self.product_id.uom_id.compare(rest, 0) <= 0:
            # all that is needed; what was reserved beyond it is free again
            for line in self.move_line_ids if not self.picked else ():
                if line not in taken:
                    line.unlink()
                elif line.product_uom_id.compare(taken[line], line.quantity) < 0:
                    line.quantity = taken[line]
            return
        settling = self.with_context(maintenance_parts_settling=BY_SYSTEM)
        as_before = {"state": "confirmed", "maintenance_handed_out_date": self.maintenance_handed_out_date}
        other = self.create({**settling._split(rest)[0], **as_before})
        for line in settling.move_line_ids:
            left = line.quantity - taken.get(line, 0.0)
            if line not in taken:
                line.write({"move_id": other.id})
            elif line.product_uom_id.compare(left, 0) > 0:
                line.quantity = taken[line]
                line.copy({"move_id": other.id, "quantity": left, "picked": line.picked})
        (self | other)._recompute_state()

    def _split(self, qty, restrict_partner_id=False):
        """What is split off is needed as before: nothing that was asked for becomes too much by it."""
        splitting = self.with_context(maintenance_splitting_part=BY_SYSTEM) if self.maintenance_request_id else self
        return super(StockMoveCounter, splitting)._split(qty, restrict_partner_id=restrict_partner_id)

    def _maintenance_note_counter(self, kind, quantities):
        """Say on the work orders what went over the counter, without telling anybody: they stood before it.

        :param dict quantities: by part, in its unit.
        """
        for request, parts in self.grouped("maintenance_request_id").items():
            items = ", ".join(format_items(self.env, quantities[part], part.product_id.name) for part in parts)
            request.message_post(
                body={
                    "out": self.env._("Handed out, not used yet: %s.", items),
                    "used": self.env._("Handed out and used: %s.", items),
                    "back": self.env._("Taken back: %s.", items),
                }[kind],
                subtype_xmlid="mail.mt_note",
            )


class MaintenanceRequestCounter(models.Model):
    _inherit = "maintenance.request"

    def _unconfirm_parts(self):
        self.sudo().part_ids._maintenance_check_not_out()
        return super()._unconfirm_parts()

    def _cancel_supply(self):
        self.sudo().part_ids._maintenance_check_not_out()
        return super()._cancel_supply()
