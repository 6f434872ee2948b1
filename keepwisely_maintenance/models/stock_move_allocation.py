from odoo import api, fields, models
from odoo.exceptions import UserError

OPEN_STATES = ("confirmed", "partially_available")


class StockMoveAllocation(models.Model):
    """Who gets parts: what arrives goes first to the jobs that asked for it, then by urgency.

    A planner may put a job first, and an emergency may take what another job has reserved.
    """

    _inherit = "stock.move"

    allocation_rank = fields.Integer(
        "Put first", copy=False,
        help="Parts that a planner put first get what arrives before all others, the highest first.",
    )  # fmt: skip

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
        """Reserve what these moves bring for the parts that have a claim on it, in order."""
        waiting = self._get_waiting_parts(self.product_id, self.location_dest_id)
        if not waiting:
            return
        pegged = self._get_pegged_quantities(waiting)
        # a part that arrives where it is not usable yet changes what its job waits for
        waiting._recompute_parts_state()
        first = waiting.filtered(lambda part: part in pegged or part._has_claim())
        first._sorted_for_parts(pegged)._reserve_parts(pegged)

    def _reserve_parts(self, limits):
        """Reserve in the order given.

        :param dict limits: what was bought for a part, in its unit; parts not in it may take all they miss.
        """
        parts = self.with_context(maintenance_parts_settling=True)
        scarce = {
            product
            for product, moves in parts.grouped("product_id").items()
            if len(moves) > 1 and any(limits.get(move, 0.0) < move._get_missing_qty() for move in moves if move in limits)
        }
        if not scarce:
            parts._action_assign()
        for part in parts if scarce else ():
            limit = min(limits.get(part, part.product_uom_qty), part._get_missing_qty())
            if part.product_uom.compare(limit, 0) > 0:
                part._action_assign(force_qty=limit)
                part._recompute_state()
        self._release_held_supply()
        self.maintenance_request_id._on_parts_changed()

    @api.model
    def _get_waiting_parts(self, products, locations):
        """Open parts that lack something which is taken from ``locations``."""
        if not products or not locations:
            return self.browse()
        return self.env["stock.move"].search(
            [
                ("maintenance_request_id", "!=", False),
                ("state", "in", OPEN_STATES),
                ("product_id", "in", products.ids),
                ("location_id", "parent_of", locations.ids),
            ]
        )

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
                brought = move.product_uom._compute_quantity(move.quantity, unit, round=False)
                bought = sum(
                    line.product_uom_id._compute_quantity(line.product_qty, unit, round=False)
                    for line in part.requisition_line_ids & lines
                )
                pegged[part] = pegged.get(part, 0.0) + min(brought, bought or brought)
        return pegged

    # -- Order ------------------------------------------------------------------------------------------

    def _has_claim(self):
        """Whether the part comes before what other documents want."""
        self.ensure_one()
        return bool(self.allocation_rank) or self.maintenance_request_id.priority == "3"

    def _get_allocation_key(self, pegged=()):
        """Put first by a planner, bought for it, then urgency, date, id."""
        self.ensure_one()
        urgency = int(self.maintenance_request_id.priority or 0)
        return (-self.allocation_rank, self not in pegged, -urgency, self.date, self.id)

    def _sorted_for_parts(self, pegged=()):
        """The moves with the parts among them in the order in which they are served."""
        parts = self.filtered("maintenance_request_id").sudo()
        if len(parts) < 2:
            return self
        in_order = iter(parts.sorted(key=lambda part: part._get_allocation_key(pegged)).ids)
        part_ids = set(parts.ids)
        return self.browse([next(in_order) if move_id in part_ids else move_id for move_id in self.ids])

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
        self._hand_over_joins(losers)

    def _tell_taken(self, losers, taken, reason):
        part, mine = f"{taken:g} × {self.product_id.name}", self.maintenance_request_id
        for theirs in losers.maintenance_request_id:
            notes = {
                mine: self.env._("%(part)s taken from %(other)s.", part=part, other=theirs.display_name),
                theirs: self.env._("%(part)s given to %(other)s.", part=part, other=mine.display_name),
            }
            for request, note in notes.items():
                request.message_post(body=f"{note} {reason or ''}".strip(), subtype_xmlid="mail.mt_note")
