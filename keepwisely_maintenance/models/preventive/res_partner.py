from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _maintenance_describe_named(self):
        sentences = super()._maintenance_describe_named()
        logins = self._maintenance_get_logins().ids
        count = self.env["maintenance.schedule"].search_count(["|", ("user_id", "in", logins), ("owner_user_id", "in", logins)])
        if count:
            sentences.append(self.env._("Schedules that still name them: %s. What these make has no technician.", count))
        return sentences
