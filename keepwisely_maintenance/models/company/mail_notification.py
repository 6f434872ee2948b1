import logging

from psycopg2 import OperationalError

from odoo import api, fields, models

from ...context import BY_SYSTEM, is_by_system

_logger = logging.getLogger(__name__)


class MailNotification(models.Model):
    """Whoever acts does not wait until e-mails about it are written: the scheduler writes them, in their name."""

    _inherit = "mail.notification"

    maintenance_is_unwritten = fields.Boolean(
        readonly=True, copy=False, groups=fields.NO_ACCESS,
        help="The e-mail is to be written yet; not in the click that it tells of.",
    )  # fmt: skip
    _maintenance_unwritten = models.Index("(id) WHERE maintenance_is_unwritten")

    @api.model
    def _cron_maintenance_write(self, limit=50):
        unwritten = self.search([("maintenance_is_unwritten", "=", True)], order="id")
        self.env["ir.cron"]._maintenance_work_through((unwritten, lambda people: people._maintenance_write()), limit=limit)

    def _maintenance_write(self):
        unwritten = self.try_lock_for_update()
        unwritten.maintenance_is_unwritten = False
        for message, people in unwritten.grouped("mail_message_id").items():
            people._maintenance_write_safely(message)

    def _maintenance_write_safely(self, message):
        """An e-mail that cannot be written stops no other one; the message says so, and administrators are told."""
        try:
            with self.env.cr.savepoint():
                self._maintenance_write_about(message)
        except OperationalError:
            raise
        except Exception as error:
            _logger.exception("The e-mail about the message %s could not be written", message.id)
            self.write({"notification_status": "exception", "failure_type": "unknown"})
            self.env["ir.cron"]._maintenance_tell_administrators(self._maintenance_get_record(message) or self, error)

    def _maintenance_get_record(self, message):
        """What the message is about; none where it is about several."""
        return self.env[message.model or "maintenance.request"].browse(message.res_id or ())

    def _maintenance_write_about(self, message):
        """As `mail.thread._notify_thread` would have done at once."""
        writer = message.create_uid
        # sudo: in the name of whoever did it, who need not be able to read it
        record = self._maintenance_get_record(message).with_user(writer).sudo().with_context(
            lang=writer.lang, tz=writer.tz, maintenance_written_later=BY_SYSTEM
        )
        people_ids = self.res_partner_id.ids
        found = self.env["mail.followers"]._get_recipient_data(record, message.message_type, message.subtype_id.id, people_ids)
        people = [{**data, "notif": "email"} for partner_id, data in found[record.id or 0].items() if partner_id in people_ids]
        self.unlink()  # the e-mail brings its own
        record._notify_thread_by_email(message.with_env(record.env), people)


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    def _filter_has_field_access(self, env):
        """An e-mail that is written later has what whoever did it may see, though the scheduler may see more."""
        return super()._filter_has_field_access(env(su=False) if is_by_system(env, "maintenance_written_later") else env)
