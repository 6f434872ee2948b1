from datetime import time, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...const import PLANNED_STATES
from .maintenance_request_planning import LEAST_PLANNED
from .working_hours import get_end

#: When work begins on a day without working hours.
USUAL_START = time(8)

#: Whoever plans for today plans for the next quarter of an hour.
STEP = timedelta(minutes=15)


class MaintenanceRequestPlanOn(models.Model):
    """A work order is planned for somebody's day, as by dragging it there on the planner's week."""

    _inherit = "maintenance.request"

    def maintenance_plan_on(self, day, person_id=False, from_person_id=False):
        """Plan this work for a day of a person, by one write, so that every rule of the work order holds.

        It keeps its time of day where the person is free then, and begins as soon as they are otherwise. Approved work that
        has a person is assigned by that.

        :param str day: in the plant, ``YYYY-MM-DD``. Empty takes the work off the plan; whose it is stays.
        :param int person_id: a contact; empty for nobody yet.
        :param int from_person_id: whose it was, by default the responsible's. One of the crew is replaced in the crew.
        :returns: a sentence when the technician is planned twice for the same hours now, else False.
        """
        self.ensure_one()
        self._maintenance_check_plannable()
        if not day:
            return self.write({"schedule_date": False}) and False
        person = self.env["res.partner"].browse(person_id or [])
        values = {
            "schedule_date": self._maintenance_get_start_for(person, fields.Date.to_date(day)),
            **self._maintenance_prepare_handover(person, person.browse(from_person_id or []) or self.maintenance_person_id),
        }
        self.write(values)
        if self.state == "approved" and self.maintenance_person_id:
            self.action_assign()
        elif self.state == "assigned" and not self.maintenance_person_id:
            self._move_to("approved")
        return self.maintenance_overlap_message or False

    def _maintenance_check_plannable(self):
        """:raises UserError: one of these is over."""
        over = self.filtered(lambda request: not request._is_work_open())[:1]
        if over:
            raise UserError(self.env._("%s is over and cannot be planned any more; leave it out.", over.display_name))

    def _maintenance_prepare_handover(self, person, giver):
        """What makes this the work of ``person`` instead of ``giver``."""
        self.ensure_one()
        if person == giver:
            return {}
        crew = self.maintenance_crew_ids
        if giver in crew:
            joins = person - crew - self.maintenance_person_id
            return {"maintenance_crew_ids": [Command.unlink(giver.id), *(Command.link(one.id) for one in joins)]}
        values = {}
        if person != self.maintenance_person_id:
            values["maintenance_person_id"] = person.id
        if person in crew:
            values["maintenance_crew_ids"] = [Command.unlink(person.id)]
        return values

    def _maintenance_get_start_for(self, person, day):
        """When ``person`` can begin this work on ``day``, in UTC: at the time it has, else as soon as they are free.

        A full day goes on after hours; nobody's work begins with the working hours of the company.
        """
        self.ensure_one()
        company = self.company_id
        begin, until = (company._get_plant_moment(each, time.min) for each in (day, day + timedelta(days=1)))
        shifts = person._maintenance_get_work_intervals(company, begin, until)[person]
        kept = company._get_plant_moment(
            day, company._maintenance_get_plant_time(self.schedule_date) if self.schedule_date else USUAL_START
        )
        opening = shifts[0][0] if shifts else kept
        if not person:
            return kept if self.schedule_date else opening
        work = self.search(
            Domain("id", "!=", self.id) & Domain("state", "in", PLANNED_STATES)
            & Domain("schedule_date", "<", until) & Domain("schedule_end", ">", begin)
            & (Domain("maintenance_person_id", "=", person.id) | Domain("maintenance_crew_ids", "in", person.ids))
        )  # fmt: skip
        calendar, resource = person._maintenance_get_calendars(company)[person]
        hours = self.expected_hours or LEAST_PLANNED
        earliest = self._maintenance_get_next_step() if begin <= fields.Datetime.now() < until else begin

        def is_free(start):
            end = get_end(calendar, resource, start, hours)
            return not any(other.schedule_date < end and other.schedule_end > start for other in work)

        ends = [end for end in work.mapped("schedule_end") if end < until]
        within = [moment for moment in (*ends, earliest) if any(begun <= moment < stop for begun, stop in shifts)]
        moments = sorted(moment for moment in (*(begun for begun, _stop in shifts), *within) if moment >= earliest)
        if self.schedule_date and kept >= earliest:
            moments.insert(0, kept)
        return next(filter(is_free, moments), max([opening, earliest, *ends]))

    def _maintenance_get_next_step(self):
        now = fields.Datetime.now()
        return now + (fields.Datetime.to_datetime("2000-01-01") - now) % STEP
