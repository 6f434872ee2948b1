from odoo import fields, models

FAILURE_KINDS = [("failure", "Failure"), ("cause", "Cause"), ("remedy", "Remedy")]


class MaintenanceFailureCode(models.Model):
    """The catalogue behind failures: what happened, why, and what helped, for some categories or all."""

    _name = "maintenance.failure.code"
    _description = "Failure Code"
    _order = "kind, sequence, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A short code for lists and figures, e.g. of your own standard.")
    kind = fields.Selection(FAILURE_KINDS, required=True, default="failure", index=True)
    sequence = fields.Integer(default=10)
    category_ids = fields.Many2many(
        "maintenance.equipment.category", string="Asset categories", help="Where it is offered; empty: for every asset."
    )
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(kind, code, COALESCE(company_id, 0)) WHERE code IS NOT NULL AND active",
        "Another failure code of this kind already has this code.",
    )
