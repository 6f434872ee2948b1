from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .who_gets_common import WhoGetsCase


@tagged("post_install", "-at_install")
class TestHeldGoods(WhoGetsCase):
    """Goods that shall leave and are reserved for work orders, as the storekeeper meets them."""

    def _receive_belts(self, quantity):
        receipt = self._coming(quantity)
        self._validate(receipt)
        return receipt

    def _send_back(self, receipt, quantity):
        """The storekeeper returns goods by Odoo's own wizard."""
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.storekeeper)
            .with_context(active_model="stock.picking", active_id=receipt.id, active_ids=receipt.ids)
            .create({})
        )
        wizard.product_return_moves.quantity = quantity
        return self.env["stock.picking"].with_user(self.storekeeper).browse(wizard.action_create_returns()["res_id"])

    def _name(self, part):
        return part.sudo().maintenance_request_id.reference

    def test_a_return_says_what_it_takes_and_takes_it(self):
        receipt = self._receive_belts(5)
        three, two = self._job(3, priority="1"), self._job(2)
        back = self._send_back(receipt, 4)
        self.assertEqual((back.state, back.move_ids.quantity), ("waiting", 0))
        self.assertEqual(
            back.maintenance_held_message,
            f"Belt, 4 of the missing 4: reserved for {self._name(two)} (2), {self._name(three)} (2).",
            "the less urgent one first",
        )
        back.action_maintenance_take_held()
        self.assertEqual((back.state, back.move_ids.quantity, back.maintenance_held_message), ("assigned", 4, False))
        self.assertEqual((two.sudo().quantity, three.sudo().quantity), (0, 1))
        for part in (two, three):
            request = part.sudo().maintenance_request_id
            self.assertEqual((request.state, request.parts_state), ("waiting_parts", "to_request"))
            notes = "".join(request.message_ids.mapped("body"))
            self.assertIn(f"2 × Belt given to {back.name}", notes)
            self.assertEqual(notes.count("was taken away"), 1)
            self.assertFalse(self._notifications(self.technician, request).filtered(
                lambda told: "was taken away" in told.mail_message_id.body
            ), "one message for both")  # fmt: skip
            self.assertIn(request.reference, "".join(back.message_ids.mapped("body")))
        told = self.env["mail.notification"].search([("res_partner_id", "=", self.technician.partner_id.id)])
        told = told.mail_message_id.filtered(lambda message: "was taken away" in message.body)
        self.assertEqual(len(told), 1)
        self.assertIn(self._name(two), told.body)
        self.assertIn(self._name(three), told.body)
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(three.sudo().quantity, 1)

    def test_only_what_is_missing(self):
        receipt = self._receive_belts(5)
        job = self._job(3)
        back = self._send_back(receipt, 4)
        self.assertEqual(back.move_ids.quantity, 2, "what is free goes first")
        self.assertIn(f"2 of the missing 2: reserved for {self._name(job)} (2)", back.maintenance_held_message)
        back.action_maintenance_take_held()
        self.assertEqual((back.move_ids.quantity, job.sudo().quantity), (4, 1))

    def test_who_was_put_first_loses_last(self):
        receipt = self._receive_belts(4)
        first, urgent = self._job(2), self._job(2, priority="2")
        first.with_user(self.planner).allocation_rank = 1
        back = self._send_back(receipt, 2)
        self.assertIn(self._name(urgent), back.maintenance_held_message)
        self.assertNotIn(self._name(first), back.maintenance_held_message)
        back.action_maintenance_take_held()
        self.assertEqual((first.sudo().quantity, urgent.sudo().quantity), (2, 0))

    def test_what_was_handed_out_is_not_offered(self):
        receipt = self._receive_belts(2)
        job = self._job(2)
        job.sudo().move_line_ids.with_user(self.storekeeper).action_maintenance_hand_out()
        back = self._send_back(receipt, 2)
        self.assertFalse(back.maintenance_held_message)
        with self.assertRaises(UserError):
            back.action_maintenance_take_held()
        self.assertEqual(job.sudo().quantity, 2)

    def test_the_serial_number_that_came_goes_back(self):
        motor = self._create_part("Motor", 300.0, tracking="serial")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": motor.id} for name in ("M-1", "M-2")])
        receipts = self._receive_lots(motor, lots)
        jobs = [self._job(1, product=motor) for _lot in lots]
        held = {part.sudo().lot_ids.name: part for part in jobs}
        back = self._send_back(receipts["M-2"], 1)
        self.assertIn(self._name(held["M-2"]), back.maintenance_held_message)
        self.assertNotIn(self._name(held["M-1"]), back.maintenance_held_message)
        back.action_maintenance_take_held()
        self.assertEqual(back.move_ids.lot_ids.name, "M-2")
        self.assertEqual((held["M-1"].sudo().quantity, held["M-2"].sudo().quantity), (1, 0))

    def _receive_lots(self, product, lots):
        receipts = {}
        for lot in lots:
            receipt = self._coming(1, product=product)
            receipt.move_ids.move_line_ids.unlink()
            receipt.move_ids.move_line_ids = [
                Command.create({**receipt.move_ids._prepare_move_line_vals(quantity=1), "lot_id": lot.id, "quantity": 1})
            ]
            receipt.move_ids.picked = True
            self._validate(receipt)
            receipts[lot.name] = receipt
        return receipts

    def test_a_delivery_as_well(self):
        self._receive_belts(2)
        job = self._job(2)
        delivery = self._deliver(1).picking_id.with_user(self.storekeeper)
        self.assertIn(self._name(job), delivery.maintenance_held_message)
        delivery.action_maintenance_take_held()
        self.assertEqual((delivery.move_ids.quantity, job.sudo().quantity), (1, 1))

    def test_nothing_is_offered_elsewhere(self):
        self._receive_belts(2)
        self._job(2)
        receipt = self._coming(1).with_user(self.storekeeper)
        self.assertFalse(receipt.maintenance_held_message)
        delivery = self._create_transfer(self.warehouse.out_type_id, self.seal, 1).with_user(self.storekeeper)
        self.assertFalse(delivery.maintenance_held_message, "it is all there")

    def test_for_storekeepers(self):
        self._receive_belts(2)
        job = self._job(2)
        delivery = self._deliver(1).picking_id
        for stranger in (self.technician, self.operator, self.planner):
            with self.assertRaises(AccessError):
                delivery.with_user(stranger).action_maintenance_take_held()
        self.assertEqual(job.sudo().quantity, 2)

    def test_scrap_takes_by_itself(self):
        self._receive_belts(2)
        job = self._job(2)
        scrap = self.env["stock.scrap"].with_user(self.storekeeper).create({"product_id": self.belt.id, "scrap_qty": 1})
        scrap.action_validate()
        self.assertEqual((scrap.state, job.sudo().quantity), ("done", 1))
        self.assertEqual(job.sudo().maintenance_request_id.state, "waiting_parts")
