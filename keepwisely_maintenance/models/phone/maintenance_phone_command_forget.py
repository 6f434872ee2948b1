from datetime import timedelta

from odoo import api, fields, models

#: Ids are kept so many times as long as a phone keeps its work, so that whatever a phone still has is known.
KEPT = 2


class MaintenancePhoneCommandForget(models.Model):
    """What phones sent is forgotten when no phone can send it again; what came of it stays on the work orders."""

    _inherit = "maintenance.phone.command"

    @api.model
    def _get_oldest(self, company):
        """What was sent before is forgotten."""
        return fields.Datetime.now() - timedelta(days=KEPT * company.maintenance_phone_days)

    @api.model
    def _cron_forget(self):
        """Delete what is older than any phone keeps."""
        old = self.browse()
        for (company,) in self._read_group([], ["company_id"]):
            old |= self.search([("company_id", "=", company.id), ("create_date", "<", self._get_oldest(company))], order="id")
        self.env["ir.cron"]._maintenance_work_through((old, lambda batch: batch.unlink()))
