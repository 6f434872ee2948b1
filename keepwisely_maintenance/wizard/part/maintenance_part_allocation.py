from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...words import format_day, format_items, format_number


class Orders(NamedTuple):
    """The rows of one queue: waiting parts, and an empty move for all other documents together."""

    shown: list
    now: list
    usual: list

    def is_moved(self, row):
        """Whether a row stands before or after another one that it would usually follow or precede."""
        if row not in self.usual:
            return False
        before, place = self.shown[: self.shown.index(row)], self.usual.index(row)
        return set(before) != set(self.usual[:place])


def get_ranks(shown, usual):
    """Ranks that turn the usual order into the one shown, by part.

    One run of rows that stands in its usual order needs none; what is before it is put first, what is after
    it last. It is the run for which the fewest rows leave their place, and rather up than down: who
    is put last stays behind all who come later. Other documents can be put nowhere, so they are in it.
    """
    place = {row: index for index, row in enumerate(usual)}
    places = [place[row] for row in shown]
    moved_up = [index > min(places[at:]) for at, index in enumerate(places)]
    moved_down = [index < max(places[: at + 1]) for at, index in enumerate(places)]
    runs, start = [], 0
    for end in range(1, len(shown) + 1):
        if end == len(shown) or places[end] < places[end - 1]:
            has_others = not all(shown[start:end])
            moved = sum(moved_up[:start]) + sum(moved_down[end:])
            runs.append((not has_others, moved, len(shown) - end, start, end))
            start = end
    *_cost, start, end = min(runs)
    return {
        row: start - at if at < start else min(end - 1 - at, 0) for at, row in enumerate(shown) if row
    }


class MaintenancePartAllocation(models.TransientModel):
    """Who gets what a transfer brings, or what there is of a product, before it is validated.

    Who opens it sees what the engine will do, as `AllocationPlan` plays it; planners put the rows in
    another order and say why. Rows of one product and warehouse are one queue.
    """

    _name = "maintenance.part.allocation"
    _description = "Who Gets These Parts"

    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True)
    product_id = fields.Many2one("product.product", "Part", readonly=True)
    line_ids = fields.One2many("maintenance.part.allocation.line", "allocation_id", "Who waits")
    reason = fields.Char(help="Kept in the history of the work orders whose place changes.")
    can_change = fields.Boolean(compute="_compute_can_change")
    is_single = fields.Boolean("All rows are about one part", compute="_compute_is_single")
    is_changed = fields.Boolean("Another order than now", compute="_compute_order")
    is_usual = fields.Boolean("The usual order", compute="_compute_order")
    summary = fields.Text("What there is", compute="_compute_order")
    notice = fields.Char(compute="_compute_notice")

    # -- Computes -----------------------------------------------------------------------------------

    @api.depends("picking_id", "product_id")
    def _compute_display_name(self):
        for allocation in self:
            source = allocation.picking_id or allocation.product_id
            allocation.display_name = self.env._("Who gets these parts: %s", source.display_name)

    @api.depends_context("uid")
    def _compute_can_change(self):
        self.can_change = self.env["maintenance.request"]._user_is_planner()

    @api.depends("line_ids.product_id")
    def _compute_is_single(self):
        for allocation in self:
            allocation.is_single = len(allocation.line_ids.product_id) < 2

    @api.depends("line_ids.sequence")
    def _compute_order(self):
        for allocation in self:
            plan = allocation._get_plan()
            orders = allocation._get_orders(plan)
            allocation.is_changed = any(rows.shown != rows.now for rows in orders.values())
            allocation.is_usual = all(rows.shown == rows.usual for rows in orders.values())
            allocation.summary = allocation._describe_supply(plan, plan.play(allocation._get_ranks(orders)))

    @api.depends("picking_id", "product_id")
    def _compute_notice(self):
        for allocation in self:
            allocation.notice = allocation._get_notice()

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        self._show_shares()

    # -- CRUD ---------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        allocations = super().create(vals_list)
        for allocation in allocations:
            queues = allocation._get_queues(allocation._get_plan())
            rows = [(*queue, move) for queue, moves in queues.items() for move in moves]
            allocation.line_ids.create(
                [
                    {
                        "allocation_id": allocation.id,
                        "sequence": sequence,
                        "product_id": product.id,
                        "warehouse_id": warehouse.id,
                        "part_id": move.id,
                    }
                    for sequence, (product, warehouse, move) in enumerate(rows, 1)
                ]
            )
        allocations._show_shares()
        return allocations

    def write(self, vals):
        result = super().write(vals)
        if "line_ids" in vals:
            self._show_shares()
        return result

    # -- Actions ------------------------------------------------------------------------------------

    def action_apply(self):
        """Let the engine follow the order shown, and say so on the work orders whose place changes.

        :raises UserError: the user is no planner, or gives no reason.
        """
        self.ensure_one()
        if not self.can_change:
            raise UserError(self.env._("Only planners say who gets parts first."))
        orders = self._get_orders(self._get_plan())
        ranks = self._get_ranks(orders)
        if ranks and not (self.reason or "").strip():
            raise UserError(self.env._("Say why the order changes; it is kept in the history of the work orders."))
        notes = self._get_notes(orders)
        for part, rank in ranks.items():
            if part.allocation_rank != rank:
                part.with_env(self.env).allocation_rank = rank
        requests = self.env["maintenance.request"].union(*notes)
        requests.check_access("write")
        requests._message_log_batch({request.id: Markup("<br/>").join(texts) for request, texts in notes.items()})
        return {"type": "ir.actions.act_window_close"}

    def action_usual_order(self):
        """Show the order that holds when nobody is put first or last."""
        self.ensure_one()
        orders = self._get_orders(self._get_plan())
        for line in self.line_ids:
            usual = orders[line._get_queue()].usual
            line.sequence = usual.index(line.part_id) if line.part_id in usual else len(usual)
        self._show_shares()
        return self._reopen()

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # -- What arrives -------------------------------------------------------------------------------

    def _get_plan(self):
        self.ensure_one()
        # who waits is shown to those who may see what they wait for
        for source in filter(None, (self.picking_id, self.product_id)):
            source.check_access("read")
        if self.picking_id:
            return self.picking_id.move_ids._get_allocation_plan()
        parts = self._get_waiting_parts()
        return self._get_next_moves(parts)._get_allocation_plan(parts)

    def _get_waiting_parts(self):
        """The parts of the product that wait in the companies the user works in."""
        # sudo: as in the plan
        waiting = self.env["stock.move"].sudo()._get_waiting_parts(self.product_id)
        # parts of work that has no work order yet wait like other documents
        return waiting.filtered(
            lambda part: part.maintenance_request_id and part.company_id in self.env.companies
        )

    def _get_next_moves(self, parts):
        """What comes next to each place that parts are taken from."""
        coming = parts.search(
            [
                ("product_id", "in", parts.product_id.ids),
                ("state", "in", ("confirmed", "waiting", "partially_available", "assigned")),
                ("picking_type_id.code", "in", ("incoming", "internal")),
                ("company_id", "in", parts.company_id.ids),
            ],
            order="date, id",
        )
        moves = parts.browse()
        for location in parts.location_id:
            here = coming.filtered(
                lambda move, location=location: move._get_shelf_location()._child_of(location)
                and not move.location_id._child_of(location)
            )
            moves |= here.filtered(lambda move, first=here[:1]: move.picking_id == first.picking_id)
        return moves

    def _show_shares(self):
        """Fill the columns of the rows as the engine would serve them in the order shown."""
        for allocation in self:
            plan = allocation._get_plan()
            orders = allocation._get_orders(plan)
            ranks = allocation._get_ranks(orders)
            shares = allocation._group_shares(plan.play(ranks))
            usual = allocation._group_shares(plan.play(dict.fromkeys(plan.parts, 0)))
            for line in allocation.line_ids:
                row = (*line._get_queue(), line.part_id)
                # to stay ahead of who was put first, a part needs a rank as well, and keeps its reason
                reasons = shares if orders[line._get_queue()].is_moved(line.part_id) else usual
                turn = reasons[row][0].turn if row in reasons else None
                line.update(line._prepare_share(plan, shares.get(row, []), turn, ranks))

    @api.model
    def _group_shares(self, shares):
        """Shares by product, warehouse and row; what is chained has no row."""
        groups = defaultdict(list)
        for share in shares:
            move = share.turn.move
            if share.turn.reason != "chained":
                row = move if move.maintenance_request_id else move.browse()
                groups[move.product_id, move.location_id.warehouse_id, row].append(share)
        return dict(groups)

    # -- Who waits, in which order ------------------------------------------------------------------

    def _get_queues(self, plan, ranks=None):
        """The rows as they are served, by product and warehouse."""
        queues = defaultdict(dict)
        for *queue, row in self._group_shares(plan.play(ranks)):
            queues[tuple(queue)].setdefault(row)
        # what is taken from a place that native code does not look at
        for part in plan.parts.sorted(key=lambda part: part._get_allocation_key(ranks)):
            queues[part.product_id, part.location_id.warehouse_id].setdefault(part)
        return {queue: list(rows) for queue, rows in queues.items()}

    def _get_orders(self, plan):
        """`Orders` by queue, of those who still wait of the rows shown."""
        shown = defaultdict(list)
        for line in self.line_ids.sorted("sequence"):
            # sudo: as in the plan
            shown[line._get_queue()].append(line.part_id.sudo())
        now = self._get_queues(plan)
        usual = self._get_queues(plan, dict.fromkeys(plan.parts, 0))
        return {
            queue: Orders(
                [move for move in rows if move in now.get(queue, ())],
                [move for move in now.get(queue, ()) if move in rows],
                [move for move in usual.get(queue, ()) if move in rows],
            )
            for queue, rows in shown.items()
        }

    @api.model
    def _get_ranks(self, orders):
        """What makes the engine follow the order shown; empty while that is the present one."""
        ranks = {}
        for rows in orders.values():
            if rows.shown != rows.now:
                ranks.update(get_ranks(rows.shown, rows.usual))
        return ranks

    # -- Words --------------------------------------------------------------------------------------

    def _get_notes(self, orders):
        """What to tell each work order of whom it overtakes or who overtakes it: texts by work order."""
        notes = defaultdict(list)
        for rows in orders.values():
            for place, part in enumerate(rows.shown):
                before, after = rows.now[: rows.now.index(part)], rows.shown[:place]
                overtaken_by = self._get_names(part, [move for move in after if move not in before])
                overtakes = self._get_names(part, [move for move in before if move not in after])
                if not part or not (overtaken_by or overtakes):
                    continue
                values = {
                    "part": format_items(self.env, part.product_uom.round(part._get_missing_qty()), part.product_id.name),
                    "user": self.env.user.name,
                    "others": overtaken_by or overtakes,
                    "reason": self.reason,
                }
                if overtaken_by:
                    text = self.env._("Put behind %(others)s for %(part)s by %(user)s: %(reason)s", **values)
                elif not after:
                    text = self.env._("Put first for %(part)s by %(user)s: %(reason)s", **values)
                else:
                    text = self.env._("Put before %(others)s for %(part)s by %(user)s: %(reason)s", **values)
                notes[part.maintenance_request_id].append(text)
        return notes

    def _get_names(self, part, moves):
        """The other work orders among those who wait."""
        names = [
            move.maintenance_request_id.reference if move else self.env._("other documents")
            for move in moves
            if move.maintenance_request_id != part.maintenance_request_id
        ]
        return ", ".join(dict.fromkeys(names))

    def _describe_supply(self, plan, shares):
        """“Belt: 5 arrive, 2 free on hand, 9 wanted, none left over”, one line per queue."""
        lines = []
        for product, warehouse in {line._get_queue(): None for line in self.line_ids}:
            unit = product.uom_id
            parts = plan.parts.filtered(
                lambda part, queue=(product, warehouse): (part.product_id, part.location_id.warehouse_id) == queue
            )
            arrives = sum(
                arrival.quantity
                for arrival in plan.arrivals
                if (arrival.product, arrival.location.warehouse_id) == (product, warehouse)
            )
            wanted = sum(part.product_uom._compute_quantity(part._get_missing_qty(), unit) for part in parts)
            top = parts.location_id.sorted(lambda location: len(location.parent_path))[:1]
            free = plan.free.get(product, top) if top else 0.0
            chained = [
                share
                for share in shares
                if share.turn.reason == "chained" and share.turn.move.product_id == product and share.quantity
            ]
            text = self.env._(
                "%(product)s: %(arrives)s arriving, %(free)s free on hand; work orders lack %(wanted)s.",
                product=product.display_name,
                arrives=format_number(self.env, unit.round(arrives)),
                free=format_number(self.env, unit.round(free)),
                wanted=format_number(self.env, unit.round(wanted)),
            )
            if chained:
                text += " " + self.env._(
                    "%s takes what was bought for it.",
                    format_list(self.env, {share.turn.move.reference: None for share in chained}),
                )
            lines.append(text)
        return "\n".join(lines)

    def _get_notice(self):
        """What somebody who reads the rows has to know first, or False."""
        self.ensure_one()
        # sudo: as in the plan
        if self.env["ir.config_parameter"].sudo().get_param("stock.picking_no_auto_reserve"):
            return self.env._("Arriving goods are not reserved by themselves here; this is the order once somebody does.")
        if not self.picking_id:
            pickings = self._get_next_moves(self._get_waiting_parts()).picking_id
            if not pickings:
                return self.env._("Nothing is on its way.")
            days = {picking: picking.company_id._get_plant_day(picking.scheduled_date) for picking in pickings}
            return self.env._(
                "Next to arrive: %s.",
                ", ".join(f"{picking.name} ({format_day(self.env, day)})" for picking, day in days.items()),
            )
        moves = self.picking_id.sudo().move_ids
        onward = {move._get_shelf_location() for move in moves if move._get_shelf_location() != move.location_dest_id}
        if onward:
            return self.env._(
                "These goods reach %s with a further transfer; this is who gets them then.",
                format_list(self.env, [location.display_name for location in onward]),
            )
        return False
