from odoo import models
from odoo.tools import SQL


class MaintenanceMeterSettle(models.Model):
    """What follows from new, corrected or deleted readings: use between them, and what the meter shows.

    In SQL, since batches are large and a late reading changes a reading that is not among them.
    """

    _inherit = "maintenance.meter"

    def _lock_for_readings(self):
        """Let changes of the readings of these meters, and of meters that a rule looks at together with them, come one
        after the other.

        ``_settle`` writes the meters, so whoever waited here is told by the database to begin anew
        (SerializationFailure), which Odoo does by itself, and then sees what the other one added. Of meters that a rule
        combines two may be read at once; so the rule is written as well.
        """
        if not self:
            return
        self.flush_model()
        self.env["maintenance.meter.reading"].flush_model()
        self.env["maintenance.meter.rule"].flush_model()
        self.env.cr.execute(
            SQL("SELECT id FROM maintenance_meter WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", list(self.ids)),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH shared AS (
                    SELECT id FROM maintenance_meter_rule
                     WHERE is_combined AND active
                       AND id IN (SELECT rule_id FROM maintenance_meter_rule_watched_rel WHERE meter_id = ANY(%s))
                     ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE maintenance_meter_rule rule SET is_breached = rule.is_breached FROM shared WHERE rule.id = shared.id
                """,
                list(self.ids),
            ),
            log_exceptions=False,
        )

    def _settle(self, reading_ids, corrected=False):
        """Bring these (locked) meters up to date after ``reading_ids`` were added or changed.

        :param corrected: readings changed or went, so all is summed up anew.
        :returns: the work orders that rules opened.
        """
        if not self:
            return self.env["maintenance.request"]
        latest_before = {meter.id: meter.value_date for meter in self}
        self.env["maintenance.meter.reading"].flush_model()
        changes = self._settle_deltas(list(reading_ids))
        self._settle_values(changes, corrected)
        stored = ["value", "value_date", "counted", "total"]
        self.invalidate_recordset([*stored, "average_daily_use", "reading_ids"], flush=False)
        self.env["maintenance.meter.reading"].invalidate_model(["delta"], flush=False)
        self.modified(stored)
        return self._watch(reading_ids, latest_before)

    def _settle_deltas(self, reading_ids):
        """Count anew what was used up to these readings and up to those right after them.

        :returns: ``{meter id: what was added in all}``, as if none of ``reading_ids`` had been counted.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH given AS (
                    SELECT id, meter_id, date FROM maintenance_meter_reading WHERE id = ANY(%(ids)s)
                ), following AS (
                    SELECT DISTINCT next.id
                      FROM given
                     CROSS JOIN LATERAL (
                           SELECT id FROM maintenance_meter_reading
                            WHERE meter_id = given.meter_id AND (date, id) > (given.date, given.id)
                            ORDER BY date, id LIMIT 1) next
                     WHERE next.id NOT IN (SELECT id FROM given)
                ), affected AS (
                    SELECT id, TRUE AS is_given FROM given
                     UNION ALL
                    SELECT id, FALSE FROM following
                ), counted AS (
                    SELECT reading.id, reading.meter_id, CASE WHEN is_given THEN 0 ELSE COALESCE(reading.delta, 0) END AS old,
                           CASE WHEN reading.is_reset OR before.value IS NULL THEN 0
                                WHEN reading.value >= before.value THEN reading.value - before.value
                                WHEN meter.falls_back THEN reading.value
                                ELSE GREATEST(COALESCE(meter.rollover_value, 0) - before.value + reading.value, 0)
                           END AS new
                      FROM affected
                      JOIN maintenance_meter_reading reading ON reading.id = affected.id
                      JOIN maintenance_meter meter ON meter.id = reading.meter_id AND meter.kind = 'counter'
                      LEFT JOIN LATERAL (
                           SELECT value FROM maintenance_meter_reading
                            WHERE meter_id = reading.meter_id AND (date, id) < (reading.date, reading.id)
                            ORDER BY date DESC, id DESC LIMIT 1) before ON TRUE
                ), changed AS (
                    UPDATE maintenance_meter_reading reading SET delta = counted.new
                      FROM counted WHERE reading.id = counted.id AND reading.delta IS DISTINCT FROM counted.new
                )
                SELECT meter_id, SUM(new - old) FROM counted GROUP BY meter_id
                """,
                ids=reading_ids,
            )
        )
        return dict(self.env.cr.fetchall())

    def _settle_values(self, changes, corrected):
        """Store what the meters show. Always writes them, see ``_lock_for_readings``."""
        ids = list(self.ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE maintenance_meter meter
                   SET value = latest.value,
                       value_date = latest.date,
                       counted = sums.counted,
                       total = CASE WHEN meter.kind = 'counter' THEN first.value + sums.counted END
                  FROM unnest(%(ids)s, %(changes)s::float[]) AS change (meter_id, amount)
                  LEFT JOIN LATERAL (
                       SELECT value FROM maintenance_meter_reading
                        WHERE meter_id = change.meter_id ORDER BY date, id LIMIT 1) first ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT value, date FROM maintenance_meter_reading
                        WHERE meter_id = change.meter_id ORDER BY date DESC, id DESC LIMIT 1) latest ON TRUE
                  JOIN LATERAL (SELECT %(counted)s AS counted) sums ON TRUE
                 WHERE meter.id = change.meter_id
                """,
                ids=ids,
                changes=[changes.get(meter_id, 0.0) for meter_id in ids],
                counted=SQL(
                    "(SELECT COALESCE(SUM(delta), 0) FROM maintenance_meter_reading WHERE meter_id = change.meter_id)"
                )
                if corrected
                else SQL(
                    "(SELECT COALESCE(counted, 0) + change.amount FROM maintenance_meter WHERE id = change.meter_id)"
                ),
            )
        )
