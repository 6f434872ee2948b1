from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_meter import NOW, MeterCase


@tagged("post_install", "-at_install")
class TestMeterRule(MeterCase):
    """Above 80 °C is too hot, and cool again at 75 °C."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_user,keepwisely_maintenance.group_meter_gateway"
        )
        cls.rule = cls._create_rule(
            hysteresis=5, priority="2", request_title="Bearing too hot", task_text="Check the grease\n\nMeasure vibration"
        )
        cls.sent = 0

    @classmethod
    def _create_rule(cls, meter=None, **values):
        return cls.env["maintenance.meter.rule"].with_user(cls.planner).create(
            {"meter_id": (meter or cls.heat).id, "threshold": 80, **values}
        ).sudo()

    def _send(self, *pairs, meter="T-1"):
        """Send ``(minutes ago, value)``; returns the work orders opened."""
        batch = []
        for minutes, value in pairs:
            type(self).sent += 1
            date = (NOW - timedelta(minutes=minutes)).isoformat()
            batch.append({"meter": meter, "value": value, "date": date, "external_id": f"s{self.sent}"})
        answer = self.env["maintenance.meter"].with_user(self.gateway).ingest_readings(batch)
        self.assertFalse(answer["errors"])
        return self.env["maintenance.request"].browse(answer["work_orders"])

    def _close(self, request):
        request = request.with_user(self.planner)
        request.user_id = self.technician
        request.action_complete()
        request.action_close()

    def test_one_work_order_per_breach(self):
        self.assertFalse(self._send((60, 70), (50, 80)))
        request = self._send((40, 81))
        self.assertEqual((request.name, request.equipment_id, request.priority), ("Bearing too hot", self.conveyor, "2"))
        self.assertEqual((request.state, request.maintenance_team_id), ("requested", self.team))
        self.assertFalse(request.owner_user_id)
        self.assertEqual(request.task_ids.mapped("name"), ["Check the grease", "Measure vibration"])
        self.assertIn("81 °C", request.description)
        self.assertEqual(self.rule.open_request_id, request)
        notes = len(request.message_ids)
        for minutes in range(39, 10, -1):
            self.assertFalse(self._send((minutes, 120 - minutes)))
        self.assertEqual(len(request.message_ids), notes + 1, "one note, written anew")
        body = request.message_ids[0].body
        self.assertIn("29 since it was opened, the worst 109 °C", body)
        self.assertEqual(body.count("<li>"), 10)
        self.assertFalse(request.message_ids[0].notification_ids)
        self._send((5, 78))
        self.assertTrue(self.rule.is_breached, "within the hysteresis it is not over")
        self._send((4, 75))
        self.assertFalse(self.rule.is_breached)
        self.assertIn("Back in range", request.message_ids[0].body)
        self.assertFalse(self._send((3, 90)), "the work order is still open, so the next breach joins it")
        self.assertEqual(len(request.message_ids), notes + 1)
        self.assertIn("Out of range 2 times", request.message_ids[0].body)

    def test_not_again_before_it_was_cleared(self):
        request = self._send((60, 90))
        self._close(request)
        self.assertFalse(self._send((50, 95), (45, 78), (40, 99)), "closed, but never back below 75")
        self.assertFalse(self._send((30, 70)))
        self.assertFalse(self.rule.open_request_id)
        again = self._send((20, 90))
        self.assertTrue(again)
        self.assertNotEqual(again, request)

    def test_a_batch_says_the_same_as_its_readings_one_by_one(self):
        course = [(60, 70), (50, 90), (40, 70), (30, 95), (20, 96), (10, 60)]
        request = self._send(*course)
        self.assertEqual(len(request), 1)
        self.assertEqual((self.rule.breach_count, self.rule.is_breached, self.rule.peak), (2, False, 96))
        twin = self._create_meter("Twin", "T-2", kind="gauge")
        rule = self._create_rule(twin, hysteresis=5)
        for pair in course:
            self._send(pair, meter="T-2")
        for name in ("breach_count", "is_breached", "peak", "later_count", "breach_date", "first_breach_date"):
            self.assertEqual(rule[name], self.rule[name], name)

    def test_late_readings(self):
        self._send((60, 70), (10, 70))
        self.assertFalse(self._send((30, 99)), "it was over before anybody knew")
        self.assertFalse(self.rule.is_breached)
        request = self._send((5, 90))
        self.assertTrue(request)
        notes = len(request.message_ids)
        self.assertFalse(self._send((20, 99), (7, 85)))
        self.assertEqual(len(request.message_ids), notes, "what came before the work order is not told there")
        self._close(request)
        self.assertFalse(self._send((8, 99)))

    def test_what_was_brought_in_opens_nothing(self):
        """Readings of last year say what was; what still lasts when the present begins is acted on."""
        day = 24 * 60
        self.assertFalse(self._send((400 * day, 90), (399 * day, 70), (300 * day, 95)))
        self.assertFalse(self.rule.is_breached, "nobody knows how it is today")
        request = self._send((30, 96))
        self.assertEqual(len(request), 1)
        self.assertEqual(request.date_failure, NOW - timedelta(days=300), "since the reading that began it")
        asked = self._create_rule(threshold=60, follows_past=True, request_title="As it was")
        self.assertEqual(self._send((500 * day, 65)).name, "As it was")
        self.assertTrue(asked.breach_count)

    def test_a_gateway_without_a_signal_for_a_weekend(self):
        request = self._send((3 * 24 * 60, 90), (2 * 24 * 60, 70))
        self.assertEqual(request.date_failure, NOW - timedelta(days=3))

    def test_in_a_row_and_for_minutes(self):
        self.rule.active = False
        three = self._create_rule(consecutive=3, request_title="Three")
        long = self._create_rule(minutes=30, request_title="Long")
        self.assertFalse(self._send((100, 81), (95, 82), (90, 79), (85, 81), (80, 81)))
        self.assertEqual(self._send((75, 81)).name, "Three")
        self.assertEqual(self._send((60, 81), (55, 81)).name, "Long")
        self.assertEqual(three.breach_date, NOW - timedelta(minutes=75))
        self.assertEqual((long.out_since, long.breach_date), (NOW - timedelta(minutes=85), NOW - timedelta(minutes=55)))
        self.assertFalse(self._send((78, 70)), "seen too late to undo them")

    def test_a_late_reading_may_complete_a_row(self):
        self.rule.active = False
        self._create_rule(consecutive=3)
        self.assertFalse(self._send((30, 81), (10, 81)))
        self.assertTrue(self._send((20, 81)))

    def test_what_lasted_until_the_latest_reading_is_not_over(self):
        self.rule.active = False
        self._create_rule(consecutive=2)
        self.assertFalse(self._send((60, 70), (10, 81)))
        self.assertTrue(self._send((20, 81), (5, 70)), "the latest one was the second in a row, as is known now")

    def test_out_of_range_for_longer_than_is_looked_back(self):
        self.rule.active = False
        rule = self._create_rule(minutes=1200)
        self.assertFalse(self._send(*((1300 - n, 85) for n in range(1000))))
        self.assertFalse(self._send(*((290 - n, 85) for n in range(100))))
        self.assertTrue(self._send(*((150 - n, 85) for n in range(100))))
        self.assertEqual(rule.breach_date, NOW - timedelta(minutes=100))
        self._close(rule.open_request_id)
        self.assertFalse(self._send(*((50 - n / 20, 85) for n in range(1000))))
        self.assertTrue(rule.is_breached)

    def test_below(self):
        low = self._create_rule(operator="below", threshold=10, hysteresis=2)
        request = self._send((50, 9))
        self.assertEqual(low.open_request_id, request)
        self._send((45, 3), (40, 11))
        self.assertEqual((low.is_breached, low.peak), (True, 3))
        self._send((30, 12))
        self.assertFalse(low.is_breached)

    def test_use_per_day(self):
        rule = self._create_rule(self.hours, measure="daily_use", threshold=20)
        day = 1440
        self.assertFalse(self._send((10 * day, 0), meter="H-1"), "the first says nothing of a day")
        self.assertFalse(self._send((3 * day, 140), (2 * day, 160), meter="H-1"), "20 a day")
        self.assertFalse(self._send((1.5 * day, 161), (1.25 * day, 171), meter="H-1"), "ten in a few hours are not 20 in a day")
        self.assertTrue(self._send((day, 182), meter="H-1"), "22 since the reading a day before")
        self.assertTrue(rule.is_breached)
        with self.assertRaises(ValidationError):
            self._create_rule(measure="daily_use")

    def test_two_rules_breach_apart(self):
        hotter = self._create_rule(threshold=100, request_title="Burning")
        first = self._send((50, 90))
        second = self._send((40, 110))
        self.assertEqual((self.rule.open_request_id, hotter.open_request_id), (first, second))

    def test_archived_rules_and_assets_do_nothing(self):
        self.rule.with_user(self.planner).active = False
        self.assertFalse(self._send((50, 90)))
        self.rule.with_user(self.planner).active = True
        self.conveyor.active = False
        self.assertFalse(self._send((40, 90)))
        self.conveyor.active = True
        self.assertTrue(self._send((30, 90)), "still out of range when it is watched again")

    def test_readings_by_hand_and_corrections(self):
        reading = self._read(self.heat, 800, 0.5)
        request = self.rule.open_request_id
        self.assertEqual(request.state, "requested")
        self.assertEqual(request.create_uid, self.env.ref("base.user_root"))
        reading.with_user(self.planner).value = 70
        self.assertFalse(self.rule.is_breached)
        self.assertEqual(request.state, "requested", "people decide what becomes of it")
        with self.assertRaises(UserError):
            self.rule.with_user(self.planner).is_breached = True

    def test_what_a_sender_puts_into_the_context_stays_outside(self):
        meters = self.env["maintenance.meter"].with_user(self.gateway).with_context(
            default_priority="3", default_name="Mine", default_user_id=self.gateway.id, default_value=7, lang="en_US"
        )
        answer = meters.ingest_readings([{"meter": "T-1", "value": 99, "date": "2026-06-30T11:00:00", "external_id": "c"}])
        request = self.env["maintenance.request"].browse(answer["work_orders"])
        self.assertEqual((request.name, request.priority), ("Bearing too hot", "2"))
        self.assertFalse(request.user_id)
        self.assertFalse(request.with_user(self.gateway).search([("id", "=", request.id)]))

    def test_preventive_rules_of_the_company_do_not_approve_it(self):
        self.company.preventive_pre_approved = True
        self.assertEqual(self._send((50, 90)).state, "requested")

    def test_readings_are_kept_when_no_work_order_can_be_made(self):
        self.rule.maintenance_team_id = self.env["maintenance.team"].create({"name": "Gone", "company_id": self.company.id})
        other = self.env["res.company"].create({"name": "Other plant"})
        self.rule.maintenance_team_id.company_id = other
        self.assertFalse(self._send((50, 90)))
        self.assertEqual(self.heat.value, 90)
        self.assertIn("no work order could be opened", self.heat.message_ids[0].body)

    def test_what_the_work_order_and_the_rule_say(self):
        request = self._send((40, 81), (30, 95))
        moment = NOW - timedelta(minutes=40)
        self.assertRecordValues(
            request,
            [
                {
                    "name": "Bearing too hot", "equipment_id": self.conveyor.id, "company_id": self.company.id,
                    "maintenance_type": "corrective", "date_failure": moment, "priority": "2", "owner_user_id": False,
                    "meter_rule_id": self.rule.id, "maintenance_team_id": self.team.id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(request.task_ids.mapped("sequence"), [10, 30])
        self.assertRecordValues(
            self.rule,
            [
                {
                    "breach_date": moment, "first_breach_date": moment, "is_breached": True, "open_request_id": request.id,
                    "breach_count": 1, "later_count": 1, "peak": 95.0,
                }
            ],
        )  # fmt: skip
        self.assertTrue(self.rule.note_id)
        self._send((20, 70))
        self._close(request)
        again = self._send((10, 90))
        self.assertEqual((self.rule.open_request_id, self.rule.note_id.id, self.rule.peak), (again, False, 90.0))
        self.assertEqual((self.rule.breach_count, self.rule.later_count), (1, 0), "counted anew")
        self.rule.maintenance_team_id = self.other_team
        self._send((5, 70))
        self._close(again)
        self.assertEqual(self._send((4, 90)).maintenance_team_id, self.other_team, "the team of the rule comes first")

    def test_a_clock_that_is_ahead_makes_no_failure_to_come(self):
        request = self._send((-3, 90))
        self.assertEqual(request.date_failure, NOW)
