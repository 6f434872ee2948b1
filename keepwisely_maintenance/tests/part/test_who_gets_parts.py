from itertools import permutations
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.stock.models.stock_move import StockMove

from ...wizard.part.maintenance_part_allocation import get_ranks
from ..common import MaintenanceCase

#: Queries that may come on top for caches that fill on the way.
SLACK = 5


class WhoGetsCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _job(self, quantity, ask=False, product=None, **values):
        """A waiting part of an assigned work order."""
        return self._create_job_part(product or self.belt, quantity, ask=ask, **values)

    def _coming(self, quantity, product=None):
        """Goods that nobody asked for, in a receipt of their own that is not validated yet."""
        return self._create_transfer(self.warehouse.in_type_id, product or self.belt, quantity)

    def _deliver(self, quantity, **values):
        """A delivery that waits for the same goods."""
        return self._create_transfer(self.warehouse.out_type_id, self.belt, quantity, **values).move_ids

    def _ordered(self, *parts):
        """The open receipt of what was asked for ``parts``."""
        lines = self.env["maintenance.requisition.line"].union(
            *(part.sudo().maintenance_request_id.requisition_line_ids for part in parts)
        )
        for requisition in lines.requisition_id:
            requisition.with_user(self.buyer).action_order()
        orders = lines.purchase_line_ids.order_id
        orders.with_user(self.buyer).button_confirm()
        return orders.picking_ids

    def _open(self, source, user=None):
        action = source.with_user(user or self.planner).sudo(False).action_who_gets_parts()
        return self.env[action["res_model"]].with_user(user or self.planner).browse(action["res_id"])

    def _planner_with_stock(self):
        """A planner who also opens transfers."""
        self.planner.group_ids += self.env.ref("stock.group_stock_user")
        return self.planner

    def _shares(self, allocation):
        return {line.part_id.sudo(): line.qty_share for line in allocation.line_ids}

    def _validate(self, picking):
        picking.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()

    def _assert_foretold(self, allocation, validate):
        """What the rows say is what happens."""
        nobody = self.env["stock.move"]
        foretold = self._shares(allocation)
        others = self.env["stock.move"].search(
            [
                ("product_id", "in", allocation.line_ids.product_id.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("maintenance_request_id", "=", False),
                ("location_id", "=", self.stock.id),
            ]
        )
        before = {part: part.quantity for part in foretold}
        others_before = sum(others.mapped("quantity"))
        validate()
        for part, share in foretold.items():
            if part:
                self.assertEqual(part.quantity - before[part], share, part.maintenance_request_id.display_name)
        self.assertEqual(sum(others.mapped("quantity")) - others_before, foretold.get(nobody, 0.0))


@tagged("post_install", "-at_install")
class TestWhoGetsParts(WhoGetsCase):
    """What a planner sees before validating is what happens after it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner.group_ids += cls.env.ref("stock.group_stock_user")

    # -- Foretold -----------------------------------------------------------------------------------

    def test_by_urgency(self):
        low, high = self._job(3), self._job(3, priority="2")
        picking = self._coming(4)
        allocation = self._open(picking)
        self.assertEqual(allocation.line_ids.part_id, high.sudo() + low.sudo())
        self.assertEqual(self._shares(allocation), {high: 3, low: 1})
        self.assertEqual(allocation.line_ids.mapped("qty_wanted"), [3, 3])
        self.assertEqual(set(allocation.line_ids.mapped("place_reason")), {"By urgency"})
        self.assertIn("Belt: 4 arriving, 0 free on hand; work orders lack 6.", allocation.summary)
        self._assert_foretold(allocation, lambda: self._validate(picking))

    def test_bought_for_it_and_scarce(self):
        greedy, modest = self._job(10, ask=True), self._job(4, ask=True)
        urgent = self._job(2, priority="2")
        picking = self._ordered(greedy, modest)
        for move in picking.move_ids:
            ours = move.purchase_line_id.requisition_line_id.maintenance_request_id == greedy.maintenance_request_id
            move.quantity = 3 if ours else 5
        allocation = self._open(picking)
        self.assertEqual(self._shares(allocation), {greedy: 3, modest: 4, urgent: 1})
        reasons = {line.part_id: line.place_reason for line in allocation.line_ids}
        self.assertEqual(reasons[greedy.sudo()], "3 bought for it")
        self.assertEqual(reasons[modest.sudo()], "Bought for it")
        self._assert_foretold(allocation, lambda: self._validate(picking))

    def test_emergency_before_a_delivery_before_the_rest(self):
        low = self._job(2, schedule_date="2040-01-01 08:00:00")
        self._deliver(3)
        emergency = self._job(2, priority="3", schedule_date="2041-01-01 08:00:00")
        picking = self._coming(4)
        allocation = self._open(picking)
        nobody = self.env["stock.move"]
        self.assertEqual(allocation.line_ids.mapped("part_id"), (emergency + low).sudo())
        self.assertEqual(self._shares(allocation), {emergency: 2, nobody: 2, low: 0})
        other = allocation.line_ids.filtered(lambda line: not line.part_id)
        self.assertTrue(other.name.startswith("Other documents: WH/OUT/"))
        self.assertFalse(other.can_change)
        self._assert_foretold(allocation, lambda: self._validate(picking))

    def test_everything_at_once(self):
        """Bought and scarce, emergencies, deliveries with and without priority, stock on hand, another unit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env.user.group_ids += self.env.ref("uom.group_uom")
        asked = self._job(6, ask=True, priority="1")
        emergency = self._job(5, ask=True, priority="3")
        self._job(1, priority="0", schedule_date="2030-05-01 08:00:00")
        self._add_part(self._assigned(priority="2"), self.belt, 1, product_uom=dozen.id)
        self._deliver(2, date="2029-01-01 08:00:00")
        self._deliver(1, date="2031-01-01 08:00:00").picking_id.priority = "1"
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 2)
        picking = self._ordered(asked, emergency)
        for arriving in (16, 9, 3):
            for move, quantity in zip(picking.move_ids, (arriving - 2, 2), strict=True):
                move.quantity = quantity
            allocation = self._open(picking)
            with self.subTest(arriving=arriving), self.cr.savepoint() as savepoint:
                self._assert_foretold(allocation, lambda: self._validate(picking))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_partly_picked(self):
        first, second = self._job(2), self._job(2)
        picking = self._coming(4)
        picking.move_ids.write({"quantity": 1, "picked": True})
        allocation = self._open(picking)
        self.assertEqual(self._shares(allocation), {first: 1, second: 0})
        self._assert_foretold(allocation, lambda: self._validate(picking))

    def test_stock_below_zero_and_lots(self):
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, -2)
        self._job(3)
        picking = self._coming(4)
        allocation = self._open(picking)
        self.assertEqual(allocation.line_ids.qty_share, 2)
        self._assert_foretold(allocation, lambda: self._validate(picking))
        pump = self._create_part("Pump", 90.0, tracking="lot")
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": pump.id})
        part = self._job(3, product=pump)
        self.env["stock.quant"]._update_available_quantity(pump, self.stock, -1)
        picking = self._coming(2, product=pump)
        picking.move_ids.move_line_ids.lot_id = lot
        allocation = self._open(picking)
        self.assertEqual(self._shares(allocation), {part: 2})
        self._assert_foretold(allocation, lambda: self._validate(picking))

    def test_bought_for_a_delivery_in_a_chain(self):
        part = self._job(2)
        self._deliver(3)
        picking = self._coming(4)
        chained = self._deliver(3)
        chained.write({"procure_method": "make_to_order", "move_orig_ids": [Command.set(picking.move_ids.ids)]})
        allocation = self._open(picking)
        self.assertIn("takes what was bought for it", allocation.summary)
        self._assert_foretold(allocation, lambda: self._validate(picking))
        self.assertEqual((chained.quantity, part.quantity), (3, 1))

    def test_two_steps(self):
        """The goods reach the shelf with the second transfer; the first one tells already."""
        self.warehouse.reception_steps = "two_steps"
        asked, urgent = self._job(2, ask=True), self._job(2, priority="2")
        picking = self._ordered(asked)
        picking.move_ids.quantity = 3
        allocation = self._open(picking)
        self.assertIn("further transfer", allocation.notice)
        self.assertIn(self.stock.display_name, allocation.notice)
        self.assertEqual(self._shares(allocation), {asked: 2, urgent: 1})
        self._validate(picking)
        self.assertEqual(asked.quantity, 0)
        storing = picking.move_ids.move_dest_ids.picking_id
        self.assertTrue(storing.has_waiting_parts)
        allocation = self._open(storing)
        self.assertFalse(allocation.notice)
        self.assertEqual(self._shares(allocation), {asked: 2, urgent: 1})
        self._assert_foretold(allocation, lambda: self._validate(storing))

    def test_native_order_is_native(self):
        """Whom native code serves, and in which order, is asked of native code."""
        self._job(1)
        self._job(1, priority="2")
        self._deliver(1, date="2030-01-01 08:00:00")
        self._deliver(1)
        later = self._deliver(1)
        later.picking_id.priority = "1"
        reference = self.env["stock.reference"].create({"name": "Same reference"})
        self._deliver(1, reference_ids=[Command.link(reference.id)])
        self._deliver(1).picking_type_id.copy({"reservation_method": "manual", "sequence_code": "MAN"})
        self._deliver(1).write({"reservation_date": False, "picking_type_id": self.env["stock.picking.type"].search(
            [("sequence_code", "=", "MAN")], limit=1).id})  # fmt: skip
        arrived = self._coming(9).move_ids
        arrived.reference_ids = reference
        served = []
        with patch.object(StockMove, "_action_assign", lambda moves, force_qty=False: served.append(moves)):
            StockMove._trigger_assign(arrived)
        foretold = arrived._get_next_in_line({(self.belt, self.stock)})
        self.assertEqual(served[-1].ids, foretold._sorted_for_parts().ids)
        self.assertGreater(len(foretold), 5)

    def test_of_a_product(self):
        first, second = self._job(2), self._job(2)
        self._coming(5).scheduled_date = "2036-01-01 08:00:00"
        picking = self._coming(3)
        picking.scheduled_date = "2035-01-01 08:00:00"
        self.assertEqual(self.belt.waiting_work_order_count, 2)
        self.assertEqual(self.belt.product_tmpl_id.waiting_work_order_count, 2)
        allocation = self._open(self.belt)
        self.assertIn(picking.name, allocation.notice)
        self.assertEqual(self._shares(allocation), {first: 2, second: 1})
        self._assert_foretold(allocation, lambda: self._validate(picking))
        self.assertEqual(self._shares(self._open(self.belt.product_tmpl_id)), {second: 1})
        bearing = self._job(5, product=self.bearing)
        allocation = self._open(self.bearing)
        self.assertEqual(allocation.notice, "Nothing is on its way.")
        self.assertEqual(self._shares(allocation), {bearing: 0})

    def test_button_shows_where_somebody_waits(self):
        picking = self._coming(2)
        self.assertFalse(picking.has_waiting_parts)
        part = self._job(2)
        picking.invalidate_recordset()
        self.assertTrue(picking.has_waiting_parts)
        self.assertFalse(self._coming(2, product=self.seal).has_waiting_parts)
        self._validate(picking)
        self.assertEqual(part.state, "assigned")
        self.assertFalse(picking.has_waiting_parts)
        asked = self._job(2, ask=True)
        order = self._ordered(asked).purchase_id
        self.assertTrue(order.with_user(self.buyer).has_waiting_parts)
        self.assertEqual(self._open(order, self.buyer).picking_id, order.picking_ids)

    # -- Another order ------------------------------------------------------------------------------

    def _arrange(self, allocation, rows):
        """Rows in this order, as the handle leaves them."""
        for sequence, part in enumerate(rows):
            allocation.line_ids.filtered(lambda line, part=part: line.part_id == part).sequence = sequence

    def _notes(self, part):
        messages = part.maintenance_request_id.sudo().message_ids
        return [str(message.body) for message in messages if ": Audit" in (message.body or "")]

    def test_put_first_with_a_reason(self):
        urgent, middle, low = self._job(2, priority="2"), self._job(2, priority="1"), self._job(4)
        picking = self._coming(5)
        allocation = self._open(picking)
        self.assertFalse(allocation.is_changed)
        row = allocation.line_ids.filtered(lambda line: line.part_id == low.sudo())
        action = row.action_put_first()
        self.assertEqual((action["res_model"], action["res_id"]), (allocation._name, allocation.id))
        self.assertTrue(allocation.is_changed)
        self.assertEqual(row.place_reason, "Put first by Planner")
        self.assertEqual(self._shares(allocation), {low: 4, urgent: 1, middle: 0})
        with self.assertRaises(UserError):
            allocation.action_apply()
        self.assertEqual(low.sudo().allocation_rank, 0)
        allocation.reason = "Audit on <Monday>"
        before = len(low.maintenance_request_id.message_ids)
        allocation.action_apply()
        self.assertEqual((low | urgent | middle).sudo().mapped("allocation_rank"), [1, 0, 0])
        self.assertEqual(low.sudo().allocation_user_id, self.planner)
        self.assertEqual(len(low.maintenance_request_id.message_ids), before + 1)
        self.assertIn("Put first for 4 × Belt by Planner: Audit on &lt;Monday&gt;", self._notes(low)[0])
        self.assertIn(f"Put behind {low.maintenance_request_id.reference} for 2 × Belt", self._notes(urgent)[0])
        self.assertEqual([len(self._notes(part)) for part in (low, urgent, middle)], [1, 1, 1])
        again = self._open(picking)
        self.assertFalse(again.is_changed)
        self.assertFalse(again.is_usual)
        self.assertEqual(again.line_ids[0].part_id, low.sudo())
        self._assert_foretold(again, lambda: self._validate(picking))
        self.assertEqual((low.state, urgent.quantity), ("assigned", 1))

    def test_who_stays_where_they_were_keeps_the_reason(self):
        """To stay ahead of who is put second, the first one gets a rank as well; nobody need know."""
        emergency, urgent, low = self._job(1, priority="3"), self._job(1, priority="2"), self._job(1)
        picking = self._coming(2)
        allocation = self._open(picking)
        self._arrange(allocation, [part.sudo() for part in (emergency, low, urgent)])
        allocation.reason = "Audit"
        allocation.action_apply()
        rows = self._open(picking).line_ids
        self.assertEqual(rows.mapped("place_reason"), ["Emergency", "Put first by Planner", "By urgency"])
        self.assertFalse(self._notes(emergency))

    def test_only_whose_place_changes_is_told(self):
        parts = [self._job(1) for _n in range(4)]
        allocation = self._open(self._coming(2))
        self._arrange(allocation, [parts[0].sudo(), parts[2].sudo(), parts[1].sudo(), parts[3].sudo()])
        allocation.reason = "Audit"
        allocation.action_apply()
        self.assertEqual([len(self._notes(part)) for part in parts], [0, 1, 1, 0])
        self.assertIn(f"Put before {parts[1].maintenance_request_id.reference}", self._notes(parts[2])[0])

    def test_applying_no_change_changes_nothing(self):
        part = self._job(1)
        allocation = self._open(self._coming(2))
        allocation.reason = "Audit"
        allocation.action_apply()
        self.assertFalse(part.sudo().allocation_rank)
        self.assertFalse(self._notes(part))

    def test_engine_follows_every_order(self):
        """Every order of four jobs, one bought for, one an emergency, and a delivery among them."""
        asked, emergency = self._job(3, ask=True), self._job(2, priority="3")
        self._deliver(2, date="2030-01-01 08:00:00")
        plain, late = self._job(2, schedule_date="2029-01-01 08:00:00"), self._job(1, schedule_date="2039-01-01 08:00:00")
        picking = self._ordered(asked)
        picking.move_ids.quantity = 5
        allocation = self._open(picking)
        rows = [line.part_id.sudo() for line in allocation.line_ids]
        self.assertEqual(len(rows), 5)
        plan = allocation._get_plan()
        queue = (self.belt, self.warehouse)
        for shown in permutations(rows):
            usual = allocation._get_queues(plan, dict.fromkeys(plan.parts, 0))[queue]
            ranks = get_ranks(list(shown), usual)
            self.assertEqual(allocation._get_queues(plan, ranks)[queue], list(shown))
        nobody = self.env["stock.move"]
        for shown in (
            [late, nobody, asked, emergency, plain],
            [plain, late, emergency, nobody, asked],
            [emergency, asked, late, plain, nobody],
        ):
            with self.cr.savepoint() as savepoint:
                self._arrange(allocation, [part.sudo() for part in shown])
                allocation.reason = "Audit"
                allocation.action_apply()
                self.assertEqual([line.part_id.sudo() for line in self._open(picking).line_ids], list(shown))
                self._assert_foretold(self._open(picking), lambda: self._validate(picking))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_as_few_rows_as_possible_leave_their_place(self):
        a, b, c, d = (self._job(1).sudo() for _n in range(4))
        self.assertEqual(get_ranks([a, b, c, d], [a, b, c, d]), {a: 0, b: 0, c: 0, d: 0})
        self.assertEqual(get_ranks([d, a, b, c], [a, b, c, d]), {d: 1, a: 0, b: 0, c: 0})
        self.assertEqual(get_ranks([b, c, d, a], [a, b, c, d]), {a: -1, b: 0, c: 0, d: 0})
        self.assertEqual(get_ranks([b, a], [a, b]), {b: 1, a: 0}, "rather first than last")
        self.assertEqual(get_ranks([a, c, b, d], [a, b, c, d]), {a: 2, c: 1, b: 0, d: 0})
        nobody = self.env["stock.move"]
        self.assertEqual(get_ranks([a, nobody, b], [a, b, nobody]), {a: 0, b: -1})
        self.assertEqual(get_ranks([b, nobody, a], [a, nobody, b]), {b: 1, a: -1})

    def test_back_to_the_usual_order(self):
        first, second = self._job(2), self._job(2)
        second.with_user(self.planner).allocation_rank = 1
        picking = self._coming(2)
        allocation = self._open(picking)
        self.assertEqual(self._shares(allocation), {second: 2, first: 0})
        allocation.action_usual_order()
        self.assertEqual(self._shares(allocation), {first: 2, second: 0})
        self.assertTrue(allocation.is_usual)
        allocation.reason = "Audit is over"
        allocation.action_apply()
        self.assertEqual((first | second).sudo().mapped("allocation_rank"), [0, 0])
        self.assertFalse(second.sudo().allocation_user_id)
        self._assert_foretold(self._open(picking), lambda: self._validate(picking))

    def test_form_foretells_while_rows_are_moved(self):
        first, second = self._job(2), self._job(2)
        allocation = self._open(self._coming(2))
        with Form(allocation) as form:
            with form.line_ids.edit(1) as line:
                line.sequence = 0
            rows = {row["part_id"]: row["qty_share"] for row in form.line_ids._records}
            self.assertEqual(rows, {first.id: 0, second.id: 2})
            self.assertTrue(form.is_changed)

    def test_who_came_meanwhile_keeps_the_usual_place(self):
        first, second = self._job(2), self._job(2)
        picking = self._coming(6)
        allocation = self._open(picking)
        emergency = self._job(2, priority="3")
        first.with_user(self.technician).action_drop_part()
        self._arrange(allocation, [second.sudo(), first.sudo()])
        allocation.reason = "Audit"
        allocation.action_apply()
        self.assertEqual((second.sudo().allocation_rank, emergency.sudo().allocation_rank), (0, 0))
        allocation.write({"line_ids": [Command.update(line.id, {"sequence": line.sequence}) for line in allocation.line_ids]})
        self.assertEqual(allocation.line_ids.filtered(lambda line: line.part_id == first.sudo()).name, "No longer waits")
        self.assertEqual(self._open(picking).line_ids.part_id, (emergency | second).sudo())

    # -- How long a rank lasts ------------------------------------------------------------------------

    def test_a_lost_reservation_finds_its_place_again(self):
        first = self._job(2)
        second = self._job(2)
        second.with_user(self.planner).allocation_rank = 1
        self._validate(self._coming(2))
        self.assertEqual((first.state, second.state), ("confirmed", "assigned"))
        quant = self.env["stock.quant"].search([("product_id", "=", self.belt.id), ("location_id", "=", self.stock.id)])
        for counted in (0, 2):
            quant.with_context(inventory_mode=True).write({"inventory_quantity": counted})
            quant.with_user(self.storekeeper).action_apply_inventory()
        self.assertEqual((first.state, second.state), ("confirmed", "assigned"))

    def test_what_is_left_of_a_part_keeps_its_place_and_another_product_does_not(self):
        part = self._job(4)
        part.with_user(self.planner).allocation_rank = 2
        self._validate(self._coming(1))
        part.with_user(self.technician).action_use_part()
        rest = part.maintenance_request_id.sudo().part_ids - part.sudo()
        self.assertEqual((rest.product_uom_qty, rest.allocation_rank), (3, 2))
        self.assertEqual(rest.allocation_user_id, self.planner)
        rest.with_user(self.technician).product_id = self.bearing
        self.assertEqual(rest.allocation_rank, 0)
        self.assertFalse(rest.allocation_user_id)

    # -- Who may --------------------------------------------------------------------------------------

    def test_storekeepers_and_buyers_look(self):
        first, second = self._job(2), self._job(2)
        picking = self._coming(2)
        for user in (self.storekeeper, self.buyer):
            allocation = self._open(picking, user)
            self.assertFalse(allocation.can_change)
            self.assertEqual(self._shares(allocation), {first: 2, second: 0})
            rows = allocation.web_read(
                {
                    "summary": {},
                    "line_ids": {"fields": {"name": {}, "equipment_name": {}, "place_reason": {}}},
                }
            )[0]["line_ids"]
            self.assertEqual(rows[0]["name"], first.maintenance_request_id.sudo().display_name)
            allocation.line_ids[-1].action_put_first()
            allocation.reason = "Audit"
            with self.assertRaises(UserError):
                allocation.action_apply()
            for vals in ({"allocation_rank": 5}, {"allocation_user_id": self.planner.id}):
                with self.assertRaises(UserError):
                    second.with_user(user).write(vals)
        with self.assertRaises(UserError):
            self.env["stock.move"].with_user(self.storekeeper).create(
                {
                    "product_id": self.belt.id,
                    "location_id": self.stock.id,
                    "location_dest_id": self.stock.id,
                    "allocation_rank": 9,
                }
            )
        self.assertEqual(second.sudo().allocation_rank, 0)

    def test_technicians_and_reporters_do_not(self):
        part = self._job(2)
        picking = self._coming(2)
        for user in (self.technician, self.operator):
            with self.assertRaises(AccessError):
                self._open(picking, user)
            with self.assertRaises(AccessError):
                self._open(self.belt, user)
        with self.assertRaises(UserError):
            part.with_user(self.technician).write({"allocation_rank": 1})

    def test_a_rank_written_by_hand_carries_the_planners_name(self):
        self._job(2)
        part = self._job(2)
        planner = new_test_user(self.env, login="kw_planner_only", groups="maintenance.group_equipment_manager")
        part.with_user(planner).write({"allocation_rank": 3, "allocation_user_id": self.buyer.id})
        self.assertEqual((part.sudo().allocation_rank, part.sudo().allocation_user_id), (3, planner))
        self.assertEqual(self._open(self.belt, planner).line_ids[0].place_reason, f"Put first by {planner.name}")

    def test_another_company(self):
        self._job(2)
        picking = self._coming(2)
        mine = self._open(picking)
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="maintenance.group_equipment_manager,stock.group_stock_user",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self._open(picking, stranger)
        allocation = self._open(self.belt, stranger)
        self.assertFalse(allocation.line_ids)
        with self.assertRaises(AccessError):
            mine.with_user(stranger).read(["summary"])
        allocation.write({"picking_id": picking.id})
        with self.assertRaises(AccessError):
            allocation.read(["summary"])
        with self.assertRaises(AccessError):
            allocation.action_usual_order()

    # -- Cost -----------------------------------------------------------------------------------------

    def test_queries_do_not_grow_with_rows(self):
        products = [self._create_part(f"Filter {n}", 3.0) for n in range(5)]
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "move_ids": [Command.create({"product_id": product.id, "product_uom_qty": 9}) for product in products],
            }
        )
        picking.action_confirm()

        def wait(jobs):
            requests = self.env["maintenance.request"].create(
                [
                    {
                        "name": f"Job {n}",
                        "equipment_id": self.conveyor.copy().id,
                        "user_id": self.technician.id,
                        "part_ids": [Command.create({"product_id": product.id, "product_uom_qty": 1}) for product in products],
                    }
                    for n in range(jobs)
                ]
            )
            requests.action_approve()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            allocation = self._open(picking)
            fields_ = {name: {} for name in allocation.line_ids._fields if name not in ("allocation_id",)}
            rows = allocation.web_read({"summary": {}, "is_changed": {}, "line_ids": {"fields": fields_}})
            return self.cr.sql_log_count - before, len(rows[0]["line_ids"])

        wait(2)
        count()
        few, rows = count()
        self.assertEqual(rows, 10)
        wait(6)
        many, rows = count()
        self.assertEqual(rows, 40)
        self.assertLessEqual(many, few + SLACK)
        self.assertLessEqual(many, 45)


@tagged("post_install", "-at_install")
class TestTakePart(WhoGetsCase):
    """Taking a part from another job, seeing first who would lose it."""

    def _take(self, part, user=None):
        action = part.with_user(user or self.technician).action_open_take()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(user or self.technician).browse(action["res_id"])

    def test_losers_are_shown_and_lose_what_was_shown(self):
        self._validate(self._coming(6))
        medium = self._job(3, priority="1")
        low = self._job(2, priority="0")
        self.assertEqual((low.state, medium.state), ("assigned", "assigned"))
        emergency = self._job(4, priority="3")
        self.assertTrue(emergency.with_user(self.technician).can_take)
        take = self._take(emergency)
        self.assertEqual(take.qty_missing, 3, "one was free")
        self.assertEqual(take.line_ids.mapped("name"), [part.maintenance_request_id.display_name for part in (low, medium)])
        shown = {line.part_id.sudo(): line.qty_lost for line in take.sudo().line_ids}
        self.assertEqual(shown, {low: 2, medium: 1})
        before = {part: part.quantity for part in shown}
        take.action_take()
        self.assertEqual({part: before[part] - part.quantity for part in shown}, shown)
        self.assertEqual(emergency.state, "assigned")
        self.assertFalse(emergency.with_user(self.technician).can_take)

    def test_planner_takes_with_a_reason(self):
        self._validate(self._coming(2))
        low = self._job(2)
        medium = self._job(2, priority="1")
        self.assertFalse(medium.with_user(self.technician).can_take, "no emergency")
        self.assertTrue(medium.with_user(self.planner).can_take)
        take = self._take(medium, self.planner)
        with self.assertRaises(UserError):
            take.action_take()
        take.reason = "Audit tomorrow"
        take.action_take()
        self.assertEqual((low.state, medium.state), ("confirmed", "assigned"))
        self.assertIn("Audit tomorrow", "".join(low.maintenance_request_id.message_ids.mapped("body")))

    def test_nobody_else_takes(self):
        self._validate(self._coming(2))
        self._job(2)
        emergency = self._job(2, priority="3")
        for stranger in (self.outsider, self.operator, self.storekeeper):
            with self.assertRaises(UserError):
                self._take(emergency, stranger)
        self.assertFalse(emergency.with_user(self.outsider).sudo(False).can_take)
        take = self._take(emergency)
        with self.assertRaises(AccessError):
            take.with_user(self.colleague).read(["reason"])
        with self.assertRaises(AccessError):
            self.env["maintenance.part.take.line"].with_user(self.technician).create(
                {"take_id": take.id, "part_id": emergency.id}
            )

    def test_no_button_where_nobody_has_it(self):
        self._validate(self._coming(2))
        urgent = self._job(2, priority="3")
        late = self._job(2, priority="3")
        self.assertEqual(urgent.state, "assigned")
        self.assertFalse(late.with_user(self.technician).can_take)
        self.assertFalse(self._take(late).line_ids)
