from odoo import api, fields, models

from ...const import COSTS_GROUP


class MaintenanceReorderMonth(models.Model):
    """The last two years as they were and as the suggestions would have made them, month by month.

    Made anew with the suggestions; each batch of them adds its own rows.
    """

    _name = "maintenance.reorder.month"
    _description = "Reorder points played back"
    _order = "month, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, index="btree_not_null", ondelete="cascade")
    categ_id = fields.Many2one("product.category", "Category", readonly=True, index="btree_not_null", ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True)
    stock = fields.Monetary("Stock as it was", readonly=True, groups=COSTS_GROUP, help="Value on the shelf, on average.")
    stock_then = fields.Monetary("Stock as suggested", readonly=True, groups=COSTS_GROUP)
    shortages = fields.Float("Shortages as it was", readonly=True, help="How often a job lacked a part.")
    shortages_then = fields.Float("Shortages as suggested", readonly=True)

    @api.model
    def _forget(self):
        """Before all of them are made anew."""
        self.search([("month", "!=", False)]).unlink()

    @api.model
    def _add(self, months):
        """:param months: by ((company, warehouse, category), month) the four figures."""
        names = ("stock", "stock_then", "shortages", "shortages_then")
        self.create(
            [
                {"company_id": company, "warehouse_id": warehouse, "categ_id": category, "month": month,
                 **dict(zip(names, figures, strict=True))}
                for ((company, warehouse, category), month), figures in months.items()
            ]
        )  # fmt: skip
