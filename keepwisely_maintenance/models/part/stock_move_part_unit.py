from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_round

from ...const import NEED_FIELDS
from ...words import format_number

#: Below any precision of units; keeps 24 pieces two dozens, whatever the division makes of it.
TINY = 1e-9


def get_shelf(record):
    """Where the goods of a quant lie, or a line takes them from."""
    return record.product_id, record.location_id, record.lot_id, record.package_id, record.owner_id


class StockMovePartUnit(models.Model):
    """How much of a part: in the unit that the store counts in, in whole steps, and no more than is on the shelf."""

    _inherit = "stock.move"

    # -- Needed -------------------------------------------------------------------------------------

    def _maintenance_count_as_stock(self, vals):
        """``vals`` with what is needed in the unit of the product.

        Two dozens become 24 pieces, 333 g of what is kept in kilograms 0.34 kg: what cannot be reserved and ordered
        exactly would never be all there. Rounded up, pieces to whole ones.

        :param vals: of a `create`, then ``self`` is empty, or of a `write` on one part.
        """
        if not NEED_FIELDS & vals.keys() or self.state in ("done", "cancel") or self.origin_returned_move_id:
            return vals
        product = self.product_id.browse(vals["product_id"]) if vals.get("product_id") else self.product_id
        unit = self.product_uom.browse(vals["product_uom"]) if vals.get("product_uom") else self.product_uom or product.uom_id
        quantity = vals.get("product_uom_qty", self.product_uom_qty)
        stock_unit = product.uom_id
        if not product or not quantity or not unit._has_common_reference(stock_unit):
            return vals
        counted = self._maintenance_round_up(unit._compute_quantity(quantity, stock_unit, round=False), stock_unit, unit)
        values = {"product_uom": stock_unit.id, "product_uom_qty": counted}
        same = {"product_uom": self.product_uom.id, "product_uom_qty": self.product_uom_qty}
        return {**vals, **{name: value for name, value in values.items() if name in vals or value != same[name]}}

    @api.model
    def _maintenance_round_up(self, quantity, unit, entered_in):
        whole = False
        if entered_in != unit:
            piece = self.env.ref("uom.product_uom_unit")
            whole = unit.factor == piece.factor and unit._has_common_reference(piece)
        return float_round(quantity - TINY, precision_rounding=1.0 if whole else unit.rounding, rounding_method="UP")

    # -- Used -----------------------------------------------------------------------------------------

    @api.model
    def _maintenance_check_used_quantity(self, vals_list):
        """:raises UserError: less than nothing was used."""
        if any((vals.get("quantity") or 0) < 0 for vals in vals_list):
            raise UserError(self.env._("Enter how many were used, zero or more; drop the part if none are needed."))

    def _maintenance_check_on_shelf(self):
        """What is used was on the shelf; only storekeepers know better than the stock.

        :raises UserError: more was used of a part than there is, and the user does not work in Inventory.
        """
        user = self.env.user
        if user.has_group("stock.group_stock_user") or user._is_superuser():
            return
        # sudo: what is on the shelf is no secret
        lines = self.sudo().move_line_ids.filtered(
            lambda line: line.product_id.is_storable and line.state not in ("done", "cancel") and line.quantity
        )
        for place, used in lines.grouped(lambda line: line.move_id.location_id).items():
            there = used._maintenance_get_on_shelf(place)
            for lines_of_lot in (*used.grouped("product_id").values(), *used.filtered("lot_id").grouped("lot_id").values()):
                product, lot = lines_of_lot.product_id, lines_of_lot.lot_id
                on_shelf = sum(there[product].values()) if len(lot) != 1 else there[product].get(lot, 0.0)
                taken = sum(lines_of_lot.mapped("quantity_product_uom"))
                if product.uom_id.compare(taken, on_shelf) > 0:
                    raise UserError(
                        self.env._(
                            "Entered: %(taken)s × %(product)s; in %(place)s: %(there)s. Count again, or ask the storekeeper to "
                            "correct the stock.",
                            taken=format_number(self.env, taken),
                            product=(lot if len(lot) == 1 else product).display_name,
                            there=format_number(self.env, max(on_shelf, 0.0)),
                            place=place.display_name,
                        )
                    )

    def _maintenance_take_where_it_lies(self):
        """What was entered and is not on its shelf any more is taken from where it lies in the place of the part."""
        lines = self.move_line_ids.filtered(
            lambda line: line.product_id.is_storable and line.state not in ("done", "cancel") and line.quantity
        )
        quants = self.env["stock.quant"].search(
            Domain("product_id", "in", lines.product_id.ids)
            & Domain("location_id", "child_of", lines.move_id.location_id.ids)
            & Domain("quantity", ">", 0)
        )
        left = {shelf: sum(here.mapped("quantity")) for shelf, here in quants.grouped(get_shelf).items()}
        lacking = {}
        for line in lines:
            there = left.get(get_shelf(line), 0.0)
            lacking[line] = max(line.quantity_product_uom - there, 0.0)
            left[get_shelf(line)] = max(there - line.quantity_product_uom, 0.0)
        # what nobody has reserved goes first
        quants = quants.sorted(lambda quant: quant.reserved_quantity - quant.quantity)
        for line, quantity in lacking.items():
            if line.product_id.uom_id.compare(quantity, 0) <= 0:
                continue
            for quant in quants:
                taken = min(left[get_shelf(quant)], quantity)
                if taken and line._maintenance_can_take_from(quant):
                    line._maintenance_take_from(quant, taken)
                    left[get_shelf(quant)] -= taken
                    quantity -= taken

    def _maintenance_get_taken(self):
        """What the lines take from where, and whether it is said to be used: as `_maintenance_check_chosen_shelves` wants it."""
        return {line: (get_shelf(line), line.picked, line.quantity) for line in self.sudo().move_line_ids}

    def _maintenance_check_chosen_shelves(self, before):
        """Lines take what lies on their shelf; until it is said to be used, nothing that others have reserved there.

        :param dict before: as of `_maintenance_get_taken` before the change; what a line had it keeps, even if somebody
            says meanwhile that it was used elsewhere.
        :raises UserError: it lies elsewhere, or is reserved.
        """
        quants = self.env["stock.quant"].sudo()  # sudo: as above
        for line in self.sudo().move_line_ids:
            if not line.product_id.is_storable or line.state in ("done", "cancel") or not line.quantity:
                continue
            shelf, was_picked, had = before.get(line, (None, False, 0.0))
            if shelf == get_shelf(line) and was_picked >= line.picked and line.quantity <= had:
                continue
            lot, place = line.lot_id, line.location_id
            domain = Domain("product_id", "=", line.product_id.id) & Domain("location_id", "=", place.id)
            here = quants.search(domain & Domain("lot_id", "=", lot.id) if lot else domain)
            there, taken = sum(here.mapped("quantity")), line.quantity_product_uom
            if not line.picked:
                there -= sum(here.mapped("reserved_quantity")) - taken
            if line.product_id.uom_id.compare(taken, there) > 0:
                raise UserError(
                    self.env._(
                        "Free in %(place)s: %(there)s × %(product)s; entered: %(taken)s. Choose what is free, or take from "
                        "another job what is reserved for it.",
                        there=format_number(self.env, max(there, 0.0)),
                        product=(lot or line.product_id).display_name,
                        place=place.display_name,
                        taken=format_number(self.env, taken),
                    )
                )
