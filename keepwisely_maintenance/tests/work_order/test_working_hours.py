from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from ...models.work_order.working_hours import add_up, get_end, get_hours, spread
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestWorkingHours(MaintenanceCase):
    """From hours to the end of a plan and back, worked out by hand. Open Monday to Friday from 8 to 12 and 13 to 17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Day shift", "tz": "Europe/Berlin",
                "attendance_ids": [Command.clear()] + [
                    Command.create({"name": f"{day} {begin}", "dayofweek": str(day), "hour_from": begin, "hour_to": begin + 4})
                    for day in range(5) for begin in (8, 13)
                ],
            }
        )  # fmt: skip
        cls.nobody = cls.env["resource.resource"]
        cls.company.resource_calendar_id.tz = "Europe/Berlin"

    def _at(self, day, hour, minute=0):
        """A moment of March 2027 in UTC, when Berlin is an hour ahead; the 1st is a Monday."""
        return datetime(2027, 3, day, hour, minute) - timedelta(hours=1)

    def test_the_end_of_so_many_hours(self):
        for day, hour, hours, until in (
            (1, 8, 4, (1, 12)), (1, 8, 5, (1, 14)), (1, 8, 8, (1, 17)), (1, 16, 2, (2, 9)), (5, 16, 2, (8, 9)), (1, 7, 1, (1, 9)),
        ):  # fmt: skip
            with self.subTest(day=day, hour=hour, hours=hours):
                self.assertEqual(get_end(self.calendar, self.nobody, self._at(day, hour), hours), self._at(*until))

    def test_after_hours_means_just_then(self):
        for day, hour in ((1, 17), (1, 20), (6, 9)):
            with self.subTest(day=day, hour=hour):
                start = self._at(day, hour)
                self.assertEqual(get_end(self.calendar, self.nobody, start, 3), start + timedelta(hours=3))
        self.assertEqual(get_end(self.env["resource.calendar"], self.nobody, self._at(1, 20), 3), self._at(1, 23))
        odd = self._at(1, 20) + timedelta(microseconds=7)
        self.assertEqual(get_end(self.calendar, self.nobody, odd, 1), self._at(1, 21), "whole seconds")

    def test_hours_between_two_moments(self):
        for begin, end, hours in (
            ((1, 8), (1, 12), 4), ((1, 8), (1, 17), 8), ((1, 8), (2, 9), 9), ((5, 16), (8, 9), 2),
            ((1, 18), (1, 20), 2), ((6, 8), (6, 20), 12), ((6, 8), (6, 20, 1), 0), ((1, 8), (1, 8, 20), 0.33),
        ):  # fmt: skip
            with self.subTest(begin=begin, end=end):
                self.assertEqual(get_hours(self.calendar, self.nobody, self._at(*begin), self._at(*end)), hours)
        none = self.env["resource.calendar"]
        self.assertEqual(get_hours(none, self.nobody, self._at(1, 0), self._at(1, 12)), 12)
        self.assertEqual(get_hours(none, self.nobody, self._at(1, 0), self._at(1, 13)), 13, "where every hour counts")

    def test_hours_by_day(self):
        """Cut at midnight of the plant."""
        self.assertEqual(add_up(self.company, [(self._at(1, 22), self._at(2, 3)), (self._at(2, 8), self._at(2, 9))]),
                         {date(2027, 3, 1): 2, date(2027, 3, 2): 4})  # fmt: skip
        self.assertEqual(add_up(self.company, [(self._at(1, 22), self._at(3, 1))]),
                         {date(2027, 3, 1): 2, date(2027, 3, 2): 24, date(2027, 3, 3): 1})  # fmt: skip
        self.assertEqual(add_up(self.company, [(self._at(1, 9), self._at(1, 9))]), {})

    def test_spread_over_days(self):
        monday, tuesday = date(2027, 3, 1), date(2027, 3, 2)
        open_hours = [(self._at(1, 8), self._at(1, 12)), (self._at(2, 8), self._at(2, 12)), (self._at(3, 8), self._at(3, 12))]
        start, end = self._at(1, 10), self._at(2, 12)
        self.assertEqual(spread(self.company, open_hours, start, end, 3), {monday: 1, tuesday: 2})
        self.assertEqual(spread(self.company, open_hours, self._at(1, 12), self._at(2, 8), 20), {monday: 12, tuesday: 8},
                         "no hours in between: by the clock")  # fmt: skip
        self.assertEqual(spread(self.company, [], self._at(1, 18), self._at(2, 6), 6), {monday: 3, tuesday: 3})
