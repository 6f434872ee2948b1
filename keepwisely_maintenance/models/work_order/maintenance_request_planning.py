from odoo import api, fields, models

from ...const import DONE_STATES
from ...context import is_bringing_in
from .working_hours import get_end, get_hours

#: Hours of planned work of which nobody said more, as natively.
LEAST_PLANNED = 1.0

#: Five years of one person; more was meant otherwise.
MOST_HOURS = 10000

#: Who is waited for, from the state of the parts.
WAITS_BY_PARTS = {"to_request": "parts", "ordered": "vendor"}


class MaintenanceRequestPlanning(models.Model):
    """What a planner needs of a work order: how long it takes, and whom it waits for."""

    _inherit = "maintenance.request"

    expected_hours = fields.Float(
        "Expected hours",
        help="Hours of work it is expected to take. The planned end follows from them in working hours; whoever plans an "
        "end instead says the hours by it.",
    )  # fmt: skip
    schedule_end = fields.Datetime(copy=False, help="When the expected hours are over, in working hours of the technician.")
    maintenance_remaining_hours = fields.Float(
        compute="_compute_maintenance_remaining_hours", help="Expected hours less what was booked; nothing once it is completed."
    )
    waiting_for = fields.Selection(
        [
            ("approval", "Approval of the work"),
            ("parts", "Parts to ask for"),
            ("money", "Approval of the money"),
            ("buyer", "Buyer"),
            ("vendor", "Vendor"),
            ("people", "People"),
        ],
        "Waiting for",
        compute="_compute_waiting_for",
        store=True,
        index="btree_not_null",
        help="Whose turn it is; empty while it is worked on and when it is over.",
    )

    _maintenance_expected_hours_sensible = models.Constraint(
        f"CHECK(expected_hours >= 0 AND expected_hours <= {MOST_HOURS})",
        "Expected hours are zero or more, and ten thousand at most.",
    )

    # -- The plan: a start, hours of work, and the end that follows ---------------------------------

    @api.depends("schedule_date", "expected_hours")
    def _compute_schedule_end(self):
        """Natively always an hour later."""
        ends = {}
        for request in self:
            request.schedule_end = request.schedule_date and request._maintenance_get_end(
                request.schedule_date, request.expected_hours, ends
            )

    @api.onchange("schedule_end")
    def _onchange_maintenance_schedule_end(self):
        hours = self._maintenance_get_hours_between(self.schedule_date, self.schedule_end, self.expected_hours)
        # the end stays as it was entered
        with self.env.protecting([self._fields["schedule_end"]], self):
            self.expected_hours = hours

    def _maintenance_get_working_hours(self):
        self.ensure_one()
        return self.user_id._maintenance_get_working_hours(self.company_id)

    def _maintenance_get_end(self, start, hours, known=None):
        """When ``hours`` of work that begins at ``start`` are done, an hour where they are not said.

        :param dict known: ends of work that begins at the same time, looked up and added to.
        """
        calendar, resource = self._maintenance_get_working_hours()
        key = (calendar, resource, start, hours if 0 < hours <= MOST_HOURS else LEAST_PLANNED)
        known = {} if known is None else known
        if key not in known:
            known[key] = get_end(*key)
        return known[key]

    def _maintenance_get_hours_between(self, start, end, hours):
        """The hours of a plan with this end: ``hours`` when it follows from them or says nothing else."""
        self.ensure_one()
        if not start or not end or start >= end or (hours and end == self._maintenance_get_end(start, hours)):
            return hours
        return get_hours(*self._maintenance_get_working_hours(), start, end) or hours or LEAST_PLANNED

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        requests = super().create(vals_list)
        unknown = requests.filtered(lambda request: request.schedule_date and not request.expected_hours)
        with self.env.protecting([self._fields["schedule_end"]], unknown):
            # sudo: it follows from what was entered
            for request in unknown.sudo():
                request.expected_hours = request._maintenance_get_hours_between(request.schedule_date, request.schedule_end, 0.0)
        return requests

    def write(self, vals):
        if not {"schedule_date", "schedule_end"} & vals.keys() or vals.get("expected_hours"):
            return super().write(vals)
        for (hours, moves), requests in self.grouped(lambda request: request._maintenance_get_plan(vals)).items():
            planned = {name: value for name, value in vals.items() if name != "schedule_end" or not moves}
            super(MaintenanceRequestPlanning, requests).write({**planned, "expected_hours": hours})
        return True

    def _maintenance_get_plan(self, vals):
        """The hours of the plan as ``vals`` make it, and whether it only moves: then they stay, and the end follows."""
        self.ensure_one()
        start, end = (fields.Datetime.to_datetime(vals.get(name, self[name])) for name in ("schedule_date", "schedule_end"))
        hours = vals.get("expected_hours", self.expected_hours) or 0.0
        if not start or not vals.get("schedule_end"):
            return hours or (start and LEAST_PLANNED) or 0.0, False
        if hours and self.schedule_date and self.schedule_end and end - start == self.schedule_end - self.schedule_date:
            # a calendar writes both, and nights or a weekend may lie in between now
            return hours, start != self.schedule_date
        return self._maintenance_get_hours_between(start, end, hours), False

    @api.depends("expected_hours", "labor_ids.hours", "state")
    def _compute_maintenance_remaining_hours(self):
        for request in self:
            over = request.state in (*DONE_STATES, "cancelled")
            request.maintenance_remaining_hours = 0.0 if over else max(request.expected_hours - request.labor_hours, 0.0)

    @api.depends("state", "parts_state", "requisition_line_ids.state")
    def _compute_waiting_for(self):
        for request in self:
            request.waiting_for = request._get_waiting_for()

    def _get_waiting_for(self):
        self.ensure_one()
        if self.state in (False, *DONE_STATES, "cancelled"):
            return False
        if self.state == "requested":
            return "approval"
        if self.parts_state in WAITS_BY_PARTS:
            return WAITS_BY_PARTS[self.parts_state]
        if self.parts_state == "requested":
            asked = self.requisition_line_ids.filtered(lambda line: line.state == "to_approve")
            return "money" if asked else "buyer"
        return False if self.state == "in_progress" else "people"
