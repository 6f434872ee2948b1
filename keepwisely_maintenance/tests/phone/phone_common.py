import uuid
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from ..common import MaintenanceCase


class PhoneCase(MaintenanceCase):
    """A phone in the hand of somebody: what it sends comes as the route gives it to the model, with an empty cache."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now().replace(microsecond=0)

    def _ago(self, **delta):
        return self.now - timedelta(**delta)

    def _command(self, kind, job=None, moment=None, **values):
        extra = {name: values.pop(name) for name in ("version", "report", "id") if name in values}
        return {
            "id": str(uuid.uuid4()), "kind": kind, "moment": fields.Datetime.to_string(moment or self.now),
            "job": job.id if job else None, "report": None, "version": None, "values": values, **extra,
        }  # fmt: skip

    def _send(self, user, *commands, clock=None, offset=None):
        """The answers to what the phone of ``user`` sends."""
        rows = self.env["maintenance.phone.command"].with_user(user)
        answers = rows._receive(fields.Datetime.to_string(clock or fields.Datetime.now()), list(commands), offset)
        self._end_transaction()
        self.env.invalidate_all()
        return answers

    def _do(self, user, kind, job=None, moment=None, state="sent", clock=None, **values):
        """One command; returns its answer, whose state is checked."""
        answer = self._send(user, self._command(kind, job, moment, **values), clock=clock)[0]
        self.assertEqual(answer["state"], state, answer["sentence"])
        return answer

    def _data(self, user, stamp=None):
        data = self.env["maintenance.phone"].with_user(user)._get_data(stamp)
        self.env.invalidate_all()
        return data

    def _get_version(self, user, job):
        return next(row["version"] for row in self._data(user)["jobs"] if row["id"] == job.id)

    def _asked_days_ago(self, job, days=2):
        """The work order is as if it had been entered so many days ago."""
        self._end_transaction()
        self.env.cr.execute(
            "UPDATE maintenance_request SET create_date = create_date - make_interval(days => %s),"
            " request_date = request_date - %s,"
            " maintenance_reported_at = maintenance_reported_at - make_interval(days => %s) WHERE id = %s",
            [days, days, days, job.id],
        )
        for table in ("maintenance_downtime", "maintenance_request_phase"):
            self.env.cr.execute(
                f"UPDATE {table} SET date_from = date_from - make_interval(days => %s),"
                " date_to = date_to - make_interval(days => %s) WHERE maintenance_request_id = %s",
                [days, days, job.id],
            )
        self.env.invalidate_all()
        return job

    def _row(self, answer):
        return self.env["maintenance.phone.command"].search([("command_id", "=", answer["id"])])

    def _notes(self, job):
        return "\n".join(str(body) for body in job.sudo().message_ids.mapped("body"))


class PhoneHttpCase(PhoneCase, HttpCase):
    """Over the network, as the page talks."""

    def _json(self, path, **params):
        return self.make_jsonrpc_request(f"/maintenance/work/{path}", params)
