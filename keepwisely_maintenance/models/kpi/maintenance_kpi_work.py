from datetime import time

from odoo import api, fields, models
from odoo.fields import Domain

from ...const import PLANNED_STATES
from .kpi_measure import EMPTY, Measure, Result

#: Priority of work that breaks into the plan.
EMERGENCY = "3"


class MaintenanceLaborKpi(models.Model):
    _inherit = "maintenance.labor"

    is_planned = fields.Boolean(
        "Planned work", compute="_compute_is_planned", store=True,
        help="Preventive work, and repairs that have a planned date and are no emergency. The rest is reactive.",
    )  # fmt: skip

    @api.depends(
        "maintenance_request_id.maintenance_type", "maintenance_request_id.schedule_date", "maintenance_request_id.priority"
    )
    def _compute_is_planned(self):
        for labor in self:
            request = labor.maintenance_request_id
            dated = request.schedule_date and request.priority != EMERGENCY
            labor.is_planned = bool(dated) or request.maintenance_type == "preventive"


class MaintenanceKpiWork(models.Model):
    """Whether work is done when it should be, and how much of it waits."""

    _inherit = "maintenance.kpi"

    def _measure_pm_compliance(self):
        """Work whose time has come: it was done, or it can no longer be done in time."""
        over = Domain("date_completed", "!=", False) | Domain(
            "schedule_latest_date", "<", self.env.company._get_plant_day()
        )
        return Measure(
            self.env["maintenance.request"],
            self._get_scope("maintenance_team_id")
            & Domain("schedule_id.trigger", "!=", "meter")
            & over,
            "schedule_due_date",
            part=Domain("is_done_in_time", "=", True),
        )

    def _measure_schedule_compliance(self):
        """Work that was planned for a day; what is open counts once that day is over."""
        requests = self.env["maintenance.request"]
        company = self.env.company
        midnight = company._get_plant_moment(company._get_plant_day(), time.min)
        over = Domain("date_completed", "!=", False) | Domain("schedule_end", "<", midnight)
        return Measure(
            requests,
            self._get_scope("maintenance_team_id") & Domain("state", "not in", (False, "cancelled")) & over,
            "schedule_date",
            part=Domain("is_done_as_planned", "=", True),
        )

    def _measure_planned_hours(self):
        labor = self.env["maintenance.labor"]
        return Measure(
            labor,
            self._get_scope("maintenance_request_id.maintenance_team_id") & Domain("is_running", "=", False),
            "date",
            amount=lambda alias, query: labor._field_to_sql(alias, "hours", query),
            part=Domain("is_planned", "=", True),
        )

    # -- Backlog --------------------------------------------------------------------------------------

    def _compute_backlog_total(self, periods):
        return self._compute_backlog(periods, "backlog_hours")

    def _compute_backlog_ready(self, periods):
        return self._compute_backlog(periods, "backlog_ready_hours")

    def _compute_backlog(self, periods, name):
        """The backlog of the teams, as their own screens show it; nobody kept what it was before."""
        today = self.env.company._get_plant_day()
        teams = self._get_backlog_teams()
        count = self.env["maintenance.request"].search_count(self._get_backlog_domain(name))
        result = Result(sum(teams.mapped(name)), sum(teams.mapped("weekly_hours")), count)
        return [result if period.holds(today) else EMPTY for period in periods]

    def _get_backlog_teams(self):
        return self._get_teams() or self.env["maintenance.team"].search(
            [("company_id", "in", [*self.env.companies.ids, False])]
        )

    def _get_backlog_domain(self, name):
        domain = Domain("maintenance_team_id", "in", self._get_backlog_teams().ids) & Domain("state", "in", PLANNED_STATES)
        return domain & Domain("waiting_for", "in", [False, "people"]) if name == "backlog_ready_hours" else domain

    def _get_sources_backlog_total(self, period):
        return self._get_backlog_sources("backlog_hours")

    def _get_sources_backlog_ready(self, period):
        return self._get_backlog_sources("backlog_ready_hours")

    def _get_backlog_sources(self, name):
        return {
            "records": ("maintenance.request", self._get_backlog_domain(name)),
            "other": ("maintenance.team", Domain("id", "in", self._get_backlog_teams().ids)),
        }
