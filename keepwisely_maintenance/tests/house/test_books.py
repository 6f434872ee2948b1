from datetime import datetime

from odoo.tests import TransactionCase, tagged

from .books import Books
from .random_plant import RandomPlant

TODO = "res_model, res_model_id, res_id, user_id, activity_type_id, note, date_deadline, active"


@tagged("post_install", "-at_install")
class TestBooks(TransactionCase):
    """The check after a fault or under load says what does not agree, and changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plant = RandomPlant(cls.env, 2)
        cls.plant.run(80, check_every=80)
        plant, env = cls.plant, cls.plant.env
        service = env["purchase.order"].create(
            {
                "partner_id": plant.vendors[0].id,
                "order_line": [
                    (0, 0, {"product_id": plant.crane.id, "product_qty": 1, "price_unit": 90, "equipment_id": plant.assets[0].id})
                ],
            }
        )
        service.button_confirm()
        service.order_line.qty_received = 1
        meter = env["maintenance.meter"].create({"name": "Hours", "code": "BOOKS", "equipment_id": plant.assets[0].id})
        meter.ingest_readings([{"meter": "BOOKS", "value": 5, "date": datetime(2026, 1, 5).isoformat(), "external_id": "1"}])
        job = env["maintenance.request"].create({"name": "Wants a pump", "equipment_id": plant.assets[0].id})
        job.with_user(plant.planner).action_approve()
        pump = plant.products.filtered(lambda product: product.name == "Turbine")
        env["stock.move"].create({"maintenance_request_id": job.id, "product_id": pump.id, "product_uom_qty": 2})
        job.action_request_parts(offer=False)
        cls.requisition = job.requisition_ids
        env.flush_all()

    def _wrong(self):
        self.env.flush_all()
        return Books(self.env).find_wrong()

    def test_a_part_whose_cost_was_never_set(self):
        """What it is estimated at stands in the ledger, and is no value of its move."""
        plant, env = self.plant, self.plant.env
        belt = plant.products.filtered(lambda product: product.name == "Belt")[:1].copy({"name": "New belt", "standard_price": 0})
        order = [(0, 0, {"product_id": belt.id, "product_qty": 1, "price_unit": 7})]
        env["purchase.order"].create({"partner_id": plant.vendors[0].id, "order_line": order}).button_confirm()
        plant._put_in_stock(belt, plant.stock, 2)
        asset, technician = plant.assets[0], plant.technician
        job = env["maintenance.request"].create({"name": "Belt", "equipment_id": asset.id, "user_id": technician.id})
        job.with_user(plant.planner).action_approve()
        job.with_user(plant.planner).action_assign()
        env["stock.move"].with_user(technician).create(
            {"maintenance_request_id": job.id, "product_id": belt.id, "product_uom_qty": 2})
        job.with_user(technician).action_start()
        job.with_user(technician).action_complete()
        self.assertEqual(job.parts_cost, 14)
        self.assertFalse(self._wrong())

    def test_they_agree_and_stay_as_they_are(self):
        self.env.cr.execute("SELECT MAX(id), COUNT(*) FROM maintenance_cost_entry")
        before = self.env.cr.fetchall(), self.requisition.state
        self.assertEqual(self.requisition.state, "to_approve")
        self.assertEqual(self._wrong(), [])
        self.env.cr.execute("SELECT MAX(id), COUNT(*) FROM maintenance_cost_entry")
        self.assertEqual((self.env.cr.fetchall(), self.requisition.state), before)

    def test_each_kind_of_disagreement_is_told(self):
        waits = self.requisition.id
        for query, told in (
            ("UPDATE stock_quant SET reserved_quantity = reserved_quantity + 1 WHERE id = (SELECT MIN(quant.id)"
             " FROM stock_quant quant JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal')",
             "reservations do not agree"),
            ("UPDATE stock_quant SET quantity = quantity + 1 WHERE id = (SELECT MIN(quant.id)"
             " FROM stock_quant quant JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal')",
             "stock is not what came and went"),
            (f"UPDATE maintenance_requisition_line SET qty_ordered = 7 WHERE requisition_id = {waits}", "ordered 7"),
            (f"UPDATE maintenance_requisition SET state = 'approved' WHERE id = {waits}", "really to_approve"),
            (f"DELETE FROM mail_activity WHERE res_model = 'maintenance.requisition' AND res_id = {waits}", "nobody is asked"),
            (f"INSERT INTO mail_activity ({TODO}) SELECT {TODO} FROM mail_activity"
             f" WHERE res_model = 'maintenance.requisition' AND res_id = {waits}", "told twice"),
            ("UPDATE mail_activity SET res_id = 99999999", "is not there"),
            ("DELETE FROM maintenance_cost_entry WHERE amount = 90", "the ledger does not say"),
            ("UPDATE maintenance_meter SET counted = 3, value = 5.5", "meters say something else"),
            ("UPDATE purchase_order_line SET qty_received = qty_received + 5"
             " WHERE id = (SELECT MIN(purchase_line_id) FROM stock_move)", "came of"),
        ):  # fmt: skip
            with self.subTest(told), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(query)
                self.assertTrue(self.env.cr.rowcount)
                self.env.invalidate_all(flush=False)
                wrong = self._wrong()
                self.assertTrue(any(told in line for line in wrong), (told, wrong))
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
