from odoo import api, fields, models
from odoo.tools import groupby


class MaintenancePartAllocationLine(models.TransientModel):
    """A part that waits, or all other documents that wait for the product together.

    Only the place is stored; everything else comes from the plan, so a row can show nothing but
    what the transfer or product of its wizard concerns.
    """

    _name = "maintenance.part.allocation.line"
    _description = "Who Gets These Parts: Row"
    _order = "sequence, id"

    allocation_id = fields.Many2one("maintenance.part.allocation", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer()
    product_id = fields.Many2one("product.product", "Part", readonly=True, required=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    part_id = fields.Many2one("stock.move", "Part of a work order", readonly=True)
    name = fields.Char("For", compute="_compute_share")
    maintenance_request_id = fields.Many2one("maintenance.request", "Work order", compute="_compute_share")
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", compute="_compute_share")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], "Urgency", compute="_compute_share"
    )
    date = fields.Datetime("Needed by", compute="_compute_share")
    user_id = fields.Many2one("res.users", "Technician", compute="_compute_share")
    product_uom_id = fields.Many2one("uom.uom", "Unit", compute="_compute_share")
    qty_wanted = fields.Float("Wanted", digits="Product Unit", compute="_compute_share")
    qty_share = fields.Float("Will get", digits="Product Unit", compute="_compute_share")
    place_reason = fields.Char("Why here", compute="_compute_share")
    can_change = fields.Boolean(compute="_compute_share")

    @api.depends("allocation_id.line_ids.sequence", "part_id", "product_id", "warehouse_id")
    def _compute_share(self):
        for allocation, lines in self.grouped("allocation_id").items():
            plan = allocation._get_plan()
            ranks = allocation._get_ranks(allocation._get_orders(plan))
            shares = dict(groupby(plan.play(ranks), lambda share: self._get_share_key(share.turn.move)))
            for line in lines:
                line.update(line._prepare_share(plan, shares.get(line._get_key(), []), ranks))

    def action_put_first(self):
        """Show the row before all others; it holds once it is applied."""
        self.ensure_one()
        self.sequence = min(self.allocation_id.line_ids.mapped("sequence")) - 1
        return self.allocation_id._reopen()

    def action_put_last(self):
        """Show the row after all others; it holds once it is applied."""
        self.ensure_one()
        self.sequence = max(self.allocation_id.line_ids.mapped("sequence")) + 1
        return self.allocation_id._reopen()

    def _get_queue(self):
        self.ensure_one()
        return self.product_id, self.warehouse_id

    def _get_key(self):
        self.ensure_one()
        return (*self._get_queue(), self.part_id)

    @api.model
    def _get_share_key(self, move):
        part = move if move.maintenance_request_id else move.browse()
        return move.product_id, move.location_id.warehouse_id, part

    def _prepare_share(self, plan, shares, ranks):
        """The columns of a row, in the unit of the part, or of the product for other documents."""
        self.ensure_one()
        part = self.part_id.sudo()
        shares = [share for share in shares if share.turn.reason != "chained"]
        moves = self.env["stock.move"].sudo().union(*(share.turn.move for share in shares))
        vals = dict.fromkeys(("maintenance_request_id", "equipment_id", "priority", "date", "user_id"), False)
        if part in plan.parts:
            request, unit = part.maintenance_request_id, part.product_uom
            moves = part
            vals.update(
                name=request.display_name,
                maintenance_request_id=request.id,
                equipment_id=request.equipment_id.id,
                priority=request.priority,
                date=part.date,
                user_id=request.user_id.id,
            )
        else:
            unit = self.product_id.uom_id
            vals["name"] = (
                self.env._("No longer waits")
                if part
                else self.env._("Other documents: %s", ", ".join(filter(None, moves.mapped("reference"))))
            )
        return {
            **vals,
            "product_uom_id": unit.id,
            "qty_wanted": sum(move.product_uom._compute_quantity(move._get_missing_qty(), unit) for move in moves),
            "qty_share": sum(
                share.turn.move.product_uom._compute_quantity(share.quantity, unit) for share in shares
            ),
            "place_reason": self._describe_place(part, shares[0].turn, ranks) if shares else False,
            "can_change": bool(part) and self.allocation_id.can_change,
        }

    def _describe_place(self, part, turn, ranks):
        """Why the row stands where it does."""
        kept = part._get_rank(ranks) == part.allocation_rank if part else True
        author = part.allocation_user_id if kept and part.allocation_user_id else self.env.user
        if turn.reason == "bought" and turn.limit is not None and turn.limit < part._get_missing_qty():
            return self.env._("%s bought for it", f"{turn.limit:g}")
        return {
            "first": self.env._("Put first by %s", author.name),
            "last": self.env._("Put last by %s", author.name),
            "bought": self.env._("Bought for it"),
            "emergency": self.env._("Emergency"),
            "usual": self.env._("By urgency and date"),
            "document": self.env._("By date, not for maintenance"),
        }[turn.reason]
