from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import PLANNED_STATES
from ...words import format_day

#: How far ahead a working day is looked for.
SEARCHED_DAYS = 31


class MaintenanceRequestReschedule(models.Model):
    """Work that is planned before its parts come, and how it is planned anew."""

    _inherit = "maintenance.request"

    is_planned_before_parts = fields.Boolean(
        "Planned before its parts come",
        compute="_compute_is_planned_before_parts",
        search="_search_is_planned_before_parts",
    )
    schedule_message = fields.Char(
        "Planned too early", compute="_compute_schedule_message", help="What the plan says, and when the parts come."
    )

    @api.depends("schedule_date", "parts_ready_date", "state", "company_id")
    def _compute_is_planned_before_parts(self):
        for request in self:
            request.is_planned_before_parts = bool(
                request.schedule_date
                and request.parts_ready_date
                and request.state in PLANNED_STATES
                and request.company_id._get_plant_day(request.schedule_date) < request.parts_ready_date
            )

    @api.depends("is_planned_before_parts")
    @api.depends_context("lang")
    def _compute_schedule_message(self):
        for request in self:
            request.schedule_message = request.is_planned_before_parts and self.env._(
                "for %(planned)s, but the last part is expected on %(expected)s.",
                planned=request._format_plant_day(request.schedule_date),
                expected=format_day(self.env, request.parts_ready_date),
            )

    def _format_plant_day(self, moment):
        return format_day(self.env, self.company_id._get_plant_day(moment))

    def _search_is_planned_before_parts(self, operator, value):
        if operator != "in":
            return NotImplemented
        # two fields are compared, which a domain cannot; only work that waits for parts is looked at
        domain = Domain("state", "in", PLANNED_STATES) & Domain("parts_ready_date", "!=", False)
        found = self.search(domain & Domain("schedule_date", "!=", False)).filtered("is_planned_before_parts")
        result = Domain("id", "in", found.ids)
        return result if True in value else ~result

    # -- Planning anew ----------------------------------------------------------------------------

    def action_reschedule_to_parts(self):
        """Plan the work for the day its last part is expected, at the same time of day in the plant.

        The expected hours stay. A day on which the company does not work becomes the next working day.
        Work that is planned for that day or later keeps its plan.

        :returns: a message when all of the work keeps its plan.
        :raises UserError: a part has no expected day yet, or the user may not plan the work.
        """
        for request in self:
            if not request.parts_ready_date:
                raise UserError(
                    self.env._("No day is known yet on which the parts of %s are all there.", request.display_name)
                )
        early = self.filtered(lambda request: not request.schedule_date or request.is_planned_before_parts)
        for request in early:
            request._plan_for_parts()
        if early:
            return True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Nothing to move: the work is planned for when its parts are there."),
            },
        }

    def _plan_for_parts(self):
        self.ensure_one()
        planned = self.schedule_date
        start = self._get_start_with_parts()
        self.schedule_date = start
        day = self._format_plant_day(start)
        if planned:
            body = self.env._(
                "Planned for %(day)s instead of %(before)s, when the last part is expected.",
                day=day,
                before=self._format_plant_day(planned),
            )
        else:
            body = self.env._("Planned for %s, when the last part is expected.", day)
        self.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _get_start_with_parts(self):
        """When to start so that all parts are there, in UTC."""
        self.ensure_one()
        return self._get_plant_start(max(self.parts_ready_date, self.company_id._get_plant_day()))

    def _get_plant_start(self, day):
        """When to start on ``day`` or the next working day, in UTC; work without a plan starts with the working day."""
        self.ensure_one()
        company = self.company_id
        zone = company._get_plant_timezone()
        midnight = zone.localize(datetime.combine(day, time.min))
        # sudo: technicians and planners need no rights on working hours
        calendar = company.sudo().resource_calendar_id
        opening = calendar and calendar._get_closest_work_time(
            midnight, search_range=(midnight, midnight + timedelta(days=SEARCHED_DAYS))
        )
        opening = opening.astimezone(zone) if opening else midnight.replace(hour=8)
        if not self.schedule_date:
            return company._get_plant_moment(opening.date(), opening.time())
        planned = fields.Datetime.context_timestamp(self.with_context(tz=zone.zone), self.schedule_date)
        return company._get_plant_moment(opening.date(), planned.time())
