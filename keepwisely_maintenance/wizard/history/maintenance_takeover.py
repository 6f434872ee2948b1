from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.history.takeover_order import OrderSource
from ...models.history.takeover_plan import PlanSource
from ...models.history.takeover_purchase import PurchaseRequestSource
from ...models.history.takeover_recurrence import RecurrenceSource

SOURCES = {source.kind: source for source in (RecurrenceSource, PlanSource, PurchaseRequestSource, OrderSource)}


class MaintenanceTakeover(models.TransientModel):
    """What Odoo or another module did before, and what becomes of it here; shown first, then taken over."""

    _name = "maintenance.takeover"
    _description = "Take Over From Odoo's Own Past"

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    line_ids = fields.One2many("maintenance.takeover.line", "takeover_id", "What is there")
    recurrence_count = fields.Integer("Recurring work orders", compute="_compute_counts")
    plan_count = fields.Integer("Maintenance plans", compute="_compute_counts")
    purchase_request_count = fields.Integer("Purchase requests", compute="_compute_counts")
    purchase_order_count = fields.Integer("Purchase orders", compute="_compute_counts")
    chosen_count = fields.Integer("Chosen", compute="_compute_counts")
    blocked_count = fields.Integer("Cannot be taken over", compute="_compute_counts")
    done_count = fields.Integer("Taken over", compute="_compute_counts")
    hidden = fields.Char(readonly=True, help="What is there and cannot be seen.")

    @api.depends("line_ids.kind", "line_ids.is_chosen", "line_ids.reason", "line_ids.result_id")
    def _compute_counts(self):
        for takeover in self:
            lines = takeover.line_ids
            for kind in SOURCES:
                takeover[f"{kind}_count"] = len(lines.filtered(lambda line, kind=kind: line.kind == kind))
            takeover.done_count = len(lines.filtered("result_id"))
            takeover.blocked_count = len(lines.filtered("reason"))
            takeover.chosen_count = len(lines.filtered("is_chosen"))

    # -- Looking ------------------------------------------------------------------------------------------

    @api.model
    def action_look(self):
        """Look what is there, and show it."""
        self.check_access("create")
        takeover = self.create({})
        takeover._look()
        return takeover._reopen()

    def action_look_again(self):
        self.ensure_one()
        self._look()
        return self._reopen()

    def _look(self):
        self.ensure_one()
        self.line_ids.unlink()
        commands, hidden = [], []
        for source in self._get_sources():
            if source.may_look():
                commands += [Command.create(self._prepare_line(source, row)) for row in source.find()]
            else:
                hidden.append(dict(self.line_ids._fields["kind"]._description_selection(self.env))[source.kind])
        self.write({"line_ids": commands, "hidden": ", ".join(hidden)})

    def _get_sources(self):
        env = self.with_company(self.company_id).env
        return [source for source in (kind(env, self.company_id) for kind in SOURCES.values()) if source.is_there()]

    def _prepare_line(self, source, row):
        names = row.equipment[:3].mapped("display_name")
        more = len(row.equipment) - len(names)
        return {
            "kind": source.kind,
            "record_id": row.record.id,
            "name": row.name,
            "asset": ", ".join([*names, self.env._("%s more", more)] if more else names),
            "rhythm": row.rhythm,
            "day": row.day,
            "becomes": False if row.reason else row.becomes,
            "reason": row.reason,
            "is_chosen": not row.reason,
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window", "name": self._description, "res_model": self._name, "res_id": self.id,
            "view_mode": "form", "target": "new", "context": {"dialog_size": "extra-large"},
        }  # fmt: skip

    # -- Taking -------------------------------------------------------------------------------------------

    def action_take_over(self):
        """Take over what is ticked, each for itself: what cannot be says why, and stays as it was.

        :raises UserError: nothing is ticked.
        """
        self.ensure_one()
        chosen = self.line_ids.filtered(lambda line: line.is_chosen and not line.result_id)
        if not chosen:
            raise UserError(self.env._("Tick what is to be taken over."))
        sources = {source.kind: source for source in self._get_sources()}
        for line in chosen:
            line._take_over(sources[line.kind])
        return self._reopen()

    @api.readonly
    def action_open_schedules(self):
        """What became of it."""
        self.ensure_one()
        schedules = self.line_ids.filtered(lambda line: line.result_model == "maintenance.schedule")
        return self._open("maintenance.schedule", schedules, self.env._("Schedules"))

    @api.readonly
    def action_open_requisitions(self):
        """What became of it."""
        self.ensure_one()
        requisitions = self.line_ids.filtered(lambda line: line.result_model == "maintenance.requisition")
        return self._open("maintenance.requisition", requisitions, self.env._("Requisitions"))

    def _open(self, model, lines, name):
        return self.env[model].browse(lines.mapped("result_id"))._get_records_action(name=name)
