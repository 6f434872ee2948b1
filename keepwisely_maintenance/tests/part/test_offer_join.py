from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_offer import OfferCase


@tagged("post_install", "-at_install")
class TestJoin(OfferCase):
    """Asking for what is on its way shows it, and joining buys nothing twice."""

    def assertCoverage(self, part, state, uncovered=0):
        self.assertEqual(self._coverage(part), (state, uncovered))

    def assertFree(self, line, quantity):
        """``quantity`` of ``line`` can be joined by a new job."""
        _request, part = self._job(1)
        self.assertEqual(line.sudo()._get_free_qty(part.sudo()), quantity)
        part.action_drop_part()

    def _joins(self, request):
        """The technician asks and takes what is ticked; returns the choices that were there."""
        offer = self._offered(request)
        choices = offer.line_ids
        offer.action_apply()
        return choices

    # -- Reorder points -------------------------------------------------------------------------------

    def test_reorder_point_has_asked_for_the_shortage(self):
        """The part lowered the forecast, so the reorder point asked for it: nothing is bought twice."""
        request, part = self._job(3)
        line = self._reorder(0, 0)
        self.assertEqual((line.product_qty, line.requisition_id.state), (3, "approved"))
        offer = self._offered(request)
        choice = offer.line_ids
        self.assertEqual((choice.kind, choice.quantity_free, choice.quantity, choice.is_used), ("join_requisition", 3, 3, True))
        self.assertEqual(choice.date_expected, line.date_expected)
        self.assertIn(f"3 × Belt asked for on {line.requisition_id.name} and free, expected ", choice.name)
        offer.action_apply()
        self.assertFalse(request.sudo().requisition_line_ids)
        self.assertEqual(request.state, "waiting_parts")
        self.assertCoverage(part, "requested")
        self.assertEqual(request.parts_ready_date, line.date_expected)
        self.assertIn(line.requisition_id.name, request.parts_message)
        self.env["stock.rule"].run_scheduler()
        self.assertIsInstance(request.action_request_parts(), dict, "nothing is left to ask for")
        lines = self.env["maintenance.requisition.line"].search([("product_id", "=", self.belt.id)])
        self.assertEqual((lines, line.product_qty), (line.sudo(), 3))

    def test_held_then_ordered_then_received(self):
        line = self._reorder(5, 10)
        self.assertEqual(line.product_qty, 10)
        request, part = self._job(4)
        self._joins(request)
        self.assertCoverage(part, "requested")
        line.requisition_id.action_order()
        self.assertCoverage(part, "ordered")
        order = line.purchase_line_ids.order_id
        self.assertIn(order.name, request.parts_message)
        order.button_confirm()
        order.order_line.date_planned = "2031-06-01 12:00:00"
        self.assertEqual(str(request.parts_ready_date), "2031-06-01")
        before = self._told(request)
        self._receive(order)
        self.assertEqual((part.state, request.state, request.parts_state), ("assigned", "assigned", "ready"))
        self.assertEqual(len(self._told(request) - before), 1, "told once")
        self.assertEqual(self.belt.free_qty, 6)
        self.assertFalse(part.sudo().join_ids, "nothing more is claimed")

    def test_joined_comes_before_more_urgent_jobs(self):
        line = self._reorder(5, 10)
        request, part = self._job(4, priority="0")
        self._joins(request)
        _urgent, theirs = self._job(20, priority="2")
        order = self._order(line.requisition_id)
        picking = order.sudo().picking_ids
        picking.move_ids.quantity = 6
        foretold = self.env["maintenance.part.allocation"].with_user(self.storekeeper).create({"picking_id": picking.id})
        self.assertEqual(foretold.line_ids.mapped("qty_share"), [4, 2])
        self._receive(order, 6)
        self.assertEqual((part.quantity, theirs.quantity), (4, 2))

    def test_joining_what_is_on_a_request_for_quotation_or_ordered(self):
        line = self._reorder(5, 10)
        line.requisition_id.action_order()
        first, part = self._job(4)
        choice = self._joins(first)
        order = line.purchase_line_ids.order_id
        self.assertIn(f"10 × Belt asked for on {order.name}", choice.name)
        self.assertCoverage(part, "ordered")
        order.button_confirm()
        second, other = self._job(4)
        choice = self._joins(second)
        self.assertIn(f"6 × Belt on order {order.name} and free", choice.name)
        self.assertCoverage(other, "ordered")
        self.assertEqual(line.product_qty, 10)

    def test_two_step_receipt(self):
        self.warehouse.reception_steps = "two_steps"
        line = self._reorder(5, 10)
        order = self._order(line.requisition_id)
        early, part = self._job(4)
        self._joins(early)
        self._receive(order)
        self.assertEqual(line.state, "done")
        self.assertCoverage(part, "ordered")
        late, other = self._job(4)
        choice = self._joins(late)
        self.assertEqual(choice.quantity_free, 6, "what is being put away can be joined")
        self.assertCoverage(other, "ordered")
        step = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        )
        step.with_user(self.storekeeper).button_validate()
        self.assertEqual((part.state, other.state, early.state, late.state), ("assigned",) * 2 + ("assigned",) * 2)
        self.assertEqual(self.belt.free_qty, 2)

    def test_put_away_that_is_cancelled(self):
        self.warehouse.reception_steps = "two_steps"
        line = self._reorder(5, 10)
        order = self._order(line.requisition_id)
        request, part = self._job(4)
        self._joins(request)
        self._receive(order)
        before = self._told(request)
        step = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        )
        step.with_user(self.storekeeper).action_cancel()
        self.assertCoverage(part, "to_request", 4)
        self.assertEqual(len(self._told(request) - before), 1)

    def test_two_jobs_join_and_the_second_gets_the_rest(self):
        """Also when the job that asks second is the older one."""
        line = self._reorder(5, 10)
        older, late = self._job(7)
        newer, early = self._job(6)
        self._joins(newer)
        choice = self._joins(older)
        self.assertEqual((choice.quantity_free, choice.quantity), (4, 4))
        own = older.sudo().requisition_line_ids
        self.assertEqual((own.product_qty, line.product_qty), (3, 10))
        self.assertCoverage(early, "requested")
        self.assertCoverage(late, "requested")
        third, _part = self._job(1)
        self._not_offered(third)
        order = self._order(line.requisition_id)
        self._receive(order)
        self.assertEqual((early.quantity, late.quantity), (6, 4))
        self.assertEqual((newer.state, older.state), ("assigned", "waiting_parts"))

    def test_dropped_after_joining(self):
        """What it joined is free again; the line of the reorder point stays as it is."""
        line = self._reorder(5, 10)
        request, part = self._job(8)
        other, theirs = self._job(8)
        self._joins(request)
        self._joins(other)
        self.assertEqual(other.sudo().requisition_line_ids.product_qty, 6)
        part.product_uom_qty = 3
        self.assertEqual(line.product_qty, 10)
        self.assertFree(line, 5)
        part.action_drop_part()
        self.assertEqual((line.product_qty, line.state), (10, "approved"))
        self.assertFree(line, 8)
        self.assertCoverage(theirs, "requested")
        other.with_user(self.planner).archive_equipment_request()
        self.assertEqual(line.product_qty, 10)
        self.assertFree(line, 10)
        self.assertFalse(line.sudo().join_ids)

    def test_replaced_raised_and_reserved_from_elsewhere(self):
        line = self._reorder(5, 10)
        request, part = self._job(4)
        self._joins(request)
        part.product_uom_qty = 6
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 2, "the difference is asked for")
        self.assertCoverage(part, "requested")
        self._shelf(self.belt, 3)
        part.sudo()._action_assign()
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 2)
        self.assertFree(line, 9)
        part.product_id = self.seal
        self.assertFalse(line.sudo().join_ids)
        self.assertEqual((part.state, line.product_qty), ("assigned", 10))

    def test_requisition_refused_or_cancelled(self):
        for how in ("refused", "cancelled"):
            with self.subTest(how=how):
                product = self._create_part(f"Belt {how}", 100.0)
                line = self._reorder(5, 10, product)
                request, part = self._job(4, product)
                self._joins(request)
                before = self._told(request)
                if how == "refused":
                    line.requisition_id.with_user(self.procurement).action_reject("Too many")
                else:
                    line.requisition_id.action_cancel()
                self.assertCoverage(part, "to_request", 4)
                self.assertEqual(len(self._told(request) - before), 1)
                self.assertEqual(request.state, "waiting_parts")
                self._not_offered(request)
                self.assertCoverage(part, "requested")

    def test_order_of_the_requisition_cancelled(self):
        """The requisition line is to be ordered again, so it still comes."""
        line = self._reorder(5, 10)
        request, part = self._job(4)
        self._joins(request)
        order = self._order(line.requisition_id)
        order.button_cancel()
        self.assertCoverage(part, "requested")
        self.assertEqual(line.state, "approved")

    # -- Surplus -------------------------------------------------------------------------------------------

    def _with_surplus(self):
        """A job that needs 3 of a product that is sold from 10 on, ordered."""
        self.belt.seller_ids.min_qty = 10
        request, part, line = self._asked(3)
        self._order(line.requisition_id)
        self.assertEqual(line.qty_ordered, 10)
        return request, part, line

    def test_surplus_of_a_minimum(self):
        first, part, line = self._with_surplus()
        second, other = self._job(5)
        choice = self._joins(second)
        self.assertEqual((choice.quantity_free, choice.quantity), (7, 5))
        self.assertEqual(line.product_qty, 3)
        third, last = self._job(5)
        choice = self._joins(third)
        self.assertEqual((choice.quantity_free, choice.quantity), (2, 2))
        for move in (part, other):
            self.assertCoverage(move, "ordered")
        self.assertCoverage(last, "requested")
        self._receive(line.purchase_line_ids.order_id)
        self.assertEqual([move.quantity for move in (part, other, last)], [3, 5, 2])
        self.assertEqual((first.state, second.state), ("assigned", "assigned"))

    def test_needed_by_its_own_job(self):
        request, _part, _line = self._asked(3)
        other, _theirs = self._job(3)
        self._not_offered(other)
        self.assertEqual(len((request | other).sudo().requisition_line_ids), 2)

    def test_the_own_job_needs_more_again(self):
        """What others joined stays theirs: the difference is asked for."""
        first, part, line = self._asked(10)
        self._order(line.requisition_id)
        part.product_uom_qty = 6
        second, other = self._job(4)
        self._joins(second)
        self.assertEqual(line.product_qty, 6)
        self.assertCoverage(part, "ordered")
        self.assertCoverage(other, "ordered")
        part.product_uom_qty = 9
        more = first.sudo().requisition_line_ids - line.sudo()
        self.assertEqual(more.product_qty, 3)
        self.assertCoverage(other, "ordered")

    def test_the_own_job_needs_nothing_any_more(self):
        """On a request for quotation, what was joined stays on it; on an order, the buyer is asked about the rest."""
        for confirmed in (False, True):
            with self.subTest(confirmed=confirmed):
                belt = self._create_part("Belt", 7.0)
                belt.seller_ids.min_qty = 10
                _first, part, line = self._asked(3, belt)
                line.requisition_id.action_order()
                order = line.purchase_line_ids.order_id
                if confirmed:
                    order.button_confirm()
                second, other = self._job(4, belt)
                self._joins(second)
                part.action_drop_part()
                self.assertCoverage(other, "ordered")
                self.assertEqual((line.purchase_line_ids.product_qty, line.is_open), (10, True))
                if confirmed:
                    self._receive(order)
                    self.assertEqual((other.state, belt.free_qty), ("assigned", 6))
                else:
                    self.assertEqual((line.product_qty, line.maintenance_request_id.id), (4, False))

    def test_the_order_is_lowered_to_what_its_job_needs(self):
        first, part, line = self._with_surplus()
        second, other = self._job(5)
        self._joins(second)
        before = self._told(second)
        line.purchase_line_ids.with_user(self.buyer).product_qty = 5
        self.assertCoverage(part, "ordered")
        self.assertCoverage(other, "to_request", 3)
        self.assertEqual(len(self._told(second) - before), 1)
        self.assertFalse(self._told(first).filtered(lambda n: "does not come" in n.mail_message_id.body))

    def test_dropped_job_leaves_its_order_to_who_asks(self):
        first, part, line = self._asked(10)
        order = self._order(line.requisition_id)
        part.action_drop_part()
        second, other = self._job(4)
        choice = self._joins(second)
        self.assertEqual(choice.quantity_free, 10)
        self.assertFalse(line.maintenance_request_id)
        self.assertCoverage(other, "ordered")
        self._receive(order)
        self.assertEqual((other.state, self.belt.free_qty), ("assigned", 6))
        first.action_start()
        first.action_complete()
        first.with_user(self.planner).action_close()

    def test_kept_for_stock(self):
        first, part, line = self._asked(10)
        order = self._order(line.requisition_id)
        part.action_drop_part()
        line.action_keep_for_stock()
        second, other = self._job(12)
        choice = self._joins(second)
        self.assertEqual((choice.quantity_free, choice.quantity), (10, 10))
        self.assertEqual(second.sudo().requisition_line_ids.product_qty, 2)
        self.assertEqual(order.order_line.product_qty, 10)
        self.assertCoverage(other, "requested")
        self.assertFalse(first.sudo().part_ids.join_ids)

    def test_two_parts_of_one_job(self):
        self._with_surplus()
        request, part = self._job(4)
        other = self._add_part(request, self.belt, 5)
        offer = self._offered(request)
        self.assertEqual(offer.line_ids.mapped("quantity"), [4, 3])
        offer.action_apply()
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 2)
        self.assertEqual(request.sudo().requisition_line_ids.part_move_ids, other.sudo())
        self.assertCoverage(part, "requested")

    def test_an_emergency_takes_the_part(self):
        """Who loses a part inherits what the taker had joined."""
        self._shelf(self.belt, 4)
        loser, held = self._job(4, priority="0")
        line = self._reorder(5, 10)
        self.assertEqual(line.product_qty, 10)
        taker, part = self._job(4, priority="3")
        self._joins(taker)
        part.action_take_part()
        self.assertEqual((part.state, taker.state, loser.state), ("assigned", "assigned", "waiting_parts"))
        self.assertCoverage(held, "requested")
        self.assertFalse(part.sudo().join_ids)

    # -- By hand ----------------------------------------------------------------------------------------------

    def _requisition(self, quantity, **values):
        return self.env["maintenance.requisition"].with_user(self.planner).create(
            {"line_ids": [Command.create({"product_id": self.belt.id, "product_qty": quantity, **values})]}
        )

    def test_requisitions_by_hand(self):
        other, _theirs = self._job(3)
        request, part = self._job(3)
        self._requisition(5)
        for_other = self._requisition(5, maintenance_request_id=other.id)
        for_asset = self._requisition(5, equipment_id=self.conveyor.id)
        (for_other | for_asset).action_submit()
        self._not_offered(self._job(3)[0])
        own = self._requisition(2, maintenance_request_id=request.id)
        own.action_submit()
        choice = self._joins(request)
        self.assertEqual((choice.requisition_line_id, choice.quantity), (own.sudo().line_ids, 2))
        self.assertEqual(own.line_ids.part_move_ids, part.sudo(), "it was asked for this job already")
        self.assertEqual(sum(request.sudo().requisition_line_ids.mapped("product_qty")), 3)
        for_stock = self._requisition(5)
        for_stock.action_submit()
        late, _part = self._job(3)
        self.assertEqual(self._joins(late).requisition_line_id, for_stock.sudo().line_ids)

    # -- Who may -----------------------------------------------------------------------------------------------

    def test_who_may_join_what(self):
        line = self._reorder(5, 10)
        _request, part = self._job(4)
        for user in (self.operator, self.outsider, self.buyer):
            with self.assertRaises(UserError):
                part.with_user(user).action_join(requisition_line_id=line.id)
        chains = self._reorder(100, 100, self.chain)
        for values in ({"requisition_line_id": chains.id}, {"requisition_line_id": 10**8}, {}):
            with self.assertRaises(UserError):
                part.action_join(**values)
        self.assertEqual(part.with_user(self.colleague).action_join(requisition_line_id=line.id, quantity=3), 3)
        self.assertEqual(part.action_join(requisition_line_id=line.id), 1)
        self.assertEqual(part.sudo().join_ids.quantity, 4)
        with self.assertRaises(UserError):
            part.action_join(requisition_line_id=line.id)
        self.assertCoverage(part, "requested")
        self.assertIn("waits for", "".join(line.requisition_id.message_ids.mapped("body")))

    def test_elsewhere_is_not_offered(self):
        north = self.env["stock.warehouse"].create({"name": "North", "code": "NTH"})
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.belt.id,
                "warehouse_id": north.id,
                "location_id": north.lot_stock_id.id,
                "product_min_qty": 5,
                "product_max_qty": 10,
            }
        )
        self.env["stock.rule"].run_scheduler()
        self.assertTrue(orderpoint.product_id.requisition_line_ids)
        sister = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", sister.id)], limit=1)
        order = self.env["purchase.order"].with_company(sister).create(
            {
                "partner_id": self.vendor.id,
                "company_id": sister.id,
                "picking_type_id": theirs.in_type_id.id,
                "order_line": [Command.create({"product_id": self.belt.id, "product_qty": 10})],
            }
        )
        order.button_confirm()
        request, _part = self._job(3)
        self._not_offered(request)
