from odoo import api, fields, models

from odoo.addons.keepwisely_maintenance.const import DONE_STATES, PLANNED_STATES

#: What decides whether, where and when a work order blocks a work center.
PLAN = {
    "archive", "date_completed", "equipment_id", "expected_hours", "maintenance_stops_workcenter", "schedule_date",
    "schedule_end", "stage_id",
}  # fmt: skip


class MaintenanceRequest(models.Model):
    """Planned work that stops its asset blocks the asset's work center; what makes its parts is one click away."""

    _inherit = "maintenance.request"

    maintenance_workcenter_id = fields.Many2one(related="equipment_id.maintenance_workcenter_id", string="Work center")
    maintenance_stops_workcenter = fields.Boolean(
        "Stops the work center", default=True,
        help="While it is planned, nothing is planned on the work center of the asset.",
    )  # fmt: skip
    maintenance_production_count = fields.Integer(
        compute="_compute_maintenance_production_count", compute_sudo=True, help="Manufacturing orders that make its parts."
    )

    @api.depends("part_ids.supply_move_ids.production_id")
    def _compute_maintenance_production_count(self):
        for request in self:
            request.maintenance_production_count = len(request._maintenance_get_productions())

    def _maintenance_get_productions(self):
        return self.part_ids.supply_move_ids.production_id

    @api.readonly
    def action_maintenance_view_productions(self):
        # sudo: which orders there are is no secret to who waits for the parts; opening them asks for rights
        orders = self.sudo()._maintenance_get_productions().with_env(self.env)
        return orders._get_records_action(name=self.env._("Manufacturing orders"))

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests.filtered("schedule_date")._maintenance_settle_blocks()
        return requests

    def write(self, vals):
        result = super().write(vals)
        if PLAN & vals.keys():
            self._maintenance_settle_blocks()
        return result

    def _maintenance_settle_blocks(self):
        """Block what is planned and only that; the rest of what was done sooner is free again."""
        # sudo: the work center follows from the asset, which whoever plans need not see whole
        requests = self.sudo()
        wanted = {request: request._maintenance_prepare_block_vals() for request in requests}
        self.env["resource.calendar.leaves"]._maintenance_block("maintenance_request_id", wanted)
        # a standstill blocks until the end of its work
        requests.downtime_ids.filtered(lambda period: not period.date_to)._maintenance_settle_blocks()

    def _maintenance_prepare_block_vals(self):
        """What the work order blocks; None where nothing."""
        self.ensure_one()
        workcenter, start, end = self.equipment_id.maintenance_workcenter_id, self.schedule_date, self.schedule_end
        if self.state in DONE_STATES:
            end = end and min(end, self.date_completed or end)
        elif self.state not in PLANNED_STATES:
            return None
        if not (workcenter and self.maintenance_stops_workcenter and start and end and start < end):
            return None
        return {
            "name": self.display_name,
            "resource_id": workcenter.resource_id.id,
            "date_from": start,
            "date_to": end,
        }
