from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    scan_without_login = fields.Boolean(
        "Reports without login",
        help="Whoever scans the label of an asset can report a problem without logging in. They see the name of the "
        "asset and nothing else.",
    )
    not_fixed_days = fields.Integer(
        "Not fixed within", default=14,
        help="Days after completion in which reporters can open the work again. Later, and once it is closed, a new "
        "report is made.",
    )  # fmt: skip

    _not_fixed_days_not_negative = models.Constraint(
        "CHECK(not_fixed_days >= 0)", "Days in which work can be opened again cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    scan_without_login = fields.Boolean(related="company_id.scan_without_login", readonly=False)
    not_fixed_days = fields.Integer(related="company_id.not_fixed_days", readonly=False)
