from odoo import fields, models


class MaintenanceRequisitionLinePrice(models.Model):
    """What may be spent on a line, and what is ordered of it in money."""

    _inherit = "maintenance.requisition.line"

    new_price_unit = fields.Monetary(
        "New unit price", readonly=True, copy=False, groups="keepwisely_maintenance.group_maintenance_costs",
        help="Asked for after the approval, in the company's currency; decided on together with its reason.",
    )  # fmt: skip

    def _get_asked_price(self):
        return self.new_price_unit or self.price_unit

    def _get_approved_amount(self):
        """What was approved for the line, in the company's currency."""
        self.ensure_one()
        return self.currency_id.round(self.qty_to_buy * self.price_unit)

    def _get_ordered_amount(self, order):
        """What ``order`` and the confirmed ones cost of this line, in the company's currency, taxes excluded.

        What was sent back or given up is not counted; it may be bought again.
        """
        self.ensure_one()
        total = 0.0
        for purchase in self.purchase_line_ids.filtered(
            lambda purchase: purchase.order_id == order or purchase.order_id.state in ("purchase", "cancel")
        ):
            if purchase.product_qty:
                share = purchase._get_placed_qty(order) / purchase.product_qty
                total += purchase.price_subtotal * share / (purchase.order_id.currency_rate or 1.0)
        return self.currency_id.round(total)

    def _get_amount_refusal(self, order, placing):
        """Why ``order`` cannot be placed (or stay as it is) for this line, or False.

        More of the same at the approved price passes as long as all that was asked for the job
        stays below the lowest tier: nobody would have to approve it.
        """
        self.ensure_one()
        requisition = self.requisition_id
        if not requisition._may_be_ordered(self, placing):
            return self.env._(
                "%(line)s is on %(requisition)s, which is %(state)s; it cannot be ordered.",
                line=self.name,
                requisition=requisition.name,
                state=requisition._get_state_label().lower(),
            )
        approved, ordered = self._get_approved_amount(), self._get_ordered_amount(order)
        limit = approved * (1 + self.company_id.requisition_price_tolerance / 100)
        if self.currency_id.compare_amounts(ordered, limit) <= 0 or self._is_more_of_the_same(approved, ordered):
            return False
        return self.env._(
            "%(line)s costs %(ordered)s and %(approved)s were approved on %(requisition)s; ask for approval of the "
            "new price first.",
            line=self.name,
            ordered=self.currency_id.format(ordered),
            approved=self.currency_id.format(approved),
            requisition=requisition.name,
        )

    def _is_more_of_the_same(self, approved, ordered):
        tolerance = 1 + self.company_id.requisition_price_tolerance / 100
        quantity = max(self.qty_ordered, self.qty_to_buy)
        price = ordered / quantity if quantity else 0.0
        if self.currency_id.compare_amounts(price, self.price_unit * tolerance) > 0:
            return False
        job = self.requisition_id._get_job_amounts()[self.requisition_id] + ordered - approved
        return not self.env["maintenance.approval.tier"]._get_reached(self.company_id, job)

    def _describe_new_price(self):
        return f"{self.name}: {self.currency_id.format(self.price_unit)} → {self.currency_id.format(self.new_price_unit)}"
