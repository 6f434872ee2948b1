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


class Moment(NamedTuple):
    """What is known when something was read."""

    date: datetime
    #: the readings of this moment
    ids: frozenset
    #: ``{meter id: its reading of this moment, or the last one before it that still counts}``
    rows: dict


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
                ("watched_meter_ids", "in", self.ids),
                ("watched_meter_ids", "not any", [("active", "=", False)]),
                ("meter_id.equipment_id.active", "=", True),
            ]
        )
        opened = self.env["maintenance.request"].sudo()
        if not rules:
            return opened
        rows, begins = rules.watched_meter_ids._get_latest_rows(reading_ids)
        new_ids = set(reading_ids)
        for rule in rules:
            meter_ids = rule.watched_meter_ids.ids
            if moments := rule._get_moments({meter_id: rows.get(meter_id, []) for meter_id in meter_ids}, begins):
                seen = [latest_before[meter_id] for meter_id in meter_ids if meter_id in latest_before]
                opened |= rule._follow(moments, rows, new_ids, min(seen) if all(seen) else None)
        return opened

    def _get_latest_rows(self, reading_ids):
        """The last readings of these meters by time: ``LOOKBACK``, and as many as are new altogether.

        :returns: ``{meter id: [Row]}``, and ``{meter id: moment}`` from which on all is there, of meters with more.
        """
        limit = LOOKBACK + len(set(reading_ids))
        self.env.cr.execute(
            SQL(
                """
                SELECT wanted.meter_id, latest.*
                  FROM unnest(%(meters)s) AS wanted (meter_id)
                 CROSS JOIN LATERAL (
                       SELECT id, date, value, COALESCE(delta, 0) FROM maintenance_meter_reading
                        WHERE meter_id = wanted.meter_id
                        ORDER BY date DESC, id DESC LIMIT %(limit)s) latest
                 ORDER BY latest.date, latest.id
                """,
                meters=list(self.ids),
                limit=limit,
            )
        )
        rows = {}
        for meter_id, *row in self.env.cr.fetchall():
            rows.setdefault(meter_id, []).append(Row(*row))
        return rows, {meter_id: own[0].date for meter_id, own in rows.items() if len(own) == limit}
