from odoo import api, models

#: In the context of `load`: rows that cannot be are left out, and told; without it one of them keeps out all.
SKIP_BAD = "maintenance_history_skip_bad"


class HistoryLog:
    """What one `load` has found so far: its refusals, the rows that Odoo could not read, records by how files name them."""

    def __init__(self):
        self.messages = []
        self.unreadable = set()
        self.found = {}

    def refuse(self, info, reasons):
        for reason in reasons:
            message = {**info, "type": "error", "message": reason}
            if message not in self.messages:
                self.messages.append(message)


class MaintenanceHistoryImport(models.AbstractModel):
    """Import of the past: every bad row is told with its reason, and none of them for another row.

    Native code stops after ten bad rows, and takes back what came before each of them, so that it no longer sees which
    rows meet.
    """

    _inherit = "maintenance.history.mixin"

    @api.model
    def load(self, fields, data):
        if not self._maintenance_is_bringing_in():
            return super().load(fields, data)
        self._maintenance_check_may_bring_in()
        log = HistoryLog()
        savepoint = self.env.cr.savepoint()
        # who has left, and assets that were scrapped, have a past as well
        self = self.with_context(maintenance_history_log=log, active_test=False)
        self._maintenance_find_beforehand(fields, data, log)
        result = super().load(fields, data)
        messages = result["messages"] + log.messages
        result["messages"] = sorted(messages, key=lambda message: message.get("rows", {}).get("from", 0))
        if self.env.context.get(SKIP_BAD):
            for message in result["messages"]:
                message["type"] = "warning"
            result["ids"] = [record_id for record_id in result["ids"] or [] if record_id]
        failed = any(message["type"] == "error" for message in result["messages"])
        if failed:
            result["ids"] = False
        savepoint.close(rollback=failed)
        return result

    @api.model
    def _maintenance_find_beforehand(self, fields, data, log):
        """Look up the work orders that rows name, for all rows at once."""
        self.env["maintenance.request"]._maintenance_find_by_number(fields, data, log)

    def _convert_records(self, records, *, log=lambda a: None, savepoint):
        history = self.env.context.get("maintenance_history_log")
        if not isinstance(history, HistoryLog):
            return super()._convert_records(records, log=log, savepoint=savepoint)

        def note(message):
            if message["type"] == "error":
                history.unreadable.add(message["rows"]["from"])
                if self.env.context.get(SKIP_BAD):
                    message = {**message, "type": "warning"}
            log(message)

        return super()._convert_records(records, log=note, savepoint=savepoint)

    def _load_records(self, data_list, update=False):
        log = self.env.context.get("maintenance_history_log")
        if not isinstance(log, HistoryLog):
            return super()._load_records(data_list, update)
        data_list = [data for data in data_list if data["info"]["rows"]["from"] not in log.unreadable]
        # sudo: whether an external id is taken is no secret
        named = self.env["ir.model.data"].sudo()._lookup_xmlids([data["xml_id"] for data in data_list if data["xml_id"]], self)
        taken = {f"{row[1]}.{row[2]}" for row in named}
        fresh = []
        for data in data_list:
            if data["values"].get("id") or data["xml_id"] in taken:
                log.refuse(data["info"], [self.env._("It is here already.")])
            else:
                fresh.append(data)
        rows, refused = self._maintenance_prepare_history([data["values"] for data in fresh])
        for number, reasons in refused.items():
            log.refuse(fresh[number]["info"], reasons)
        good = [
            {**data, "values": row}
            for number, (data, row) in enumerate(zip(fresh, rows, strict=True))
            if number not in refused
        ]
        return super()._load_records(good, update)

    def _load_records_create(self, vals_list):
        log = self.env.context.get("maintenance_history_log")
        if not isinstance(log, HistoryLog):
            return super()._load_records_create(vals_list)
        return self._maintenance_make_history(vals_list)

    # -- The import screen ------------------------------------------------------------------------

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """What only the system sets can be brought in, so the import screen offers it."""
        result = super().fields_get(allfields, attributes)
        if self._maintenance_is_bringing_in() and self._maintenance_may_bring_in() and (
            attributes is None or "readonly" in attributes
        ):
            allowed = self._maintenance_get_history_fields()
            for name, description in result.items():
                description["readonly"] = name not in allowed
        return result

    @api.model
    def _maintenance_get_history_fields(self):
        """Names of the fields that a row of the past can say."""
        raise NotImplementedError
