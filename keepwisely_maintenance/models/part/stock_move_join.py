from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ...words import format_number


class StockMoveJoin(models.Model):
    """Parts that wait for what is on its way anyway, instead of asking for it again."""

    _inherit = "stock.move"

    join_ids = fields.One2many("maintenance.part.join", "part_id", "Joins")

    # -- Joining --------------------------------------------------------------------------------------

    def action_join(self, requisition_line_id=False, purchase_line_id=False, quantity=None):
        """Let the part wait for what comes of a requisition or purchase line anyway.

        :param float quantity: at most this much, in the unit of the part; by default all that is not on its way.
        :returns: the quantity that joined, which is less when less is free.
        :raises UserError: nothing of it is free for this part, or the part lacks nothing.
        """
        self.ensure_one()
        self._require_open_work_order()
        # sudo: technicians join what they cannot read
        joined = self.sudo()._join(requisition_line_id, purchase_line_id, quantity)
        if not joined:
            raise UserError(
                self.env._("Nothing of that is free for %s any more; ask for it instead.", self.product_id.display_name)
            )
        return joined

    def _join(self, requisition_line_id, purchase_line_id, quantity=None):
        self.ensure_one()
        model, source_id = (
            ("maintenance.requisition.line", requisition_line_id)
            if requisition_line_id
            else ("purchase.order.line", purchase_line_id)
        )
        source = self.env[model].browse(source_id or [])
        lacking = self._get_uncovered_qty()
        if not lacking or source not in self._get_join_sources()[self]:
            return 0.0
        joined = self._maintenance_wait_for(source, lacking if quantity is None else min(quantity, lacking))
        if joined:
            self.maintenance_request_id.message_post(
                body=self.env._(
                    "%(quantity)s × %(product)s will come with %(document)s.",
                    quantity=format_number(self.env, joined),
                    product=self.product_id.name,
                    document=source._describe_source(),
                )
            )
        return joined

    def _maintenance_wait_for(self, source, quantity):
        """Wait for at most ``quantity`` (in the part's unit) of what is free of a requisition or purchase line.

        :returns: the quantity that joined.
        """
        self.ensure_one()
        # let two who join at once come one after the other, as `maintenance.request._serialise` does
        self.env.cr.execute(
            SQL("UPDATE %s SET write_date = write_date WHERE id = %s", SQL.identifier(source._table), source.id)
        )
        quantity = self.product_uom.round(min(quantity, source._get_free_qty(self)))
        if self.product_uom.compare(quantity, 0) <= 0:
            return 0.0
        source._maintenance_add_join(self, quantity)
        return quantity

    def _maintenance_can_wait_for(self, source):
        """Whether a requisition or purchase line brings the same product to the same place, and nobody else waits for it."""
        self.ensure_one()
        same = source.product_id == self.product_id and source.company_id == self.company_id
        return same and source._can_be_joined_by(self)

    def _maintenance_add_join(self, field_name, source, quantity):
        join = self.join_ids.filtered(lambda join: join[field_name] == source)
        if join:
            join.quantity += quantity
        else:
            join.create({"part_id": self.id, field_name: source.id, "quantity": quantity})

    def _get_join_sources(self):
        """Lines whose goods come to where the parts are taken from, and that they may join, by expected date.

        :returns: a list of requisition lines and purchase lines for each part, in a dict.
        """
        same = Domain("product_id", "in", self.product_id.ids) & Domain("company_id", "in", self.company_id.ids)
        pending = self.env["stock.move"].search(
            same
            & Domain("state", "not in", ("draft", "done", "cancel"))
            & Domain("maintenance_request_id", "=", False)
            & (
                Domain("location_final_id", "child_of", self.location_id.ids)
                | Domain("location_dest_id", "child_of", self.location_id.ids)
            )
        )
        purchases = self.browse(pending._rollup_move_origs()).purchase_line_id
        lines = self.env["maintenance.requisition.line"].search(same & Domain("is_open", "=", True))
        lines = purchases.requisition_line_id | lines
        sources = {}
        for part in self:
            # what was asked for this very part counts already
            others = lines - part.maintenance_requisition_line_ids
            found = [source for source in (*others, *purchases) if part._maintenance_can_wait_for(source)]
            dates = {source: source._get_join_date() for source in found}
            dated = sorted(filter(dates.get, found), key=dates.get)
            sources[part] = dated + [source for source in found if not dates[source]]
        return sources

    def _get_final_place(self):
        return self.location_final_id or self.location_dest_id

    def _describe_join(self, quantity):
        """“MO/00012 waits for 3 × Belt of this.”"""
        return self.env._(
            "%(work_order)s waits for %(quantity)s × %(product)s of this.",
            work_order=self.maintenance_request_id.display_name,
            quantity=format_number(self.env, quantity),
            product=self.product_id.name,
        )

    # -- Quantities -------------------------------------------------------------------------------------

    def _get_joined_qty(self):
        """What comes of what the part joined, in its unit."""
        self.ensure_one()
        return sum(join._get_coming_qty() for join in self.join_ids)

    def _is_held(self):
        joined = self.join_ids.requisition_line_id
        return super()._is_held() or any(line._get_held_qty(self.product_uom) > 0 for line in joined)

    def _get_supply_date(self):
        joins = self.join_ids.filtered(lambda join: join._get_coming_qty() > 0)
        if not joins:
            return super()._get_supply_date()
        dates = [join._get_source()._get_join_date() for join in joins]
        if self._get_asked_qty() > 0:
            dates.append(super()._get_supply_date())
        return max(dates) if all(dates) and not self._get_uncovered_qty() else False

    def _describe_shortage(self):
        joins = self.join_ids.filtered(lambda join: join._get_coming_qty() > 0)
        return ", ".join([super()._describe_shortage(), *(join._get_source()._describe_source() for join in joins)])

    def _get_pegged_quantities(self, waiting):
        """What joined comes first for who joined, like what was bought for the part."""
        pegged = super()._get_pegged_quantities(waiting)
        joins = waiting.join_ids
        for move in self if joins else ():
            purchases = self.browse(move._rollup_move_origs()).purchase_line_id
            for join in joins:
                if join._get_source() not in (*purchases, *purchases.requisition_line_id):
                    continue
                part = join.part_id
                brought = move.product_uom._compute_quantity(move._get_brought_qty(), part.product_uom, round=False)
                pegged[part] = pegged.get(part, 0.0) + min(brought, join.quantity)
        return pegged

    # -- Following what the part needs ----------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("draft", "done", "cancel"):
            parts = self.filtered("maintenance_request_id")
            # sudo: who drops or uses parts ends what they waited for
            parts.sudo().join_ids._leave()
        return result

    def _begin_replacing(self, vals):
        asked = super()._begin_replacing(vals)
        if "product_id" in vals:
            self.filtered(lambda move: move.product_id.id != vals["product_id"]).join_ids._leave()
        return asked

    def _trim_joins(self):
        """Leave to others what the parts do not need any more of what they joined."""
        for part in self.filtered("join_ids"):
            needed = max(part._get_missing_qty() - part._get_asked_qty(), 0.0)
            kept = dict.fromkeys(part.join_ids, 0.0)
            coming = {join: join._get_coming_qty() for join in kept}
            # what comes goes before what may come again
            for limits in (coming, {join: join.quantity for join in kept}):
                for join, limit in limits.items():
                    more = min(limit - kept[join], needed)
                    kept[join] += more
                    needed -= more
            for join, quantity in kept.items():
                keep = part.product_uom.round(quantity)
                if not keep:
                    join._leave()
                elif part.product_uom.compare(keep, join.quantity) < 0:
                    join._lower(keep)

    def _hand_over_joins(self, losers):
        """Who lost a part to this one gets what this one had joined."""
        sources = [join._get_source() for join in self.join_ids]
        self._trim_joins()
        for source in sources:
            for loser in losers:
                lacking = loser._get_uncovered_qty()
                if lacking and loser._maintenance_can_wait_for(source):
                    loser._maintenance_wait_for(source, lacking)

    # -- Following what comes ---------------------------------------------------------------------------------

    def _action_cancel(self):
        joined = self.sudo()._get_joined_parts()
        with joined._telling_if_lost():
            return super()._action_cancel()

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # what is being put away still comes, which no field shows
        moves.sudo()._get_joined_parts()._recompute_parts_state()
        return moves

    def _get_joined_parts(self):
        """Parts that joined what these moves bring."""
        moves = self.filtered(lambda move: move.purchase_line_id or move.move_orig_ids)
        if not moves:
            return moves
        purchases = self.browse(moves._rollup_move_origs()).purchase_line_id
        return (purchases.join_ids | purchases.requisition_line_id.join_ids).part_id

    @contextmanager
    def _telling_if_lost(self):
        """Tell the technicians of parts for which less comes afterwards than they wait for."""
        covered = self.filtered(lambda part: part._get_missing_qty() and not part._get_uncovered_qty())
        yield
        self._recompute_parts_state()
        covered._tell_lost()

    def _tell_lost(self):
        """Tell the technicians of parts for which not enough comes any more."""
        lost = self.filtered(lambda part: part._get_uncovered_qty())
        for request, parts in lost.grouped("maintenance_request_id").items():
            request = request._in_technician_language()
            names = format_list(request.env, parts.with_env(request.env).mapped("product_id.name"))
            request._tell_technician(
                request.env._("%s does not come any more as it should; ask for parts again.", names)
            )
