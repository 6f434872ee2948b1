from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...const import COSTS_GROUP
from ...kept import forget_kept
from ...words import format_day

#: What was delegated to whom; stands once the delegation has begun.
FROZEN_FIELDS = {"company_id", "date_from", "delegate_id", "tier_ids", "user_id"}


class MaintenanceApprovalDelegation(models.Model):
    """For some days somebody decides in place of an approver.

    Whether a delegation holds is asked at the moment of every decision: the days, whether both
    people are still there, and whether who delegated serves the tier in their own right. So it
    does not chain, and it ends by itself. What follows from it (to-dos, seeing amounts) is given
    and taken back by `_follow`.
    """

    _name = "maintenance.approval.delegation"
    _inherit = ["mail.thread"]
    _description = "Approval Delegation"
    # what somebody may not write, they may not have written for them by a field of another record
    _allow_sudo_commands = False
    _order = "date_from desc, id desc"
    _rec_name = "delegate_id"

    active = fields.Boolean(default=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", "Approver", required=True, index=True, tracking=True, ondelete="restrict",
        default=lambda self: self.env.user, help="Who delegates.",
    )  # fmt: skip
    delegate_id = fields.Many2one(
        "res.users", required=True, index=True, tracking=True, ondelete="restrict",
        domain="[('share', '=', False), ('id', '!=', user_id)]", help="Who decides meanwhile.",
    )  # fmt: skip
    date_from = fields.Date("First day", required=True, tracking=True, default=fields.Date.context_today)
    date_to = fields.Date("Last day", required=True, tracking=True, help="Included, in the approver's time zone.")
    tier_ids = fields.Many2many(
        "maintenance.approval.tier", string="Tiers", tracking=True,
        help="Empty: every tier that the approver serves.",
    )  # fmt: skip
    company_id = fields.Many2one("res.company", tracking=True, help="Empty: all companies of the approver.")
    reason = fields.Char(tracking=True)
    state = fields.Selection(
        [("planned", "Planned"), ("running", "In force"), ("ended", "Ended")], compute="_compute_state"
    )
    is_followed = fields.Boolean(
        readonly=True, copy=False, groups="base.group_system", help="The delegate was given what goes with it."
    )
    gives_costs = fields.Boolean(
        readonly=True, copy=False, groups="base.group_system",
        help="The delegate sees amounts because of this delegation, and no longer when it ends.",
    )  # fmt: skip

    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The last day of a delegation cannot come before its first."
    )
    _not_to_oneself = models.Constraint(
        "CHECK(user_id <> delegate_id)", "Nobody delegates to themselves; choose somebody else."
    )

    @api.depends("active", "date_from", "date_to", "user_id")
    def _compute_state(self):
        for delegation in self:
            today = delegation._get_today()
            begins, ends = delegation.date_from or today, delegation.date_to or today
            if not delegation.active or ends < today:
                delegation.state = "ended"
            else:
                delegation.state = "running" if begins <= today else "planned"

    @api.depends("user_id", "delegate_id")
    def _compute_display_name(self):
        for delegation in self:
            delegation.display_name = self.env._(
                "%(delegate)s for %(approver)s",
                delegate=delegation.delegate_id.name or "",
                approver=delegation.user_id.name or "",
            )

    # -- What can be delegated --------------------------------------------------------------------

    @api.constrains("user_id", "delegate_id", "tier_ids", "company_id")
    def _check_people(self):
        for delegation in self:
            person, delegate = delegation.user_id.sudo(), delegation.delegate_id.sudo()
            if not delegate.active or delegate.share:
                raise ValidationError(self.env._("%s cannot log in here; choose another delegate.", delegate.name))
            tiers = delegation._get_candidate_tiers()
            served = tiers.filtered(lambda tier, person=person: person in tier._get_own_approvers())
            foreign = delegation.sudo().tier_ids - served
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not serve the tier %(tier)s, so it cannot be delegated.",
                        person=person.name,
                        tier=foreign[0].name,
                    )
                )
            if not served:
                raise ValidationError(
                    self.env._("%s serves no approval tier, so there is nothing to delegate.", person.name)
                )
            if not any(tier._may_serve(delegate) for tier in served):
                raise ValidationError(
                    self.env._(
                        "%(delegate)s does not work in %(company)s; choose another delegate.",
                        delegate=delegate.name,
                        company=served.company_id[0].name,
                    )
                )

    @api.constrains("date_from")
    def _check_begin(self):
        for delegation in self:
            if delegation.date_from < delegation._get_today():
                raise ValidationError(self.env._("A delegation cannot begin in the past; choose today or later."))

    @api.constrains("date_to")
    def _check_end(self):
        for delegation in self:
            if delegation.date_to < delegation._get_today():
                raise ValidationError(
                    self.env._("The last day cannot lie in the past; archive the delegation to end it at once.")
                )

    @api.constrains("active", "company_id", "date_from", "date_to", "delegate_id", "tier_ids", "user_id")
    def _check_overlap(self):
        """One deputy at a time: whoever reads a decision later can tell who was meant to decide."""
        for delegation in self.filtered("active"):
            others = self.sudo().search(
                [
                    ("active", "=", True),
                    ("user_id", "=", delegation.user_id.id),
                    ("id", "!=", delegation.id),
                    ("date_from", "<=", delegation.date_to),
                    ("date_to", ">=", delegation.date_from),
                ]
            )
            tiers = delegation._get_candidate_tiers()
            other = next((other for other in others if other._get_candidate_tiers() & tiers), None)
            if other:
                raise ValidationError(
                    self.env._(
                        "%(person)s has delegated to %(delegate)s from %(begin)s to %(end)s already; end that first.",
                        person=other.user_id.name,
                        delegate=other.delegate_id.name,
                        begin=format_day(self.env, other.date_from),
                        end=format_day(self.env, other.date_to),
                    )
                )

    def _get_candidate_tiers(self):
        """Tiers that the delegation speaks of, whoever serves them. Archived ones may still be waited for."""
        self.ensure_one()
        delegation = self.sudo().with_context(active_test=False)
        companies = delegation.company_id or delegation.user_id.company_ids
        in_companies = Domain("company_id", "in", companies.ids)
        named = delegation.tier_ids
        return named.filtered_domain(in_companies) if named else named.search(in_companies)

    # -- CRUD -------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        forget_kept(self.env)
        delegations._after_change()
        for delegation in delegations:
            delegation._tell_delegate()
        return delegations

    def write(self, vals):
        begun = self.filtered(lambda delegation: delegation.date_from <= delegation._get_today())
        if begun and FROZEN_FIELDS & vals.keys():
            raise UserError(
                self.env._("%s has begun; archive it and make another one.", begun[0].display_name)
            )
        # rules look at whose it was, not at whose it becomes
        foreign = vals.get("user_id", self.env.uid) != self.env.uid
        if foreign and not self.env.su and not self.env.user.has_group("base.group_system"):
            raise UserError(self.env._("You can delegate your own approvals only."))
        result = super().write(vals)
        if {"date_from", "date_to"} & vals.keys():
            forget_kept(self.env)
        if "delegate_id" in vals:
            for delegation in self:
                delegation._tell_delegate()
        if (FROZEN_FIELDS | {"active", "date_to"}) & vals.keys():
            self._after_change()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_planned(self):
        for delegation in self:
            if delegation.date_from <= delegation._get_today():
                raise UserError(
                    self.env._("%s has begun and stays on record; archive it to end it.", delegation.display_name)
                )

    def _after_change(self):
        # sudo: what goes with a delegation is given by the system, to somebody else than who delegates
        delegations = self.sudo()
        # who may decide is asked of the tiers, which cannot see that a delegation changed
        self.env["maintenance.approval.tier"].invalidate_model(["delegate_ids"])
        delegations._follow()
        moments = {moment for delegation in delegations for moment in delegation._get_moments()}
        self.env.ref("keepwisely_maintenance.ir_cron_delegations").sudo()._trigger(
            at=[moment for moment in sorted(moments) if moment > fields.Datetime.now()]
        )

    # -- Days -------------------------------------------------------------------------------------

    def _get_today(self):
        """The day it is for the approver."""
        self.ensure_one()
        return fields.Date.context_today(self.with_context(tz=self.user_id.sudo().tz or "UTC"))

    def _get_moments(self):
        """Begin and end in UTC: the midnights of the approver around the days."""
        self.ensure_one()
        zone = pytz.timezone(self.user_id.tz or "UTC")
        days = (self.date_from, self.date_to + timedelta(days=1))
        return [
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None) for day in days
        ]

    # -- Who decides for whom ------------------------------------------------------------------------

    @api.model
    def _get_running(self, domain=Domain.TRUE):
        """Delegations whose days it is, of and for people who are there."""
        around = self._get_ids_around(fields.Date.today())
        if not around:
            return self.browse()
        return self.search(Domain("id", "in", around) & domain, order="id").filtered(
            lambda delegation: delegation.state == "running"
            and delegation.user_id.active
            and delegation.delegate_id.active
        )

    @api.model
    @tools.ormcache("day")
    def _get_ids_around(self, day):
        """Ids of delegations that may hold on ``day``; kept, because every rule on requisitions asks for them.

        A day more on both sides: it is not the same day everywhere.
        """
        # sudo: what is kept is the same for everybody; rules and the context look at what is searched among these
        around = Domain("date_from", "<=", day + timedelta(days=1)) & Domain("date_to", ">=", day - timedelta(days=1))
        return tuple(self.sudo().with_context(active_test=False).search(around, order="id").ids)

    def _covers(self, tier):
        """Whether the delegate may decide for ``tier`` in place of somebody who serves it."""
        self.ensure_one()
        return (
            tier in self._get_candidate_tiers()
            and self.user_id in tier._get_own_approvers()
            and tier._may_serve(self.delegate_id)
        )

    def _get_tiers(self):
        """Tiers for which the delegates may decide in place of who delegated."""
        tiers = self.env["maintenance.approval.tier"].sudo()
        for delegation in self:
            tiers |= delegation._get_candidate_tiers().filtered(delegation._covers)
        return tiers

    # -- What goes with it ---------------------------------------------------------------------------

    def _tell_delegate(self):
        # sudo: as above
        delegation = self.sudo()
        delegation = delegation.with_context(lang=delegation.delegate_id.lang)
        delegation.message_notify(
            partner_ids=delegation.delegate_id.partner_id.ids,
            subject=delegation.display_name,
            body=delegation.env._(
                "%(person)s delegated approvals to you from %(begin)s to %(end)s.",
                person=delegation.user_id.name,
                begin=format_day(delegation.env, delegation.date_from),
                end=format_day(delegation.env, delegation.date_to),
            ),
        )

    def _follow(self):
        """Give begun delegations what goes with them, and take it back from those that are over."""
        running = self._get_running(Domain("id", "in", self.ids)).filtered(lambda delegation: delegation._get_tiers())
        begun = running.filtered(lambda delegation: not delegation.is_followed)
        over = (self - running).filtered("is_followed")
        over.is_followed = False
        over._hide_costs()
        begun.is_followed = True
        begun._show_costs()
        begun._log_turn("new_value")
        over._log_turn("old_value")
        changed = begun | over
        tiers = self.env["maintenance.approval.tier"].union(
            *(delegation._get_candidate_tiers() for delegation in changed)
        )
        waiting = self.env["maintenance.requisition"].search(
            Domain("state", "=", "to_approve")
            & (
                Domain("current_tier_id", "in", tiers.ids)
                | Domain("activity_ids.user_id", "in", changed.delegate_id.ids)
            )
        )
        waiting._refresh_approvers(changed.delegate_id)

    def _show_costs(self):
        """Whoever decides on an amount must see it, for the time."""
        costs = self.env.ref(COSTS_GROUP)
        for delegation in self:
            if costs not in delegation.delegate_id.all_group_ids:
                delegation.delegate_id.group_ids = [fields.Command.link(costs.id)]
                delegation.gives_costs = True

    def _hide_costs(self):
        """Take back what these delegations gave, unless something else needs it by now."""
        costs = self.env.ref(COSTS_GROUP)
        for delegation in self.filtered("gives_costs"):
            delegation.gives_costs = False
            delegate = delegation.delegate_id
            other = self.search([("delegate_id", "=", delegate.id), ("is_followed", "=", True)], limit=1)
            named = self.env["maintenance.approval.tier"].search_count([("user_ids", "in", delegate.ids)], limit=1)
            if other:
                other.gives_costs = True
            elif not named:
                delegate.group_ids = [fields.Command.unlink(costs.id)]

    @api.model
    def _cron_follow(self):
        """Begin and end delegations; runs at the midnights of the approvers, and once a day to be sure."""
        today = fields.Date.today()
        delegations = self.with_context(active_test=False).search(
            Domain("is_followed", "=", True)
            | (
                Domain("active", "=", True)
                & Domain("date_from", "<=", today + timedelta(days=1))
                & Domain("date_to", ">=", today - timedelta(days=1))
            ),
            order="id",
        )
        self.env["ir.cron"]._maintenance_work_through((delegations, lambda batch: batch._follow()))
