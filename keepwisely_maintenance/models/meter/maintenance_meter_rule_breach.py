from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.tools import groupby

from ...const import DONE_STATES
from .maintenance_meter_watch import Moment

#: Readings older than this when they come say what was; a gateway may have been without a signal for some days.
PAST = timedelta(days=7)


@dataclass
class Breach:
    """A time in which a rule is breached: from the reading that breached it to the one that came back."""

    start: datetime
    #: of each condition
    values: tuple | None = None
    #: the last reading before it that was back in range
    cleared_before: datetime | None = None
    end: datetime | None = None

    def covers(self, moment):
        return self.start <= moment and (not self.end or moment <= self.end)


class MaintenanceMeterRuleBreach(models.Model):
    """What rules make of readings.

    A rule plays the last readings of its meters by time, old and new ones together, so that late ones fall into
    place. It acts on a breach on which it has not acted, if that begins with the newest readings or lasts until
    now; what a late reading says about a past that is over changes nothing.
    """

    _inherit = "maintenance.meter.rule"

    def _get_moments(self, rows, begins):
        """The moments at which something was read, by time.

        What was read at the same moment belongs together, however it came. Of meters that were not read then the last
        reading before counts for ``max_age`` minutes.

        :param rows: ``{meter id: [Row] by time}`` of the meters of this rule.
        :param begins: moments from which on all readings of a meter are among them.
        """
        self.ensure_one()
        if len(rows) == 1:
            [(meter_id, own)] = rows.items()
            return [Moment(row.date, frozenset([row.id]), {meter_id: row}) for row in own]
        begin = max((begins[meter_id] for meter_id in rows if meter_id in begins), default=None)
        by_time = sorted((row.date, row.id, meter_id, row) for meter_id, own in rows.items() for row in own)
        max_age, known, moments = timedelta(minutes=self.max_age), {}, []
        for date, readings in groupby(by_time, key=lambda item: item[0]):
            known.update((meter_id, row) for _date, _id, meter_id, row in readings)
            ids = frozenset(reading_id for _date, reading_id, _meter_id, _row in readings)
            if not begin or date >= begin:
                valid = {meter_id: row for meter_id, row in known.items() if date - row.date <= max_age}
                moments.append(Moment(date, ids, valid))
        return moments

    def _follow(self, moments, rows, new_ids, latest_before):
        """Act on what ``moments`` (by time) say.

        :param rows: ``{meter id: [Row] by time}``
        :param new_ids: the readings that the rule has not seen.
        :param latest_before: time of the latest reading that it has seen, None for none.
        :returns: the work orders that were opened.
        """
        self.ensure_one()
        opened = self.env["maintenance.request"]
        measures = list(zip(*(condition._get_values(moments, rows) for condition in self._get_conditions()), strict=True))
        breaches, out_since = self._find_breaches(moments, measures)
        for breach in breaches:
            if self._was_acted_on(breach):
                continue
            if self._is_past(breach, moments):
                continue
            if not breach.end or not latest_before or breach.start >= latest_before:
                opened |= self._act_on(breach)
        is_breached = bool(breaches) and not breaches[-1].end
        # what lasted when the past ended is acted on when it still does
        is_breached = is_breached and (self.is_breached or not self._is_past(breaches[-1], moments))
        if (self.is_breached, self.out_since) != (is_breached, out_since):
            self.write({"is_breached": is_breached, "out_since": out_since})
        if self._has_open_request():
            self._note(moments, measures, new_ids, breaches)
        elif self.open_request_id and not is_breached:
            self.open_request_id = False
        return opened

    def _is_past(self, breach, moments):
        """Whether it was over, or last seen, a week before it became known: what was brought in, not what is."""
        return not self.follows_past and (breach.end or moments[-1].date) < fields.Datetime.now() - PAST

    def _has_open_request(self):
        return bool(self.open_request_id) and self.open_request_id.state not in (*DONE_STATES, "cancelled")

    def _find_breaches(self, moments, measures):
        """The breaches in ``moments``, and since when the rule is beyond now (False when it is not)."""
        breaches, current, cleared = [], None, None
        since, count = False, 0
        if self.is_breached and self.breach_date < moments[0].date:
            current = Breach(self.breach_date)
        if self.out_since and self.out_since < moments[0].date:
            since = self.out_since
        span = timedelta(minutes=self.minutes)
        for moment, values in zip(moments, measures, strict=True):
            is_clear, is_beyond = self._judge(values)
            if is_clear:
                cleared = moment.date
                if current:
                    current.end = moment.date
                    breaches.append(current)
                    current = None
            if is_beyond is False:
                since, count = False, 0
            if not is_beyond:
                continue
            since, count = since or moment.date, count + 1
            if not current and count >= self.consecutive and moment.date - since >= span:
                current = Breach(moment.date, values, cleared)
        if current:
            breaches.append(current)
        return breaches, since

    def _was_acted_on(self, breach):
        """Whether it is the breach acted on last, even if a late reading moved its beginning, or an older one."""
        if not self.breach_date:
            return False
        if breach.start <= self.breach_date:
            return True
        # back in range at the very moment: what was acted on there was taken back by a correction
        return breach.cleared_before < self.breach_date if breach.cleared_before else self.is_breached

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
                "peak": breach.values[0],
            }
        )
        return request
