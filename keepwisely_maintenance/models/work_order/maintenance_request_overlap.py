from odoo import api, fields, models

from ...const import DONE_STATES

#: Work orders that a message names.
NAMED = 3


class MaintenanceRequestOverlap(models.Model):
    """A word when a technician is planned twice for the same hours; whoever plans may mean it so."""

    _inherit = "maintenance.request"

    maintenance_overlap_message = fields.Char("Planned twice", compute="_compute_maintenance_overlap_message")

    @api.depends("user_id", "schedule_date", "schedule_end", "state")
    @api.depends_context("uid", "lang")
    def _compute_maintenance_overlap_message(self):
        for request, others in self._maintenance_get_overlaps().items():
            request.maintenance_overlap_message = bool(others) and self.env._(
                "%(technician)s is also planned for %(work_orders)s in these hours.",
                technician=request.user_id.name,
                work_orders=", ".join(others[:NAMED].mapped("display_name")) + ("…" if len(others) > NAMED else ""),
            )

    def _maintenance_get_overlaps(self):
        """Other open work of the same technician in the same hours, as far as the user may see it, by work order."""
        result = dict.fromkeys(self, self.browse())
        planned = self.filtered(
            lambda request: request.user_id and request.schedule_date and request.schedule_end and request._is_work_open()
        )
        if not planned:
            return result
        others = self.search(
            [
                ("user_id", "in", planned.user_id.ids),
                ("state", "not in", (*DONE_STATES, "cancelled")),
                ("schedule_date", "<", max(planned.mapped("schedule_end"))),
                ("schedule_end", ">", min(planned.mapped("schedule_date"))),
            ],
            order="schedule_date, id",
        )
        for request in planned:
            result[request] = others.filtered(
                lambda other, request=request: other != request._origin
                and other.user_id == request.user_id
                and other.schedule_date < request.schedule_end
                and other.schedule_end > request.schedule_date
            )
        return result
