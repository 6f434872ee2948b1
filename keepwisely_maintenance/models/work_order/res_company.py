from odoo import fields, models


class ResCompanyWork(models.Model):
    """How technicians record their work."""

    _inherit = "res.company"

    timer_max_hours = fields.Float(
        "Longest timer", default=12.0, required=True,
        help="Hours after which a running timer is taken for forgotten: it stops, books these hours, and its technician "
        "is asked to check them.",
    )  # fmt: skip
    failure_codes_required = fields.Boolean(
        "Failure, cause and remedy are required",
        help="Corrective work is completed only once it says what failed, why, and how it was fixed.",
    )

    _timer_max_hours_sensible = models.Constraint(
        "CHECK(timer_max_hours > 0 AND timer_max_hours <= 24)", "The longest timer is between zero and 24 hours."
    )
