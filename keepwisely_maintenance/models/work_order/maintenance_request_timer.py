from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_duration

from ...context import get_moment


class MaintenanceRequestTimer(models.Model):
    """Start and pause: the technician's timer on a work order, and hours by hand."""

    _inherit = "maintenance.request"

    is_timer_running = fields.Boolean(
        "My timer runs", compute="_compute_timers", search="_search_is_timer_running"
    )
    timer_message = fields.Char("Being worked on", compute="_compute_timers", help="Whose timers run, and since when.")
    hours_by_hand = fields.Float(
        "My hours", compute="_compute_hours_by_hand", inverse="_inverse_hours_by_hand",
        help="What stands here is booked for you: the timer fills it in, and what you write takes its place. As 0:30 or 0.5.",
    )  # fmt: skip
    maintenance_quick_hours = fields.Selection(
        [("0.25", "15 min"), ("0.5", "30 min"), ("1", "60 min")], "My hours at one tap", store=False
    )

    # -- Computes -----------------------------------------------------------------------------

    @api.depends_context("uid", "tz", "lang")
    @api.depends("labor_ids.is_running", "state")
    def _compute_timers(self):
        """Who works on it right now; shown to those who work or plan."""
        # sudo: technicians of a work order see each other at work
        timers = self.env["maintenance.labor"].sudo().search(
            [("is_running", "=", True), ("maintenance_request_id", "in", self.ids)], order="timer_start"
        ).grouped("maintenance_request_id")  # fmt: skip
        for request in self:
            running = timers.get(request._origin, self.env["maintenance.labor"])
            request.is_timer_running = self.env.user in running.user_id
            seen = request.user_is_planner or request.user_is_technician
            shown = running if seen else running.browse()
            request.timer_message = ", ".join(labor._describe_timer() for labor in shown) or False

    def _search_is_timer_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        own = self.env["maintenance.labor"]._get_own_timer().maintenance_request_id
        return [("id", "in" if True in value else "not in", own.ids)]

    @api.depends_context("uid")
    @api.depends("labor_ids.is_running")
    def _compute_hours_by_hand(self):
        """What one's timer would book now; nothing where none runs."""
        self.hours_by_hand = 0.0
        timer = self.env["maintenance.labor"]._get_own_timer()
        for request in self.filtered(lambda request: request._origin.id == timer.maintenance_request_id.id):
            request.hours_by_hand = timer._get_hours_to_book()

    def _inverse_hours_by_hand(self):
        """Book the hours; those of a running timer are not booked as well, and none at all without any."""
        labors = self.env["maintenance.labor"]
        timer = labors.browse(labors._get_own_timer().id)
        for request in self:
            if timer.maintenance_request_id == request:
                if request.hours_by_hand:
                    timer.hours = request.hours_by_hand
                else:
                    timer.unlink()
            elif request.hours_by_hand:
                labors.create({"maintenance_request_id": request.id, "hours": request.hours_by_hand})

    @api.onchange("maintenance_quick_hours")
    def _onchange_maintenance_quick_hours(self):
        if self.maintenance_quick_hours:
            self.hours_by_hand = float(self.maintenance_quick_hours)

    def _maintenance_book_shown_hours(self):
        """Whoever completes books what the screen says, also when its timer went on meanwhile."""
        shown = self.env.context.get("maintenance_shown_hours")
        if isinstance(shown, (int, float)) and shown and len(self) == 1 and self.is_timer_running:
            self.hours_by_hand = shown

    # -- Actions ------------------------------------------------------------------------------

    def action_timer_start(self):
        """Start one's timer; starts the work if need be, and pauses one's timer on other work.

        :returns: True, or a notification that says what was paused.
        :raises UserError: the user does not work on it, or its state does not allow it.
        """
        self.ensure_one()
        self._check_timer_allowed()
        labors = self.env["maintenance.labor"]
        running = labors._get_own_timer()
        if running.maintenance_request_id.id == self.id:
            return True
        if self.state != "in_progress":
            self.action_start()
        if running and running.timer_start > get_moment(self.env):
            # written down later: what was begun since has paused it
            labors._start_on(self, until=running.timer_start)
            return True
        running._stop()
        labors._start_on(self)
        return self._notify_paused(running) if running else True

    def action_timer_pause(self):
        """Pause one's timer and book its hours; does nothing where none runs."""
        self.check_access("read")
        labors = self.env["maintenance.labor"]
        running = labors._get_own_timer().filtered(lambda labor: labor.maintenance_request_id.id in self.ids)
        running._stop()
        for request in self - running.maintenance_request_id:
            labors._cut_on(request)
        return True

    def _check_timer_allowed(self):
        """:raises UserError: the user does not work on it, or the work is over."""
        self.check_access("read")
        if not (self._user_is_planner() or self._user_is_technician()):
            raise UserError(
                self.env._("Only technicians of its team work on %s; ask its planner.", self.display_name)
            )
        if not self._is_work_open():
            raise UserError(
                self.env._(
                    "%(work_order)s is in state “%(state)s”, so no timer can run on it; reopen it first.",
                    work_order=self.display_name,
                    state=self._get_state_label(),
                )
            )

    def _notify_paused(self, labor):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(work_order)s was paused, %(hours)s h booked.",
                    work_order=labor.maintenance_request_id.display_name,
                    hours=format_duration(labor.hours),
                ),
                # so that the screen shows what runs now
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _set_stage(self, target, vals):
        """Timers run on work in progress only; they stop before the hours could no longer be booked."""
        working = self.filtered(lambda request: request.state == "in_progress")
        if working and target.state != "in_progress":
            # sudo: whoever moves the work on stops everybody's timers
            self.env["maintenance.labor"].sudo().search(
                [("is_running", "=", True), ("maintenance_request_id", "in", working.ids)]
            )._stop()
        return super()._set_stage(target, vals)
