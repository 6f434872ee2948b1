from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestRandomFindings(MaintenanceCase):
    """What random steps found, each as short as it gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _asked(self, quantity=10, **values):
        """A job that lacks belts and asked for them; returns (work order, part, requisition line)."""
        part = self._create_job_part(self.belt, quantity, **values)
        request = part.maintenance_request_id
        return request, part, request.sudo().requisition_line_ids

    def _send_back(self, picking, quantity):
        """Goods go back to the vendor."""
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper).create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")

    def test_nothing_is_asked_again_for_work_that_is_over(self):
        request, part, line = self._asked()
        requisition = line.requisition_id
        requisition.with_user(self.buyer).action_cancel()
        part.action_drop_part()
        request.with_user(self.planner).archive_equipment_request()
        with self.assertRaises(UserError) as caught:
            requisition.with_user(self.buyer).action_draft()
        self.assertIn(request.sudo().reference, str(caught.exception))
        self.assertFalse(line.is_open)

    def test_nothing_is_added_to_work_that_is_completed(self):
        """Nobody would use it any more, so it would stay reserved for ever."""
        request = self._assigned()
        request.action_start()
        request.action_complete()
        for user in (self.technician, self.planner):
            with self.assertRaisesRegex(UserError, "reopen it"):
                self._add_part(request.with_user(user), self.seal, 1)

    def test_one_to_do_however_often_the_job_waits(self):
        request, _part, line = self._asked(2)
        self._receive(self._order(line.requisition_id))
        self.assertEqual((request.state, len(self._activities(self.technician, request))), ("assigned", 1))
        more = self._add_part(request, self.belt, 1)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        self.assertFalse(self._activities(self.technician, request), "the work cannot go on")
        more.action_drop_part()
        self.assertEqual((request.state, len(self._activities(self.technician, request))), ("assigned", 1))

    def test_what_was_asked_by_hand_ends_with_the_job(self):
        """Without parts that would say so: a cancelled order and goods that go back are no new need."""
        for over in ("cancelled", "closed"):
            with self.subTest(over=over):
                request = self._assigned()
                requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
                    {
                        "line_ids": [
                            Command.create(
                                {"product_id": self.belt.id, "product_qty": 5, "maintenance_request_id": request.id}
                            )
                        ]
                    }
                )
                requisition.action_submit()
                order = self._order(requisition)
                if over == "cancelled":
                    request.with_user(self.planner).archive_equipment_request()
                    order.button_cancel()
                else:
                    self._receive(order)
                    request.action_start()
                    request.action_complete()
                    request.with_user(self.planner).action_close()
                    self._send_back(order.sudo().picking_ids, 2)
                line, state = requisition.sudo().line_ids, "done" if over == "closed" else "cancelled"
                self.assertEqual((line.is_open, line.state, requisition.state), (False, state, state))

    def test_a_deleted_order_is_no_new_need_for_work_that_is_over(self):
        request, part, line = self._asked()
        order = self._order(line.requisition_id)
        part.action_drop_part()
        order.button_cancel()
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        order.with_user(self.procurement).unlink()
        self.assertEqual((line.state, line.is_open), ("cancelled", False))

    def test_what_an_order_gives_up_is_bought_again_only_if_it_is_missing(self):
        for how in ("cancel", "lower", "delete", "no receipt"):
            with self.subTest(how=how):
                request, part, line = self._asked()
                line.requisition_id.with_user(self.buyer).action_order()
                order = line.purchase_line_ids.order_id.with_user(self.buyer)
                if how != "delete":
                    order.button_confirm()
                self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 6)
                part.sudo()._action_assign()
                self.assertEqual((part.quantity, line.product_qty), (6, 10), "what is ordered stays ordered")
                if how == "cancel":
                    order.button_cancel()
                elif how == "lower":
                    order.order_line.product_qty = 1
                elif how == "delete":
                    order.order_line.unlink()
                else:
                    order.sudo().picking_ids.with_user(self.storekeeper).action_cancel()
                self.assertEqual((line.product_qty, line.state), (4, "approved"))
                request.with_user(self.planner).archive_equipment_request()
                self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, -6)

    def test_a_negotiated_price_stays_when_quantity_or_order_change(self):
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {
                "line_ids": [
                    Command.create({"product_id": self.belt.id, "product_qty": 10, "price_unit": 5, "partner_id": self.vendor.id})
                ]
            }
        )
        requisition.action_submit()
        requisition.action_order()
        purchase = requisition.line_ids.purchase_line_ids
        purchase.product_qty = 8
        self.assertEqual(purchase.price_unit, 5)
        purchase.order_id = purchase.order_id.copy({"order_line": False})
        self.assertEqual(purchase.price_unit, 5)

    def test_new_prices_of_two_lines_are_asked_for_once(self):
        """They were approved on one requisition, so they are one submission."""
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
            {"line_ids": [Command.create({"product_id": product.id, "product_qty": 2}) for product in self.belt | self.seal]}
        )
        requisition.line_ids.with_user(self.buyer).partner_id = self.vendor
        requisition.action_submit()
        requisition.with_user(self.buyer).action_order()
        order = requisition.purchase_order_ids.with_user(self.buyer)
        for line in order.order_line:
            line.price_unit *= 2
        self.env["maintenance.price.approval"].with_user(self.buyer).create(
            {"order_id": order.id, "reason": "Steel is dearer"}
        ).action_ask()
        requisition = requisition.sudo()
        self.assertEqual((requisition.revision, sorted(requisition.decision_ids.mapped("revision"))), (2, [1, 2]))
        order.button_confirm()
        self.assertEqual((order.state, len(order.order_line)), ("purchase", 2))

    def test_lines_take_nothing_that_others_have_reserved(self):
        """Nor from a shelf where it does not lie; what was used is what it is."""
        shelf = self.env["stock.location"].create({"name": "Shelf B", "location_id": self.stock.id})
        other = self._create_job_part(self.seal, 7)
        part = self._create_job_part(self.seal, 2)
        line = part.sudo().move_line_ids
        for vals in ({"quantity": 4}, {"location_id": shelf.id}, {"location_id": shelf.id, "picked": True}):
            with self.assertRaisesRegex(UserError, "Free in|Entered:"), self.env.cr.savepoint():
                part.move_line_ids = [Command.update(line.id, vals)]
        part.move_line_ids = [Command.update(line.id, {"quantity": 3})]
        self.assertEqual((part.quantity, other.quantity), (3, 7))
        part.move_line_ids = [Command.update(line.id, {"quantity": 4, "picked": True})]
        self.assertEqual(part.quantity, 4)

    def test_a_line_keeps_what_it_has_when_others_use_it(self):
        """The one who says so last is told; who has it reserved may save the line, and lower it."""
        other, part = self._create_job_part(self.seal, 8), self._create_job_part(self.seal, 2)
        other.move_line_ids = [Command.update(other.sudo().move_line_ids.id, {"quantity": 10, "picked": True})]
        line = part.sudo().move_line_ids
        for vals in ({"location_id": self.stock.id}, {"quantity": 2}, {"quantity": 1}):
            part.move_line_ids = [Command.update(line.id, vals)]
        self.assertEqual(part.quantity, 1)
        with self.assertRaisesRegex(UserError, "Free in .*: 0 × Seal"), self.env.cr.savepoint():
            part.move_line_ids = [Command.update(line.id, {"quantity": 2})]

    def test_lines_from_two_shelves_are_changed_together(self):
        shelf = self.env["stock.location"].create({"name": "Shelf B", "location_id": self.stock.id})
        for place in (self.stock, shelf):
            self.env["stock.quant"]._update_available_quantity(self.belt, place, 3)
        part = self._create_job_part(self.belt, 4)
        lines = part.sudo().move_line_ids
        self.assertEqual((len(lines), part.quantity), (2, 4))
        part.move_line_ids = [Command.update(line.id, {"quantity": 3}) for line in lines]
        self.assertEqual(part.quantity, 6)
        with self.assertRaisesRegex(UserError, "Entered: 7 × Belt; in .*: 6\\."), self.env.cr.savepoint():
            part.move_line_ids = [Command.update(lines[1].id, {"quantity": 4})]

    def test_what_was_counted_away_is_taken_from_where_it_lies(self):
        """A shelf never holds less than nothing as long as the store has what was used."""
        shelf = self.env["stock.location"].create({"name": "Shelf B", "location_id": self.stock.id})
        quants = self.env["stock.quant"]
        for whole in (False, True):
            with self.subTest(whole=whole):
                belt = self._create_part(f"Belt {whole}", 7.0, on_hand=8)
                part = self._create_job_part(belt, 8)
                part.move_line_ids = [Command.update(part.sudo().move_line_ids.id, {"picked": True})]
                quants._update_available_quantity(belt, shelf, 7)
                quants._update_available_quantity(belt, self.stock, -8 if whole else -3)
                self.assertEqual((part.quantity, part.picked), (8, True))
                if whole:
                    with self.assertRaisesRegex(UserError, "Entered: 8 × Belt True; in .*: 7\\."):
                        part.action_use_part()
                    part.move_line_ids = [Command.update(part.sudo().move_line_ids.id, {"quantity": 7, "location_id": shelf.id})]
                part.action_use_part()
                self.assertEqual((part.state, part.quantity), ("done", 7 if whole else 8))
                left = {quant.location_id: (quant.quantity, quant.reserved_quantity) for quant in quants.search([
                    ("product_id", "=", belt.id), ("location_id", "child_of", self.stock.id), ("quantity", "!=", 0),
                ])}
                self.assertEqual(left, {} if whole else {shelf: (4, 0)})

    def test_a_serial_number_of_another_job_is_not_chosen(self):
        motor = self._create_part("Motor", 90.0, tracking="serial")
        lots = self.env["stock.lot"].create([{"name": name, "product_id": motor.id} for name in ("M1", "M2")])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(motor, self.stock, 1, lot_id=lot)
        other, part = self._create_job_part(motor, 1), self._create_job_part(motor, 1)
        with self.assertRaisesRegex(UserError, "Free in"), self.env.cr.savepoint():
            part.lot_ids = [Command.set(other.sudo().move_line_ids.lot_id.ids)]
        self.assertEqual(other.sudo().move_line_ids.lot_id | part.sudo().move_line_ids.lot_id, lots)

    def test_what_was_used_is_all_that_is_wanted(self):
        """Nobody buys the rest that is asked for and not ordered, however it is said that less was used."""
        for how in ("quantity", "line"):
            with self.subTest(how=how):
                belt = self._create_part(f"Belt {how}", 7.0, on_hand=3)
                part = self._create_job_part(belt, 7)
                line = part.sudo().maintenance_requisition_line_ids
                self.assertEqual((part.quantity, line.product_qty, line.is_open), (3, 4, True))
                if how == "quantity":
                    part.quantity = 3
                else:
                    part.move_line_ids = [Command.update(part.sudo().move_line_ids.id, {"quantity": 3, "picked": True})]
                self.assertFalse(line.is_open)

    def test_of_two_that_were_joined_the_one_that_still_comes_stays(self):
        """What has come is no reason to wait for nothing, and to buy what the other brings."""
        part = self._create_job_part(self.belt, 8, ask=False)
        first, second = self.env["maintenance.requisition"].with_user(self.buyer).create(
            [{"line_ids": [Command.create({"product_id": self.belt.id, "product_qty": quantity})]} for quantity in (5, 3)]
        )
        for requisition in first, second:
            requisition.action_submit()
            part.action_join(requisition_line_id=requisition.sudo().line_ids.id)
        joins = part.sudo().join_ids
        self.assertEqual(joins.mapped("quantity"), [5, 3])
        self._receive(self._order(first))
        self.assertEqual((part.quantity, part.sudo()._get_uncovered_qty()), (5, 0))
        self.assertEqual(part.sudo().join_ids, joins[1])

    def test_who_gains_while_another_job_takes_waits_for_nothing_more(self):
        """Stock turned up meanwhile, and who was to lose something gets all that was asked for."""
        belt = self._create_part("Belt", 7.0, on_hand=2)
        part = self._create_job_part(belt, 5)
        request, line = part.maintenance_request_id, part.sudo().maintenance_requisition_line_ids
        self.assertEqual((part.quantity, line.product_qty, request.state), (2, 3, "waiting_parts"))
        urgent = self._create_job_part(belt, 1, ask=False, priority="3")
        self.env["stock.quant"]._update_available_quantity(belt, self.stock, 4)
        urgent.action_take_part()
        self.assertEqual((urgent.quantity, part.quantity), (1, 5))
        self.assertEqual((line.is_open, request.state), (False, "assigned"))

    def test_who_loses_what_was_reserved_leaves_less_of_a_shared_line(self):
        """Seed 7005: one line for two jobs; the first one's own piece is taken off, so that it wants more of the line."""
        belt = self._create_part("Belt", 7.0, on_hand=2)
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.env["stock.quant"]._update_available_quantity(belt, shelf, 2)
        first = self._create_job_part(belt, 7)
        line = first.sudo().maintenance_requisition_line_ids
        second = self._create_job_part(belt, 2, ask=False)
        request = second.maintenance_request_id
        line.with_user(self.buyer).action_redirect(second.id)
        first.with_user(self.technician).product_uom_qty = 5
        self.assertEqual((line.product_qty, line.maintenance_request_id), (3, first.maintenance_request_id.sudo()))
        self.assertEqual((first.quantity, second.quantity, request.parts_state), (4, 0, "requested"))
        self.env.invalidate_all()
        first.with_user(self.technician).move_line_ids = [Command.delete(first.sudo().move_line_ids[0].id)]
        self.assertEqual((first.state, first.quantity), ("partially_available", 2))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(request.sudo().parts_state, request.sudo()._get_parts_state())
        self.assertEqual(request.sudo().parts_state, "to_request")

    def test_what_lies_free_is_taken_and_bought_no_more(self):
        """Seed 7004: with so much in stock that the other job keeps all it has, it is given nothing and told nothing."""
        belt = self._create_part("Belt", 7.0, on_hand=3)
        theirs = self._create_job_part(belt, 3)
        mine = self._create_job_part(belt, 4, priority="3")
        line = mine.sudo().maintenance_requisition_line_ids
        self.assertEqual((line.product_qty, line.is_open), (4, True))
        self.env["stock.quant"]._update_available_quantity(belt, self.stock, 4)
        told = self._notifications(self.technician, theirs.maintenance_request_id)
        mine.action_take_part()
        self.assertEqual((mine.quantity, theirs.quantity, line.is_open), (4, 3, False))
        self.assertNotIn("given to", "".join(theirs.maintenance_request_id.message_ids.mapped("body")))
        self.assertEqual(self._notifications(self.technician, theirs.maintenance_request_id), told)

    def test_who_gets_what_is_on_order_for_another_job_gets_what_it_lacks(self):
        """Seed 7003: stock turned up for the taker meanwhile, so more is on order than both lack."""
        for how in ("request for quotation", "order"):
            with self.subTest(how=how):
                belt = self._create_part(f"Belt on {how}", 7.0, on_hand=5)
                theirs = self._create_job_part(belt, 5)
                mine = self._create_job_part(belt, 8, priority="3")
                line = mine.sudo().maintenance_requisition_line_ids
                if how == "order":
                    order = self._order(line.requisition_id)
                else:
                    line.requisition_id.with_user(self.buyer).action_order()
                self.env["stock.quant"]._update_available_quantity(belt, self.stock, 3)
                mine.sudo()._action_assign()
                self.assertEqual((mine.quantity, line.product_qty), (3, 8))
                mine.action_take_part()
                self.assertEqual((mine.quantity, theirs.quantity), (8, 0))
                self.assertEqual(line.maintenance_request_id, theirs.maintenance_request_id.sudo())
                if how == "order":
                    self.assertEqual(line.product_qty, 8)
                    self.assertIn("3 Units of Belt on order", str(order.sudo().activity_ids.mapped("note")))
                else:
                    self.assertEqual((line.product_qty, line.purchase_line_ids.product_qty), (5, 5))

    def test_a_shared_line_is_theirs_who_still_need_it(self):
        """Seed 7006: the job that asked is cancelled, and more than the other one lacks had been asked for."""
        first = self._create_job_part(self.belt, 7)
        line = first.sudo().maintenance_requisition_line_ids
        second = self._create_job_part(self.belt, 2, ask=False)
        line.with_user(self.buyer).action_redirect(second.id)
        self.assertEqual(line.maintenance_request_id, first.maintenance_request_id.sudo())
        first.maintenance_request_id.with_user(self.planner).archive_equipment_request()
        self.assertEqual((line.is_open, line.product_qty, line.part_move_ids), (True, 2, second.sudo()))
        self.assertEqual(line.maintenance_request_id, second.maintenance_request_id.sudo())
        self._receive(self._order(line.requisition_id))
        self.assertEqual(second.quantity, 2)

    def test_what_nobody_of_those_who_share_needs_is_not_bought(self):
        """Seed 7007: stock turned up for the job that asked; then who shares the line drops the part, or finds it too."""
        for how in ("dropped", "found", "cancelled", "deleted"):
            with self.subTest(how=how):
                belt = self._create_part(f"Belt {how}", 7.0)
                first = self._create_job_part(belt, 4)
                line = first.sudo().maintenance_requisition_line_ids
                second = self._create_job_part(belt, 12, ask=False)
                line.with_user(self.buyer).action_redirect(second.id)
                self.env["stock.quant"]._update_available_quantity(belt, self.stock, 4)
                first.sudo()._action_assign()
                self.assertEqual((first.quantity, line.is_open, line.product_qty), (4, True, 4))
                if how == "dropped":
                    second.action_drop_part()
                elif how == "cancelled":
                    second.maintenance_request_id.with_user(self.planner).archive_equipment_request()
                elif how == "deleted":
                    second.sudo().unlink()
                else:
                    self.env["stock.quant"]._update_available_quantity(belt, self.stock, 12)
                    second.sudo()._action_assign()
                    self.assertEqual(second.quantity, 12)
                self.assertFalse(line.is_open)

    def test_what_is_entered_on_the_shelf_is_not_bought(self):
        """Seed 7007: more turned up, and the technician says from which shelf it comes before anybody reserves it."""
        belt = self._create_part("Belt", 7.0, on_hand=1)
        part = self._create_job_part(belt, 4)
        line = part.sudo().maintenance_requisition_line_ids
        self.assertEqual((part.quantity, line.product_qty), (1, 3))
        self.env["stock.quant"]._update_available_quantity(belt, self.stock, 9)
        part.move_line_ids = [Command.update(part.sudo().move_line_ids.id, {"quantity": 4})]
        self.assertEqual((part.quantity, part.picked, line.is_open), (4, False, False))

    def test_fewer_on_order_because_of_the_unit_are_bought_again_as_far_as_they_are_missing(self):
        """Seed 7006: a dozen on a request for quotation becomes one piece, and most of it turned up meanwhile."""
        belt = self._create_part("Belt", 7.0)
        part = self._create_job_part(belt, 12)
        line = part.sudo().maintenance_requisition_line_ids
        line.requisition_id.with_user(self.buyer).action_order()
        purchase = line.purchase_line_ids.with_user(self.buyer)
        self.env["stock.quant"]._update_available_quantity(belt, self.stock, 10)
        part.sudo()._action_assign()
        purchase.write({"product_uom_id": self.env.ref("uom.product_uom_dozen").id, "product_qty": 1})
        self.assertEqual((line.qty_ordered, line.product_qty), (12, 12))
        purchase.product_uom_id = belt.uom_id
        self.assertEqual((line.qty_ordered, line.product_qty, part._get_missing_qty()), (1, 2, 2))

    def test_nothing_stays_reserved_that_was_entered_and_is_not_used(self):
        """Also not where the approval is taken back, or something else is used instead."""
        for how in ("approval", "product"):
            with self.subTest(how=how):
                belt = self._create_part(f"Belt {how}", 7.0, on_hand=5)
                part = self._create_job_part(belt, 3)
                part.move_line_ids = [Command.update(part.sudo().move_line_ids.id, {"quantity": 2, "picked": True})]
                self.assertEqual((part.picked, belt.free_qty), (True, 3))
                if how == "approval":
                    request = part.maintenance_request_id.with_user(self.planner)
                    request.stage_id = self.env["maintenance.stage"]._first_of_state("requested")
                    self.assertFalse(part.sudo().move_line_ids)
                else:
                    part.product_id = self.seal
                    self.assertEqual((part.sudo().move_line_ids.product_id, part.quantity, part.picked), (self.seal, 3, False))
                self.env.invalidate_all()
                self.assertEqual(belt.free_qty, 5)
                quants = self.env["stock.quant"].search([("product_id", "=", belt.id), ("location_id", "=", self.stock.id)])
                self.assertEqual(quants.mapped("reserved_quantity"), [0])
