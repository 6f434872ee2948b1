from odoo import api, fields, models

from ...const import DONE_STATES
from ...context import get_moment, is_bringing_in
from .maintenance_request_over import REQUESTER_FIELDS
from .maintenance_request_phase import PHASES

#: Phase of work that is approved and not being done, from whom it waits for.
PHASE_BY_WAITING = {"parts": "ask", "money": "money", "buyer": "buyer", "vendor": "vendor", "people": "people"}


class MaintenanceRequestTimeline(models.Model):
    """Which part of its life a work order is in; what that was is kept in `maintenance.request.phase`."""

    _inherit = "maintenance.request"

    date_acknowledged = fields.Datetime(
        "Acknowledged on", copy=False, readonly=True,
        help="The first moment when a planner or a technician of its team did anything with it: approved, moved, assigned, "
        "planned or changed it, or answered. What they report themselves, and preventive work, is acknowledged at once.",
    )  # fmt: skip
    phase = fields.Selection(
        PHASES, compute="_compute_phase", store=True, copy=False,
        help="What its time is spent on now; empty when it is over.",
    )  # fmt: skip
    phase_ids = fields.One2many(
        "maintenance.request.phase", "maintenance_request_id", "Time line", readonly=True, copy=False
    )

    @api.depends(
        "state", "waiting_for", "parts_state", "requisition_line_ids.is_open", "date_acknowledged", "maintenance_team_id"
    )
    def _compute_phase(self):
        now = get_moment(self.env)
        touched = self.env["maintenance.request.phase"]._get_pending()
        for request in self:
            phase = request._get_phase()
            if not request.id:
                request.phase = phase
            elif request.phase != phase:
                request.phase = phase
                touched[request.id] = now
            else:
                touched.setdefault(request.id, now)

    def _get_phase(self):
        """The phase by where the work and its parts stand."""
        self.ensure_one()
        if self.state in (False, *DONE_STATES, "cancelled"):
            return False
        if self.state == "requested":
            return "approve" if self.date_acknowledged else "acknowledge"
        if self.state == "in_progress":
            return "repair"
        phase = PHASE_BY_WAITING.get(self.waiting_for, "people")
        return "receiving" if phase == "vendor" and not self._is_anything_at_vendor() else phase

    def _is_anything_at_vendor(self):
        """Whether anything that the work lacks has yet to come through the gate.

        Else it waits to be put on the shelf, or to come from another warehouse of the company.
        """
        self.ensure_one()
        parts = self._get_missing_parts()
        lines = parts.maintenance_requisition_line_ids | parts.join_ids.requisition_line_id | self._get_missing_lines()
        if any(lines.mapped("is_open")):
            return True
        supplies = (purchase._get_supply_quantities() for purchase in parts.join_ids.purchase_line_id)
        return any(on_order > here for on_order, here in supplies)

    # -- Acknowledging ----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if is_bringing_in(self.env):
            return super().create(vals_list)
        requests = super().create(vals_list)
        requests.filtered(
            lambda request: request.maintenance_type == "preventive" or request._is_handled_by_user()
        )._acknowledge()
        return requests

    def write(self, vals):
        unseen = self.browse()
        if vals.keys() - REQUESTER_FIELDS - self._maintenance_get_talk_fields():
            # sudo: looked at before rights are checked
            unseen = self.sudo().filtered(lambda request: not request.date_acknowledged).with_env(self.env)
        result = super().write(vals)
        unseen.filtered("id").filtered(lambda request: request._is_handled_by_user())._acknowledge()
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """An answer acknowledges, too."""
        if not self.date_acknowledged and message.message_type == "comment" and self._is_handled_by_user():
            self._acknowledge()
        return super()._message_post_after_hook(message, msg_vals)

    def _is_handled_by_user(self):
        """Whether the user is one of those who look after the work order."""
        self.ensure_one()
        if self.env.su:
            return False
        return self._user_is_planner() or self._user_is_technician()

    def _acknowledge(self):
        unseen = self.filtered(lambda request: not request.date_acknowledged)
        if unseen:
            # sudo: the stamp is the system's, whoever causes it
            unseen.sudo().date_acknowledged = get_moment(self.env)


class StockMoveTimeline(models.Model):
    _inherit = "stock.move"

    def _recompute_parts_state(self):
        """What came to the gate leaves the state of the parts alone, but not the phase."""
        result = super()._recompute_parts_state()
        requests = self.maintenance_request_id
        self.env.add_to_compute(requests._fields["phase"], requests)
        return result
