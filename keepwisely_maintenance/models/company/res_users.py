from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    maintenance_is_on_tour = fields.Boolean(
        "On a guided tour", readonly=True, help="Onboarding is on for one tour that was begun by hand, and goes off with it."
    )

    @api.model
    def switch_tour_enabled(self, val):
        if not val:
            self.env.user._maintenance_end_tour()
        return super().switch_tour_enabled(val)

    def _maintenance_end_tour(self):
        """Onboarding is off again, if it was on for one tour only."""
        self.ensure_one()
        if self.maintenance_is_on_tour:
            # sudo: as the native switch; a person's own setting
            self.sudo().write({"tour_enabled": False, "maintenance_is_on_tour": False})
