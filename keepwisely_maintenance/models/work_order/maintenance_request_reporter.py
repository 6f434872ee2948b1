from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...const import COSTS_GROUP, DONE_STATES
from ...words import format_day, in_language_of
from .res_users import PLANNERS, TECHNICIANS

#: Who has more to see of a work order than where it stands.
INVOLVED = (TECHNICIANS, PLANNERS, COSTS_GROUP, "stock.group_stock_user", "purchase.group_purchase_user")

#: Characters taken from a form. Nobody types more on a phone.
MAX_TEXT = 2000
TITLE_LENGTH = 80


def make_title(text):
    """The beginning of ``text`` on one line of at most `TITLE_LENGTH` characters."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


class MaintenanceRequestReporter(models.Model):
    """A work order as whoever reported it meets it: progress in words, and whether it is fixed."""

    _inherit = "maintenance.request"

    # hr_maintenance computes it; a computed field that may be written keeps what it is given
    owner_user_id = fields.Many2one(readonly=False)
    reported_via = fields.Selection(
        string="Reported through",
        selection=[
            ("odoo", "Odoo"),
            ("scan", "Label"),
            ("scan_public", "Label, without login"),
            ("email", "E-mail"),
        ],
        default="odoo",
        copy=False,
        readonly=True,
    )
    progress_message = fields.Char("Where it stands", compute="_compute_progress_message", compute_sudo=True)
    expected_date = fields.Date(
        "Expected on", compute="_compute_expected_date", compute_sudo=True,
        help="The day for which the work is planned, or on which its last part comes if that is later.",
    )  # fmt: skip
    date_fix_confirmed = fields.Datetime("Fix confirmed on", copy=False, readonly=True)
    not_fixed_count = fields.Integer(
        "Times not fixed", copy=False, readonly=True, help="How often the work was opened again as not fixed."
    )
    previous_request_id = fields.Many2one(
        "maintenance.request", "Not fixed by", copy=False, readonly=True, index="btree_not_null", ondelete="set null",
        help="The closed work order that was meant to fix the same problem.",
    )  # fmt: skip
    next_request_ids = fields.One2many("maintenance.request", "previous_request_id", "Reported again as")
    # What the current user may do, so that views offer only what will be accepted.
    can_confirm_fix = fields.Boolean(compute="_compute_reporter_may")
    can_say_not_fixed = fields.Boolean(compute="_compute_reporter_may")
    user_is_reporter = fields.Boolean(compute="_compute_reporter_may")

    # -- Who reported --------------------------------------------------------------------------

    def _compute_field_value(self, field):
        """Who reported does not follow from anything else.

        hr_maintenance computes it from the employee, and empties it where no employee's asset is named. Its method cannot
        be overridden: it may be loaded before this module or after it.
        """
        if field.name != "owner_user_id":
            return super()._compute_field_value(field)
        for request in self:
            request.owner_user_id = request.owner_user_id
        return None

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Whoever has no part in the work meets the reporter's page of it, whatever has led them there."""
        if view_type == "form" and not view_id and not self.env.context.get("form_view_ref") and self._maintenance_only_reports():
            view_id = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_report").id
        return super().get_view(view_id, view_type, **options)

    @api.model
    def _maintenance_only_reports(self):
        """Whether the user neither does nor plans, supplies or pays the work."""
        return not self.env.su and not any(map(self.env.user.has_group, INVOLVED))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """hr_maintenance calls the employee “Created By”; beside who reported it goes by its own name."""
        arch, view = super()._get_view(view_id, view_type, **options)
        for node in arch.xpath("//field[@name='employee_id'][@widget='many2one_avatar_employee'][@string]"):
            del node.attrib["string"]
        return arch, view

    # -- Progress in words --------------------------------------------------------------------

    @api.depends("state", "schedule_date", "schedule_end", "parts_ready_date", "company_id")
    def _compute_expected_date(self):
        for request in self:
            planned = request.schedule_end or request.schedule_date
            days = [planned and request.company_id._get_plant_day(planned), request.parts_ready_date]
            is_open = request.state not in (*DONE_STATES, "cancelled")
            request.expected_date = is_open and max(filter(None, days), default=False)

    @api.depends(
        "stage_id", "state", "maintenance_person_id", "expected_date", "date_completed", "date_closed", "date_fix_confirmed"
    )
    @api.depends_context("lang", "uid")
    def _compute_progress_message(self):
        for request in self:
            request.progress_message = request._describe_progress()

    def _describe_progress(self):
        """Where the work stands, as one says it to a colleague."""
        self.ensure_one()
        who = self.maintenance_person_id.name or self.env._("The team")
        if self.state in ("approved", "assigned"):
            return self._describe_plan(who)
        if self.state in DONE_STATES:
            return self._describe_completion()
        if self.state == "waiting_parts" and self.parts_ready_date:
            return self.env._("Waits for parts, expected on %s.", format_day(self.env, self.parts_ready_date))
        return {
            "requested": self.env._("Reported. A planner looks at it next."),
            "waiting_parts": self.env._("Waits for parts."),
            "in_progress": self.env._("%s is working on it.", who),
            "cancelled": self.env._("Cancelled."),
        }.get(self.state, self.stage_id.name)

    def _describe_plan(self, who):
        day = self.expected_date and format_day(self.env, self.expected_date)
        if self.state == "assigned" and day:
            return self.env._("%(technician)s will do it, planned for %(day)s.", technician=who, day=day)
        if self.state == "assigned":
            return self.env._("%s will do it.", who)
        if day:
            return self.env._("Approved, planned for %s.", day)
        return self.env._("Approved. It is given to a technician next.")

    def _describe_completion(self):
        # work of before the module was installed has no stamps
        moment = self.date_completed or self.date_closed
        if not moment:
            return self.env._("Done.")
        day = format_day(self.env, self.company_id._get_plant_day(moment))
        if self.date_fix_confirmed and self.owner_user_id == self.env.user:
            return self.env._("Done on %s. You confirmed that it is fixed.", day)
        if self.date_fix_confirmed:
            return self.env._("Done on %s, and confirmed to be fixed.", day)
        return self.env._("Done on %s.", day)

    # -- Is it fixed? -------------------------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("owner_user_id", "state", "date_fix_confirmed")
    def _compute_reporter_may(self):
        planner = self._user_is_planner()
        for request in self:
            mine = request.owner_user_id == self.env.user
            done = request.state in DONE_STATES
            request.user_is_reporter = mine
            request.can_confirm_fix = mine and done and not request.date_fix_confirmed
            request.can_say_not_fixed = (mine or planner) and done

    def action_confirm_fix(self):
        """Say that the problem is gone (whoever reported it).

        :raises UserError: it is not done yet, or somebody else reported it.
        """
        for request in self:
            if request.owner_user_id != self.env.user:
                raise UserError(
                    self.env._("Only whoever reported %s can confirm that it is fixed.", request.display_name)
                )
            request._check_work_done()
        unconfirmed = self.filtered(lambda request: not request.date_fix_confirmed)
        # sudo: the stamp is the system's; who may confirm was checked
        unconfirmed.sudo().date_fix_confirmed = fields.Datetime.now()
        for request in unconfirmed:
            request.message_post(body=self.env._("It is fixed."), subtype_xmlid="mail.mt_comment")
        return True

    def action_not_fixed(self, reason=None):
        """Say that the problem is still there (whoever reported it, or a planner).

        Completed work goes back to its technician for as many days as the company allows. Closed
        work, and work from longer ago, stays as it is: a new report that names it is made instead.

        :param str reason: what is still wrong.
        :returns: the action that shows the new report, True where the work was opened again.
        :raises UserError: there is no reason, the work is not done, or the user did not report it.
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say in a sentence what is still wrong."))
        for request in self:
            if request.owner_user_id != self.env.user and not self._user_is_planner():
                raise UserError(
                    self.env._(
                        "Only whoever reported %s or a planner can say that it is not fixed.", request.display_name
                    )
                )
        self._serialise()
        for request in self:
            request._check_work_done()
        again = self.filtered(lambda request: request._is_opened_when_not_fixed())
        again._open_not_fixed(reason)
        anew = [request._report_not_fixed(reason) for request in self - again]
        if not anew:
            return True
        return self.browse().concat(*anew)._get_records_action(name=self.env._("Reported again"))

    @api.readonly
    def action_open_work_order(self):
        """Leave the reporter's page for the whole work order."""
        self.ensure_one()
        return self._get_records_action(views=[(False, "form")])

    def _check_work_done(self):
        if self.state not in DONE_STATES:
            raise UserError(
                self.env._(
                    "%(work_order)s is in state “%(state)s”, not completed; write a message to the team instead.",
                    work_order=self.display_name,
                    state=self._get_state_label(),
                )
            )

    def _is_opened_when_not_fixed(self):
        self.ensure_one()
        # sudo: settings of the company are not for reporters to read
        days = self.company_id.sudo().not_fixed_days
        moment = self.date_completed
        return self.state == "completed" and (
            not moment or moment + timedelta(days=days) >= fields.Datetime.now()
        )

    def _open_not_fixed(self, reason):
        """Give the work back to its technician, or to the team where there is none any more."""
        for request in self:
            # they get a message of its own
            self._maintenance_get_told().add(request.id)
            # sudo: reporters do not move work; that this one may open it again was checked
            request.sudo()._move_to("assigned" if request._maintenance_has_responsible() else "approved")
            request.sudo().not_fixed_count += 1
            request._tell_not_fixed(lambda env: env._("Not fixed: %s", reason))

    def _report_not_fixed(self, reason):
        """Report the problem again, or add to the report that is open already; returns it."""
        # sudo: the reporter may not see what a planner reported again, and the link is not for hands
        request = self.sudo()
        anew = request.next_request_ids.filtered(lambda found: found.state not in (*DONE_STATES, "cancelled"))[:1]
        if anew:
            anew.message_subscribe(self.env.user.partner_id.ids)
            anew.message_post(body=reason, subtype_xmlid="mail.mt_comment")
        else:
            anew = request.with_company(self.company_id).create(request._prepare_not_fixed_vals(reason))
            request._tell_not_fixed(
                lambda env: env._("Not fixed, reported again as %(report)s: %(reason)s", report=anew.reference, reason=reason)
            )
        return anew.with_env(self.env)

    def _prepare_not_fixed_vals(self, reason):
        self.ensure_one()
        return {
            "name": self.name if self.previous_request_id else self.env._("Not fixed: %s", self.name),
            "description": plaintext2html(reason),
            "equipment_id": self.equipment_id.id,
            "maintenance_team_id": self.maintenance_team_id.id,
            "company_id": self.company_id.id,
            "priority": self.priority,
            "maintenance_is_unsafe": self.maintenance_is_unsafe,
            "maintenance_type": "corrective",
            "owner_user_id": self.env.uid,
            "previous_request_id": self.id,
        }

    def _tell_not_fixed(self, get_body):
        """Write to whoever did the work and whoever approved it; to the team where they are gone.

        :param get_body: says what, in the language of an environment.
        """
        self.ensure_one()
        people = (self.user_id | self.approved_by_id).filtered("active") or self.maintenance_team_id.member_ids
        people -= self.env.user
        # one message, since followers get it as well: in the language of those it is for, where they share one;
        # sudo: reporters need not be able to read them
        env = in_language_of(self, people[:1]).env if len(set(people.sudo().mapped("lang"))) == 1 else self.env
        self.message_post(body=get_body(env), partner_ids=people.partner_id.ids, subtype_xmlid="mail.mt_comment")

    def _follow_move(self, before):
        result = super()._follow_move(before)
        opened = self.filtered(lambda request: before[request.id] in DONE_STATES and request.state not in DONE_STATES)
        # sudo: the stamp is the system's
        opened.sudo().filtered("date_fix_confirmed").date_fix_confirmed = False
        return result
