from odoo import SUPERUSER_ID, models, tools

#: Models of others in which this module creates records with superuser rights.
CREATED_IN = {
    "account.analytic.line",
    "mail.activity",
    "maintenance.request",
    "purchase.order",
    "purchase.order.line",
    "stock.move",
    "stock.move.line",
}


class IrDefault(models.Model):
    _inherit = "ir.default"

    def _get_model_defaults(self, model_name, condition=False):
        """Nobody keeps a default value for what they may not write.

        ``sudo()`` leaves the ``default_…`` keys of the context behind, and natively they are checked against the
        groups of the fields. Default values that users keep for themselves are neither, and everybody may keep some.
        """
        model = self.env[model_name]
        if model_name not in CREATED_IN and model._original_module != "keepwisely_maintenance":
            return super()._get_model_defaults(model_name, condition)
        if self.env.su and self.env.uid != SUPERUSER_ID:
            defaults = self._maintenance_get_system_defaults(model_name, condition)
        else:
            defaults = super()._get_model_defaults(model_name, condition)
        return {name: value for name, value in defaults.items() if model._has_field_access(model._fields[name], "write")}

    # kept, since each record that is created asks for them, and every change of user takes a while
    @tools.ormcache("self.env.company.id", "model_name", "condition")
    def _maintenance_get_system_defaults(self, model_name, condition):
        return self.with_company(self.env.company).with_user(SUPERUSER_ID)._get_model_defaults(model_name, condition)
