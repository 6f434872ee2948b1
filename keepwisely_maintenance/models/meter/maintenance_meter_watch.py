from collections import Counter
from datetime import datetime
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

#: Readings before the new ones that a rule looks at again. More than MAX_CONSECUTIVE; what lies further back
#: is remembered in ``is_breached`` and ``out_since``.
LOOKBACK = 500


class Row(NamedTuple):
    """A reading, as rules look at it."""

    id: int
    date: datetime
    value: float
    delta: float


class MaintenanceMeterWatch(models.Model):
    """Lets the rules of meters see new and changed readings."""

    _inherit = "maintenance.meter"

    def _watch(self, reading_ids, latest_before):
        """Let the rules of these (locked) meters act.

        :param latest_before: ``{meter id: time of its latest reading before}``
        :returns: the work orders that were opened.
        """
        # sudo: whoever reads a meter may neither keep rules nor, as a gateway, make work orders; the rule does
        rules = self.env["maintenance.meter.rule"].sudo().search(
            [
                ("meter_id", "in", self.ids),
                ("meter_id.active", "=", True),
                ("meter_id.equipment_id.active", "=", True),
            ]
        )
        opened = self.env["maintenance.request"].sudo()
        if not rules:
            return opened
        rows = rules.meter_id._get_latest_rows(reading_ids)
        new_ids = set(reading_ids)
        for rule in rules:
            meter_id = rule.meter_id.id
            if rows.get(meter_id):
                opened |= rule._follow(rows[meter_id], new_ids, latest_before.get(meter_id))
        return opened

    def _get_latest_rows(self, reading_ids):
        """``{meter id: [Row]}`` by time: ``LOOKBACK`` readings, and as many as are new."""
        self.env.cr.execute(
            SQL("SELECT meter_id FROM maintenance_meter_reading WHERE id = ANY(%s)", list(reading_ids))
        )
        new = Counter(meter_id for (meter_id,) in self.env.cr.fetchall())
        self.env.cr.execute(
            SQL(
                """
                SELECT wanted.meter_id, latest.*
                  FROM unnest(%(meters)s, %(limits)s) AS wanted (meter_id, amount)
                 CROSS JOIN LATERAL (
                       SELECT id, date, value, COALESCE(delta, 0) FROM maintenance_meter_reading
                        WHERE meter_id = wanted.meter_id
                        ORDER BY date DESC, id DESC LIMIT wanted.amount) latest
                 ORDER BY latest.date, latest.id
                """,
                meters=list(self.ids),
                limits=[LOOKBACK + new[meter_id] for meter_id in self.ids],
            )
        )
        rows = {}
        for meter_id, *row in self.env.cr.fetchall():
            rows.setdefault(meter_id, []).append(Row(*row))
        return rows
