from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import DONE_STATES
from ...context import is_bringing_in
from ...words import in_language_of
from .maintenance_request_over import MOVES
from .res_users import COMPANY_TECHNICIANS_DOMAIN, TECHNICIANS

#: Whose work it is; each of them has its own rule, see `_check_may_assign`.
PEOPLE = {"user_id", "maintenance_person_id", "maintenance_crew_ids"}

#: Of so many work orders that somebody leaves behind the names are told.
MAX_LINKS = 30


class MaintenanceRequestPeople(models.Model):
    """Who works on it: one person is responsible, others are the crew.

    A person is a contact. Whoever has a login is the native technician as well, and the two go in step.
    """

    _inherit = "maintenance.request"

    user_id = fields.Many2one(domain=COMPANY_TECHNICIANS_DOMAIN)
    maintenance_person_id = fields.Many2one(
        "res.partner", "Responsible", compute="_compute_maintenance_person_id", store=True, readonly=False,
        index="btree_not_null", tracking=True, domain="[('maintenance_can_work', '=', True)]",
        help="Who does the work: the technician, or a contractor or colleague without a login.",
    )  # fmt: skip
    maintenance_crew_ids = fields.Many2many(
        "res.partner", "maintenance_request_crew_rel", "request_id", "partner_id", "Crew", tracking=True,
        domain="[('maintenance_can_work', '=', True)]",
        help="Who works on it as well. Each sees it among their own work orders and books their own hours.",
    )  # fmt: skip
    maintenance_is_mine = fields.Boolean(
        "Mine", compute="_compute_maintenance_is_mine", search="_search_maintenance_is_mine",
        help="You are responsible for it or belong to its crew.",
    )  # fmt: skip
    maintenance_is_for_my_teams = fields.Boolean(
        compute="_compute_maintenance_is_for_my_teams", search="_search_maintenance_is_for_my_teams", compute_sudo=True,
        help="It is yours, or of a team that you belong to or that has no members: what technicians see.",
    )  # fmt: skip

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("user_id")
    def _compute_maintenance_person_id(self):
        for request in self:
            person, technician = request.maintenance_person_id, request.user_id
            if technician or person._maintenance_get_logins():
                person = technician.partner_id
            request.maintenance_person_id = person

    @api.depends("company_id", "equipment_id")
    def _compute_user_id(self):
        """Whoever has left, or does not do such work, gets none, whatever the asset says."""
        result = super()._compute_user_id()
        for request in self:
            if request.user_id and not request.user_id.partner_id._maintenance_can_work_for(request.company_id):
                request.user_id = False
        return result

    @api.depends_context("uid")
    @api.depends("user_id", "maintenance_crew_ids")
    def _compute_maintenance_is_mine(self):
        me = self.env.user
        for request in self:
            request.maintenance_is_mine = request.user_id == me or me.partner_id in request.maintenance_crew_ids

    def _search_maintenance_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # read once; natively PostgreSQL looks into the crew of each work order
        crewed = SQL(
            """
            (SELECT crew.request_id FROM maintenance_request_crew_rel crew
               JOIN res_users me ON me.partner_id = crew.partner_id WHERE me.id = %s)
            """,
            self.env.uid,
            to_flush=self._fields["maintenance_crew_ids"],
        )
        mine = Domain("user_id", "=", self.env.uid) | Domain("id", "in", crewed)
        return mine if True in value else ~mine

    @api.depends_context("uid")
    @api.depends("maintenance_is_mine", "maintenance_team_id.member_ids")
    def _compute_maintenance_is_for_my_teams(self):
        for request in self:
            members = request.maintenance_team_id.member_ids
            request.maintenance_is_for_my_teams = request.maintenance_is_mine or not members or self.env.user in members

    def _search_maintenance_is_for_my_teams(self, operator, value):
        if operator != "in":
            return NotImplemented
        of_teams = Domain("maintenance_team_id.member_ids", "=", False) | Domain(
            "maintenance_team_id.member_ids", "in", [self.env.uid]
        )
        visible = of_teams | Domain("maintenance_is_mine", "=", True)
        return visible if True in value else ~visible

    def _maintenance_has_responsible(self):
        """Whether somebody is responsible who still does such work."""
        self.ensure_one()
        # sudo: reporters say that it is not fixed
        person = self.sudo().maintenance_person_id
        return bool(person) and person._maintenance_can_work_for(self.company_id)

    def _maintenance_get_people(self):
        """Everybody who works on these: the responsible and the crew."""
        return self.maintenance_person_id | self.maintenance_crew_ids

    def _mail_track(self, tracked_fields, initial_values):
        """Whoever has a login is told as the technician; the same person is no second change."""
        if "user_id" in initial_values and initial_values["user_id"] != self.user_id:
            tracked_fields = {name: info for name, info in tracked_fields.items() if name != "maintenance_person_id"}
        return super()._mail_track(tracked_fields, initial_values)

    # -- Common sense -------------------------------------------------------------------------

    @api.constrains("user_id", "maintenance_person_id", "company_id")
    def _maintenance_check_responsible(self):
        for request in self:
            # a technician stands here before the person is computed
            request._maintenance_check_can_work(request.sudo().user_id.partner_id or request.maintenance_person_id)

    @api.constrains("maintenance_crew_ids", "company_id")
    def _maintenance_check_crew(self):
        for request in self:
            request._maintenance_check_can_work(request.maintenance_crew_ids)

    def _maintenance_check_can_work(self, people):
        """:raises ValidationError: the work cannot be given to one of ``people``."""
        self.ensure_one()
        if is_bringing_in(self.env):
            # whoever had it there, also where they have left since
            return
        for person in people:
            if self._is_work_open() and not person._maintenance_can_work_for(self.company_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work on work orders of %(company)s; choose one of its technicians or planners, "
                        "or a person who has no login.",
                        person=person.sudo().name,
                        company=self.company_id.sudo().name,
                    )
                )

    # -- CRUD -----------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        vals_list = [self._maintenance_settle_people(vals) for vals in vals_list]
        if not self._user_is_planner() and not self.env.user.has_group(TECHNICIANS):
            # natively reporters may name themselves; that makes no technicians of them
            vals_list = [vals if vals.get("user_id") != self.env.uid else {**vals, "user_id": False} for vals in vals_list]
        requests = super().create(vals_list)
        if not self._user_is_planner():
            requests._maintenance_check_may_man()
        for request in requests:
            request._maintenance_welcome(request.maintenance_crew_ids)
        return requests

    def write(self, vals):
        if not PEOPLE & vals.keys():
            return super().write(vals)
        vals = self._maintenance_settle_people(vals)
        if MOVES & vals.keys():
            # what comes with a move comes back here on its own
            return super().write(vals)
        crews = {request: request.maintenance_crew_ids for request in self} if "maintenance_crew_ids" in vals else {}
        if crews and not {"mail_notrack", "tracking_disable"} & {key for key, value in self.env.context.items() if value}:
            self._track_prepare(["maintenance_crew_ids"])
        result = super().write(vals)
        for request, crew in crews.items():
            request._maintenance_check_may_change_crew(crew)
            request._maintenance_welcome(request.maintenance_crew_ids - crew)
        return result

    def _track_prepare(self, fields_iter):
        """Natively each write reads the crew beforehand; it changes only where it is written itself, see ``write``."""
        names = list(fields_iter)
        return super()._track_prepare([name for name in names if name != "maintenance_crew_ids" or len(names) == 1])

    def copy_data(self, default=None):
        """Who has left does not come back with a copy."""
        vals_list = super().copy_data(default)
        for request, vals in zip(self, vals_list, strict=True):
            gone = request._maintenance_get_people().filtered(
                lambda person, company=request.company_id: not person._maintenance_can_work_for(company)
            )
            if request.maintenance_person_id in gone:
                vals.update({name: False for name in ("user_id", "maintenance_person_id") if name not in (default or {})})
            if request.maintenance_crew_ids & gone and "maintenance_crew_ids" not in (default or {}):
                vals["maintenance_crew_ids"] = [fields.Command.set((request.maintenance_crew_ids - gone).ids)]
        return vals_list

    @api.model
    def _maintenance_settle_people(self, vals):
        """The person and the technician in step, whichever of them is given; the technician wins."""
        vals = dict(vals)
        if vals.get("user_id"):
            vals.pop("maintenance_person_id", None)
        elif "maintenance_person_id" in vals:
            person = self.env["res.partner"].browse(vals["maintenance_person_id"] or [])
            vals["user_id"] = person._maintenance_get_user().id
        return vals

    def _maintenance_welcome(self, people):
        """Those who join a crew follow the work and are told once; who has no login is told by people."""
        self.ensure_one()
        joined = people.filtered(lambda person: person._maintenance_get_user() not in (self.env.user, self.env["res.users"]))
        if joined:
            # sudo: a technician may put colleagues on a job
            request = self.sudo()
            request.message_subscribe(partner_ids=joined.ids)
            request._message_auto_subscribe_notify(joined.ids, "mail.message_user_assigned")

    # -- Who may --------------------------------------------------------------------------------

    def _check_may_assign(self, vals):
        """Work is given to a person without a login, or taken from one, by planners only."""
        super()._check_may_assign(vals)
        if "maintenance_person_id" not in vals or vals.get("user_id") or self._user_is_planner():
            return
        for request in self:
            hands_back = not vals["maintenance_person_id"] and request.user_id == self.env.user
            if not hands_back and (vals["maintenance_person_id"] or False) != request.maintenance_person_id.id:
                raise UserError(self.env._("Only a planner can say who does %s.", request.display_name))

    def _maintenance_check_may_man(self):
        """:raises UserError: somebody who does not plan has reported it with a crew or a contractor."""
        for request in self:
            if request.maintenance_crew_ids - self.env.user.partner_id or (
                request.maintenance_person_id and not request.user_id
            ):
                raise UserError(self.env._("Report the work first; a planner says who works on it."))

    def _maintenance_check_may_change_crew(self, before):
        """Planners and the responsible choose the crew; technicians of the team join and leave by themselves.

        :raises UserError: the user may not choose the crew.
        """
        self.ensure_one()
        changed = (before - self.maintenance_crew_ids) | (self.maintenance_crew_ids - before)
        me = self.env.user
        if not changed or self._user_is_planner() or self.user_id == me:
            return
        if changed != me.partner_id or not (self._user_is_technician() or me.partner_id in before):
            raise UserError(
                self.env._(
                    "Who works on %s is for its responsible or a planner to say; you can join or leave its crew yourself.",
                    self.display_name,
                )
            )

    # -- People go ------------------------------------------------------------------------------

    def _follow_move(self, before):
        """Work that is opened again is nobody's when its technician has left meanwhile."""
        result = super()._follow_move(before)
        opened = self.filtered(lambda request: before[request.id] in (*DONE_STATES, "cancelled") and request._is_work_open())
        gone = opened.filtered(lambda request: request.maintenance_person_id and not request._maintenance_has_responsible())
        # sudo: who opens it again need not be able to give it to others
        gone.sudo().write({"user_id": False, "maintenance_person_id": False})
        return result

    @api.model
    def _maintenance_take_from(self, person):
        """Hand the open work of somebody who has left back to its planners, each of whom gets one to-do for all of it."""
        still_open = Domain("state", "not in", (*DONE_STATES, "cancelled"))
        crewed = self.search(still_open & Domain("maintenance_crew_ids", "in", person.ids))
        crewed.write({"maintenance_crew_ids": [fields.Command.unlink(person.id)]})
        requests = self.search(still_open & Domain("maintenance_person_id", "=", person.id))
        self.env["maintenance.labor"]._stop_timers_of(person)
        self._maintenance_hand_on_todos(person)
        requests.write({"user_id": False, "maintenance_person_id": False})
        requests.filtered(lambda request: request.state == "assigned")._move_to("approved")
        is_named = bool(person._maintenance_describe_named())
        by_planner = {}
        for (team, company), work in requests.grouped(lambda request: (request.maintenance_team_id, request.company_id)).items():
            for planner in team._maintenance_get_planners(company):
                by_planner[planner] = by_planner.get(planner, self.browse()) | work
        if is_named and not by_planner:
            company = person.company_id or self.env.company
            teams = self.env["maintenance.team"]
            by_planner = dict.fromkeys(teams._maintenance_get_planners(company), self.browse())
        self.env["mail.activity"].with_context(mail_activity_quick_update=True)._maintenance_create(
            "keepwisely_maintenance.mail_activity_handed_over",
            [
                (person, {"user_id": planner.id, "note": in_language_of(work, planner)._maintenance_describe_handed_over(person)})
                for planner, work in by_planner.items()
            ],
        )

    def _maintenance_describe_handed_over(self, person):
        """What somebody leaves behind, as a note with links to this work."""
        named = person.with_env(self.env)._maintenance_describe_named()
        sentences = [Markup("<p>%s</p>") % sentence for sentence in named]
        if self:
            links = Markup("").join(Markup("<li>%s</li>") % request._get_html_link() for request in self[:MAX_LINKS])
            left = self.env._(
                "%(person)s has left. Open work without a technician now: %(count)s.", person=person.name, count=len(self)
            )
            sentences.insert(0, Markup("<p>%s</p><ul>%s</ul>") % (left, links))
        return Markup("").join(sentences)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Nothing is mailed to whoever has lost their login, also where they reported or follow the work."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        strangers = [recipient["id"] for recipient in recipients if not recipient["uid"]]
        if not strangers:
            return recipients
        # sudo: whoever writes need not be able to read users
        logins = self.env["res.partner"].sudo().browse(strangers)._maintenance_get_logins()
        gone = set(logins.filtered(lambda user: not user.active).partner_id.ids)
        return [recipient for recipient in recipients if recipient["id"] not in gone]
