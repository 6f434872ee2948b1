from datetime import time, timedelta

from odoo import api, models

from odoo.addons.keepwisely_maintenance.models.work_order.working_hours import add_up


class MaintenanceRequest(models.Model):
    """The planner's week knows who has asked for leave."""

    _inherit = "maintenance.request"

    @api.model
    def _maintenance_get_rows(self, company, days, planned, people):
        """Adds ``asked_leave`` to the days of a person: hours of work in which they have asked to be away."""
        rows = super()._maintenance_get_rows(company, days, planned, people)
        begin, until = (company._get_plant_moment(day, time.min) for day in (days[0], days[-1] + timedelta(days=1)))
        asked = {person.id: pairs for person, pairs in people._maintenance_get_asked_leave(company, begin, until).items()}
        for row in rows:
            hours = add_up(company, asked.get(row["id"], ()))
            for day, cell in zip(days, row["cells"], strict=True):
                if hours[day]:
                    cell["asked_leave"] = hours[day]
        return rows

    def maintenance_plan_on(self, day, person_id=False, from_person_id=False):
        """Says so when the person has asked for leave in these hours; planning goes on all the same."""
        told = super().maintenance_plan_on(day, person_id, from_person_id)
        return " ".join(filter(None, [told, self._maintenance_describe_asked_leave(person_id)])) or False

    def _maintenance_describe_asked_leave(self, person_id):
        self.ensure_one()
        person = self.env["res.partner"].browse(person_id or [])
        if not (person and self.schedule_date) or not person._maintenance_get_asked_leave(
            self.company_id, self.schedule_date, self.schedule_end
        ):
            return ""
        return self.env._("%s has asked for leave in these hours; it is not decided yet.", person.name)
