from odoo import models


class MaintenanceWorkType(models.Model):
    _inherit = "maintenance.work.type"

    def _get_used(self):
        """Also those of schedules and templates."""
        used = super()._get_used()
        for model in ("maintenance.schedule", "maintenance.job.template"):
            used |= self.env[model].with_context(active_test=False).search([("work_type_id", "in", self.ids)]).work_type_id
        return used
