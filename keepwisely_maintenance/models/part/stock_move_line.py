from odoo import api, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM, is_by_system


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["move_id"])
        vals_list = [{**defaults, **vals} for vals in vals_list]
        self._maintenance_check_part_lines([vals.get("move_id") for vals in vals_list], vals_list)
        for vals in vals_list:
            if vals.get("move_id"):
                # sudo: as below; the line of a part is of its product, and needs no unit
                part = self.env["stock.move"].sudo().browse(vals["move_id"])
                if part.maintenance_request_id:
                    vals.update({"product_uom_id": part.product_uom.id, **vals, "product_id": part.product_id.id})
        lines = super().create(vals_list)
        lines.filtered("picked")._maintenance_follow_picked()
        return lines

    def write(self, vals):
        self._maintenance_check_part_lines([vals.get("move_id")], [vals])
        result = super().write(vals)
        if "picked" in vals:
            self._maintenance_follow_picked()
        return result

    def _maintenance_follow_picked(self):
        """A line that is said to be used says so of its part, as on the work order: nothing more of it is wanted."""
        if is_by_system(self.env, "maintenance_parts_settling"):
            return
        # sudo: storekeepers neither read work orders nor write on what is asked for
        parts = self.sudo().move_id.filtered(lambda move: move.maintenance_request_id and move.state not in ("done", "cancel"))
        parts._release_held_supply()
        parts.maintenance_request_id._on_parts_changed()

    def unlink(self):
        self._maintenance_check_part_lines([], [])
        return super().unlink()

    def _maintenance_check_part_lines(self, move_ids, vals_list):
        """Odoo lets every employee write on any line; those of parts are changed on the work order, by its gates.

        :param move_ids: ids of moves to which lines are added.
        :raises UserError: the user does not work in Inventory, or the work is closed.
        """
        if self.env.su:
            return
        # sudo: whether it is a part is asked for moves that the user cannot read
        moves = self.sudo().move_id | self.env["stock.move"].sudo().browse(filter(None, move_ids))
        moves.maintenance_request_id.with_env(self.env)._maintenance_check_not_closed()
        if moves.maintenance_request_id:
            moves._maintenance_check_used_quantity(vals_list)
        if self.env.user.has_group("stock.group_stock_user"):
            return
        part = moves.filtered("maintenance_request_id")[:1]
        if part:
            raise UserError(
                self.env._(
                    "%(product)s is a part of %(work_order)s; change it there.",
                    product=part.product_id.display_name,
                    work_order=part.maintenance_request_id.reference,
                )
            )

    def _action_done(self):
        """Look once at the work orders whose reserved parts were taken by force.

        Returns to a vendor, deliveries with more than was reserved and inventory counts take what
        parts have reserved; native code then releases and reserves again, several times over.
        """
        if self.move_id.maintenance_request_id:
            self.env["stock.quant"]._maintenance_read(self.product_id, self.location_id | self.location_dest_id)
        parts = self._get_parts_at_risk()
        if not parts:
            return super()._action_done()
        had = {part: part.quantity for part in parts}
        settling = self.with_context(maintenance_parts_settling=BY_SYSTEM)
        result = super(StockMoveLine, settling)._action_done()
        parts = parts.exists()
        # who lost a piece may have found more than that on another shelf
        parts._release_held_supply()
        lost = parts.filtered(lambda part: part.product_uom.compare(part.quantity, had[part]) < 0)
        parts.maintenance_request_id._on_parts_changed(lost)
        return result

    def _maintenance_get_on_shelf(self, place):
        """What there is in ``place`` and below of the products of these lines: quantity by lot by product."""
        there = {product: {} for product in self.product_id}
        for product, lot, quantity in self.env["stock.quant"]._read_group(
            [("product_id", "in", self.product_id.ids), ("location_id", "child_of", place.id)],
            ["product_id", "lot_id"],
            ["quantity:sum"],
        ):
            there[product][lot] = quantity
        return there

    def _maintenance_can_take_from(self, quant):
        """Whether the same lies there, in the place of the part."""
        same = all(self[name] == quant[name] for name in ("product_id", "lot_id", "owner_id"))
        return same and quant.location_id._child_of(self.move_id.location_id)

    def _maintenance_take_from(self, quant, quantity):
        """Take ``quantity``, in the product's unit, from the shelf of ``quant`` instead."""
        self.ensure_one()
        vals = {"location_id": quant.location_id.id, "package_id": quant.package_id.id}
        unit = self.product_id.uom_id
        if unit.compare(self.quantity_product_uom, quantity) <= 0:
            self.write(vals)
            return
        self.quantity -= unit._compute_quantity(quantity, self.product_uom_id, round=False)
        self.copy({**vals, "product_uom_id": unit.id, "quantity": quantity, "picked": self.picked})

    def _get_parts_at_risk(self):
        """Reserved parts of the same products in the places that these lines take from."""
        taking = self.filtered(lambda line: line.location_id.usage == "internal" and line.product_id.is_storable)
        if not taking or is_by_system(self.env, "maintenance_parts_settling"):
            return self.env["stock.move"]
        # sudo: whoever moves goods may take them from work orders they cannot see
        lines = self.sudo().search(
            [
                ("move_id.maintenance_request_id", "!=", False),
                ("state", "in", ("assigned", "partially_available")),
                ("product_id", "in", taking.product_id.ids),
                ("location_id", "in", taking.location_id.ids),
                ("id", "not in", taking.ids),
            ]
        )
        return lines.move_id
