"""Parts that are still needed are counted in the unit of their product."""

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    parts = env["stock.move"].search([("maintenance_request_id", "!=", False), ("state", "not in", ("done", "cancel"))])
    for part in parts.filtered(lambda part: part.product_uom != part.product_id.uom_id):
        part.product_uom_qty = part.product_uom_qty
