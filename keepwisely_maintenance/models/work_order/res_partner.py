from collections import defaultdict

from pytz import UTC

from odoo import api, fields, models
from odoo.fields import Domain

from ...const import COSTS_GROUP
from .res_users import TECHNICIANS


class ResPartner(models.Model):
    """A person who works on work orders: a technician or planner with a login, or a contractor or colleague without one."""

    _inherit = "res.partner"

    maintenance_hourly_cost = fields.Float(
        "Hourly cost in maintenance",
        company_dependent=True,
        groups=COSTS_GROUP,
        help="Cost of one hour of this person on work orders, in the company's currency; empty means the company's rate.",
    )
    maintenance_can_work = fields.Boolean(
        "Can be given work orders", compute="_compute_maintenance_can_work", search="_search_maintenance_can_work",
        help="Technicians and planners of the company, and people without a login.",
    )  # fmt: skip

    @api.depends("active", "is_company", "company_id", "user_ids.active", "user_ids.group_ids", "user_ids.company_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_maintenance_can_work(self):
        for person in self:
            person.maintenance_can_work = any(person._maintenance_can_work_for(company) for company in self.env.companies)

    def _search_maintenance_can_work(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: who picks a person need not be able to read all users
        users = self.env["res.users"].sudo()
        logins = users.with_context(active_test=False)._search([("share", "=", False)])
        workers = users._search(
            [("all_group_ids", "in", self.env.ref(TECHNICIANS).ids), ("company_ids", "in", self.env.companies.ids)]
        )
        can = Domain("id", "in", workers.subselect("partner_id")) | (
            Domain("is_company", "=", False) & Domain("id", "not in", logins.subselect("partner_id"))
        )
        return can if True in value else ~can

    def _maintenance_can_work_for(self, company):
        """Whether work orders of ``company`` can be given to this person.

        Whoever has a login must be a technician or planner of the company; who lost it has left. A firm is no person.
        """
        self.ensure_one()
        # sudo: whoever gives out work need not be able to read users and their companies
        person = self.sudo()
        logins = person._maintenance_get_logins()
        if logins:
            return any(user.active and user.has_group(TECHNICIANS) and company in user.company_ids for user in logins)
        return person.active and not person.is_company and person.company_id in (company, company.browse())

    def _maintenance_get_logins(self):
        """The internal users of these people, also archived ones."""
        return self.with_context(active_test=False).user_ids.filtered(lambda user: not user.share).with_env(self.env)

    def _maintenance_get_user(self):
        """The active internal user of this person, if there is one."""
        # sudo: as above
        return self.sudo()._maintenance_get_logins().filtered("active")[:1].sudo(False)

    def _maintenance_filter_can_work(self, company):
        """Those who can be given work of ``company``, in a fixed number of queries."""
        can = self.with_context(allowed_company_ids=company.ids).search(
            [("id", "in", self.ids), ("maintenance_can_work", "=", True)]
        )
        return self.browse(can.ids)

    def _maintenance_get_work_intervals(self, company, begin, until, compute_leaves=True, calendars=None):
        """Working hours of each person between two moments in UTC, as sorted pairs; under the empty person those of the company.

        Of the person's own working hours where there are some, else of the company's. Holidays and leave are taken out.
        The number of queries grows with the calendars, not with the people.

        :param dict calendars: what ``_maintenance_get_calendars`` says, for whoever asks more than once.
        """
        bounds = UTC.localize(begin), UTC.localize(until)
        resources = self.env["resource.resource"].sudo()
        hours = calendars or self._maintenance_get_calendars(company)
        by_calendar = defaultdict(resources.browse)
        for calendar, resource in hours.values():
            by_calendar[calendar] |= resource
        found = {
            calendar: calendar._work_intervals_batch(*bounds, resources=together, compute_leaves=compute_leaves)
            for calendar, together in by_calendar.items()
            if calendar
        }
        return {
            person: [
                tuple(moment.astimezone(UTC).replace(tzinfo=None) for moment in (start, stop))
                for start, stop, _meta in found.get(calendar, {}).get(resource.id, ())
            ]
            for person, (calendar, resource) in hours.items()
        }

    def _maintenance_get_calendars(self, company):
        """The working hours in ``company`` of each person, and under the empty person those of the company.

        :returns: by person a `resource.calendar`, empty where every hour counts, and the `resource.resource` with its days off.
        """
        users = {person: person._maintenance_get_user() for person in (*self, self.browse())}
        logins = self.env["res.users"].union(*users.values())
        return {
            person: user.with_prefetch(logins._ids)._maintenance_get_working_hours(company) for person, user in users.items()
        }

    # -- People go ------------------------------------------------------------------------------

    def write(self, vals):
        leaving = self.filtered("active") if "active" in vals and not vals["active"] else self.browse()
        result = super().write(vals)
        leaving._maintenance_leave()
        return result

    def _maintenance_leave(self):
        """Hand the open work of these people back to its planners, and tell them nothing more of any work order."""
        # sudo: whoever archives a person need not be able to see work orders
        for person in self.sudo():
            self.env["maintenance.request"].sudo()._maintenance_take_from(person)
            self.env["mail.followers"].sudo().search(
                [("partner_id", "=", person.id), ("res_model", "=like", "maintenance.%")]
            ).unlink()

    def _maintenance_describe_named(self):
        """Where a person who has left is still named for work to come, in sentences."""
        self.ensure_one()
        return []
