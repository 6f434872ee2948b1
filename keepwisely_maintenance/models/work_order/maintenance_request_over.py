from contextlib import contextmanager

from lxml.builder import E
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

from ...const import DONE_STATES

#: Where the talk about a work order is kept; it goes on whatever has become of the work.
TALK = ("mail.thread.cc", "mail.thread.main.attachment", "mail.activity.mixin", "rating.mixin")

#: They pass the gates of the lifecycle.
MOVES = {"stage_id", "archive"}

#: What somebody who only reports may still change once the work is approved.
REQUESTER_FIELDS = {"description"}

#: Hours are booked until the costs are final; the entries have their own rules.
HOURS = {"labor_ids", "hours_by_hand"}

#: How a view of each kind hides a field that it only reads.
HIDDEN = {"form": "invisible", "list": "column_invisible", "kanban": "invisible"}


class MaintenanceRequestOver(models.Model):
    """What is closed is closed: who may still change what of a work order.

    From *Completed* on technicians book hours and planners correct, which leaves a trace; *Closed* work
    stays as it is until a planner reopens it. Views read the same rule from ``maintenance_can_edit``.
    """

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "maintenance.correction.mixin"]

    # What the current user may do, so that views offer only what will be accepted.
    maintenance_can_edit = fields.Boolean(compute="_compute_maintenance_can_edit")
    maintenance_can_plan = fields.Boolean(compute="_compute_maintenance_can_edit")
    maintenance_can_describe = fields.Boolean(compute="_compute_maintenance_can_edit")

    # -- Who may ------------------------------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("state", "date_approved", "maintenance_team_id", "user_id", "owner_user_id", "maintenance_crew_ids")
    def _compute_maintenance_can_edit(self):
        for request in self:
            # what is being entered changes nothing yet
            saved = request._origin
            request.maintenance_can_edit = not saved or saved._maintenance_can_edit()
            request.maintenance_can_plan = not saved or saved._maintenance_can_plan()
            request.maintenance_can_describe = request.maintenance_can_edit or request._is_work_open()

    def _maintenance_can_edit(self):
        """Whether the user may change what the work order says."""
        self.ensure_one()
        if self.state == "closed":
            return False
        if self._user_is_planner():
            return True
        if not self._is_work_open():
            return False
        return self._maintenance_is_report() or self._user_is_technician()

    def _maintenance_can_plan(self):
        """Whether the user may also change what `_maintenance_get_planner_fields` names."""
        self.ensure_one()
        own_report = self._maintenance_is_report() and self.owner_user_id == self.env.user
        return self._maintenance_can_edit() and (own_report or self._user_is_planner())

    @api.model
    def _maintenance_get_planner_fields(self):
        """Whose work it is and where its costs go is for planners to say, and for reporters on their own reports."""
        return {"analytic_distribution", "company_id", "maintenance_team_id", "warehouse_id"}

    @api.model
    def _maintenance_get_talk_fields(self):
        names = {name for model in TALK if model in self.env for name in self.env[model]._fields}
        return names - set(MAGIC_COLUMNS)

    def _check_may_edit(self, vals):
        """Reporters describe the problem; once approved, the work belongs to the team, and once over to the planners.

        :raises UserError: the user may not change this, or nobody may.
        """
        names = vals.keys() - self._maintenance_get_talk_fields()
        if not names or self.env.su:
            return
        for request in self:
            if (request._is_work_open() and names <= REQUESTER_FIELDS) or (request.state == "completed" and names <= HOURS):
                continue
            if not request._maintenance_can_edit():
                raise UserError(request._maintenance_describe_refusal())
            kept = self._maintenance_get_planner_fields() & names
            if kept and not request._maintenance_can_plan():
                raise UserError(
                    self.env._(
                        "“%(field)s” of %(work_order)s is for planners to change; ask one.",
                        field=self._fields[min(kept)]._description_string(self.env),
                        work_order=request.display_name,
                    )
                )

    def _maintenance_describe_refusal(self):
        """Why the user may not change it, and what to do instead."""
        self.ensure_one()
        if self.state == "closed":
            return self.env._("%s is closed and stays as it is; a planner can reopen it.", self.display_name)
        if not self._is_work_open() and self._user_is_technician():
            return self.env._(
                "%(work_order)s is in state “%(state)s”; write a message to the planner, who can correct it.",
                work_order=self.display_name,
                state=self._get_state_label(),
            )
        return self.env._(
            "%s is already being handled; write a message to the team instead of changing it.", self.display_name
        )

    def _maintenance_check_not_closed(self):
        """:raises UserError: the work is closed, so nothing that belongs to it changes any more; the system goes on."""
        # sudo: whoever changes something of a work order need not be able to read it
        closed = self.sudo().filtered(lambda request: request.state == "closed")[:1]
        if closed and not self.env.su:
            raise UserError(closed.with_env(self.env)._maintenance_describe_refusal())

    def _check_work_open(self):
        """:raises UserError: the work is over, so its tasks no longer change."""
        for request in self:
            if not request._is_work_open():
                raise UserError(
                    self.env._(
                        "%(work_order)s is in state “%(state)s”; reopen it before changing its tasks.",
                        work_order=request.display_name,
                        state=request._get_state_label(),
                    )
                )

    @api.model
    def _maintenance_is_asset_written(self, vals):
        """Whether ``vals`` say which asset the work is about; beside a move, that comes back in a write of its own."""
        return "equipment_id" in vals and not MOVES & vals.keys()

    def _is_work_open(self):
        """Whether the work is not over yet."""
        self.ensure_one()
        return self.state not in (*DONE_STATES, "cancelled")

    # -- Corrections ----------------------------------------------------------------------------

    def write(self, vals):
        if MOVES & vals.keys():
            # what comes with a move comes back here on its own
            return super().write(vals)
        self._check_may_edit(vals)
        over = self._maintenance_get_corrected()
        names = vals.keys() - self._maintenance_get_talk_fields() - HOURS
        if not over or not names:
            return super().write(vals)
        if self - over:
            (self - over).write(vals)
        with over._maintenance_logging_correction():
            # one message says all of it
            return super(MaintenanceRequestOver, over.with_context(mail_notrack=True)).write(vals)

    def _maintenance_get_corrected(self):
        """Work that is over, where a person changes it; what the system changes is no correction."""
        return self.browse() if self.env.su else self.filtered(lambda request: not request._is_work_open())

    @contextmanager
    def _maintenance_logging_correction(self):
        """Write into the chatter what changes meanwhile, and what follows from it, with the old and the new value."""
        kept = self._maintenance_get_talk_fields() | set(MAGIC_COLUMNS)
        before = self._maintenance_read_values(
            {name for name, field in self._fields.items() if not field.readonly and name not in kept}
        )
        yield
        for request, changes in self._maintenance_describe_changes(before).items():
            request._maintenance_log_correction(changes)

    @contextmanager
    def _maintenance_logging_corrections_of(self, records, names):
        """The same for fields of records that belong to these work orders."""
        over = self._maintenance_get_corrected()
        corrected = records.filtered(lambda record: record.maintenance_request_id in over)
        before = corrected._maintenance_read_values(names)
        yield
        for record, changes in corrected._maintenance_describe_changes(before).items():
            record.maintenance_request_id._maintenance_log_correction(changes, record.display_name)

    def _maintenance_log_correction(self, changes, what=""):
        self.ensure_one()
        intro = self.env._("Corrected in state “%s”:", self._get_state_label())
        # sudo: the note is the system's
        self.sudo()._message_log(body=Markup("%s %s%s") % (intro, what, changes))

    # -- Views ------------------------------------------------------------------------------------

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Every field that one may not change is shown as such, also those of other modules."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type not in ("form", "list", "kanban"):
            return arch, view
        free = self._maintenance_get_talk_fields() | MOVES | HOURS
        for_planners = self._maintenance_get_planner_fields()
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = self._fields.get(node.get("name"))
            if not field or field.readonly or field.name in free or node.get("readonly") in ("1", "True", "true"):
                continue
            rule = "maintenance_can_edit"
            if field.name in for_planners:
                rule = "maintenance_can_plan"
            elif field.name in REQUESTER_FIELDS:
                rule = "maintenance_can_describe"
            node.set("readonly", f"({node.get('readonly')}) or not {rule}" if node.get("readonly") else f"not {rule}")
            if not arch.xpath(f"/*/field[@name='{rule}']"):
                arch.insert(0, E.field({"name": rule, HIDDEN[view_type]: "True"}))
        return arch, view
