from datetime import datetime, time

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ...hooks import set_up
from ...native_names import name_roles
from ...native_names import translate as translate_names


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
        return timezone(company.resource_calendar_id._maintenance_get_timezone() or company.partner_id.tz or "UTC")

    def _get_plant_day(self, moment=None):
        """The day in the plant at ``moment`` (in UTC), by default now."""
        moment = UTC.localize(moment or fields.Datetime.now())
        return moment.astimezone(self._get_plant_timezone()).date()

    def _maintenance_get_plant_time(self, moment):
        """The time of day in the plant at ``moment`` (in UTC)."""
        return UTC.localize(moment).astimezone(self._get_plant_timezone()).time()

    def _maintenance_plant_days_since(self, moment):
        """How many days ago ``moment`` (in UTC) was, counted in midnights of the plant."""
        return (self._get_plant_day() - self._get_plant_day(moment)).days

    @api.model
    def _maintenance_plant_zone_sql(self, company):
        """Name of the time zone in SQL, for the identifier of a company as a column of a query."""
        return SQL(
            """(SELECT COALESCE(calendar.tz, partner.tz, 'UTC')
                  FROM res_company plant
                  JOIN res_partner partner ON partner.id = plant.partner_id
                  LEFT JOIN resource_calendar calendar ON calendar.id = plant.resource_calendar_id
                 WHERE plant.id = %s)""",
            company,
        )

    @api.model
    def _maintenance_plant_day_sql(self, moment, company):
        """The day of a moment in UTC, both as columns of a query."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self._maintenance_plant_zone_sql(company))

    def _get_plant_moment(self, day, time_of_day=time(12)):
        """When it is ``time_of_day`` on ``day`` in the plant, in UTC; noon is what Odoo takes for a whole day."""
        moment = self._get_plant_timezone().localize(datetime.combine(day, time_of_day))
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _maintenance_shift_moment(self, moment, delta):
        """``moment`` (in UTC) so much later by the calendar, at the same time of day in the plant."""
        local = UTC.localize(moment).astimezone(self._get_plant_timezone())
        return self._get_plant_moment(local.date() + delta, local.time())

    @api.model
    def _set_up_maintenance(self):
        """Prepare the database on installation; see ``hooks``."""
        set_up(self.env)

    @api.model
    def _maintenance_name_roles(self):
        """Say what the roles are, see ``native_names``."""
        name_roles(self.env)

    @api.model
    def _maintenance_translate_names(self):
        """Say it in every language, see ``native_names``."""
        translate_names(self.env)
