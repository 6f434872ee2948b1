from odoo import api, models


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    @api.depends(
        "product_id.requisition_line_ids.is_open",
        "product_id.requisition_line_ids.product_qty",
        "product_id.requisition_line_ids.qty_ordered",
    )
    def _compute_qty_to_order_computed(self):
        """What is held counts as in progress, so holding it settles the need at once."""
        return super()._compute_qty_to_order_computed()
