from odoo import fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM, OwnIds
from ...words import format_day, format_items


class StockMovePartUse(models.Model):
    """What is done with the parts of work orders: used, dropped, returned, asked for."""

    _inherit = "stock.move"

    # -- Using parts ------------------------------------------------------------------------------

    def action_use_part(self):
        """Consume what is reserved of the parts now; the rest stays wanted."""
        self._require_open_work_order()
        # sudo: technicians consume parts without inventory rights
        parts = self.sudo()._maintenance_explode_kits()
        for move in parts:
            if move.state not in ("assigned", "partially_available"):
                raise UserError(
                    self.env._("%s is not in stock yet.", move._describe_shortage())
                )
        parts._consume_part()
        return True

    def action_drop_part(self):
        """Drop parts that are not needed after all; what was reserved goes back to stock."""
        self._require_open_work_order()
        parts = self.sudo()
        if any(move.state == "done" for move in parts):
            raise UserError(self.env._("Used parts cannot be dropped; return them instead."))
        parts._maintenance_check_not_out()
        for request, moves in parts.grouped("maintenance_request_id").items():
            request.message_post(body=self.env._("Parts dropped: %s.", moves._describe_parts()))
        parts._action_cancel()
        parts._settle_supply()
        parts._offer_to_waiting_parts()
        parts.maintenance_request_id._on_parts_changed()
        return True

    def _action_cancel(self):
        """What is not wanted any more is given back, not taken away."""
        parts = self.filtered("maintenance_request_id")
        if parts:
            self = self.with_context(maintenance_giving_back=OwnIds(parts.ids))
        return super()._action_cancel()

    def action_return_part(self, quantity=None):
        """Put used parts back into stock, with their value.

        :param float quantity: how many, in the unit of the part; all of them when omitted.
        :raises UserError: more is returned than was used.
        """
        self._require_open_work_order()
        # sudo: technicians return parts without inventory rights
        self.sudo()._maintenance_return(quantity)
        return True

    def _maintenance_return(self, quantity=None, lot=None):
        """See ``action_return_part``.

        :param lot: of one part: the lot or serial number that comes back.
        """
        vals_list = []
        for move in self:
            left = move._get_consumed_qty()
            wanted = left if quantity is None else quantity
            if move.state != "done" or move.product_uom.compare(wanted, 0) <= 0 or (
                move.product_uom.compare(wanted, left) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(quantity)s × %(product)s can be returned at most.",
                        quantity=left if move.state == "done" else 0.0,
                        product=move.product_id.display_name,
                    )
                )
            vals_list.append(move._prepare_part_return_vals(wanted))
        returns = self.create(vals_list)
        returns._action_confirm(merge=False)
        returns._action_assign()
        if lot and returns.lot_ids != lot:
            returns.move_line_ids.unlink()
            returns.move_line_ids.create({**returns._prepare_move_line_vals(returns.product_uom_qty), "lot_id": lot.id})
        returns.picked = True
        returns._action_done()
        returns._trigger_assign()

    def _require_open_work_order(self):
        """:raises UserError: a move is no part of a work order, or the user may not change it.

        The actions above act for the system, so this is what keeps them off other moves.
        """
        if not all(move.maintenance_request_id for move in self.sudo()):
            raise UserError(self.env._("Only parts of work orders can be used, dropped or returned here."))
        requests = self.sudo().maintenance_request_id.with_env(self.env)
        requests.check_access("write")
        requests._check_part_access()

    def _consume_part(self, cancel_backorder=False):
        self._maintenance_read_places()
        entered = self.filtered("picked")
        if entered:
            # what the engine has reserved is there; what was entered by hand need not be
            self._maintenance_check_on_shelf()
            entered._maintenance_take_where_it_lies()
        # the rest of what is partly there stays wanted, unlike where somebody says what was used
        (self - entered).with_context(maintenance_parts_settling=BY_SYSTEM).picked = True
        # Value and cost are those of the moment of use.
        self._action_done(cancel_backorder=cancel_backorder)
        self._settle_supply()

    def _maintenance_give_back(self):
        """Have nothing reserved any more, not even what was entered as used; native code leaves that reserved."""
        self.filtered("picked").with_context(maintenance_parts_settling=BY_SYSTEM).picked = False
        self._do_unreserve()

    def _prepare_part_return_vals(self, quantity):
        self.ensure_one()
        return {
            "maintenance_request_id": self.maintenance_request_id.id,
            "origin_returned_move_id": self.id,
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": quantity,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "picking_type_id": self.picking_type_id.id,
            "warehouse_id": self.warehouse_id.id,
            "company_id": self.company_id.id,
            "origin": self.maintenance_request_id.reference,
            # lots and serial numbers come from the move that used them
            "move_orig_ids": [fields.Command.link(self.id)],
        }

    # -- Quantities, in the unit of the part --------------------------------------------------------

    def _get_consumed_qty(self):
        """What was used and not returned."""
        self.ensure_one()
        returned = sum(
            back.product_uom._compute_quantity(back.quantity, self.product_uom)
            for back in self.returned_move_ids
            if back.state == "done"
        )
        return self.quantity - returned if self.state == "done" else 0.0

    def _get_missing_qty(self):
        """What is wanted and not reserved; of what is marked as used, nothing more is wanted."""
        self.ensure_one()
        if self.picked or self.state not in ("confirmed", "waiting", "partially_available"):
            return 0.0
        return max(self.product_uom_qty - self.quantity, 0.0)

    def _get_total_missing_qty(self, uom):
        """What all of the parts lack together, in ``uom``."""
        return sum(move.product_uom._compute_quantity(move._get_missing_qty(), uom, round=False) for move in self)

    def _get_uncovered_qty(self):
        """What is missing and nobody has been asked for."""
        self.ensure_one()
        missing = self._get_missing_qty()
        if not missing:
            return 0.0
        missing -= self._get_asked_qty() + self._get_joined_qty()
        return self.product_uom.round(max(missing, 0.0))

    def _get_asked_qty(self):
        """What comes of what was asked for."""
        self.ensure_one()
        coming = sum(
            supply.product_uom._compute_quantity(supply.product_uom_qty, self.product_uom)
            for supply in self.supply_move_ids
            if supply.state not in ("done", "cancel")
        )
        return coming + sum(line._get_coming_qty(self) for line in self.maintenance_requisition_line_ids)

    def _get_held_qty(self):
        """What is asked for and not yet on a purchase order."""
        self.ensure_one()
        return sum(line._get_held_qty(self.product_uom) for line in self.maintenance_requisition_line_ids)

    def _is_held(self):
        """Whether something that was asked for is not on a purchase order yet."""
        return self._get_held_qty() > 0

    def _get_supply_date(self):
        """The day the rest of the part is expected, or False where somebody has yet to be asked or to promise."""
        self.ensure_one()
        company = self.company_id
        today = company._get_plant_day()
        dates = []
        for line in self.maintenance_requisition_line_ids:
            if line.is_open:
                dates.append(line.date_expected)
            elif line._get_qty_being_put_away(self.product_uom):
                dates.append(today)
        dates += [
            max(company._get_plant_day(supply.date), today)
            for supply in self.supply_move_ids
            if supply.state not in ("done", "cancel")
        ]
        # a part of which nobody was asked for the rest has no day
        return max(dates) if dates and all(dates) and not self._get_uncovered_qty() else False

    def _describe_shortage(self):
        """“1 × Bearing 6204, expected 24 Nov 2026, P00012”."""
        self.ensure_one()
        quantity = self._get_missing_qty() or self.product_uom_qty
        words = [format_items(self.env, self.product_uom.round(quantity), self.product_id.name)]
        date = self._get_supply_date()
        if date:
            words.append(self.env._("expected %s", format_day(self.env, date)))
        orders = self.maintenance_requisition_line_ids.purchase_line_ids.order_id.filtered(
            lambda order: order.state != "cancel"
        )
        words += orders.mapped("name")
        return ", ".join(words)

    def _describe_parts(self):
        return ", ".join(format_items(self.env, move.product_uom_qty, move.product_id.name) for move in self)
