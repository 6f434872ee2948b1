from odoo import api, fields, models


class MaintenanceLineRedirect(models.TransientModel):
    """Give what is on order, and a job no longer needs, to another job."""

    _name = "maintenance.line.redirect"
    _inherit = ["maintenance.named.mixin"]
    _description = "Give to Another Job"

    line_id = fields.Many2one(
        "maintenance.requisition.line", required=True, default=lambda self: self.env.context.get("active_id")
    )
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    candidate_ids = fields.Many2many("maintenance.request", compute="_compute_candidate_ids")
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", required=True, domain="[('id', 'in', candidate_ids)]"
    )

    @api.depends("line_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard._get_candidate_parts().maintenance_request_id

    def _get_candidate_parts(self):
        """Parts of other jobs that lack the same product."""
        line = self.line_id
        # sudo: buyers choose among jobs whose parts they cannot read
        parts = self.env["stock.move"].sudo().search(
            [
                ("maintenance_request_id", "not in", [False, line.maintenance_request_id.id]),
                ("product_id", "=", line.product_id.id),
                ("company_id", "=", line.company_id.id),
                ("state", "in", ("confirmed", "partially_available")),
            ]
        )
        return parts.filtered(lambda part: part._get_missing_qty() and part not in line.part_move_ids)

    def action_redirect(self):
        self.ensure_one()
        part = self._get_candidate_parts().filtered(
            lambda part: part.maintenance_request_id == self.maintenance_request_id
        )[:1]
        return self.line_id.action_redirect(part)
