from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import PLANNED_STATES
from ...words import format_number
from .stock_move_counter import RESERVED_STATES


class StockMoveLineCounter(models.Model):
    """The storekeeper's counter: what lies on which shelf for which job.

    Storekeepers hand out and take back without any right on the job; that these are parts of open work is checked, and
    nothing but these lines changes.
    """

    _inherit = "stock.move.line"

    maintenance_request_id = fields.Many2one(related="move_id.maintenance_request_id", string="Work order")
    maintenance_technician_id = fields.Many2one(related="move_id.maintenance_request_id.user_id", string="Technician")
    maintenance_date = fields.Datetime(related="move_id.date", string="Needed on")
    maintenance_handed_out_date = fields.Datetime(related="move_id.maintenance_handed_out_date")
    maintenance_counter_state = fields.Selection(
        [("to_hand_out", "To hand out"), ("handed_out", "Handed out"), ("entered", "Entered as used"), ("used", "Used")],
        "At the counter", compute="_compute_maintenance_counter_state",
    )  # fmt: skip

    @api.depends("move_id.maintenance_request_id", "move_id.maintenance_handed_out_date", "picked", "state")
    def _compute_maintenance_counter_state(self):
        for line in self:
            part = line.move_id.maintenance_request_id and line.move_id
            line.maintenance_counter_state = (
                False if not part
                else "used" if line.state == "done"
                else "handed_out" if part._maintenance_is_out()
                else "entered" if line.picked
                else "to_hand_out" if line.state in RESERVED_STATES
                else False
            )  # fmt: skip

    def action_maintenance_hand_out(self, quantity=None):
        """Give the parts on these lines to whoever does the work: they leave the shelf and are not used yet.

        :param float quantity: of one line, in its unit; all of it when omitted.
        :raises UserError: the user is no storekeeper, the work is not under way, or there is not that much to hand out.
        """
        self._maintenance_hand_out(quantity, "out")
        return True

    def action_maintenance_hand_out_used(self, quantity=None):
        """Hand out what is used at once; see ``action_maintenance_hand_out``."""
        self._maintenance_hand_out(quantity, "used")._consume_part()
        return True

    def action_maintenance_take_back(self, quantity=None):
        """Take back what was handed out: it is on the shelf again, reserved for its job; what was used is returned to stock.

        :param float quantity: of one line, in its unit; all of it when omitted.
        :raises UserError: the user is no storekeeper, the work is closed, or there is not that much to take back.
        """
        self._maintenance_require_counter(("completed", *PLANNED_STATES))
        # sudo: storekeepers have no rights on the job; that the lines are parts of open work was checked
        lines = self.sudo()
        used = lines.filtered(lambda line: line.state == "done")
        out = (lines - used).filtered(lambda line: line.move_id._maintenance_is_out())
        lines._maintenance_refuse_other(used | out, self.env._("%s is not handed out."))
        quantities = lines._maintenance_get_taken(quantity)
        for move, taken in lines._maintenance_group(quantities):
            move._maintenance_note_counter("back", {move: sum(taken.values())})
            if move.state == "done":
                for line, part in taken.items():
                    move._maintenance_return(line.product_uom_id._compute_quantity(part, move.product_uom), line.lot_id)
            else:
                move._maintenance_split_off_rest(taken)
                move._maintenance_unpick()
        return True

    # -- What may go over the counter -----------------------------------------------------------------

    def _maintenance_hand_out(self, quantity, kind):
        """:returns: the parts, each of which holds just what was handed out."""
        self._maintenance_require_counter(PLANNED_STATES)
        # sudo: as in taking back
        lines = self.sudo()
        there = lines.filtered(lambda line: line.state in RESERVED_STATES and not line.picked and line.quantity)
        lines._maintenance_refuse_other(there, self.env._("%s is not there to be handed out."))
        parts = self.env["stock.move"].sudo()
        quantities = {}
        for move, taken in lines._maintenance_group(lines._maintenance_get_taken(quantity)):
            move._maintenance_split_off_rest(taken)
            move.write({"picked": True, "maintenance_handed_out_date": fields.Datetime.now()})
            quantities[move] = move.quantity
            parts |= move
        parts._maintenance_note_counter(kind, quantities)
        return parts

    def _maintenance_require_counter(self, states):
        """:raises UserError: the user is no storekeeper, or a line is no part of work in these states."""
        if not self.env.user.has_group("stock.group_stock_user"):
            raise UserError(self.env._("Parts are handed out and taken back by storekeepers."))
        self.check_access("write")
        # sudo: storekeepers read no work orders
        lines = self.sudo()
        lines._maintenance_refuse_other(
            lines.filtered(lambda line: line.maintenance_request_id and not line.move_id.origin_returned_move_id),
            self.env._("%s is no part of a work order."),
        )
        for request in lines.maintenance_request_id:
            if request.state not in states:
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s”; no parts go over the counter for it.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )

    def _maintenance_refuse_other(self, good, sentence):
        bad = (self - good)[:1]
        if bad:
            raise UserError(sentence % bad.product_id.display_name)

    def _maintenance_get_taken(self, quantity):
        """How much of each line, in its unit.

        :raises UserError: ``quantity`` is not above zero, is more than there is, or is given for several lines.
        """
        if quantity is None:
            return {line: line.quantity for line in self}
        if len(self) != 1:
            raise UserError(self.env._("Enter the quantity of one line at a time."))
        line = self
        unit = line.product_uom_id
        quantity = unit.round(quantity)
        if unit.compare(quantity, 0) <= 0 or unit.compare(quantity, line.quantity) > 0:
            raise UserError(
                self.env._(
                    "Enter a quantity above zero and up to %(quantity)s for %(product)s.",
                    quantity=format_number(self.env, line.quantity),
                    product=line.product_id.display_name,
                )
            )
        return {line: quantity}

    def _maintenance_group(self, quantities):
        """Pairs of a part and how much of each of its lines."""
        return [(move, {line: quantities[line] for line in lines}) for move, lines in self.grouped("move_id").items()]
