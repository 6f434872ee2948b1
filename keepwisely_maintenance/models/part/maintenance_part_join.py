from odoo import fields, models


class MaintenancePartJoin(models.Model):
    """A part that waits for what is on its way anyway: nothing is bought for it.

    The quantity is a limit, not a balance. What really comes for the part follows from the
    requisition or purchase line, which serves those it was bought for first and then, in the order
    of these records, who joined.
    """

    _name = "maintenance.part.join"
    _description = "Part That Joins What Is on Its Way"
    _order = "id"

    part_id = fields.Many2one("stock.move", required=True, index=True, ondelete="cascade")
    requisition_line_id = fields.Many2one("maintenance.requisition.line", index="btree_not_null", ondelete="cascade")
    purchase_line_id = fields.Many2one(
        "purchase.order.line", index="btree_not_null", ondelete="cascade",
        help="Of an order that was made without a requisition.",
    )  # fmt: skip
    quantity = fields.Float(digits="Product Unit", required=True, help="At most this much, in the unit of the part.")
    company_id = fields.Many2one(related="part_id.company_id", store=True, index=True)

    _one_source = models.Constraint(
        "CHECK((requisition_line_id IS NULL) <> (purchase_line_id IS NULL))",
        "A part joins either a requisition line or a purchase line.",
    )
    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "Enter a quantity above zero.")
    _requisition_line_uniq = models.Constraint(
        "unique(part_id, requisition_line_id)", "The part has joined this requisition line already."
    )
    _purchase_line_uniq = models.Constraint(
        "unique(part_id, purchase_line_id)", "The part has joined this purchase line already."
    )

    def _get_source(self):
        """The requisition line or purchase line that the part joined."""
        self.ensure_one()
        return self.requisition_line_id or self.purchase_line_id

    def _get_wanted_qty(self, uom):
        """What the parts want of their lines, in ``uom``."""
        return sum(
            join.part_id.product_uom._compute_quantity(
                min(join.quantity, join.part_id._get_missing_qty()), uom, round=False
            )
            for join in self
        )

    def _get_coming_qty(self):
        """What comes for the part, in its unit."""
        self.ensure_one()
        unit = self.part_id.product_uom
        source = self._get_source()
        before = source.join_ids.filtered(lambda join: join.id < self.id)
        left = source._get_qty_for_joined(unit) - before._get_wanted_qty(unit)
        return max(min(left, self._get_wanted_qty(unit)), 0.0)

    # -- Changes --------------------------------------------------------------------------------------

    def _lower(self, quantity):
        """Leave the rest to others, in the unit of the part."""
        self.quantity = quantity
        self._get_siblings().part_id._recompute_parts_state()

    def _leave(self):
        """The parts do not wait for it any more; whoever joined after them may get what was theirs."""
        if not self:
            return
        parts = self._get_siblings().part_id
        self.unlink()
        parts._recompute_parts_state()

    def _end(self):
        """It does not come: the technicians are told, and ask for the parts again."""
        parts = self.part_id
        self._leave()
        parts._tell_lost()

    def _get_siblings(self):
        return (self.requisition_line_id.join_ids | self.purchase_line_id.join_ids) - self
