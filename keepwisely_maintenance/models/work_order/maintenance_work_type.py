from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: As native Maintenance divides work; its figures and ours count by it.
NATIVE_TYPES = [("corrective", "Corrective"), ("preventive", "Preventive")]


class MaintenanceWorkType(models.Model):
    """What kind of work it is, finer than corrective and preventive; each kind counts as one of these two."""

    _name = "maintenance.work.type"
    _description = "Work Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    maintenance_type = fields.Selection(
        NATIVE_TYPES, "Counts as", required=True, default="corrective",
        help="Figures count corrective work as failures and repairs, preventive work as planned.",
    )  # fmt: skip
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    active = fields.Boolean(default=True)

    def write(self, vals):
        self._check_changeable(vals)
        return super().write(vals)

    def _check_changeable(self, vals):
        """:raises UserError: work that was counted would count as something else, or be of another company's kind."""
        changed = self.filtered(
            lambda kind: vals.get("maintenance_type", kind.maintenance_type) != kind.maintenance_type
            or ("company_id" in vals and vals["company_id"] and vals["company_id"] != kind.company_id.id)
        )
        # sudo: also on work that one cannot see
        used = changed.sudo()._get_used()
        if used:
            raise UserError(
                self.env._("“%s” is used already; archive it and add another work type instead.", used[:1].name)
            )

    def _get_used(self):
        """Those that stand on something."""
        requests = self.env["maintenance.request"].with_context(active_test=False)
        groups = requests._read_group([("maintenance_work_type_id", "in", self.ids)], ["maintenance_work_type_id"])
        return self.browse([kind.id for (kind,) in groups])


class MaintenanceRequestWorkType(models.Model):
    """The native type follows the work type; a native type that is set by others clears one that does not fit it."""

    _inherit = "maintenance.request"

    maintenance_work_type_id = fields.Many2one(
        "maintenance.work.type", "Work type", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True,
        help="It decides whether the work counts as corrective or preventive.",
    )  # fmt: skip

    @api.onchange("maintenance_work_type_id")
    def _onchange_maintenance_work_type_id(self):
        if self.maintenance_work_type_id:
            self.maintenance_type = self.maintenance_work_type_id.maintenance_type

    @api.onchange("maintenance_type")
    def _onchange_maintenance_type(self):
        if self.maintenance_work_type_id.maintenance_type != self.maintenance_type:
            self.maintenance_work_type_id = False

    @api.constrains("maintenance_work_type_id", "maintenance_type")
    def _check_maintenance_work_type(self):
        for request in self:
            # sudo: whatever may be written may be compared
            kind = request.sudo().maintenance_work_type_id
            if kind and kind.maintenance_type != request.maintenance_type:
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” counts as “%(counts)s”; choose another work type for %(work_order)s.",
                        kind=kind.name,
                        counts=dict(kind._fields["maintenance_type"]._description_selection(self.env))[kind.maintenance_type],
                        work_order=request.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        name = "maintenance_work_type_id"
        default = self.default_get([name]).get(name) if any(name not in vals for vals in vals_list) else False
        if default:
            # a default gives way to a native type that is set
            vals_list = [
                {name: False if "maintenance_type" in vals and name not in vals else default, **vals} for vals in vals_list
            ]
        return super().create([self._maintenance_with_native_type(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._maintenance_with_native_type(vals)
        if vals.get("maintenance_type") and "maintenance_work_type_id" not in vals:
            # sudo: whatever may be written may be compared
            misfits = self.sudo().filtered(
                lambda request: request.maintenance_work_type_id
                and request.maintenance_work_type_id.maintenance_type != vals["maintenance_type"]
            ).with_env(self.env)
            if misfits:
                (self - misfits).write(vals)
                return super(MaintenanceRequestWorkType, misfits).write({**vals, "maintenance_work_type_id": False})
        return super().write(vals)

    @api.model
    def _maintenance_with_native_type(self, vals):
        if not vals.get("maintenance_work_type_id") or "maintenance_type" in vals:
            return vals
        # sudo: read for the comparison only; whether it may be chosen is checked when it is written
        kind = self.env["maintenance.work.type"].sudo().browse(vals["maintenance_work_type_id"])
        return {**vals, "maintenance_type": kind.maintenance_type}
