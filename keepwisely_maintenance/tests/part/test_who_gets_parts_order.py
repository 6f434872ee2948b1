from itertools import permutations

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...wizard.part.maintenance_part_allocation import get_ranks
from .who_gets_common import WhoGetsCase


@tagged("post_install", "-at_install")
class TestWhoGetsParts(WhoGetsCase):
    """A planner puts the jobs that wait in another order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner.group_ids += cls.env.ref("stock.group_stock_user")

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
