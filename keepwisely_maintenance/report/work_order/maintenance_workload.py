from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...const import PLANNED_STATES

#: Weeks shown, the current one first.
WEEKS = 6


class MaintenanceWorkload(models.TransientModel):
    """Planned hours of each technician against what they have, week by week, as seen when it is opened.

    Work counts with its remaining hours in the week it is planned to begin. What should have begun
    before, and what has a technician but no date, counts in the current week.
    """

    _name = "maintenance.workload"
    _description = "Workload of Technicians"
    _order = "user_id, week"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Technician", readonly=True)
    week = fields.Date("Week of", readonly=True, help="The Monday.")
    company_id = fields.Many2one("res.company", readonly=True)
    planned_hours = fields.Float("Planned", readonly=True)
    capacity_hours = fields.Float("Available", readonly=True, help="Working hours without holidays and days off.")
    free_hours = fields.Float("Free", readonly=True, help="Below zero: more is planned than there are hours.")
    load_percent = fields.Float("Load", readonly=True, aggregator="avg", help="Planned hours in percent of the available ones.")
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
        requests = self.env["maintenance.request"].search(
            Domain("company_id", "=", company.id) & Domain("state", "in", PLANNED_STATES) & Domain("user_id", "!=", False)
        )
        work = requests.grouped(lambda request: (request.user_id, request._get_workload_week(monday)))
        teams = self.env["maintenance.team"].search([("company_id", "in", (company.id, False))])
        # sudo: planners cannot see the other companies of their people
        people = (teams.member_ids | requests.user_id).sudo().filtered(
            lambda user: user.active and company in user.company_ids
        ).sudo(False)
        rows = []
        for week in weeks:
            capacities = people._get_capacity_hours(company, week, week + timedelta(weeks=1))
            for user in people:
                planned = work.get((user, week), requests.browse())
                hours, capacity = sum(planned.mapped("maintenance_remaining_hours")), capacities[user.id]
                rows.append(
                    {
                        "user_id": user.id,
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

    def action_view_work_orders(self):
        """Open the work behind the hours."""
        return self.request_ids._get_records_action(
            name=self.env._("Work of %(technician)s", technician=self.user_id.name), views=[(False, "list"), (False, "form")]
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
