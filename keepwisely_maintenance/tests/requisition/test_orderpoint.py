from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .orderpoint_common import OrderpointCase

#: Queries a batch may take above an equal one, for caches that fill on the way.
SLACK = 5


@tagged("post_install", "-at_install")
class TestOrderpoint(OrderpointCase):
    """Reorder points of spare parts ask once, through requisitions."""

    # -- Scheduler ----------------------------------------------------------------------------------

    def test_grouped_by_vendor_and_warehouse_and_unpriced_apart(self):
        second = self.env["stock.warehouse"].create({"name": "North plant", "code": "NP"})
        chain = self._create_part("Chain", 60.0)
        pulley = self._create_part("Pulley", 30.0, vendor=self.other_vendor)
        grease = self._create_part("Grease", 1.0)
        grease.seller_ids.price = 0
        here = self._orderpoint(self.belt) | self._orderpoint(chain)
        elsewhere = self._orderpoint(pulley)
        unpriced = self._orderpoint(grease)
        north = self._orderpoint(self.belt, warehouse_id=second.id, location_id=second.lot_stock_id.id)
        self._run()
        requisitions = [self._lines(orderpoints).requisition_id for orderpoints in (here, elsewhere, unpriced, north)]
        self.assertEqual([len(requisition.line_ids) for requisition in requisitions], [2, 1, 1, 1])
        self.assertEqual(len(set(requisitions)), 4)
        self.assertEqual(
            [requisition.state for requisition in requisitions], ["to_approve", "approved", "draft", "to_approve"]
        )
        self.assertEqual(requisitions[3].line_ids.location_id, second.lot_stock_id)
        for requisition in requisitions:
            self.assertEqual((requisition.source, requisition.requester_id), ("orderpoint", self.env.ref("base.user_root")))
        self.assertEqual(len(self._activities(self.procurement, requisitions[0])), 1)
        self.assertFalse(self.env["purchase.order.line"].search([("product_id", "in", (self.belt | chain).ids)]))

    def test_most_critical_spare_gives_the_urgency(self):
        self.belt.spare_criticality = "vital"
        chain = self._create_part("Chain", 60.0, spare_criticality="low")
        orderpoints = self._orderpoint(self.belt) | self._orderpoint(chain)
        self._run()
        requisition = self._lines(orderpoints).requisition_id
        self.assertEqual((len(requisition), requisition.priority), (1, "2"))

    def test_rerun_holds_nothing_more(self):
        orderpoint, line = self._held()
        self.assertEqual((line.product_qty, line.requisition_id.state), (10, "to_approve"))
        for state in ("to_approve", "approved", "ordered"):
            self.assertEqual(line.state, state)
            self._run()
            self.assertEqual(self._lines(orderpoint), line)
            self.assertEqual((line.product_qty, orderpoint.qty_to_order), (10, 0))
            if state == "to_approve":
                line.requisition_id.with_user(self.procurement).action_approve()
            elif state == "approved":
                self._order(line.requisition_id)
        self._receive(line.purchase_line_ids.order_id)
        self._run()
        self.assertEqual((self._lines(orderpoint), line.state, self.belt.qty_available), (line, "done", 10))
        self.assertEqual(line.purchase_line_ids.orderpoint_id, orderpoint)

    def test_more_need_raises_the_line_nobody_has_decided_on(self):
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 4)
        orderpoint, line = self._held()
        self.assertEqual(line.product_qty, 6)
        revision = line.requisition_id.revision
        self._use_up(self.belt, 3)
        self._run()
        self.assertEqual(line.product_qty, 6, "7 are coming or there, the minimum is 5")
        orderpoint.with_user(self.manager).write({"product_min_qty": 20, "product_max_qty": 20})
        chain = self._orderpoint(self._create_part("Chain", 60.0))
        self._run()
        self.assertEqual((self._lines(orderpoint), line.product_qty), (line, 19))
        requisition = line.requisition_id
        self.assertEqual(self._lines(chain).requisition_id, requisition)
        self.assertEqual((requisition.state, requisition.revision), ("to_approve", revision + 1))
        self.assertEqual(requisition.amount_total, 19 * 90 + 10 * 60)
        self.assertEqual(len(self._activities(self.procurement, requisition)), 1)
        self.assertIn("Lines raised: 1; added: 1", "".join(requisition.message_ids.mapped("body")))

    def test_more_need_after_a_decision_is_asked_for_apart(self):
        orderpoint, line = self._held()
        line.requisition_id.with_user(self.procurement).action_approve()
        orderpoint.write({"product_min_qty": 20, "product_max_qty": 20})
        self._run()
        lines = self._lines(orderpoint)
        self.assertEqual(sorted(lines.mapped("product_qty")), [10, 10])
        self.assertEqual((line.product_qty, line.state, len(lines.requisition_id)), (10, "approved", 2))

    def test_nothing_goes_into_the_hands_of_a_person(self):
        drafts = self.env["maintenance.requisition"]
        for user in (self.buyer, self.planner, self.procurement, self.env.user):
            drafts |= drafts.with_user(user).create(
                {"line_ids": [Command.create({"product_id": self.belt.id, "product_qty": 3})]}
            )
        _orderpoint, line = self._held()
        self.assertEqual((line.product_qty, len(drafts.line_ids)), (10, 4), "what nobody submitted asks for nothing")
        taken_back = line.requisition_id
        taken_back.with_user(self.buyer).action_draft()
        chain = self._orderpoint(self._create_part("Chain", 60.0))
        self._run()
        self.assertEqual((taken_back.state, taken_back.line_ids), ("draft", line))
        self.assertNotEqual(self._lines(chain).requisition_id, taken_back)

    def test_submitted_by_hand_counts_as_in_progress(self):
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {"line_ids": [Command.create({"product_id": self.belt.id, "product_qty": 7})]}
        )
        requisition.action_submit()
        orderpoint, line = self._held()
        self.assertFalse(line, "7 are coming, the minimum is 5")
        self.assertEqual((orderpoint.qty_held, orderpoint.qty_forecast), (7, 7))
        requisition.action_cancel()
        self._run()
        self.assertEqual(self._lines(orderpoint).product_qty, 10)

    def test_unpriced_needs_share_one_draft(self):
        self.belt.seller_ids.price = 0
        orderpoint, line = self._held()
        chain = self._create_part("Chain", 60.0)
        chain.seller_ids.price = 0
        other = self._orderpoint(chain)
        self._run()
        self.assertEqual(self._lines(other).requisition_id, line.requisition_id)
        question = self._activities(line.requisition_id._get_buyer(), line.requisition_id)
        self.assertEqual(len(question), 1)
        self.assertIn("Chain", question.note)
        line.requisition_id.line_ids.with_user(self.buyer).price_unit = 2.0
        third = self._orderpoint(self._create_part("Pin", 1.0))
        third.product_id.seller_ids.price = 0
        self._run()
        self.assertNotEqual(self._lines(third).requisition_id, line.requisition_id, "priced: in the buyer's hands")
        line.requisition_id.with_user(self.buyer).action_submit()
        self.assertEqual((line.state, self._lines(orderpoint)), ("approved", line))

    def test_computing_needs_stamps_nothing(self):
        """Else the scheduler is in conflict with its own connections, and with another scheduler."""
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 10)
        orderpoint = self._orderpoint(self.belt)
        self._run()
        self._use_up(self.belt, 10)
        self.assertEqual(orderpoint.qty_to_order, 0, "natively computed by the scheduler only")
        for _time in range(2):
            self.env.invalidate_all()
            orderpoint._compute_qty_to_order_computed()
            orderpoint._compute_deadline_date()
            self.assertEqual(orderpoint.qty_to_order, 10)
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(orderpoint.qty_to_order_computed, 10)
            stamp, long_ago = orderpoint.write_date, fields.Datetime.to_datetime("2020-01-01")
            self.cr.execute("UPDATE stock_warehouse_orderpoint SET write_date = %s", [long_ago])
        self.assertEqual(stamp, long_ago, "nothing changed the second time")

    # -- Nothing twice --------------------------------------------------------------------------------

    def test_partial_order_buys_nothing_twice(self):
        orderpoint, line = self._held()
        line.requisition_id.with_user(self.procurement).action_approve()
        line.requisition_id.with_user(self.buyer).action_order()
        line.purchase_line_ids.with_user(self.buyer).product_qty = 4
        self._run()
        self.assertEqual((self._lines(orderpoint), line.product_qty, line.state), (line, 10, "approved"))
        self.assertEqual((orderpoint.qty_held, orderpoint.qty_to_order), (6, 0))
        order = line.purchase_line_ids.order_id.with_user(self.buyer)
        order.button_confirm()
        self._run()
        self.assertEqual((self._lines(orderpoint), orderpoint.qty_held), (line, 6))
        self._receive(order, 1)
        self._run()
        self.assertEqual((self._lines(orderpoint), orderpoint.qty_held, orderpoint.qty_to_order), (line, 6, 0))

    def test_cancelled_order_is_needed_once(self):
        orderpoint, line = self._held()
        line.requisition_id.with_user(self.procurement).action_approve()
        line.requisition_id.with_user(self.buyer).action_order()
        line.purchase_line_ids.order_id.with_user(self.buyer).button_cancel()
        self._run()
        self.assertEqual((self._lines(orderpoint), line.state, line.product_qty), (line, "approved", 10))
        self.assertFalse(self.env["purchase.order.line"].search(
            [("product_id", "=", self.belt.id), ("state", "!=", "cancel")]
        ))

    def test_what_a_job_asked_for_is_not_bought_again(self):
        orderpoint = self._orderpoint(self.belt, 0, 0)
        request = self._assigned()
        self._add_part(request, self.belt, 4)
        request.action_request_parts()
        self._run()
        self.assertFalse(self._lines(orderpoint), "-4 in the forecast, 4 held for the job")
        orderpoint.write({"product_min_qty": 2, "product_max_qty": 3})
        self._run()
        self.assertEqual(self._lines(orderpoint).product_qty, 3)
        self._order(request.sudo().requisition_line_ids.requisition_id)
        self._run()
        self.assertEqual(self._lines(orderpoint).product_qty, 3)

    def test_two_places_of_one_product(self):
        shelf, cage = self.env["stock.location"].create(
            [{"name": name, "location_id": self.stock.id, "usage": "internal"} for name in ("Shelf", "Cage")]
        )
        orderpoints = self._orderpoint(self.belt, location_id=shelf.id)
        orderpoints |= self._orderpoint(self.belt, 2, 3, location_id=cage.id)
        for _run in range(2):
            self._run()
            quantities = {line.location_id: line.product_qty for line in self._lines(orderpoints)}
            self.assertEqual(quantities, {shelf: 10, cage: 3})
            self.assertEqual(orderpoints.mapped("qty_held"), [10, 3])
        requisition = self._lines(orderpoints).requisition_id
        self.assertEqual(len(requisition), 1)
        requisition.with_user(self.procurement).action_approve()
        order = self._order(requisition)
        self._run()
        self.assertEqual(len(self._lines(orderpoints)), 2)
        self._receive(order)
        self.assertEqual(self.belt.with_context(location=cage.id).qty_available, 3)

    # -- By hand ----------------------------------------------------------------------------------------------


    def test_stock_manager_orders_by_hand(self):
        theirs = self.env["maintenance.requisition"].with_user(self.planner).create(
            {"line_ids": [Command.create({"product_id": self.belt.id})]}
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["name"])
        orderpoint = self._by_hand(self.belt)
        orderpoint.qty_to_order = 6
        told = orderpoint.action_replenish()
        line = self._lines(orderpoint)
        self.assertEqual((line.product_qty, line.requisition_id.requester_id), (6, self.manager))
        self.assertEqual(told["params"]["links"][0]["label"], line.requisition_id.name)
        self.assertEqual(orderpoint.qty_held, 6)
        self.assertEqual(orderpoint.action_view_requisitions()["res_id"], line.requisition_id.id)
        orderpoint.action_replenish(force_to_max=True)
        self.assertEqual((self._lines(orderpoint), line.product_qty), (line, 10))

    def test_who_decides_does_not_add_to_what_others_asked_for(self):
        _orderpoint, line = self._held()
        chain = self._orderpoint(self._create_part("Chain", 60.0))
        self.procurement.group_ids += self.env.ref("stock.group_stock_manager")
        chain.with_user(self.procurement).with_context(maintenance_unattended=True).action_replenish()
        own = self._lines(chain).requisition_id
        self.assertEqual((own.requester_id, own.state), (self.procurement, "to_approve"))
        self.assertNotEqual(own, line.requisition_id)
        with self.assertRaisesRegex(UserError, "yourself"):
            own.with_user(self.procurement).action_approve()

    def test_stock_manager_finds_critical_spares(self):
        self.belt.spare_criticality = "vital"
        self._orderpoint(self._create_part("Chain", 60.0, spare_criticality="low"))
        orderpoint, _line = self._held()
        found = self.env["stock.warehouse.orderpoint"].with_user(self.manager).search_read(
            [("product_id.spare_criticality", "in", ("high", "vital"))],
            ["spare_criticality", "qty_held", "refused_until", "qty_to_order"],
        )
        self.assertEqual(
            found,
            [{"id": orderpoint.id, "spare_criticality": "vital", "qty_held": 10, "refused_until": False, "qty_to_order": 0}],
        )
        with self.assertRaisesRegex(UserError, "that you may read"):
            orderpoint.with_user(self.manager).action_view_requisitions()

    # -- Other ways of supply ---------------------------------------------------------------------------------

    def test_resupply_from_another_warehouse_stays_native(self):
        central = self.env["stock.warehouse"].create({"name": "Central", "code": "CEN"})
        self.warehouse.resupply_wh_ids = central
        self.belt.route_ids = self.warehouse.resupply_route_ids
        orderpoint, line = self._held(route_id=self.warehouse.resupply_route_ids.id)
        self.assertFalse(line)
        move = self.env["stock.move"].search([("product_id", "=", self.belt.id), ("warehouse_id", "=", central.id)])
        self.assertEqual(move[:1].product_uom_qty, 10)
        there = self._orderpoint(self.belt, 0, 0, warehouse_id=central.id, location_id=central.lot_stock_id.id)
        self._run()
        self.assertEqual((self._lines(there).product_qty, self._lines(orderpoint).ids), (10, []))

    def test_each_company_asks_its_own_tiers(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", sister.id)], limit=1)
        theirs = self._orderpoint(
            self.belt, company_id=sister.id, warehouse_id=warehouse.id, location_id=warehouse.lot_stock_id.id
        )
        tiers = self.env["maintenance.approval.tier"].search([("company_id", "=", sister.id)])
        tiers.filtered(lambda tier: tier.min_amount < 1000).min_amount = 950
        self.procurement.company_ids += sister
        self.belt.seller_ids.company_id = False
        orderpoint, line = self._held()
        self._run()
        their_line = self._lines(theirs)
        self.assertEqual((line.company_id, their_line.company_id), (self.company, sister))
        self.assertEqual((line.state, their_line.state), ("to_approve", "approved"))
        self.assertEqual((orderpoint.qty_held, theirs.qty_held), (10, 10))
        self.assertFalse(self.env["maintenance.requisition"].with_user(self.buyer).search([("company_id", "=", sister.id)]))

    # -- Cost ----------------------------------------------------------------------------------------------------

    def test_scheduler_on_many_reorder_points(self):
        """Holding costs a bounded number of queries for a vendor, not for a reorder point.

        Native code looks for rules four times and for buy routes twice per reorder point;
        a run asks each question once (`stock.rule._recall`), and lines, decisions and activities are
        created in batches. What is left grows with the requisitions: sequence, tiers, submission.
        """
        def hold(number):
            products = self.env["product.product"].create(
                [
                    {
                        "name": f"Part {n}",
                        "is_storable": True,
                        "is_spare_part": True,
                        "seller_ids": [
                            Command.create({"partner_id": (self.vendor | self.other_vendor)[n % 2].id, "price": 2.0})
                        ],
                    }
                    for n in range(number)
                ]
            )
            orderpoints = self.env["stock.warehouse.orderpoint"].create(
                [{"product_id": product.id, "product_min_qty": 1, "product_max_qty": 2} for product in products]
            )
            first, rerun = self._count(), self._count()
            lines = self._lines(orderpoints)
            self.assertEqual((len(lines), set(lines.mapped("product_qty"))), (number, {2.0}))
            orderpoints.active = False
            return first, rerun

        hold(2)
        few, few_again = hold(10)
        many, many_again = hold(60)
        self.assertLessEqual(many, few + SLACK)
        self.assertLessEqual(many_again, few_again + SLACK)
        self.assertLessEqual(many / 60, 5)
        self.assertLessEqual(many_again / 60, 1.1)

    def _count(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["stock.rule"].run_scheduler()
        self.env.flush_all()
        return self.cr.sql_log_count - before
