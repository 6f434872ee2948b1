from odoo.fields import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestCostUnset(MaintenanceCase):
    """A part whose cost was never set costs its job what was last paid for one; the stock value stays Odoo's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 9.0, standard_price=0.0)

    def _buy(self, price, quantity=10, receive=True, **values):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.belt.id, "product_qty": quantity, "price_unit": price, "discount": 0.0, **values}
                    )
                ],
            }
        )
        order.button_confirm()
        return self._receive(order) if receive else order

    def _ledger(self, request):
        rows = self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", request.id)])
        return sorted((row.entry, row.amount) for row in rows if row.amount)

    def test_last_purchase(self):
        self._buy(120.0, 1, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        self._buy(8.0)
        self.assertEqual(self.belt.standard_price, 0.0)
        counted = self.env["stock.quant"].with_context(inventory_mode=True).create(
            {"product_id": self.belt.id, "location_id": self.stock.id, "inventory_quantity": 99}
        )
        counted.action_apply_inventory()
        self.assertFalse(self.env["maintenance.cost.entry"].search([("product_id", "=", self.belt.id)]), "of what is used alone")
        request = self._assigned()
        part = self._add_part(request, self.belt, 3)
        planner = request.with_user(self.planner)
        self.assertIn("Belt at its last purchase price, $", planner.maintenance_cost_unset_message)
        self.assertIn("8.00", planner.maintenance_cost_unset_message)
        part.action_use_part()
        self.assertEqual((part.sudo().value, planner.parts_cost), (0.0, 24.0))
        self.assertEqual(self._ledger(request), [("estimated", 24.0)])
        self.assertEqual(self.conveyor.maintenance_cost, 24.0)
        part.with_user(self.technician).action_return_part(1)
        self.assertEqual(planner.with_user(self.planner).parts_cost, 16.0)
        part.with_user(self.technician).action_return_part(2)
        self.assertEqual(planner.with_user(self.planner).parts_cost, 0.0)
        row = self.env["maintenance.cost.report"].search([("entry", "=", "estimated")], limit=1)
        self.assertEqual(row.action_open_source()["res_model"], "stock.move")

    def test_a_dozen_has_the_price_of_twelve(self):
        self._buy(120.0, 1, product_uom_id=self.env.ref("uom.product_uom_dozen").id)
        request = self._assigned()
        self._add_part(request, self.belt, 2).action_use_part()
        self.assertEqual(request.with_user(self.planner).parts_cost, 20.0)

    def test_never_bought_and_set_later(self):
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 5)
        request = self._assigned()
        self._add_part(request, self.belt, 1).action_use_part()
        planner = request.with_user(self.planner)
        self.assertEqual((planner.parts_cost, self._ledger(request)), (0.0, []))
        self.assertEqual(planner.maintenance_cost_unset_message, "Belt, never bought, at nothing")
        self.belt.standard_price = 7.0
        self.assertFalse(request.with_user(self.planner).maintenance_cost_unset_message)
        self._add_part(request.with_user(self.technician), self.belt, 1).action_use_part()
        self.assertEqual(request.with_user(self.planner).parts_cost, 7.0)
        self.assertEqual(self._ledger(request), [("consumed", 7.0)])

    def test_what_it_really_cost_takes_its_place(self):
        """With average cost, a receipt without a price is revalued by its bill: that share replaces the estimate."""
        self.belt.categ_id = self.env["product.category"].create({"name": "Average", "property_cost_method": "average"})
        receipt = self._buy(0.0, 2)
        self._buy(6.0, 1, receive=False)
        request = self._assigned()
        self._add_part(request, self.belt, 2).action_use_part()
        self.assertEqual(request.with_user(self.planner).parts_cost, 12.0)
        order = receipt.sudo().purchase_id
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = bill.date
        bill.invoice_line_ids.price_unit = 9.0
        bill.action_post()
        self.assertEqual(request.with_user(self.planner).parts_cost, 18.0)
