from datetime import time, timedelta

from odoo import fields, models

from ...context import AsOf


class MaintenanceRequestMoment(models.Model):
    """Work that is written down later than it was done: stamps, timers and answers get the moment when it was done.

    Only code of the module can say so, see `AsOf`; it stays within the limits below.
    """

    _inherit = "maintenance.request"

    def _maintenance_as_of(self, moment, days):
        """This work order for whoever writes down now what was done at ``moment``.

        :param moment: in UTC; the nearest one that is possible is taken: not to come, not before the work was asked for.
        :param int days: not longer ago than so many days.
        :returns: the work order (or none, for what is about no work order) in a context of that moment.
        """
        now = fields.Datetime.now()
        earliest = now - timedelta(days=days)
        if self:
            earliest = max(earliest, self._maintenance_get_asked_moment())
        moment = min(max(moment, earliest), now).replace(microsecond=0)
        return self.with_context(maintenance_as_of=AsOf(moment))

    def _maintenance_get_asked_moment(self):
        """When the work was asked for: as it was entered, or the beginning of an earlier day that somebody has said."""
        self.ensure_one()
        # sudo: whoever worked on it need not be able to read it any more
        request = self.sudo()
        asked = request.create_date
        day = request.request_date
        if day and day < request.company_id._get_plant_day(asked):
            asked = request.company_id._get_plant_moment(day, time.min)
        return asked.replace(microsecond=0)
