from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import DONE_STATES
from .kpi_measure import Measure, Period, Result


class MaintenanceDowntimeKpi(models.Model):
    _inherit = "maintenance.downtime"

    # stored: a technician counts failures of assets whose work orders are another team's
    maintenance_type = fields.Selection(related="maintenance_request_id.maintenance_type", store=True, string="Type of work")
    _ended_idx = models.Index("(date_to) WHERE status = 'down'")


class MaintenanceKpiReliability(models.Model):
    """How often assets fail, and how long until they run again."""

    _inherit = "maintenance.kpi"

    # -- Mean time between failures -----------------------------------------------------------------

    def _get_failure_domain(self):
        """Standstill that no preventive work was the reason for."""
        return (
            self._get_scope("equipment_id.maintenance_team_id", shared=True)
            & Domain("status", "=", "down")
            & Domain("maintenance_type", "!=", "preventive")
            & Domain("equipment_id", "any", self._get_service_domain())
        )

    def _get_service_domain(self):
        """Assets in use, and those that were until they were scrapped."""
        return self._get_scope("maintenance_team_id", shared=True) & (
            Domain("active", "=", True) | Domain("scrap_date", "!=", False)
        )

    def _get_measured_domain(self):
        """Assets whose operating hours are known: by an hours meter, or because it is known since when they are in use."""
        return self._get_service_domain() & Domain("maintenance_knows_hours", "=", True)

    def _measure_mtbf(self):
        return Measure(
            self.env["maintenance.downtime"],
            self._get_failure_domain() & Domain("equipment_id", "any", self._get_measured_domain()),
            "date_from",
        )

    def _compute_mtbf(self, periods):
        counted = self._measure_mtbf().compute(self.env.company, periods)
        hours = self._get_hours(periods)
        return [
            Result(operated, result.denominator, result.count)
            for (operated, _down, _count), result in zip(hours, counted, strict=True)
        ]

    def _get_sources_mtbf(self, period):
        return {
            "records": ("maintenance.downtime", self._measure_mtbf().get_domain(self.env.company, period)),
            "other": ("maintenance.equipment", self._get_measured_assets(period)),
        }

    # -- Mean downtime --------------------------------------------------------------------------------

    def _measure_mean_downtime(self):
        downtimes = self.env["maintenance.downtime"]
        return Measure(
            downtimes, self._get_failure_domain(), "date_to",
            amount=lambda alias, query: downtimes._field_to_sql(alias, "hours", query),
        )  # fmt: skip

    # -- Mean time to repair --------------------------------------------------------------------------

    def _get_repair_domain(self):
        return (
            self._get_scope("maintenance_team_id")
            & Domain("maintenance_type", "=", "corrective")
            & Domain("state", "in", DONE_STATES)
        )

    def _measure_mttr(self):
        self.env["maintenance.labor"].flush_model()
        return Measure(
            self.env["maintenance.request"],
            self._get_repair_domain() & Domain("labor_ids", "!=", False),
            "date_completed",
            amount=lambda alias, query: SQL(
                "(SELECT SUM(hours) FROM maintenance_labor WHERE maintenance_request_id = %s)", SQL.identifier(alias, "id")
            ),
        )

    def _get_sources_mttr(self, period: Period):
        repairs = self._get_measure().get_domain(self.env.company, period)
        return {
            "records": ("maintenance.request", repairs),
            "other": ("maintenance.labor", Domain("maintenance_request_id", "any", repairs)),
        }

    # -- Time to acknowledge ----------------------------------------------------------------------------

    def _measure_acknowledge(self):
        return Measure(
            self.env["maintenance.request"],
            self._get_scope("maintenance_team_id")
            & Domain("maintenance_type", "=", "corrective")
            & Domain("date_acknowledged", "!=", False),
            "create_date",
            amount=lambda alias, query: SQL(
                "GREATEST(EXTRACT(EPOCH FROM %s - %s), 0) / 3600",
                self.env["maintenance.request"]._field_to_sql(alias, "date_acknowledged", query),
                SQL.identifier(alias, "create_date"),
            ),
        )

    # -- First-time fix ---------------------------------------------------------------------------------

    def _measure_first_time_fix(self):
        return Measure(
            self.env["maintenance.request"],
            self._get_repair_domain()
            & Domain("equipment_id", "!=", False)
            & Domain("date_completed", "<", self.env["maintenance.request"]._get_first_time_fix_limit()),
            "date_completed",
            part=Domain("is_fixed_first_time", "=", True),
        )
