from odoo import api, models

from ...hooks import set_up


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _set_up_maintenance(self):
        """Prepare the database on installation; see ``hooks``."""
        set_up(self.env)
