from odoo import fields, models
from odoo.exceptions import UserError


class StockLocation(models.Model):
    """The Maintenance location of a company is a production location, and archived.

    Native code looks for *the* production location of a company by its type and takes what it finds. What is archived is
    not found, and moves go there all the same.
    """

    _inherit = "stock.location"

    is_maintenance = fields.Boolean(readonly=True, copy=False, help="Parts used by work orders go here.")

    def write(self, vals):
        own = self.filtered("is_maintenance") if vals.get("active") else self.browse()
        if not own:
            return super().write(vals)
        # natively a location brings back what lies below it
        if self.env.context.get("do_not_check_quant"):
            return super(StockLocation, self - own).write(vals)
        raise UserError(
            self.env._("Leave the Maintenance location archived; otherwise Manufacturing and Repairs would use it as theirs.")
        )
