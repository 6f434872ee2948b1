from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .kpi_measure import Result, get_moments


class MaintenanceKpiAvailability(models.Model):
    """How long assets operated, and the share of the time that they could.

    Hours of operation are what the hours meter of an asset counted; for assets without one, the time since they are in
    use, less their standstill. Assets of which neither is known are left out: they are not new, nobody knows how old
    they are.
    """

    _inherit = "maintenance.kpi"

    def _compute_availability(self, periods):
        """Up time by up time and down time, EN 15341 (availability related to maintenance)."""
        return [Result(operated, operated + down, count) for operated, down, count in self._get_hours(periods)]

    def _get_sources_availability(self, period):
        start, stop = get_moments(self.env.company, period)
        downtimes = (
            self._get_scope("equipment_id.maintenance_team_id", shared=True)
            & Domain("status", "=", "down")
            & Domain("equipment_id", "any", self._get_measured_domain())
            & Domain("date_from", "<", stop)
            & (Domain("date_to", "=", False) | Domain("date_to", ">", start))
        )
        return {
            "records": ("maintenance.downtime", downtimes),
            "other": ("maintenance.equipment", self._get_measured_assets(period)),
        }

    def _get_measured_assets(self, period):
        """Those whose hours are part of the figure."""
        return (
            self._get_measured_domain()
            & (Domain("effective_date", "=", False) | Domain("effective_date", "<=", period.end))
            & (Domain("scrap_date", "=", False) | Domain("scrap_date", ">=", period.start))
        )

    def _describe_left_out(self):
        """Say how many assets are left out because nobody said since when they are in use."""
        if self.code not in ("mtbf", "availability"):
            return super()._describe_left_out()
        unknown = self._get_service_domain() & Domain("maintenance_knows_hours", "=", False)
        count = self.env["maintenance.equipment"].with_context(active_test=False).search_count(unknown)
        return bool(count) and self.env._("Without the assets that have no start date: %s.", count)

    def _get_hours(self, periods):
        """Hours of operation, hours of standstill and number of standstills of all assets together, for each period."""
        found = {number: row for number, _asset, *row in self._read_hours(periods, self._get_measured_domain())}
        return [found.get(number, (0.0, 0.0, 0)) for number in range(len(periods))]

    def _read_hours(self, periods, domain, by_asset=False):
        """The same as rows (number of the period, asset or 0, operated, stood still, number of standstills)."""
        for model in ("maintenance.meter", "maintenance.meter.reading", "maintenance.downtime"):
            self.env[model].flush_model()
        assets = self.env["maintenance.equipment"].with_context(active_test=False)._search(domain, order=None)
        zone = self.env.company._get_plant_timezone().zone
        windows = [(number, *get_moments(self.env.company, period)) for number, period in enumerate(periods)]
        return self.env.execute_query(
            SQL(
                """
                WITH span (number, start, stop) AS (
                    SELECT number, start, LEAST(stop, %s) FROM (VALUES %s) AS t (number, start, stop)
                ), asset AS MATERIALIZED (
                    SELECT found.*, counter.id AS meter_id
                      FROM (%s) AS found
                      LEFT JOIN LATERAL (
                        SELECT id FROM maintenance_meter
                         WHERE equipment_id = found.id AND active AND is_hours_counter ORDER BY id LIMIT 1
                      ) AS counter ON TRUE
                ), fact (number, asset_id, operated, down, stops) AS (
                    SELECT span.number, asset.id,
                           EXTRACT(EPOCH FROM LEAST(span.stop, asset.until) - GREATEST(span.start, asset.since)) / 3600, 0, 0
                      FROM span
                      JOIN asset ON asset.meter_id IS NULL AND asset.since < span.stop
                                AND COALESCE(asset.until, span.stop) > span.start
                 UNION ALL
                    SELECT span.number, asset.id, CASE WHEN asset.meter_id IS NULL THEN -stood.hours ELSE 0 END, stood.hours, 1
                      FROM maintenance_downtime downtime
                      JOIN asset ON asset.id = downtime.equipment_id
                      JOIN span ON downtime.date_from < span.stop AND COALESCE(downtime.date_to, span.stop) > span.start
                CROSS JOIN LATERAL (
                        SELECT GREATEST(0, EXTRACT(EPOCH FROM LEAST(span.stop, downtime.date_to, asset.until)
                                                            - GREATEST(span.start, downtime.date_from, asset.since)) / 3600)
                            AS hours
                      ) AS stood
                     WHERE downtime.status = 'down' AND (downtime.date_to IS NULL OR downtime.date_to > %s)
                 UNION ALL
                    SELECT span.number, asset.id, reading.delta, 0, 0
                      FROM asset
                      JOIN maintenance_meter_reading reading ON reading.meter_id = asset.meter_id
                      JOIN span ON reading.date >= span.start AND reading.date < span.stop
                )
                SELECT number, %s AS asset_id, SUM(operated)::float, SUM(down)::float, SUM(stops)::integer
                  FROM fact GROUP BY 1, 2
                """,
                fields.Datetime.now(),
                SQL(", ").join(SQL("(%s, %s::timestamp, %s::timestamp)", *window) for window in windows),
                assets.select(
                    SQL("maintenance_equipment.id"),
                    SQL("maintenance_equipment.effective_date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC' AS since", zone),
                    SQL("maintenance_equipment.scrap_date::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC' AS until", zone),
                ),
                min(start for _number, start, _stop in windows),
                SQL("asset_id") if by_asset else SQL("0"),
            )
        )


class MaintenanceEquipmentAvailability(models.Model):
    _inherit = "maintenance.equipment"

    # stored: key figures count by it, also for those who do not read meters
    maintenance_knows_hours = fields.Boolean(
        "Operating hours known", compute="_compute_maintenance_knows_hours", store=True,
        help="By an hours meter, or because it is known since when the asset is in use.",
    )  # fmt: skip
    maintenance_availability = fields.Float(
        "Availability", compute="_compute_maintenance_availability", aggregator=None,
        help="Percent of the last twelve months in which the asset and its components could be used. Of an asset without "
        "a start date and without an hours meter it is not known.",
    )  # fmt: skip

    @api.depends("effective_date", "meter_ids.active", "meter_ids.is_hours_counter")
    def _compute_maintenance_knows_hours(self):
        for equipment in self:
            # sudo: not everybody who keeps assets reads meters
            meters = equipment.sudo().meter_ids.filtered("active")
            equipment.maintenance_knows_hours = bool(equipment.effective_date) or any(meters.mapped("is_hours_counter"))

    def _compute_maintenance_availability(self):
        # sudo: who reads an asset may know how often it stood still, and need not read downtimes and key figures
        kpi = self.env["maintenance.kpi"].sudo()
        members = self._group_descendants()
        assets = self.browse().union(*members.values())
        hours = {
            asset: (operated, down)
            for _number, asset, operated, down, _count in kpi._read_hours(
                [kpi._get_period()], Domain("id", "in", assets.ids) & kpi._get_measured_domain(), by_asset=True
            )
        }
        for equipment, line in members.items():
            known = [hours[asset] for asset in line.ids if asset in hours]
            operated, down = (sum(column) for column in zip(*known, strict=True)) if known else (0.0, 0.0)
            equipment.maintenance_availability = 100 * operated / (operated + down) if operated + down else 0.0
