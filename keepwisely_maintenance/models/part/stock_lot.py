from odoo import models

#: What a lot is worth.
VALUE_FIELDS = {"avg_cost", "standard_price", "total_value"}


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _has_field_access(self, field, operation):
        """Who reads lots through this module only, to use them on a job, is not told what they are worth."""
        if field.name in VALUE_FIELDS and self.env["stock.move"]._has_only_part_rights("read"):
            return False
        return super()._has_field_access(field, operation)
