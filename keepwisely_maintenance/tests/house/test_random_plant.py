from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .random_plant import RandomPlant


@tagged("post_install", "-at_install")
class TestRandomPlant(TransactionCase):
    """A few hundred random but legal steps; `make walk` does ten thousand."""

    def test_one_warehouse(self):
        RandomPlant(self.env, 2).run(300, check_every=30)

    def test_a_depot_besides(self):
        RandomPlant(self.env, 3).run(300, check_every=30)

    def test_it_notices_what_nobody_decided_on(self):
        """Whatever it knows of other lines; where more came than was ordered, the order may follow that."""
        plant = RandomPlant(self.env, 2)
        check = plant.check_that_no_more_is_placed_than_was_decided
        turbine = plant.products.filtered(lambda product: product.name == "Turbine")
        self.env.company.maintenance_order_rule = "free"
        order = self.env["purchase.order"].create(
            {
                "partner_id": plant.vendors[0].id,
                "order_line": [Command.create({"product_id": turbine.id, "product_qty": 2, "price_unit": 200})],
            }
        )
        order.button_confirm()
        check(True)
        order.order_line.write({"product_qty": 4, "price_unit": 200})
        plant.emergency, plant.told = {-1}, {-1: 0.0}
        with self.assertRaisesRegex(AssertionError, "800.00 are ordered, 0.00 were decided on"):
            check(True)
        plant.told = {order.order_line.id: 2}
        check(True)

    def test_it_goes_on_as_it_was_saved(self):
        """A plant that is saved and read again does what it would have done."""
        journals = []
        for again in (False, True):
            with self.env.cr.savepoint() as savepoint:
                plant = RandomPlant(self.env, 4)
                plant.run(6)
                plant.save()
                if again:
                    plant = RandomPlant.saved(self.env)
                plant.run(6)
                journals.append([entry[:2] for entry in plant.journal])
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(len(journals[1]), 12)
        self.assertEqual(*journals)
