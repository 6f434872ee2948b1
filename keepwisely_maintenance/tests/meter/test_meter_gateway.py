import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_meter import NOW, MeterCase


@tagged("post_install", "-at_install")
class TestMeterGateway(MeterCase, HttpCase):
    """A gateway that is a portal user, so that whoever steals its key sees nothing that employees see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = new_test_user(
            cls.env, login="kw_gateway", groups="base.group_portal,keepwisely_maintenance.group_meter_gateway"
        )

    def _post(self, model="maintenance.meter", method="ingest_readings", **kwargs):
        key = self.env["res.users.apikeys"].with_user(self.gateway).sudo()._generate(None, "test", None)
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(kwargs),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )

    def _item(self, number, value, **values):
        moment = NOW - timedelta(minutes=60 - number)
        return {"meter": "T-1", "value": value, "date": f"{moment.isoformat()}Z", "external_id": f"r{number}", **values}

    def test_a_portal_user_sends(self):
        answer = self._post(readings=[self._item(1, 60), self._item(2, "hot")])
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual((answer.json()["accepted"], len(answer.json()["errors"])), (1, 1))
        self.assertEqual(self.heat.value, 60)

    def test_the_key_lasts_a_year(self):
        """Or the gateway would fall silent the day after it was set up."""
        keys = self.env["res.users.apikeys"].with_user(self.gateway)
        keys._check_expiration_date(fields.Datetime.now() + timedelta(days=365))

    def test_a_meter_of_another_company_is_no_meter(self):
        other = self.env["res.company"].create({"name": "Other works"})
        asset = self.env["maintenance.equipment"].create({"name": "Their press", "company_id": other.id})
        theirs = self._create_meter("Hours", "THEIRS", equipment_id=asset.id)
        messages = {
            self._post(readings=[self._item(1, 5, meter=code)]).json()["errors"][0]["message"].replace(code, "?")
            for code in ("THEIRS", "NOBODY")
        }
        self.assertEqual(len(messages), 1, messages)
        self.assertFalse(theirs.reading_ids)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_access", "odoo.addons.base.models.ir_model", "odoo.orm.models")
    def test_it_reads_nothing(self):
        self._read(self.heat, 60)
        for model in ("maintenance.meter", "maintenance.meter.chart", "maintenance.request", "maintenance.equipment"):
            with self.subTest(model=model):
                answer = self._post(model, "search_read", domain=[], fields=["id"])
                self.assertEqual(answer.status_code, 403, answer.text)

    def test_strangers_are_refused_before_their_readings_are_looked_at(self):
        for user in (self.gateway, self.operator):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["maintenance.meter.reading"].with_user(user).create({"value": "no number"})

    def test_archived_meters_take_nothing(self):
        self.heat.active = False
        answer = self._post(readings=[self._item(1, 5)]).json()
        self.assertEqual((answer["accepted"], len(answer["errors"])), (0, 1))

    def test_import_of_a_file(self):
        """Technicians import by the code of the meter; the checks are those of every other way in."""
        columns = ["meter_id", "value", "date", "external_id"]
        readings = self.env["maintenance.meter.reading"].with_user(self.technician).with_context(import_file=True)
        result = readings.load(
            columns,
            [["T-1", "61.5", "2026-06-30 10:00:00", "f1"], ["T-1", "62", "2026-06-30 10:10:00", "f2"]],
        )
        self.assertEqual(len(result["ids"] or []), 2, result["messages"])
        self.assertEqual(set(self.heat.reading_ids.mapped("source")), {"import"})
        for bad in (["T-1", "63", "2031-01-01 00:00:00", "f3"], ["T-1", "nan", "2026-06-30 10:20:00", "f4"]):
            with self.subTest(bad=bad):
                result = readings.load(columns, [bad])
                self.assertFalse(result["ids"])
                self.assertTrue(result["messages"])
        self.assertEqual(self.heat.value, 62)

    def test_days_without_a_reading_are_not_drawn_as_zero(self):
        for days_ago, value in ((20, 100), (10, 200), (0, 300)):
            self._read(self.hours, value, days_ago)
        self.env.flush_all()
        action = self.hours.with_user(self.technician).action_view_chart()
        chart = self.env["maintenance.meter.chart"].with_user(self.technician)
        # as the graph asks: its own context first, the action's over it
        groups = chart.with_context(**{"fill_temporal": True, **action["context"]}).formatted_read_group(
            action["domain"], ["date:day", "series"], ["value:avg"]
        )
        self.assertEqual([group["value:avg"] for group in groups], [100, 200, 300])
