from collections import Counter
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM, RuleMemory
from ...words import format_items

OPEN_STATES = ("confirmed", "partially_available")


class Turn(NamedTuple):
    """A move's turn to be served."""

    move: Any
    reason: str
    #: The most it may take, in its unit; None for all it misses.
    limit: float | None = None


class StockMoveAllocation(models.Model):
    """Who gets parts: what arrives goes first to the jobs that asked for it, then by urgency.

    A planner may put a job first, and an emergency may take what another job has reserved.
    """

    _inherit = "stock.move"

    can_take = fields.Boolean(
        "Can be taken", compute="_compute_can_take", help="The user may take the part from less urgent work that has it reserved."
    )

    @api.depends("state", "quantity", "picked", "product_uom_qty", "maintenance_request_id.priority")
    @api.depends_context("uid")
    def _compute_can_take(self):
        self.can_take = False
        lacking = self.filtered(lambda move: move._get_missing_qty() > 0)
        # sudo: who may read the part need not see its work order, nor who has what it lacks
        requests = lacking.sudo().maintenance_request_id.with_env(self.env)._filtered_access("write")
        wanting = lacking.sudo().filtered(lambda part: part.maintenance_request_id in requests)
        wanting = wanting.filtered(lambda part: part.with_env(self.env)._may_take_for())
        holders = wanting._get_holding_parts()
        for part in wanting:
            part.with_env(self.env).can_take = any(holder._may_lose_to(part) for holder in holders)

    # -- What arrives -----------------------------------------------------------------------------------

    def _trigger_assign(self):
        """Serve waiting parts in their order, before native code serves everybody else."""
        arrived = self.filtered(lambda move: move.location_dest_id.usage == "internal")
        if arrived and not self.env["ir.config_parameter"].sudo().get_param("stock.picking_no_auto_reserve"):
            # sudo: whoever validates the receipt reserves for work orders they cannot see
            arrived.sudo()._reserve_for_parts()
        return super()._trigger_assign()

    def _action_done(self, cancel_backorder=False):
        # rules do not change meanwhile; natively each move asks for them twice
        asking = self.with_context(maintenance_rules=RuleMemory())
        moves = super(StockMoveAllocation, asking)._action_done(cancel_backorder=cancel_backorder).with_env(self.env)
        if moves.purchase_line_id:
            sent_back = moves.filtered(lambda move: move.purchase_line_id and move._is_purchase_return())
            moves.purchase_line_id._tell_work_orders(sent_back.purchase_line_id)
        return moves

    def _action_cancel(self):
        """Goods that are not put away after all are missing again."""
        inside = self.filtered("move_orig_ids").sudo()
        lines = inside.browse(inside._rollup_move_origs()).purchase_line_id.requisition_line_id if inside else False
        result = super()._action_cancel()
        if lines:
            lines._get_open_parts()._recompute_parts_state()
        return result

    def _recompute_parts_state(self):
        requests = self.maintenance_request_id
        for name in ("parts_state", "parts_ready_date"):
            self.env.add_to_compute(requests._fields[name], requests)
        # and what follows from them
        requests.modified(["parts_state", "parts_ready_date"])

    def _reserve_for_parts(self):
        """Reserve what these moves bring for the parts that come before other documents, in turn."""
        waiting = self._get_waiting_parts(self.product_id, self.location_dest_id)
        if not waiting:
            return
        pegged = self._get_pegged_quantities(waiting)
        # a part that arrives where it is not usable yet changes what its job waits for
        waiting._recompute_parts_state()
        self._reserve_in_turn(waiting._get_first_turns(pegged))

    def _reserve_in_turn(self, turns):
        """Reserve in the order given."""
        parts = self.browse(dict.fromkeys(turn.move.id for turn in turns))
        parts = parts.with_context(maintenance_parts_settling=BY_SYSTEM)
        limited = {
            turn.move.product_id
            for turn in turns
            if turn.limit is not None and turn.limit < turn.move._get_missing_qty()
        }
        parts._prefetch_for_reservation()
        reserving = parts.with_context(quants_cache=parts._maintenance_read_quants())
        reserving.filtered(lambda part: part.product_id not in limited)._action_assign()
        for turn in turns if limited else ():
            part = reserving.browse(turn.move.id)
            missing = part._get_missing_qty() if part.product_id in limited else 0.0
            quantity = missing if turn.limit is None else min(turn.limit, missing)
            if part.product_uom.compare(quantity, 0) > 0:
                part._action_assign(force_qty=quantity)
                part._recompute_state()
        parts._release_held_supply()
        parts.maintenance_request_id._on_parts_changed()

    @api.model
    def _get_waiting_parts(self, products, locations=None):
        """Open parts that lack something, those of planned work too, of those taken from ``locations`` when given."""
        if not products or (locations is not None and not locations):
            return self.browse()
        domain = [
            "|",
            ("maintenance_request_id", "!=", False),
            ("schedule_asset_id", "!=", False),
            ("state", "in", OPEN_STATES),
            ("product_id", "in", products.ids),
        ]
        if locations is not None:
            domain.append(("location_id", "parent_of", locations.ids))
        return self.env["stock.move"].search(domain)

    def _get_pegged_quantities(self, waiting):
        """What these moves bring for parts of ``waiting`` that it was bought or transferred for.

        :returns: quantity in the unit of the part, by part.
        """
        pegged = {}
        # read once for all of them
        everything = self | self.browse(self._rollup_move_origs())
        everything.mapped("purchase_line_id.requisition_line_id.part_move_ids")
        waiting.mapped("maintenance_requisition_line_ids.product_uom_id")
        for move in self:
            chain = move | self.browse(move._rollup_move_origs())
            lines = chain.purchase_line_id.requisition_line_id
            for part in (lines.part_move_ids | chain.supplied_part_id) & waiting:
                unit = part.product_uom
                brought = move.product_uom._compute_quantity(move._get_brought_qty(), unit, round=False)
                bought = sum(
                    line.product_uom_id._compute_quantity(line.product_qty, unit, round=False)
                    for line in part.maintenance_requisition_line_ids & lines
                )
                pegged[part] = pegged.get(part, 0.0) + min(brought, bought or brought)
        return pegged

    # -- Order ------------------------------------------------------------------------------------------
    # ``ranks``, by part, stands for ranks that are proposed and not stored; see `AllocationPlan`.

    def _is_emergency(self):
        self.ensure_one()
        return self.maintenance_request_id.priority == "3"

    def _get_allocation_key(self, ranks=None):
        """Put first by a planner, then urgency, date, id."""
        self.ensure_one()
        urgency = int(self.maintenance_request_id.priority or 0)
        return (-self._get_rank(ranks), -urgency, self.date, self.id)

    def _get_first_turns(self, pegged, ranks=None):
        """Whose turn it is before native code serves everybody who is left, other documents included.

        Parts that a planner put first, then those it was bought for, then emergencies. Where other
        jobs wait as well, nobody gets more of it than was bought for them before those had their turn.

        :param dict pegged: what was bought for a part, in its unit.
        """
        waiting = Counter(part.product_id for part in self)
        parts = self.filtered(lambda part: part._get_rank(ranks) >= 0)
        parts = parts.sorted(key=lambda part: part._get_allocation_key(ranks))
        first = parts.filtered(lambda part: part._get_rank(ranks) > 0)
        usual = parts - first
        return [
            *(Turn(part, "first") for part in first),
            *(
                Turn(part, "bought", pegged[part] if waiting[part.product_id] > 1 else None)
                for part in usual
                if part in pegged
            ),
            *(Turn(part, "emergency") for part in usual if part._is_emergency()),
        ]

    def _sorted_for_parts(self, ranks=None):
        """The moves with the parts among them in the order in which they are served.

        Other documents keep their places; put first and emergencies come before them, put last after.
        """
        parts = self.filtered("maintenance_request_id").sudo()
        if not parts:
            return self
        parts = parts.sorted(key=lambda part: part._get_allocation_key(ranks))
        first = parts.filtered(
            lambda part: part._get_rank(ranks) > 0 or (not part._get_rank(ranks) and part._is_emergency())
        )
        last = parts.filtered(lambda part: part._get_rank(ranks) < 0)
        usual = (parts - first - last).ids
        places, moved = set(usual), {*first.ids, *last.ids}
        in_order = iter(usual)
        middle = [next(in_order) if move_id in places else move_id for move_id in self.ids if move_id not in moved]
        return self.browse([*first.ids, *middle, *last.ids])

    def action_who_gets_parts(self):
        """Show for which work orders what there is of the product will be reserved."""
        return self.product_id.action_who_gets_parts()

    def _offer_to_waiting_parts(self):
        """What these parts gave back goes to the parts that wait for it."""
        waiting = self._get_waiting_parts(self.product_id, self.location_id) - self
        if waiting:
            waiting.with_context(maintenance_parts_settling=False)._action_assign()

    # -- Taking ------------------------------------------------------------------------------------------

    def action_take_part(self, reason=None):
        """Take what the parts lack from what less urgent work has reserved.

        Technicians and planners may do so for emergencies; for other work planners may, with a
        reason. Who loses a part is told, and gets what had been asked for the taker.

        :param str reason: kept in the history of both work orders.
        :raises UserError: nothing can be taken, or the user may not.
        """
        self._require_open_work_order()
        for part in self:
            if not part._may_take_for(reason):
                raise UserError(
                    self.env._(
                        "%s is no emergency; a planner can take parts for it and says why.",
                        part.maintenance_request_id.display_name,
                    )
                )
        # sudo: one job's technician touches the parts of another's
        for part in self.sudo():
            part._take_part(reason)
        return True

    def action_open_take(self):
        """Show who would lose the part before it is taken."""
        take = self.env["maintenance.part.take"].create({"part_id": self.id})
        return take._get_records_action(name=self.env._("Take from another job"), target="new")

    def _may_take_for(self, reason=True):
        """Whether the user may take parts for this work: for an emergency, or as a planner who says why."""
        request = self.maintenance_request_id
        if not request or request.state in ("closed", "cancelled"):
            return False
        if request._user_is_planner() and (reason is True or (reason or "").strip()):
            return True
        return request.priority == "3" and (request._user_is_planner() or request._user_is_technician())

    def _take_part(self, reason):
        self.ensure_one()
        holders = self._get_parts_to_take_from()
        missing = self._get_missing_qty()
        if not missing or not holders:
            raise UserError(
                self.env._("No less urgent work has %s reserved; ask for it instead.", self.product_id.display_name)
            )
        losers = self._maintenance_take_from(holders)
        taken = self.product_uom.round(missing - self._get_missing_qty())
        self._hand_over_supply(losers)
        self._tell_taken(losers, taken, reason)
        losers.maintenance_request_id._on_parts_changed(losers.filtered(lambda move: move._get_missing_qty()))
        self.maintenance_request_id._on_parts_changed()

    def _maintenance_take_from(self, holders):
        """Reserve for this move what ``holders`` have, in turn, as far as it lacks something; they keep the rest.

        :returns: those who lost something.
        """
        self.ensure_one()
        taker = self.with_context(maintenance_parts_settling=BY_SYSTEM)
        losers, gainers = self.browse(), self.browse()
        for holder in holders.with_context(maintenance_parts_settling=BY_SYSTEM):
            if not taker._get_missing_qty():
                break
            had = holder.quantity
            holder._do_unreserve()
            taker._action_assign()
            holder._action_assign()
            # what lay free comes to both on the way
            if holder.quantity < had:
                losers |= self.browse(holder.id)
            elif holder.quantity > had:
                gainers |= self.browse(holder.id)
        gainers._release_held_supply()
        gainers.maintenance_request_id._on_parts_changed()
        return losers

    def _get_parts_to_take_from(self):
        """Reserved parts of less urgent work, see `_maintenance_sorted_to_lose`."""
        self.ensure_one()
        return self._get_holding_parts().filtered(lambda holder: holder._may_lose_to(self))._maintenance_sorted_to_lose()

    def _maintenance_sorted_to_lose(self):
        """The last in rank first, then the least urgent, the one that is not begun, the latest."""
        return self.sorted(
            key=lambda move: (
                move._get_rank(),
                int(move.maintenance_request_id.priority or 0),
                move.maintenance_request_id.state == "in_progress",
                -move.date.timestamp(),
                -move.id,
            )
        )

    def _get_holding_parts(self):
        """Parts of work orders that have something reserved of what these lack."""
        if not self:
            return self
        return self.env["stock.move"].search(
            [
                ("maintenance_request_id", "!=", False),
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.location_id.ids),
                ("state", "in", ("assigned", "partially_available")),
                ("picked", "=", False),
            ]
        )

    def _may_lose_to(self, part):
        """Whether the reservation of this one may be taken for ``part``."""
        mine, other = self.maintenance_request_id, part.maintenance_request_id
        return (
            mine != other
            and int(mine.priority or 0) < int(other.priority or 0)
            and (self.product_id, self.location_id, self.company_id)
            == (part.product_id, part.location_id, part.company_id)
        )

    def _get_losses(self):
        """What taking the part now would cost others: pairs of their part and a quantity in its unit."""
        self.ensure_one()
        product, missing = self.product_id, self._get_missing_qty()
        unit = product.uom_id
        free = self.env["stock.quant"]._get_available_quantity(product, self.location_id)
        left = self.product_uom._compute_quantity(missing, unit) - free
        losses = []
        for holder in self._get_parts_to_take_from():
            lost = min(left, holder.product_uom._compute_quantity(holder.quantity, unit))
            if unit.compare(lost, 0) <= 0:
                break
            left -= lost
            losses.append((holder, unit._compute_quantity(lost, holder.product_uom)))
        return losses

    def _hand_over_supply(self, losers):
        """What was asked for the taker and is not needed any more goes to who lost the part, as far as they miss it.

        Nobody buys the rest.
        """
        lines = self._get_own_lines()
        short = losers.filtered(lambda move: move._get_missing_qty())
        if lines and short and self._get_excess_qty():
            lines._redirect(short)
            for move in short:
                lines._reduce(move._get_excess_qty(), move.product_uom)
        self._hand_over_joins(losers)
        self._release_held_supply()

    def _tell_taken(self, losers, taken, reason):
        part, mine = format_items(self.env, taken, self.product_id.name), self.maintenance_request_id
        for theirs in losers.maintenance_request_id:
            notes = {
                mine: self.env._("%(part)s taken from %(other)s.", part=part, other=theirs.display_name),
                theirs: self.env._("%(part)s given to %(other)s.", part=part, other=mine.display_name),
            }
            for request, note in notes.items():
                request.message_post(body=f"{note} {reason or ''}".strip(), subtype_xmlid="mail.mt_note")
