from odoo import api, fields, models
from odoo.fields import Command

from ...models.work_order.maintenance_stage import WORK_ORDER_STATES


class MaintenanceStageStates(models.TransientModel):
    """An administrator says once what the stages from before the module stand for; until then nothing moves."""

    _name = "maintenance.stage.states"
    _description = "What Stages Stand For"

    line_ids = fields.One2many("maintenance.stage.states.line", "states_id", default=lambda self: self._default_line_ids())

    @api.model
    def _default_line_ids(self):
        stages = self.env["maintenance.stage"].search(["|", ("maintenance_is_asked", "=", True), ("state", "=", False)])
        understood = stages._maintenance_understand()
        # sudo: also work orders of other companies, and cancelled ones
        requests = self.env["maintenance.request"].sudo().with_context(active_test=False)
        counts = dict(requests._read_group([("stage_id", "in", stages.ids)], ["stage_id"], ["__count"]))
        return [
            Command.create(
                {
                    "stage_id": stage.id,
                    "request_count": counts.get(stage, 0),
                    "state": stage.state or understood[stage],
                    "is_waiting": not stage.state,
                }
            )
            for stage in stages
        ]

    def action_apply(self):
        """Take over the states that were chosen; a stage without one goes on waiting (administrators)."""
        self.ensure_one()
        # sudo: administrators need no right on work orders, nor planners' on stages; only stages that are asked about change
        stages = self.env["maintenance.stage"].sudo()
        stages._maintenance_take_answers({stages.browse(line.stage_id.id): line.state for line in self.line_ids if line.state})
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class MaintenanceStageStatesLine(models.TransientModel):
    _name = "maintenance.stage.states.line"
    _description = "What a Stage Stands For"

    states_id = fields.Many2one("maintenance.stage.states", required=True, ondelete="cascade")
    stage_id = fields.Many2one("maintenance.stage", required=True, ondelete="cascade")
    request_count = fields.Integer("Work orders", readonly=True)
    state = fields.Selection(WORK_ORDER_STATES, "Stands for", help="Empty: it goes on waiting for an answer.")
    is_waiting = fields.Boolean(readonly=True)
