from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.work_order.res_users import TECHNICIANS_DOMAIN

#: Work orders that are named when technicians are planned twice.
NAMED = 3


class MaintenanceRequestPlan(models.TransientModel):
    """Assign and reschedule many work orders at once; every gate is met as if each was changed by itself."""

    _name = "maintenance.request.plan"
    _description = "Plan Work Orders"

    request_ids = fields.Many2many(
        "maintenance.request", string="Work orders", required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )  # fmt: skip
    request_count = fields.Integer("Chosen work orders", compute="_compute_request_count")
    user_id = fields.Many2one("res.users", "Technician", domain=TECHNICIANS_DOMAIN, help="Empty: as they are.")
    maintenance_team_id = fields.Many2one("maintenance.team", "Team", help="Empty: as they are.")
    reschedule = fields.Selection(
        [("keep", "Keep the dates"), ("date", "On a day"), ("shift", "By days")], "Planned", required=True, default="keep"
    )
    date = fields.Date("Day", help="Each keeps its time of day and its expected hours.")
    days = fields.Integer(default=1, help="Earlier when below zero. Work without a date stays without.")

    @api.depends("request_ids")
    def _compute_request_count(self):
        for plan in self:
            plan.request_count = len(plan.request_ids)

    def action_plan(self):
        """Write what was chosen.

        :returns: a word about technicians who are planned twice for the same hours now.
        :raises UserError: nothing was chosen, or a work order does not allow it; then none is changed.
        """
        self.ensure_one()
        values = {}
        if self.maintenance_team_id:
            values["maintenance_team_id"] = self.maintenance_team_id.id
        if self.user_id:
            values["user_id"] = self.user_id.id
        if not values and self.reschedule == "keep":
            raise UserError(self.env._("Choose a technician, a team or other dates."))
        self.request_ids._maintenance_check_plannable()
        if values:
            self.request_ids.write(values)
        if self.user_id:
            self.request_ids.filtered(lambda request: request.state == "approved").action_assign()
        for request in self.request_ids:
            start = self._get_start(request)
            if start:
                request.schedule_date = start
        done = {"type": "ir.actions.act_window_close"}
        twice = self.request_ids.filtered("maintenance_overlap_message")
        if not twice:
            return done
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "title": self.env._("Planned twice"),
                "message": "\n".join(f"{request.reference}: {request.maintenance_overlap_message}" for request in twice[:NAMED]),
                "next": done,
            },
        }

    def _get_start(self, request):
        """When ``request`` shall begin, in UTC; nothing when it keeps its plan."""
        if self.reschedule == "date":
            if not self.date:
                raise UserError(self.env._("Say on which day the work shall be done."))
            return request._get_plant_start(self.date)
        if self.reschedule == "shift" and request.schedule_date:
            day = request.company_id._get_plant_day(request.schedule_date)
            return request._get_plant_start(day + timedelta(days=self.days))
        return None
