from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cost_of_capital = fields.Float(
        "Cost of capital", default=8.0,
        help="Percent a year that money costs the company or would earn elsewhere; used to compare keeping an asset with "
        "replacing it.",
    )  # fmt: skip

    _cost_of_capital_not_negative = models.Constraint(
        "CHECK(cost_of_capital >= 0)", "The cost of capital cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cost_of_capital = fields.Float(related="company_id.cost_of_capital", readonly=False)
