from odoo import api, fields, models

from ...context import is_by_system


class MaintenanceTask(models.Model):
    """A step of a work order. What it asks for stands in ``maintenance_checklist_mixin``, how it is
    answered in ``maintenance_task_check``."""

    _name = "maintenance.task"
    _inherit = ["maintenance.checklist.mixin", "maintenance.guard.mixin"]
    _description = "Work Order Task"
    _order = "maintenance_request_id, sequence, id"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="maintenance_request_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Task", required=True)
    is_done = fields.Boolean("Done", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks.maintenance_request_id._check_work_open()
        return tasks

    def write(self, vals):
        if not is_by_system(self.env, "maintenance_merging_assets"):
            self.maintenance_request_id._check_work_open()
        result = super().write(vals)
        if "maintenance_request_id" in vals:
            self.maintenance_request_id._check_work_open()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_while_open(self):
        self.maintenance_request_id._check_work_open()
