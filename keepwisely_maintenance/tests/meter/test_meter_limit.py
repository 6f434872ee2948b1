from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_meter import MeterCase

SENTENCE = "has to be a number of a possible size"


@tagged("post_install", "-at_install")
class TestMeterLimit(MeterCase):
    """Up to 1e15 a number is exact enough; 1e15 itself is not taken any more, on any way in."""

    def test_by_hand(self):
        for value in (1e15, -1e15, 2e15):
            with self.subTest(value=value), self.assertRaisesRegex(UserError, SENTENCE), self.env.cr.savepoint():
                self._read(self.heat, value)
        self.assertFalse(self.heat.reading_ids)
        for value in (1e15 - 1, 1 - 1e15):
            self.assertEqual(self._read(self.heat, value).value, value)

    def test_in_a_batch(self):
        answers = self.env["maintenance.meter"].with_user(self.technician).ingest_readings(
            [
                {"meter": "T-1", "value": value, "external_id": str(value), "date": f"2026-06-30T1{number}:00:00Z"}
                for number, value in enumerate((1e15, -1e15, 1e15 - 1))
            ]
        )
        self.assertEqual([error["index"] for error in answers["errors"] if SENTENCE in error["message"]], [0, 1])
        self.assertEqual(self.heat.reading_ids.mapped("value"), [1e15 - 1])

    def test_a_meter_without_readings_is_deleted(self):
        new, read = self._create_meter("New", "N-1"), self.hours
        self._read(read, 5)
        with self.assertRaisesRegex(UserError, "Running hours.* has readings"):
            (new | read).with_user(self.planner).unlink()
        new.with_user(self.planner).unlink()
        self.assertFalse(new.exists())
