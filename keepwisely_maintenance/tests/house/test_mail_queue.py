import re
import smtplib
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ...context import BY_SYSTEM
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

    def _find_mails(self):
        return self.env["mail.mail"].search([("res_id", "=", self.job.id), ("model", "=", self.job._name)])

    def _tell(self, people=None, **options):
        """What a click leaves: whom to write to. :returns: the message"""
        people = people or self.technician
        message = self.job.with_user(self.planner).message_notify(
            partner_ids=people.partner_id.ids, body="All parts are here", subject="Squeals", **options
        )
        self._end_transaction()
        return message

    def _click(self):
        """What a click brings, up to what is ready to be sent."""
        self._tell()
        self._run_cron("ir_cron_message_mails")
        return self._find_mails()

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def _run_queue(self, later=False):
        mails = self._find_mails()
        if later:
            self.env.flush_all()
            self.env.cr.execute("UPDATE mail_mail SET write_date = write_date - INTERVAL '11 minutes'")
            self.env.invalidate_all()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 1):
            mails.process_email_queue()

    def _triggers(self, name):
        cron = self.env.ref(name)
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())])

    def test_no_click_waits_for_it(self):
        """Nor for the e-mail to be written: the click leaves whom it is for, and calls the scheduler, once."""
        write, send = "keepwisely_maintenance.ir_cron_message_mails", "mail.ir_cron_mail_scheduler_action"
        before = self._triggers(write), self._triggers(send)
        self.job.message_notify(partner_ids=self.technician.partner_id.ids, body="First", subject="Squeals")
        self.assertEqual(self._tell().notification_ids.notification_status, "ready")
        self._tell()
        self.assertFalse(self._find_mails())
        self.assertEqual((self._triggers(write) - before[0], self._triggers(send) - before[1]), (2, 0))
        self._run_cron("ir_cron_message_mails")
        self.assertEqual(self._find_mails().mapped("state"), 3 * ["outgoing"])
        self.assertEqual(self._triggers(send) - before[1], 1)
        self._run_cron("ir_cron_message_mails")
        self.assertEqual(len(self._find_mails()), 3)
        self.assertEqual(self.asked, 0)
        self._run_queue()
        self.assertEqual(len(self.sent), 3)

    def test_it_is_what_the_click_would_have_written(self):
        """To the same people, in their languages, with the sender, button and layout; who follows since then gets nothing."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.technician.lang = "de_DE"
        people = self.technician | self.colleague
        self.colleague.write({"notification_type": "email", "email": "colleague@example.com"})
        now = self.job.with_user(self.planner).with_context(maintenance_written_later=BY_SYSTEM)
        now.message_notify(partner_ids=people.partner_id.ids, body="All parts are here", subject="Squeals")
        written = self._find_mails()
        self.assertEqual(len(written), 2, "one in each language")
        self._tell(people)
        self.job.message_subscribe(self.operator.partner_id.ids)
        self._run_cron("ir_cron_message_mails")
        later = self._find_mails() - written
        facts = [
            sorted((mail.recipient_ids.ids, mail.email_from, mail.subject, mail.auto_delete, self._strip(mail)) for mail in mails)
            for mails in (written, later)
        ]
        self.assertEqual(*facts)
        self.assertEqual(later.notification_ids.res_partner_id, people.partner_id)
        self.assertEqual({re.search('lang="([^"]+)"', mail.body_html)[1] for mail in later}, {"en_US", "de_DE"})

    def _strip(self, mail):
        """Its text without what names the one message."""
        return re.sub(r"(token|message_id|mail_message_id)=[^&\"]+", "", mail.body_html)

    def test_no_one_sees_more_than_who_did_it(self):
        """A price that changed is in no e-mail of somebody who sees no prices, though the scheduler sees it."""
        field = self.env["ir.model.fields"]._get("maintenance.requisition", "amount_total")
        seeing = new_test_user(
            self.env, login="kw_seeing", groups="base.group_user,keepwisely_maintenance.group_maintenance_costs"
        )
        for user, seen in ((self.technician, False), (seeing, True)):
            message = self._tell()
            self.env.cr.execute("UPDATE mail_message SET create_uid = %s WHERE id = %s", [user.id, message.id])
            self.env.invalidate_all()
            self.env["mail.tracking.value"].create(
                {"field_id": field.id, "mail_message_id": message.id, "old_value_float": 1.0, "new_value_float": 4711.0}
            )
            before = self._find_mails()
            self._run_cron("ir_cron_message_mails")
            self.assertEqual("4711" in (self._find_mails() - before).body_html, seen, user.login)

    def test_what_only_the_click_knows_is_written_there(self):
        self._tell(subtitles=["Line 3"])
        self.assertEqual(len(self._find_mails()), 1)

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
        self._tell(people)
        self._run_cron("ir_cron_message_mails")
        mail = self._find_mails()
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
