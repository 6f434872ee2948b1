from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _is_maintenance_kit(self):
        """Manufacturing replaces it by its components."""
        return super()._is_maintenance_kit() or self.is_kits
