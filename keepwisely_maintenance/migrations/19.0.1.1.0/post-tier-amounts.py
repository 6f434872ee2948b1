"""Tiers of 500 and 5,000 in a currency where that is next to nothing, or a fortune: administrators are asked to look."""

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    brought = env["maintenance.approval.tier"].search([("min_amount", "in", (500, 5000))])
    brought.company_id._maintenance_ask_about_brought_tiers()
