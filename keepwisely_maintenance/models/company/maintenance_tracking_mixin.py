from odoo import models


class TrackingLogs(list):
    """What is to be written below the records that one transaction has changed; nothing that comes over the network is one."""


class MaintenanceTrackingMixin(models.AbstractModel):
    """Writes what changed on many records in two goes, where native code takes two for each of them."""

    _name = "maintenance.tracking.mixin"
    _inherit = ["mail.thread"]
    _description = "Tracks Many Records at Once"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        logs = TrackingLogs()
        collecting = self.with_context(maintenance_tracking_logs=logs)
        tracking = super(MaintenanceTrackingMixin, collecting)._message_track(fields_iter, initial_values_dict)
        self._maintenance_write_logs(logs)
        return tracking

    def _message_log(self, **log):
        logs = self.env.context.get("maintenance_tracking_logs")
        if not isinstance(logs, TrackingLogs) or not log.keys() <= {"author_id", "body", "tracking_value_ids"}:
            return super()._message_log(**log)
        logs.append((self.id, log.get("author_id"), log.get("body", ""), log.get("tracking_value_ids") or []))
        return self.env["mail.message"]

    def _maintenance_write_logs(self, logs):
        by_author = {}
        for record_id, author_id, body, values in logs:
            by_author.setdefault(author_id, []).append((record_id, body, values))
        rows = []
        for author_id, notes in by_author.items():
            records = self.browse([record_id for record_id, _body, _values in notes])
            messages = records._message_log_batch({record_id: body for record_id, body, _values in notes}, author_id=author_id)
            for message, (_record_id, _body, values) in zip(messages, notes, strict=True):
                rows += [{**vals, "mail_message_id": message.id} for _command, _id, vals in values]
        # sudo: as native code writes them, whoever changed the records
        self.env["mail.tracking.value"].sudo().create(rows)
        self.browse([record_id for record_id, *_log in logs]).invalidate_recordset(["message_ids"])
