from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    maintenance_phone_days = fields.Integer(
        "Days on the phone", default=7, required=True,
        help="So long a phone keeps its work without contact; after that it forgets it. What it sends later than that is "
        "written down as done so many days ago.",
    )  # fmt: skip
    maintenance_phone_document_mb = fields.Integer(
        "Largest document on the phone (MB)", default=10, required=True,
        help="Documents of work orders and assets up to this size are there without a signal. 0: none.",
    )  # fmt: skip

    _maintenance_phone_days_sensible = models.Constraint(
        "CHECK(maintenance_phone_days BETWEEN 1 AND 60)", "A phone keeps its work for 1 to 60 days."
    )
    _maintenance_phone_document_mb_sensible = models.Constraint(
        "CHECK(maintenance_phone_document_mb BETWEEN 0 AND 100)", "Documents on the phone have up to 100 MB."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    maintenance_phone_days = fields.Integer(related="company_id.maintenance_phone_days", readonly=False)
    maintenance_phone_document_mb = fields.Integer(related="company_id.maintenance_phone_document_mb", readonly=False)
