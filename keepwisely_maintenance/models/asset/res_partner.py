from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _maintenance_describe_named(self):
        sentences = super()._maintenance_describe_named()
        count = self.env["maintenance.equipment"].search_count(
            [("technician_user_id", "in", self._maintenance_get_logins().ids)]
        )
        if count:
            sentences.append(self.env._("Assets that still name them as the technician: %s. New work there has none.", count))
        return sentences
