from odoo import api, models
from odoo.tools import SQL


class MaintenanceOwnershipReport(models.Model):
    """What a standstill that lasts has taken of production so far is part of what owning the asset costs."""

    _inherit = "maintenance.ownership.report"
    _depends = {"maintenance.downtime": ["maintenance_lost_cost"]}

    @api.model
    def _lasting_downtime_sql(self):
        return SQL("%s + COALESCE(downtime.maintenance_lost_cost, 0)", super()._lasting_downtime_sql())
