from odoo import api, fields, models
from odoo.tools import float_round

from .maintenance_requisition import REQUISITION_STATES


class MaintenanceRequisitionLineQuantity(models.Model):
    """How much of a line is wanted, ordered, received and still to come.

    Everything derives from purchase lines and their moves; there is no allocation to go stale.
    """

    _inherit = "maintenance.requisition.line"

    qty_to_buy = fields.Float(
        "To buy", compute="_compute_qty_to_buy", store=True, digits="Product Unit", compute_sudo=True,
        help="What the vendor sells at least: the quantity, raised to the vendor's minimum and to whole packs. "
        "What nobody asked for goes to free stock.",
    )  # fmt: skip
    qty_ordered = fields.Float(
        "Ordered", compute="_compute_quantities", store=True, compute_sudo=True,
        help="On requests for quotation, on its way or received; what is given up is not ordered any more.",
    )  # fmt: skip
    qty_received = fields.Float(
        "Received", compute="_compute_quantities", store=True, compute_sudo=True,
        help="Received and not sent back to the vendor.",
    )  # fmt: skip
    is_cancelled = fields.Boolean(readonly=True, copy=False)
    refused_decision_id = fields.Many2one(
        "maintenance.approval.decision", "Refused by", readonly=True, copy=False, ondelete="restrict", index="btree_not_null",
        help="The decision that approved the rest of the requisition and refused this line.",
    )  # fmt: skip
    state = fields.Selection(REQUISITION_STATES, compute="_compute_state", store=True, index=True, compute_sudo=True)
    is_open = fields.Boolean(compute="_compute_state", store=True, index=True, compute_sudo=True)

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("product_id", "product_qty", "product_uom_id", "partner_id", "requisition_id.company_id")
    def _compute_qty_to_buy(self):
        for line in self:
            line.qty_to_buy = line._round_up_to_buy(line.product_qty)

    @api.depends(
        "product_uom_id",
        "is_by_amount",
        "purchase_line_ids.product_qty",
        "purchase_line_ids.product_uom_id",
        "purchase_line_ids.qty_received",
        "purchase_line_ids.order_id.state",
        "purchase_line_ids.move_ids.state",
        "purchase_line_ids.move_ids.quantity",
        "purchase_line_ids.move_ids.product_uom_qty",
    )
    def _compute_quantities(self):
        for line in self:
            ordered = received = 0.0
            for purchase in line.purchase_line_ids:
                on_order, here = purchase._get_supply_quantities()
                ordered += line._from_purchase_qty(on_order, purchase)
                received += line._from_purchase_qty(here, purchase)
            line.qty_ordered = ordered
            line.qty_received = received

    @api.depends(
        "is_cancelled",
        "refused_decision_id",
        "requisition_id.state",
        "requisition_id.approved_revision",
        "product_qty",
        "qty_ordered",
        "qty_received",
        "part_move_ids.state",
    )
    def _compute_state(self):
        """Own state from approval on; before, that of the requisition. What was approved and has come stays done
        when a new price is asked for the rest."""
        turned = self.browse()
        for line in self:
            state = line.requisition_id.state or "draft"
            if line.is_cancelled:
                state = "rejected" if line.refused_decision_id else "cancelled"
            elif line.requisition_id.approved_revision and line.qty_received and line._is_received():
                state = "done"
            elif state in ("approved", "ordered", "done"):
                state = "done" if line._is_received() else "ordered" if line._is_ordered() else "approved"
            is_open = state in ("draft", "to_approve", "approved", "ordered")
            if line.is_open != is_open:
                turned += line
            line.state = state
            line.is_open = is_open
        self.env.add_to_compute(self._fields["date_expected"], turned)

    # -- Quantities, in the unit of the line where none is given -----------------------------------

    def _get_live_purchase_lines(self):
        return self.purchase_line_ids._get_live()

    def _get_open_parts(self):
        return self.part_move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def _get_wanted_qty(self):
        """What was asked for; of what was ordered nothing more once the job's parts are all used or dropped."""
        self.ensure_one()
        for_job = self.maintenance_request_id and self.part_move_ids
        if for_job and self.purchase_line_ids and not self._get_open_parts():
            return min(self.product_qty, self.qty_ordered)
        return self.product_qty

    def _is_ordered(self):
        return self.product_uom_id.compare(self.qty_ordered, self._get_wanted_qty()) >= 0

    def _is_confirmed(self):
        """Whether an order for it is placed."""
        return any(purchase.order_id.state == "purchase" for purchase in self.purchase_line_ids)

    def _get_confirmed_qty(self):
        """On orders that are placed, in the unit of the line."""
        placed = self.purchase_line_ids.filtered(lambda purchase: purchase.order_id.state == "purchase")
        return sum(self._from_purchase_qty(purchase.product_qty, purchase) for purchase in placed)

    def _is_received(self):
        return self.product_uom_id.compare(self.qty_received, self._get_wanted_qty()) >= 0

    def _get_open_qty(self, uom):
        """Asked for and not received yet, in ``uom``."""
        self.ensure_one()
        return self._get_rest(self.qty_received, uom)

    def _get_held_qty(self, uom):
        """Asked for and not on a purchase line yet, in ``uom``."""
        self.ensure_one()
        return self._get_rest(self.qty_ordered, uom)

    def _get_rest(self, quantity, uom):
        if not self.is_open:
            return 0.0
        rest = self.product_uom_id.round(max(self._get_wanted_qty() - quantity, 0.0))
        return self.product_uom_id._compute_quantity(rest, uom, round=False)

    def _get_coming_qty(self, part, surplus=True):
        """What still comes of this line for ``part``, in the unit of the part.

        Counts what is asked for, ordered, and received but not yet put into usable stock. The job
        that it was asked for comes first, then who joined (``maintenance.part.join``), then other
        jobs that share the line.

        :param bool surplus: also what is ordered beyond what was asked for.
        """
        self.ensure_one()
        unit = part.product_uom
        asked = self._get_open_qty(unit) + self._get_qty_being_put_away(unit)
        more = self._get_surplus_qty(unit) if surplus else 0.0
        if not asked + more:
            return 0.0
        joined = self._get_joined_qty(unit)
        own = self._get_own_parts()
        if self.maintenance_request_id and part.maintenance_request_id == self.maintenance_request_id:
            before = own.filtered(lambda other: other.id < part.id)
            coming = asked + max(more - joined, 0.0)
        else:
            before = own | (self._get_open_parts() - own).filtered(lambda other: other.id < part.id)
            coming = asked + more - joined
        return max(coming - before._get_total_missing_qty(unit), 0.0)

    def _get_surplus_qty(self, uom):
        """Ordered beyond what was asked for (a vendor's minimum, whole packs), in ``uom``."""
        self.ensure_one()
        if not self.is_open:
            return 0.0
        more = self.qty_ordered - max(self._get_wanted_qty(), self.qty_received)
        return self.product_uom_id._compute_quantity(max(more, 0.0), uom, round=False)

    def _get_own_parts(self):
        """Open parts of the job that this was asked for."""
        job = self.maintenance_request_id
        return self._get_open_parts().filtered(lambda move: job and move.maintenance_request_id == job)

    def _get_qty_being_put_away(self, uom):
        """Received into an input or quality location and not in usable stock yet, in ``uom``."""
        self.ensure_one()
        quantity = self.purchase_line_ids._get_qty_being_put_away(uom)
        return min(quantity, self.product_uom_id._compute_quantity(self.qty_received, uom, round=False))

    # -- What the vendor sells ------------------------------------------------------------------------

    def _round_up_to_buy(self, quantity):
        """Raise ``quantity`` to the vendor's minimum and to whole packs; both in the unit of the line.

        A vendor's unit that counts pieces (a dozen, a pack) is sold whole, one that measures (a
        litre) is not.
        """
        self.ensure_one()
        seller = self._select_seller(self.partner_id) if self.partner_id else False
        if not seller:
            return quantity
        wanted = self._get_vendor_qty(quantity, seller)
        return max(quantity, seller.product_uom_id._compute_quantity(wanted, self.product_uom_id, round=False))

    def _get_vendor_qty(self, quantity, seller):
        """What is bought from ``seller`` for ``quantity`` of the line, in the vendor's unit."""
        unit = seller.product_uom_id
        wanted = self.product_uom_id._compute_quantity(quantity, unit, round=False)
        differs = unit != self.product_uom_id
        # what has no price list is ordered as it was asked for
        sold = differs or (wanted % 1 and seller._origin and self.product_id.type == "consu")
        counts = sold and unit._has_common_reference(self.env.ref("uom.product_uom_unit"))
        if counts or differs:
            # the tiny step down keeps 12 units one dozen, whatever the division makes of it
            wanted = float_round(
                wanted - 1e-6, precision_rounding=1.0 if counts else unit.rounding, rounding_method="UP"
            )
        return max(wanted, seller.min_qty)

    # -- Money ---------------------------------------------------------------------------------------

    def _get_committed_amount(self):
        """Approved or ordered and not yet a cost, in the company's currency.

        Stocked parts become a cost when they are used, all else when it is received, or billed before.
        """
        self.ensure_one()
        # in an emergency the order is placed before the approval
        waiting = self.state == "to_approve" and self._is_confirmed()
        if self.state not in ("approved", "ordered", "done") and not waiting:
            return 0.0
        unit = self.product_uom_id
        done = 0.0
        if self.product_id.is_storable and self.part_move_ids:
            left = sum(
                move.product_uom._compute_quantity(move.product_uom_qty, unit, round=False)
                for move in self._get_open_parts()
            )
        else:
            done = self.qty_received
            if not self.product_id.is_storable:
                billed = (self._from_purchase_qty(row.qty_invoiced, row) for row in self._get_live_purchase_lines())
                done = max(done, sum(billed))
            left = max(self._get_wanted_qty() - done, 0.0)
        if waiting:
            left = min(left, max(self._get_confirmed_qty() - done, 0.0))
        return self.currency_id.round(min(left, self.product_qty) * self._get_order_price())

    def _get_requested_amount(self):
        """Waits for approval and is not on a confirmed order yet, in the company's currency."""
        self.ensure_one()
        on_order = self._get_ordered_amount(self.env["purchase.order"], placing=False)
        return max(self.price_subtotal - on_order, 0.0)

    def _get_order_price(self):
        """Unit price on the order in the company's currency, else the approved one."""
        self.ensure_one()
        purchases = self._get_live_purchase_lines()
        quantity = sum(self._from_purchase_qty(purchase.product_qty, purchase) for purchase in purchases)
        if not quantity:
            return self.price_unit
        amount = sum(
            purchase.currency_id._convert(
                purchase.price_subtotal, self.currency_id, self.company_id,
                (purchase.order_id.date_order or fields.Datetime.now()).date(), round=False,
            )
            for purchase in purchases
        )  # fmt: skip
        return amount / quantity
