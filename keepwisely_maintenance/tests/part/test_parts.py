from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestParts(MaintenanceCase):
    """Parts as stock moves, kept by technicians without inventory rights."""

    def test_a_part_needs_only_product_and_quantity(self):
        request = self._assigned(priority="3", schedule_date="2030-05-04 08:00:00")
        request.write({"part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})]})
        part = request.part_ids
        self.assertEqual(part.location_id, self.stock)
        self.assertEqual((part.location_dest_id.usage, part.location_dest_id.name), ("production", "Maintenance"))
        self.assertEqual(part.location_dest_id.company_id, self.company)
        self.assertEqual(part.picking_type_id, self.warehouse.maintenance_type_id)
        self.assertFalse(part.picking_id)
        self.assertEqual((part.product_uom, part.priority), (self.seal.uom_id, "1"))
        self.assertEqual(part.date, fields.Datetime.to_datetime("2030-05-04 08:00:00"))
        self.assertEqual(part.reference, request.reference)
        request.with_user(self.planner).write({"priority": "0", "schedule_date": "2030-06-01 08:00:00"})
        self.assertEqual((part.priority, part.date.month), ("0", 6))

    def test_bad_parts_get_one_sentence(self):
        request = self._assigned()
        archived = self._create_part("Old belt", 3.0, active=False)
        service = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        sister = self.env["res.company"].create({"name": "Sister plant"})
        foreign = self._create_part("Their belt", 3.0, company_id=sister.id, vendor=self.env["res.partner"])
        kilogram = self.env.ref("uom.product_uom_kgm")
        cases = {
            "above zero": {"product_id": self.seal.id, "product_uom_qty": 0},
            "above zero for": {"product_id": self.seal.id, "product_uom_qty": -1},
            "cannot be counted in": {
                "product_id": self.seal.id, "product_uom_qty": 1, "product_uom": kilogram.id
            },
            "is archived": {"product_id": archived.id, "product_uom_qty": 1},
            "is a service": {"product_id": service.id, "product_uom_qty": 1},
            "belongs to Sister plant": {"product_id": foreign.id, "product_uom_qty": 1},
        }  # fmt: skip
        for words, values in cases.items():
            for user in (self.technician, self.planner):
                with self.subTest(case=words, user=user.login):
                    with self.assertRaises(UserError) as caught:
                        self.env["stock.move"].with_user(user).create(
                            {"maintenance_request_id": request.id, **values}
                        )
                    self.assertIn(words, str(caught.exception))
                    self.assertNotIn("\n", str(caught.exception))
        self.assertFalse(request.part_ids)
        part = self._add_part(request, self.seal, 1)
        with self.assertRaises(UserError):
            part.product_uom_qty = 0
        self.assertEqual(part.product_uom_qty, 1)

    def test_no_parts_on_work_that_is_over(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "in state “Closed”"):
            self._add_part(request, self.seal, 1)

    def test_others_cannot_touch_the_parts(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 1)
        for user in (self.operator, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    self._add_part(request.with_user(user), self.seal, 1)
                for method in ("action_use_part", "action_drop_part", "action_return_part"):
                    with self.assertRaises(UserError):
                        getattr(part.with_user(user), method)()
                with self.assertRaises(UserError):
                    part.with_user(user).product_uom_qty = 5
                with self.assertRaises(UserError):
                    part.with_user(user).unlink()
                with self.assertRaises(UserError):
                    request.with_user(user).action_request_parts()
        self.assertEqual((part.state, part.product_uom_qty), ("assigned", 1))

    def test_technicians_see_and_touch_no_other_moves_and_no_values(self):
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "move_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 1})],
            }
        ).move_ids
        moves = self.env["stock.move"].with_user(self.technician)
        self.assertFalse(moves.search([("id", "=", receipt.id)]))
        with self.assertRaises(UserError):
            receipt.with_user(self.technician).product_uom_qty = 9
        with self.assertRaises(UserError):
            moves.create(
                {
                    "product_id": self.seal.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                }
            )
        request = self._assigned()
        part = self._add_part(request, self.seal, 1)
        for name in ("value", "price_unit"):
            with self.assertRaises(UserError):
                part.read([name])
            with self.assertRaises(UserError):
                part.export_data([name])
            with self.assertRaises(UserError):
                part.write({name: 1})
        with self.assertRaises(UserError):
            moves._read_group([], ["product_id"], ["value:sum"])
        with self.assertRaises(UserError):
            part.location_dest_id = self.stock
        part.with_user(self.planner).read(["product_uom_qty"])

    def test_partial_use_and_return(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 3)
        part.action_use_part()
        self.assertEqual((part.state, part.quantity), ("done", 1))
        rest = request.part_ids - part
        self.assertEqual((rest.product_uom_qty, rest.state), (2, "confirmed"))
        self.assertEqual(request.parts_state, "to_request")
        rest.action_drop_part()
        self.assertEqual(request.parts_state, "consumed")
        costs = request.with_user(self.planner)
        self.assertEqual(costs.parts_cost, 42.0)
        with self.assertRaisesRegex(UserError, "at most"):
            part.action_return_part(2)
        part.action_return_part()
        self.assertEqual(costs.parts_cost, 0.0)
        self.assertEqual(self.bearing.qty_available, 1)
        with self.assertRaises(UserError):
            part.action_return_part()
        self.assertEqual(request.part_ids, part | rest, "returns are shown apart")

    def test_using_less_than_planned_drops_the_rest_on_completion(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 5)
        part.write({"quantity": 2, "picked": True})
        request.action_start()
        request.action_complete()
        self.assertEqual((part.state, part.quantity), ("done", 2))
        self.assertEqual(self.seal.free_qty, 8)
        self.assertEqual(request.with_user(self.planner).parts_cost, 10.0)

    def test_serial_numbers_come_back_as_they_went(self):
        motor = self._create_part("Motor", 900.0, tracking="serial")
        lot = self.env["stock.lot"].create({"name": "M-1", "product_id": motor.id})
        self.env["stock.quant"]._update_available_quantity(motor, self.stock, 1, lot_id=lot)
        request = self._assigned()
        part = self._add_part(request, motor, 1)
        self.assertEqual(part.sudo().lot_ids, lot)
        part.action_use_part()
        part.action_return_part()
        quant = self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "=", self.stock.id)])
        self.assertEqual(quant.quantity, 1)

    def test_lost_reservation_blocks_again_and_says_so(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 1)
        request.action_start()
        self.assertEqual(request.parts_state, "ready")
        before = self._notifications(self.technician, request)
        part.with_user(self.storekeeper)._do_unreserve()
        self.env["stock.quant"].sudo()._update_available_quantity(self.bearing, self.stock, -1)
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "to_request"))
        told = self._notifications(self.technician, request) - before
        self.assertEqual(len(told), 1)
        self.assertIn("taken away", told.mail_message_id.body)
        request.action_request_parts()
        self._receive(self._order(request.sudo().requisition_ids))
        self.assertEqual(request.state, "in_progress", "it goes on where it stopped")

    def test_what_is_not_wanted_any_more_is_not_taken_away(self):
        for give_back in ("unlink", "_action_cancel"):
            with self.subTest(way=give_back):
                request = self._assigned(name=f"Given back by {give_back}")
                part = self._add_part(request, self.seal, 2)
                self.assertEqual(part.state, "assigned")
                messages, todos = request.message_ids, request.activity_ids
                getattr(part if give_back == "unlink" else part.sudo(), give_back)()
                self.assertEqual(request.state, "assigned")
                self.assertEqual((request.message_ids, request.activity_ids), (messages, todos))

    def test_lowering_the_quantity_wakes_up(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        part.product_uom_qty = 1
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def test_who_bought_it_gets_it_first(self):
        """Soft pegging: an older, more urgent job does not get what another job's requisition bought."""
        first = self._assigned(priority="2")
        self._add_part(first, self.bearing, 2)
        buyer_job = self._assigned()
        mine = self._add_part(buyer_job, self.bearing, 1)
        buyer_job.action_request_parts()
        order = self._order(buyer_job.sudo().requisition_ids)
        self._receive(order)
        self.assertEqual((mine.state, buyer_job.state), ("assigned", "assigned"))
        self.assertEqual(first.part_ids.state, "partially_available")

    def test_two_step_receipts_are_ready_in_stock_only(self):
        self.warehouse.reception_steps = "two_steps"
        request = self._assigned()
        part = self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        order = self._order(request.sudo().requisition_ids)
        self._receive(order)
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"), "not usable yet")
        internal = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "=", "assigned")]
        )
        internal.with_user(self.storekeeper).button_validate()
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def _create_belt_in_depot(self):
        """Five of a part that come from another warehouse of the company."""
        other = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids
        belt = self._create_part("Belt", 0.0, vendor=self.env["res.partner"], route_ids=[Command.set(route.ids)])
        self.env["stock.quant"]._update_available_quantity(belt, other.lot_stock_id, 5)
        return belt

    def test_resupply_from_an_own_warehouse_stays_native(self):
        belt = self._create_belt_in_depot()
        request = self._assigned()
        part = self._add_part(request, belt, 1)
        request.action_request_parts()
        self.assertFalse(request.sudo().requisition_ids)
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"))
        supply = part.sudo().supply_move_ids
        self.assertEqual(supply.product_uom_qty, 1)
        request.action_request_parts()
        self.assertEqual(part.sudo().supply_move_ids, supply)
        for move in supply.move_orig_ids | supply:
            move._action_assign()
            move.picking_id.button_validate()
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def test_what_another_warehouse_sends_later_is_still_on_its_way(self):
        other = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        self.warehouse.resupply_wh_ids = other
        route = self.warehouse.resupply_route_ids
        belt = self._create_part("Belt", 0.0, vendor=self.env["res.partner"], route_ids=[Command.set(route.ids)])
        self.env["stock.quant"]._update_available_quantity(belt, other.lot_stock_id, 5)
        request = self._assigned()
        part = self._add_part(request, belt, 4)
        request.action_request_parts()
        supply = part.sudo().supply_move_ids
        for move in supply.move_orig_ids | supply:
            move.write({"quantity": 1, "picked": True})
            move.picking_id.with_context(skip_backorder=True).button_validate()
        self.assertEqual((part.quantity, request.parts_state), (1.0, "ordered"))
        later = part.sudo().supply_move_ids - supply
        self.assertEqual(later.product_uom_qty, 3.0)
        request.action_request_parts()
        self.assertEqual(part.sudo().supply_move_ids, supply | later)

    def test_resupply_into_an_input_location_is_still_on_its_way(self):
        self.warehouse.reception_steps = "two_steps"
        belt = self._create_belt_in_depot()
        request = self._assigned()
        part = self._add_part(request, belt, 2)
        request.action_request_parts()
        for _step in range(5):
            if part.state == "assigned":
                break
            self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"))
            moves = self.env["stock.move"].search(
                [("product_id", "=", belt.id), ("picking_id", "!=", False), ("state", "not in", ("done", "cancel"))]
            )
            moves._action_assign()
            moves.filtered(lambda move: move.state == "assigned").picking_id.button_validate()
        self.assertEqual((part.state, request.state), ("assigned", "assigned"))

    def test_a_part_stays_on_its_work_order(self):
        first, second = self._assigned(), self._assigned()
        part = self._add_part(first, self.seal, 1)
        with self.assertRaisesRegex(UserError, "stays on its work order"):
            part.maintenance_request_id = second

    def test_the_to_do_goes_when_the_work_starts(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        self._receive(self._order(request.sudo().requisition_ids))
        self.assertEqual(len(self._activities(self.technician, request)), 1)
        request.action_start()
        self.assertFalse(self._activities(self.technician, request))

    def test_part_actions_reach_no_other_moves(self):
        """Public methods that act for the system must not act on a delivery or a receipt."""
        receipt = self._create_transfer(self.warehouse.in_type_id, self.seal, 1)
        other = receipt.move_ids
        part = self._add_part(self._assigned(), self.seal, 1)
        for user in (self.operator, self.technician, self.planner):
            for moves in (other, other | part.sudo()):
                for method in ("action_use_part", "action_drop_part", "action_return_part"):
                    with self.subTest(user=user.login, method=method), self.assertRaises(UserError):
                        getattr(moves.with_user(user), method)()
                with self.subTest(user=user.login, method="write"), self.assertRaises(UserError):
                    moves.with_user(user).write({"product_uom_qty": 7})
        self.assertEqual((other.state, other.product_uom_qty), ("assigned", 1))
        self.assertEqual((part.state, part.product_uom_qty), ("assigned", 1))
