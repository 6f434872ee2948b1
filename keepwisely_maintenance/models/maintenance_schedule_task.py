from odoo import fields, models


class MaintenanceScheduleTask(models.Model):
    """A task of every work order that a schedule makes."""

    _name = "maintenance.schedule.task"
    _description = "Preventive Schedule Task"
    _order = "schedule_id, sequence, id"

    schedule_id = fields.Many2one("maintenance.schedule", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Task", required=True, translate=True)
    is_mandatory = fields.Boolean("Mandatory", help="The work order cannot be completed before this task is done.")

    def _prepare_task_vals(self):
        """What a work order gets of it."""
        self.ensure_one()
        return {"sequence": self.sequence, "name": self.name, "is_mandatory": self.is_mandatory}
