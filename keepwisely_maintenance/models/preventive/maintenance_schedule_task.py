from odoo import fields, models


class MaintenanceScheduleTask(models.Model):
    """A task of every work order that a schedule makes, with the answer it asks for."""

    _name = "maintenance.schedule.task"
    _inherit = ["maintenance.checklist.mixin"]
    _description = "Preventive Schedule Task"
    _order = "schedule_id, sequence, id"

    schedule_id = fields.Many2one("maintenance.schedule", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Task", required=True, translate=True)

    def _prepare_task_vals(self):
        """What a work order gets of it."""
        self.ensure_one()
        return {"sequence": self.sequence, "name": self.name, **self._prepare_checklist_vals()}
