import smtplib
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestMailQueue(MaintenanceCase):
    """The mail server is down, slow or refuses: no click asks it anything, and what it did not take goes out later, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.technician.write({"notification_type": "email", "email": "technician@example.com"})
        cls.planner.email = "planner@example.com"
        cls.job = cls.env["maintenance.request"].create({"name": "Squeals", "equipment_id": cls.conveyor.id})
        cls.env["mail.mail"].search([("state", "=", "outgoing")]).unlink()

    def setUp(self):
        super().setUp()
        self.sent, self.refusal = [], None
        self.startPatcher(patch.object(IrMail_Server, "_disable_send", lambda _server: False))
        self.startPatcher(patch.object(IrMail_Server, "_connect__", self._connect))
        self.startPatcher(patch.object(IrMail_Server, "send_email", self._take))
        self.asked = 0

    def _connect(self, *_args, **_kwargs):
        self.asked += 1
        if isinstance(self.refusal, OSError):
            raise self.refusal
        return self

    def quit(self):
        pass

    def _take(self, message, *_args, **_kwargs):
        if self.refusal and (not self.sent or self.sent[-1] != "let one through"):
            raise self.refusal
        self.sent.append(message["To"])
        return message["Message-Id"]

    def _click(self):
        self.job.message_notify(partner_ids=self.technician.partner_id.ids, body="All parts are here", subject="Squeals")
        self._end_transaction()
        return self.env["mail.mail"].search([("res_id", "=", self.job.id), ("model", "=", self.job._name)])

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def _run_queue(self, later=False):
        mails = self.env["mail.mail"].search([("res_id", "=", self.job.id), ("model", "=", self.job._name)])
        if later:
            self.env.flush_all()
            self.env.cr.execute("UPDATE mail_mail SET write_date = write_date - INTERVAL '11 minutes'")
            self.env.invalidate_all()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 1):
            mails.process_email_queue()

    def _triggers(self):
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())])

    def test_no_click_waits_for_it(self):
        before = self._triggers()
        mail = self._click()
        self.assertEqual((self.asked, mail.state), (0, "outgoing"))
        self._click()
        self.assertEqual(self._triggers() - before, 2, "the scheduler is called once in a click")
        self._run_queue()
        self.assertEqual(len(self.sent), 2)

    def test_what_is_not_taken_goes_out_later_once(self):
        for refusal in (ConnectionRefusedError(), smtplib.SMTPSenderRefused(451, b"later", "a@b.c"), TimeoutError()):
            with self.subTest(refusal), self.env.cr.savepoint() as savepoint:
                self.sent, self.refusal = [], refusal
                mail = self._click()
                self._run_queue()
                self.assertEqual((mail.state, self.sent), ("exception", []))
                self.refusal = None
                self._run_queue()
                self.assertEqual(self.sent, [], "not at each call")
                self._run_queue(later=True)
                self.assertEqual(len(self.sent), 1)
                self._run_queue(later=True)
                self.assertEqual(len(self.sent), 1)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_whoever_has_it_gets_no_second_one(self):
        people = self.technician | self.planner
        people.write({"notification_type": "email"})
        self.job.message_notify(partner_ids=people.partner_id.ids, body="All parts are here", subject="Squeals")
        self._end_transaction()
        mail = self.env["mail.mail"].search([("res_id", "=", self.job.id), ("model", "=", self.job._name)])
        self.assertEqual(len(mail.recipient_ids), 2)
        mail.write({"state": "exception", "failure_type": "unknown"})
        mail.notification_ids.write({"notification_status": "exception"})
        mail.notification_ids.filtered(lambda told: told.res_partner_id == self.planner.partner_id).notification_status = "sent"
        self._run_queue(later=True)
        self.assertEqual([to for to in self.sent if "planner" in to.lower()], [])
        self.assertEqual(len(self.sent), 1)

    def test_not_for_ever_and_not_to_wrong_addresses(self):
        mail = self._click()
        for values, queued in (
            ({"failure_type": "mail_email_invalid"}, False), ({"failure_type": "unknown"}, True), ({"failure_type": False}, True),
        ):  # fmt: skip
            mail.write({"state": "exception", **values})
            self.env.flush_all()
            self.env.cr.execute("UPDATE mail_mail SET write_date = write_date - INTERVAL '1 day'")
            mail.invalidate_recordset()
            mail._maintenance_try_again()
            self.assertEqual(mail.state == "outgoing", queued, values)
        mail.state = "exception"
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_mail SET write_date = write_date - INTERVAL '1 day'")
        self.env.cr.execute("UPDATE mail_mail SET create_date = create_date - INTERVAL '4 days'")
        mail.invalidate_recordset()
        mail._maintenance_try_again()
        self.assertEqual(mail.state, "exception")
