"""Due dates of preventive work: plain days of the plant, without time zones and without a database.

A *grid* is an anchor and its multiples of an interval. Every date is counted from the anchor, never from
the date before it, so 31 January and a month gives 28 February and then 31 March.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

#: How the units are called by `relativedelta`.
UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}

#: How many dates of a grid are looked at for one that counts; daily work within a season of a month needs 366.
MAX_STEPS = 1500


def add_interval(day, count, unit):
    """``day`` and ``count`` days, weeks, months or years; the last day of a month where that is too short."""
    return day + relativedelta(**{UNITS[unit]: count})


def first_index_after(anchor, interval, unit, day):
    """The number of the first date of the grid after ``day``; 0 is the anchor itself."""
    if day < anchor:
        return 0
    if unit in ("day", "week"):
        length = interval * (7 if unit == "week" else 1)
        return (day - anchor).days // length + 1
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    index = months // (interval * (12 if unit == "year" else 1))
    while add_interval(anchor, index * interval, unit) <= day:
        index += 1
    return index


class Rule(NamedTuple):
    """When work comes round again."""

    interval: int
    unit: str
    #: First and last month of the season, 1 to 12; from November to February is a season too. None for all year.
    season: tuple[int, int] | None = None
    #: No work is due after this day.
    end: date | None = None
    #: Moves a day to one on which work may be done; None when the day is left out.
    shift: Callable[[date], date | None] = lambda day: day

    def is_in_season(self, day):
        if not self.season:
            return True
        first, last = self.season
        if first <= last:
            return first <= day.month <= last
        return day.month >= first or day.month <= last

    def move_into_season(self, day):
        """``day``, or the first day of the next season."""
        while not self.is_in_season(day):
            day = (day + relativedelta(months=1)).replace(day=1)
        return day

    def get_dates(self, anchor, after=None, last=None):
        """Dates of the grid that count, as pairs of the date on the grid and the day the work is due.

        :param after: the first date on the grid is later than this one.
        :param last: the first due day is later than this one; two dates that are moved to one day are one.
        """
        start = first_index_after(anchor, self.interval, self.unit, after) if after else 0
        for index in range(start, start + MAX_STEPS):
            nominal = add_interval(anchor, index * self.interval, self.unit)
            if self.end and nominal > self.end:
                return
            due = self.shift(nominal) if self.is_in_season(nominal) else None
            if due and (not last or due > last):
                last = due
                yield nominal, due

    def get_date_from(self, done):
        """The due day of the work that follows work done on ``done``; None when it has ended.

        Out of season it waits for the season, and a day that is left out becomes the next one.
        """
        nominal = self.move_into_season(add_interval(done, self.interval, self.unit))
        for _attempt in range(MAX_STEPS):
            if self.end and nominal > self.end:
                return None
            due = self.shift(nominal)
            if due:
                return due
            nominal = self.move_into_season(nominal + relativedelta(days=1))
        return None
