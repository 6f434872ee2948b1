from odoo import fields, models, tools
from odoo.tools import SQL


class MaintenanceMeterChart(models.Model):
    """What meters showed, beside the thresholds of their rules: one line each in a graph.

    A threshold has a row at the moment of every reading, so that its line is as long as that of the readings; a
    graph draws zero where a line has no row. Rules that watch use per day stand on another scale and are left out.
    """

    _name = "maintenance.meter.chart"
    _description = "Meter Chart"
    _auto = False
    _order = "date, id"
    _rec_name = "series"
    _depends = {
        "maintenance.meter": ["name", "unit", "equipment_id", "company_id"],
        "maintenance.meter.reading": ["meter_id", "date", "value"],
        "maintenance.meter.rule": ["meter_id", "active", "measure", "operator", "threshold"],
    }

    meter_id = fields.Many2one("maintenance.meter", readonly=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    rule_id = fields.Many2one("maintenance.meter.rule", readonly=True)
    date = fields.Datetime("Read on", readonly=True)
    series = fields.Char("Line", readonly=True, help="The meter with its unit, or a rule's sign and threshold.")
    value = fields.Float("Average", readonly=True, aggregator="avg")
    highest = fields.Float(readonly=True, aggregator="max")
    lowest = fields.Float(readonly=True, aggregator="min")

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                "CREATE VIEW %s AS (%s UNION ALL %s)",
                SQL.identifier(self._table),
                self._readings_sql(),
                self._thresholds_sql(),
            )
        )

    def _readings_sql(self):
        return SQL(
            """
            SELECT reading.id::bigint AS id, reading.meter_id, meter.equipment_id, meter.company_id,
                   NULL::integer AS rule_id, reading.date,
                   CASE WHEN COALESCE(meter.unit, '') = '' THEN meter.name
                        ELSE meter.name || ' (' || meter.unit || ')' END AS series,
                   reading.value, reading.value AS highest, reading.value AS lowest
              FROM maintenance_meter_reading reading
              JOIN maintenance_meter meter ON meter.id = reading.meter_id
            """
        )

    def _thresholds_sql(self):
        """Ids follow from rule and reading (2³¹ of them at most), so they last."""
        return SQL(
            """
            SELECT (rule.id::bigint << 31) + reading.id AS id, reading.meter_id, meter.equipment_id, meter.company_id,
                   rule.id AS rule_id, reading.date,
                   CASE rule.operator WHEN 'above' THEN '> ' ELSE '< ' END
                   || trim_scale(rule.threshold::numeric)::text || COALESCE(' ' || NULLIF(meter.unit, ''), '') AS series,
                   rule.threshold AS value, rule.threshold AS highest, rule.threshold AS lowest
              FROM maintenance_meter_rule rule
              JOIN maintenance_meter meter ON meter.id = rule.meter_id
              JOIN maintenance_meter_reading reading ON reading.meter_id = meter.id
             WHERE rule.active AND rule.measure = 'value'
            """
        )
