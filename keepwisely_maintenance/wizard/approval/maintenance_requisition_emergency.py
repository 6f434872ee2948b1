from odoo import fields, models


class MaintenanceRequisitionEmergencyWizard(models.TransientModel):
    _name = "maintenance.requisition.emergency"
    _description = "Order in Emergency"

    requisition_ids = fields.Many2many(
        "maintenance.requisition", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Char("Why it cannot wait", required=True, help="Recorded; the approvers read it.")

    def action_order(self):
        self.ensure_one()
        self.requisition_ids.action_order_emergency(self.reason)
        return {"type": "ir.actions.act_window_close"}
