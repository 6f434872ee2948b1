from datetime import date, datetime, time

import pytz

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from ...models.preventive.schedule_working_days import DEFAULT_OPENING, WorkingDays


class Calendar:
    """Opens at the hours of UTC given by day; the days are asked for once a year."""

    def __init__(self, **openings):
        self.openings = {date.fromisoformat(day[1:].replace("_", "-")): hour for day, hour in openings.items()}
        self.asked = []

    def _work_intervals_batch(self, start, stop):
        self.asked.append((start, stop))
        moments = [datetime(day.year, day.month, day.day, hour, tzinfo=pytz.utc) for day, hour in self.openings.items()]
        return {False: [(moment, moment, None) for moment in sorted(moments) if start <= moment < stop]}


@tagged("post_install", "-at_install")
class TestWorkingDays(TransactionCase):
    """Which day work goes to, and when the day begins there."""

    def test_without_working_hours_every_day_counts(self):
        days = WorkingDays(None, pytz.utc)
        self.assertTrue(days.is_working(date(2027, 1, 2)))
        self.assertEqual(days.get_opening(date(2027, 1, 2)), DEFAULT_OPENING)
        self.assertEqual(days.shift(date(2027, 1, 2), "skip"), date(2027, 1, 2))

    def test_each_rule(self):
        days = WorkingDays(Calendar(d2027_03_05=6, d2027_03_08=7), pytz.utc)
        friday, saturday, sunday, monday = (date(2027, 3, day) for day in (5, 6, 7, 8))
        for rule, moved in (("keep", saturday), ("next", monday), ("previous", friday), ("skip", None)):
            with self.subTest(rule=rule):
                self.assertEqual(days.shift(saturday, rule), moved)
                self.assertEqual(days.shift(sunday, rule), sunday if rule == "keep" else moved)
                self.assertEqual(days.shift(friday, rule), friday, "work is done then")
        self.assertEqual((days.get_opening(friday), days.get_opening(monday)), (time(6), time(7)))
        self.assertEqual(days.get_opening(saturday), DEFAULT_OPENING)

    def test_as_the_plant_counts_days(self):
        """23:30 UTC on the 4th is the 5th in Berlin, and the earliest of a day is its opening."""
        zone = pytz.timezone("Europe/Berlin")
        days = WorkingDays(Calendar(d2027_03_04=23, d2027_03_08=6), zone)
        self.assertFalse(days.is_working(date(2027, 3, 4)))
        self.assertEqual(days.get_opening(date(2027, 3, 5)), time(0))
        self.assertEqual(days.get_opening(date(2027, 3, 8)), time(7))

    def test_the_first_hours_of_a_day_open_it(self):
        class TwoShifts(Calendar):
            def _work_intervals_batch(self, start, stop):
                moments = [datetime(2027, 3, 5, hour, tzinfo=pytz.utc) for hour in (6, 14)]
                return {False: [(moment, moment, None) for moment in moments]}

        self.assertEqual(WorkingDays(TwoShifts(), pytz.utc).get_opening(date(2027, 3, 5)), time(6))

    def test_each_year_is_read_once_and_whole(self):
        calendar = Calendar(d2026_12_31=6, d2027_01_01=6, d2027_12_31=6)
        days = WorkingDays(calendar, pytz.utc)
        for day in (date(2027, 1, 1), date(2027, 12, 31), date(2027, 6, 1), date(2026, 12, 31)):
            days.is_working(day)
        self.assertEqual([(start.date(), stop.date()) for start, stop in calendar.asked],
                         [(date(2027, 1, 1), date(2028, 1, 1)), (date(2026, 1, 1), date(2027, 1, 1))])  # fmt: skip
        self.assertTrue(days.is_working(date(2027, 12, 31)))
        self.assertEqual(days.shift(date(2027, 1, 5), "previous"), date(2027, 1, 1), "over days without work")
        self.assertEqual(days.shift(date(2026, 12, 30), "next"), date(2026, 12, 31))

    def test_how_far_a_day_is_looked_for(self):
        days = WorkingDays(Calendar(d2027_07_01=6), pytz.utc)
        self.assertEqual(days.shift(date(2027, 4, 30), "next"), date(2027, 7, 1), "62 days")
        self.assertEqual(days.shift(date(2027, 4, 29), "next"), date(2027, 4, 29), "63 days: it stays")
