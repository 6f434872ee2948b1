from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestWhatIsEntered(MaintenanceCase):
    """What technicians enter as used or choose from shelves, and what becomes of what was asked for meanwhile."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["stock.location"].create({"name": "Shelf B", "location_id": cls.stock.id})

    def test_of_what_is_used_up_nothing_more_is_bought(self):
        part = self._create_job_part(self.bearing, 5)
        line = part.maintenance_requisition_line_ids
        self.assertEqual((part.sudo().quantity, line.product_qty), (1, 4))
        part.quantity = 1
        self.assertTrue(part.sudo().picked)
        self.assertEqual((line.is_cancelled, line.state), (True, "cancelled"), "1 was used, and that is all")

    def test_what_is_only_reserved_leaves_the_rest_asked_for(self):
        part = self._create_job_part(self.bearing, 5)
        line = part.maintenance_requisition_line_ids
        part.with_user(self.planner).sudo().write({"quantity": 1, "picked": False})
        self.assertEqual((line.product_qty, line.state), (4, "approved"))

    # -- What lies on the shelf -----------------------------------------------------------------------

    def _choose(self, part, quantity, **values):
        line = {"location_id": self.shelf.id, "quantity": quantity, **values}
        part.write({"move_line_ids": [Command.clear(), Command.create(line)]})

    def test_only_the_very_product_on_the_very_shelf_counts(self):
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.bearing, self.shelf, 2)
        quants._update_available_quantity(self.seal, self.shelf, 50)
        quants._update_available_quantity(self.bearing, self.stock, 50)
        part = self._add_part(self._assigned(), self.bearing, 9)
        with self.assertRaisesRegex(UserError, r"2 × .*Bearing 6204.* are free in .*Shelf B, and 3 were entered"):
            self._choose(part, 3)
        self._choose(part, 2)
        self.assertEqual(part.sudo().move_line_ids.mapped(lambda line: (line.location_id, line.quantity)), [(self.shelf, 2)])

    def test_only_the_very_lot_counts(self):
        belt = self._create_part("Belt", 9.0, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": f"BELT-{number}", "product_id": belt.id} for number in (1, 2)])
        for lot, quantity in zip(lots, (2, 50), strict=True):
            self.env["stock.quant"]._update_available_quantity(belt, self.shelf, quantity, lot_id=lot)
        # elsewhere there is enough of it
        self.env["stock.quant"]._update_available_quantity(belt, self.stock, 50, lot_id=lots[0])
        part = self._add_part(self._assigned(), belt, 9)
        with self.assertRaisesRegex(UserError, "2 × .*BELT-1.* are free"):
            self._choose(part, 3, lot_id=lots[0].id)
        self._choose(part, 2, lot_id=lots[0].id)
        self.assertEqual(part.sudo().move_line_ids.lot_id, lots[0])

    def test_what_others_have_reserved_is_not_chosen(self):
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.shelf, 4)
        other = self._add_part(self._assigned(), self.bearing, 4)
        self.assertEqual(other.sudo().quantity, 4)
        part = self._add_part(self._assigned(), self.bearing, 4)
        taken = other.sudo().move_line_ids.filtered(lambda line: line.location_id == self.shelf).quantity
        with self.assertRaisesRegex(UserError, f"{4 - taken:g} × "):
            self._choose(part, 4 - taken + 1)
