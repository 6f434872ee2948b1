from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What planners say of a place.
KEPT_BY_PLANNERS = {"name", "barcode", "location_id", "active", "company_id", "usage", "maintenance_is_place"}


class StockLocation(models.Model):
    """Places of the plant beside the shelves of the warehouse: halls, lines, rooms. Nothing is stored there."""

    _inherit = "stock.location"

    maintenance_is_place = fields.Boolean(
        "Place of maintenance", readonly=True, copy=True,
        help="A place where assets stand and work is done, and no shelf: goods are never stored here. Planners keep them.",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("maintenance_new_place"):
            vals_list = [{"usage": "view", **vals, "maintenance_is_place": True} for vals in vals_list]
        places = super().create(vals_list)
        for place, vals in zip(places, vals_list, strict=True):
            place._maintenance_check_keeps_places(vals)
        return places

    def write(self, vals):
        if "maintenance_is_place" in vals and any(place.maintenance_is_place != vals["maintenance_is_place"] for place in self):
            raise UserError(self.env._("A place stays a place and a shelf a shelf; make a new one under Places instead."))
        self._maintenance_check_keeps_places(vals)
        return super().write(vals)

    def _maintenance_check_keeps_places(self, vals):
        """Planners make places, and say what they are part of; how goods move stays with Inventory.

        :raises UserError: somebody without rights in Inventory says more of a place than that.
        """
        if self.env.su or not vals.keys() - KEPT_BY_PLANNERS or self.env.user.has_group("stock.group_stock_manager"):
            return
        # sudo: whether it is a place is asked before rights are
        if any(self.sudo().mapped("maintenance_is_place")):
            raise UserError(
                self.env._("Planners name places and say what they are part of; the rest is for administrators of Inventory.")
            )

    @api.depends("maintenance_is_place")
    def _compute_complete_name(self):
        """Natively the name of a location without goods says nothing of what it is part of."""
        result = super()._compute_complete_name()
        for place in self.filtered("location_id.maintenance_is_place"):
            place.complete_name = f"{place.location_id.complete_name}/{place.name}"
        return result

    @api.depends("complete_name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for place in self.filtered("location_id.maintenance_is_place"):
            place.display_name = place.complete_name
        return result

    @api.constrains("usage", "maintenance_is_place", "location_id")
    def _maintenance_check_place(self):
        for location in self:
            if location.maintenance_is_place and location.usage != "view":
                raise ValidationError(self.env._("Nothing is stored at %s: it is a place, not a shelf.", location.name))
            if location.location_id.maintenance_is_place and not location.maintenance_is_place:
                raise ValidationError(
                    self.env._("%s is a place without shelves; goods cannot lie in it.", location.location_id.name)
                )


class MaintenanceEquipmentPlace(models.Model):
    _inherit = "maintenance.equipment"

    location_id = fields.Many2one(domain="['|', ('usage', '=', 'internal'), ('maintenance_is_place', '=', True)]")
