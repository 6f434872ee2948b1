from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    maintenance_type_id = fields.Many2one(
        "stock.picking.type", "Maintenance operation type", check_company=True, copy=False
    )

    def _get_sequence_values(self, name=False, code=False):
        values = super()._get_sequence_values(name=name, code=code)
        values["maintenance_type_id"] = {
            "name": self.env._("%s Sequence maintenance", self.name),
            "prefix": f"{self.code}/{self.maintenance_type_id.sequence_code or 'MNT'}/",
            "padding": 5,
            "company_id": self.company_id.id,
        }
        return values

    def _get_picking_type_create_values(self, max_sequence):
        data, next_sequence = super()._get_picking_type_create_values(max_sequence)
        data["maintenance_type_id"] = {
            "name": self.env._("Maintenance"),
            "code": "maintenance_operation",
            "default_location_src_id": self.lot_stock_id.id,
            "default_location_dest_id": self.company_id._get_maintenance_location().id,
            "sequence": next_sequence + 1,
            "sequence_code": "MNT",
            "company_id": self.company_id.id,
            "use_create_lots": False,
            "use_existing_lots": True,
        }
        return data, next_sequence + 2

    def _get_picking_type_update_values(self):
        data = super()._get_picking_type_update_values()
        data["maintenance_type_id"] = {
            "active": self.active,
            "barcode": self.code.replace(" ", "").upper() + "MNT",
        }
        return data
