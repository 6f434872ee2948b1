from contextlib import suppress

from odoo import api, models
from odoo.fields import Domain

from .import_log import find_log
from .import_rules import NAMED_BY


class IrFieldsConverter(models.AbstractModel):
    """Records by what files call them: their number before their name, and never one of several.

    The same asset stands in a thousand rows; natively it is looked up for each of them.
    """

    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        log = find_log(self.env)
        if not log or subfield == ".id":
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = field.comodel_name, subfield, value
        if key not in log.found:
            named = self._maintenance_find_named(field, value) if subfield is None and value else False
            log.found[key] = (named, []) if named else super().db_id_for(model, field, subfield, value, savepoint)
        return log.found[key]

    @api.model
    def _maintenance_find_named(self, field, value):
        """The id of the one record that is called so, else None.

        :raises ValueError: several are.
        """
        records = self.env[field.comodel_name]
        names = NAMED_BY.get(field.comodel_name, ())
        if names and len(found := records.search(Domain(names[0], "=", value), limit=2)) == 1:
            return found.id
        # what stands above in the file may wait to be made
        self.env.context.get("import_flush", lambda **kw: None)(model=field.comodel_name)
        for name in names:
            found = records.search(Domain(name, "=", value), limit=20)
            if len(found) > 1 and "active" in found:
                found = found.filtered("active") or found
            if len(found) > 1:
                text = self.env._("“%(value)s” in field '%%(field)s' means %(count)s of them; use a number that only one has.")
                raise self._format_import_error(ValueError, text, {"value": value, "count": len(found)}, {"value": value})
            if found:
                return found.id
        if field.comodel_name == "maintenance.equipment" and records.name_search(value, operator="=", limit=1):
            # natively an asset is also found by where it stands, by its model and by what it is part of
            text = self.env._("No asset has the number or name '%(value)s' in field '%%(field)s'")
            about = {"value": value, "field_type": self.env._("name")}
            raise self._format_import_error(ValueError, text, {"value": value}, about)
        # the key of another system, under which it was imported
        with suppress(ValueError):  # it is that of something else
            return self._xmlid_to_record_id(f"__import__.{value}", records) if "." not in value else None
        return None
