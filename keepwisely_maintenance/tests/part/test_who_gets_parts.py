from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.stock.models.stock_move import StockMove

from .who_gets_common import WhoGetsCase

#: Queries that may come on top for caches that fill on the way.
SLACK = 5


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


@tagged("post_install", "-at_install")
class TestWhoGetsPartsQueries(WhoGetsCase):
    acts_cold = False  # what is counted is one request

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner.group_ids += cls.env.ref("stock.group_stock_user")

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
