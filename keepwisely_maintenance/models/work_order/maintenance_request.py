from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import DONE_STATES
from ...context import is_bringing_in, is_by_system

#: Set by the lifecycle itself; nobody writes them by hand.
PROTECTED_FIELDS = {
    "reference",
    "state",
    "date_acknowledged",
    "phase",
    "approved_by_id",
    "date_approved",
    "date_assigned",
    "date_started",
    "date_completed",
    "date_closed",
    "parts_state",
    "parts_ready_date",
    "date_fix_confirmed",
    "not_fixed_count",
    "previous_request_id",
    "reported_via",
    "origin_task_id",
    "origin_request_id",
    "maintenance_next_request_id",
    "maintenance_brought_in",
}


class MaintenanceRequest(models.Model):
    """A work order: what is fixed, on which asset, by whom and when.

    The lifecycle stands in ``maintenance_request_lifecycle``, the parts in
    ``maintenance_request_parts`` and the money in ``maintenance_request_cost``.
    """

    _name = "maintenance.request"
    _inherit = [
        "maintenance.request", "analytic.mixin", "mail.tracking.duration.mixin", "maintenance.guard.mixin",
        "maintenance.tracking.mixin",
    ]  # fmt: skip
    _track_duration_field = "stage_id"
    _rec_names_search = ["name", "reference"]

    reference = fields.Char("Work order", copy=False, readonly=True, index="trigram")
    state = fields.Selection(
        related="stage_id.state", store=True, index=True, copy=False
    )
    stage_id = fields.Many2one(default=lambda self: self._default_stage())
    request_date = fields.Date(default=lambda self: self.env.company._get_plant_day())
    equipment_id = fields.Many2one(string="Asset")
    category_id = fields.Many2one(string="Asset category")
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Emergency")], default="0", index=True
    )
    # Native code leaves the index out; the board filters on it.
    archive = fields.Boolean(index=True)
    user_id = fields.Many2one(index="btree_not_null")
    approved_by_id = fields.Many2one("res.users", "Approved by", copy=False, readonly=True)
    is_approval_due = fields.Boolean(
        "Approval due", compute="_compute_is_approval_due", search="_search_is_approval_due",
        help="Emergency work that was begun before a planner approved it.",
    )  # fmt: skip
    date_approved = fields.Datetime("Approved on", copy=False, readonly=True)
    date_assigned = fields.Datetime("Assigned on", copy=False, readonly=True)
    date_started = fields.Datetime("Started on", copy=False, readonly=True)
    date_completed = fields.Datetime("Completed on", copy=False, readonly=True)
    date_closed = fields.Datetime("Closed on", copy=False, readonly=True)
    maintenance_brought_in = fields.Boolean(
        "Brought in", copy=False, readonly=True, help="It comes from another system, with the dates it had there."
    )
    reopen_reason = fields.Char(
        "Reason for reopening", copy=False, tracking=True, help="Why a closed work order was opened again."
    )
    task_ids = fields.One2many("maintenance.task", "maintenance_request_id", "Tasks", copy=True)
    task_count = fields.Integer(compute="_compute_task_progress")
    task_done_count = fields.Integer(compute="_compute_task_progress")
    labor_ids = fields.One2many("maintenance.labor", "maintenance_request_id", "Labour")
    labor_hours = fields.Float("Hours worked", compute="_compute_labor_hours")
    analytic_distribution = fields.Json(
        "Analytic distribution", compute="_compute_analytic_distribution", store=True, readonly=False, precompute=True
    )
    maintenance_place_id = fields.Many2one(
        "stock.location", "Place without an asset", index="btree_not_null", ondelete="restrict", check_company=True
    )
    maintenance_location_id = fields.Many2one(
        "stock.location", "Place", compute="_compute_maintenance_location_id", inverse="_inverse_maintenance_location_id",
        search="_search_maintenance_location_id", help="Where the asset stands; of work without an asset, where it is done.",
    )  # fmt: skip
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    # What the current user may do, so that views offer only what will be accepted.
    user_is_planner = fields.Boolean(compute="_compute_user_role")
    user_is_technician = fields.Boolean(compute="_compute_user_role")

    _reference_company_uniq = models.Constraint(
        "UNIQUE(reference, company_id)",
        "Another work order of this company already has this reference.",
    )
    _board_idx = models.Index("(stage_id, priority DESC, schedule_date) WHERE NOT archive")

    # -- Defaults and computes ---------------------------------------------------------------

    def _default_stage(self):
        """New work starts where reports arrive, whatever the order of the board's columns."""
        stages = self.env["maintenance.stage"]
        return stages._first_of_state("requested") or stages.search([], limit=1)

    @api.depends("reference", "name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for request in self.filtered("reference"):
            request.display_name = f"{request.reference} {request.display_name or ''}".strip()
        return result

    @api.depends("task_ids.is_done")
    def _compute_task_progress(self):
        for request in self:
            request.task_count = len(request.task_ids)
            request.task_done_count = len(request.task_ids.filtered("is_done"))

    @api.depends("labor_ids.hours")
    def _compute_labor_hours(self):
        hours = dict(
            self.env["maintenance.labor"]._read_group(
                [("maintenance_request_id", "in", self.ids)],
                ["maintenance_request_id"],
                ["hours:sum"],
            )
        )
        for request in self:
            request.labor_hours = hours.get(request._origin, 0.0)

    @api.depends("equipment_id.location_id", "maintenance_place_id")
    def _compute_maintenance_location_id(self):
        for request in self:
            request.maintenance_location_id = request.equipment_id.location_id or request.maintenance_place_id

    def _inverse_maintenance_location_id(self):
        """Of an asset the place is kept on the asset."""
        for request in self.filtered(lambda request: not request.equipment_id):
            request.maintenance_place_id = request.maintenance_location_id

    def _search_maintenance_location_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        of_asset = Domain("equipment_id.location_id", operator, value) & Domain("equipment_id.location_id", "!=", False)
        without = Domain("equipment_id", "=", False) | Domain("equipment_id.location_id", "=", False)
        return of_asset | without & Domain("maintenance_place_id", operator, value)

    @api.depends("company_id", "equipment_id")
    def _compute_user_id(self):
        """Once a job is someone's, a change of asset does not take it away again."""
        keep = {
            request: request.user_id
            for request in self
            if request.user_id and request.state not in (False, "requested")
        }
        result = super()._compute_user_id()
        for request, user in keep.items():
            if request.company_id in user.company_ids:
                request.user_id = user
        return result

    @api.depends("date_approved", "approved_by_id", "maintenance_brought_in")
    def _compute_is_approval_due(self):
        for request in self:
            request.is_approval_due = bool(
                request.date_approved and not request.approved_by_id and not request.maintenance_brought_in
            )

    def _search_is_approval_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain([("date_approved", "!=", False), ("approved_by_id", "=", False), ("maintenance_brought_in", "=", False)])
        return due if True in value else ~due

    @api.depends("schedule_end", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_late = bool(
                request.schedule_end
                and request.schedule_end < now
                and request.state not in (*DONE_STATES, "cancelled")
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain(
            [
                ("schedule_end", "<", fields.Datetime.now()),
                ("state", "not in", (*DONE_STATES, "cancelled")),
            ]
        )
        return late if True in value else ~late

    @api.depends_context("uid")
    @api.depends("maintenance_team_id", "user_id", "maintenance_crew_ids")
    def _compute_user_role(self):
        planner = self._user_is_planner()
        for request in self:
            request.user_is_planner = planner
            request.user_is_technician = request._user_is_technician()

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        # sudo: people are told in their language; one query for all whom the click names
        user_ids = {vals["user_id"] for vals in vals_list if isinstance(vals.get("user_id"), int) and vals["user_id"]}
        self.env["res.users"].sudo().browse({self.env.uid, *user_ids}).partner_id.mapped("lang")
        for vals in vals_list:
            # an import may bring its own references
            self._check_protected({key: vals[key] for key in vals if key != "reference"})
            company = vals.get("company_id") or self.env.company.id
            if company != self.env.company.id:
                vals.setdefault("request_date", self.env["res.company"].browse(company)._get_plant_day())
            if not vals.get("reference"):
                vals["reference"] = self._maintenance_draw_reference(company)
            if vals.get("equipment_id") and "maintenance_team_id" not in vals:
                # native code lets the company's first team win over the team of the asset
                # sudo: reporters need no rights on teams
                team = self.env["maintenance.equipment"].sudo().browse(vals["equipment_id"]).maintenance_team_id
                if team:
                    vals["maintenance_team_id"] = team.id
        stages = self._take_stages_to_reach(vals_list)
        requests = super().create(vals_list)
        requests._maintenance_fill_in()
        for request, stage in zip(requests, stages, strict=True):
            if stage:
                request.stage_id = stage
        requests._approve_beforehand()
        return requests

    def _maintenance_fill_in(self):
        """What new work orders get besides what was given, before they move on."""

    @api.model
    def _maintenance_draw_reference(self, company_id):
        sequence = self.env["ir.sequence"]._maintenance_find("maintenance.request", company_id)
        return sequence and sequence.next_by_id()

    def _approve_beforehand(self):
        """Preventive work needs no approval of its own where the company says so."""
        if not self._user_is_planner():
            return
        preventive = self.filtered(
            lambda request: request.maintenance_type == "preventive"
            and request.state == "requested"
            and request.company_id.sudo().preventive_pre_approved
        )
        # the rule of the company approves, not whoever made the work order; sudo() first: it leaves their default_… behind
        preventive.sudo().with_user(SUPERUSER_ID)._move_to("approved")

    @api.model
    def _take_stages_to_reach(self, vals_list):
        """Let work start as a report and go through the gates to the stage it was created in."""
        default = self.env.context.get("default_stage_id")
        start = self._default_stage()
        stages = []
        for vals in vals_list:
            stage = self.env["maintenance.stage"].browse(vals.get("stage_id", default) or [])
            # where nobody has said what a stage stands for, work is created as natively
            moves = bool(stage.state) and stage.state != start.state
            if moves:
                vals["stage_id"] = start.id
            stages.append(stage if moves else False)
        return stages

    def write(self, vals):
        vals = dict(vals)  # native code adds to the caller's dict
        self._check_protected(vals)
        self._check_may_assign(vals)
        if vals.get("close_date") and is_by_system(self.env, "maintenance_keep_close_date"):
            # native code stamps the date again on every move between done stages
            self = self.filtered(lambda request: not request.close_date)
        result = super().write(vals)
        if {"priority", "schedule_date"} & vals.keys():
            self._sync_part_schedule()
        return result

    def copy(self, default=None):
        if is_by_system(self.env, "maintenance_no_recurrence"):
            # native code makes the next occurrence on *every* write to a done stage
            return self.browse()
        return super().copy(default)

    def copy_data(self, default=None):
        """A duplicate is a new report of whoever makes it; the next occurrence, whose date is given, goes on as it was."""
        vals_list = super().copy_data(default)
        if self._maintenance_is_next_occurrence(default):
            return vals_list
        fresh = {
            "archive": False,
            "close_date": False,
            "kanban_state": "normal",
            "owner_user_id": self.env.uid,
            "recurring_maintenance": False,
            "schedule_date": False,
            "schedule_end": False,
        }
        if not self._user_is_planner():
            # who puts whom on a job; the asset says
            fresh["user_id"] = False
        return [
            {**vals, **fresh, "request_date": request.company_id._get_plant_day(), **(default or {})}
            for request, vals in zip(self, vals_list, strict=True)
        ]

    @api.model
    def _maintenance_is_next_occurrence(self, default):
        return "schedule_date" in (default or {})

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_reports(self):
        for request in self:
            if not self._user_is_planner() and request.owner_user_id != self.env.user:
                raise UserError(
                    self.env._("%s can be deleted by its reporter or a planner only.", request.display_name)
                )
            if not (request.state == "cancelled" or request._maintenance_is_report()) or request._maintenance_has_history():
                raise UserError(
                    self.env._(
                        "%s has a history and cannot be deleted; cancel it instead.", request.display_name
                    )
                )

    def _maintenance_has_history(self):
        """Whether something that stays was done for it."""
        # sudo: whoever deletes need not be able to read it
        return bool(self.sudo().labor_ids)

    def unlink(self):
        self.sudo().part_ids.filtered(lambda move: move.state != "done").unlink()
        return super().unlink()

    # -- Who may ------------------------------------------------------------------------------

    @api.model
    def _user_is_planner(self):
        return self.env.su or self.env.user.has_group("maintenance.group_equipment_manager")

    def _user_is_technician(self):
        """Whether the user works for the team or in the crew. A team without members is open to every technician."""
        self.ensure_one()
        user = self.env.user
        if self.env.su:
            return True
        if not user.has_group("keepwisely_maintenance.group_maintenance_technician"):
            return False
        if self.user_id == user:
            return True
        members = self.maintenance_team_id.member_ids
        return not members or user in members or user.partner_id in self.maintenance_crew_ids

    def _maintenance_is_report(self):
        """Whether nobody has approved it; also where its stage does not say how far it is, see `MaintenanceStageAsked`."""
        self.ensure_one()
        return self.state == "requested" or not (self.state or self.date_approved)

    @api.model
    def _get_guarded_fields(self):
        return PROTECTED_FIELDS

    @api.model
    def _check_protected(self, vals):
        """:raises UserError: a field that only the lifecycle sets is in ``vals``."""
        touched = PROTECTED_FIELDS & vals.keys()
        if touched and not self.env.su:
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._(
                    "“%s” is set by the system; move the work order to another stage instead.",
                    field._description_string(self.env),
                )
            )

    def _check_may_assign(self, vals):
        """A technician takes or hands back work; only planners give it to others.

        :raises UserError: the user may not put this person on the work order.
        """
        if "user_id" not in vals or self._user_is_planner():
            return
        me = self.env.user
        for request in self:
            wanted = vals["user_id"] or False
            if wanted == (request.user_id.id or False):
                continue
            takes = wanted == me.id and request._user_is_technician()
            hands_back = not wanted and request.user_id == me
            if not takes and not hands_back:
                raise UserError(
                    self.env._(
                        "Only a planner can assign %s to someone; a technician of the team can take it.",
                        request.display_name,
                    )
                )

    def _get_state_label(self, state=None):
        self.ensure_one()
        state = state or self.state
        return dict(self._fields["state"]._description_selection(self.env))[state] if state else self.stage_id.name
