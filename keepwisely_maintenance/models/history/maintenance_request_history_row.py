from collections import Counter
from datetime import time, timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ...const import DONE_STATES

REPORTED = "maintenance_date_reported"

#: Moments of a work order in the order of its states, and how far along it is after them.
MOMENTS = {
    REPORTED: 0, "date_acknowledged": 0, "date_approved": 1, "date_assigned": 2, "date_started": 3, "date_completed": 4,
    "date_closed": 5,
}  # fmt: skip

#: States that work of the past may be in.
STATES = ["requested", "approved", "assigned", "in_progress", "completed", "closed"]

#: What hours, downtime and costs are in the row of their work order.
FIGURES = ("labor_hours", "labor_cost", "parts_cost", "service_cost")
PERIOD = ("maintenance_downtime_from", "maintenance_downtime_to")

#: Records that a row names, and what kind each failure code is of.
RECORDS = (
    "approved_by_id", "company_id", "equipment_id", "maintenance_person_id", "maintenance_team_id", "maintenance_work_type_id",
    "owner_user_id", "schedule_id", "stage_id", "user_id",
)  # fmt: skip
CODES = {"failure_id": "failure", "cause_id": "cause", "remedy_id": "remedy"}

#: What is written as it is given.
PLAIN = (
    "color", "description", "expected_hours", "kanban_state", "name", "priority", "reported_status", "work_done",
)  # fmt: skip

LINES = ("labor_ids", "downtime_ids")

#: All that a row can say.
REQUEST_FIELDS = frozenset(
    (*MOMENTS, *FIGURES, *PERIOD, *RECORDS, *CODES, *PLAIN, *LINES, "maintenance_crew_ids", "maintenance_type", "reference",
     "date_failure", "not_fixed_count", "request_date", "schedule_date", "schedule_due_date", "schedule_end", "state")
)  # fmt: skip


class MaintenanceRequestHistoryRow(models.Model):
    """What a row of past work orders says, and whether it can be."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "maintenance.history.mixin"]

    maintenance_date_reported = fields.Datetime("Requested at", related="create_date")
    maintenance_downtime_from = fields.Datetime(
        "Downtime from", compute="_compute_maintenance_downtime", compute_sudo=True, help="When its first downtime began."
    )
    maintenance_downtime_to = fields.Datetime(
        "Downtime until", compute="_compute_maintenance_downtime", compute_sudo=True, help="When its last downtime ended."
    )

    @api.depends("downtime_ids.date_from", "downtime_ids.date_to")
    def _compute_maintenance_downtime(self):
        for request in self:
            periods = request.downtime_ids
            request.maintenance_downtime_from = min(periods.mapped("date_from"), default=False)
            ends = periods.mapped("date_to")
            request.maintenance_downtime_to = all(ends) and max(ends, default=False)

    def _maintenance_refuse_more_past(self):
        """Why the past of these takes nothing more: what was worked here has its own history."""
        strange = self.filtered(lambda request: not request.maintenance_brought_in)[:1]
        return [self.env._("%s was not brought in; enter it there as usual.", strange.display_name)] if strange else []

    @api.model
    def _maintenance_get_history_fields(self):
        return REQUEST_FIELDS

    # -- All rows ---------------------------------------------------------------------------------------

    @api.model
    def _maintenance_prepare_history(self, vals_list):
        known = self._maintenance_browse_all(vals_list, [*RECORDS, *CODES])
        nested = [line for vals in vals_list for line in self._maintenance_get_lines(vals, "labor_ids")]
        named = [
            {"user_id": vals.get("user_id"), "person_id": vals.get("maintenance_person_id") or False} for vals in vals_list
        ]
        known["workers"] = self.env["maintenance.labor"]._maintenance_get_workers(nested + named)
        known["stages"] = self.env["maintenance.stage"].search([("state", "!=", False)]).grouped("state")
        known["teams"] = {}
        rows, refused = [], {}
        for number, vals in enumerate(vals_list):
            reasons = []
            rows.append(self._maintenance_prepare_row(vals, known, reasons))
            if reasons:
                refused[number] = reasons
        for number, reasons in self._maintenance_find_known_numbers(rows).items():
            refused.setdefault(number, []).extend(reasons)
        good = [(number, row["downtimes"]) for number, row in enumerate(rows) if number not in refused and row["downtimes"]]
        refused.update(self.env["maintenance.downtime"]._maintenance_find_overlaps(good))
        self._maintenance_link_schedules([row for number, row in enumerate(rows) if number not in refused])
        return rows, refused

    @api.model
    def _maintenance_get_lines(self, vals, name):
        """The values of the lines that a row brings along."""
        return [command[2] for command in vals.get(name) or [] if command[0] == Command.CREATE]

    @api.model
    def _maintenance_find_known_numbers(self, rows):
        """Numbers that stand in the file twice or are here already, by the number of their row; in one query."""
        keys = [(row["vals"]["company_id"], row["vals"]["reference"]) for row in rows]
        references = [reference for _company, reference in keys if reference]
        # sudo: a number is taken, whoever may see its work order
        taken = self.sudo().search_fetch([("reference", "in", references)], ["reference", "company_id"])
        here = {(request.company_id.id, request.reference) for request in taken}
        refused, seen = {}, Counter()
        for number, key in enumerate(keys):
            if not key[1]:
                continue
            seen[key] += 1
            if key in here:
                refused[number] = [self.env._("%s is here already.", key[1])]
            elif seen[key] > 1:
                refused[number] = [self.env._("%s stands in the file already.", key[1])]
        return refused

    @api.model
    def _maintenance_link_schedules(self, rows):
        """Work of a schedule belongs to the due dates of its asset; of two for one day, the first one does."""
        rows = [row["vals"] for row in rows if row["vals"]["schedule_id"] and row["vals"]["equipment_id"]]
        if not rows:
            return
        lines = self.env["maintenance.schedule.asset"].with_context(active_test=False).search(
            [("schedule_id", "in", [row["schedule_id"] for row in rows])]
        )
        by_key = {(line.schedule_id.id, line.equipment_id.id): line.id for line in lines}
        # sudo: a day is taken, whoever may see its work order
        made = self.sudo().search_fetch(
            [("schedule_asset_id", "in", lines.ids), ("schedule_due_date", "!=", False)],
            ["schedule_asset_id", "schedule_due_date"],
        )
        taken = {(request.schedule_asset_id.id, request.schedule_due_date) for request in made}
        for row in rows:
            line = by_key.get((row["schedule_id"], row["equipment_id"]))
            key = (line, row["schedule_due_date"])
            if line and key not in taken:
                row["schedule_asset_id"] = line
                if row["schedule_due_date"]:
                    taken.add(key)

    # -- One row ----------------------------------------------------------------------------------------

    @api.model
    def _maintenance_prepare_row(self, vals, known, reasons):
        """What a row makes: values of the work order, of its hours, downtimes and costs, and when it was reported.

        :param list reasons: why it cannot be; added to.
        """
        self._maintenance_refuse_fields(vals, REQUEST_FIELDS, reasons)
        for name in LINES:
            if any(command[0] != Command.CREATE for command in vals.get(name) or []):
                reasons.append(self.env._("“%s” of the past are new; nothing else is linked.", self._maintenance_label(name)))
        record = {name: self._maintenance_pick(known, vals, name, reasons) for name in (*RECORDS, *CODES)}
        company = record["company_id"] or record["equipment_id"].company_id or self.env.company
        self._maintenance_check_company(record, company, reasons)
        moments = self._maintenance_read_moments(vals, MOMENTS, reasons)
        state, stage = self._maintenance_get_past_state(vals, record["stage_id"], known["stages"], moments, reasons)
        self._maintenance_complete_moments(vals, moments, state, company, reasons)
        self._maintenance_check_moments(moments, state, reasons)
        person, user = self._maintenance_get_past_person(vals, known["workers"])
        if person.is_company and not user:
            reasons.append(self.env._("%s is no person.", person.name))
        if not vals.get("name"):
            reasons.append(self.env._("Say what the work was about."))
        done = moments.get("date_completed")
        team = self._maintenance_get_past_team(record, company, known["teams"])
        if not team:
            reasons.append(self.env._("%s has no maintenance team; add one first.", company.name))
        row = {
            **{name: value.id for name, value in record.items()},
            **{name: vals[name] for name in PLAIN if vals.get(name)},
            **{name: moment for name, moment in moments.items() if name != REPORTED},
            **self._maintenance_read_moments(vals, ["date_failure"], reasons),
            "archive": state == "cancelled",
            "close_date": state in DONE_STATES and done and company._get_plant_day(done),
            "company_id": company.id,
            "maintenance_brought_in": True,
            "maintenance_crew_ids": vals.get("maintenance_crew_ids") or [],
            "maintenance_person_id": person.id,
            "maintenance_reported_at": moments.get(REPORTED),
            "maintenance_team_id": team.id,
            "maintenance_template_id": False,
            "maintenance_type": self._maintenance_get_past_type(vals, record, reasons),
            "not_fixed_count": max(int(self._maintenance_read_number(vals, "not_fixed_count", reasons) or 0), 0),
            "recurring_maintenance": False,
            "reference": (vals.get("reference") or "").strip() or False,
            "reported_via": False,
            "request_date": REPORTED in moments and company._get_plant_day(moments[REPORTED]),
            "schedule_due_date": self._maintenance_read_day(vals, "schedule_due_date", reasons),
            "stage_id": stage.id,
            "user_id": user.id,
            **self._maintenance_get_past_plan(vals, state, reasons),
        }  # fmt: skip
        row.setdefault("priority", "0")
        day = moments.get("date_started") or moments.get("date_completed")
        return {
            "vals": row,
            "reported": moments.get(REPORTED),
            "labors": self._maintenance_prepare_labors(vals, row, company, day and company._get_plant_day(day), known, reasons),
            "downtimes": self._maintenance_prepare_downtimes(vals, record["equipment_id"], reasons),
            "costs": self._maintenance_prepare_costs(vals, row, company, reasons),
        }

    @api.model
    def _maintenance_check_company(self, record, company, reasons):
        if company not in self.env.companies:
            reasons.append(self.env._("%s is not among the companies that you have chosen.", company.name))
        for name in ("equipment_id", "maintenance_team_id", "schedule_id", "maintenance_work_type_id", *CODES):
            owner = record[name].company_id
            if owner and owner != company:
                reasons.append(self.env._("“%(field)s” is of another company than %(company)s.",
                                          field=self._maintenance_label(name), company=company.name))  # fmt: skip
        category = record["equipment_id"].category_id
        for name, kind in CODES.items():
            code = record[name]
            if code and (code.kind != kind or (code.category_ids and category not in code.category_ids)):
                label = self._maintenance_label(name)
                reasons.append(self.env._("“%(code)s” is not for “%(field)s”.", code=code.name, field=label))

    @api.model
    def _maintenance_get_past_state(self, vals, stage, stages, moments, reasons):
        """The state that a row says, else the one that its dates tell, and its stage.

        Work that waited for parts is as far as it was before: its parts are not brought in, so it waits for none here.
        """
        told = STATES[max((MOMENTS[name] for name in moments), default=0)]
        if {state for state in (stage.state, vals.get("state")) if state} == {"waiting_parts"}:
            stage, vals = stage.browse(), {**vals, "state": told}
        state = stage.state or vals.get("state") or told
        if stage and vals.get("state") and vals["state"] != stage.state:
            reasons.append(self.env._("The stage and the status do not belong together."))
        if state not in (*STATES, "cancelled"):
            label = dict(self._fields["state"]._description_selection(self.env)).get(state, state)
            reasons.append(self.env._("Work that is “%s” cannot be brought in; say how far it had come.", label))
            return state, stage
        stage = stage or stages.get(state, stage)[:1]
        if not stage:
            reasons.append(self.env._("No stage stands for this status; add one under Configuration, Stages."))
        return state, stage

    @api.model
    def _maintenance_complete_moments(self, vals, moments, state, company, reasons):
        """What follows from the moments that a row says."""
        if REPORTED not in moments:
            day = self._maintenance_read_day(vals, "request_date", reasons)
            given = [moment for name, moment in moments.items() if name != "date_closed"]
            if day:
                moments[REPORTED] = min([company._get_plant_moment(day, time(0)), *given])
            elif given:
                moments[REPORTED] = min(given)
            else:
                reasons.append(self.env._("Say when it was reported."))
                return
        if state == "closed" and "date_completed" in moments:
            moments.setdefault("date_closed", moments["date_completed"])
        handled = [moment for name, moment in moments.items() if MOMENTS[name] in (1, 2, 3, 4)]
        if handled:
            moments.setdefault("date_acknowledged", max(min(handled), moments[REPORTED]))

    @api.model
    def _maintenance_check_moments(self, moments, state, reasons):
        wrong = [
            ("date_acknowledged", REPORTED, self.env._("Acknowledged before it was reported.")),
            ("date_approved", REPORTED, self.env._("Approved before it was reported.")),
            ("date_assigned", REPORTED, self.env._("Assigned before it was reported.")),
            ("date_completed", REPORTED, self.env._("Completed before it was reported.")),
            ("date_completed", "date_started", self.env._("Completed before it was started.")),
            ("date_closed", "date_completed", self.env._("Closed before it was completed.")),
        ]
        for name, before, reason in wrong:
            if name in moments and moments[name] < moments.get(before, moments[name]):
                reasons.append(reason)
        if state in DONE_STATES and "date_completed" not in moments:
            reasons.append(self.env._("Say when it was completed; today is not taken instead."))
        rank = STATES.index(state) if state in STATES else 3
        # work that has gone back keeps the day it was begun
        for name in ("date_approved", "date_completed", "date_closed"):
            if name in moments and MOMENTS[name] > rank:
                reasons.append(
                    self.env._(
                        "It is “%(state)s” and has “%(field)s”; one of them is wrong.",
                        state=dict(self._fields["state"]._description_selection(self.env)).get(state, state),
                        field=self._maintenance_label(name),
                    )
                )

    @api.model
    def _maintenance_get_past_person(self, vals, workers):
        name = "user_id" if vals.get("user_id") else "person_id"
        nobody = self.env["res.partner"], self.env["res.users"]
        return workers.get((name, vals.get("user_id") or vals.get("maintenance_person_id")), nobody)

    @api.model
    def _maintenance_get_past_team(self, record, company, teams):
        team = record["maintenance_team_id"] or record["equipment_id"].maintenance_team_id
        if team.company_id in (company, company.browse()) and team:
            return team
        if company not in teams:
            domain = [("company_id", "in", [company.id, False])]
            teams[company] = self.env["maintenance.team"].search(domain, order="company_id, id", limit=1)
        return teams[company]

    @api.model
    def _maintenance_get_past_type(self, vals, record, reasons):
        kind, schedule = record["maintenance_work_type_id"], record["schedule_id"]
        given = vals.get("maintenance_type")
        if kind and given and kind.maintenance_type != given:
            reasons.append(self.env._("“%s” counts as another type of work.", kind.name))
        return given or kind.maintenance_type or ("preventive" if schedule else "corrective")

    @api.model
    def _maintenance_get_past_plan(self, vals, state, reasons):
        """When it was planned. Of past work the plan is as long as it says; that of open work follows from the hours."""
        plan = self._maintenance_read_moments(vals, ("schedule_date", "schedule_end"), reasons, ahead=True)
        start, end = plan.get("schedule_date"), plan.get("schedule_end")
        if start and end and end < start:
            reasons.append(self.env._("It was planned to end before it begins."))
        if start and not end and state not in STATES[:4]:
            plan["schedule_end"] = start
        if start and end and not vals.get("expected_hours"):
            plan["expected_hours"] = (end - start) / timedelta(hours=1)
        return plan

    # -- What it brings along -----------------------------------------------------------------------------

    @api.model
    def _maintenance_prepare_labors(self, vals, row, company, day, known, reasons):
        labors, lines = self.env["maintenance.labor"], self._maintenance_get_lines(vals, "labor_ids")
        hours = self._maintenance_read_number(vals, "labor_hours", reasons)
        cost = self._maintenance_read_number(vals, "labor_cost", reasons)
        if hours and hours < 0:
            reasons.append(self.env._("Hours are more than zero."))
            hours = None
        if hours and lines:
            reasons.append(self.env._("The hours stand in the row and in lines of their own; leave one of them out."))
        if hours:
            line = {"hours": hours, "user_id": vals.get("user_id"), "person_id": vals.get("maintenance_person_id") or False}
            lines = [line if cost is None else {**line, "amount": cost}]
        if lines and self.env["maintenance.stage"].browse(row["stage_id"]).state == "requested":
            reasons.append(self.env._("Work that nobody approved takes no hours."))
        return [labors._maintenance_prepare_hours(line, company, day, known["workers"], reasons) for line in lines]

    @api.model
    def _maintenance_prepare_downtimes(self, vals, equipment, reasons):
        begin, end = (vals.get(name) or False for name in PERIOD)
        lines = self._maintenance_get_lines(vals, "downtime_ids")
        if (begin or end) and lines:
            reasons.append(self.env._("The downtime stands in the row and in lines of its own; leave one of them out."))
        if begin or end:
            lines = [{"date_from": begin, "date_to": end}]
        if lines and not equipment:
            reasons.append(self.env._("Say which asset stood still."))
        downtimes = self.env["maintenance.downtime"]
        return [downtimes._maintenance_prepare_period(line, equipment, reasons) for line in lines]

    @api.model
    def _maintenance_prepare_costs(self, vals, row, company, reasons):
        """Opening entries for what no hours stand for."""
        day = row["close_date"] or row["request_date"]
        hours = vals.get("labor_hours") or self._maintenance_get_lines(vals, "labor_ids")
        costs = []
        for name, kind in (("labor_cost", "labor"), ("parts_cost", "part"), ("service_cost", "service")):
            amount = self._maintenance_read_number(vals, name, [] if kind == "labor" else reasons)
            if amount and not (kind == "labor" and hours):
                costs.append({"kind": kind, "amount": company.currency_id.round(amount), "date": day, "entry": "opening",
                              "company_id": company.id, "equipment_id": row["equipment_id"]})  # fmt: skip
        return costs
