"""Days on which work is done, read from working hours once per year and calendar."""

from datetime import date, datetime, time, timedelta

#: When the day begins where no working hours say so.
DEFAULT_OPENING = time(8)

#: How far a working day is looked for; beyond it the day stays as it is.
SEARCHED_DAYS = 62

#: What happens to work that falls on a day on which nobody works.
DAY_RULES = [
    ("keep", "Stays on that day"),
    ("next", "Moves to the next working day"),
    ("previous", "Moves to the working day before"),
    ("skip", "Is left out"),
]


class WorkingDays:
    """The working days of a calendar, without weekends and days off, as the plant counts days."""

    def __init__(self, calendar, zone):
        """
        :param calendar: a `resource.calendar`; without one every day is a working day.
        :param zone: the time zone of the plant.
        """
        self.calendar = calendar
        self.zone = zone
        self._openings = {}

    def _load(self, year):
        start = self.zone.localize(datetime(year, 1, 1))
        stop = self.zone.localize(datetime(year + 1, 1, 1))
        openings = self._openings[year] = {}
        for begin, _end, _meta in self.calendar._work_intervals_batch(start, stop)[False]:
            begin = begin.astimezone(self.zone)
            openings.setdefault(begin.date(), begin.time())
        return openings

    def _get_opening(self, day):
        openings = self._openings.get(day.year)
        return (self._load(day.year) if openings is None else openings).get(day)

    def is_working(self, day):
        return not self.calendar or self._get_opening(day) is not None

    def get_opening(self, day):
        """When work begins on ``day``."""
        return (self.calendar and self._get_opening(day)) or DEFAULT_OPENING

    def shift(self, day, rule):
        """The day to which work due on ``day`` goes by ``rule`` (`DAY_RULES`); None when it is left out."""
        if rule == "keep" or self.is_working(day):
            return day
        if rule == "skip":
            return None
        step = timedelta(days=1 if rule == "next" else -1)
        moved: date = day
        for _attempt in range(SEARCHED_DAYS):
            moved += step
            if self.is_working(moved):
                return moved
        return day
