from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .schedule_working_days import DAY_RULES

MONTHS = [
    ("1", "January"), ("2", "February"), ("3", "March"), ("4", "April"), ("5", "May"), ("6", "June"),
    ("7", "July"), ("8", "August"), ("9", "September"), ("10", "October"), ("11", "November"), ("12", "December"),
]  # fmt: skip


def describe_interval(env, count, unit):
    """“Every week”, “Every 3 months”; False without a unit."""
    if count == 1:
        words = {
            "day": env._("Every day"), "week": env._("Every week"), "month": env._("Every month"), "year": env._("Every year"),
        }  # fmt: skip
    else:
        words = {
            "day": env._("Every %s days", count), "week": env._("Every %s weeks", count),
            "month": env._("Every %s months", count), "year": env._("Every %s years", count),
        }  # fmt: skip
    return words.get(unit, False)


class MaintenanceSchedule(models.Model):
    """Preventive work that comes round again, for one asset, several or a category, and what it takes.

    Each asset has a line of its own (`maintenance.schedule.asset`) that knows when it is due next. How
    work orders are made of it stands in ``maintenance_schedule_generate``, how their parts are on the
    shelf in time in ``maintenance_schedule_supply``.
    """

    _name = "maintenance.schedule"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Preventive Schedule"
    _order = "next_date, name, id"
    _check_company_auto = True

    name = fields.Char("Work", required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    equipment_ids = fields.Many2many(
        "maintenance.equipment", "maintenance_schedule_equipment_rel", "schedule_id", "equipment_id", "Assets",
        check_company=True,
    )  # fmt: skip
    category_id = fields.Many2one(
        "maintenance.equipment.category", "All assets of category", index="btree_not_null", tracking=True,
        check_company=True, help="Assets that join the category later join the schedule.",
    )  # fmt: skip
    asset_ids = fields.One2many("maintenance.schedule.asset", "schedule_id", "Due dates by asset")
    asset_count = fields.Integer("Number of assets", compute="_compute_asset_count")

    # When
    trigger = fields.Selection(
        [("calendar", "Time"), ("meter", "Counter"), ("both", "Time or counter, whichever comes first")],
        required=True, default="calendar", tracking=True,
    )  # fmt: skip
    interval = fields.Integer("Every", default=1, required=True, tracking=True)
    interval_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        "Unit of interval", default="month", required=True, tracking=True,
    )  # fmt: skip
    rhythm = fields.Char("How often", compute="_compute_rhythm", help="Interval and meter in words.")
    basis = fields.Selection(
        [("fixed", "Fixed dates"), ("completion", "Counted from completion")],
        required=True, default="fixed", tracking=True,
        help="Fixed dates stay, whenever the work is done. Counted from completion, work done early moves the next date.",
    )  # fmt: skip
    meter_interval = fields.Float("Every (meter)", tracking=True, help="In the unit of the assets' meters.")
    lead_days = fields.Integer(
        "Days ahead", tracking=True, help="How many days before it is due the work order is made."
    )
    start_date = fields.Date(
        "First due", required=True, default=lambda self: self.env.company._get_plant_day(),
        help="Fixed dates are counted from this day.",
    )  # fmt: skip
    end_date = fields.Date("Last day", tracking=True, help="Nothing is due after this day.")
    season_from = fields.Selection(MONTHS, "Season from", tracking=True, help="Work is due in the season only.")
    season_to = fields.Selection(MONTHS, "Season to", tracking=True)
    day_rule = fields.Selection(
        DAY_RULES, "On days off", required=True, default="keep", tracking=True,
        help="What becomes of work that falls on a day on which nobody works.",
    )  # fmt: skip
    resource_calendar_id = fields.Many2one(
        "resource.calendar", "Working hours", check_company=True,
        help="On which days the work may be done; the company's working hours when empty.",
    )  # fmt: skip
    next_date = fields.Date(
        "Next due", compute="_compute_next_date", store=True, readonly=False, copy=False,
        help="The first due date of all its assets. A date entered here is where all of them begin anew.",
    )  # fmt: skip
    when_open = fields.Selection(
        [("skip", "Leave it out"), ("merge", "Add it to the open work order")],
        "When the last one is still open", required=True, default="skip", tracking=True,
        help="There is never a second work order of a schedule for the same asset while one is open. What falls "
        "due meanwhile is left out with a note, or its tasks and parts are added to the open one.",
    )  # fmt: skip

    # What
    maintenance_team_id = fields.Many2one(
        "maintenance.team", "Team", check_company=True, tracking=True, help="The team of the asset when empty."
    )
    user_id = fields.Many2one(
        "res.users", "Technician", tracking=True,
        domain="[('share', '=', False), ('partner_id.maintenance_can_work', '=', True), ('company_ids', 'in', company_id)]",
        help="The technician of the asset when empty.",
    )  # fmt: skip
    owner_user_id = fields.Many2one(
        "res.users", "Planner", default=lambda self: self.env.user, tracking=True,
        domain="[('company_ids', 'in', company_id)]", help="Is asked when something goes wrong.",
    )  # fmt: skip
    work_type_id = fields.Many2one(
        "maintenance.work.type", "Work type", check_company=True, ondelete="restrict", tracking=True,
        domain="[('maintenance_type', '=', 'preventive')]", help="Of its work orders: service, inspection, calibration…",
    )  # fmt: skip
    priority = fields.Selection([("0", "Low"), ("1", "Medium"), ("2", "High")], default="0")
    duration = fields.Float("Expected hours", default=1.0)
    is_pre_approved = fields.Boolean(
        "Approved beforehand", tracking=True,
        help="Its work orders need no approval of their own. Without it the setting of the company decides.",
    )  # fmt: skip
    description = fields.Html()
    instruction_type = fields.Selection(
        [("pdf", "PDF"), ("google_slide", "Google Slide"), ("text", "Text")], "Instruction", default="text"
    )
    instruction_pdf = fields.Binary("PDF")
    instruction_google_slide = fields.Char("Google Slide")
    instruction_text = fields.Html("Instructions")
    task_ids = fields.One2many("maintenance.schedule.task", "schedule_id", "Tasks", copy=True)
    part_ids = fields.One2many("maintenance.schedule.part", "schedule_id", "Parts", copy=True)

    request_ids = fields.One2many("maintenance.request", "schedule_id", "Work orders")
    request_count = fields.Integer("Number of work orders", compute="_compute_request_counts")
    open_request_count = fields.Integer("Open work orders", compute="_compute_request_counts")

    _interval_positive = models.Constraint("CHECK(interval > 0)", "Enter an interval of at least 1.")
    _lead_not_negative = models.Constraint(
        "CHECK(lead_days >= 0)", "Work orders cannot be made after they are due; enter 0 or more days ahead."
    )
    _duration_not_negative = models.Constraint("CHECK(duration >= 0)", "Expected hours cannot be negative.")
    _meter_interval_given = models.Constraint(
        "CHECK(trigger = 'calendar' OR COALESCE(meter_interval, 0) > 0)",
        "Say after how many units of the meter the work is due.",
    )

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("asset_ids")
    def _compute_asset_count(self):
        for schedule in self:
            schedule.asset_count = len(schedule.asset_ids)

    @api.depends("trigger", "interval", "interval_unit")
    @api.depends_context("lang")
    def _compute_rhythm(self):
        for schedule in self:
            schedule.rhythm = describe_interval(self.env, schedule.interval, schedule.interval_unit)

    @api.depends("request_ids.state")
    def _compute_request_counts(self):
        counts = {}
        rows = self.env["maintenance.request"]._read_group(
            [("schedule_id", "in", self.ids)], ["schedule_id", "state"], ["__count"]
        )
        for schedule, state, count in rows:
            total, still_open = counts.get(schedule.id, (0, 0))
            is_open = state not in ("completed", "closed", "cancelled")
            counts[schedule.id] = (total + count, still_open + is_open * count)
        for schedule in self:
            schedule.request_count, schedule.open_request_count = counts.get(schedule.id, (0, 0))

    @api.depends("start_date", "trigger", "asset_ids.next_date", "asset_ids.active")
    def _compute_next_date(self):
        for schedule in self:
            dates = [day for day in schedule.asset_ids.mapped("next_date") if day]
            waits = not schedule.with_context(active_test=False).asset_ids and schedule.trigger != "meter"
            schedule.next_date = min(dates) if dates else waits and schedule.start_date

    @api.constrains("season_from", "season_to")
    def _check_season(self):
        for schedule in self:
            if bool(schedule.season_from) != bool(schedule.season_to):
                raise ValidationError(self.env._("A season needs its first and its last month."))

    @api.constrains("start_date", "end_date")
    def _check_end_date(self):
        for schedule in self:
            if schedule.end_date and schedule.end_date < schedule.start_date:
                raise ValidationError(self.env._("%s would end before it begins.", schedule.display_name))

    @api.constrains("user_id", "company_id")
    def _check_technician(self):
        for schedule in self:
            if schedule.user_id and not schedule.user_id.partner_id._maintenance_can_work_for(schedule.company_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work on work orders of %(company)s; choose one of its technicians or planners.",
                        person=schedule.user_id.sudo().name,
                        company=schedule.company_id.sudo().name,
                    )
                )

    @api.constrains("work_type_id")
    def _check_work_type(self):
        for schedule in self:
            if schedule.work_type_id.maintenance_type == "corrective":
                raise ValidationError(
                    self.env._(
                        "“%s” counts as corrective; choose a preventive work type for a schedule.", schedule.work_type_id.name
                    )
                )

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("next_date"):
                vals["start_date"] = vals.pop("next_date")
        schedules = super().create(vals_list)
        schedules._sync_assets(starting=True)
        return schedules

    def write(self, vals):
        vals = dict(vals)
        if vals.get("next_date"):
            vals["start_date"] = vals.pop("next_date")
        result = super().write(vals)
        if vals.get("start_date"):
            # every asset begins anew, from the day that was entered
            self.asset_ids.write({"start_date": vals["start_date"], "handled_date": False})
        if {"equipment_ids", "category_id", "company_id"} & vals.keys():
            self._sync_assets()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        for schedule in self:
            if schedule.request_ids:
                raise UserError(
                    self.env._("%s has made work orders and cannot be deleted; archive it instead.", schedule.name)
                )

    # -- Assets -------------------------------------------------------------------------------

    def _sync_assets(self, starting=False):
        """Give each asset that belongs to a schedule its line, and archive the lines of those that left.

        :param bool starting: the schedules are new. An asset that joins a running one begins with the next
            date, not with those before it.
        """
        lines = self.env["maintenance.schedule.asset"].sudo().with_context(active_test=False)
        members = {category: category.equipment_ids for category in self.sudo().category_id}
        known = {
            (line.schedule_id.id, line.equipment_id.id): line
            for line in lines.search([("schedule_id", "in", self.ids)])
        }
        vals_list, wanted = [], lines.browse()
        for schedule in self.sudo():
            company = schedule.company_id
            assets = schedule.equipment_ids | members.get(schedule.category_id, schedule.equipment_ids.browse())
            for asset in assets.filtered("active"):
                if asset.company_id not in (company, company.browse()):
                    continue
                line = known.get((schedule.id, asset.id))
                if line:
                    wanted |= line
                else:
                    vals_list.append(schedule._prepare_asset_vals(asset, starting))
        everything = lines.browse([line.id for line in known.values()])
        wanted.filtered(lambda line: not line.active)._join_again()
        left = (everything - wanted).filtered("active")
        left.write({"active": False})
        lines.create(vals_list)

    def _prepare_asset_vals(self, asset, starting):
        self.ensure_one()
        vals = {"schedule_id": self.id, "equipment_id": asset.id, "start_date": self.start_date}
        today = self.company_id._get_plant_day()
        if not starting and self.start_date < today:
            vals["handled_date"] = fields.Date.subtract(today, days=1)
        return vals

    # -- Actions ------------------------------------------------------------------------------

    @api.readonly
    def action_view_requests(self):
        """Open the work orders that the schedules made."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_work_orders")
        action.update(
            display_name=self.env._("Work orders"),
            domain=["|", ("schedule_id", "in", self.ids), ("maintenance_included_ids", "in", self.ids)],
            context={"search_default_todo": True},
            view_mode="list,kanban,form,calendar",
            views=[(False, "list"), (False, "kanban"), (False, "form"), (False, "calendar")],
        )
        return action
