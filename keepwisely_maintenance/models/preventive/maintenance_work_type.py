from odoo import models


class MaintenanceWorkType(models.Model):
    _inherit = "maintenance.work.type"

    def _get_used(self):
        schedules = self.env["maintenance.schedule"].with_context(active_test=False)
        return super()._get_used() | schedules.search([("work_type_id", "in", self.ids)]).work_type_id
