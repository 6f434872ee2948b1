from odoo import fields, models


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_maintenance = fields.Boolean(
        readonly=True, help="Parts used by work orders go here."
    )
