from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestOperationTypes(MaintenanceCase):
    """Every warehouse has an operation type for maintenance."""

    def test_of_a_new_warehouse(self):
        warehouse = self.env["stock.warehouse"].create({"name": "North hall", "code": "NH"})
        kind = warehouse.maintenance_type_id
        self.assertRecordValues(
            kind,
            [
                {
                    "name": "Maintenance", "code": "maintenance_operation", "sequence_code": "MNT", "barcode": "NHMNT",
                    "default_location_src_id": warehouse.lot_stock_id.id, "company_id": self.company.id,
                    "default_location_dest_id": self.company._get_maintenance_location().id, "warehouse_id": warehouse.id,
                    "use_create_lots": False, "use_existing_lots": True, "active": True,
                }
            ],
        )  # fmt: skip
        self.assertRecordValues(
            kind.sequence_id,
            [{"name": "North hall Sequence maintenance", "prefix": "NH/MNT/", "padding": 5, "company_id": self.company.id}],
        )
        others = self.env["stock.picking.type"].search([("warehouse_id", "=", warehouse.id), ("id", "!=", kind.id)])
        self.assertNotIn(kind.sequence, others.mapped("sequence"), "it stands after the others")
        self.assertGreater(kind.sequence, max(others.filtered("active").mapped("sequence")))

    def test_archived_with_its_warehouse(self):
        warehouse = self.env["stock.warehouse"].create({"name": "North hall", "code": "N H"})
        self.assertEqual(warehouse.maintenance_type_id.barcode, "NHMNT")
        warehouse.active = False
        self.assertFalse(warehouse.maintenance_type_id.active)
