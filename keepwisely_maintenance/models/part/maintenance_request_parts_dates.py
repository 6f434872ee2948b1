from odoo import api, models


class MaintenanceRequestPartsDates(models.Model):
    """Days pass, and what is expected moves with them."""

    _inherit = "maintenance.request"

    @api.model
    def _cron_refresh_expected_dates(self, limit=500):
        """Days pass and vendors become later or more punctual: look at every open promise again, once a day.

        Whatever was done stays done when the run is cut short; running again is harmless.

        :param int limit: how many records between two commits.
        """
        lines = self.env["maintenance.requisition.line"].search([("is_open", "=", True)], order="id")
        waiting = self.search([("parts_state", "in", ("requested", "ordered"))], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(lines) + len(waiting))
        for records, name in ((lines, "date_expected"), (waiting, "parts_ready_date")):
            for start in range(0, len(records), limit):
                batch = records[start : start + limit].exists()
                # what was is read first, so that only days that change are written
                batch.mapped(name)
                self.env.add_to_compute(records._fields[name], batch)
                batch.mapped(name)
                self.env["ir.cron"]._commit_progress(len(batch))
