from datetime import datetime, time, timedelta

from pytz import UTC

from odoo import api, fields, models

from ...const import PLANNED_STATES

#: Hours of a week are measured over this many weeks to come, so that holidays count in part.
WEEKS_MEASURED = 4


class ResUsers(models.Model):
    _inherit = "res.users"

    def _maintenance_get_working_hours(self, company):
        """The working hours of the user in ``company``, else the company's own ones.

        :returns: a `resource.calendar`, empty where every hour counts, and the `resource.resource` with its days off.
        """
        # sudo: planners and technicians need no rights on working hours
        resource = self.sudo().resource_ids.filtered(lambda resource: resource.company_id == company)[:1]
        return resource.calendar_id or company.sudo().resource_calendar_id, resource

    def _maintenance_get_capacity_hours(self, company, start, end):
        """Working hours of each user between two days (the last one excluded), by id; under False those of people without one.

        Of the user's own working hours where there are some, else of the company's; public holidays
        and, with own working hours, days off are taken out.
        """
        zone = company._get_plant_timezone()
        begin, until = (zone.localize(datetime.combine(day, time.min)).astimezone(UTC) for day in (start, end))
        capacities = {}
        shared = {}
        for user in (*self, self.browse()):
            calendar, resource = user._maintenance_get_working_hours(company)
            if not calendar:
                capacities[user.id] = 0.0
                continue
            key = (calendar, resource)
            if key not in shared:
                intervals = calendar._work_intervals_batch(begin, until, resources=resource)[resource.id]
                shared[key] = sum((stop - begun).total_seconds() / 3600 for begun, stop, _meta in intervals)
            capacities[user.id] = shared[key]
        return capacities


class MaintenanceTeamBacklog(models.Model):
    """How much work waits for a team, in hours and in weeks of its people.

    Backlog in weeks as in maintenance planning practice (SMRP metrics 5.4.8 and 5.4.9): hours of open
    work divided by the hours the team has in a week; ready work is what nothing but people is missing for.
    """

    _inherit = "maintenance.team"

    weekly_hours = fields.Float(
        "Hours a week", compute="_compute_backlog", help="Working hours of its members, on average over the next four weeks."
    )
    backlog_hours = fields.Float("Backlog", compute="_compute_backlog", help="Remaining hours of approved work.")
    backlog_ready_hours = fields.Float(
        "Ready backlog", compute="_compute_backlog", help="Remaining hours of approved work whose parts are there."
    )
    backlog_weeks = fields.Float("Weeks of backlog", compute="_compute_backlog")
    backlog_ready_weeks = fields.Float("Weeks of ready backlog", compute="_compute_backlog")
    overdue_count = fields.Integer("Overdue", compute="_compute_backlog")

    # not on what its jobs wait for: each stock move of anybody would have to ask whether a team hangs on it
    @api.depends("member_ids", "request_ids.state", "request_ids.expected_hours")
    def _compute_backlog(self):
        requests = self.env["maintenance.request"].search_fetch(
            [("maintenance_team_id", "in", self.ids), ("state", "in", PLANNED_STATES)],
            ["maintenance_team_id", "state", "waiting_for", "expected_hours", "schedule_end"],
        )
        by_team = requests.grouped("maintenance_team_id")
        weekly = self._get_weekly_hours()
        for team in self:
            work = by_team.get(team._origin, requests.browse())
            ready = work.filtered(lambda request: request.waiting_for in (False, "people"))
            team.weekly_hours = hours = weekly.get(team._origin, 0.0)
            team.backlog_hours = sum(work.mapped("maintenance_remaining_hours"))
            team.backlog_ready_hours = sum(ready.mapped("maintenance_remaining_hours"))
            team.backlog_weeks = team.backlog_hours / hours if hours else 0.0
            team.backlog_ready_weeks = team.backlog_ready_hours / hours if hours else 0.0
            team.overdue_count = len(work.filtered("is_late"))

    def _get_weekly_hours(self):
        weekly = {}
        for company, teams in self._origin.grouped("company_id").items():
            company = company or self.env.company
            today = company._get_plant_day()
            end = today + timedelta(weeks=WEEKS_MEASURED)
            capacities = teams.member_ids._maintenance_get_capacity_hours(company, today, end)
            for team in teams:
                weekly[team] = sum(capacities[user.id] for user in team.member_ids) / WEEKS_MEASURED
        return weekly
