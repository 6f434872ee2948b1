from odoo import fields, models

from ...words import format_number


class MaintenancePartAllocationLine(models.TransientModel):
    """A part that waits, or all other documents that wait for the product together.

    Only the place is the user's; the columns are filled by `_show_shares`. They are stored because
    moving one row changes what the others get, and the screen is told of stored values only.
    """

    _name = "maintenance.part.allocation.line"
    _description = "Who Gets These Parts: Row"
    _order = "sequence, id"

    allocation_id = fields.Many2one("maintenance.part.allocation", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer()
    product_id = fields.Many2one("product.product", "Part", readonly=True, required=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    part_id = fields.Many2one("stock.move", "Part of a work order", readonly=True, ondelete="cascade")
    name = fields.Char("For", readonly=True)
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", readonly=True)
    equipment_name = fields.Char("Asset", readonly=True)
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], "Urgency", readonly=True
    )
    date = fields.Datetime("Needed by", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    qty_wanted = fields.Float("Wanted", digits="Product Unit", readonly=True)
    qty_share = fields.Float("Will get", digits="Product Unit", readonly=True)
    place_reason = fields.Char("Why here", readonly=True)
    can_change = fields.Boolean("Can be changed", readonly=True)

    def action_put_first(self):
        """Show the row before all others; it holds once it is applied."""
        self.ensure_one()
        self.sequence = min(self.allocation_id.line_ids.mapped("sequence")) - 1
        self.allocation_id._show_shares()
        return self.allocation_id._reopen()

    def action_put_last(self):
        """Show the row after all others; it holds once it is applied."""
        self.ensure_one()
        self.sequence = max(self.allocation_id.line_ids.mapped("sequence")) + 1
        self.allocation_id._show_shares()
        return self.allocation_id._reopen()

    def _get_queue(self):
        self.ensure_one()
        return self.product_id, self.warehouse_id

    def _prepare_share(self, plan, shares, turn, ranks):
        """The columns of a row, in the unit of the part, or of the product for other documents.

        :param turn: the turn that the row owes its place to.
        """
        self.ensure_one()
        part = self.part_id.sudo()
        vals = dict.fromkeys(("maintenance_request_id", "equipment_name", "priority", "date", "user_id"), False)
        if not part:
            moves, unit = part.union(*(share.turn.move for share in shares)), self.product_id.uom_id
            names = dict.fromkeys(filter(None, moves.mapped("reference")))
            vals["name"] = self.env._("Other documents: %s", ", ".join(names))
        elif part in plan.parts:
            moves, unit, request = part, part.product_uom, part.maintenance_request_id
            vals.update(
                name=request.display_name,
                maintenance_request_id=request.id,
                equipment_name=request.equipment_id.name,
                priority=request.priority,
                date=part.date,
                user_id=request.user_id.id,
            )
        else:
            moves, unit = part.browse(), part.product_uom
            vals["name"] = self.env._("No longer waits")
        return {
            **vals,
            "product_uom_id": unit.id,
            "qty_wanted": sum(move.product_uom._compute_quantity(move._get_missing_qty(), unit) for move in moves),
            "qty_share": sum(
                share.turn.move.product_uom._compute_quantity(share.quantity, unit) for share in shares
            ),
            "place_reason": self._describe_place(part, turn, ranks) if turn else False,
            "can_change": part in plan.parts and self.allocation_id.can_change,
        }

    def _describe_place(self, part, turn, ranks):
        """Why the row stands where it does."""
        if turn.reason == "bought" and turn.limit is not None and turn.limit < part._get_missing_qty():
            return self.env._("%s bought for it", format_number(self.env, turn.limit))
        kept = part and part._get_rank(ranks) == part.allocation_rank
        planner = (part.allocation_user_id if kept else False) or self.env.user
        return {
            "first": self.env._("Put first by %s", planner.name),
            "last": self.env._("Put last by %s", planner.name),
            "bought": self.env._("Bought for it"),
            "emergency": self.env._("Emergency"),
            "usual": self.env._("By urgency"),
            "document": self.env._("By date"),
        }[turn.reason]
