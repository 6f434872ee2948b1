from datetime import date, timedelta
from itertools import islice

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from ...models.preventive.schedule_dates import Rule, first_index_after


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@tagged("post_install", "-at_install")
class TestScheduleDates(TransactionCase):
    """Dates worked out by hand with a calendar on paper."""

    def _first(self, rule, anchor, count, **kwargs):
        return [due for _nominal, due in islice(rule.get_dates(date.fromisoformat(anchor), **kwargs), count)]

    def test_fixed_dates(self):
        for interval, unit, anchor, expected in (
            (1, "day", "2028-02-28", ("2028-02-28", "2028-02-29", "2028-03-01")),
            (1, "day", "2027-02-27", ("2027-02-27", "2027-02-28", "2027-03-01")),
            (10, "day", "2026-12-20", ("2026-12-20", "2026-12-30", "2027-01-09")),
            (1, "week", "2026-12-28", ("2026-12-28", "2027-01-04", "2027-01-11")),
            (2, "week", "2028-02-21", ("2028-02-21", "2028-03-06", "2028-03-20")),
            # the end of a month stays the end of a month
            (1, "month", "2027-01-31", ("2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31")),
            (1, "month", "2028-01-31", ("2028-01-31", "2028-02-29", "2028-03-31")),
            (1, "month", "2027-01-30", ("2027-01-30", "2027-02-28", "2027-03-30")),
            (3, "month", "2026-11-30", ("2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30")),
            (6, "month", "2027-08-31", ("2027-08-31", "2028-02-29", "2028-08-31", "2029-02-28")),
            # 29 February comes every fourth year, and 2100 has none
            (1, "year", "2028-02-29", ("2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29")),
            (4, "year", "2092-02-29", ("2092-02-29", "2096-02-29", "2100-02-28", "2104-02-29")),
            (1, "year", "2026-12-31", ("2026-12-31", "2027-12-31")),
        ):
            with self.subTest(interval=interval, unit=unit, anchor=anchor):
                self.assertEqual(self._first(Rule(interval, unit), anchor, len(expected)), days(*expected))

    def test_going_on_after_a_day_is_the_same_as_counting_from_the_anchor(self):
        """Wherever one takes up the grid, no date is lost, doubled or moved."""
        for interval, unit, anchor in (
            (1, "day", "2027-01-31"), (3, "day", "2027-01-31"), (1, "week", "2027-01-31"), (2, "week", "2027-03-25"),
            (1, "month", "2027-01-31"), (5, "month", "2026-10-30"), (1, "year", "2028-02-29"), (3, "year", "2024-02-29"),
        ):  # fmt: skip
            rule, start = Rule(interval, unit), date.fromisoformat(anchor)
            grid = self._first(rule, anchor, 410)
            for offset in range(-2, 400):
                day = start + timedelta(days=offset)
                index = first_index_after(start, interval, unit, day)
                expected = next(number for number, due in enumerate(grid) if due > day)
                if index != expected:
                    self.fail(f"every {interval} {unit} from {anchor}: after {day} comes {expected}, not {index}")

    def test_seasons(self):
        summer, winter = Rule(1, "month", (4, 9)), Rule(1, "month", (11, 2))
        self.assertEqual(
            self._first(summer, "2027-07-31", 5), days("2027-07-31", "2027-08-31", "2027-09-30", "2028-04-30", "2028-05-31")
        )
        self.assertEqual(
            self._first(winter, "2027-09-15", 5), days("2027-11-15", "2027-12-15", "2028-01-15", "2028-02-15", "2028-11-15")
        )
        one_month = Rule(1, "day", (2, 2))
        self.assertEqual(
            self._first(one_month, "2028-02-28", 3, after=date(2028, 2, 27)), days("2028-02-28", "2028-02-29", "2029-02-01")
        )
        self.assertFalse(self._first(Rule(1, "year", (4, 9)), "2027-01-31", 1), "never in season, and found out in time")

    def test_the_end_is_the_last_day(self):
        self.assertEqual(
            self._first(Rule(1, "month", end=date(2027, 3, 31)), "2027-01-31", 9), days("2027-01-31", "2027-02-28", "2027-03-31")
        )
        self.assertIsNone(Rule(1, "month", end=date(2027, 3, 27)).get_date_from(date(2027, 2, 28)))

    def test_counted_from_completion(self):
        for interval, unit, season, done, expected in (
            (1, "month", None, "2027-01-31", "2027-02-28"),
            (1, "month", None, "2028-01-31", "2028-02-29"),
            (1, "month", None, "2027-02-28", "2027-03-28"),
            (90, "day", None, "2026-12-01", "2027-03-01"),
            (1, "year", None, "2028-02-29", "2029-02-28"),
            (2, "week", None, "2028-02-17", "2028-03-02"),
            # out of season it waits for the first day of the season
            (1, "month", (4, 9), "2027-09-20", "2028-04-01"),
            (1, "month", (11, 2), "2028-02-10", "2028-11-01"),
            (1, "month", (4, 9), "2027-05-20", "2027-06-20"),
        ):
            with self.subTest(done=done, interval=interval, unit=unit, season=season):
                rule = Rule(interval, unit, season)
                self.assertEqual(rule.get_date_from(date.fromisoformat(done)), date.fromisoformat(expected))

    def test_days_that_are_moved_to_one_day_are_one(self):
        monday = {5: 2, 6: 1}
        rule = Rule(1, "day", shift=lambda day: day + timedelta(days=monday.get(day.weekday(), 0)))
        # 2027-01-01 is a Friday
        self.assertEqual(self._first(rule, "2027-01-01", 3), days("2027-01-01", "2027-01-04", "2027-01-05"))
        self.assertEqual(
            self._first(rule, "2027-01-01", 2, after=date(2027, 1, 2), last=date(2027, 1, 4)), days("2027-01-05", "2027-01-06")
        )
