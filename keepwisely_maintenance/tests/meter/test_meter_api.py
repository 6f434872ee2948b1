import json

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestMeterApi(MaintenanceCase, HttpCase):
    """A gateway sends readings: ``POST /json/2/maintenance.meter/ingest_readings`` with its API key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_user,keepwisely_maintenance.group_meter_gateway"
        )
        cls.meter = cls.env["maintenance.meter"].create(
            {"name": "Heat", "code": "HEAT", "kind": "gauge", "unit": "°C", "equipment_id": cls.conveyor.id}
        )
        cls.env["maintenance.meter.rule"].create({"meter_id": cls.meter.id, "threshold": 80, "follows_past": True})
        cls.readings = [
            {"meter": "heat", "value": 70, "date": "2026-01-31T08:00:00Z", "external_id": "a1"},
            {"meter": "HEAT", "value": 91.5, "date": "2026-01-31T10:00:00+01:00", "external_id": "a2"},
        ]

    def _post(self, user, body, model="maintenance.meter", method="ingest_readings"):
        key = self.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "test", None)
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=body if isinstance(body, str) else json.dumps(body),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )

    def _send(self, readings, user=None, **values):
        response = self._post(user or self.gateway, {"readings": readings, **values})
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def test_a_batch_and_the_same_again(self):
        answer = self._send(self.readings)
        self.assertEqual((answer["accepted"], answer["duplicates"], answer["errors"]), (2, 0, []))
        [work_order] = answer["work_orders"]
        request = self.env["maintenance.request"].browse(work_order)
        self.assertEqual((request.state, request.equipment_id), ("requested", self.conveyor))
        self.assertEqual(str(self.meter.value_date), "2026-01-31 09:00:00")
        self.assertEqual(self._send(self.readings), {"accepted": 0, "duplicates": 2, "errors": [], "work_orders": []})

    def test_good_ones_are_taken_and_bad_ones_told(self):
        bad = [{"meter": "nowhere", "value": 1, "date": "2026-01-31"}, "text", {"meter": "HEAT", "value": 1, "date": "soon"}]
        answer = self._send([self.readings[0], *bad])
        self.assertEqual((answer["accepted"], [error["index"] for error in answer["errors"]]), (1, [1, 2, 3]))
        body = '{"readings": [{"meter": "HEAT", "value": %s, "date": "2026-01-31T08:00:00Z", "external_id": "%s"}]}'
        numbers = [(value, "n") for value in ("NaN", "-Infinity", "1e400", "9" * 400)]
        for value, external_id in [*numbers, ("1", "\\ud800"), ("1", "\\u0000")]:
            with self.subTest(value=value[:9], external_id=external_id):
                response = self._post(self.gateway, body % (value, external_id))
                self.assertEqual(response.status_code, 200, response.text)
                self.assertEqual(response.json()["accepted"], 0)
                self.assertEqual(len(response.json()["errors"]), 1)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_access", "odoo.orm.models")
    def test_what_is_refused_is_a_sentence(self):
        for readings in ("text", {"meter": "HEAT"}, 5, None, [self.readings[0]] * 5001):
            response = self._post(self.gateway, {"readings": readings})
            self.assertEqual(response.status_code, 422, response.text)
            self.assertNotIn("Traceback", response.json()["message"])
        for user in (self.operator, self.buyer, self.storekeeper, self.finance):
            with self.subTest(user=user.login):
                response = self._post(user, {"readings": self.readings})
                self.assertEqual(response.status_code, 403, response.text)
                self.assertIn("Meter gateway", response.json()["message"])
        self.assertFalse(self.meter.reading_ids)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_access", "odoo.orm.models", "odoo.addons.base.models.ir_model")
    def test_a_gateway_reaches_nothing_else(self):
        self._send(self.readings)
        for model in ("maintenance.meter", "maintenance.meter.reading", "maintenance.meter.rule", "maintenance.meter.chart"):
            for method, values in (
                ("search_read", {"domain": [], "fields": ["id"]}),
                ("create", {"vals_list": [{"meter_id": self.meter.id, "value": 5}]}),
            ):
                with self.subTest(model=model, method=method):
                    self.assertIn(self._post(self.gateway, values, model, method).status_code, (403, 422))
        for method in ("_ingest", "_settle", "_watch", "_insert_readings"):
            self.assertIn(self._post(self.gateway, {}, "maintenance.meter", method).status_code, (403, 422))
        seen = self._post(self.gateway, {"domain": [], "fields": ["name"]}, "maintenance.request", "search_read")
        self.assertEqual(seen.json(), [], "not even the work order that it caused")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_access")
    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        asset = self.env["maintenance.equipment"].create({"name": "Press", "company_id": other.id})
        meter = self.env["maintenance.meter"].create({"name": "Heat", "code": "HEAT", "kind": "gauge", "equipment_id": asset.id})
        self._send(self.readings)
        self.assertFalse(meter.reading_ids)
        response = self._post(
            self.gateway, {"readings": self.readings, "context": {"allowed_company_ids": other.ids}}
        )
        self.assertEqual(response.status_code, 403, response.text)
        self.gateway.company_ids |= other
        self.assertEqual(self._send(self.readings, context={"allowed_company_ids": other.ids})["accepted"], 2)
        self.assertEqual(meter.value, 91.5)

    def test_many_small_batches_by_a_key_of_a_technician(self):
        for reading in self.readings:
            self.assertEqual(self._send([reading], user=self.technician)["accepted"], 1)
