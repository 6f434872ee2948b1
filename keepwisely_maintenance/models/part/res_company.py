from odoo import models
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_maintenance_location(self):
        """The company's own location for parts that are used up, made when it is missing.

        It is archived, see ``stock.location``, and stands below the production location.
        """
        self.ensure_one()
        locations = self.env["stock.location"].sudo().with_context(active_test=False)
        production = locations.search(
            [("usage", "=", "production"), ("company_id", "=", self.id), ("is_maintenance", "=", False)],
            order="parent_path", limit=1,
        )  # fmt: skip
        location = locations.search([("is_maintenance", "=", True), ("company_id", "=", self.id)], limit=1)
        # one that an earlier installation left, because moves point to it
        location = location or locations.search(
            [("location_id", "=", production.id), ("name", "=", self.env._("Maintenance"))], limit=1
        )
        location.filtered(lambda found: not found.is_maintenance or found.active).write(
            {"is_maintenance": True, "active": False}
        )
        return location or locations.create(
            {
                "name": self.env._("Maintenance"),
                "usage": "production",
                "company_id": self.id,
                "location_id": production.id,
                "is_maintenance": True,
                "active": False,
            }
        )

    def _get_location_valuation_vals(self, at_date=None, location_domain=False):
        """What parts cost is closed on the account of the Maintenance location, although that is archived."""
        own = Domain(location_domain or []) & Domain("is_maintenance", "=", True) & Domain("active", "=", False)
        archived = self.with_context(active_test=False)
        return super()._get_location_valuation_vals(at_date=at_date, location_domain=location_domain) + super(
            ResCompany, archived
        )._get_location_valuation_vals(at_date=at_date, location_domain=own)
