import json

from odoo.tests import HttpCase

from ..common import MaintenanceCase


class JsonCase(MaintenanceCase, HttpCase):
    """From outside: ``POST /json/2/<model>/<method>`` with an API key per person; each call begins with an empty cache."""

    def _post(self, user, model, method, ids=(), **kwargs):
        key = self.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "test", None)
        self.env.flush_all()
        self.env.invalidate_all()
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps({"ids": list(ids), **kwargs}),
            headers={"Content-Type": "application/json", "Authorization": f"bearer {key}"},
        )

    def _call(self, *args, **kwargs):
        response = self._post(*args, **kwargs)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def _refused(self, *args, **kwargs):
        response = self._post(*args, **kwargs)
        self.assertIn(response.status_code, (403, 422), response.text)
        return response.json()

    def _read(self, user, model, ids, *fields):
        return self._call(user, model, "read", ids, fields=list(fields))[0]
