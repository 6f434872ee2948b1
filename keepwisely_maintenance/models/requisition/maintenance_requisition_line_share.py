from odoo import api, fields, models


class MaintenanceRequisitionLineShare(models.Model):
    """Whether parts of several jobs take of a line, as when a buyer gives some of it to another job."""

    _inherit = "maintenance.requisition.line"

    is_shared = fields.Boolean(compute="_compute_is_shared", store=True, compute_sudo=True)

    _shared_idx = models.Index("(id) WHERE is_shared")

    @api.depends("maintenance_request_id", "part_move_ids.maintenance_request_id")
    def _compute_is_shared(self):
        for line in self:
            line.is_shared = bool(line.part_move_ids.maintenance_request_id - line.maintenance_request_id)
