from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

#: States in which missing parts still matter for the plan.
PLANNED_STATES = ("approved", "assigned", "waiting_parts", "in_progress")


class MaintenanceRequestSchedule(models.Model):
    """Work that is planned before its parts come, and how it is planned anew."""

    _inherit = "maintenance.request"

    is_planned_before_parts = fields.Boolean(
        "Planned before its parts come",
        compute="_compute_is_planned_before_parts",
        search="_search_is_planned_before_parts",
    )

    @api.depends("schedule_date", "parts_ready_date", "state")
    def _compute_is_planned_before_parts(self):
        for request in self:
            request.is_planned_before_parts = bool(
                request.schedule_date
                and request.parts_ready_date
                and request.state in PLANNED_STATES
                and request.schedule_date.date() < request.parts_ready_date
            )

    def _search_is_planned_before_parts(self, operator, value):
        if operator != "in":
            return NotImplemented
        # two fields are compared, which a domain cannot
        domain = Domain("state", "in", PLANNED_STATES) & Domain("parts_ready_date", "!=", False)
        found = self.search(domain & Domain("schedule_date", "!=", False)).filtered("is_planned_before_parts")
        result = Domain("id", "in", found.ids)
        return result if True in value else ~result

    def action_reschedule_to_parts(self):
        """Plan the work for the day its last part is expected, at the same time of day.

        The duration stays. A day on which the company does not work becomes the next working day.

        :raises UserError: a part has no expected day yet, or the user may not plan the work.
        """
        for request in self:
            if not request.parts_ready_date:
                raise UserError(
                    self.env._("No day is known yet on which the parts of %s are all there.", request.display_name)
                )
        for request in self:
            start = request._get_start_with_parts()
            values = {"schedule_date": start}
            if request.schedule_date and request.schedule_end:
                values["schedule_end"] = start + (request.schedule_end - request.schedule_date)
            request.write(values)
            request.message_post(
                body=self.env._("Planned for %s, when the last part is expected.", format_date(self.env, start)),
                subtype_xmlid="mail.mt_note",
            )
        return True

    def _get_start_with_parts(self):
        """When to start so that all parts are there, in UTC."""
        self.ensure_one()
        planned = fields.Datetime.context_timestamp(self, self.schedule_date or fields.Datetime.now())
        zone = planned.tzinfo
        start = datetime.combine(self.parts_ready_date, time.min)
        calendar = self.company_id.resource_calendar_id
        # sudo: planners need no rights on working hours
        opening = calendar and calendar.sudo()._get_closest_work_time(
            zone.localize(start), search_range=(zone.localize(start), zone.localize(start + timedelta(days=31)))
        )
        day = opening.astimezone(zone).date() if opening else self.parts_ready_date
        moved = zone.localize(datetime.combine(day, planned.time()))
        return moved.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _cron_refresh_expected_dates(self, limit=500):
        """Days pass and vendors become later or more punctual: look at every open promise again, once a day."""
        lines = self.env["maintenance.requisition.line"].search([("is_open", "=", True)], order="id")
        waiting = self.search([("parts_state", "in", ("requested", "ordered"))], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(lines) + len(waiting))
        for records, field in ((lines, "date_expected"), (waiting, "parts_ready_date")):
            for start in range(0, len(records), limit):
                batch = records[start : start + limit].exists()
                self.env.add_to_compute(records._fields[field], batch)
                batch.mapped(field)
                self.env["ir.cron"]._commit_progress(len(batch))
