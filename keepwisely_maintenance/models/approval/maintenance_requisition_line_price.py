from odoo import api, fields, models
from odoo.tools import format_list

from ...cached import fetch_rows


class MaintenanceRequisitionLinePrice(models.Model):
    """What a line costs on the price list, what may be spent on it, and what is ordered of it in money."""

    _inherit = "maintenance.requisition.line"

    new_price_unit = fields.Monetary(
        "New unit price", readonly=True, copy=False, groups="keepwisely_maintenance.group_maintenance_costs",
        help="Asked for after the approval, in the company's currency; decided on together with its reason.",
    )  # fmt: skip

    amount_limit = fields.Monetary(
        "May cost", readonly=True, copy=False, groups="keepwisely_maintenance.group_maintenance_costs",
        help="What the line cost when it was submitted or a new price was approved. Nothing that changes later, such "
        "as a vendor's minimum, raises what was approved.",
    )  # fmt: skip

    def _get_asked_price(self):
        return self.new_price_unit or self.price_unit

    def _get_approved_amount(self):
        """What was approved for the line, in the company's currency."""
        self.ensure_one()
        amount = self.currency_id.round(self.qty_to_buy * self.price_unit)
        return min(amount, self.amount_limit) if self.amount_limit else amount

    def _fix_limit(self):
        """What the lines cost now is what is asked for or was approved."""
        for amount, lines in self.grouped("price_subtotal").items():
            lines._write_by_system({"amount_limit": amount, "amount_raised": 0.0})

    def _get_ordered_amount(self, order, placing=True):
        """What ``order`` and the confirmed ones cost of this line, in the company's currency, taxes excluded.

        What was given up is not counted once it cannot be billed any more, and what was sent back not
        once it is refunded; it may be bought again. A credit makes no room for something dearer.

        :param bool placing: ``order`` is not placed yet, so today's exchange rate counts.
        """
        self.ensure_one()
        return self.currency_id.round(
            sum(purchase._maintenance_get_spent(order, placing) for purchase in self._get_spending_lines(order))
        )

    def _get_spending_lines(self, order):
        """The purchase lines that count when ``order`` is placed."""
        return self.purchase_line_ids.filtered(
            lambda purchase: purchase.order_id == order or purchase.order_id.state in ("purchase", "cancel")
        )

    def _get_amount_refusal(self, order, placing):
        """Why ``order`` cannot be placed (or stay as it is) for this line, or False.

        More of the same at the approved price passes as long as all that was asked for the job
        stays below the lowest tier: nobody would have to approve it.
        """
        self.ensure_one()
        requisition = self.requisition_id
        if not requisition._may_be_ordered(self, placing):
            names = {"line": self.name, "requisition": requisition.name, "order": order.name}
            if self.is_cancelled:
                return self.env._("%(line)s is not needed any more on %(requisition)s; take it off %(order)s.", **names)
            if requisition.is_emergency_refused:
                return self.env._(
                    "%(line)s was refused on %(requisition)s after it was ordered in emergency; cancel %(order)s.", **names
                )
            return self.env._(
                "%(line)s is on %(requisition)s, which is in state “%(state)s”; have it approved before ordering.",
                state=requisition._get_state_label(),
                **names,
            )
        approved, ordered = self._get_approved_amount(), self._get_ordered_amount(order, placing)
        limit = approved * (1 + self.company_id.requisition_price_tolerance / 100)
        if self.currency_id.compare_amounts(ordered, limit) <= 0 or self._is_more_of_the_same(ordered, order):
            return False
        unsettled = self._get_spending_lines(order).filtered(
            lambda purchase: purchase.order_id != order and purchase._maintenance_is_unsettled(order)
        )
        if unsettled:
            return self.env._(
                "%(line)s costs %(ordered)s with what %(unsettled)s still costs, and %(approved)s were approved on "
                "%(requisition)s; have %(unsettled)s refunded or lowered, or ask for approval of the new price first.",
                line=self.name,
                ordered=self.currency_id.format(ordered),
                approved=self.currency_id.format(approved),
                requisition=requisition.name,
                unsettled=format_list(self.env, unsettled.order_id.mapped("name")),
            )
        return self.env._(
            "%(line)s costs %(ordered)s and %(approved)s were approved on %(requisition)s; ask for approval of the "
            "new price first.",
            line=self.name,
            ordered=self.currency_id.format(ordered),
            approved=self.currency_id.format(approved),
            requisition=requisition.name,
        )

    def _is_more_of_the_same(self, ordered, order):
        tolerance = 1 + self.company_id.requisition_price_tolerance / 100
        quantity = sum(
            self._from_purchase_qty(max(purchase.product_qty, purchase._get_placed_qty(order)), purchase)
            for purchase in self._get_spending_lines(order)
        )
        price = ordered / quantity if quantity else 0.0
        if self.currency_id.compare_amounts(price, self.price_unit * tolerance) > 0:
            return False
        excess = ordered - self._get_approved_amount() - self.amount_raised
        job = self.requisition_id._get_job_amounts()[self.requisition_id] + excess
        return not self.env["maintenance.approval.tier"]._get_reached(self.company_id, job)

    def _log_price_asked(self, reason):
        """Hook for who keeps a record of prices."""

    # -- Price list --------------------------------------------------------------------------------

    def _select_seller(self, partner=False):
        self.ensure_one()
        return self._find_seller(
            self.product_id, self.requisition_id.company_id, self.product_qty, self.product_uom_id, partner
        )

    @api.model
    def _find_seller(self, product, company, quantity, uom, partner=False):
        """The price list entry that a line of these values is bought by, empty when there is none."""
        if not product:
            return self.env["product.supplierinfo"]
        product = product.with_company(company)
        if self.env.su:
            fetch_rows(product.product_tmpl_id, "seller_ids")
        seller = product._select_seller(partner_id=partner, quantity=quantity, uom_id=uom)
        # below every minimum quantity, the smallest minimum is bought
        return seller or product._select_seller(partner_id=partner, quantity=None, ordered_by="min_qty")

    def _get_list_price(self):
        """Price of the vendor's price list, 0.0 where there is none."""
        seller = self._select_seller(self.partner_id) if self.partner_id else False
        return self._get_seller_price(seller) if seller else 0.0

    def _forget_list_prices(self):
        """Screens send every price back; only one that differs from the list was negotiated."""
        # sudo: the flag is hidden from those who see no prices
        for line in self.sudo().filtered("is_price_manual"):
            if not line.currency_id.compare_amounts(line.price_unit, line._get_list_price()):
                line.is_price_manual = False

    def _get_seller_price(self, seller):
        """Price-list price in the company's currency at the day's rate, taxes and discount taken off."""
        self.ensure_one()
        company = self.requisition_id.company_id
        taxes = self.product_id.supplier_taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(company)
        )
        price = seller.price * (1 - (seller.discount or 0.0) / 100)
        if any(tax.price_include for tax in taxes):
            price = taxes.compute_all(price, currency=seller.currency_id, product=self.product_id)["total_excluded"]
        price = seller.product_uom_id._compute_price(price, self.product_uom_id)
        return seller.currency_id._convert(price, company.currency_id, company, company._get_plant_day())
