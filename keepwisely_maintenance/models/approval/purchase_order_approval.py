from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import RFQ_STATES

#: What decides on the amounts of the lines, besides the lines.
AMOUNT = {"company_id", "currency_id", "date_order", "fiscal_position_id", "partner_id", "state"}

#: What the exchange rate of a placed order follows from.
RATE = {"company_id", "currency_rate", "date_approve", "date_order"}


class PurchaseOrderApproval(models.Model):
    """No order is placed above what was approved, on any path that places or changes it."""

    _inherit = "purchase.order"

    exceeds_approval = fields.Boolean(compute="_compute_exceeds_approval", compute_sudo=True)
    maintenance_not_approved = fields.Boolean(
        compute="_compute_exceeds_approval", compute_sudo=True,
        help="What a line was asked for by waits for its decision, was refused or was cancelled.",
    )  # fmt: skip

    @api.depends(
        "state",
        "currency_id",
        "partner_id",
        "order_line.price_subtotal",
        "order_line.product_qty",
        "order_line.requisition_line_id.state",
        "order_line.requisition_line_id.price_unit",
    )
    def _compute_exceeds_approval(self):
        for order in self:
            lines = order.order_line.requisition_line_id if order.state in RFQ_STATES else ()
            order.exceeds_approval = any(
                line._is_other_vendor(order) or line._get_amount_refusal(order, placing=True) for line in lines
            )
            order.maintenance_not_approved = any(
                not line.requisition_id._may_be_ordered(line, placing=True) for line in lines
            )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._check_approved(orders)
        return orders

    def write(self, vals):
        placing = self.filtered(lambda order: order.state != "purchase") if "state" in vals else self.browse()
        if RATE & vals.keys():
            vals = self._keep_rate(vals)
        before = self._maintenance_get_placed_amounts() if AMOUNT & vals.keys() else {}
        result = super().write(vals)
        if AMOUNT & vals.keys():
            self._check_approved(placing, before)
        if vals.get("state") == "cancel":
            # sudo: as in `_check_approved`
            for line in self.sudo().order_line.requisition_line_id:
                line._note_raised(self.browse(), placing=False)
        return result

    def _maintenance_get_placed_amounts(self, lines=None):
        """What is so now on the orders that are placed: what each requisition line costs, by order; the vendor, by order;
        and kind, cost and whether there is a purpose, by order line without a requisition.

        :param lines: only of these order lines.
        """
        # sudo: as in `_check_approved`
        placed = self.sudo().filtered(lambda order: order.state == "purchase")
        before = {
            (order, line): line._get_ordered_amount(order, placing=False)
            for order in placed
            for line in (order.order_line if lines is None else order.order_line & lines).requisition_line_id
        }
        direct = (placed.order_line if lines is None else placed.order_line & lines).filtered(
            lambda line: not line.requisition_line_id
        )
        return {
            **before,
            **{order: order.partner_id for order in placed},
            **{
                line: (
                    line._maintenance_get_kind(),
                    line._maintenance_get_spent(line.order_id, placing=False),
                    line._maintenance_names_purpose(),
                )
                for line in direct
            },
        }

    def _keep_rate(self, vals):
        """The exchange rate that an approval is compared at is nobody's choice.

        :raises UserError: ``vals`` would change it on an order that serves a requisition.
        :returns: ``vals`` with the moment at which orders are placed by them.
        """
        # sudo: as in `_check_approved`
        serving = self.sudo().filtered(
            lambda order: order.order_line.requisition_line_id or order.order_line._maintenance_get_direct()
        )
        if self.env.su or not serving:
            return vals
        placed = serving.filtered(lambda order: order.state == "purchase")
        fixed = {"company_id", "currency_rate"} | ({"date_approve", "date_order"} if placed else set())
        for name in sorted(fixed & vals.keys()):
            field = self._fields[name]
            raise UserError(
                self.env._(
                    "“%(field)s” of %(order)s stays as it is: what was approved is compared at its exchange rate.",
                    field=field._description_string(self.env),
                    order=(placed or serving)[0].name,
                )
            )
        return {**vals, "date_approve": fields.Datetime.now()} if vals.get("state") == "purchase" else vals

    def _get_rate_to_check(self, placing):
        """Of the order's currency against the company's: of the day it was placed, else of today."""
        self.ensure_one()
        moment = self.date_approve if self.state == "purchase" and not placing else False
        return self.env["res.currency"]._get_conversion_rate(
            self.company_id.currency_id, self.currency_id, self.company_id, moment or fields.Datetime.now()
        ) or 1.0

    def _check_approved(self, placing, before=None, lines=None):
        """Check the confirmed orders among these. What becomes no dearer is not asked about.

        :param placing: those that are being placed now.
        :param dict before: what was so before the change, as of `_maintenance_get_placed_amounts`.
        :param lines: only these lines changed.
        :raises UserError: one has more on it than was approved, or nothing names what it is for.
        """
        before = before or {}
        confirmed = self.filtered(lambda order: order.state == "purchase")
        # sudo: whoever orders need not read requisitions of others to be told
        for order in confirmed.sudo():
            is_placed = order in placing
            changed = order.order_line if lines is None else order.order_line & lines
            order._check_maintenance_link(changed, before)
            order._maintenance_check_direct(changed, before, is_placed)
            if is_placed or before.get(order, order.partner_id) != order.partner_id:
                order._maintenance_check_vendor(changed)
            for line in changed.requisition_line_id:
                known = None if is_placed else before.get((order, line))
                cheaper = known is not None and known >= line._get_ordered_amount(order, placing=False)
                refusal = not cheaper and line._get_amount_refusal(order, placing=is_placed)
                if refusal:
                    raise UserError(refusal)
                line._note_raised(order, placing=is_placed)

    def _maintenance_check_vendor(self, lines):
        """:raises UserError: the vendor is archived, or another one was approved."""
        approved = lines.requisition_line_id
        for vendor in self.partner_id | self.partner_id.commercial_partner_id:
            if not vendor.active and (approved or lines._maintenance_get_direct()):
                raise UserError(
                    self.env._(
                        "%(vendor)s is archived; order from another vendor, or restore this one first.",
                        vendor=vendor.display_name,
                    )
                )
        for line in approved:
            if line._is_other_vendor(self):
                raise UserError(
                    self.env._(
                        "%(line)s was approved from %(approved)s on %(requisition)s, not from %(vendor)s; order it there, or "
                        "ask for approval of the change first.",
                        line=line.name,
                        approved=line.partner_id.display_name,
                        requisition=line.requisition_id.name,
                        vendor=self.partner_id.display_name,
                    )
                )

    def _check_maintenance_link(self, lines, before):
        """:raises UserError: the company wants spare parts bought for a job, an asset or a reorder point only, or such
        a purpose is taken off a placed order.

        :param dict before: as of `_maintenance_get_placed_amounts`.
        """
        rule = self.company_id.maintenance_order_rule
        for line in lines:
            if rule != "free" and line in before and before[line][2] and not line._maintenance_names_purpose():
                raise UserError(
                    self.env._(
                        "%(order)s is placed; say what else %(product)s is for instead of taking its purpose off.",
                        order=self.name,
                        product=line.product_id.display_name,
                    )
                )
            if rule == "purpose" and line.product_id.is_spare_part and not line._maintenance_has_purpose():
                raise UserError(
                    self.env._(
                        "%(product)s on %(order)s names no work order that is open, asset in use or reorder point; say what it "
                        "is for.",
                        product=line.product_id.display_name,
                        order=self.name,
                    )
                )
