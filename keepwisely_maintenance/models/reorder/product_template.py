from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    maintenance_failure_rate = fields.Float(
        "Failures a year",
        help="How often one of these fails, for each asset that it fits. Decides how many to keep of a part that was never "
        "used. 0: as comparable parts of its category.",
    )  # fmt: skip

    _maintenance_failure_rate_not_negative = models.Constraint(
        "CHECK(maintenance_failure_rate >= 0)", "How often a part fails cannot be negative."
    )
