from odoo import api, fields, models
from odoo.fields import Command


class MaintenanceStageRename(models.TransientModel):
    """Stages of a company may be called like the states they stand for, so that one thing has one name everywhere."""

    _name = "maintenance.stage.rename"
    _description = "Name Stages Like Their States"

    line_ids = fields.One2many("maintenance.stage.rename.line", "rename_id", default=lambda self: self._default_line_ids())

    @api.model
    def _default_line_ids(self):
        stages = self.env["maintenance.stage"]
        labels = dict(stages._fields["state"]._description_selection(self.env))
        scrap = stages._maintenance_get_scrap()
        return [
            Command.create(
                {
                    "stage_id": stage.id,
                    "is_leaving": stage == scrap,
                    "proposal": self.env._("Goes, nothing stands in it") if stage == scrap else labels[stage.state],
                }
            )
            for stage in stages._maintenance_get_proposals()
        ]

    def action_apply(self):
        """Take over what is still listed; a planner may have struck out lines."""
        self.ensure_one()
        leaving = self.line_ids.filtered("is_leaving").stage_id
        (self.line_ids.stage_id - leaving)._maintenance_take_state_name()
        # looked for anew: work may have come meanwhile
        (leaving & leaving._maintenance_get_scrap())._maintenance_give_way()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class MaintenanceStageRenameLine(models.TransientModel):
    _name = "maintenance.stage.rename.line"
    _description = "Proposed Name of a Stage"

    rename_id = fields.Many2one("maintenance.stage.rename", required=True, ondelete="cascade")
    stage_id = fields.Many2one("maintenance.stage", "Is called", required=True, ondelete="cascade")
    proposal = fields.Char("Would be called", readonly=True)
    is_leaving = fields.Boolean(readonly=True)
