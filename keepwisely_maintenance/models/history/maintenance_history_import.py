from odoo import api, models

from .import_log import get_log


class MaintenanceHistoryImport(models.AbstractModel):
    """Import of the past: rows are compared with each other and with what is there, then made as they were."""

    _inherit = "maintenance.history.mixin"

    @api.model
    def _maintenance_loads_by_row(self):
        return self._maintenance_is_bringing_in() or super()._maintenance_loads_by_row()

    @api.model
    def load(self, fields, data):
        if self._maintenance_is_bringing_in():
            self._maintenance_check_may_bring_in()
            # who has left, and assets that were scrapped, have a past as well
            self = self.with_context(active_test=False)
        return super().load(fields, data)

    @api.model
    def _maintenance_find_beforehand(self, fields, data, log):
        """Look up the work orders that rows name, for all rows at once."""
        if self._maintenance_is_bringing_in():
            self.env["maintenance.request"]._maintenance_find_by_number(fields, data, log)
        return super()._maintenance_find_beforehand(fields, data, log)

    @api.model
    def _maintenance_load_rows(self, data_list, update, log):
        if not self._maintenance_is_bringing_in():
            return super()._maintenance_load_rows(data_list, update, log)
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
        return self._maintenance_load_natively(good, update, log)

    def _load_records_create(self, vals_list):
        if not get_log(self) or not self._maintenance_is_bringing_in():
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
