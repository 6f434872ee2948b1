from odoo import api, fields, models


class MaintenanceServiceRequest(models.TransientModel):
    """Ask for a vendor's service, or a part that is not in the catalogue, from a work order."""

    _name = "maintenance.service.request"
    _description = "Ask for a Service or One-off Part"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, default=lambda self: self.env.context.get("active_id")
    )
    kind = fields.Selection(
        [("service", "A vendor's service"), ("part", "A part that is not in the catalogue")],
        "What is needed", default="service", required=True,
    )  # fmt: skip
    product_id = fields.Many2one(
        "product.product", "Service", domain="[('type', '=', 'service'), ('purchase_ok', '=', True)]"
    )
    name = fields.Char("Description")
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    is_blocking = fields.Boolean(
        "The job waits for it", compute="_compute_is_blocking", store=True, readonly=False,
    )  # fmt: skip
    reason = fields.Char("Why", help="The approvers read it.")

    @api.depends("kind")
    def _compute_is_blocking(self):
        for wizard in self:
            wizard.is_blocking = wizard.kind == "part"

    def action_ask(self):
        self.ensure_one()
        service = self.kind == "service"
        requisition = self.maintenance_request_id.action_request_service(
            self.name or self.product_id.display_name,
            quantity=self.quantity,
            product_id=self.product_id.id if service else False,
            is_service=service,
            is_blocking=self.is_blocking,
            reason=self.reason or "",
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s is with the buyers.", requisition.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
