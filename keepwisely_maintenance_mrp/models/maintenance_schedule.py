from odoo import fields, models


class MaintenanceSchedule(models.Model):
    _inherit = "maintenance.schedule"

    maintenance_stops_workcenter = fields.Boolean(
        "Stops the work center", default=True, help="As on the work orders that it makes."
    )


class MaintenanceScheduleAsset(models.Model):
    _inherit = "maintenance.schedule.asset"

    def _prepare_request_vals(self, due, working_days):
        vals = super()._prepare_request_vals(due, working_days)
        return {**vals, "maintenance_stops_workcenter": self[:1].schedule_id.maintenance_stops_workcenter}
