from datetime import datetime, time

from pytz import UTC, timezone

from odoo import api, fields, models

from ...hooks import set_up


class ResCompany(models.Model):
    """Days as the plant counts them, whoever looks and whichever job computes.

    Stored days must not depend on the time zone of the user, and goods that come on Monday evening in
    Chicago came on Monday although it is Tuesday in UTC.
    """

    _inherit = "res.company"

    def _get_plant_timezone(self):
        """Of the working hours, else of the address, as a pytz zone; UTC without a company."""
        # sudo: days follow from working hours that users need not be able to read
        company = self.sudo()
        return timezone(company.resource_calendar_id.tz or company.partner_id.tz or "UTC")

    def _get_plant_day(self, moment=None):
        """The day in the plant at ``moment`` (in UTC), by default now."""
        moment = UTC.localize(moment or fields.Datetime.now())
        return moment.astimezone(self._get_plant_timezone()).date()

    def _get_plant_moment(self, day, time_of_day=time(12)):
        """When it is ``time_of_day`` on ``day`` in the plant, in UTC; noon is what Odoo takes for a whole day."""
        moment = self._get_plant_timezone().localize(datetime.combine(day, time_of_day))
        return moment.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _set_up_maintenance(self):
        """Prepare the database on installation; see ``hooks``."""
        set_up(self.env)
