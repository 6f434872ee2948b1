from collections import defaultdict
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import format_time, get_lang

from ...const import DONE_STATES, PLANNED_STATES
from ...words import format_day
from .maintenance_request_planning import LEAST_PLANNED
from .working_hours import add_up, spread

#: So many jobs without a date, and so many late ones, stand beside the week.
MOST_BESIDE = 150

#: Read in one go.
FIELDS = (
    "reference", "name", "equipment_id", "maintenance_asset_names", "priority", "state", "company_id", "maintenance_team_id",
    "maintenance_person_id", "maintenance_crew_ids", "schedule_date", "schedule_end", "expected_hours", "parts_state",
    "parts_ready_date",
)  # fmt: skip


class MaintenanceRequestWeek(models.Model):
    """The planner's week: people by day, the hours they have, and the work that is planned in them.

    Work counts with its expected hours, on the days between its start and its end, as each person works on them. A crew
    shares the hours, as in the workload. What is not approved yet stands on no plan.
    """

    _inherit = "maintenance.request"

    @api.model
    @api.readonly
    def maintenance_get_week(self, day=None, team_id=None):
        """Everything that the screen *The Week* shows, in a number of queries that grows with neither people nor work.

        :param str day: a day of the week, ``YYYY-MM-DD``; today by default.
        :param int team_id: people and work of this team only; the hours of its people are those of all their work.
        :raises AccessError: the user plans no work.
        """
        if not self._user_is_planner():
            raise AccessError(self.env._("The week of everybody is for planners; what you do stands under My Work Orders."))
        company = self.env.company
        today = company._get_plant_day()
        day = fields.Date.to_date(day) or today
        first = day - timedelta(days=(day.isoweekday() - int(get_lang(self.env).week_start)) % 7)
        days = [first + timedelta(days=number) for number in range(8)]
        begin, until, midnight = (company._get_plant_moment(day, time.min) for day in (days[0], days.pop(), today))
        teams = self.env["maintenance.team"].search_fetch([("company_id", "in", (company.id, False))], ["name", "member_ids"])
        team = teams.filtered(lambda team: team.id == team_id)
        ours = Domain("company_id", "=", company.id)
        planned = self.search_fetch(
            ours & Domain("state", "in", (*PLANNED_STATES, *DONE_STATES))
            & Domain("schedule_date", "<", until) & Domain("schedule_end", ">", begin),
            FIELDS, order="schedule_date, id",
        )  # fmt: skip
        if team:
            ours &= Domain("maintenance_team_id", "=", team.id)
        still_open = ours & Domain("state", "in", PLANNED_STATES)
        undated_domain = still_open & Domain("schedule_date", "=", False)
        undated = self.search_fetch(undated_domain, FIELDS, order="priority desc, request_date, id", limit=MOST_BESIDE)
        late = self.search_fetch(
            still_open & Domain("schedule_end", "<=", min(begin, midnight)),
            FIELDS, order="priority desc, schedule_date, id", limit=MOST_BESIDE,
        )  # fmt: skip
        shown = planned.filtered(lambda request: not team or request.maintenance_team_id == team)
        people = (team or teams).member_ids.partner_id | (shown | undated | late)._maintenance_get_people()
        people = people._maintenance_filter_can_work(company).sorted("name")
        return {
            "days": [fields.Date.to_string(day) for day in days],
            "today": fields.Date.to_string(today),
            "team_id": team.id,
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "rows": [
                self._maintenance_get_row_of_nobody(company, days, shown),
                *self._maintenance_get_rows(company, days, planned, people),
            ],
            "jobs": {request.id: request._maintenance_describe_job() for request in planned | undated | late},
            "late": late.ids,
            "undated": undated.ids,
            "undated_count": len(undated) if len(undated) < MOST_BESIDE else self.search_count(undated_domain),
            "requested_count": self.search_count(ours & Domain("state", "=", "requested")),
        }

    @api.model
    def _maintenance_get_row_of_nobody(self, company, days, planned):
        """What has a date and nobody to do it."""
        cells = {day: self._maintenance_prepare_cell() for day in days}
        for request in planned.filtered(lambda request: not request._maintenance_get_people()):
            day = max(company._get_plant_day(request.schedule_date), days[0])
            cells[day]["hours"] += request.expected_hours or LEAST_PLANNED
            cells[day]["jobs"].append({"id": request.id, "hours": request.expected_hours or LEAST_PLANNED, "goes_on": False})
        return {"id": False, "name": self.env._("Nobody yet"), "cells": list(cells.values())}

    @api.model
    def _maintenance_get_rows(self, company, days, planned, people):
        begin, until = (company._get_plant_moment(day, time.min) for day in (days[0], days[-1] + timedelta(days=1)))
        calendars = people._maintenance_get_calendars(company)
        present = people._maintenance_get_work_intervals(company, begin, until, calendars=calendars)
        at_work = people._maintenance_get_work_intervals(company, begin, until, compute_leaves=False, calendars=calendars)
        # work that began before or goes on afterwards is spread over all of its days
        first, last = min([begin, *planned.mapped("schedule_date")]), max([until, *planned.mapped("schedule_end")])
        around = present
        if (first, last) != (begin, until):
            around = people._maintenance_get_work_intervals(company, first, last, calendars=calendars)
        work = defaultdict(planned.browse)
        for request in planned:
            for person in request._maintenance_get_people():
                work[person] += request
        rows = []
        for person in people:
            capacity, attendance = add_up(company, present[person]), add_up(company, at_work[person])
            cells = {day: self._maintenance_prepare_cell(capacity[day], attendance[day] - capacity[day]) for day in days}
            for request in work[person]:
                share = (request.expected_hours or LEAST_PLANNED) / len(request._maintenance_get_people())
                by_day = spread(company, around[person], request.schedule_date, request.schedule_end, share)
                for day in cells.keys() & by_day.keys():
                    cells[day]["hours"] += by_day[day]
                    cells[day]["jobs"].append({"id": request.id, "hours": by_day[day], "goes_on": day != min(by_day)})
            rows.append({"id": person.id, "name": person.name, "cells": list(cells.values())})
        return rows

    @api.model
    def _maintenance_prepare_cell(self, capacity=0.0, leave=0.0):
        return {"hours": 0.0, "capacity": capacity, "leave": leave, "jobs": []}

    def _maintenance_describe_job(self):
        """What a card of the week says."""
        self.ensure_one()
        company = self.company_id
        start = self.schedule_date
        people = self._maintenance_get_people()
        return {
            "id": self.id,
            "reference": self.reference or "",
            "name": self.name,
            "asset": self.maintenance_asset_names or self.equipment_id.display_name or "",
            "priority": self.priority or "0",
            "state": self.state,
            "state_label": self._get_state_label(),
            "is_open": self._is_work_open(),
            "is_late": self.is_late,
            "hours": self.expected_hours,
            "day": start and fields.Date.to_string(company._get_plant_day(start)),
            "time": start and format_time(self.env, start, tz=company._get_plant_timezone().zone, time_format="short"),
            "responsible": self.maintenance_person_id.id,
            "people": people.ids,
            "names": ", ".join(people.mapped("name")),
            "parts": self.parts_state in ("to_request", "requested", "ordered") and self._maintenance_describe_parts_of_job(),
            "before_parts": self.is_planned_before_parts,
        }

    def _maintenance_describe_parts_of_job(self):
        label = dict(self._fields["parts_state"]._description_selection(self.env))[self.parts_state]
        if not self.parts_ready_date:
            return self.env._("Parts: %s", label)
        return self.env._("Parts: %(state)s, expected %(day)s", state=label, day=format_day(self.env, self.parts_ready_date))
