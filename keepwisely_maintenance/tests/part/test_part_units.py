from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartUnits(MaintenanceCase):
    """Parts are counted as the store counts them, and no more is used than is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dozen, cls.piece = cls.env.ref("uom.product_uom_dozen"), cls.env.ref("uom.product_uom_unit")
        cls.gram, cls.kilogram = cls.env.ref("uom.product_uom_gram"), cls.env.ref("uom.product_uom_kgm")
        cls.grease = cls._create_part("Grease", 9.0, on_hand=2, uom_id=cls.kilogram.id)

    def _needed(self, part):
        self.env.invalidate_all()
        return part.sudo().product_uom, part.sudo().product_uom_qty

    # -- Needed --------------------------------------------------------------------------------------

    def test_dozens_are_pieces(self):
        """Ten of twenty-four are there: ten are reserved and fourteen ordered."""
        request = self._assigned()
        part = self._add_part(request, self.seal, 2, product_uom=self.dozen.id)
        self.assertEqual(self._needed(part), (self.piece, 24))
        self.assertEqual((part.quantity, part.qty_missing), (10, 14))
        request.action_request_parts(offer=False)
        line = request.sudo().requisition_line_ids
        self.assertEqual((line.product_qty, line.product_uom_id), (14, self.piece))
        self._receive(self._order(line.requisition_id))
        self.assertEqual((part.quantity, request.parts_state), (24, "ready"))

    def test_whole_pieces_of_a_dozen(self):
        for dozens, pieces in ((0.83, 10), (1, 12), (0.25, 3), (1.17, 15)):
            part = self._add_part(self._assigned(), self.seal, dozens, product_uom=self.dozen.id)
            self.assertEqual(self._needed(part), (self.piece, pieces), dozens)

    def test_finer_than_the_scales(self):
        """333 g of what is weighed in hundredths of a kilogram: work that is ready can be completed."""
        request = self._assigned()
        part = self._add_part(request, self.grease, 333, product_uom=self.gram.id)
        self.assertEqual(self._needed(part), (self.kilogram, 0.34))
        self.assertEqual((request.parts_state, part.qty_missing), ("ready", 0))
        request.action_start()
        request.action_complete()
        self.assertEqual((request.state, part.quantity), ("completed", 0.34))

    def test_on_every_path(self):
        request = self._assigned()
        part = self._add_part(request, self.grease, 1)
        part.write({"product_uom_qty": 333, "product_uom": self.gram.id})
        self.assertEqual(self._needed(part), (self.kilogram, 0.34))
        request.write({"part_ids": [Command.update(part.id, {"product_uom_qty": 0.5})]})
        self.assertEqual(self._needed(part), (self.kilogram, 0.5))
        five_grams = {"product_id": self.grease.id, "product_uom_qty": 5, "product_uom": self.gram.id}
        request.write({"part_ids": [Command.create(five_grams)]})
        self.assertEqual(self._needed(request.part_ids - part), (self.kilogram, 0.01))
        seals = self._add_part(request, self.seal, 1) | self._add_part(request, self.bearing, 1)
        seals.write({"product_uom_qty": 0.5, "product_uom": self.dozen.id})
        self.assertEqual(seals.mapped("product_uom_qty"), [6, 6])
        planner = self.env["stock.move"].with_user(self.planner)
        again = planner.create(
            {"maintenance_request_id": request.id, "product_id": self.seal.id, "product_uom": self.dozen.id, "product_uom_qty": 1}
        )
        self.assertEqual(self._needed(again), (self.piece, 12))

    def test_what_is_stored_in_dozens(self):
        boxed = self._create_part("Boxed belt", 60.0, on_hand=2, uom_id=self.dozen.id)
        part = self._add_part(self._assigned(), boxed, 20, product_uom=self.piece.id)
        self.assertEqual(self._needed(part), (self.dozen, 1.67))
        self.assertEqual((part.quantity, part.state), (1.67, "assigned"))

    # -- Used ----------------------------------------------------------------------------------------

    def test_more_than_there_is(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        request.action_start()
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            part.quantity = 50
        self.assertRegex(str(caught.exception), r"Entered: 50 × Seal; in .*: 10\.")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            request.write({"part_ids": [Command.update(part.id, {"quantity": 11})]})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            part.write({"move_line_ids": [Command.update(part.move_line_ids.id, {"quantity": 11})]})
        part.quantity = 10
        request.action_complete()
        self.assertEqual((part.state, part.quantity), ("done", 10))

    def test_two_jobs_use_the_same(self):
        """Both may enter what they took; who is second at the shelf is told when the first has used it."""
        first, second = self._assigned(), self._assigned()
        parts = self._add_part(first, self.seal, 2) | self._add_part(second, self.seal, 2)
        for request in (first, second):
            request.action_start()
        parts[0].quantity = 8
        parts[1].quantity = 8
        first.action_complete()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Entered: 8 × Seal; in .*: 2\\."), self.env.cr.savepoint():
            second.action_complete()
        parts[1].quantity = 2
        second.action_complete()
        self.assertEqual(self.seal.qty_available, 0)

    def test_storekeepers_know_better(self):
        both = new_test_user(
            self.env, login="kw_both", name="Both",
            groups="stock.group_stock_user,keepwisely_maintenance.group_maintenance_technician",
        )  # fmt: skip
        self.team.member_ids |= both
        request = self._assigned()
        part = self._add_part(request, self.seal, 2).with_user(both)
        request.action_start()
        part.write({"quantity": 12, "picked": True})
        request.with_user(both).action_complete()
        self.assertEqual((part.state, self.seal.qty_available), ("done", -2))

    def test_less_than_nothing(self):
        for user in (self.technician, self.planner):
            request = self._assigned()
            part = self._add_part(request, self.seal, 2).with_user(user)
            for vals in ({"quantity": -5}, {"move_line_ids": [Command.update(part.sudo().move_line_ids.id, {"quantity": -5})]}):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    part.write(vals)
            self.assertEqual(part.quantity, 2)

    def test_lots(self):
        oil = self._create_part("Oil", 9.0, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": oil.id} for name in ("A", "B")])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(oil, self.stock, 5, lot_id=lot)
        request = self._assigned()
        part = self._add_part(request, oil, 5)
        self.assertEqual(part.move_line_ids.lot_id, lots[0])
        with self.assertRaisesRegex(UserError, "Entered: 6 × A; in .*: 5\\."), self.env.cr.savepoint():
            part.write({"move_line_ids": [Command.update(part.move_line_ids.id, {"quantity": 6})]})
