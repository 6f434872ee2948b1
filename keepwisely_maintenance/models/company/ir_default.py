from odoo import SUPERUSER_ID, models

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
        """What is created with superuser rights takes no default value that its user keeps for themselves.

        ``sudo()`` leaves the ``default_…`` keys of the context behind, but not these, and everybody may keep some.
        """
        model = self.env.registry[model_name]
        if self.env.su and (model_name in CREATED_IN or model._original_module == "keepwisely_maintenance"):
            self = self.with_company(self.env.company).with_user(SUPERUSER_ID)
        return super()._get_model_defaults(model_name, condition)
