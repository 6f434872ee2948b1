from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestAllocation(MaintenanceCase):
    """Who gets parts: who asked, then urgency; emergencies may take them; everybody is told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _job(self, quantity, ask=False, product=None, **values):
        part = self._create_job_part(product or self.belt, quantity, ask=ask, **values)
        return part.maintenance_request_id, part

    def _bring(self, quantity):
        """Goods that nobody asked for arrive by a receipt of their own."""
        picking = self._create_transfer(self.warehouse.in_type_id, self.belt, quantity)
        picking.with_user(self.storekeeper).button_validate()
        return picking

    def _told(self, request, before=None):
        notifications = self._notifications(self.technician, request)
        return notifications - before if before is not None else notifications

    # -- Order ------------------------------------------------------------------------------------

    def test_urgency_then_date_then_age(self):
        _low, low = self._job(2, priority="0", schedule_date="2030-01-01 08:00:00")
        _medium, medium = self._job(2, priority="1", schedule_date="2030-01-02 08:00:00")
        _late, late = self._job(2, priority="2", schedule_date="2030-01-05 08:00:00")
        _soon, soon = self._job(2, priority="2", schedule_date="2030-01-03 08:00:00")
        _emergency, emergency = self._job(2, priority="3", schedule_date="2030-02-01 08:00:00")
        for expected in (emergency, soon, late, medium, low):
            self._bring(2)
            self.assertEqual(expected.state, "assigned")

    def test_who_asked_gets_no_more_than_was_bought_for_it(self):
        greedy, mine = self._job(10, ask=True)
        modest, theirs = self._job(4, ask=True)
        lines = (greedy | modest).sudo().requisition_line_ids
        for line in lines:
            line.requisition_id.with_user(self.buyer).action_order()
        order = lines.purchase_line_ids.order_id
        order.with_user(self.buyer).button_confirm()
        picking = order.picking_ids.with_user(self.storekeeper)
        for move in picking.move_ids:
            ours = move.sudo().purchase_line_id.requisition_line_id.maintenance_request_id.id == greedy.id
            move.write({"quantity": 3 if ours else 4, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual((mine.quantity, theirs.quantity), (3, 4))
        self.assertEqual((greedy.state, modest.state), ("waiting_parts", "assigned"))

    def test_put_first_by_a_planner(self):
        _urgent, urgent = self._job(2, priority="2")
        _first, first = self._job(2)
        first.sudo().allocation_rank = 1
        self._bring(2)
        self.assertEqual((first.state, urgent.state), ("assigned", "confirmed"))
        with self.assertRaises(UserError):
            urgent.with_user(self.technician).allocation_rank = 9

    def test_scheduler_serves_in_the_same_order_and_tells_once(self):
        _low, low = self._job(2, ask=True)
        high, part = self._job(2, ask=True, priority="2")
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 2)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual((part.state, low.state), ("assigned", "confirmed"))
        self.assertEqual(high.state, "assigned")
        told = self._told(high)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._told(high), told, "a second run tells nothing")
        self.assertEqual(len(told.filtered(lambda n: "All parts are here" in n.mail_message_id.body)), 1)

    def test_what_is_given_back_goes_to_who_waits(self):
        self._bring(2)
        _holder, held = self._job(2)
        waiting, part = self._job(2, ask=True)
        self.assertEqual((held.state, waiting.state), ("assigned", "waiting_parts"))
        held.action_drop_part()
        self.assertEqual((part.state, waiting.state), ("assigned", "assigned"))
        self.assertEqual(waiting.sudo().requisition_line_ids.state, "cancelled")

    def test_receipt_validated_twice_tells_once(self):
        request, _part = self._job(2, ask=True)
        order = self._order(request.sudo().requisition_ids)
        picking = self._receive(order)
        told = self._told(request)
        picking.button_validate()
        self.assertEqual(self._told(request), told)

    # -- Taking -----------------------------------------------------------------------------------

    def test_emergency_takes_from_the_least_urgent(self):
        self._bring(5)
        medium, theirs = self._job(3, priority="1")
        low, least = self._job(2, priority="0")
        emergency, mine = self._job(2, priority="3")
        self.assertEqual(mine.state, "confirmed")
        before = self._told(low)
        mine.with_user(self.colleague).action_take_part("The line stands")
        self.assertEqual((mine.state, theirs.state, least.state), ("assigned", "assigned", "confirmed"))
        self.assertEqual((low.state, medium.state, emergency.state), ("waiting_parts", "assigned", "assigned"))
        self.assertEqual(len(self._told(low, before)), 1, "told once")
        self.assertIn("given to", "".join(low.message_ids.mapped("body")))
        self.assertIn("The line stands", "".join(emergency.message_ids.mapped("body")))

    def test_takes_no_more_than_needed(self):
        self._bring(5)
        low, theirs = self._job(5)
        _emergency, mine = self._job(2, priority="3")
        mine.action_take_part()
        self.assertEqual((mine.quantity, theirs.quantity, theirs.state), (2, 3, "partially_available"))
        self.assertEqual(low.state, "waiting_parts")

    def test_the_loser_inherits_what_the_taker_had_asked_for(self):
        self._bring(2)
        low, theirs = self._job(2)
        emergency, mine = self._job(2, ask=True, priority="3")
        self.assertEqual(emergency.state, "waiting_parts")
        line = emergency.sudo().requisition_line_ids
        self._order(line.requisition_id)
        mine.action_take_part()
        self.assertEqual((emergency.state, low.state), ("assigned", "waiting_parts"))
        self.assertEqual((low.parts_state, line.maintenance_request_id), ("ordered", low.sudo()))
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual((theirs.state, low.state), ("assigned", "assigned"))
        self.assertEqual(self.belt.free_qty, 0)

    def test_all_who_lost_share_what_the_taker_had_asked_for(self):
        self._bring(5)
        first, one = self._job(3)
        second, other = self._job(2)
        emergency, mine = self._job(4, ask=True, priority="3")
        line = emergency.sudo().requisition_line_ids
        mine.action_take_part()
        lost = {part: part.product_uom_qty - part.quantity for part in (one, other)}
        self.assertEqual((mine.state, lost), ("assigned", {one: 2, other: 2}))
        self.assertEqual(line.product_qty, 4)
        self.assertEqual((first.parts_state, second.parts_state), ("requested", "requested"))
        self._receive(self._order(line.requisition_id))
        self.assertEqual((one.state, other.state, self.belt.free_qty), ("assigned", "assigned", 0))

    def test_who_shares_a_line_follows_what_the_first_needs(self):
        self._bring(5)
        _first, one = self._job(3)
        second, other = self._job(2)
        emergency, mine = self._job(4, ask=True, priority="3")
        line = emergency.sudo().requisition_line_ids
        mine.action_take_part()
        self._order(line.requisition_id)
        self.assertEqual(second.parts_state, "ordered")
        owner = line.part_move_ids.filtered(lambda part: part.maintenance_request_id == line.maintenance_request_id)
        shared = one if owner == other.sudo() else other
        owner.with_user(self.technician).product_uom_qty = 9
        self.assertEqual(shared.maintenance_request_id.parts_state, "to_request", "the first takes all of it")

    def test_nobody_is_left_with_more_than_they_lost(self):
        self._bring(2)
        low, _theirs = self._job(2)
        emergency, mine = self._job(5, ask=True, priority="3")
        line = emergency.sudo().requisition_line_ids
        self.assertEqual(line.product_qty, 5)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 3)
        mine.action_take_part()
        self.assertEqual((mine.state, low.parts_state), ("assigned", "requested"))
        self.assertEqual((line.maintenance_request_id, line.product_qty), (low.sudo(), 2))

    def test_who_may_take(self):
        self._bring(2)
        _low, _theirs = self._job(2)
        ordinary, mine = self._job(2, priority="1")
        with self.assertRaises(UserError):
            mine.action_take_part("I am in a hurry")
        with self.assertRaises(UserError):
            mine.with_user(self.planner).action_take_part("  ")
        for stranger in (self.operator, self.outsider):
            with self.assertRaises(UserError):
                mine.with_user(stranger).action_take_part("Mine")
        mine.with_user(self.planner).action_take_part("Audit tomorrow")
        self.assertEqual(mine.state, "assigned")
        _emergency, urgent = self._job(2, priority="3")
        _second, late = self._job(2, priority="3")
        urgent.action_take_part()
        with self.assertRaises(UserError) as caught:
            late.action_take_part()
        self.assertIn("No less urgent work", str(caught.exception))
        self.assertEqual(ordinary.state, "waiting_parts")

    # -- Losing -----------------------------------------------------------------------------------

    def test_counted_less_in_stock(self):
        self._bring(2)
        request, part = self._job(2)
        before = self._told(request)
        quant = self.env["stock.quant"].search([("product_id", "=", self.belt.id), ("location_id", "=", self.stock.id)])
        quant.with_user(self.storekeeper).with_context(inventory_mode=True).write({"inventory_quantity": 1})
        quant.with_user(self.storekeeper).action_apply_inventory()
        self.assertEqual((part.quantity, request.state), (1, "waiting_parts"))
        self.assertEqual(len(self._told(request, before)), 1)
        before = self._told(request)
        quant.with_user(self.storekeeper).with_context(inventory_mode=True).write({"inventory_quantity": 2})
        quant.with_user(self.storekeeper).action_apply_inventory()
        self.assertEqual((part.state, request.state), ("assigned", "assigned"), "found again")
        self.assertEqual(len(self._told(request, before)), 1)

    def _lose_one_and_find_four(self):
        """A count takes a piece of what the last part has; the engine finds more of it on a shelf."""
        _request, part = self._job(5, ask=True)
        line = part.maintenance_requisition_line_ids
        self.assertEqual((part.state, part.quantity, line.product_qty), ("partially_available", 2, 3))
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.env["stock.quant"]._update_available_quantity(self.belt, shelf, 4)
        quant = self.env["stock.quant"].search([("product_id", "=", self.belt.id), ("location_id", "=", self.stock.id)])
        counted = quant.with_user(self.storekeeper).with_context(inventory_mode=True)
        counted.write({"inventory_quantity": quant.quantity - 1})
        counted.action_apply_inventory()
        self.assertEqual((part.state, part.quantity), ("assigned", 5))
        self.assertEqual(line.requisition_id.state, "cancelled", "nothing is left to be bought")

    def test_what_is_found_elsewhere_is_not_bought(self):
        self._bring(2)
        self._lose_one_and_find_four()

    def test_what_is_found_elsewhere_beside_a_part_that_has_all(self):
        self._bring(4)
        _request, other = self._job(2)
        self._lose_one_and_find_four()
        self.assertEqual(other.state, "assigned")

    def test_two_jobs_in_one_loss(self):
        """Who still has enough after the engine reserved again hears nothing."""
        self._bring(4)
        first, kept = self._job(2)
        second, lost = self._job(2, schedule_date="2031-01-01 08:00:00")
        before = self._told(first) | self._told(second)
        quant = self.env["stock.quant"].search([("product_id", "=", self.belt.id), ("location_id", "=", self.stock.id)])
        quant.with_user(self.storekeeper).with_context(inventory_mode=True).write({"inventory_quantity": 2})
        quant.with_user(self.storekeeper).action_apply_inventory()
        self.assertEqual((kept.state, first.state), ("assigned", "assigned"))
        self.assertEqual((lost.state, second.state), ("confirmed", "waiting_parts"))
        self.assertEqual(self._told(first) - before, self._told(first).browse())
        self.assertEqual(len(self._told(second, before)), 1)
