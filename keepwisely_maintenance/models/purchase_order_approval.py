from odoo import api, fields, models
from odoo.exceptions import UserError


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
        result = super().write(vals)
        if {"state", "currency_id", "date_order", "order_line"} & vals.keys():
            self._check_approved(placing)
        return result

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
