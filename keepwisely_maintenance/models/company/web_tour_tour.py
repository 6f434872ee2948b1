from odoo import api, fields, models

#: Ends at once in the browser, with nothing shown.
NOTHING = {"name": "", "url": "/odoo", "custom": False, "steps": [], "rainbowManMessage": False}


class WebTourTour(models.Model):
    """Guided tours for roles. Odoo offers every tour to everybody; one that waits for a menu that somebody lacks never ends.

    A record rule keeps tours of other roles out of sight, so that neither onboarding nor a link begins them.
    """

    _inherit = "web_tour.tour"

    maintenance_group_id = fields.Many2one(
        "res.groups", "Role", ondelete="cascade", help="Only who has this role is offered the tour; empty: everybody."
    )

    @api.model
    def get_tour_json_by_name(self, tour_name):
        """What a shared link begins; nothing where the tour is of another role."""
        if not self.search_count([("name", "=", tour_name)], limit=1):
            # sudo: whether there is such a tour at all; the native error names one that there is not
            if self.sudo().search_count([("name", "=", tour_name)], limit=1):
                return dict(NOTHING)
        return super().get_tour_json_by_name(tour_name)

    @api.model
    def maintenance_begin_tour(self, name):
        """Let the user take the tour ``name`` of their role, and no other one after it.

        :return: the message at its end, or False where there is no such tour for them.
        """
        tour = self.search([("name", "=", name), ("maintenance_group_id", "!=", False)])
        user = self.env.user
        if not tour:
            return False
        if not user.tour_enabled:
            # sudo: as the native switch; a person's own setting
            user.sudo().write({"tour_enabled": True, "maintenance_is_on_tour": True})
        return tour.rainbow_man_message

    @api.model
    def get_current_tour(self):
        if self.env.user.maintenance_is_on_tour:
            # it goes on in the browser where it was begun
            return False
        return super().get_current_tour()

    @api.model
    def consume(self, tourName):
        self.env.user._maintenance_end_tour()
        return super().consume(tourName)
