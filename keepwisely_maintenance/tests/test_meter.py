from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MaintenanceCase

NOW = datetime(2026, 6, 30, 12)


class MeterCase(MaintenanceCase):
    """An hour counter and a thermometer on the conveyor, on a fixed day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(NOW)
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.hours = cls._create_meter("Running hours", "H-1", unit="h")
        cls.heat = cls._create_meter("Bearing temperature", "T-1", kind="gauge", unit="°C")

    @classmethod
    def _create_meter(cls, name, code, **values):
        return cls.env["maintenance.meter"].create(
            {"name": name, "code": code, "equipment_id": cls.conveyor.id, **values}
        )

    def _read(self, meter, value, days_ago=0.0, user=None, **values):
        return (
            self.env["maintenance.meter.reading"]
            .with_user(user or self.technician)
            .create(
                {"meter_id": meter.id, "value": value, "date": NOW - timedelta(days=days_ago), **values}
            )
        )


@tagged("post_install", "-at_install")
class TestMeter(MeterCase):
    def test_value_is_the_latest_by_time(self):
        self._read(self.hours, 100, 10)
        self._read(self.hours, 160, 4)
        late = self._read(self.hours, 130, 7)
        self.assertEqual((self.hours.value, self.hours.value_date), (160, NOW - timedelta(days=4)))
        self.assertEqual(self.hours.reading_ids.mapped("delta"), [30, 30, 0], "a late one shares the use of its neighbours")
        self.assertEqual((self.hours.counted, self.hours.total), (60, 160))
        late.with_user(self.planner).value = 120
        self.assertEqual(self.hours.reading_ids.mapped("delta"), [40, 20, 0])
        late.with_user(self.planner).unlink()
        self.assertEqual(self.hours.reading_ids.mapped("delta"), [60, 0])
        self.assertEqual((self.hours.counted, self.hours.total), (60, 160))

    def test_a_correction_is_remembered_and_not_for_technicians(self):
        reading = self._read(self.hours, 100, 10)
        with self.assertRaises(AccessError):
            reading.value = 101
        with self.assertRaises(AccessError):
            reading.unlink()
        reading.with_user(self.planner).value = 101
        note = self.hours.message_ids[0]
        self.assertEqual(note.author_id, self.planner.partner_id)
        self.assertIn("100 h of 2026-06-20", note.body)
        self.assertIn("101 h of 2026-06-20", note.body)

    def test_forecast(self):
        self.assertEqual(self.hours._forecast_date(10), False)
        self._read(self.hours, 1000, 60)
        self._read(self.hours, 1200, 20)
        self.assertEqual(self.hours.average_daily_use, 5, "40 days from the first reading")
        self._read(self.hours, 1400, 10)
        self.assertEqual(self.hours.average_daily_use, 8, "50 days: from the last reading before the window")
        self._read(self.hours, 1500, 0)
        self.assertAlmostEqual(self.hours.average_daily_use, 500 / 60)
        self.assertEqual(self.hours._forecast_date(1500), date(2026, 6, 30))
        self.assertEqual(self.hours._forecast_date(1550), date(2026, 7, 6))
        self._read(self.heat, 60, 5)
        self._read(self.heat, 80, 0)
        self.assertFalse(self.heat._forecast_date(90))

    def test_codes_are_unique_in_the_company(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._create_meter("Other", " h-1 ")
