from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...const import PLANNED_STATES

#: Weeks shown, the current one first.
WEEKS = 6


class MaintenanceWorkload(models.TransientModel):
    """Hours that each person still has to do against what they have, week by week, as seen when it is opened.

    Work counts with its remaining hours in the week it is planned to begin. What should have begun
    before, and what has a technician but no date, counts in the current week. A crew shares the hours.
    (*The Week* shows the plan instead: all expected hours on their days, done or not.)
    """

    _name = "maintenance.workload"
    _description = "Workload of Technicians"
    _order = "person_id, week"
    _rec_name = "person_id"

    person_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", "Technician", readonly=True, help="Empty for people without a login.")
    week = fields.Date("Week of", readonly=True, help="The Monday.")
    company_id = fields.Many2one("res.company", readonly=True)
    planned_hours = fields.Float(
        "Still to do", readonly=True,
        help="What is left of the expected hours, in the week in which the work begins; late and undated work this week. "
        "The Week shows all expected hours on their days, done or not.",
    )  # fmt: skip
    capacity_hours = fields.Float("Available", readonly=True, help="Working hours without holidays and days off.")
    free_hours = fields.Float("Free", readonly=True, help="Below zero: more is to do than there are hours.")
    load_percent = fields.Float(
        "Load", readonly=True, aggregator="avg", help="What is still to do in percent of the available hours."
    )
    request_ids = fields.Many2many("maintenance.request", string="Work orders", readonly=True)
    request_count = fields.Integer("Number of work orders", readonly=True)

    @api.model
    def action_open_workload(self):
        """Work the load out anew and show it.

        :raises AccessError: the user plans no work.
        """
        if not self.env.user.has_group("maintenance.group_equipment_manager"):
            raise AccessError(self.env._("The workload of technicians is for planners."))
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        self.create(self._prepare_rows(self.env.company))
        return self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_workload")

    @api.model
    def _prepare_rows(self, company):
        today = company._get_plant_day()
        monday = today - timedelta(days=today.weekday())
        weeks = [monday + timedelta(weeks=number) for number in range(WEEKS)]
        manned = Domain("maintenance_person_id", "!=", False) | Domain("maintenance_crew_ids", "!=", False)
        requests = self.env["maintenance.request"].search(
            Domain("company_id", "=", company.id) & Domain("state", "in", PLANNED_STATES) & manned
        )
        work = defaultdict(requests.browse)
        for request in requests:
            for person in request._maintenance_get_people():
                work[person, request._get_workload_week(monday)] |= request
        teams = self.env["maintenance.team"].search([("company_id", "in", (company.id, False))])
        people = (teams.member_ids.partner_id | requests._maintenance_get_people()).filtered(
            lambda person: person._maintenance_can_work_for(company)
        )
        users = {person: person._maintenance_get_user() for person in people}
        logins = self.env["res.users"].union(*users.values())
        rows = []
        for week in weeks:
            capacities = logins._maintenance_get_capacity_hours(company, week, week + timedelta(weeks=1))
            for person in people:
                planned = work[person, week]
                hours = sum(request.maintenance_remaining_hours / len(request._maintenance_get_people()) for request in planned)
                capacity = capacities[users[person].id]
                rows.append(
                    {
                        "person_id": person.id,
                        "user_id": users[person].id,
                        "week": week,
                        "company_id": company.id,
                        "planned_hours": hours,
                        "capacity_hours": capacity,
                        "free_hours": capacity - hours,
                        "load_percent": 100 * hours / capacity if capacity else 0.0,
                        "request_ids": [fields.Command.set(planned.ids)],
                        "request_count": len(planned),
                    }
                )
        return rows

    @api.readonly
    def action_view_work_orders(self):
        """Open the work behind the hours."""
        return self.request_ids._get_records_action(
            name=self.env._("Work of %(technician)s", technician=self.person_id.name), views=[(False, "list"), (False, "form")]
        )


class MaintenanceRequestWorkload(models.Model):
    _inherit = "maintenance.request"

    def _get_workload_week(self, current):
        """The Monday of the week in which the work counts, not before ``current``."""
        self.ensure_one()
        if not self.schedule_date:
            return current
        day = self.company_id._get_plant_day(self.schedule_date)
        return max(day - timedelta(days=day.weekday()), current)
