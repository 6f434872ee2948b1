from odoo import api, fields, models


def _look_again(records, name):
    # what was is read first, so that only days that change are written
    records.mapped(name)
    records.env.add_to_compute(records._fields[name], records)
    records.mapped(name)


class MaintenanceRequestPartsDates(models.Model):
    """When the parts of a work order are all there; days pass, and what is expected moves with them."""

    _inherit = "maintenance.request"

    parts_ready_date = fields.Date(
        "Parts expected",
        compute="_compute_parts_ready_date",
        store=True,
        compute_sudo=True,
        help="The day the last missing part is expected; empty when nothing is missing or nobody "
        "has promised a date yet.",
    )

    @api.depends(
        "parts_state",
        "requisition_line_ids.date_expected",
        "part_ids.maintenance_requisition_line_ids.date_expected",
        "part_ids.supply_move_ids.date",
    )
    def _compute_parts_ready_date(self):
        for request in self:
            dates = [move._get_supply_date() for move in request._get_missing_parts()]
            dates += request._get_missing_lines().mapped("date_expected")
            known = bool(dates) and all(dates)
            request.parts_ready_date = max(dates) if known else False

    @api.model
    def _cron_refresh_expected_dates(self, limit=500):
        """Days pass and vendors become later or more punctual: look at every open promise again, once a day.

        Whatever was done stays done when the run is cut short; running again is harmless.

        :param int limit: how many records between two commits.
        """
        lines = self.env["maintenance.requisition.line"].search([("is_open", "=", True)], order="id")
        waiting = self.search([("parts_state", "in", ("requested", "ordered"))], order="id")
        self.env["ir.cron"]._maintenance_work_through(
            (lines, lambda batch: _look_again(batch, "date_expected")),
            (waiting, lambda batch: _look_again(batch, "parts_ready_date")),
            limit=limit,
        )
