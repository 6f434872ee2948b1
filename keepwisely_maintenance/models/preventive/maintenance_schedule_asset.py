from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...const import DONE_STATES
from ...context import BY_SYSTEM, WorkingDaysMemory, is_by_system
from .schedule_dates import Rule
from .schedule_working_days import WorkingDays

#: States of a work order that is over.
OVER_STATES = (*DONE_STATES, "cancelled")

#: What planners say of the due dates of an asset.
SAID = {"start_date", "next_date", "next_meter_value", "last_done_date", "meter_id", "weight"}


class MaintenanceScheduleAsset(models.Model):
    """When an asset is due by a schedule.

    The next date derives from what was handled last and, counted from completion, from when and whether
    that was done, so that cancelling, reopening and completing early or late need no book-keeping.
    """

    _name = "maintenance.schedule.asset"
    _description = "Due Date of an Asset"
    _order = "next_date, schedule_id, id"
    _rec_name = "equipment_id"
    _check_company_auto = True

    schedule_id = fields.Many2one("maintenance.schedule", required=True, ondelete="cascade", index=True)
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="schedule_id.company_id", store=True, index=True)
    category_id = fields.Many2one(related="equipment_id.category_id", string="Asset category")
    active = fields.Boolean(default=True)
    start_date = fields.Date("First due", required=True, help="Fixed dates are counted from this day.")
    handled_date = fields.Date(
        "Handled until", readonly=True, copy=False, help="The last date of the grid that is done with."
    )
    last_due_date = fields.Date("Last due", readonly=True, copy=False)
    last_request_id = fields.Many2one(
        "maintenance.request", "Last work order", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    last_state = fields.Selection(related="last_request_id.state", string="State")
    last_done_date = fields.Date(
        "Last done", compute="_compute_last_done_date", inverse="_inverse_last_done_date",
        help="The completion of the last work order; enter when it was done before there were any.",
    )  # fmt: skip
    done_before_date = fields.Date(readonly=True, copy=False, help="When it was done last before there were work orders.")
    next_nominal_date = fields.Date(
        "Next date of the grid", compute="_compute_dates", store=True, help="Before it is moved off a day off."
    )
    next_date = fields.Date("Next due", compute="_compute_dates", store=True, readonly=False, index=True)
    generate_date = fields.Date(
        "Work order on", compute="_compute_dates", store=True, index=True,
        help="When the next work order is made; empty while that depends on the completion of the last one.",
    )  # fmt: skip
    request_ids = fields.One2many("maintenance.request", "schedule_asset_id", "Work orders")

    _schedule_asset_uniq = models.Constraint(
        "UNIQUE(schedule_id, equipment_id)", "The asset is on this schedule already."
    )

    # -- Computes -----------------------------------------------------------------------------

    @api.depends(
        "active",
        "equipment_id.active",
        "schedule_id.active",
        "schedule_id.trigger",
        "schedule_id.interval",
        "schedule_id.interval_unit",
        "schedule_id.basis",
        "schedule_id.lead_days",
        "schedule_id.end_date",
        "schedule_id.season_from",
        "schedule_id.season_to",
        "schedule_id.day_rule",
        "schedule_id.resource_calendar_id",
        "start_date",
        "handled_date",
        "last_due_date",
        "last_request_id.state",
        "last_request_id.date_completed",
    )
    def _compute_dates(self):
        rules = self.schedule_id._get_rules()
        taken = self._get_taken_dates()
        for line in self:
            nominal = due = generate = False
            if line._is_running():
                nominal, due = line._get_next_date(rules[line.schedule_id], taken.get(line._origin, ()))
                generate = due and line._get_generate_date(due)
            # once each, so that what stays as it is is not written
            line.next_nominal_date, line.next_date, line.generate_date = nominal or False, due or False, generate or False

    def _get_generate_date(self, due):
        """When the work order that is due on ``due`` is made, or what to do about the open one is looked at."""
        self.ensure_one()
        if not self._is_last_open():
            return fields.Date.subtract(due, days=self.schedule_id.lead_days)
        # what falls due while the last one is open is left out or added to it, on that day
        return self.schedule_id.basis == "fixed" and due

    def _get_taken_dates(self):
        """Days, from where the next ones are counted on, for which there is a work order already; by line."""
        counted = [line._get_counted_from() or line.last_due_date for line in self if line.last_due_date]
        if not counted:
            return {}
        return dict(
            self.env["maintenance.request"].sudo()._read_group(
                [("schedule_asset_id", "in", self.ids), ("schedule_due_date", ">", min(counted))],
                ["schedule_asset_id"],
                ["schedule_due_date:array_agg"],
            )
        )

    def _is_running(self):
        self.ensure_one()
        return bool(self.active and self.schedule_id.active and self.equipment_id.active)

    def _is_last_open(self):
        self.ensure_one()
        return bool(self.last_request_id) and self.last_request_id.state not in OVER_STATES

    def _get_next_date(self, rule, taken):
        """The next date on the grid and the day the work is due; of work that is never due again, None twice.

        :param taken: days that have a work order already.
        """
        self.ensure_one()
        if self.schedule_id.trigger == "meter":
            return None, None
        done = self._get_counted_from()
        if done:
            due = rule.get_date_from(done)
            while due in taken:
                due += timedelta(days=1)
            return due, due
        dates = rule.get_dates(self.start_date, self.handled_date, self.last_due_date)
        return next((pair for pair in dates if pair[1] not in taken), (None, None))

    def _get_counted_from(self):
        """The day the next date is counted from; False where the grid decides.

        Open work will be done when it is due at the earliest, today if that is over. Cancelled work counts as
        done when it was due. A first date that was entered later begins a new grid.
        """
        self.ensure_one()
        request = self.last_request_id
        restarted = self.last_due_date and self.start_date > self.last_due_date and not self.handled_date
        if self.schedule_id.basis != "completion" or not request or not self.last_due_date or restarted:
            return False
        company = self.company_id
        if request.state in DONE_STATES and request.date_completed:
            return company._get_plant_day(request.date_completed)
        if request.state in OVER_STATES:
            return self.last_due_date
        return max(self.last_due_date, company._get_plant_day())

    def _compute_last_done_date(self):
        done = dict(
            self.env["maintenance.request"].sudo()._read_group(
                [("schedule_asset_id", "in", self.ids), ("state", "in", DONE_STATES)],
                ["schedule_asset_id"],
                ["date_completed:max"],
            )
        )
        for line in self:
            moment = done.get(line)
            line.last_done_date = line.company_id._get_plant_day(moment) if moment else line.done_before_date

    def _inverse_last_done_date(self):
        """What was done before there were work orders begins the grid on that day.

        :raises UserError: work orders say when it was done, or that day is to come.
        """
        for line in self:
            day = line.last_done_date
            if line.last_request_id:
                raise UserError(
                    self.env._("Work orders say when %s was done last; enter when it is due next.", line.equipment_id.name)
                )
            if day and day > line.company_id._get_plant_day():
                raise UserError(self.env._("%s cannot have been done in the future.", line.equipment_id.name))
            line.done_before_date = day
            if day and not is_by_system(self.env, "maintenance_keep_next_date"):
                line.write({"start_date": day, "handled_date": day})

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """By planners, as in an import: an asset joins the schedule, or what is said of its due dates is written."""
        if self.env.su:
            return super().create([self._with_start_date(vals) for vals in vals_list])
        self.check_access("create")
        joining = defaultdict(self.equipment_id.browse)
        for vals in vals_list:
            if not (vals.get("schedule_id") and vals.get("equipment_id")):
                raise UserError(self.env._("Say which schedule and which asset the due dates are for."))
            joining[self.schedule_id.browse(vals["schedule_id"])] |= self.equipment_id.browse(vals["equipment_id"])
        known = {}
        for schedule, assets in joining.items():
            schedule.check_access("write")
            known.update(schedule._get_lines_of(assets))
            if missing := assets.filtered(lambda asset, schedule=schedule: (schedule, asset) not in known):
                schedule.equipment_ids = [Command.link(asset.id) for asset in missing]
                known.update(schedule._get_lines_of(missing))
        lines = self.browse()
        for vals in vals_list:
            schedule, asset = self.schedule_id.browse(vals["schedule_id"]), self.equipment_id.browse(vals["equipment_id"])
            line = known.get((schedule, asset))
            if not line:
                raise UserError(
                    self.env._("%(asset)s cannot join %(schedule)s.", asset=asset.display_name, schedule=schedule.name)
                )
            line.write({name: value for name, value in vals.items() if name in SAID})
            lines += line
        return lines

    def write(self, vals):
        if vals.get("next_date") and "last_done_date" in vals:
            # both are said: the next date is the one that was entered
            self = self.with_context(maintenance_keep_next_date=BY_SYSTEM)
        return super().write(self._with_start_date(vals))

    @api.model
    def _with_start_date(self, vals):
        """A next date entered by hand begins a new grid."""
        if not vals.get("next_date"):
            return vals
        vals = dict(vals, start_date=vals["next_date"], handled_date=False)
        del vals["next_date"]
        return vals

    def _join_again(self):
        """Go on with the next date; what would have been due meanwhile is not made up for."""
        for line in self:
            yesterday = fields.Date.subtract(line.company_id._get_plant_day(), days=1)
            line.write({"active": True, "handled_date": max(line.handled_date or yesterday, yesterday)})

    # -- What is open -------------------------------------------------------------------------

    def _get_open_requests(self):
        """The open work order of each line that has one, the latest where there are several."""
        requests = self.env["maintenance.request"].search(
            [("schedule_asset_id", "in", self.ids), ("state", "not in", OVER_STATES)], order="id"
        )
        return {request.schedule_asset_id: request for request in requests}


class MaintenanceSchedule(models.Model):
    _inherit = "maintenance.schedule"

    def _get_lines_of(self, assets):
        """The due dates of these assets by schedule and asset."""
        lines = self.env["maintenance.schedule.asset"].search(
            [("schedule_id", "in", self.ids), ("equipment_id", "in", assets.ids)]
        )
        return {(line.schedule_id, line.equipment_id): line for line in lines}

    def _get_rules(self):
        """The `Rule` of each schedule; schedules of one calendar share its working days."""
        days, rules = self._get_working_days(), {}
        for schedule in self:
            season = (int(schedule.season_from), int(schedule.season_to)) if schedule.season_from and schedule.season_to else None
            working_days, day_rule = days[schedule], schedule.day_rule or "keep"
            rules[schedule] = Rule(
                max(schedule.interval, 1),
                schedule.interval_unit,
                season,
                schedule.end_date or None,
                lambda day, working_days=working_days, day_rule=day_rule: working_days.shift(day, day_rule),
            )
        return rules

    def _get_working_days(self):
        """The `WorkingDays` of each schedule; a run that remembers them reads working hours once."""
        memory = self.env.context.get("maintenance_working_days")
        found = memory if isinstance(memory, WorkingDaysMemory) else {}
        days = {}
        # sudo: planners need no rights on working hours
        for schedule in self.sudo():
            calendar = schedule._get_calendar()
            zone = schedule.company_id._get_plant_timezone()
            found.setdefault((calendar.id, zone.zone), WorkingDays(calendar, zone))
            days[schedule.id] = found[calendar.id, zone.zone]
        return {schedule: days[schedule.id] for schedule in self}

    def _remembering_working_days(self):
        """For one run: working hours are read once, not for each batch."""
        return self.with_context(maintenance_working_days=WorkingDaysMemory())

    def _get_calendar(self):
        """The working hours that say on which days the work may be done; possibly none."""
        self.ensure_one()
        return self.resource_calendar_id or self.company_id.resource_calendar_id
