from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_hourly_cost = fields.Float(
        "Hourly cost",
        company_dependent=True,
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Cost of one hour of this technician, in the company's currency; empty means the "
        "company's rate.",
    )
