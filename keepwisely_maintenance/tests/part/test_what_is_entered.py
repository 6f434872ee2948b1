from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...words import format_day
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestWhatIsEntered(MaintenanceCase):
    """What technicians enter as used or choose from shelves, and what becomes of what was asked for meanwhile."""

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
        with self.assertRaisesRegex(UserError, r"Free in .*Shelf B: 2 × .*Bearing 6204.*; entered: 3"):
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
        with self.assertRaisesRegex(UserError, "Free in .*: 2 × .*BELT-1"):
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

    # -- By whom --------------------------------------------------------------------------------------

    def test_what_was_used_is_returned_by_those_who_work_on_it(self):
        part = self._add_part(self._assigned(), self.seal, 4)
        part.action_use_part()
        for user in (self.operator, self.outsider, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                part.with_user(user).action_return_part(1)
        self.assertFalse(part.sudo().returned_move_ids)
        part.with_user(self.colleague).action_return_part(1)
        self.assertEqual(part.sudo().returned_move_ids.quantity, 1)
        receipt = self._create_transfer(self.warehouse.in_type_id, self.seal, 2).move_ids
        receipt.write({"quantity": 2, "picked": True})
        receipt.picking_id.button_validate()
        with self.assertRaisesRegex(UserError, "Only parts of work orders"):
            receipt.with_user(self.planner).action_return_part(1)

    def test_lines_of_parts_of_closed_work_stay(self):
        """Also for the store, whose rights reach every line."""
        request = self._assigned()
        part = self._add_part(request, self.seal, 4)
        part.action_use_part()
        line = part.sudo().move_line_ids.with_user(self.storekeeper)
        line.quantity = 3
        self.assertEqual(part.sudo().quantity, 3, "while the work goes on the store corrects what was used")
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        for act in (
            lambda: line.write({"quantity": 2}),
            line.unlink,
            lambda: line.create({"move_id": part.id, "quantity": 1, "location_id": self.stock.id}),
        ):
            with self.assertRaisesRegex(UserError, "closed and stays as it is"):
                act()
        self.assertEqual(part.sudo().quantity, 3)

    # -- What is missing ------------------------------------------------------------------------------

    def test_what_is_missing_says_when_it_comes_and_on_which_order(self):
        part = self._create_job_part(self.bearing, 3, ask=False)
        self.assertEqual(part.sudo()._describe_shortage(), "2 × Bearing 6204", "nobody was asked, so nobody knows when")
        request = part.maintenance_request_id
        request.action_request_parts(offer=False)
        day = format_day(self.env, request.parts_ready_date)
        self.assertEqual(part.sudo()._describe_shortage(), f"2 × Bearing 6204, expected {day}")
        order = self._order(part.sudo().maintenance_requisition_line_ids.requisition_id)
        day = format_day(self.env, request.parts_ready_date)
        self.assertEqual(part.sudo()._describe_shortage(), f"2 × Bearing 6204, expected {day}, {order.name}")
        order.button_cancel()
        self.assertNotIn(order.name, part.sudo()._describe_shortage())
