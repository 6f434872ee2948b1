from odoo import fields, models, tools
from odoo.tools import SQL


class MaintenanceMeterChart(models.Model):
    """Readings and the limits of their rules as lines of one chart: a row per reading and line."""

    _name = "maintenance.meter.chart"
    _description = "Meter Chart"
    _inherit = ["maintenance.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "series"
    _depends = {
        "maintenance.meter.reading": ["meter_id", "date", "value"],
        "maintenance.meter.rule": ["meter_id", "active", "measure", "operator", "threshold"],
        "maintenance.meter": ["name", "unit", "equipment_id", "company_id"],
    }

    date = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    meter_id = fields.Many2one("maintenance.meter", readonly=True)
    series = fields.Char(readonly=True)
    value = fields.Float("Average", readonly=True, aggregator="avg")
    highest = fields.Float(readonly=True, aggregator="max")
    lowest = fields.Float(readonly=True, aggregator="min")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(SQL("CREATE VIEW %s AS (%s)", SQL.identifier(self._table), self._table_query_sql()))

    def _table_query_sql(self):
        """Ids are those of the readings times 2^20, plus the rule's, so they last."""
        columns = SQL("reading.date, meter.company_id, meter.equipment_id, reading.meter_id")
        return SQL(
            """
            SELECT reading.id::bigint << 20 AS id, %(columns)s, meter.name AS series,
                   reading.value, reading.value AS highest, reading.value AS lowest
              FROM maintenance_meter_reading reading
              JOIN maintenance_meter meter ON meter.id = reading.meter_id
             UNION ALL
            SELECT (reading.id::bigint << 20) + rule.id, %(columns)s,
                   CONCAT(CASE rule.operator WHEN 'above' THEN '> ' ELSE '< ' END, rule.threshold, ' ' || meter.unit),
                   rule.threshold, rule.threshold, rule.threshold
              FROM maintenance_meter_reading reading
              JOIN maintenance_meter meter ON meter.id = reading.meter_id
              JOIN maintenance_meter_rule rule
                ON rule.meter_id = meter.id AND rule.active AND rule.measure = 'value'
            """,
            columns=columns,
        )
