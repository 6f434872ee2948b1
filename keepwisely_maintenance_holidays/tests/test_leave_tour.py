from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.keepwisely_maintenance.tests.browser_common import BrowserCase


@tagged("post_install", "-at_install")
class TestAskedLeaveTour(BrowserCase):
    """The planner's week in the browser."""

    def test_the_week_shows_who_has_asked(self):
        halves = [("morning", 8, 12), ("afternoon", 13, 17)]
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "All days", "tz": "UTC", "company_id": self.company.id,
                "attendance_ids": [Command.clear()] + [
                    Command.create(
                        {"name": part, "dayofweek": str(day), "hour_from": start, "hour_to": stop, "day_period": part}
                    )
                    for day in range(7) for part, start, stop in halves
                ],
            }
        )  # fmt: skip
        employee = self.env["hr.employee"].create(
            {"name": "Technician", "user_id": self.technician.id, "company_id": self.company.id, "tz": "UTC",
             "resource_calendar_id": self.company.resource_calendar_id.id}
        )  # fmt: skip
        kind = self.env["hr.leave.type"].create(
            {"name": "Days off", "requires_allocation": False, "leave_validation_type": "hr", "request_unit": "day"}
        )
        today = fields.Date.today()
        self.env["hr.leave"].create(
            {"employee_id": employee.id, "holiday_status_id": kind.id,
             "request_date_from": fields.Date.subtract(today, days=8), "request_date_to": fields.Date.add(today, days=8)}
        )  # fmt: skip
        self.start_tour("/odoo/maintenance-week", "keepwisely_asked_leave", login="kw_planner")
