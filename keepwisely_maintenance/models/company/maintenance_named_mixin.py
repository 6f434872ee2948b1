from odoo import api, models
from odoo.models import MAGIC_COLUMNS


class MaintenanceNamedMixin(models.AbstractModel):
    """Dialogs say nothing of records that whoever opens them may not read, whatever id they are given.

    What a field shows of another record is asked for rights only when it is read from the database, not when something else
    in the transaction has read it with more rights before.
    """

    _name = "maintenance.named.mixin"
    _description = "Names Only What One May Read"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        dialogs._maintenance_check_named(dialogs._fields.keys() - set(MAGIC_COLUMNS))
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._maintenance_check_named(vals)
        return result

    def _maintenance_check_named(self, names):
        """:raises AccessError: one of them names a record that the user may not read."""
        if self.env.su:
            return
        for name in names:
            field = self._fields.get(name)
            if field and field.store and field.type == "many2one" and not field.compute and self[name]:
                self[name].check_access("read")
