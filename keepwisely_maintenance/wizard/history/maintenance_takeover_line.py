import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .maintenance_takeover import SOURCES


class MaintenanceTakeoverLine(models.TransientModel):
    """Something that is there, and what becomes of it or why nothing does."""

    _name = "maintenance.takeover.line"
    _description = "Something to Take Over"
    _order = "id"

    takeover_id = fields.Many2one("maintenance.takeover", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [
            ("recurrence", "Recurring work"), ("plan", "Maintenance plan"), ("purchase_request", "Purchase request"),
            ("purchase_order", "Purchase order"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    record_id = fields.Integer(readonly=True)
    name = fields.Char("What", readonly=True)
    asset = fields.Char("Assets", readonly=True)
    rhythm = fields.Char("How often", readonly=True)
    day = fields.Date("Next due", readonly=True)
    becomes = fields.Char(readonly=True)
    reason = fields.Char("Why not", readonly=True)
    outcome = fields.Char("Becomes, or why not", compute="_compute_outcome")
    is_chosen = fields.Boolean("Take over")
    result_model = fields.Char(readonly=True)
    result_id = fields.Integer(readonly=True)

    @api.depends("becomes", "reason")
    def _compute_outcome(self):
        for line in self:
            line.outcome = line.reason or line.becomes

    def _take_over(self, source):
        """Take it over, wholly or not at all; what stands in the way is said."""
        self.ensure_one()
        record = source.env[source.model].browse(self.record_id).exists()
        try:
            with self.env.cr.savepoint():
                if not record:
                    raise UserError(self.env._("It is no longer there."))
                made = source.take(record)
                self.env.flush_all()
        except UserError as error:
            self.write({"reason": error.args[0], "becomes": False, "is_chosen": False})
        except psycopg2.IntegrityError as error:
            self.write({"reason": source.env[source.model]._sql_error_to_message(error), "becomes": False, "is_chosen": False})
        else:
            self.write(
                {
                    "result_model": made._name, "result_id": made.id, "is_chosen": False, "reason": False,
                    "becomes": made.display_name, "day": made.next_date if "next_date" in made._fields else self.day,
                }
            )  # fmt: skip

    @api.readonly
    def action_open(self):
        """What became of it, else what is there."""
        self.ensure_one()
        model, record_id = self.result_model or SOURCES[self.kind].model, self.result_id or self.record_id
        return self.env[model].browse(record_id)._get_records_action()
