from odoo import fields, models
from odoo.exceptions import UserError


class MaintenanceRequestHoursRequired(models.Model):
    """A company may want hours on all work that its own people did."""

    _inherit = "maintenance.request"

    # sudo, as related fields are: a setting of the company, not a secret
    maintenance_hours_required = fields.Boolean(related="company_id.maintenance_hours_required")

    def _gate_complete(self, state, vals):
        result = super()._gate_complete(state, vals)
        for request in self.filtered("maintenance_hours_required"):
            if not request._maintenance_has_hours(vals) and not request._maintenance_is_done_by_vendor():
                raise UserError(self.env._("Book the hours worked on %s before completing it.", request.display_name))
        return result

    def _maintenance_has_hours(self, vals):
        """Whether hours are booked, will be when a timer stops, or come with ``vals``."""
        # sudo: technicians need not see the hours of others
        if vals.get("hours_by_hand") or any(labor.hours or labor.is_running for labor in self.sudo().labor_ids):
            return True
        creates = fields.Command.CREATE
        return any(command[0] == creates and command[2].get("hours") for command in vals.get("labor_ids") or ())

    def _maintenance_is_done_by_vendor(self):
        """Whether a service was ordered for it: those hours are in its price."""
        # sudo: that something was ordered is no secret
        return any(
            line.order_id.state == "purchase" and (line.product_id.type == "service" or line.requisition_line_id.is_service)
            for line in self.sudo().purchase_line_ids
        )
