from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .test_schedule import ScheduleCase


@tagged("post_install", "-at_install")
class TestScheduleMeter(ScheduleCase):
    """Oil every 500 hours. The conveyor runs 10 hours a day from 1 January 2027 on, at noon of which it shows 1,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.meter = cls.env["maintenance.meter"].create(
            {"name": "Hours run", "code": "C3-H", "equipment_id": cls.conveyor.id, "unit": "h"}
        )
        cls._read("2027-01-01", 1000)

    @classmethod
    def _read(cls, day, value, **values):
        with freeze_time(f"{day} 12:00:00"):
            cls.env["maintenance.meter.reading"].create(
                {"meter_id": cls.meter.id, "value": value, "date": f"{day} 12:00:00", **values}
            )

    def _oil(self, **values):
        with freeze_time("2027-01-01 13:00:00"):
            return self._schedule(
                False, name="Change the oil", trigger="meter", meter_interval=500, is_pre_approved=True, **values
            )

    def test_due_when_the_meter_is_forecast_to_reach_it(self):
        schedule = self._oil(lead_days=5)
        line = schedule.asset_ids
        self.assertEqual((line.meter_id, line.next_meter_value), (self.meter, 1500.0))
        self.assertFalse(schedule.next_date, "nothing is known of its use")
        self._read("2027-01-11", 1100)
        self.assertEqual(schedule.next_date, date(2027, 2, 20), "400 hours at 10 a day")
        # from the 16th on at 20 hours a day
        self._read("2027-01-16", 1150)
        self._read("2027-01-31", 1450)
        self.assertEqual(line.meter_id.average_daily_use, 15)
        self.assertEqual(schedule.next_date, date(2027, 2, 3), "50 hours at 15 a day")
        self._run("2027-01-28")
        self._run("2027-01-29")
        self.assertEqual(self._dues(schedule), ["2027-02-03"])
        self.assertEqual(line.next_meter_value, 2000)
        self._complete(schedule.request_ids, "2027-02-02 12:00:00")
        self.assertEqual(line.next_meter_value, 2000, "fixed: done at 1,480, due at 2,000 all the same")

    def test_counted_from_completion(self):
        schedule = self._oil(basis="completion")
        self._read("2027-02-20", 1500)
        self._run("2027-02-20")
        self.assertEqual(self._dues(schedule), ["2027-02-20"])
        self._read("2027-03-02", 1600)
        self._run("2027-03-02")
        self._complete(schedule.request_ids, "2027-03-02 13:00:00")
        self.assertEqual(schedule.asset_ids.next_meter_value, 2100)
        self.assertEqual(schedule.next_date, date(2027, 4, 21))

    def test_several_intervals_missed_make_one(self):
        schedule = self._oil()
        self._read("2027-07-20", 3000)
        self._run("2027-07-20")
        self.assertEqual(len(schedule.request_ids), 1)
        self.assertEqual(schedule.asset_ids.next_meter_value, 3500)
        self._read("2027-09-28", 3700)
        self._run("2027-09-28")
        self._run("2027-09-29")
        self.assertEqual(len(schedule.request_ids), 1, "left out while the first is open")
        self.assertEqual(schedule.asset_ids.next_meter_value, 4000)

    def test_a_counter_that_was_replaced(self):
        schedule = self._oil()
        self._read("2027-02-10", 1400)
        self._read("2027-02-11", 0, is_reset=True)
        self._read("2027-02-21", 100)
        self._run("2027-02-21")
        self.assertEqual(len(schedule.request_ids), 1, "400 and 100 hours")

    def test_time_or_meter_whichever_comes_first(self):
        with freeze_time("2027-01-01 13:00:00"):
            schedule = self._schedule(
                "2027-03-31", name="Change the oil", trigger="both", meter_interval=500, interval=3, is_pre_approved=True
            )
        self._read("2027-01-31", 1300)
        self.assertEqual(schedule.next_date, date(2027, 2, 20))
        self._read("2027-02-20", 1500)
        self._run("2027-02-20")
        self._complete(schedule.request_ids, "2027-02-20 15:00:00")
        line = schedule.asset_ids
        self.assertEqual(line.next_meter_value, 2000)
        # it stands still: three months after the last job time is up
        self._read("2027-05-20", 1600)
        self.assertEqual(schedule.next_date, date(2027, 5, 20))
        self._run("2027-05-20")
        self.assertEqual(self._dues(schedule), ["2027-02-20", "2027-05-20"])
        self.assertEqual(line.next_meter_value, 2100, "the meter begins anew as well")

    def test_the_year_ahead(self):
        schedule = self._oil(basis="completion")
        self._read("2027-01-31", 1300)
        with freeze_time("2027-02-01 12:00:00"):
            rows = self.env["maintenance.schedule.forecast"].search([("schedule_id", "=", schedule.id)], order="date")
            self.assertEqual(
                rows.mapped("date")[:4], [date(2027, 2, 20), date(2027, 4, 11), date(2027, 5, 31), date(2027, 7, 20)]
            )
            self.assertEqual(set(rows.mapped("kind")), {"estimate"})
            rule = schedule._get_rules()[schedule]
            self.assertEqual(rows.mapped("date"), schedule.asset_ids._get_coming_dates(rule, date(2028, 2, 2)))

    def test_which_meter(self):
        other = self.meter.copy({"name": "Way", "code": "C3-KM", "unit": "km"})
        self.assertFalse(self._oil().asset_ids.meter_id, "two counters: somebody has to say which")
        self.assertEqual(self._oil(meter_unit="KM").asset_ids.meter_id, other)
        schedule = self._oil()
        schedule.asset_ids.with_user(self.planner).write({"meter_id": self.meter.id, "next_meter_value": 1200})
        self.assertEqual(schedule.asset_ids.next_meter_value, 1200)
        self._read("2027-01-21", 1200)
        self._run("2027-01-21")
        self.assertEqual(schedule.asset_ids.next_meter_value, 1700)
