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
    version = fields.Selection([("was", "As it was"), ("suggested", "As suggested")], default="was", required=True, readonly=True)
    stock = fields.Monetary(readonly=True, groups=COSTS_GROUP, help="Value on the shelf, on average.")
    shortages = fields.Float(readonly=True, help="How often a job lacked a part.")

    @api.model
    def _forget(self):
        """Before all of them are made anew."""
        self.search([("month", "!=", False)]).unlink()

    @api.model
    def _add(self, months):
        """:param months: by ((company, warehouse, category), month) stock as it was and as suggested, and shortages likewise."""
        self.create(
            [
                {"company_id": company, "warehouse_id": warehouse, "categ_id": category, "month": month,
                 "version": version, "stock": stock, "shortages": shortages}
                for ((company, warehouse, category), month), figures in months.items()
                for version, stock, shortages in zip(("was", "suggested"), figures[:2], figures[2:], strict=True)
            ]
        )  # fmt: skip
