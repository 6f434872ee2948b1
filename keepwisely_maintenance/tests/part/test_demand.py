from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .demand_common import DemandCase


@tagged("post_install", "-at_install")
class TestDemand(DemandCase):
    """Every piece of demand and supply of a product stands in the view once, whatever becomes of it."""

    # -- The way of a part ---------------------------------------------------------------------------

    def test_a_part_from_the_shortage_to_the_bench(self):
        request = self._job(self.bearing, 3, ask=False)
        self.assertEqual(self._quantities(self.bearing), {"work_order": -2}, "one is reserved, so neither free nor wanted")
        request.action_request_parts()
        self.assertEqual(self._quantities(self.bearing), {"work_order": -2, "requisition": 2})
        requisition = request.sudo().requisition_ids
        row = self._rows(self.bearing).filtered(lambda row: row.kind == "requisition")
        self.assertEqual((row.requisition_id, row.maintenance_request_id), (requisition, request))
        self.assertEqual((row.equipment_id, row.warehouse_id), (self.conveyor, self.warehouse))
        self.assertEqual((row.date, row.partner_id), (requisition.line_ids.date_expected, self.vendor))
        self.assertEqual((row.reference, row.note, row.is_free), (requisition.name, "Approved", False))

        requisition.with_user(self.buyer).action_order()
        self.assertEqual(self._quantities(self.bearing), {"work_order": -2, "rfq": 2})
        order = requisition.with_user(self.buyer).purchase_order_ids
        order.button_confirm()
        self.assertEqual(self._quantities(self.bearing), {"work_order": -2, "order": 2})
        row = self._rows(self.bearing).filtered(lambda row: row.kind == "order")
        self.assertEqual((row.purchase_order_id, row.requisition_id), (order, requisition))
        self.assertEqual((row.maintenance_request_id, row.reference), (request, order.name))
        self.assertEqual(row.date, order.order_line.date_planned.date())

        self._receive(order, quantity=1)
        self.assertEqual(self._quantities(self.bearing), {"work_order": -1, "order": 1})
        self._receive(order)
        self.assertEqual(self._quantities(self.bearing), {})

    def test_more_ordered_than_asked_for_is_left_over(self):
        request = self._job(self.bearing, 2)
        order = self._order(request.sudo().requisition_ids)
        order.order_line.product_qty = 11
        self.assertEqual(self._quantities(self.bearing), {"work_order": -1, "order": 11})
        self._receive(order)
        self.assertEqual(self._quantities(self.bearing), {"stock": 10})

    def test_part_of_a_line_on_order(self):
        requisition = self._ask(self.seal, 10)
        order = self._order(requisition)
        order.order_line.product_qty = 6
        self.assertEqual(self._quantities(self.seal), {"stock": 10, "requisition": 4, "order": 6})
        order.button_cancel()
        self.assertEqual(self._quantities(self.seal), {"stock": 10, "requisition": 10})
        requisition.action_cancel()
        self.assertEqual(self._quantities(self.seal), {"stock": 10})

    def test_demand_and_supply_of_others(self):
        self._deliver(self.seal, 12)
        self._buy(self.seal, 5)
        self._buy(self.seal, 7, confirm=False)
        self.assertEqual(self._quantities(self.seal), {"other_demand": -2, "order": 5, "rfq": 7})
        self.assertEqual(self._quantities(self.seal, is_free=True), {"order": 5, "rfq": 7})

    def test_used_parts_are_no_longer_wanted(self):
        request = self._job(self.bearing, 3, ask=False)
        request.part_ids.write({"quantity": 1})
        self.assertEqual(self._quantities(self.bearing), {}, "the rest was not needed")

    def test_what_was_bought_for_cancelled_work_is_free(self):
        request = self._job(self.bearing, 2)
        self._order(request.sudo().requisition_ids)
        self.assertEqual(self._quantities(self.bearing, is_free=True), {})
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(self._quantities(self.bearing, is_free=True), {"order": 1, "stock": 1})

    def test_reorder_points_and_alternates_are_shown_and_not_counted(self):
        self.bearing.product_tmpl_id.alternate_product_ids = self.seal
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 5, "product_max_qty": 8}
        )
        rows = self._rows(self.bearing)
        self.assertEqual(self._quantities(self.bearing), {"stock": 1})
        point = rows.filtered(lambda row: row.kind == "orderpoint")
        self.assertEqual((point.orderpoint_id, point.possible_qty), (orderpoint, 7))
        self.assertEqual(point.note, "Minimum 5, maximum 8")
        alternate = rows.filtered(lambda row: row.kind == "alternate")
        self.assertEqual((alternate.alternate_product_id, alternate.possible_qty), (self.seal, 10))
        self.assertEqual(alternate.location_id, self.stock)

        self.env["stock.rule"].run_scheduler()
        self.assertEqual(self._quantities(self.bearing), {"stock": 1, "requisition": 7})
        rows = self._rows(self.bearing)
        self.assertEqual(rows.filtered(lambda row: row.kind == "orderpoint").possible_qty, 0)
        self.assertEqual(rows.filtered(lambda row: row.kind == "requisition").orderpoint_id, orderpoint)

    def test_ordered_services_are_open_until_received(self):
        crane = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        requisition = self._ask(crane, 3, user=self.buyer, price_unit=10.0, partner_id=self.vendor.id)
        self.assertEqual(self._quantities(crane), {"requisition": 3})
        order = self._order(requisition)
        self.assertEqual(self._quantities(crane), {"order": 3})
        order.order_line.qty_received = 2
        self.assertEqual(self._quantities(crane), {"order": 1})

    # -- Units ---------------------------------------------------------------------------------------

    def test_dozens_and_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.seal.seller_ids.product_uom_id = dozen
        self.env["stock.quant"]._update_available_quantity(self.seal, self.stock, 2)
        request = self._assigned()
        self._add_part(request, self.seal, 3, product_uom=dozen.id)
        self.assertEqual(self._quantities(self.seal), {"work_order": -24})
        requisition = self._ask(self.seal, 3, product_uom_id=dozen.id)
        self.assertEqual(self._quantities(self.seal)["requisition"], 36)
        requisition.with_user(self.buyer).action_order()
        self.assertEqual(self._quantities(self.seal), {"work_order": -24, "rfq": 36})
        order = requisition.with_user(self.buyer).purchase_order_ids
        self.assertEqual(order.order_line.product_uom_id, dozen)
        order.button_confirm()
        self.assertEqual(self._quantities(self.seal), {"work_order": -24, "order": 36})

    def test_a_product_counted_in_dozens(self):
        dozen, unit = self.env.ref("uom.product_uom_dozen"), self.env.ref("uom.product_uom_unit")
        nails = self._create_part("Nails", 3.0, on_hand=1, uom_id=dozen.id)
        request = self._assigned()
        self._add_part(request, nails, 20, product_uom=unit.id)
        self.assertAlmostEqual(self._quantities(nails)["work_order"], -8 / 12, places=2)
        self._ask(nails, 24, product_uom_id=unit.id)
        self.assertEqual(self._quantities(nails)["requisition"], 2)

    # -- Chains of moves ---------------------------------------------------------------------------------

    def test_receipts_in_two_and_three_steps_count_once(self):
        for steps, inner in (("two_steps", 1), ("three_steps", 2)):
            with self.subTest(steps=steps):
                self.warehouse.reception_steps = steps
                belt = self._create_part(f"Belt {steps}", 20.0)
                request = self._job(belt, 4)
                order = self._order(request.sudo().requisition_ids)
                self.assertEqual(self._quantities(belt), {"work_order": -4, "order": 4})
                self._receive(order, quantity=3)
                self.assertEqual(self._quantities(belt), {"work_order": -4, "order": 1, "incoming": 3})
                row = self._rows(belt).filtered(lambda row: row.kind == "incoming")
                self.assertEqual((row.maintenance_request_id, row.purchase_order_id), (request, order))
                self._receive(order)
                self.assertEqual(self._quantities(belt), {"work_order": -4, "incoming": 4})
                for step in range(inner):
                    left = self._quantities(belt)
                    self.assertEqual(left, {"work_order": -4, "incoming": 4}, f"before step {step + 1}")
                    for picking in self.env["stock.picking"].search(
                        [("product_id", "=", belt.id), ("state", "=", "assigned"), ("picking_type_code", "=", "internal")]
                    ):
                        picking.with_user(self.storekeeper).button_validate()
                self.assertEqual(self._quantities(belt), {})

    def test_what_lies_in_an_input_location_is_not_free(self):
        self.warehouse.reception_steps = "two_steps"
        below = self.env["stock.location"].create(
            {"name": "Gate 2", "location_id": self.warehouse.wh_input_stock_loc_id.id}
        )
        self.env["stock.quant"]._update_available_quantity(self.seal, below, 5)
        shelf = self.env["stock.location"].create({"name": "Rack 7", "location_id": self.stock.id})
        self.env["stock.quant"]._update_available_quantity(self.seal, shelf, 2)
        places = {row.location_id: row.quantity for row in self._rows(self.seal)}
        self.assertEqual(places, {self.stock: 10, shelf: 2})

    def test_resupply_counts_once_in_each_warehouse(self):
        depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        self.warehouse.resupply_wh_ids = depot
        for steps in ("one_step", "two_steps"):
            self.warehouse.reception_steps = steps
            belt = self._create_part(
                f"Belt {steps}", 0.0, vendor=self.env["res.partner"],
                route_ids=[Command.set(self.warehouse.resupply_route_ids.ids)],
            )  # fmt: skip
            self.env["stock.quant"]._update_available_quantity(belt, depot.lot_stock_id, 5)
            request = self._job(belt, 2)
            while moves := self.env["stock.move"].search(
                [("product_id", "=", belt.id), ("picking_id", "!=", False), ("state", "not in", ("done", "cancel"))]
            ):
                with self.subTest(steps=steps, moves=moves.mapped("location_id.complete_name")):
                    here = self._quantities(belt, warehouse_id=self.warehouse)
                    self.assertEqual(here, {"work_order": -2, "incoming": 2})
                    row = self._rows(belt).filtered(lambda row: row.kind == "incoming")
                    self.assertEqual((row.maintenance_request_id, row.is_free), (request, False))
                    self.assertEqual(sum(self._quantities(belt).values()), 3)
                moves.filtered(lambda move: move.state == "assigned")[0].picking_id.button_validate()
            self.assertEqual(self._quantities(belt), {"stock": 3})

    def test_moving_between_shelves_changes_nothing(self):
        rack = self.env["stock.location"].create({"name": "Rack 7", "location_id": self.stock.id})
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": rack.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.seal.id,
                            "product_uom_qty": 4,
                            "location_id": self.stock.id,
                            "location_dest_id": rack.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(self._quantities(self.seal), {"stock": 6, "incoming": 4})
        picking.button_validate()
        self.assertEqual(self._quantities(self.seal), {"stock": 10})

    def test_deliveries_in_steps_count_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        customers = self.env.ref("stock.stock_location_customers")
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    self.seal, 12, self.seal.uom_id, customers, "Sale", "Sale", self.company,
                    {"warehouse_id": self.warehouse, "date_planned": fields.Datetime.now()},
                )
            ]
        )  # fmt: skip
        self.assertEqual(self._quantities(self.seal), {"other_demand": -2})
        pick = self.env["stock.move"].search([("product_id", "=", self.seal.id), ("location_id", "=", self.stock.id)])
        pick._do_unreserve()
        self.assertEqual(self._quantities(self.seal), {"stock": 10, "other_demand": -12})
        pick._action_assign()
        pick.picking_id.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()
        ship = pick.move_dest_ids
        self.assertEqual((ship.state, ship.location_dest_id), ("assigned", customers))
        self.assertEqual(self._quantities(self.seal), {"other_demand": -2}, "what is picked has left the shelf")

    def test_chained_moves_count_once(self):
        """Pull rules make all moves of a chain at once; so do other modules."""
        self.warehouse.reception_steps = "two_steps"
        vendors, entry = self.env.ref("stock.stock_location_suppliers"), self.warehouse.wh_input_stock_loc_id
        common = {"product_id": self.seal.id, "product_uom_qty": 5, "procure_method": "make_to_order"}
        inner = self.env["stock.move"].create(
            {**common, "location_id": entry.id, "location_dest_id": self.stock.id}
        )
        outer = self.env["stock.move"].create(
            {
                **common,
                "procure_method": "make_to_stock",
                "location_id": vendors.id,
                "location_dest_id": entry.id,
                "location_final_id": self.stock.id,
                "move_dest_ids": [Command.set(inner.ids)],
            }
        )
        (outer | inner)._action_confirm()
        self.assertEqual((outer.state, inner.state), ("assigned", "waiting"))
        self.assertEqual(self._quantities(self.seal), {"stock": 10, "incoming": 5})
        outer.write({"quantity": 3, "picked": True})
        outer._action_done()
        rest = inner.move_orig_ids - outer
        self.assertEqual((rest.product_qty, inner.quantity), (2, 3))
        self.assertEqual(self._quantities(self.seal), {"stock": 10, "incoming": 5})
        rows = self._rows(self.seal).filtered(lambda row: row.kind == "incoming")
        self.assertEqual({row.move_id.id: row.quantity for row in rows.sudo()}, {rest.id: 2, inner.id: 3})

    def test_what_goes_straight_through_is_no_supply(self):
        self.warehouse.delivery_steps = "pick_ship"
        move = self.env["stock.move"].create(
            {
                "product_id": self.seal.id,
                "product_uom_qty": 5,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.wh_output_stock_loc_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self._quantities(self.seal), {"stock": 10})

    def test_what_is_bought_for_a_delivery_is_promised(self):
        delivery = self._deliver(self.bearing, 3)
        order = self._buy(self.bearing, 2, confirm=False, move_dest_ids=[Command.set(delivery.move_ids.ids)])
        for kind in ("rfq", "order"):
            rows = self._rows(self.bearing)
            supply = rows.filtered(lambda row: row.quantity > 0)
            with self.subTest(kind=kind):
                self.assertEqual((supply.kind, supply.quantity, supply.is_free), (kind, 2, False))
            order.button_confirm()

    def test_two_warehouses_are_told_apart(self):
        depot = self.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        self.env["stock.quant"]._update_available_quantity(self.seal, depot.lot_stock_id, 3)
        self._buy(self.seal, 5)
        self.assertEqual(self._quantities(self.seal, warehouse_id=self.warehouse), {"stock": 10, "order": 5})
        self.assertEqual(self._quantities(self.seal, warehouse_id=depot), {"stock": 3})

    # -- The view --------------------------------------------------------------------------------------------

    def _fill(self):
        self.bearing.product_tmpl_id.alternate_product_ids = self.seal
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.seal.id, "product_min_qty": 5, "product_max_qty": 8}
        )
        self._job(self.bearing, 3)
        self._deliver(self.seal, 4)
        self._deliver(self.bearing, 4)
        self._buy(self.bearing, 5)
        self._buy(self.bearing, 5, confirm=False)
        self.env.flush_all()

    def test_ids_are_unique_and_last(self):
        self._fill()
        query = "SELECT id, kind, product_id, reference FROM maintenance_part_demand ORDER BY id"
        self.cr.execute(query)
        rows = self.cr.fetchall()
        self.assertEqual(len({row[0] for row in rows}), len(rows))
        self.assertLess(max(row[0] for row in rows), 2**53, "the browser counts no further")
        self.env.flush_all()
        self.cr.execute(query)
        self.assertEqual(self.cr.fetchall(), rows)

    def test_groups_follow_the_way_of_a_part(self):
        self._fill()
        groups = self.env["maintenance.part.demand"].with_user(self.technician).web_read_group(
            [("product_id", "=", self.bearing.id)], ["kind"], ["quantity:sum"]
        )["groups"]
        self.assertEqual(
            [(group["kind"], group["quantity:sum"]) for group in groups],
            [("work_order", -2), ("other_demand", -4), ("requisition", 2), ("rfq", 5), ("order", 5), ("alternate", 0)],
        )

    def test_buttons_of_a_product(self):
        self._fill()
        for record in (self.bearing, self.bearing.product_tmpl_id):
            record = record.with_user(self.technician)
            self.assertEqual((record.demand_wanted_qty, record.demand_coming_qty), (6, 12))
            action = record.action_view_demand()
            rows = self.env["maintenance.part.demand"].search(action["domain"])
            self.assertEqual(rows.product_id, self.bearing)
        part = self.env["stock.move"].with_user(self.technician).search(
            [("maintenance_request_id", "!=", False), ("product_id", "=", self.bearing.id)]
        )
        self.assertEqual(part.action_view_demand()["domain"], [("product_id", "in", self.bearing.ids)])

    # -- Who sees what ---------------------------------------------------------------------------------------

    def test_who_reads_it(self):
        self._fill()
        for user in (self.technician, self.outsider, self.planner, self.buyer, self.storekeeper):
            with self.subTest(user=user.login):
                self.assertEqual(len(self._rows(self.bearing, user)), 6)
        with self.assertRaises(AccessError):
            self._rows(self.bearing, self.operator)
        product = self.bearing.with_user(self.operator)
        self.assertNotIn("demand_coming_qty", product.fields_get())

    def test_no_prices(self):
        self._fill()
        rows = self._rows(self.bearing)
        self.assertFalse([field.name for field in rows._fields.values() if field.type == "monetary"])
        for row in rows.read():
            self.assertNotIn(42.0, row.values())
        for user in (self.technician, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rows.with_user(user)[0].write({"quantity": 9})

    def test_other_companies_stay_apart(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", sister.id)])
        self.env["stock.quant"]._update_available_quantity(self.seal, theirs.lot_stock_id, 50)
        stranger = new_test_user(
            self.env, "kw_stranger", "keepwisely_maintenance.group_maintenance_technician",
            company_id=sister.id, company_ids=[Command.set(sister.ids)],
        )  # fmt: skip
        self._fill()
        self._ask(self.seal, 2)
        ours = self._quantities(self.seal)
        self.assertEqual((ours["stock"], ours["requisition"]), (6, 2))
        self.assertEqual(self._quantities(self.seal, stranger), {"stock": 50})
        self.assertEqual(self._rows(self.bearing, stranger).mapped("kind"), ["alternate"])
        self.assertEqual(self._rows(self.bearing, stranger).possible_qty, 50)

    def test_a_row_opens_its_document(self):
        self._fill()
        rows = {row.kind: row for row in self._rows(self.bearing)}
        expected = {
            "work_order": (self.technician, "maintenance.request"),
            "requisition": (self.technician, "maintenance.requisition"),
            "rfq": (self.buyer, "purchase.order"),
            "order": (self.storekeeper, "purchase.order"),
            "other_demand": (self.storekeeper, "stock.picking"),
            "alternate": (self.technician, "product.product"),
        }
        self.assertEqual(rows.keys(), expected.keys())
        for kind, (user, model) in expected.items():
            with self.subTest(kind=kind):
                action = rows[kind].with_user(user).action_open_document()
                self.assertEqual(action["res_model"], model)
        order = rows["rfq"].sudo().purchase_order_id
        with self.assertRaisesRegex(UserError, order.name):
            rows["rfq"].with_user(self.technician).action_open_document()
        with self.assertRaisesRegex(UserError, "no access to WO/"):
            rows["work_order"].with_user(self.outsider).action_open_document()
