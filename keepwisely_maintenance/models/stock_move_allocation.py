from collections import Counter
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

OPEN_STATES = ("confirmed", "partially_available")

#: What says who gets parts first; planners only.
RANK_FIELDS = {"allocation_rank", "allocation_user_id"}


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

    # Counts while the part waits: it says nothing about what is reserved, comes into force again when a
    # reservation is lost, and ends with the part, or when another product takes its place.
    allocation_rank = fields.Integer(
        "Put first", copy=False,
        help="Parts that a planner put first get what arrives before all others, the highest first; those "
        "below zero come after all others.",
    )  # fmt: skip
    allocation_user_id = fields.Many2one("res.users", "Put first by", copy=False, ondelete="set null")

    # -- CRUD -------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if any(RANK_FIELDS & vals.keys() for vals in vals_list):
            vals_list = [self._prepare_rank_vals(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if RANK_FIELDS & vals.keys():
            vals = self._prepare_rank_vals(vals)
        replaced = self.browse()
        if "product_id" in vals:
            replaced = self.sudo().filtered(
                lambda move: move.allocation_rank and move.product_id.id != vals["product_id"]
            )
        result = super().write(vals)
        if replaced:
            # sudo: the place was that of the other product, whoever replaces it
            replaced.write({"allocation_rank": 0})
        return result

    @api.model
    def _prepare_rank_vals(self, vals):
        """A place in the queue carries the name of who gave it.

        :raises UserError: the user is no planner.
        """
        if self.env.su and "allocation_user_id" in vals:
            return vals
        if not self.env["maintenance.request"]._user_is_planner():
            raise UserError(self.env._("Only planners say who gets parts first."))
        vals = {name: value for name, value in vals.items() if name != "allocation_user_id"}
        if "allocation_rank" in vals:
            vals["allocation_user_id"] = self.env.uid if vals["allocation_rank"] else False
        return vals

    @api.model
    def _check_part_vals(self, vals):
        """Who gets there has been found to be a planner, see `_prepare_rank_vals`."""
        return super()._check_part_vals({name: vals[name] for name in vals.keys() - RANK_FIELDS})

    def _prepare_move_split_vals(self, uom_qty):
        """What is left of a part keeps its place."""
        vals = super()._prepare_move_split_vals(uom_qty)
        if self.allocation_rank:
            vals["allocation_rank"] = self.allocation_rank
            vals["allocation_user_id"] = self.allocation_user_id.id
        return vals

    # -- What arrives -----------------------------------------------------------------------------------

    def _trigger_assign(self):
        """Serve waiting parts in their order, before native code serves everybody else."""
        arrived = self.filtered(lambda move: move.location_dest_id.usage == "internal")
        if arrived and not self.env["ir.config_parameter"].sudo().get_param("stock.picking_no_auto_reserve"):
            # sudo: whoever validates the receipt reserves for work orders they cannot see
            arrived.sudo()._reserve_for_parts()
        return super()._trigger_assign()

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
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
        self.env.add_to_compute(requests._fields["parts_state"], requests)

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
        parts = parts.with_context(maintenance_parts_settling=True)
        limited = {
            turn.move.product_id
            for turn in turns
            if turn.limit is not None and turn.limit < turn.move._get_missing_qty()
        }
        parts.filtered(lambda part: part.product_id not in limited)._action_assign()
        for turn in turns if limited else ():
            part = turn.move.with_context(maintenance_parts_settling=True)
            missing = part._get_missing_qty() if part.product_id in limited else 0.0
            quantity = missing if turn.limit is None else min(turn.limit, missing)
            if part.product_uom.compare(quantity, 0) > 0:
                part._action_assign(force_qty=quantity)
                part._recompute_state()
        parts._release_held_supply()
        parts.maintenance_request_id._on_parts_changed()

    @api.model
    def _get_waiting_parts(self, products, locations=None):
        """Open parts that lack something, of those taken from ``locations`` when given."""
        if not products or (locations is not None and not locations):
            return self.browse()
        domain = [
            ("maintenance_request_id", "!=", False),
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
        for move in self:
            chain = move | self.browse(move._rollup_move_origs())
            lines = chain.purchase_line_id.requisition_line_id
            for part in ((lines.part_move_ids | chain.supplied_part_id) & waiting).sorted("id"):
                unit = part.product_uom
                brought = move.product_uom._compute_quantity(move._get_brought_qty(), unit, round=False)
                bought = sum(
                    line.product_uom_id._compute_quantity(line.product_qty, unit, round=False)
                    for line in part.requisition_line_ids & lines
                )
                pegged[part] = pegged.get(part, 0.0) + min(brought, bought or brought)
        return pegged

    # -- Order ------------------------------------------------------------------------------------------
    # ``ranks``, by part, stands for ranks that are proposed and not stored; see `AllocationPlan`.

    def _get_rank(self, ranks=None):
        """Above zero: before all others. Below: after all others. Zero: the usual place."""
        self.ensure_one()
        return self.allocation_rank if ranks is None else ranks.get(self, self.allocation_rank)

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
            request = part.maintenance_request_id
            if request.priority != "3" and not (request._user_is_planner() and (reason or "").strip()):
                raise UserError(
                    self.env._(
                        "%s is no emergency; a planner can take parts for it and says why.", request.display_name
                    )
                )
        # sudo: one job's technician touches the parts of another's
        for part in self.sudo():
            part._take_part(reason)
        return True

    def _take_part(self, reason):
        self.ensure_one()
        holders = self._get_parts_to_take_from()
        missing = self._get_missing_qty()
        if not missing or not holders:
            raise UserError(
                self.env._("No less urgent work has %s reserved; ask for it instead.", self.product_id.display_name)
            )
        taker = self.with_context(maintenance_parts_settling=True)
        losers = self.browse()
        for holder in holders.with_context(maintenance_parts_settling=True):
            if not taker._get_missing_qty():
                break
            before = taker.quantity
            holder._do_unreserve()
            taker._action_assign()
            if taker.quantity > before:
                losers |= self.browse(holder.id)
                holder._action_assign()
            else:
                holder._action_assign()
        taken = self.product_uom.round(missing - self._get_missing_qty())
        self._hand_over_supply(losers)
        self._tell_taken(losers, taken, reason)
        losers.maintenance_request_id._on_parts_changed(losers.filtered(lambda move: move._get_missing_qty()))
        self.maintenance_request_id._on_parts_changed()

    def _get_parts_to_take_from(self):
        """Reserved parts of less urgent work, the least urgent and latest first."""
        self.ensure_one()
        mine = int(self.maintenance_request_id.priority or 0)
        return self.env["stock.move"].search(
            [
                ("maintenance_request_id", "not in", [False, self.maintenance_request_id.id]),
                ("product_id", "=", self.product_id.id),
                ("location_id", "=", self.location_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("assigned", "partially_available")),
                ("picked", "=", False),
            ]
        ).filtered(
            lambda move: int(move.maintenance_request_id.priority or 0) < mine
        ).sorted(
            key=lambda move: (
                int(move.maintenance_request_id.priority or 0),
                move.maintenance_request_id.state == "in_progress",
                -move.date.timestamp(),
                -move.id,
            )
        )

    def _hand_over_supply(self, losers):
        """What was asked for the taker and is not needed any more goes to who lost the part."""
        lines = self._get_own_lines()
        for loser in losers.filtered(lambda move: move._get_missing_qty()):
            if lines and self._get_excess_qty():
                lines._redirect(loser)

    def _tell_taken(self, losers, taken, reason):
        part, mine = f"{taken:g} × {self.product_id.name}", self.maintenance_request_id
        for theirs in losers.maintenance_request_id:
            notes = {
                mine: self.env._("%(part)s taken from %(other)s.", part=part, other=theirs.display_name),
                theirs: self.env._("%(part)s given to %(other)s.", part=part, other=mine.display_name),
            }
            for request, note in notes.items():
                request.message_post(body=f"{note} {reason or ''}".strip(), subtype_xmlid="mail.mt_note")
