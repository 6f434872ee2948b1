from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_duration

from ...words import format_moment
from .phone_entry import read_moment, read_offset

#: Clocks that differ by no more are taken for right.
CLOCKS_AGREE = timedelta(minutes=2)


class MaintenancePhoneCommandMoment(models.Model):
    """When something was done: as the phone says, by a clock that may be wrong, within what is possible."""

    _inherit = "maintenance.phone.command"

    @api.model
    def _get_skew(self, device_now, offset=None):
        """By how much the clock of the phone is behind; nothing where it may be right or says nothing.

        :param device_now: the clock of the phone when it sent; it counts where nothing was measured.
        :param offset: what the phone has measured before: how many seconds it is ``behind``, and ``within`` how many that is
            true. So what was minutes on its way makes no clock slow.
        """
        device_now, (skew, within) = read_moment(device_now), read_offset(offset)
        if skew is None:
            skew = fields.Datetime.now() - device_now if device_now else timedelta()
        return skew if abs(skew) - within > CLOCKS_AGREE else timedelta()

    @api.model
    def _settle_moment(self, entry, said, skew):
        """Take the nearest moment that is possible, and say so where it is not what the clock of the phone said."""
        said = said or fields.Datetime.now() - skew
        try:
            moment = said + skew
        except OverflowError:
            moment = fields.Datetime.now()
        known = entry.job if entry.shown else entry.job.browse()
        asked = known._maintenance_as_of(moment, self.env.company.maintenance_phone_days)
        entry.moment = asked.env.context["maintenance_as_of"].moment
        entry.job = entry.job.with_env(asked.env)
        entry.is_forgotten = moment < self._get_oldest(self.env.company)
        if skew:
            hours = format_duration(abs(skew).total_seconds() / 3600)
            entry.say(
                self.env._("Its clock is %s h behind; the time was set right.", hours)
                if skew > timedelta()
                else self.env._("Its clock is %s h ahead; the time was set right.", hours)
            )
        if abs(entry.moment - moment) > CLOCKS_AGREE:
            entry.say(
                self.env._(
                    "The phone says %(said)s; written down as done on %(taken)s, the nearest moment that is possible.",
                    said=format_moment(self.env, moment),
                    taken=format_moment(self.env, entry.moment),
                )
            )
