import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from .import_log import LOG, SKIP_BAD, ImportLog, get_log, get_reading


class Base(models.AbstractModel):
    """Import row by row: every bad row is told with its reason, and none of them for another row.

    Native code stops after ten bad rows, and takes back what came before each of them, so that it no longer sees which
    rows meet. Here bad rows are collected while the good ones are made, and then all is taken back, unless bad rows are to
    be skipped.
    """

    _inherit = "base"

    @api.model
    def _maintenance_loads_by_row(self):
        """Whether what is loaded is the file of somebody who moves in."""
        return bool(get_reading(self.env))

    @api.model
    def load(self, fields, data):
        if not self._maintenance_loads_by_row():
            return super().load(fields, data)
        log = ImportLog(self._name)
        savepoint = self.env.cr.savepoint()
        self = self.with_context(**{LOG: log})
        self._maintenance_find_beforehand(fields, data, log)
        result = super().load(fields, data)
        messages = result["messages"] + log.messages
        result["messages"] = sorted(messages, key=lambda message: message.get("rows", {}).get("from", 0))
        if self.env.context.get(SKIP_BAD):
            for message in result["messages"]:
                message["type"] = "warning"
            result["ids"] = [record_id for record_id in result["ids"] or [] if record_id]
        # what could not even be read keeps out the others as well
        reading = get_reading(self.env)
        unread = reading and reading.has_refused and not self.env.context.get(SKIP_BAD)
        failed = unread or any(message["type"] == "error" for message in result["messages"])
        if failed:
            result["ids"] = False
        savepoint.close(rollback=failed)
        return result

    @api.model
    def _maintenance_find_beforehand(self, fields, data, log):
        """Look up what rows name for all of them at once, into ``log.found``."""

    def _convert_records(self, records, *, log=lambda a: None, savepoint):
        own = get_log(self)
        return super()._convert_records(records, log=own.note if own else log, savepoint=savepoint)

    def _load_records(self, data_list, update=False):
        log = get_log(self)
        if not log or log.is_native:
            return super()._load_records(data_list, update)
        return self._maintenance_load_rows(
            [data for data in data_list if data["info"]["rows"]["from"] not in log.unreadable], update, log
        )

    @api.model
    def _maintenance_load_rows(self, data_list, update, log):
        """Make the records of readable rows, and refuse those that cannot be: of many by halves until the bad ones are found."""
        if not data_list:
            return self.browse()
        try:
            with self.env.cr.savepoint():
                records = self._maintenance_load_natively([dict(data) for data in data_list], update, log)
                self.env.flush_all()
                return records
        except psycopg2.OperationalError:
            # somebody else holds the rows: the whole request is tried again
            raise
        except (UserError, psycopg2.Error, ValueError, TypeError) as error:
            if len(data_list) == 1:
                log.refuse(data_list[0]["info"], [self._maintenance_explain_refusal(error)])
                return self.browse()
        half = len(data_list) // 2
        first = self._maintenance_load_rows(data_list[:half], update, log)
        return first + self._maintenance_load_rows(data_list[half:], update, log)

    @api.model
    def _maintenance_load_natively(self, data_list, update, log):
        """As Odoo makes them, without a further look."""
        log.is_native = True
        try:
            return self._load_records(data_list, update)
        finally:
            log.is_native = False

    @api.model
    def _maintenance_explain_refusal(self, error):
        if isinstance(error, psycopg2.Error):
            return self._sql_error_to_message(error)
        return str(error) or self.env._("It cannot be imported.")
