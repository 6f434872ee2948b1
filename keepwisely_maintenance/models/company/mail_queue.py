from datetime import timedelta

from odoo import api, fields, models

#: What the mail server did not take is tried again for so long, and not more often than this.
TRIED_FOR, AGAIN_AFTER = timedelta(days=3), timedelta(minutes=10)

#: Failures of the way, not of the address: none of its own, the connection, whatever the server said.
OF_THE_WAY = (False, "mail_smtp", "unknown")


class MailThread(models.AbstractModel):
    """Nobody waits for a mail server: e-mails about maintenance are queued, and the scheduler is called at once."""

    _inherit = "mail.thread"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        if not self._name.startswith("maintenance.") or "mail_notify_force_send" in self.env.context:
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        told = self.env.cr.precommit.data
        if "maintenance_mails" not in told and any(person["notif"] == "email" for person in recipients_data):
            told["maintenance_mails"] = True
            cron = self.env["ir.model.data"]._xmlid_to_res_id("mail.ir_cron_mail_scheduler_action")
            # sudo: whoever acts lets the scheduler run
            self.env["ir.cron"].sudo().browse(cron)._maintenance_call()
        queued = self.with_context(mail_notify_force_send=False)
        return super(MailThread, queued)._notify_thread_by_email(message, recipients_data, **kwargs)


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
