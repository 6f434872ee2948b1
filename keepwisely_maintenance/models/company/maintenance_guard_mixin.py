from odoo import api, models


class MaintenanceGuardMixin(models.AbstractModel):
    """Fields that only the system sets take no default from outside either.

    Values of `create` and `write` are checked by the models. But Odoo also fills what is missing
    from ``default_…`` keys of the context and from default values that users may keep for
    themselves; both come from whoever calls.
    """

    _name = "maintenance.guard.mixin"
    _description = "Fields Without Defaults From Outside"

    @api.model
    def _get_guarded_fields(self):
        """Names of the fields that only the system sets."""
        return frozenset()

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        for name in self._get_guarded_fields() & values.keys():
            field = self._fields[name]
            if field.default:
                values[name] = field.convert_to_write(field.convert_to_cache(field.default(self), self), self)
            else:
                del values[name]
        return values
