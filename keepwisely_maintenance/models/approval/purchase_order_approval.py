from odoo import api, fields, models
from odoo.exceptions import UserError

#: What decides on the amounts of the lines, besides the lines.
AMOUNT = {"company_id", "currency_id", "date_order", "fiscal_position_id", "order_line", "partner_id", "state"}

#: What the exchange rate of a placed order follows from.
RATE = {"company_id", "currency_rate", "date_approve", "date_order"}


class PurchaseOrderApproval(models.Model):
    """No order is placed above what was approved, on any path that places or changes it."""

    _inherit = "purchase.order"

    exceeds_approval = fields.Boolean(compute="_compute_exceeds_approval", compute_sudo=True)

    @api.depends(
        "state",
        "currency_id",
        "order_line.price_subtotal",
        "order_line.product_qty",
        "order_line.requisition_line_id.state",
        "order_line.requisition_line_id.price_unit",
    )
    def _compute_exceeds_approval(self):
        for order in self:
            lines = order.order_line.requisition_line_id
            order.exceeds_approval = order.state in ("draft", "sent", "to approve") and any(
                line._get_amount_refusal(order, placing=True) for line in lines
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
        result = super().write(vals)
        if AMOUNT & vals.keys():
            self._check_approved(placing)
        return result

    def _keep_rate(self, vals):
        """The exchange rate that an approval is compared at is nobody's choice.

        :raises UserError: ``vals`` would change it on an order that serves a requisition.
        :returns: ``vals`` with the moment at which orders are placed by them.
        """
        # sudo: as in `_check_approved`
        serving = self.sudo().filtered("order_line.requisition_line_id")
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

    def _check_approved(self, placing):
        """Check the confirmed orders among these.

        :param placing: those that are being placed now.
        :raises UserError: one has more on it than was approved, or nothing names what it is for.
        """
        confirmed = self.filtered(lambda order: order.state == "purchase")
        # sudo: whoever orders need not read requisitions of others to be told
        for order in confirmed.sudo():
            order._check_maintenance_link()
            for line in order.order_line.requisition_line_id:
                refusal = line._get_amount_refusal(order, placing=order in placing)
                if refusal:
                    raise UserError(refusal)

    def _check_maintenance_link(self):
        """:raises UserError: the company wants spare parts bought for a job, an asset or a reorder point only."""
        if not self.company_id.require_maintenance_link:
            return
        for line in self.order_line.filtered("product_id.is_spare_part"):
            linked = line.requisition_line_id or line.maintenance_request_id or line.equipment_id or line.orderpoint_id
            if not linked:
                raise UserError(
                    self.env._(
                        "%(product)s on %(order)s names no work order, asset or reorder point; say what it is for.",
                        product=line.product_id.display_name,
                        order=self.name,
                    )
                )
