from collections import defaultdict

from odoo import models
from odoo.tools.intervals import Intervals


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _maintenance_get_calendars(self, company):
        """Whoever has no login works the hours, and has the leave, of the employee whose contact they are."""
        found = super()._maintenance_get_calendars(company)
        without = self.filtered(lambda person: not found[person][1])
        # sudo: planners need no rights on employees
        employees = self.env["hr.employee"].sudo().search(
            [("work_contact_id", "in", without.ids), ("company_id", "=", company.id)], order="id desc"
        )
        for employee in employees:
            person, resource = self.browse(employee.work_contact_id.id), employee.resource_id
            found[person] = (resource.calendar_id or found[person][0], resource)
        return found

    def _maintenance_get_asked_leave(self, company, begin, until):
        """Working hours between two moments in UTC in which these people have asked to be away, and nobody has decided.

        :returns: sorted pairs of moments by person, of those only who have asked.
        """
        persons = {
            resource: person for person, (_calendar, resource) in self._maintenance_get_calendars(company).items() if resource
        }
        # sudo: planners see that somebody may be away, and have no rights on leave; why is not read
        leaves = self.env["hr.leave"].sudo().search_fetch(
            [
                ("state", "in", ("confirm", "validate1")),
                ("holiday_status_id.time_type", "=", "leave"),
                ("employee_id.resource_id", "in", [resource.id for resource in persons]),
                ("date_from", "<", until),
                ("date_to", ">", begin),
            ],
            ["employee_id", "date_from", "date_to"],
        )
        asked = defaultdict(list)
        for leave in leaves:
            asked[persons[leave.employee_id.resource_id]].append((leave.date_from, leave.date_to, self.browse()))
        if not asked:
            return {}
        present = self.union(*asked)._maintenance_get_work_intervals(company, begin, until)
        hours = {
            person: [
                (start, stop)
                for start, stop, _none in Intervals([(*pair, self.browse()) for pair in present[person]]) & Intervals(pairs)
            ]
            for person, pairs in asked.items()
        }
        return {person: pairs for person, pairs in hours.items() if pairs}
