from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: The field of a work order for each kind of failure code.
FAILURE_FIELDS = {"failure": "failure_id", "cause": "cause_id", "remedy": "remedy_id"}


def _code_domain(kind):
    return (
        f"[('kind', '=', '{kind}'), ('company_id', 'in', (False, company_id)), "
        "'|', ('category_ids', '=', False), ('category_ids', 'in', category_id)]"
    )


class MaintenanceRequestFailure(models.Model):
    """What failed, why, and what helped; what was done in words; and the screen that asks for it at the end."""

    _inherit = "maintenance.request"

    failure_id = fields.Many2one(
        "maintenance.failure.code", "What failed", domain=_code_domain("failure"), copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    cause_id = fields.Many2one(
        "maintenance.failure.code", "Why", domain=_code_domain("cause"), copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    remedy_id = fields.Many2one(
        "maintenance.failure.code", "What helped", domain=_code_domain("remedy"), copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    work_done = fields.Text("What was done", copy=False)
    failure_required = fields.Boolean(compute="_compute_failure_required")

    @api.depends("maintenance_type", "company_id")
    def _compute_failure_required(self):
        for request in self:
            # sudo: a setting of the company, not a secret
            required = request.company_id.sudo().failure_codes_required
            request.failure_required = required and request.maintenance_type == "corrective"

    @api.constrains(*FAILURE_FIELDS.values())
    def _check_failure_codes(self):
        for request in self:
            for kind, name in FAILURE_FIELDS.items():
                code = request[name]
                if code and not request._accepts_failure_code(code, kind):
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” is not for “%(field)s” on %(work_order)s; choose one from the list.",
                            code=code.name,
                            field=self._fields[name]._description_string(self.env),
                            work_order=request.display_name,
                        )
                    )

    def _accepts_failure_code(self, code, kind):
        self.ensure_one()
        return (
            code.kind == kind
            and (not code.company_id or code.company_id == self.company_id)
            and (not code.category_ids or self.category_id in code.category_ids)
        )

    def _gate_complete(self, state, vals):
        result = super()._gate_complete(state, vals)
        for request in self.filtered("failure_required"):
            missing = [name for name in FAILURE_FIELDS.values() if not vals.get(name, request[name])]
            if missing:
                raise UserError(
                    self.env._(
                        "Choose “%(fields)s” on %(work_order)s before completing it.",
                        fields=", ".join(self._fields[name]._description_string(self.env) for name in missing),
                        work_order=request.display_name,
                    )
                )
        return result

    # -- Screens --------------------------------------------------------------------------------

    @api.readonly
    def action_open_done(self):
        """The screen that finishes the work: checks, hours, parts, failure and what was done."""
        self.ensure_one()
        return self._get_records_action(
            name=self.env._("Finish %s", self.reference or self.name),
            views=[(self.env.ref("keepwisely_maintenance.maintenance_request_view_form_done").id, "form")],
        )

    def action_finish(self):
        """Book the hours that the screen shows, complete the work, say so, and go back to one's jobs."""
        self._maintenance_book_shown_hours()
        self.action_complete()
        jobs = {
            "type": "ir.actions.client",
            "tag": "keepwisely_open_anew",
            "params": {"action": "keepwisely_maintenance.action_my_work_orders"},
        }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Completed: %s.", ", ".join(self.mapped("display_name"))),
                "next": jobs if self.user_id == self.env.user else False,
            },
        }

    @api.readonly
    def action_view_asset_history(self):
        """What was done on the asset before, the latest first, with failure, cause and remedy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_asset_history")
        here = Domain("equipment_id", "=", self.equipment_id.id)
        rounds = Domain("maintenance_round_line_ids.equipment_id", "=", self.equipment_id.id)
        action["domain"] = list((here | rounds) & Domain("id", "!=", self.id))
        action["display_name"] = self.env._("History of %s", self.equipment_id.display_name)
        return action
