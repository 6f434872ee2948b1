"""The check of days finds each that is taken in UTC or for who looks, and none that is the plant's. Run by `make lint`."""

import tempfile
import unittest
from pathlib import Path

from kw.days import check


class TestDays(unittest.TestCase):
    def find(self, code, listed=()):
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / "models").mkdir()
            (Path(name) / "models" / "planted.py").write_text(code)
            return list(check(Path(name), list(listed)))

    def test_raw_days(self):
        for line in (
            "job.schedule_date.date()",
            "fields.Date.today()",
            "date.today()",
            "fields.Date.context_today(self, moment)",
            "fields.Date(default=fields.Date.context_today)",
            "fields.Datetime.context_timestamp(self, moment)",
            "fields.Date.to_date(values['date_planned'])",
            "SQL('SELECT move.date::date')",
            "SQL(\"SELECT (move.date AT TIME ZONE 'UTC')::date\")",
            "SQL('SELECT date_trunc(%s, move.date)')",
            "SQL('WHERE date < CURRENT_DATE')",
        ):
            with self.subTest(line=line):
                self.assertEqual(len(self.find(f"def planted():\n    return {line}\n")), 1)

    def test_days_of_the_plant(self):
        for line in (
            "self.company_id._get_plant_day(job.schedule_date)",
            "fields.Date.subtract(day, days=1)",
            "datetime.date(2026, 1, 2)",
            "line.date",
            "SQL('NULL::date, %s::date')",
            "SQL(\"(move.date AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date\")",
        ):
            with self.subTest(line=line):
                self.assertFalse(self.find(f"def planted():\n    '''Like x.date() and x::date'''\n    return {line}\n"))

    def test_the_list(self):
        raw = "def planted():\n    return moment.date()\n"
        self.assertFalse(self.find(raw, ["models/planted.py planted | the day of who looks"]))
        self.assertEqual(len(self.find(raw, ["models/planted.py planted |"])), 1)
        self.assertEqual(len(self.find("", ["models/planted.py planted | gone"])), 1)
