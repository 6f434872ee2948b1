from datetime import timedelta
from fractions import Fraction
from math import pi
from random import Random

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..commit_common import CommitCase
from .test_meter import NOW, MeterCase

METERS = {
    "AIR": ("Air temperature", "gauge", "K"),
    "PROCESS": ("Process temperature", "gauge", "K"),
    "SPEED": ("Speed", "gauge", "rpm"),
    "TORQUE": ("Torque", "gauge", "Nm"),
    "WEAR": ("Tool wear", "counter", "min"),
}


class CombinedCase(MeterCase):
    """A milling machine with five meters, and what makes it fail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_user,keepwisely_maintenance.group_meter_gateway"
        )
        cls.meters = {
            code: cls._create_meter(name, code, kind=kind, unit=unit, falls_back=kind == "counter")
            for code, (name, kind, unit) in METERS.items()
        }
        cls.heat_rule = cls._create_rule(
            "PROCESS", measure="difference", other="AIR", value_name="Temperature difference", operator="below", threshold=8.6,
            conditions=[{"meter": "SPEED", "operator": "below", "threshold": 1380}],
        )  # fmt: skip
        cls.sent = 0

    @classmethod
    def _prepare_values(cls, meter, other=None, conditions=(), **values):
        values["meter_id"] = cls.meters[meter].id
        if other:
            values["other_meter_id"] = cls.meters[other].id
        if conditions:
            values["condition_ids"] = [Command.create(cls._prepare_values(**condition)) for condition in conditions]
        return values

    @classmethod
    def _create_rule(cls, meter, **values):
        rules = cls.env["maintenance.meter.rule"].with_user(cls.planner)
        return rules.create(cls._prepare_values(meter, **values)).sudo()

    def _send(self, *items):
        """Send ``(minutes ago, code, value)``; returns the work orders opened."""
        batch = []
        for minutes, code, value in items:
            type(self).sent += 1
            moment = NOW - timedelta(minutes=minutes)
            batch.append({"meter": code, "value": value, "date": moment.isoformat(), "external_id": f"s{self.sent}"})
        answer = self.env["maintenance.meter"].with_user(self.gateway).ingest_readings(batch)
        self.assertFalse(answer["errors"])
        return self.env["maintenance.request"].browse(answer["work_orders"])

    def _send_heat(self, minutes, air, process, speed):
        return self._send((minutes, "SPEED", speed), (minutes, "PROCESS", process), (minutes, "AIR", air))

    def _close(self, request):
        request = request.with_user(self.planner)
        request.user_id = self.technician
        request.action_complete()
        request.action_close()


@tagged("post_install", "-at_install")
class TestFiveFailures(CombinedCase):
    """Worn tool, lost heat, too little and too much power, overstrain: what rules find against what fractions say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        power = {"measure": "product", "other": "TORQUE", "factor": 2 * pi / 60, "value_name": "Power", "value_unit": "W"}
        cls.rules = {
            "worn": cls._create_rule("WEAR", threshold=200),
            "heat": cls.heat_rule,
            "weak": cls._create_rule("SPEED", operator="below", threshold=3500, **power),
            "strong": cls._create_rule("SPEED", operator="above", threshold=9000, **power),
            "strain": cls._create_rule("WEAR", measure="product", other="TORQUE", value_unit="minNm", threshold=11000),
        }
        factor = Fraction("0.104719755120")
        cls.definitions = {
            "worn": lambda m: m["WEAR"] > 200,
            "heat": lambda m: m["PROCESS"] - m["AIR"] < Fraction("8.6") and m["SPEED"] < 1380,
            "weak": lambda m: m["SPEED"] * m["TORQUE"] * factor < 3500,
            "strong": lambda m: m["SPEED"] * m["TORQUE"] * factor > 9000,
            "strain": lambda m: m["WEAR"] * m["TORQUE"] > 11000,
        }

    def _draw(self, number, seed):
        """Readings of ``number`` moments as texts, exact limits among them."""
        random, wear, moments = Random(seed), 0, []
        for _n in range(number):
            wear = 0 if wear > 235 else wear + random.randint(2, 9)
            air = Fraction(random.randint(2970, 3040), 10)
            moments.append(
                {
                    "AIR": air,
                    "PROCESS": air + Fraction(random.choice([84, 85, 86, 87, 95, 110]), 10),
                    "SPEED": Fraction(random.choice([1250, 1320, 1379, 1380, 1381, 1500, 1750, 2100])),
                    "TORQUE": Fraction(11000, wear) if wear in (200, 220) else Fraction(random.randint(120, 720), 10),
                    "WEAR": Fraction(wear),
                }
            )
        return [(number - n, moment) for n, moment in enumerate(moments)]

    def _find(self, name, course):
        """The minutes ago at which each breach began, and whether the last one lasts."""
        starts, is_out = [], False
        for minutes, moment in course:
            is_beyond = self.definitions[name](moment)
            if is_beyond and not is_out:
                starts.append(minutes)
            is_out = is_beyond
        return starts, is_out

    def test_in_one_batch_in_any_order(self):
        course = self._draw(300, seed=17)
        items = [(minutes, code, float(value)) for minutes, moment in course for code, value in moment.items()]
        Random(4).shuffle(items)
        opened = self._send(*items)
        self.assertEqual(len(opened), len(self.rules), "one for each, the later breaches join it")
        for name, rule in self.rules.items():
            starts, is_out = self._find(name, course)
            with self.subTest(name):
                self.assertGreater(len(starts), 1)
                self.assertEqual(rule.breach_count, len(starts))
                self.assertEqual(rule.first_breach_date, NOW - timedelta(minutes=starts[0]))
                self.assertEqual(rule.breach_date, NOW - timedelta(minutes=starts[-1]))
                self.assertEqual(rule.is_breached, is_out)
                self.assertEqual(rule.open_request_id.date_failure, NOW - timedelta(minutes=starts[0]))

    def test_one_by_one_each_breach_opens_one(self):
        course = self._draw(60, seed=5)
        opened = {rule: [] for rule in self.rules.values()}
        for minutes, moment in course:
            for request in self._send(*((minutes, code, float(value)) for code, value in moment.items())):
                opened[request.meter_rule_id].append(request.date_failure)
                self._close(request)
        for name, rule in self.rules.items():
            starts, _lasts = self._find(name, course)
            with self.subTest(name):
                self.assertTrue(starts)
                self.assertEqual(opened[rule], [NOW - timedelta(minutes=minutes) for minutes in starts])

    def test_what_is_exact_stays_exact(self):
        """306.7 - 298.1 is 8.6 and 200 × 55 is 11000, which are still good; 8.599999999999966 is no reading."""
        self.assertFalse(self._send_heat(5, 298.1, 306.7, 1000))
        self.assertFalse(self._send((4, "WEAR", 200), (4, "TORQUE", 55)) & self.rules["strain"].open_request_id)
        self.assertFalse(self.rules["strain"].is_breached)
        self._send((3, "TORQUE", 55.1))
        self.assertTrue(self.rules["strain"].is_breached)

    def test_queries(self):
        def count(minutes, number):
            # in range: nothing is opened and nothing told
            items = [
                (minutes - n / 10, code, value + n % 7 / 10)
                for n in range(number)
                for code, value in (("AIR", 300), ("PROCESS", 311), ("SPEED", 1500), ("TORQUE", 40))
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._send(*items)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self._send((500, "WEAR", 1))
        count(400, 5)
        few, many = count(390, 5), count(300, 250)
        self.assertEqual(many, few, "1,000 readings ask as often as 20")
        self.assertLessEqual(many, 20)


@tagged("post_install", "-at_install")
class TestMeterCombined(CombinedCase):
    def test_what_the_work_order_says(self):
        request = self._send_heat(10, 300, 308.2, 1350)
        self.assertEqual(request.equipment_id, self.conveyor)
        self.assertEqual(request.name, "Temperature difference below 8.6 K and Speed below 1,380 rpm")
        said = "Temperature difference 8.2 K is below 8.6 K and Speed 1,350 rpm is below 1,380 rpm on "
        self.assertIn(said, request.description)
        self._send_heat(5, 300, 308.1, 1340)
        self.assertIn("Temperature difference 8.1 K, Speed 1,340 rpm", request.message_ids[0].body)
        self.assertIn("1 since it was opened, the worst 8.1 K", request.message_ids[0].body)
        self.assertFalse(self._send((4, "SPEED", 1400)))
        self.assertFalse(self.heat_rule.is_breached, "one of both back in range is enough")
        self.assertIn("Back in range", request.message_ids[0].body)

    def test_not_both(self):
        self.assertFalse(self._send_heat(30, 300, 308.2, 1500))
        self.assertFalse(self._send_heat(20, 300, 312, 1000))
        self.assertFalse(self._send((10, "SPEED", 2000), (10, "PROCESS", 308)))

    def test_hysteresis_of_each(self):
        self.heat_rule.with_user(self.planner).write(
            {"hysteresis": 1, "condition_ids": [Command.update(self.heat_rule.condition_ids.id, {"hysteresis": 100})]}
        )
        self.assertTrue(self._send_heat(60, 300, 308, 1300))
        self._send_heat(50, 300, 309.5, 1470)
        self.assertTrue(self.heat_rule.is_breached, "neither came back far enough")
        self.assertFalse(self.heat_rule.out_since)
        self._send_heat(40, 300, 308, 1480)
        self.assertFalse(self.heat_rule.is_breached)

    def test_what_goes_together(self):
        self.assertFalse(self._send((200, "AIR", 300), (200, "PROCESS", 308), (70, "SPEED", 1300)), "older than an hour")
        self.assertFalse(self._send((65, "AIR", 300)), "the other one is older still")
        request = self._send((64, "PROCESS", 308))
        self.assertEqual(request.date_failure, NOW - timedelta(minutes=64))
        self._close(request)
        self._send((30, "SPEED", 1500))
        self.assertFalse(self.heat_rule.is_breached)
        self.heat_rule.with_user(self.planner).max_age = 0
        self.assertFalse(self._send((20, "SPEED", 1300), (19, "AIR", 300), (18, "PROCESS", 308)), "not of one moment")
        self.assertTrue(self._send_heat(10, 300, 308, 1300))

    def test_nothing_known_ends_nothing(self):
        self.assertTrue(self._send_heat(300, 300, 308, 1300))
        self._send((100, "AIR", 300))
        self.assertTrue(self.heat_rule.is_breached)
        self.assertEqual(self.heat_rule.out_since, NOW - timedelta(minutes=300))
        self._send((90, "SPEED", 1400))
        self.assertFalse(self.heat_rule.is_breached, "the speed alone says that it is over")

    def test_in_a_row_and_for_minutes(self):
        self.heat_rule.with_user(self.planner).write({"consecutive": 3, "minutes": 10})
        self.assertFalse(self._send_heat(60, 300, 308, 1300))
        self.assertFalse(self._send_heat(58, 300, 308, 1300))
        self.assertFalse(self._send_heat(55, 300, 308, 1300), "three moments, but five minutes")
        self.assertEqual(self._send_heat(50, 300, 308, 1300).date_failure, NOW - timedelta(minutes=50))

    def test_late_readings(self):
        self._send_heat(60, 300, 312, 1500)
        self._send_heat(10, 300, 312, 1500)
        self.assertFalse(self._send((40, "SPEED", 1300), (40, "PROCESS", 308), (30, "SPEED", 1500)), "over before it was known")
        self.assertFalse(self.heat_rule.is_breached)
        self._send((8, "PROCESS", 308))
        request = self._send((9, "SPEED", 1300))
        self.assertEqual(request.date_failure, NOW - timedelta(minutes=8), "a late one completes what lasts until now")
        self.assertFalse(self._send((7, "AIR", 300)), "once per breach")
        self.assertEqual(self.heat_rule.breach_count, 1)

    def test_meters_that_send_one_after_the_other(self):
        """Each sends what it read in ten minutes: what both say together is new with the second."""
        self._send(*((60 - n, code, value) for n in range(10) for code, value in (("AIR", 300), ("PROCESS", 308))))
        request = self._send(*((60 - n, "SPEED", 1300 if n == 4 else 1500) for n in range(10)))
        self.assertEqual(request.date_failure, NOW - timedelta(minutes=56))
        self.assertFalse(self.heat_rule.is_breached)
        self.assertEqual(self.heat_rule.breach_count, 1)

    def test_corrections(self):
        request = self._send_heat(60, 300, 308, 1300)
        speed = self.meters["SPEED"].reading_ids
        speed.with_user(self.planner).value = 1500
        self.assertFalse(self.heat_rule.is_breached)
        self.assertEqual(request.state, "requested", "people decide what becomes of it")
        self._close(request)
        again = self._send((55, "SPEED", 1300))
        self.assertTrue(again, "what was taken back is not what comes now")
        self.meters["AIR"].reading_ids.with_user(self.planner).unlink()
        self.assertFalse(self.heat_rule.is_breached, "what is left says nothing of a difference")
        self._close(again)
        self._send_heat(52, 300, 312, 1300)
        self.assertTrue(self._send_heat(50, 300, 308, 1300))

    def test_archived_meters(self):
        for code in ("PROCESS", "AIR", "SPEED"):
            meter = self.meters[code].with_user(self.planner)
            meter.active = False
            self.assertFalse(self._send(*((60, name, {"AIR": 300, "PROCESS": 308, "SPEED": 1300}[name])
                                          for name in ("AIR", "PROCESS", "SPEED") if name != code)))  # fmt: skip
            meter.active = True
        self.assertTrue(self._send_heat(30, 300, 308, 1300))

    def test_past(self):
        """What was a year ago opens nothing, unless the rule is also for the past."""
        year = 365 * 24 * 60
        self.assertFalse(self._send_heat(year, 300, 308, 1300) | self._send_heat(year - 1, 300, 312, 1500))
        self.heat_rule.with_user(self.planner).follows_past = True
        request = self._send_heat(year - 100, 300, 308, 1300)
        self.assertEqual(request.date_failure, NOW - timedelta(minutes=year - 100))

    def test_use_per_day_beside_a_gauge(self):
        rule = self._create_rule(
            "WEAR", measure="daily_use", threshold=20, conditions=[{"meter": "TORQUE", "threshold": 50}]
        )  # fmt: skip
        rule.max_age = 2000
        day = 1440
        self.assertFalse(self._send((4 * day, "WEAR", 0), (3 * day, "WEAR", 18), (2 * day, "WEAR", 48), (2 * day, "TORQUE", 40)))
        self.assertEqual(self._send((2 * day - 5, "TORQUE", 51)).date_failure, NOW - timedelta(minutes=2 * day - 5))

    def test_two_conditions_on_one_meter(self):
        rule = self._create_rule("TORQUE", threshold=40, conditions=[{"meter": "TORQUE", "operator": "below", "threshold": 50}])
        self.assertFalse(rule.is_combined)
        self.assertFalse(self._send((60, "TORQUE", 40), (50, "TORQUE", 50)))
        self.assertEqual(len(self._send((40, "TORQUE", 45), (30, "TORQUE", 60))), 1)
        self.assertFalse(rule.is_breached)

    def test_another_asset_is_refused(self):
        press = self.env["maintenance.equipment"].create({"name": "Press"})
        theirs = self._create_meter("Press speed", "PRESS", equipment_id=press.id, kind="gauge").id
        own = self.meters["AIR"].id
        rules = self.env["maintenance.meter.rule"].with_user(self.planner)
        heat = self.heat_rule.with_user(self.planner)
        attempts = {
            "other meter": lambda: rules.create(
                {"meter_id": own, "measure": "product", "other_meter_id": theirs, "threshold": 1}
            ),
            "condition": lambda: rules.create(
                {"meter_id": own, "threshold": 1, "condition_ids": [Command.create({"meter_id": theirs, "threshold": 1})]}
            ),
            "written": lambda: heat.write({"other_meter_id": theirs}),
            "nested": lambda: heat.write({"condition_ids": [Command.create({"meter_id": theirs, "threshold": 1})]}),
            "condition written": lambda: heat.condition_ids.write({"meter_id": theirs}),
            "condition added": lambda: heat.condition_ids.create({"rule_id": heat.id, "meter_id": theirs, "threshold": 1}),
            "meter moved": lambda: self.meters["SPEED"].with_user(self.planner).write({"equipment_id": press.id}),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "meters of one asset"), self.env.cr.savepoint():
                attempt()
        self.conveyor._maintenance_merge_into(press)
        self.assertEqual(self.heat_rule.watched_meter_ids.equipment_id, press, "all of them together")

    def test_what_cannot_be(self):
        meter, other = self.meters["AIR"].id, self.meters["SPEED"].id
        rules = self.env["maintenance.meter.rule"].with_user(self.planner)
        for values in (
            {"measure": "difference"},
            {"measure": "product", "other_meter_id": meter},
            {"measure": "product", "other_meter_id": other, "factor": 0},
            {"condition_ids": [Command.create({"meter_id": other, "measure": "daily_use", "threshold": 1})]},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                rules.create({"meter_id": meter, "threshold": 1, **values})
        with self.assertRaises(UserError):
            self.heat_rule.condition_ids.with_user(self.planner).write({"rule_id": self._create_rule("AIR", threshold=1).id})
        with self.assertRaisesRegex(UserError, "take it out of that rule"), self.env.cr.savepoint():
            self.meters["SPEED"].with_user(self.planner).unlink()
        self.assertTrue(self.heat_rule.condition_ids.exists(), "a rule does not lose a condition")

    def test_rights(self):
        condition = self.heat_rule.condition_ids
        for user in (self.technician, self.gateway, self.operator):
            for attempt in (
                lambda user=user: condition.with_user(user).write({"threshold": 1}),
                lambda user=user: condition.with_user(user).unlink(),
                lambda user=user: condition.with_user(user).create(
                    {"rule_id": self.heat_rule.id, "meter_id": self.meters["AIR"].id, "threshold": 1}
                ),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    attempt()
        self.assertEqual(condition.with_user(self.technician).display_name, "Speed below 1,380 rpm")
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="maintenance.group_equipment_manager",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertFalse(condition.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            condition.with_user(stranger).write({"threshold": 1})

    def test_screens(self):
        rules = self.env["maintenance.meter.rule"].with_user(self.planner)
        with Form(rules) as form:
            form.meter_id = self.meters["SPEED"]
            form.measure = "product"
            form.other_meter_id = self.meters["TORQUE"]
            form.factor = 2 * pi / 60
            form.value_name = "Power"
            form.value_unit = "W"
            form.threshold = 9000
            with form.condition_ids.new() as line:
                line.meter_id = self.meters["WEAR"]
                line.threshold = 100
        rule = form.record
        self.assertEqual(rule.display_name, "Power above 9,000 W and Tool wear above 100 min")
        self.assertEqual(rule.factor, 0.10471975512)
        copy = rule.copy()
        self.assertEqual(copy.display_name, rule.display_name)
        speed = self.meters["SPEED"].with_user(self.technician)
        self.assertEqual(speed.shared_rule_ids, self.heat_rule)
        self.assertFalse(self.meters["PROCESS"].with_user(self.technician).shared_rule_ids)
        self.assertFalse(self.env["maintenance.meter"].with_user(self.planner).new({}).shared_rule_ids)


@tagged("post_install", "-at_install")
class TestCombinedAtOnce(CommitCase):
    """Two gateways at the same moment, each with one of the meters of a rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            company = env["res.company"].create({"name": "Plant of two gateways"})
            env["maintenance.team"].create({"name": "Millers", "company_id": company.id})
            cls.company_id = company.id
            asset = env["maintenance.equipment"].create({"name": "Mill", "company_id": company.id})
            first, second = env["maintenance.meter"].create(
                [{"name": code, "code": code, "equipment_id": asset.id, "kind": "gauge"} for code in ("ONE", "TWO")]
            )
            rule = env["maintenance.meter.rule"].create(
                {
                    "meter_id": first.id,
                    "threshold": 10,
                    "condition_ids": [Command.create({"meter_id": second.id, "threshold": 10})],
                }
            )
            cls.rule_id = rule.id

    def test_the_second_is_tried_again_and_sees_both(self):
        def send(cr, code):
            meters = self._env(cr)["maintenance.meter"].with_context(allowed_company_ids=[self.company_id])
            return meters.ingest_readings([{"meter": code, "value": 20, "date": fields.Datetime.now().isoformat()}])

        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1 FROM maintenance_meter")  # the snapshot of the transaction begins here
            self.assertFalse(send(first, "ONE")["work_orders"])
            first.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                send(second, "TWO")
            second.rollback()  # as Odoo does before it tries again
            self.assertEqual(len(send(second, "TWO")["work_orders"]), 1)
            second.rollback()
