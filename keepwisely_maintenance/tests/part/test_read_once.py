from odoo.fields import Command, Datetime
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestReadOnce(MaintenanceCase):
    """What is read once for all parts is what native code would find for each."""

    def test_reserving_finds_what_native_code_finds(self):
        stock, quants = self.warehouse.lot_stock_id, self.env["stock.quant"]
        shelves = self.env["stock.location"].create([{"name": name, "location_id": stock.id} for name in ("North", "South")])
        gauge = self._create_part("Gauge", 5.0, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": gauge.id} for name in ("L1", "L2")])
        for product, place, lot, day in (
            (self.seal, shelves[1], None, 3), (self.seal, stock, None, 9), (self.seal, shelves[0], None, 1),
            (gauge, shelves[0], lots[1], 4), (gauge, stock, lots[0], 8), (gauge, shelves[1], lots[0], 2), (gauge, stock, None, 1),
        ):  # fmt: skip
            quants._update_available_quantity(product, place, 2, lot_id=lot, in_date=Datetime.to_datetime(f"2026-01-0{day}"))
        request = self._assigned()
        parts = self.env["stock.move"].union(*(self._add_part(request, product, 1) for product in (self.seal, gauge)))
        self.env.flush_all()
        read = quants.sudo().with_context(quants_cache=parts._maintenance_read_quants())
        for product in (self.seal, gauge):
            for place in (stock, *shelves):
                for lot in (None, *lots):
                    with self.subTest(product=product.name, place=place.name, lot=lot and lot.name):
                        native = quants.sudo()._gather(product, place, lot_id=lot)
                        self.assertEqual(read._gather(product, place, lot_id=lot).ids, native.ids)
        queries = self.cr.sql_log_count
        self.assertEqual(len(read._gather(gauge, stock)), 4)
        self.assertEqual(self.cr.sql_log_count, queries)

    def test_a_reorder_point_still_follows_what_is_reserved(self):
        point = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.seal.id, "product_min_qty": 9, "product_max_qty": 12}
        )
        self.assertEqual(point.qty_to_order, 0)
        request = self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Change seals",
                "user_id": self.technician.id,
                "part_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": 4}) for product in (self.seal, self.bearing)
                ],
            }
        )
        request.action_approve()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(request.part_ids.filtered(lambda part: part.product_id == self.seal).state, "assigned")
        self.assertEqual(point.qty_to_order, 6, "six are left of ten")

    def test_lines_and_to_dos_of_a_requisition(self):
        """Read by one query each, with the rights of who reads."""
        asked = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": part.id, "product_qty": 900}) for part in (self.seal, self.bearing)]}
        )
        asked.action_submit()
        for user in (self.technician, self.buyer, self.procurement):
            self.env.flush_all()
            self.env.invalidate_all()
            mine = asked.with_user(user)
            expected = self.env["mail.activity"].with_user(user).search(
                [("res_model", "=", asked._name), ("res_id", "=", asked.id)]
            )
            self.assertTrue(expected)
            self.assertEqual(mine.activity_ids, expected)
            self.env.invalidate_all()
            mine.fetch(["name"])
            with self.assertLogs("odoo.sql_db", "DEBUG") as log:
                self.assertEqual(mine.line_ids.mapped("product_qty"), [900, 900])
            self.assertEqual(sum('FROM "maintenance_requisition_line"' in line for line in log.output), 1)
