import json

from odoo.tests import HttpCase, tagged

from .log_common import LogCase


@tagged("post_install", "-at_install")
class TestRequisitionLogPeople(LogCase, HttpCase):
    def test_people_not_the_system_are_named(self):
        """Native code makes orders as superuser, and states are computed at the commit."""
        requisition = self._approved()
        last = self._last_id()
        key = self.env["res.users.apikeys"].with_user(self.buyer).sudo()._generate(None, "test", None)
        response = self.url_open(
            "/json/2/maintenance.requisition/action_order",
            data=json.dumps({"ids": requisition.ids}),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(
            self._rows(requisition, "user_id", since=last), [("ordered", "Buyer"), ("state", "Buyer")]
        )
