from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...words import format_items, format_number

#: Work orders that the banner names for one product.
NAMED = 5


class StockPickingHeld(models.Model):
    """Goods that shall leave, back to the vendor or to a customer, while work orders have them reserved.

    The transfer says what it would take from whom, and takes it when the storekeeper says so. Scrapped goods need no such
    step: Odoo takes the reservation when they are gone.
    """

    _inherit = "stock.picking"

    maintenance_held_message = fields.Text(
        "Held for work orders", compute="_compute_maintenance_held_message",
        help="What work orders have of the goods that are missing here.",
    )  # fmt: skip

    @api.depends("state", "picking_type_id.code", "move_ids.state", "move_ids.quantity", "move_ids.product_uom_qty")
    @api.depends_context("lang")
    def _compute_maintenance_held_message(self):
        for picking in self:
            losses = picking._maintenance_get_lacking()._maintenance_get_losses_of_jobs()
            picking.maintenance_held_message = "\n".join(
                self.env._(
                    "%(product)s, %(held)s of the missing %(missing)s: reserved for %(jobs)s.",
                    product=move.product_id.display_name,
                    held=format_number(self.env, sum(quantity for _part, quantity in of_move)),
                    missing=format_number(self.env, move._get_missing_qty()),
                    jobs=self._maintenance_name_losers(of_move),
                )
                for move, of_move in losses.items()
            ) or False

    @api.model
    def _maintenance_name_losers(self, losses):
        """Work orders, each with what it would lose."""
        by_job = Counter()
        for part, quantity in losses:
            by_job[part.maintenance_request_id] += quantity
        names = [
            f"{request.reference or request.display_name} ({format_number(self.env, quantity)})"
            for request, quantity in by_job.items()
        ]
        return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")

    def _maintenance_get_lacking(self):
        """Moves of goods that leave and are not all there."""
        going = self.filtered(
            lambda picking: picking.picking_type_id.code == "outgoing" and picking.state in ("confirmed", "waiting", "assigned")
        )
        # sudo: whom the goods are reserved for is no secret to who moves them
        return going.sudo().move_ids.filtered(lambda move: move.state in ("confirmed", "waiting", "partially_available"))

    def action_maintenance_take_held(self):
        """Reserve for these goods that leave what work orders have of them, from the last in rank on.

        The work orders wait again: each is told once, by whoever works on it, and keeps a note of where its part went.

        :raises UserError: no work order has anything of them reserved any more, or the user moves no goods.
        """
        self.check_access("write")
        if not self.env.user.has_group("stock.group_stock_user"):
            raise UserError(self.env._("Only storekeepers take what is reserved for work orders."))
        for picking in self:
            lost = picking._maintenance_get_lacking()._maintenance_take_from_jobs()
            if not lost:
                raise UserError(self.env._("No work order has goods of %s reserved any more.", picking.name))
            picking._maintenance_tell_held_taken(lost)
        return True

    def _maintenance_tell_held_taken(self, lost):
        """A note on both sides, and a word to whoever waits now.

        :param lost: quantity that each part has lost, in its unit.
        """
        self.ensure_one()
        parts = self.env["stock.move"].sudo().union(*lost)
        for request, of_request in parts.grouped("maintenance_request_id").items():
            names = ", ".join(format_items(self.env, lost[part], part.product_id.display_name) for part in of_request)
            self.message_post(
                body=self.env._("Taken from %(work_order)s: %(parts)s.", work_order=request.display_name, parts=names),
                subtype_xmlid="mail.mt_note",
            )
            request.message_post(
                body=self.env._("%(parts)s given to %(transfer)s, which leaves the warehouse.", parts=names, transfer=self.name),
                subtype_xmlid="mail.mt_note",
            )
        parts.maintenance_request_id._on_parts_changed(parts.filtered(lambda part: part._get_missing_qty()))


class StockMoveHeld(models.Model):
    _inherit = "stock.move"

    def _maintenance_get_losses_of_jobs(self):
        """What work orders would lose for these moves.

        :returns: for each move that gets something, pairs of a part and a quantity in the unit of the move.
        """
        result, promised = {}, Counter()
        lines = self._maintenance_get_held_lines()
        for move in self:
            unit, missing, losses = move.product_uom, move._get_missing_qty(), []
            mine = lines.filtered(move._maintenance_can_take_line)
            for part in mine.move_id._maintenance_sorted_to_lose():
                has = sum(line.quantity_product_uom for line in mine if line.move_id == part) - promised[part]
                lost = min(missing, move.product_id.uom_id._compute_quantity(has, unit, round=False))
                if unit.compare(lost, 0) > 0:
                    missing -= lost
                    promised[part] += unit._compute_quantity(lost, move.product_id.uom_id, round=False)
                    losses.append((part, unit.round(lost)))
            if losses:
                result[move] = losses
        return result

    def _maintenance_get_held_lines(self):
        """What is reserved for work orders where these moves take from, and is not handed out."""
        if not self:
            return self.move_line_ids
        return self.env["stock.move.line"].search(
            Domain("move_id.maintenance_request_id", "!=", False)
            & Domain("move_id.state", "in", ("assigned", "partially_available"))
            & Domain("move_id.picked", "=", False)
            & Domain("product_id", "in", self.product_id.ids)
            & Domain("location_id", "child_of", self.location_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )

    def _maintenance_can_take_line(self, line):
        """Whether what is reserved by ``line`` would do: what goes back is what came, by its lot or serial number."""
        self.ensure_one()
        came = self.origin_returned_move_id.move_line_ids.lot_id
        return (
            (line.product_id, line.company_id) == (self.product_id, self.company_id)
            and line.location_id._child_of(self.location_id)
            and (not came or line.lot_id in came)
        )

    def _maintenance_take_from_jobs(self):
        """Reserve for these moves what work orders have.

        :returns: how much each part has lost, in its unit.
        """
        losses = self._maintenance_get_losses_of_jobs()
        parts = self.browse().union(*(part for of_move in losses.values() for part, _quantity in of_move))
        before = {part: part.quantity for part in parts}
        for move, of_move in losses.items():
            move._maintenance_take_from(self.browse([part.id for part, _quantity in of_move]))
        return {
            part: part.product_uom.round(quantity - part.quantity)
            for part, quantity in before.items()
            if part.product_uom.compare(part.quantity, quantity) < 0
        }
