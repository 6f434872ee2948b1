import json
from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_meter import NOW, MeterCase


@tagged("post_install", "-at_install")
class TestMeterGateway(MeterCase, HttpCase):
    """What a gateway does from outside: ``POST /json/2/maintenance.meter/ingest_readings`` with its API key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # no internal user, so that nothing of what employees see is open to whoever steals the key
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_portal,keepwisely_maintenance.group_meter_gateway"
        )

    def _post(self, user, model="maintenance.meter", method="ingest_readings", body=None, **kwargs):
        key = self.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "test", None)
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=body or json.dumps(kwargs),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )

    def _item(self, number, value, **values):
        moment = NOW - timedelta(minutes=60 - number)
        return {"meter": "T-1", "value": value, "date": f"{moment.isoformat()}Z", "external_id": f"r{number}", **values}

    def test_a_batch_twice(self):
        self.env["maintenance.meter.rule"].create({"meter_id": self.heat.id, "threshold": 90})
        batch = [self._item(1, 60), self._item(2, 95), self._item(3, "hot"), self._item(4, 97, meter="?")]
        answer = self._post(self.gateway, readings=batch)
        self.assertEqual(answer.status_code, 200, answer.text)
        answer = answer.json()
        self.assertEqual((answer["accepted"], answer["duplicates"]), (2, 0))
        self.assertEqual([error["index"] for error in answer["errors"]], [2, 3])
        request = self.env["maintenance.request"].browse(answer["work_orders"])
        self.assertEqual((len(request), request.state, request.equipment_id), (1, "requested", self.conveyor))
        again = self._post(self.gateway, readings=batch).json()
        self.assertEqual((again["accepted"], again["duplicates"], again["work_orders"]), (0, 2, []))
        self.assertEqual(len(self.heat.reading_ids), 2)

    def test_numbers_that_json_allows_but_meters_do_not(self):
        for value in ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "1e300", "true", "null", "[]", '"5"'):
            item = '{"meter": "T-1", "date": "2026-06-30T11:00:00Z", "external_id": "x", "value": %s}'
            with self.subTest(value=value[:20]):
                answer = self._post(self.gateway, body=f'{{"readings": [{item % value}]}}')
                self.assertEqual(answer.status_code, 200, answer.text)
                self.assertEqual((answer.json()["accepted"], len(answer.json()["errors"])), (0, 1))
        self.assertFalse(self.heat.reading_ids)

    def test_a_meter_of_another_company_is_no_meter(self):
        other = self.env["res.company"].create({"name": "Other works"})
        asset = self.env["maintenance.equipment"].create({"name": "Their press", "company_id": other.id})
        theirs = self._create_meter("Hours", "THEIRS", equipment_id=asset.id)
        messages = [
            self._post(self.gateway, readings=[self._item(1, 5, meter=code)], **more).json()["errors"][0]["message"]
            for code in ("THEIRS", "NOBODY")
            for more in ({}, {"context": {"lang": "en_US"}})
        ]
        self.assertEqual(len({message.replace("NOBODY", "THEIRS") for message in messages}), 1, messages)
        self.assertFalse(theirs.reading_ids)

    @mute_logger("odoo.http")
    def test_a_company_that_is_not_ours_is_refused(self):
        other = self.env["res.company"].create({"name": "Other works"})
        asset = self.env["maintenance.equipment"].create({"name": "Their press", "company_id": other.id})
        theirs = self._create_meter("Hours", "THEIRS", equipment_id=asset.id)
        answer = self._post(
            self.gateway,
            readings=[self._item(1, 5, meter="THEIRS")],
            context={"allowed_company_ids": [other.id]},
        )
        self.assertEqual(answer.status_code, 403, answer.text)
        self.assertNotIn("Traceback", answer.json()["message"])
        self.assertFalse(theirs.reading_ids)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.models")
    def test_a_gateway_may_do_nothing_else(self):
        self._read(self.heat, 60)
        for model in (
            "maintenance.meter", "maintenance.meter.reading", "maintenance.meter.rule", "maintenance.meter.chart",
            "maintenance.request", "maintenance.equipment", "maintenance.requisition",
        ):  # fmt: skip
            for method, kwargs in (
                ("search_read", {"domain": [], "fields": ["id"]}),
                ("create", {"vals_list": [{"name": "x"}]}),
            ):
                with self.subTest(model=model, method=method):
                    answer = self._post(self.gateway, model, method, **kwargs)
                    self.assertEqual(answer.status_code, 403, answer.text)
        for method in ("_ingest", "_settle", "_insert_readings", "_lock_for_readings"):
            with self.subTest(method=method):
                answer = self._post(self.gateway, method=method, readings=[])
                self.assertIn(answer.status_code, (403, 404, 422), answer.text)

    @mute_logger("odoo.http")
    def test_others_may_not_send(self):
        portal = new_test_user(self.env, login="kw_portal_other", groups="base.group_portal")
        for user in (self.operator, self.buyer, self.storekeeper, portal):
            with self.subTest(user=user.login):
                self.assertEqual(self._post(user, readings=[self._item(1, 5)]).status_code, 403)
        for user in (self.technician, self.planner):
            with self.subTest(user=user.login):
                self.assertEqual(self._post(user, readings=[self._item(1, 5)]).status_code, 200)

    @mute_logger("odoo.http")
    def test_what_is_no_batch_is_a_sentence(self):
        for kwargs in ({"readings": "x"}, {"readings": {}}, {"readings": None}, {"readings": [{}] * 5001}):
            answer = self._post(self.gateway, **kwargs)
            self.assertEqual(answer.status_code, 422, answer.text)
            self.assertNotIn("Traceback", answer.json()["message"])
        self.assertEqual(self._post(self.gateway, readings=[[], None, 5, "x", {}]).json()["accepted"], 0)

    def test_archived_meters_take_nothing(self):
        self.heat.active = False
        self.assertEqual(len(self._post(self.gateway, readings=[self._item(1, 5)]).json()["errors"]), 1)

    def test_import_of_a_file(self):
        """The planner and the technician import readings by the meter's code, with the same checks."""
        rows = [["T-1", "61.5", "2026-06-30 10:00:00", "f1"], ["T-1", "62", "2026-06-30 10:10:00", "f2"]]
        fields = ["meter_id", "value", "date", "external_id"]
        readings = self.env["maintenance.meter.reading"].with_user(self.technician).with_context(import_file=True)
        result = readings.load(fields, rows)
        self.assertEqual(len(result["ids"] or []), 2, result["messages"])
        self.assertEqual(set(self.heat.reading_ids.mapped("source")), {"import"})
        for bad in (["T-1", "63", "2031-01-01 00:00:00", "f3"], ["T-1", "nan", "2026-06-30 10:20:00", "f4"]):
            with self.subTest(bad=bad):
                result = readings.load(fields, [bad])
                self.assertFalse(result["ids"])
                self.assertTrue(result["messages"])
        self.assertEqual(self.heat.value, 62)

    def test_commands_on_a_meter_are_no_way_around(self):
        """A planner who writes readings through their meter meets the same checks."""
        with self.assertRaisesRegex(Exception, "future"):
            self.heat.with_user(self.planner).reading_ids = [
                Command.create({"value": 5, "date": NOW + timedelta(days=9)})
            ]
