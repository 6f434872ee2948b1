from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import clean_context

from ...context import is_by_system

#: What the mail server did not take is tried again for so long, and not more often than this.
TRIED_FOR, AGAIN_AFTER = timedelta(days=3), timedelta(minutes=10)

#: Failures of the way, not of the address: none of its own, the connection, whatever the server said.
OF_THE_WAY = (False, "mail_smtp", "unknown")


#: What only the click knows of an e-mail; with any of it, it is written there.
KNOWN_NOW = ("mail_headers", "force_email_company", "force_email_lang", "force_record_name", "subtitles")


class MailThread(models.AbstractModel):
    """Nobody waits for e-mails about maintenance: they are written and sent by the scheduler, which is called at once."""

    _inherit = "mail.thread"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        # the scheduler itself says that it forces nothing
        if not self._name.startswith("maintenance.") or self.env.context.get("mail_notify_force_send"):
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        people = [person for person in recipients_data if person["notif"] == "email"]
        if people and self._maintenance_can_write_later(message, people, kwargs):
            return self._maintenance_write_later(message, people)
        if people:
            self._maintenance_call_once("mail.ir_cron_mail_scheduler_action")
        queued = self.with_context(mail_notify_force_send=False)
        return super(MailThread, queued)._notify_thread_by_email(message, recipients_data, **kwargs)

    def _maintenance_can_write_later(self, message, people, options):
        if is_by_system(self.env, "maintenance_written_later") or any(options.get(name) for name in KNOWN_NOW):
            return False
        # what it is about is found again by the message: these records, or nothing where it is about several
        is_kept = message.id and (message.model or None, message.res_id or False) == (self._name if self else None, self.id)
        return bool(is_kept and options.get("mail_auto_delete", True) and all(person["id"] for person in people))

    def _maintenance_write_later(self, message, people):
        values = self._notify_by_email_get_base_notification_values(message)
        # sudo: as natively; clean_context: a default of what is being made is none of a notification's
        self.env["mail.notification"].sudo().with_context(clean_context(self.env.context)).create(  # pylint: disable=context-overridden
            [{**values, "res_partner_id": person["id"], "maintenance_is_unwritten": True} for person in people]
        )
        self._maintenance_call_once("keepwisely_maintenance.ir_cron_message_mails")
        return True

    @api.model
    def _maintenance_call_once(self, xmlid):
        """Call a scheduled action when this transaction is committed; one call for all that it did."""
        called = self.env.cr.precommit.data.setdefault("maintenance_called", set())
        if xmlid not in called:
            called.add(xmlid)
            # sudo: whoever acts lets the scheduler run
            self.env["ir.cron"].sudo().browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid))._maintenance_call()


class MailMail(models.Model):
    """Natively an e-mail that the mail server does not take once is never sent, unless somebody asks for it."""

    _inherit = "mail.mail"

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        if not email_ids:
            self._maintenance_try_again()
        return super().process_email_queue(email_ids, batch_size)

    @api.model
    def _maintenance_try_again(self):
        """Queue e-mails about maintenance again that failed on their way; who has it already is left out."""
        now = fields.Datetime.now()
        failed = self.search(
            [
                ("state", "=", "exception"),
                ("model", "=like", "maintenance.%"),
                ("failure_type", "in", OF_THE_WAY),
                ("create_date", ">=", now - TRIED_FOR),
                ("write_date", "<=", now - AGAIN_AFTER),
            ]
        )
        sent = self.env["mail.notification"].search([("mail_mail_id", "in", failed.ids), ("notification_status", "=", "sent")])
        for mail, notifications in sent.grouped("mail_mail_id").items():
            mail.recipient_ids -= notifications.res_partner_id
        failed.filtered(lambda mail: mail.recipient_ids or mail.email_to).mark_outgoing()
