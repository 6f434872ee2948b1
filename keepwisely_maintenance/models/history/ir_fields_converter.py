from odoo import api, models

from .maintenance_history_import import HistoryLog


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """The same asset stands in a thousand rows; natively it is looked up for each of them."""
        log = self.env.context.get("maintenance_history_log")
        if not isinstance(log, HistoryLog) or subfield == ".id":
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = field.comodel_name, subfield, value
        if key not in log.found:
            log.found[key] = super().db_id_for(model, field, subfield, value, savepoint)
        return log.found[key]
