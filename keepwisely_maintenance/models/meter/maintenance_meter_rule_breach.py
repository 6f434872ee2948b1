from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models

from ...const import DONE_STATES

#: Readings older than this when they come say what was; a gateway may have been without a signal for some days.
PAST = timedelta(days=7)


@dataclass
class Breach:
    """A time in which a rule is breached: from the reading that breached it to the one that came back."""

    start: datetime
    value: float | None = None
    #: the last reading before it that was back in range
    cleared_before: datetime | None = None
    end: datetime | None = None

    def covers(self, moment):
        return self.start <= moment and (not self.end or moment <= self.end)


class MaintenanceMeterRuleBreach(models.Model):
    """What rules make of readings.

    A rule plays the last readings of its meter by time, old and new ones together, so that late ones fall into
    place. It acts on a breach on which it has not acted, if that begins with the newest readings or lasts until
    now; what a late reading says about a past that is over changes nothing.
    """

    _inherit = "maintenance.meter.rule"

    def _follow(self, rows, new_ids, latest_before):
        """Act on what ``rows`` (by time) say.

        :param new_ids: the readings that the rule has not seen.
        :param latest_before: time of the latest reading that it has seen, None for none.
        :returns: the work orders that were opened.
        """
        self.ensure_one()
        opened = self.env["maintenance.request"]
        measures = self._get_measures(rows)
        breaches, out_since = self._find_breaches(rows, measures)
        for breach in breaches:
            if self._was_acted_on(breach):
                continue
            if self._is_past(breach, rows):
                continue
            if not breach.end or not latest_before or breach.start >= latest_before:
                opened |= self._act_on(breach)
        is_breached = bool(breaches) and not breaches[-1].end
        # what lasted when the past ended is acted on when it still does
        is_breached = is_breached and (self.is_breached or not self._is_past(breaches[-1], rows))
        if (self.is_breached, self.out_since) != (is_breached, out_since):
            self.write({"is_breached": is_breached, "out_since": out_since})
        if self._has_open_request():
            self._note(rows, measures, new_ids, breaches)
        elif self.open_request_id and not is_breached:
            self.open_request_id = False
        return opened

    def _is_past(self, breach, rows):
        """Whether it was over, or last seen, a week before it became known: what was brought in, not what is."""
        return not self.follows_past and (breach.end or rows[-1].date) < fields.Datetime.now() - PAST

    def _has_open_request(self):
        return bool(self.open_request_id) and self.open_request_id.state not in (*DONE_STATES, "cancelled")

    def _find_breaches(self, rows, measures):
        """The breaches in ``rows``, and since when the value is beyond the threshold now (False when it is not)."""
        breaches, current, cleared = [], None, None
        since, count = False, 0
        if self.is_breached and self.breach_date < rows[0].date:
            current = Breach(self.breach_date)
        if self.out_since and self.out_since < rows[0].date:
            since = self.out_since
        span = timedelta(minutes=self.minutes)
        for row, value in zip(rows, measures, strict=True):
            if self._is_clear(value):
                cleared = row.date
                if current:
                    current.end = row.date
                    breaches.append(current)
                    current = None
            if not self._is_beyond(value):
                since, count = False, 0
                continue
            since, count = since or row.date, count + 1
            if not current and count >= self.consecutive and row.date - since >= span:
                current = Breach(row.date, value, cleared)
        if current:
            breaches.append(current)
        return breaches, since

    def _was_acted_on(self, breach):
        """Whether it is the breach acted on last, even if a late reading moved its beginning, or an older one."""
        if not self.breach_date:
            return False
        if breach.cleared_before:
            return breach.cleared_before <= self.breach_date
        return self.is_breached or breach.start <= self.breach_date

    def _act_on(self, breach):
        """Open a work order, or add to the one that this rule opened.

        :returns: what was opened.
        """
        if self._has_open_request():
            self.write(
                {"breach_date": breach.start, "is_breached": True, "breach_count": self.breach_count + 1}
            )
            return self.open_request_id.browse()
        # nobody works on what was archived
        is_kept = self.meter_id.equipment_id.active or not self.meter_id.equipment_id
        request = self._open_request(breach) if is_kept else self.open_request_id.browse()
        self.write(
            {
                "breach_date": breach.start,
                "first_breach_date": breach.start,
                "is_breached": True,
                "open_request_id": request.id,
                "note_id": False,
                "breach_count": 1,
                "later_count": 0,
                "peak": breach.value,
            }
        )
        return request
