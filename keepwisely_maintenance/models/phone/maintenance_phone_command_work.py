from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tools import format_list
from odoo.tools.misc import format_duration

from ...words import format_day, format_moment, in_language_of

#: Minutes of a day; the labour says what more is refused.
DAY = 24 * 60


class MaintenancePhoneCommandWork(models.Model):
    """Start, pause, hours and complete, at the moment of the phone."""

    _inherit = "maintenance.phone.command"

    # -- The timer ------------------------------------------------------------------------------------

    @api.model
    def _do_start(self, entry):
        job = entry.job
        self._end_begun(entry)
        others = self._find_others_at_work(job)
        running = entry.env["maintenance.labor"]._get_own_timer()
        job.action_timer_start()
        entry.changed.append(job.id)
        entry.say(
            self.env._(
                "%(work_order)s was started on %(moment)s.",
                work_order=job.display_name,
                moment=format_moment(self.env, entry.moment),
            )
        )
        paused = running.filtered(lambda timer: not timer.is_running).maintenance_request_id
        if paused:
            entry.changed.append(paused.id)
            # sudo in _get_own_timer: it may run on work the user no longer sees
            entry.say(self.env._("%s was paused.", paused.display_name))
        self._tell_two_at_work(entry, others)

    @api.model
    def _do_pause(self, entry):
        job = entry.job
        self._end_begun(entry)
        labors = entry.env["maintenance.labor"]
        timer = labors._get_own_timer().filtered(lambda labor: labor.maintenance_request_id.id == job.id)
        job.action_timer_pause()
        entry.changed.append(job.id)
        if timer.exists() and not timer.is_running:
            entry.say(
                self.env._(
                    "%(work_order)s was paused on %(moment)s, %(hours)s h were booked.",
                    work_order=job.display_name,
                    moment=format_moment(self.env, entry.moment),
                    hours=format_duration(timer.hours),
                )
            )
        else:
            entry.say(self.env._("%s was paused.", job.display_name))

    # -- Hours ----------------------------------------------------------------------------------------

    @api.model
    def _do_hours(self, entry):
        minutes = entry.number("minutes")
        if not 0 < minutes <= 60 * DAY:
            raise UserError(self.env._("Book more than zero hours."))
        values = {"maintenance_request_id": entry.job.id, "hours": minutes / 60, "note": entry.text("note", 500) or False}
        if entry.values.get("work_date"):
            values["date"] = self._read_day(entry)
        labor = entry.env["maintenance.labor"].create(values)
        entry.changed.append(entry.job.id)
        entry.say(
            self.env._(
                "%(hours)s h were booked on %(work_order)s for %(day)s.",
                hours=format_duration(labor.hours),
                work_order=entry.job.display_name,
                day=format_day(self.env, labor.date),
            )
        )

    @api.model
    def _read_day(self, entry):
        """The day that hours are for; a clock that is wrong must not make them refused."""
        try:
            day = Date.to_date(entry.text("work_date", 10))
        except ValueError:
            raise entry._refusal() from None
        latest = entry.job.sudo().company_id._get_plant_day(entry.moment)
        return min(day, latest) if day - latest <= timedelta(days=1) else day

    # -- Done -----------------------------------------------------------------------------------------

    @api.model
    def _do_complete(self, entry):
        job = entry.job
        self._end_begun(entry)
        if job.state in ("completed", "closed"):
            entry.say(self.env._("%s is completed already.", job.display_name))
            return
        job.action_complete()
        entry.changed.append(job.id)
        entry.say(
            self.env._(
                "%(work_order)s was completed on %(moment)s.",
                work_order=job.display_name,
                moment=format_moment(self.env, job.date_completed),
            )
        )

    # -- Two on one job -------------------------------------------------------------------------------

    @api.model
    def _find_others_at_work(self, job):
        """Who else works on it at this moment and began after the user was there last: people with a login."""
        # sudo: who works on a job is said to those who work on it
        timers = job.sudo().labor_ids.filtered("timer_start")
        own = timers.filtered(lambda labor: labor.user_id == self.env.user)
        if own.filtered("is_running"):
            return self.env["res.users"]
        left = own.mapped("timer_stop")
        moment = job.env.context["maintenance_as_of"].moment
        others = (timers - own).filtered(
            lambda labor: (not left or labor.timer_start > max(left)) and (labor.is_running or labor.timer_stop > moment)
        )
        return others.user_id.filtered("active")

    @api.model
    def _tell_two_at_work(self, entry, others):
        """Both are told: whoever sends by the answer, the others by a message; their pages see it when they ask next."""
        job = entry.job
        if not others:
            return
        entry.say(
            self.env._("%s works on it as well; agree who goes on.", format_list(self.env, others.sudo().mapped("name")))
        )
        # sudo: whoever works on it tells colleagues whom they need not be able to read
        for user in others.sudo():
            theirs = in_language_of(job.sudo(), user)
            theirs.message_notify(
                partner_ids=user.partner_id.ids,
                author_id=self.env.user.partner_id.id,
                subject=job.display_name,
                body=theirs.env._(
                    "%(person)s started %(work_order)s on %(moment)s, and so did you; agree who goes on.",
                    person=self.env.user.name,
                    work_order=job.display_name,
                    moment=format_moment(theirs.env, entry.moment, tz=user.tz),
                ),
            )
