import json
from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase

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

    def test_it_falls_back_by_itself(self):
        """Wear of a knife in minutes: 0, 100, 187, changed, 9, 60: 187 + 60 were used."""
        wear = self._create_meter("Knife wear", "KW-1", unit="min")
        for days, value in ((9, 0), (8, 100), (7, 187)):
            self._read(wear, value, days)
        with self.assertRaisesRegex(UserError, "tick “Falls back by itself” on the meter"):
            self._read(wear, 9, 6)
        wear.with_user(self.planner).falls_back = True
        self._read(wear, 9, 6)
        self._read(wear, 60, 5)
        self.assertEqual(wear.reading_ids.sorted("date").mapped("delta"), [0, 100, 87, 9, 51])
        self.assertEqual((wear.value, wear.counted, wear.total), (60, 247, 247))
        with self.assertRaisesRegex(UserError, "is lower than"):
            self._read(wear, 40, 4)
        late = self._read(wear, 3, 6.5)
        self.assertEqual((late.delta, wear.counted), (3, 247))
        for values in ({"rollover_value": 1000}, {"kind": "gauge"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                wear.with_user(self.planner).write(values)

    def test_a_meter_without_a_code_is_given_one(self):
        self.conveyor.maintenance_number = "CV-3"
        self._create_meter("Typed", "cv-3-2")
        result = self.env["maintenance.meter"].with_user(self.planner).load(
            ["name", "equipment_id"], [["Cycles", "CV-3"], ["Starts", "CV-3"]]
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["maintenance.meter"].browse(result["ids"]).mapped("code"), ["CV-3-1", "CV-3-3"])

    def test_a_correction_is_remembered_and_not_for_technicians(self):
        reading = self._read(self.hours, 100, 10)
        with self.assertRaises(AccessError):
            reading.value = 101
        with self.assertRaises(AccessError):
            reading.unlink()
        reading.with_user(self.planner).value = 101
        note = self.hours.message_ids[0]
        self.assertEqual(note.author_id, self.planner.partner_id)
        self.assertIn("100 h of Jun 20", note.body)
        self.assertIn("101 h of Jun 20", note.body)

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

    def test_readings_hold_a_meter(self):
        self._read(self.hours, 100, 1)
        other = self.env["res.company"].create({"name": "Other plant"})
        asset = self.env["maintenance.equipment"].create({"name": "Press", "company_id": other.id})
        meter = self.hours.with_user(self.planner)
        for values in ({"kind": "gauge"}, {"company_id": other.id}, {"equipment_id": asset.id}, {"rollover_value": 50}):
            with self.subTest(values), self.assertRaises(UserError):
                meter.sudo().write(values)
        with self.assertRaises(UserError):
            meter.unlink()
        with self.assertRaises(UserError):
            self.hours.reading_ids.with_user(self.planner).meter_id = self.heat

    def test_another_company_sees_nothing(self):
        self._read(self.hours, 98765, 1)
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="maintenance.group_equipment_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        for model in ("maintenance.meter", "maintenance.meter.reading", "maintenance.meter.rule", "maintenance.meter.chart"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))
        with self.assertRaises(AccessError) as refusal:
            self._read(self.hours, 50, 0, stranger)
        self.assertNotIn("98765", str(refusal.exception))

    def test_screens(self):
        self.env["maintenance.meter.rule"].create({"meter_id": self.heat.id, "threshold": 80})
        for days_ago, value in ((3, 60), (2, 70), (1, 90)):
            self._read(self.heat, value, days_ago)
        heat = self.heat.with_user(self.technician)
        self.assertTrue(heat.is_out_of_range)
        [line] = json.loads(heat.sparkline)
        self.assertEqual(line["key"], heat.name)
        self.assertEqual([point["y"] for point in line["values"]], [60, 70, 90])
        action = heat.action_view_chart()
        self.env.flush_all()
        rows = self.env["maintenance.meter.chart"].with_user(self.technician)._read_group(
            action["domain"], action["context"]["graph_groupbys"], ["value:avg"]
        )
        self.assertEqual([value for _hour, line, value in rows if line == "> 80 °C"], [80, 80, 80])
        self.assertEqual([value for _hour, line, value in rows if line == self.heat.name], [60, 70, 90])
        quick = Form(
            self.env["maintenance.meter.reading"].with_user(self.technician).with_context(**heat.action_add_reading()["context"]),
            view="keepwisely_maintenance.maintenance_meter_reading_view_form_quick",
        )
        self.assertIn("90 °C", quick.last_text)
        quick.value = 65
        self.assertEqual(quick.save().meter_id, self.heat)
        self.assertEqual(self.heat.value, 65)
        conveyor = self.conveyor.with_user(self.technician)
        self.assertEqual(conveyor.meter_count, 2)
        action = conveyor.action_view_meters()
        self.assertEqual(heat.search(action["domain"]), self.hours | self.heat)
        self.assertEqual(heat.with_context(**action["context"]).default_get(["equipment_id"])["equipment_id"], conveyor.id)
        readings = self.env["maintenance.meter.reading"].search(heat.action_view_readings()["domain"])
        self.assertEqual(readings, heat.reading_ids)
        self.assertEqual(heat.action_view_readings()["context"], {"default_meter_id": heat.id})
        self.assertFalse((heat | self.hours).action_view_readings()["context"])
        both = conveyor | self.env["maintenance.equipment"].create({"name": "Press"})
        self.assertFalse(both.action_view_meters()["context"], "which of the two would a new one be for?")
        form = self.conveyor.with_user(self.operator).get_view(self.env.ref("maintenance.hr_equipment_view_form").id)
        self.assertNotIn("meter_ids", form["arch"])

    def test_days_to_the_next_job(self):
        self._read(self.hours, 1000, 20)
        self._read(self.hours, 1200, 0)
        self.assertFalse(self.hours.has_next_job)
        self.env["maintenance.schedule"].create(
            [
                {"name": name, "trigger": "meter", "meter_interval": interval, "equipment_ids": [Command.set(self.conveyor.ids)]}
                for name, interval in (("Oil", 500), ("Belt", 100))
            ]
        )
        self.env.invalidate_all()
        hours = self.hours.with_user(self.technician)
        self.assertEqual((hours.has_next_job, hours.days_to_next_job), (True, 10), "100 h at 10 a day")

    def test_codes_are_unique_in_the_company(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._create_meter("Other", " h-1 ")
