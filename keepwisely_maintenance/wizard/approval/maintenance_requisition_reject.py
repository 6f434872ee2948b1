from odoo import fields, models


class MaintenanceRequisitionReject(models.TransientModel):
    _name = "maintenance.requisition.reject"
    _description = "Reject Requisitions"

    requisition_ids = fields.Many2many(
        "maintenance.requisition", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    comment = fields.Char(
        "Reason", required=True, help="The requester and the technician of the work order read it."
    )

    def action_reject(self):
        self.ensure_one()
        return self.requisition_ids.action_reject(self.comment)
