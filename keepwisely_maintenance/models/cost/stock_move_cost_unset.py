from odoo import api, fields, models
from odoo.tools import SQL

from ...const import COSTS_GROUP


class StockMoveCostUnset(models.Model):
    """Parts whose cost was never set: Odoo values them at nothing, their job pays what was last paid for one.

    The stock value and the accounts are Odoo's and stay as they are; the estimate stands in the ledger of maintenance
    alone, as an entry of its own. What comes back takes its share of it away again.
    """

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: whoever uses a part causes an entry that nobody writes by hand
        moves.sudo().filtered("maintenance_request_id")._maintenance_enter_estimates()
        return moves

    def _maintenance_enter_estimates(self):
        vals_list = []
        parts = self.filtered(lambda move: move.state == "done" and move.product_id.is_storable)
        for company, moves in parts.grouped("company_id").items():
            unset = moves.filtered(lambda move: not move.origin_returned_move_id and not move.value)
            prices = unset.product_id.with_company(company)._maintenance_get_unset_prices()
            for move in moves:
                used = move.origin_returned_move_id
                if used:
                    amount = -used._maintenance_get_estimate() * move._maintenance_get_share_of(used)
                else:
                    amount = prices.get(move.product_id.id, 0.0) * move._maintenance_get_stock_qty()
                vals_list += move._maintenance_prepare_estimate(amount, used)
        self.env["maintenance.cost.entry"].create(vals_list)

    def _maintenance_get_stock_qty(self):
        return self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id, round=False)

    def _maintenance_get_share_of(self, used):
        """How much this brings back of what came back neither before nor with it."""
        before = used.returned_move_ids.filtered(lambda move: move.state == "done") - self
        left = used._maintenance_get_stock_qty() - sum(move._maintenance_get_stock_qty() for move in before)
        return min(self._maintenance_get_stock_qty() / left, 1.0) if left > 0 else 1.0

    def _maintenance_get_estimate(self):
        """What stands in the ledger for this use by the last purchase price, less what came back."""
        self.ensure_one()
        entries = self.env["maintenance.cost.entry"].sudo().search(
            [("stock_move_id", "in", [self.id, *self.returned_move_ids.ids]), ("entry", "=", "estimated")]
        )
        return sum(entries.mapped("amount"))

    def _maintenance_prepare_estimate(self, amount, used=None):
        """A list of the values of the entry, or an empty one for nothing."""
        self.ensure_one()
        if self.company_id.currency_id.is_zero(amount):
            return []
        request = (used or self).maintenance_request_id
        return [
            {
                "date": self.cost_date or self.company_id._get_plant_day(),
                "company_id": self.company_id.id,
                "entry": "estimated",
                "kind": "part",
                "product_id": self.product_id.id,
                "maintenance_request_id": request.id,
                "equipment_id": request.equipment_id.id,
                "stock_move_id": self.id,
                "amount": self.company_id.currency_id.round(amount),
            }
        ]


class ProductProductCostUnset(models.Model):
    _inherit = "product.product"

    def _maintenance_get_unset_prices(self):
        """Of tracked products without a cost in the current company: what was last paid for one, by id.

        In the company's currency and the unit of the product, taxes excluded; nothing for what was never bought.
        """
        unset = self.filtered(lambda product: product.is_storable and not product.standard_price)
        if not unset:
            return {}
        orders, purchases = self.env["purchase.order"], self.env["purchase.order.line"]
        orders.flush_model(["state", "date_approve", "date_order", "currency_rate"])
        purchases.flush_model(["company_id", "order_id", "product_id", "product_qty", "price_subtotal"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (line.product_id) line.id
                  FROM purchase_order_line line
                  JOIN purchase_order po ON po.id = line.order_id
                 WHERE po.state = 'purchase' AND line.product_qty > 0 AND line.price_subtotal > 0
                   AND line.company_id = %s AND line.product_id IN %s
                 ORDER BY line.product_id, COALESCE(po.date_approve, po.date_order) DESC, line.id DESC
                """,
                self.env.company.id,
                unset._ids,
            )
        )
        lines = purchases.browse(row[0] for row in rows)
        return {
            line.product_id.id: line.product_uom_id._compute_price(
                line.price_subtotal / line.product_qty / (line.order_id.currency_rate or 1.0), line.product_id.uom_id
            )
            for line in lines
        }


class MaintenanceRequestCostUnset(models.Model):
    _inherit = "maintenance.request"

    maintenance_cost_unset_message = fields.Char(
        "Parts without a cost", compute="_compute_maintenance_cost_unset_message", compute_sudo=True, groups=COSTS_GROUP
    )

    @api.depends("part_ids.product_id.standard_price", "part_ids.product_id.is_storable", "part_ids.state")
    def _compute_maintenance_cost_unset_message(self):
        """“Seal: last purchase price $ 5.00; Belt: never bought, counts as nothing”"""
        for request in self:
            parts = request.part_ids.filtered(lambda move: move.state != "cancel")
            products = parts.product_id.with_company(request.company_id)
            prices = products._maintenance_get_unset_prices()
            request.maintenance_cost_unset_message = "; ".join(
                self.env._(
                    "%(part)s at its last purchase price, %(price)s",
                    part=product.display_name,
                    price=request.currency_id.format(prices[product.id]),
                )
                if product.id in prices
                else self.env._("%s, never bought, at nothing", product.display_name)
                for product in products
                if product.is_storable and not product.standard_price
            )
