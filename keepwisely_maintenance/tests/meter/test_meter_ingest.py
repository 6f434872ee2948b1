from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_meter import NOW, MeterCase

#: Queries that a batch may take, however many readings it brings.
QUERIES = 20


@tagged("post_install", "-at_install")
class TestMeterIngest(MeterCase):
    """What gateways send, as their user, who may do nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_user,keepwisely_maintenance.group_meter_gateway"
        )

    def _send(self, *readings, user=None):
        return self.env["maintenance.meter"].with_user(user or self.gateway).ingest_readings(list(readings))

    def _item(self, number, value, minutes_ago, meter="H-1", **values):
        moment = NOW - timedelta(minutes=minutes_ago)
        return {"meter": meter, "value": value, "date": f"{moment.isoformat()}Z", "external_id": f"r{number}", **values}

    def _values(self, meter):
        return meter.reading_ids.sorted(lambda reading: (reading.date, reading.id)).mapped("value")

    def test_the_same_batch_twice_changes_nothing(self):
        batch = [self._item(n, n, 100 - n) for n in range(10)]
        self.assertEqual(self._send(*batch), {"accepted": 10, "duplicates": 0, "errors": [], "work_orders": []})
        state = self.hours.read(["value", "value_date", "counted", "total", "average_daily_use"])
        rows = self.hours.reading_ids.read()
        self.assertEqual(self._send(*batch), {"accepted": 0, "duplicates": 10, "errors": [], "work_orders": []})
        self.env.invalidate_all()
        self.assertEqual(self.hours.read(["value", "value_date", "counted", "total", "average_daily_use"]), state)
        self.assertEqual(self.hours.reading_ids.read(), rows)
        self.assertEqual((self.hours.value, self.hours.counted), (9, 9))
        self.assertEqual(set(self.hours.reading_ids.mapped("source")), {"gateway"})

    def test_an_external_id_stands_for_one_reading(self):
        self._send(self._item(1, 10, 60))
        answer = self._send(self._item(1, 11, 60), self._item(2, 12, 50), self._item(2, 12, 50), self._item(2, 13, 50))
        self.assertEqual((answer["accepted"], answer["duplicates"]), (1, 1))
        self.assertEqual([error["index"] for error in answer["errors"]], [0, 3])
        self.assertIn("stands for another reading of this meter, 10 h", answer["errors"][0]["message"])
        self.assertEqual(self._values(self.hours), [10, 12])
        self.assertEqual(self._send(self._item(1, 40, 60, meter="t-1"))["accepted"], 1, "per meter, in any case")

    def test_without_external_id_the_moment_stands_for_it(self):
        item = {"meter": "H-1", "value": 5, "date": "2026-06-30T13:00:00+02:00"}
        self.assertEqual(self._send(item)["accepted"], 1)
        self.assertEqual(self._send(item)["duplicates"], 1)
        self.assertEqual(str(self.hours.value_date), "2026-06-30 11:00:00")
        self.assertEqual(len(self._send({**item, "value": 6})["errors"]), 1)

    def test_each_bad_reading_has_its_error_and_good_ones_are_taken(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        asset = self.env["maintenance.equipment"].create({"name": "Secret press", "company_id": other.id})
        self.env["maintenance.meter"].create({"name": "Secret", "code": "X-9", "equipment_id": asset.id})
        self._create_meter("Old", "OLD").active = False
        self.heat.write({"min_value": -40, "max_value": 200})
        good, late = self._item("good", 100, 10), self._item("good2", 99, 20)
        bad = [
            self._item("a", 1, 1, meter="nowhere"),
            self._item("b", 1, 1, meter="X-9"),
            self._item("c", 1, 1, meter=None),
            self._item("d", 1, 1, meter="a\0b"),
            self._item("e", 1, 1, meter="\ud800"),
            self._item("f", 1, 1, meter="H-1" * 1000),
            *(self._item("g", value, 1) for value in ("7", None, True, [], {}, float("nan"), float("inf"), 10**400, 1e15)),
            *(self._item("h", 1, 1, date=date) for date in (None, 5, "", "yesterday", "2026-02-30", "0001-01-01T00:00+14:00")),
            self._item("i", 1, 1, date="1970-01-01T00:00:00Z"),
            self._item("j", 1, 1, date="2026-07-01T12:00:00Z"),
            self._item("k", -1, 1),
            self._item("l", 201, 1, meter="T-1"),
            self._item("m", -41, 1, meter="T-1"),
            self._item("n", 50, 5),
            self._item("p", 1, 1, external_id=True),
            self._item("q", 1, 1, external_id="\ud800"),
            self._item("r", 1, 1, external_id=""),
            self._item("s", 1, 1, external_id="x" * 129),
            self._item("t", 1, 1, is_reset="yes"),
            self._item("u", 1, 1, meter="OLD"),
            None, 5, "text", ["H-1", 1],
        ]  # fmt: skip
        answer = self._send(good, *bad, late)
        self.assertEqual(answer["accepted"], 2)
        self.assertEqual([error["index"] for error in answer["errors"]], list(range(1, len(bad) + 1)))
        for error in answer["errors"]:
            self.assertTrue(error["message"].encode())
            self.assertNotIn("Secret", error["message"])
            self.assertNotIn("Traceback", error["message"])
        messages = [error["message"] for error in answer["errors"]]
        self.assertEqual(messages[0].replace("nowhere", "X-9"), messages[1], "another company's meter is no meter")
        self.assertEqual(self._values(self.hours), [99, 100])
        self.assertFalse(self.heat.reading_ids)
        [error] = self._send(self._item("late", 150, 15))["errors"]
        self.assertIn("150 h is higher than the later reading of Conveyor 3: Running hours, 100 h", error["message"])

    def test_what_is_no_batch(self):
        for readings in (None, {}, "H-1", 5, [self._item(n, n, 1) for n in range(5001)]):
            with self.assertRaises(UserError):
                self.env["maintenance.meter"].with_user(self.gateway).ingest_readings(readings)
        self.assertEqual(self._send()["accepted"], 0)

    def test_who_may_send(self):
        for user in (self.technician, self.planner, self.gateway):
            self.assertEqual(self._send(self._item(user.login, 5, 5), user=user)["accepted"], 1)
        for user in (self.operator, self.buyer, self.storekeeper, self.finance):
            with self.assertRaises(AccessError):
                self._send(self._item("no", 6, 1), user=user)

    def test_a_gateway_may_do_nothing_else(self):
        self._send(self._item(1, 5, 5))
        for model in ("maintenance.meter", "maintenance.meter.reading", "maintenance.meter.rule", "maintenance.cost.report"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.gateway).search([])
        self._report()
        self.assertFalse(self.env["maintenance.request"].with_user(self.gateway).search([]))

    def test_order_of_arrival_does_not_matter(self):
        items = [self._item(n, value, 500 - n * 10) for n, value in enumerate([0, 5, 5, 9, 20, 21, 40])]
        self._send(*items)
        expected = self.hours.reading_ids.sorted("date").mapped(lambda r: (r.date, r.value, r.delta))
        mixed = self._create_meter("Mixed", "H-2", unit="h")
        items = [{**item, "meter": "H-2"} for item in items]
        for batch in ([items[6], items[2]], [items[0]], [items[5], items[1], items[3]], [items[4]]):
            self._send(*batch)
        self.assertEqual(mixed.reading_ids.sorted("date").mapped(lambda r: (r.date, r.value, r.delta)), expected)
        self.assertEqual((mixed.value, mixed.counted, mixed.total), (40, 40, 40))

    def test_reset_and_new_start_from_zero(self):
        self._send(self._item(1, 900, 50), self._item(2, 950, 40), self._item(3, 10, 30, is_reset=True), self._item(4, 25, 20))
        self.assertEqual((self.hours.value, self.hours.counted, self.hours.total), (25, 65, 965))
        self._send(self._item(5, 970, 35))
        self.assertEqual((self.hours.counted, self.hours.total), (85, 985), "a late one before the reset")
        digits = self._create_meter("Strokes", "S-1", rollover_value=1000)
        self._send(*(self._item(n, value, 50 - n, meter="S-1") for n, value in enumerate([980, 995, 10, 30])))
        self.assertEqual((digits.value, digits.counted, digits.total), (30, 50, 1030))
        self._send(self._item(9, 999, 48.5, meter="S-1"))
        self.assertEqual((digits.counted, digits.total), (50, 1030))
        errors = self._send(self._item(10, 1000, 1, meter="S-1"), self._item(11, 20, 1, meter="S-1"))["errors"]
        self.assertIn("starts again from zero at 1,000", errors[0]["message"])
        self.assertIn("if the counter was reset or replaced, say so", errors[1]["message"])

    def test_more_than_can_be_used_in_a_day(self):
        self.hours.max_daily_use = 24
        answer = self._send(self._item(1, 100, 2880), self._item(2, 150, 1440), self._item(3, 148, 0))
        self.assertEqual([error["index"] for error in answer["errors"]], [1])
        self.assertEqual(self._values(self.hours), [100, 148])

    def test_queries_do_not_grow_with_the_batch(self):
        self.env["maintenance.meter.rule"].create({"meter_id": self.heat.id, "threshold": 1000})
        batch = [self._item(n, n, 600 - n, meter="H-1" if n % 2 else "T-1") for n in range(500)]
        self._send(self._item("first", 0, 1000), self._item("first", 0, 1000, meter="T-1"))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.assertEqual(self._send(*batch)["accepted"], 500)
        self.env.flush_all()
        self.assertLessEqual(self.cr.sql_log_count - before, QUERIES)

    def test_impossible_values_by_hand_and_import(self):
        readings = self.env["maintenance.meter.reading"].with_user(self.technician)
        self._read(self.hours, 100, 1)
        for values in ({"value": 99}, {"value": -1}, {"value": "nan"}, {"value": "many"}, {"value": True}, {"value": None},
                       {"value": 101, "date": "2026-07-02 00:00:00"}, {"value": 101, "date": "soon"}):  # fmt: skip
            with self.subTest(values), self.assertRaises(UserError):
                readings.create({"meter_id": self.hours.id, **values})
        with self.assertRaises(UserError):
            self.hours.reading_ids.with_user(self.planner).value = -1
        header = ["meter_id", "value", "date", "external_id"]
        result = readings.with_context(import_file=True).load(header, [["H-1", "120", "2026-06-30 10:00:00", "i1"]])
        self.assertFalse(result["messages"])
        self.assertEqual(readings.browse(result["ids"]).source, "import")
        result = readings.load(header, [["H-1", "110", "2026-06-30 11:00:00", "i2"]])
        self.assertIn("lower than the reading", result["messages"][0]["message"])
        with self.assertRaises(AccessError):
            self.hours.with_user(self.technician).name = "Mine"
        with self.assertRaises(UserError):
            self.hours.with_user(self.planner).value = 7
