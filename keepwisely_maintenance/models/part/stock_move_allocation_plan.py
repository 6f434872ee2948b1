from collections import Counter, defaultdict
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.fields import Domain

from .stock_move_allocation import OPEN_STATES, Turn


class Share(NamedTuple):
    """What a move gets when its turn comes, in its unit."""

    turn: Turn
    quantity: float


class Arrival(NamedTuple):
    """What a move will bring to where parts are taken from, in the unit of the product."""

    move: Any
    product: Any
    location: Any
    quantity: float


class FreeStock:
    """What may still be reserved, in memory; answers as `stock.quant._get_reserve_quantity` does."""

    def __init__(self):
        # per product: path of the location and lot -> quantity in the unit of the product
        self._places = defaultdict(Counter)

    def add(self, product, location, quantity, lot=None):
        self._places[product][location.parent_path, lot] += quantity

    def get(self, product, location):
        """How much can be reserved in ``location`` and below; what is below zero counts as missing."""
        places = self._get_places(product, location)
        if product.tracking == "none":
            return max(sum(places.values()), 0.0)
        by_lot = Counter()
        for (_path, lot), quantity in places.items():
            by_lot[lot] += quantity
        return sum(quantity for quantity in by_lot.values() if quantity > 0)

    def take(self, move, quantity):
        """Take up to ``quantity`` for ``move``, whole units of its own; both in its unit.

        :returns: what was there, in the unit of the move.
        """
        product, unit = move.product_id, move.product_uom
        wanted = unit._compute_quantity(quantity, product.uom_id, rounding_method="HALF-UP")
        taken = min(wanted, self.get(product, move.location_id))
        result = product.uom_id._compute_quantity(taken, unit, rounding_method="DOWN")
        left = taken = unit._compute_quantity(result, product.uom_id, rounding_method="HALF-UP")
        for place, there in self._get_places(product, move.location_id).items():
            part = min(left, max(there, 0.0))
            self._places[product][place] -= part
            left -= part
        return result if taken > 0 else 0.0

    def duplicate(self):
        other = FreeStock()
        for product, places in self._places.items():
            other._places[product] = Counter(places)
        return other

    def _get_places(self, product, location):
        path = location.parent_path
        return {
            place: quantity for place, quantity in self._places[product].items() if place[0].startswith(path)
        }


class AllocationPlan:
    """Who will get what once moves have arrived: the engine's own order, played through in memory.

    Loads with a number of queries that does not depend on the number of moves; `play` may then be
    asked for several orders.

    :param moves: what arrives; nothing is reserved before that.
    :param parts: the waiting parts to serve, those that ``moves`` concern when omitted.
    """

    def __init__(self, moves, parts=None):
        moves = moves.filtered(lambda move: move.state not in ("done", "cancel") and move._get_brought_qty())
        self.arrivals = moves._get_arrivals()
        products = moves.browse().product_id.union(*(arrival.product for arrival in self.arrivals))
        locations = moves.env["stock.location"].union(*(arrival.location for arrival in self.arrivals))
        if parts is None:
            parts = moves._get_waiting_parts(products, locations)
        self.parts = parts.filtered(lambda part: part._get_missing_qty() > 0)
        # what nobody waits for is of no interest
        self.arrivals = [arrival for arrival in self.arrivals if arrival.product in self.parts.product_id]
        self.pegged = moves._get_pegged_quantities(self.parts)
        self.chained = self._get_chained(moves)
        places = {(arrival.product, arrival.location) for arrival in self.arrivals} or {
            (part.product_id, part.location_id) for part in self.parts
        }
        self.in_line = moves._get_next_in_line(places)
        self.free = self._get_free_stock(self.parts.product_id, self.parts.location_id | locations)

    def _get_chained(self, moves):
        """What was bought for another document by a chain of moves goes there whatever others wait for."""
        return moves.move_dest_ids.filtered(
            lambda move: move.state not in ("draft", "done", "cancel")
            and any(
                move.product_id == arrival.product and move.location_id._child_of(arrival.location)
                for arrival in self.arrivals
            )
        )

    def _get_free_stock(self, products, locations):
        free = FreeStock()
        domain = [("product_id", "in", products.ids), ("location_id", "child_of", locations.ids)]
        for product, location, lot, quantity, reserved in products.env["stock.quant"]._read_group(
            domain, ["product_id", "location_id", "lot_id"], ["quantity:sum", "reserved_quantity:sum"]
        ):
            free.add(product, location, quantity - reserved, lot)
        return free

    def play(self, ranks=None):
        """Serve everybody in turn.

        :param dict ranks: by part, instead of those that are stored.
        :returns: a list of `Share`, in the order of the turns; a move may have several.
        """
        stock = self.free.duplicate()
        for arrival in self.arrivals:
            stock.add(arrival.product, arrival.location, arrival.quantity)
        everybody = self.parts | self.in_line | self.chained
        missing = {move: move._get_missing_qty() for move in everybody}
        shares = []

        def serve(turn):
            wanted = missing[turn.move] if turn.limit is None else min(turn.limit, missing[turn.move])
            quantity = stock.take(turn.move, wanted) if turn.move.product_uom.compare(wanted, 0) > 0 else 0.0
            missing[turn.move] -= quantity
            shares.append(Share(turn, quantity))

        for move in self.chained:
            serve(Turn(move, "chained"))
        for turn in self.parts._get_first_turns(self.pegged, ranks):
            serve(turn)
        left = self.in_line.filtered(lambda move: move.product_uom.compare(missing[move], 0) > 0)
        for move in left._sorted_for_parts(ranks):
            serve(Turn(move, move._get_usual_reason(ranks)))
        return shares


class StockMoveAllocationPlan(models.Model):
    """What a look ahead needs to know about moves."""

    _inherit = "stock.move"

    def _get_allocation_plan(self, parts=None):
        """Who gets what once these moves have arrived.

        :rtype: AllocationPlan
        """
        # sudo: whoever receives goods may know who waits for them, and changes nothing
        return AllocationPlan(self.sudo(), parts)

    def _get_arrivals(self):
        """What these open moves will bring into stock."""
        arrivals = []
        for move in self.filtered("product_id.is_storable"):
            location = move._get_shelf_location()
            if location.usage == "internal":
                quantity = move.product_uom._compute_quantity(
                    move._get_brought_qty(), move.product_id.uom_id, rounding_method="HALF-UP"
                )
                arrivals.append(Arrival(move, move.product_id, location, quantity))
        return arrivals

    def _get_brought_qty(self):
        """What validating the transfer now would bring, in the unit of the move; what a done one brought."""
        self.ensure_one()
        if self.state == "done":
            return self.quantity
        together = self.picking_id.move_ids or self
        if any(move.picked for move in together):
            return self.quantity if self.picked else 0.0
        inside = self.location_id._child_of(self._get_shelf_location())
        return self.quantity if inside or any(move.quantity for move in together) else self.product_uom_qty

    def _get_shelf_location(self):
        """Where the goods end up, however many transfers it takes."""
        self.ensure_one()
        onward = self.move_dest_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_dest_id.usage == "internal"
        )
        if onward:
            return onward[0]._get_shelf_location()
        location, final = self.location_dest_id, self.location_final_id
        if final.usage == "internal" and not location._child_of(final):
            return final
        warehouse = location.warehouse_id
        if location in (warehouse.wh_input_stock_loc_id | warehouse.wh_qc_stock_loc_id):
            return warehouse.lot_stock_id
        return location

    def _get_next_in_line(self, places):
        """Moves to which native `_trigger_assign` offers what has arrived, in its order.

        :param places: pairs of product and location.
        """
        if not places:
            return self.browse()
        today = fields.Date.today()
        domain = Domain.OR(
            Domain("product_id", "=", product.id) & Domain("location_id", "=", location.id)
            for product, location in places
        )
        domain &= Domain("state", "in", OPEN_STATES) & Domain("procure_method", "=", "make_to_stock")
        domain &= Domain("reservation_date", "<=", today) | Domain(
            "picking_type_id.reservation_method", "=", "at_confirm"
        )
        references = self.reference_ids
        # chained moves take what their own chain brings, nothing else
        return (
            self.search(domain, order="priority desc, date, id")
            .filtered(lambda move: not move.move_orig_ids and move not in self)
            .sorted(key=lambda move: bool(move.reference_ids & references), reverse=True)
        )

    def _get_usual_reason(self, ranks=None):
        """Why a move that is not served first has the place it has."""
        self.ensure_one()
        if not self.maintenance_request_id:
            return "document"
        return "last" if self._get_rank(ranks) < 0 else "usual"
