from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round
from odoo.tools.misc import format_duration, format_time

from ...context import get_moment
from ...words import format_moment, in_language_of
from .maintenance_labor import HOURS_A_DAY

#: Moments and the running flag are the timer's own.
TIMER_FIELDS = {"is_running", "timer_start", "timer_stop"}

#: Hours are booked in hundredths (36 seconds), rounded half up; what is shorter counts as one.
HOURS_DIGITS = 2
SHORTEST = 0.01


class MaintenanceLaborTimer(models.Model):
    """A timer is an entry without hours yet; stopping it books them, on the day it was started.

    Each technician has one at most, which the database sees to. Timers that run longer than the
    company's limit were forgotten: they book the limit and ask to be checked.
    """

    _inherit = "maintenance.labor"

    is_running = fields.Boolean("Timer runs", copy=False, readonly=True)
    timer_start = fields.Datetime("From", copy=False, readonly=True)
    timer_stop = fields.Datetime("Until", copy=False, readonly=True)
    note = fields.Char(copy=False)

    _one_timer_per_user = models.UniqueIndex(
        "(user_id) WHERE is_running", "A timer already runs for this technician; pause it first."
    )
    _running_idx = models.Index("(maintenance_request_id) WHERE is_running")

    @api.model
    def _get_guarded_fields(self):
        return TIMER_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_timer_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_timer_fields(vals)
        result = super().write(vals)
        if "hours" in vals and "is_running" not in vals:
            # Hours entered by hand end the timer. sudo: its moments are the system's
            self.filtered("is_running").sudo().write({"is_running": False, "timer_stop": fields.Datetime.now()})
        return result

    @api.model
    def _check_timer_fields(self, vals):
        if TIMER_FIELDS & vals.keys() and not self.env.su:
            raise UserError(self.env._("Timers are started and paused on the work order; enter hours instead."))

    # -- Starting and stopping ------------------------------------------------------------------

    @api.model
    def _get_own_timer(self):
        """The running entry of the user, on whichever work order; they have one at most."""
        # sudo: it may run on work the user no longer sees
        return self.sudo().search([("user_id", "=", self.env.uid), ("is_running", "=", True)])

    @api.model
    def _start_on(self, request, until=None):
        """Start the timer of the user on ``request``; rights and state were checked.

        :param until: when it ended already, where it is written down later than it ran.
        """
        self.flush_model(["is_running"])  # the index must know what was just paused
        # sudo: the moments of a timer are the system's
        return self.sudo().create(
            {
                "maintenance_request_id": request.id,
                "user_id": self.env.uid,
                "hours": self._get_ran(get_moment(self.env), until) if until else 0.0,
                "is_running": not until,
                "timer_start": get_moment(self.env),
                "timer_stop": until,
            }
        )

    def _cut_on(self, request):
        """What the user's timers booked on ``request`` beyond now is taken back: that they were paused is written down late.

        :returns: the entries that were cut.
        """
        moment = get_moment(self.env)
        # sudo: the moments of a timer are the system's
        beyond = self.sudo().search(
            [
                ("maintenance_request_id", "=", request.id),
                ("user_id", "=", self.env.uid),
                ("is_running", "=", False),
                ("timer_start", "<=", moment),
                ("timer_stop", ">", moment),
            ]
        )
        # what somebody corrected by hand stays
        beyond = beyond.filtered(lambda labor: labor.hours == self._get_ran(labor.timer_start, labor.timer_stop))
        for labor in beyond:
            labor.write({"timer_stop": moment, "hours": self._get_ran(labor.timer_start, moment)})
        return beyond

    def action_stop_timer(self):
        """Stop running timers and book their hours: one's own, planners anybody's."""
        self.check_access("write")
        self._check_bookable()
        self.filtered("is_running")._stop()
        return True

    def _stop(self):
        """Book what the timers ran, at most the company's limit and what the day has left."""
        # sudo: whatever moves the work on also stops the timers of others on it
        for labor in self.sudo():
            now = labor._get_end()
            ran = (now - labor.timer_start).total_seconds() / 3600
            hours = labor._get_hours_to_book()
            vals = {"is_running": False, "timer_stop": now, "hours": hours}
            if labor._round_hours(ran) > hours:
                vals["timer_stop"] = labor.timer_start + timedelta(hours=hours)
                vals["note"] = in_language_of(labor, labor.user_id).env._(
                    "The timer ran for %(ran)s h, %(booked)s h were booked.",
                    ran=format_duration(ran),
                    booked=format_duration(hours),
                )
            if hours < SHORTEST:
                # by hand, the whole day is booked already
                labor.note = vals["note"]
                labor._ask_to_check()
                labor.unlink()
                continue
            labor.write(vals)
            if "note" in vals:
                labor._ask_to_check()

    def _get_hours_to_book(self):
        """What the timer ran so far, at most the company's limit and what the day has left; zero without one."""
        if not self:
            return 0.0
        return min(self._get_ran(self.timer_start, self._get_end()), self._get_most_hours())

    def _get_end(self):
        """When the timer ends that ends now: of what is written down later one's own does so then, those of others go on."""
        self.ensure_one()
        moment = get_moment(self.env) if self.user_id == self.env.user else fields.Datetime.now()
        return max(moment, self.timer_start)

    @api.model
    def _get_ran(self, start, stop):
        return self._round_hours((stop - start).total_seconds() / 3600)

    def _get_most_hours(self):
        self.ensure_one()
        left = HOURS_A_DAY - self._get_hours_of_days().get((self.person_id, self.date), 0.0)
        return min(self.company_id.timer_max_hours, left)

    @api.model
    def _round_hours(self, hours):
        return max(float_round(hours, precision_digits=HOURS_DIGITS), SHORTEST)

    def _ask_to_check(self):
        self.ensure_one()
        if self.user_id.active:
            in_language_of(self.maintenance_request_id, self.user_id).activity_schedule(
                "keepwisely_maintenance.mail_activity_check_hours", user_id=self.user_id.id, note=self.note
            )

    def _describe_timer(self):
        """“Elena Novak since 09:12 (00:35 h)”; with the day when it was not today."""
        self.ensure_one()
        now = fields.Datetime.now()
        minutes = max(int((now - self.timer_start).total_seconds() // 60), 0)
        today = not self.company_id._maintenance_plant_days_since(self.timer_start)
        since = (
            format_time(self.env, self.timer_start, time_format="short")
            if today
            else format_moment(self.env, self.timer_start)
        )
        ran = format_duration(minutes / 60)
        return self.env._("%(technician)s since %(since)s (%(ran)s h)", technician=self.user_id.name, since=since, ran=ran)

    @api.model
    def _stop_timers_of(self, people):
        """Book what runs for people who go on without it."""
        self.search([("is_running", "=", True), ("person_id", "in", people.ids)])._stop()

    @api.model
    def _cron_stop_forgotten_timers(self):
        """Stop what runs longer than its company allows."""
        running = self.search([("is_running", "=", True)], order="id")
        now = fields.Datetime.now()
        forgotten = running.filtered(
            lambda labor: now - labor.timer_start >= timedelta(hours=labor.company_id.timer_max_hours)
        )
        # stopped by their people while the batches before were
        self.env["ir.cron"]._maintenance_work_through((forgotten, lambda batch: batch.filtered("is_running")._stop()))
