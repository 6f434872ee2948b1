from odoo import api, fields, models

from ...const import DONE_STATES

#: Who is waited for, from the state of the parts.
WAITS_BY_PARTS = {"to_request": "parts", "ordered": "vendor"}


class MaintenanceRequestPlanning(models.Model):
    """What a planner needs of a work order: how long it takes, and whom it waits for."""

    _inherit = "maintenance.request"

    expected_hours = fields.Float(
        compute="_compute_expected_hours", store=True, readonly=False,
        help="Hours of work it is expected to take; those it is planned for, unless somebody knows better.",
    )  # fmt: skip
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
        compute="_compute_waiting_for",
        store=True,
        index="btree_not_null",
        help="Whose turn it is; empty while it is worked on and when it is over.",
    )

    @api.depends("duration")
    def _compute_expected_hours(self):
        for request in self:
            request.expected_hours = request.expected_hours or request.duration

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
