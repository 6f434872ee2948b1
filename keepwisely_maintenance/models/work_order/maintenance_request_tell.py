from odoo import api, models
from odoo.fields import Domain

from ...const import DONE_STATES
from ...context import BY_SYSTEM, is_bringing_in, is_by_system
from .maintenance_request_lifecycle import PLANNED
from .maintenance_request_over import MOVES
from .res_users import PLANNERS

REPORTED = "keepwisely_maintenance.mail_activity_reported"
ANSWERED = "keepwisely_maintenance.mail_activity_answered"


class MaintenanceRequestTell(models.Model):
    """Whoever has to act is told, once, and nobody is told what is no news to them.

    A report is a to-do of its planners until it is approved; an emergency is a message to them and the team. What the
    board shows anyway, such as that work is planned or begun, is told to nobody.
    """

    _inherit = "maintenance.request"

    # -- Reports --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        requests = super().create(vals_list)
        requests._maintenance_tell_reported()
        return requests

    def write(self, vals):
        watched = {"priority", "maintenance_team_id"} & vals.keys()
        if MOVES & vals.keys() or not watched | ({"schedule_date", "user_id"} & vals.keys()):
            # what comes with a move comes back here on its own
            return super().write(vals)
        before = {request: (request.priority, request.maintenance_team_id) for request in self} if watched else {}
        result = super().write(vals)
        if {"schedule_date", "user_id"} & vals.keys():
            # sudo: to-dos of before, which said what the board says, were somebody else's
            self.sudo().activity_unlink([PLANNED])
        changed = self.browse().concat(
            *(request for request, old in before.items() if old != (request.priority, request.maintenance_team_id))
        )
        changed.filtered(lambda request: request.priority == "3" and request._is_work_open())._maintenance_tell_emergency()
        changed._maintenance_pass_on_reports({request: team for request, (_priority, team) in before.items()})
        return result

    def _maintenance_pass_on_reports(self, teams):
        """What was reported to another team waits for the planners of the team that has it now."""
        moved = self.filtered(lambda request: request.maintenance_team_id != teams[request] and request.state == "requested")
        # sudo: the to-dos are the planners'
        todos = moved.sudo().activity_ids.filtered(lambda todo: todo.activity_type_id == self.env.ref(REPORTED))
        waiting = self.browse(todos.mapped("res_id"))
        todos.unlink()
        waiting._maintenance_create_todos(REPORTED)

    def _maintenance_tell_reported(self):
        """Tell planners of what waits for them, and teams of emergencies; preventive work is nobody's report."""
        reports = self.filtered(lambda request: request.maintenance_type != "preventive" and request._is_work_open())
        emergencies = reports.filtered(lambda request: request.priority == "3")
        emergencies._maintenance_tell_emergency()
        if self._maintenance_is_told_by_planner():
            return
        waiting = (reports - emergencies).filtered(lambda request: request.state == "requested")
        waiting._maintenance_create_todos(REPORTED)

    @api.model
    def _maintenance_is_told_by_planner(self):
        """Whether a planner does it by hand, who then needs no to-do about it."""
        return not self.env.su and self._user_is_planner()

    def _maintenance_get_planners(self):
        """The planners of each of these work orders, in a dict."""
        planners = {}
        for (team, company), requests in self.grouped(lambda request: (request.maintenance_team_id, request.company_id)).items():
            planners.update(dict.fromkeys(requests, team._maintenance_get_planners(company)))
        return planners

    def _maintenance_get_users_told(self):
        """Who is told that the work can go on or has to wait: its technician; else its planners, or whoever reported it."""
        self.ensure_one()
        # sudo: whoever validates a receipt need not be able to read who works on what
        request = self.sudo()
        told = request.user_id.filtered("active")
        if not told and request.maintenance_person_id:
            # a person without a login is told by planners
            told = self._maintenance_get_planners()[self]
        return (told or request.owner_user_id.filtered("active")).sudo(self.env.su)

    def _maintenance_create_todos(self, xmlid):
        """Give each planner a to-do, without a mail and without making them follow the work."""
        # sudo: whoever reports makes to-dos for planners
        requests = self.sudo().with_context(mail_activity_quick_update=True, maintenance_no_follow=BY_SYSTEM)
        requests.env["mail.activity"]._maintenance_create(
            xmlid,
            [
                (request, {"user_id": planner.id, "date_deadline": request.company_id._get_plant_day()})
                for request, planners in requests._maintenance_get_planners().items()
                for planner in planners - self.env.user
            ],
        )

    @api.model
    def _maintenance_hand_on_todos(self, person):
        """The to-dos of somebody who has left go; what waited for them as the planner waits for the other planners."""
        todos = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("user_id", "in", person._maintenance_get_logins().ids)]
        )
        waiting = {
            xmlid: self.browse(
                todos.filtered(lambda todo, xmlid=xmlid: todo.activity_type_id == self.env.ref(xmlid)).mapped("res_id")
            )
            for xmlid in (REPORTED, ANSWERED)
        }
        todos.unlink()
        for xmlid, requests in waiting.items():
            requests.filtered(
                lambda request, xmlid=xmlid: self.env.ref(xmlid) not in request.activity_ids.activity_type_id
            )._maintenance_create_todos(xmlid)

    def _maintenance_tell_emergency(self):
        """One message to the planners and the team, once for each team that has it."""
        told = self.env.cr.precommit.data.setdefault("keepwisely_maintenance.emergencies", set())
        news = self.filtered(lambda request: (request.id, request.maintenance_team_id.id) not in told)
        told.update((request.id, request.maintenance_team_id.id) for request in news)
        for request, planners in news._maintenance_get_planners().items():
            # sudo: whoever reports need not be able to read teams and users
            request = request.sudo()
            people = (planners.sudo() | request.maintenance_team_id.member_ids | request.user_id).filtered("active")
            request._maintenance_tell_users(people - self.env.user, lambda request: request._maintenance_describe_emergency())

    def _maintenance_describe_emergency(self):
        self.ensure_one()
        if self.equipment_id:
            return self.env._("Emergency: %(name)s, %(asset)s.", name=self.name, asset=self.equipment_id.display_name)
        return self.env._("Emergency: %s.", self.name)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if is_by_system(self.env, "maintenance_no_follow"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    # -- Answers to work that is over ---------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        """What the reporter writes on work that is done reaches the planners; followers alone may have gone on."""
        result = super()._message_post_after_hook(message, msg_values)
        is_late = self.state in DONE_STATES and message.message_type in ("email", "comment")
        # sudo: the to-dos are the planners'
        if (
            is_late
            and self._maintenance_is_from_reporter(message)
            and self.env.ref(ANSWERED) not in self.sudo().activity_ids.activity_type_id
        ):
            self._maintenance_create_todos(ANSWERED)
        return result

    def _maintenance_is_from_reporter(self, message):
        """Whether whoever reported it wrote it, or somebody from outside; not those who work on it or plan it."""
        self.ensure_one()
        # sudo: whoever writes need not be able to read users
        request, author = self.sudo(), message.sudo().author_id
        if author == self.env.ref("base.partner_root"):
            return False
        user = author._maintenance_get_user().sudo()
        if not user:
            return message.message_type == "email"
        return user == request.owner_user_id and not user.has_group(PLANNERS) and author not in request._maintenance_get_people()

    # -- No news ------------------------------------------------------------------------------------

    def _track_subtype(self, init_values):
        """Followers are told of the end of the work, and when it is opened again; all else is on the board."""
        if "stage_id" in init_values:
            before = init_values["stage_id"].state
            is_news = self.state in ("completed", "cancelled") or (before in DONE_STATES and self.state not in DONE_STATES)
            if not is_news or self.id in self._maintenance_get_told():
                return False
        return super()._track_subtype(init_values)

    @api.model
    def _maintenance_get_told(self):
        """Ids of work orders about whose move people get a message of its own in this transaction."""
        return self.env.cr.precommit.data.setdefault("keepwisely_maintenance.told", set())

    def _follow_move(self, before):
        result = super()._follow_move(before)
        for xmlid, moved in (
            (REPORTED, self.filtered(lambda request: before[request.id] == "requested")),
            (ANSWERED, self.filtered(lambda request: before[request.id] in DONE_STATES)),
        ):
            if moved:
                # sudo: the to-dos are the planners', whoever moves the work on
                moved.sudo().activity_unlink([xmlid])
        # as natively where records are archived
        self.filtered(lambda request: request.state == "cancelled").sudo().activity_ids.unlink()
        return result

    # -- Loops of mail --------------------------------------------------------------------------------

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """What Odoo counts to end a loop: the work orders that mails of this sender have made."""
        mails = Domain("message_type", "=", "email") & Domain("email_from", "ilike", email_from_normalized)
        return Domain("reported_via", "=", "email") & Domain("message_ids", "any", mails)
