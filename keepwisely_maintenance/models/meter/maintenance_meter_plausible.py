from datetime import datetime, timedelta
from math import isfinite
from typing import NamedTuple

from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...words import format_moment, format_number

#: Up to here a decimal number is exact enough to be counted with.
MAX_VALUE = 1e15
#: Clocks that were never set begin before.
MIN_DATE = datetime(2000, 1, 1)
#: How far the clock of a gateway may be ahead.
MAX_AHEAD = timedelta(hours=1)


class Candidate(NamedTuple):
    """A reading that somebody wants to add: ``date`` in UTC without zone."""

    meter_id: int
    value: float
    date: datetime
    is_reset: bool = False


class Neighbour(NamedTuple):
    date: datetime
    value: float
    is_reset: bool = False


class MaintenanceMeterPlausible(models.Model):
    """Which readings a meter can have shown. Every way in asks here."""

    _inherit = "maintenance.meter"

    def _require_plausible(self, candidates, instead_of=None):
        """:raises UserError: the first thing that is wrong with ``candidates``."""
        for fault in self._find_faults(candidates, instead_of):
            if fault:
                raise UserError(fault)

    def _find_faults(self, candidates, instead_of=None):
        """What is wrong with each of ``candidates``, as a sentence, or False; in the same order.

        They are taken by time, so that a good one is measured against the good ones before it.

        :param instead_of: readings that the candidates replace.
        """
        meters = {meter.id: meter for meter in self}
        faults = [meters[candidate.meter_id]._find_fault_of_value(candidate) for candidate in candidates]
        by_time = sorted(
            (n for n, fault in enumerate(faults) if not fault and meters[candidates[n].meter_id].kind == "counter"),
            key=lambda n: (candidates[n].meter_id, candidates[n].date, n),
        )
        neighbours = self._get_neighbours([candidates[n] for n in by_time], instead_of)
        latest = {}
        for n, (before, after) in zip(by_time, neighbours, strict=True):
            candidate = candidates[n]
            taken = latest.get(candidate.meter_id)
            if taken and (not before or taken.date >= before.date):
                before = taken
            faults[n] = meters[candidate.meter_id]._find_fault_between(before, candidate, after)
            if not faults[n]:
                latest[candidate.meter_id] = Neighbour(candidate.date, candidate.value)
        return faults

    def _find_fault_of_value(self, candidate):
        """What is wrong with a reading on its own."""
        self.ensure_one()
        value = candidate.value
        if not isfinite(value) or abs(value) >= MAX_VALUE:
            return self.env._("A reading of %s has to be a number of a possible size.", self.display_name)
        if candidate.date < MIN_DATE:
            return self.env._("A reading of %s is dated before 2000; check the clock of the sender.", self.display_name)
        if candidate.date > fields.Datetime.now() + MAX_AHEAD:
            return self.env._("A reading of %s lies in the future; check the clock and the time zone.", self.display_name)
        shown = self._format_value(value)
        if self.kind == "counter" and value < 0:
            return self.env._("%(value)s: the counter %(meter)s cannot be negative.", value=shown, meter=self.display_name)
        if self.rollover_value and value >= self.rollover_value:
            return self.env._(
                "%(value)s: %(meter)s starts again from zero at %(limit)s.",
                value=shown, meter=self.display_name, limit=self._format_value(self.rollover_value),
            )  # fmt: skip
        if (self.min_value or self.max_value) and not self.min_value <= value <= self.max_value:
            return self.env._(
                "%(value)s is outside of what %(meter)s can show, %(low)s to %(high)s.",
                value=shown, meter=self.display_name,
                low=self._format_value(self.min_value), high=self._format_value(self.max_value),
            )  # fmt: skip
        return False

    def _find_fault_between(self, before, candidate, after):
        """What is wrong with a counter's reading between the ones before and after it (or None)."""
        self.ensure_one()
        current = Neighbour(candidate.date, candidate.value)
        for first, second, is_late in ((before, current, False), (current, after, True)):
            if not first or not second or (after.is_reset if is_late else candidate.is_reset):
                continue
            use = self._get_use(first.value, second.value)
            if use is None:
                return self._describe_step_back(candidate, after if is_late else before, is_late)
            # a counter that steps in whole units may do a day's use in one step
            days = max((second.date - first.date) / timedelta(days=1), 1.0)
            if self.max_daily_use and use > self.max_daily_use * days:
                words = {
                    "value": self._format_value(candidate.value), "use": self._format_value(use), "meter": self.display_name,
                    "days": format_number(self.env, round(days, 1)),
                }  # fmt: skip
                if round(days, 1) == 1:
                    return self.env._("%(value)s means %(use)s in a day, more than %(meter)s can count.", **words)
                return self.env._("%(value)s means %(use)s in %(days)s days, more than %(meter)s can count.", **words)
        return False

    def _describe_step_back(self, candidate, other, is_late):
        values = {
            "value": self._format_value(candidate.value),
            "meter": self.display_name,
            "other": self._format_value(other.value),
            "date": self._format_moment(other.date),
        }
        if is_late:
            return self.env._(
                "%(value)s is higher than the later reading of %(meter)s, %(other)s of %(date)s.", **values
            )
        return self.env._(
            "%(value)s is lower than the reading of %(meter)s before it, %(other)s of %(date)s; if the counter was reset or "
            "replaced, say so, and if it does that by itself, let a planner tick “Falls back by itself” on the meter.",
            **values,
        )

    def _get_use(self, first, second):
        """Units counted from ``first`` to ``second``; None when a counter cannot have gone that way.

        A step back is a new start from zero when it means less than half of what the counter can show, or when a
        counter that falls back by itself falls to a tenth of what it showed.
        """
        use = second - first
        if use < 0 and self.rollover_value:
            use += self.rollover_value
            return use if use <= self.rollover_value / 2 else None
        if use < 0 and self.falls_back:
            return second if 0 <= second <= first / 10 else None
        return use if use >= 0 else None

    def _get_neighbours(self, candidates, instead_of=None):
        """``[(before, after)]`` for each of ``candidates`` among the readings there are, each may be None."""
        if not candidates:
            return []
        self.env["maintenance.meter.reading"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT before.date, before.value, after.date, after.value, after.is_reset
                  FROM unnest(%(meters)s, %(dates)s::timestamp[]) WITH ORDINALITY AS candidate (meter_id, date, n)
                  LEFT JOIN LATERAL (
                       SELECT date, value FROM maintenance_meter_reading
                        WHERE meter_id = candidate.meter_id AND date <= candidate.date AND id != ALL(%(without)s)
                        ORDER BY date DESC, id DESC LIMIT 1) before ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT date, value, is_reset FROM maintenance_meter_reading
                        WHERE meter_id = candidate.meter_id AND date > candidate.date AND id != ALL(%(without)s)
                        ORDER BY date, id LIMIT 1) after ON TRUE
                 ORDER BY candidate.n
                """,
                meters=[candidate.meter_id for candidate in candidates],
                dates=[candidate.date for candidate in candidates],
                without=list(instead_of.ids) if instead_of else [0],
            )
        )
        return [
            (
                Neighbour(*row[:2]) if row[0] else None,
                Neighbour(row[2], row[3], bool(row[4])) if row[2] else None,
            )
            for row in self.env.cr.fetchall()
        ]

    def _format_value(self, value):
        """``value`` with the unit of the meter, without needless decimals."""
        return self._format_number(value, self.unit)

    @api.model
    def _format_number(self, value, unit):
        number = format_number(self.env, round(value, 4)) if abs(value) < MAX_VALUE else str(value)
        return f"{number} {unit}" if unit else number

    def _format_moment(self, moment):
        """``moment`` (UTC) as a clock in the plant shows it, with its zone."""
        zone = self.company_id._get_plant_timezone()
        return f"{format_moment(self.env, moment, tz=zone.zone)} {UTC.localize(moment).astimezone(zone).tzname()}"
