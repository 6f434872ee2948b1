import json

from markupsafe import Markup

from odoo import models
from odoo.tools import html2plaintext

from ...words import format_day, format_moment, format_number


class MaintenanceCorrectionMixin(models.AbstractModel):
    """Corrections of what is over, told with the field, its old and its new value."""

    _name = "maintenance.correction.mixin"
    _description = "Corrections That Leave a Trace"

    def _maintenance_read_values(self, names):
        """What the fields say now, by record, as people read it.

        :param names: of fields; what is no value of its own is left out.
        """
        fields = [
            field
            for name, field in self._fields.items()
            if name in names and field.store and field.type not in ("one2many", "binary")
        ]
        # sudo: what a correction changes besides may lie in records that one cannot read
        return {record: {field: record._maintenance_format(field) for field in fields} for record in self.sudo()}

    def _maintenance_format(self, field):
        value = self[field.name]
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type in ("float", "monetary"):
            return format_number(self.env, value)
        if field.type == "date":
            return format_day(self.env, value)
        if field.type == "datetime":
            return format_moment(self.env, value) if value else ""
        if isinstance(value, (dict, list)):
            return json.dumps(value, sort_keys=True)
        return str(field.convert_to_export(value, self) or "").strip()

    def _maintenance_describe_changes(self, before):
        """The changes since `_maintenance_read_values`, as a list in HTML by record; without those that did not change."""
        changes, hidden = {}, self.env._("changed")
        for record, values in before.items():
            lines = [
                Markup("<li>%s: %s</li>")
                # what only some may read is not told to all
                % (field._description_string(self.env), hidden if field.groups else f"{old or '–'} → {new or '–'}")
                for field, old in values.items()
                if (new := record._maintenance_format(field)) != old
            ]
            if lines:
                changes[record] = Markup("<ul>%s</ul>") % Markup().join(lines)
        return changes
