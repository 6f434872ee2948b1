from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import DONE_STATES
from .kpi_measure import Measure, Period, Result, get_moments

#: Units of a counter that counts hours of operation, in lower case.
HOUR_UNITS = ("h", "hr", "hrs", "hour", "hours", "std", "stunden", "heures", "horas", "uur", "ore", "godz")


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

    def _compute_mtbf(self, periods):
        failures = Measure(self.env["maintenance.downtime"], self._get_failure_domain(), "date_from")
        counted = failures.compute(self.env.company, periods)
        hours = self._get_operating_hours(periods)
        return [
            Result(operated, result.denominator, result.count) for operated, result in zip(hours, counted, strict=True)
        ]

    def _get_operating_hours(self, periods):
        """Hours all assets together operated in each period.

        What the hours meter of an asset counted; for the others the time in service without standstill.
        """
        assets = self.env["maintenance.equipment"].with_context(active_test=False)._search(self._get_service_domain(), order=None)
        self.env["maintenance.meter"].flush_model()
        self.env["maintenance.meter.reading"].flush_model()
        self.env["maintenance.downtime"].flush_model()
        zone = self.env.company._get_plant_timezone().zone
        windows = [(number, *get_moments(self.env.company, period)) for number, period in enumerate(periods)]
        rows = self.env.execute_query(
            SQL(
                """
                WITH span (number, start, stop) AS (
                    SELECT number, start, LEAST(stop, %s) FROM (VALUES %s) AS t (number, start, stop)
                ), asset AS MATERIALIZED (
                    %s
                ), counter AS MATERIALIZED (
                    SELECT DISTINCT ON (equipment_id) equipment_id, id
                      FROM maintenance_meter
                     WHERE active AND kind = 'counter' AND lower(trim(unit)) IN %s
                     ORDER BY equipment_id, id
                ), calendar AS MATERIALIZED (
                    SELECT * FROM asset WHERE id NOT IN (SELECT equipment_id FROM counter)
                ), standstill AS MATERIALIZED (
                    SELECT GREATEST(date_from, since) AS start, LEAST(date_to, until) AS stop
                      FROM maintenance_downtime downtime
                      JOIN calendar ON calendar.id = downtime.equipment_id
                     WHERE status = 'down' AND (date_to IS NULL OR date_to > %s)
                )
                SELECT span.number,
                       COALESCE((
                           SELECT SUM(EXTRACT(EPOCH FROM LEAST(span.stop, calendar.until) - GREATEST(span.start, calendar.since)))
                             FROM calendar WHERE calendar.since < span.stop AND COALESCE(calendar.until, span.stop) > span.start
                       ), 0) / 3600
                     - COALESCE((
                           SELECT SUM(EXTRACT(EPOCH FROM LEAST(span.stop, standstill.stop)
                                                       - GREATEST(span.start, standstill.start)))
                             FROM standstill
                            WHERE standstill.start < span.stop AND COALESCE(standstill.stop, span.stop) > span.start
                              AND standstill.start < COALESCE(standstill.stop, span.stop)
                       ), 0) / 3600
                     + COALESCE((
                           SELECT SUM(reading.delta)
                             FROM asset
                             JOIN counter ON counter.equipment_id = asset.id
                             JOIN maintenance_meter_reading reading ON reading.meter_id = counter.id
                            WHERE reading.date >= span.start AND reading.date < span.stop
                       ), 0)
                  FROM span
                """,
                fields.Datetime.now(),
                SQL(", ").join(SQL("(%s, %s::timestamp, %s::timestamp)", *window) for window in windows),
                assets.select(
                    SQL("maintenance_equipment.id"),
                    SQL("maintenance_equipment.effective_date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC' AS since", zone),
                    SQL("maintenance_equipment.scrap_date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC' AS until", zone),
                ),
                HOUR_UNITS,
                min(start for _number, start, _stop in windows),
            )
        )
        hours = dict(rows)
        return [float(hours[number]) for number in range(len(periods))]

    def _get_sources_mtbf(self, period):
        failures = Measure(self.env["maintenance.downtime"], self._get_failure_domain(), "date_from")
        return {
            "records": ("maintenance.downtime", failures.get_domain(self.env.company, period)),
            "other": ("maintenance.equipment", self._get_service_domain() & Domain("effective_date", "<=", period.end)
                          & (Domain("scrap_date", "=", False) | Domain("scrap_date", ">=", period.start))),
        }  # fmt: skip

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
