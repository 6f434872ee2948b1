from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

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

    def write(self, vals):
        self._check_not_in_closed_work(vals)
        return super().write(vals)

    def _check_not_in_closed_work(self, vals):
        """:raises UserError: another kind or company would say something else about work that is closed."""
        changed = self.filtered(
            lambda code: vals.get("kind", code.kind) != code.kind
            or (vals.get("company_id", code.company_id.id) or False) != code.company_id.id
        )
        if self.env.su or not changed:
            return
        used = Domain.OR(Domain(name, "in", changed.ids) for name in ("failure_id", "cause_id", "remedy_id"))
        # sudo: also in work that one cannot see
        closed = self.env["maintenance.request"].sudo().search(used & Domain("state", "=", "closed"), limit=1)
        if closed:
            raise UserError(
                self.env._(
                    "Closed work says “%s”; archive this code and add one of the other kind.", changed[0].name
                )
            )
