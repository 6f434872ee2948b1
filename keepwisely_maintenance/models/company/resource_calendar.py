from odoo import models, tools

from ...kept import forget_kept


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @tools.ormcache("self.id")
    def _maintenance_get_timezone(self):
        """Name of the time zone; kept, because every click asks which day it is."""
        return self.tz

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            forget_kept(self.env)
        return result
