from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestSupply(MaintenanceCase):
    """Quantities and states follow what buyers, stores and vendors do, whatever they do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)

    def _asked(self, quantity=10, product=None, **values):
        """A job that lacks ``quantity`` belts; returns (work order, requisition line)."""
        request = self._create_job_part(product or self.belt, quantity, **values).maintenance_request_id
        line = request.sudo().requisition_line_ids
        self.assertEqual((line.state, line.product_qty), ("approved", quantity))
        return request, line.with_user(self.buyer)

    def _ordered(self, quantity=10, **kwargs):
        request, line = self._asked(quantity, **kwargs)
        self._order(line.requisition_id)
        return request, line, line.purchase_line_ids.order_id

    def _return(self, picking, quantity, refund):
        wizard = Form(
            self.env["stock.return.picking"]
            .with_user(self.storekeeper)
            .with_context(active_ids=picking.ids, active_id=picking.id, active_model="stock.picking")
        ).save()
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": refund})
        back = wizard._create_return()
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.with_context(skip_backorder=True).button_validate()
        return back

    def assertLine(self, line, ordered, received, state):
        line = line.sudo()
        self.assertEqual((line.qty_ordered, line.qty_received, line.state), (ordered, received, state))
        self.assertEqual(line.requisition_id.state, state)

    def test_what_comes_as_components(self):
        """As of a kit: no move of the line is of its own product; how many are here, native code says."""
        _request, _line, order = self._ordered(10)
        line, move = order.order_line, order.sudo().picking_ids.move_ids

        def quantities(record, name, value):
            self.env.flush_all()
            table, column = SQL.identifier(record._table), SQL.identifier(name)
            self.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id))
            self.env.invalidate_all()
            return line._get_supply_quantities()

        self.assertEqual(quantities(move, "product_id", self.seal.id), (10, 0))
        self.assertEqual(quantities(line, "qty_received", 4), (10, 4))
        for state in ("done", "cancel"):
            self.assertEqual(quantities(move, "state", state), (4, 4), "nothing more comes")
        self.assertEqual(quantities(move, "state", "assigned"), (10, 4))
        self.assertEqual(quantities(order, "state", "cancel"), (4, 4), "of a cancelled order nothing comes")

    # -- Receipts -----------------------------------------------------------------------------------

    def test_partial_receipts_and_backorders(self):
        request, line, order = self._ordered(10)
        self.assertLine(line, 10, 0, "ordered")
        self._receive(order, 4)
        self.assertLine(line, 10, 4, "ordered")
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"))
        self.assertEqual(request.part_ids.quantity, 4)
        self._receive(order, 3)
        self.assertLine(line, 10, 7, "ordered")
        self._receive(order)
        self.assertLine(line, 10, 10, "done")
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))

    def test_no_backorder_gives_the_rest_back_to_the_buyer(self):
        request, line, order = self._ordered(10)
        picking = order.sudo().picking_ids.with_user(self.storekeeper)
        picking.move_ids.write({"quantity": 6, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self.assertLine(line, 6, 6, "approved")
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
        with self.assertRaises(UserError):
            line.requisition_id.with_user(self.technician).action_order()
        again = self._order(line.requisition_id) - order
        self.assertEqual(again.order_line.product_qty, 4)
        self.assertLine(line, 10, 6, "ordered")
        self._receive(again)
        self.assertLine(line, 10, 10, "done")
        self.assertEqual(request.state, "assigned")

    def test_over_receipt_is_free_stock(self):
        request, line, order = self._ordered(10)
        self._receive(order, 13)
        self.assertLine(line, 13, 13, "done")
        self.assertEqual((request.part_ids.quantity, self.belt.free_qty), (10, 3))
        request.action_start()
        request.action_complete()
        self.assertEqual(request.with_user(self.planner).parts_cost, 70)

    def test_three_steps_are_ready_in_stock_only(self):
        self.warehouse.reception_steps = "three_steps"
        request, line, order = self._ordered(10)
        self._receive(order)
        self.assertLine(line, 10, 10, "done")
        for kind in ("qc_type_id", "store_type_id"):
            self.assertEqual((request.state, request.parts_state), ("waiting_parts", "ordered"), kind)
            self.assertFalse(request.action_request_parts() is True, "what is being put away is not asked for again")
            self.assertEqual(len(request.sudo().requisition_line_ids), 1)
            step = self.env["stock.picking"].search(
                [("picking_type_id", "=", self.warehouse[kind].id), ("state", "=", "assigned")]
            )
            step.with_user(self.storekeeper).button_validate()
        self.assertEqual((request.state, request.parts_state), ("assigned", "ready"))

    def test_put_away_and_taken_by_somebody_else(self):
        """What reached stock and went to another document is missing again, and nobody has it on order."""
        self.warehouse.reception_steps = "two_steps"
        request, _line, order = self._ordered(10)
        self._receive(order)
        self.env["stock.quant"]._update_available_quantity(self.belt, self.warehouse.wh_input_stock_loc_id, -10)
        step = self.env["stock.picking"].search(
            [("picking_type_id", "=", self.warehouse.store_type_id.id), ("state", "not in", ("done", "cancel"))]
        )
        step.with_user(self.storekeeper).action_cancel()
        self.assertEqual(request.parts_state, "to_request")

    # -- Returns ------------------------------------------------------------------------------------

    def test_returns_to_the_vendor(self):
        for refund in (True, False):
            with self.subTest(refund=refund):
                request, line, order = self._ordered(10)
                picking = self._receive(order)
                self.assertEqual(request.state, "assigned")
                before = self._notifications(self.technician, request)
                back = self._return(picking, 4, refund)
                self.assertEqual(back.state, "done")
                self.assertLine(line, 6, 6, "approved")
                self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))
                told = self._notifications(self.technician, request) - before
                self.assertEqual(len(told), 1, "told once")
                again = self._order(line.requisition_id) - order
                self.assertEqual(again.order_line.product_qty, 4)
                self._receive(again)
                self.assertLine(line, 10, 10, "done")
                self.assertEqual(request.state, "assigned")
                request.with_user(self.planner).action_start()
                request.action_complete()

    def test_return_and_new_delivery_by_the_vendor(self):
        request, line, order = self._ordered(10)
        back = self._return(self._receive(order), 4, False)
        self._return(back, 4, False)
        self.assertLine(line, 10, 10, "done")
        self.assertEqual(request.state, "assigned")

    def test_return_after_the_work_reopens_nothing(self):
        """Once the parts are used, goods that go back are the vendor's matter, not a new need."""
        request, line, order = self._ordered(10)
        self._receive(order, 12)
        request.action_start()
        request.action_complete()
        self.assertEqual(self.belt.free_qty, 2)
        self._return(order.sudo().picking_ids.filtered(lambda p: p.state == "done"), 2, True)
        self.assertLine(line, 10, 10, "done")
        self.env["stock.quant"]._update_available_quantity(self.belt, self.stock, 5)
        self._return(order.sudo().picking_ids.filtered(lambda p: p.picking_type_id.code == "incoming"), 5, True)
        self.assertLine(line, 5, 5, "done")
        request.with_user(self.planner).action_close()
        self.assertEqual(request.state, "closed")

    # -- Changes of the order -----------------------------------------------------------------------

    def test_quantity_lowered_and_raised(self):
        request, line, order = self._ordered(10)
        purchase = order.order_line
        purchase.product_qty = 5
        self.assertLine(line, 5, 0, "approved")
        self.assertEqual(request.parts_state, "requested")
        again = self._order(line.requisition_id) - order
        self.assertEqual(again.order_line.product_qty, 5)
        self.assertLine(line, 10, 0, "ordered")
        again.button_cancel()
        purchase.product_qty = 12
        self.assertLine(line, 12, 0, "ordered")
        self._receive(order)
        self.assertLine(line, 12, 12, "done")
        self.assertEqual(self.belt.free_qty, 2)
        purchase.product_qty = 14
        self.assertLine(line, 14, 12, "done")

    def test_quantity_lowered_after_a_partial_receipt(self):
        _request, line, order = self._ordered(10)
        self._receive(order, 4)
        order.order_line.product_qty = 6
        self.assertLine(line, 6, 4, "approved")
        self._receive(order)
        self.assertLine(line, 6, 6, "approved")

    def test_cancelled_order_and_reset(self):
        request, line, order = self._ordered(10)
        order.button_cancel()
        self.assertLine(line, 0, 0, "approved")
        self.assertEqual(request.parts_state, "requested")
        order.button_draft()
        self.assertLine(line, 10, 0, "ordered")
        order.button_confirm()
        self._receive(order)
        self.assertLine(line, 10, 10, "done")

    def test_cancelled_order_does_not_come_back_beside_another(self):
        _request, line, order = self._ordered(10)
        order.button_cancel()
        again = self._order(line.requisition_id) - order
        with self.assertRaises(UserError) as caught:
            order.button_draft()
        self.assertIn(again.name, str(caught.exception))
        with self.assertRaises(UserError):
            order.write({"state": "purchase"})
        self.assertLine(line, 10, 0, "ordered")
        order.order_line.unlink()
        order.button_draft()
        self.assertLine(line, 10, 0, "ordered")

    def test_cancelled_after_a_partial_receipt(self):
        request, line, order = self._ordered(10)
        self._receive(order, 4)
        order.button_cancel()
        self.assertLine(line, 4, 4, "approved")
        self.assertEqual(request.parts_state, "requested")
        again = self._order(line.requisition_id) - order
        self.assertEqual(again.order_line.product_qty, 6)

    def test_locked_order(self):
        request, line, order = self._ordered(10)
        order.button_lock()
        self._receive(order)
        self.assertLine(line, 10, 10, "done")
        self.assertEqual(request.state, "assigned")

    def test_deleted_line_and_deleted_request_for_quotation(self):
        _request, line = self._asked(10)
        line.requisition_id.action_order()
        order = line.purchase_line_ids.order_id
        self.assertLine(line, 10, 0, "ordered")
        order.order_line.unlink()
        self.assertLine(line, 0, 0, "approved")
        line.requisition_id.action_order()
        order = line.purchase_line_ids.order_id
        order.button_cancel()
        order.with_user(self.procurement).unlink()
        self.assertLine(line, 0, 0, "approved")

    def test_line_moved_to_another_order(self):
        request, line = self._asked(10)
        line.requisition_id.action_order()
        order = line.purchase_line_ids.order_id
        other = order.copy({"order_line": False})
        line.purchase_line_ids.order_id = other
        self.assertLine(line, 10, 0, "ordered")
        order.button_cancel()
        self.assertLine(line, 10, 0, "ordered")
        other.button_confirm()
        self._receive(other)
        self.assertLine(line, 10, 10, "done")
        self.assertEqual(request.state, "assigned")

    def test_merged_requests_for_quotation(self):
        lines = self.env["maintenance.requisition.line"]
        orders = self.env["purchase.order"]
        for quantity in (10, 4):
            _request, line = self._asked(quantity)
            line.requisition_id.action_order()
            own = line.purchase_line_ids.order_id
            if own in orders:
                own = own.copy({"order_line": False})
                line.purchase_line_ids.order_id = own
            orders |= own
            lines |= line
        self.assertEqual(len(orders), 2)
        orders[1].order_line = [
            Command.create({"product_id": self.belt.id, "product_qty": 3}),
            Command.create({"product_id": self.belt.id, "product_qty": 2}),
        ]
        orders.with_user(self.buyer).action_merge()
        kept = orders.filtered(lambda order: order.state != "cancel")
        self.assertEqual(len(kept), 1)
        self.assertEqual(sum(kept.order_line.mapped("product_qty")), 19)
        self.assertEqual(lines.mapped("qty_ordered"), [10, 4])
        kept.button_confirm()
        self._receive(kept)
        self.assertEqual(lines.mapped("state"), ["done", "done"])

    def test_product_of_an_approved_line_stays(self):
        _request, line = self._asked(10)
        line.requisition_id.action_order()
        with self.assertRaises(UserError):
            line.purchase_line_ids.product_id = self.seal

    # -- Units, packs, currencies -----------------------------------------------------------------------

    def test_vendor_sells_dozens_from_a_minimum(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        bolt = self._create_part("Bolt", 12.0, standard_price=1.0)
        bolt.seller_ids.product_uom_id = dozen
        request, line = self._asked(14, product=bolt)
        self.assertEqual((line.qty_to_buy, line.price_subtotal), (24, 24))
        line.requisition_id.action_order()
        purchase = line.purchase_line_ids
        self.assertEqual((purchase.product_qty, purchase.product_uom_id, purchase.price_unit), (2, dozen, 12))
        self.assertLine(line, 24, 0, "ordered")
        purchase.order_id.button_confirm()
        self._receive(purchase.order_id)
        self.assertLine(line, 24, 24, "done")
        self.assertEqual((request.part_ids.quantity, bolt.free_qty), (14, 10))
        request.action_start()
        request.action_complete()
        self.assertEqual(request.with_user(self.planner).parts_cost, 14)

        bolt.seller_ids.min_qty = 5
        other = self._assigned()
        self._add_part(other, bolt, 30)
        other.action_request_parts()
        line = other.sudo().requisition_line_ids
        self.assertEqual(line.product_qty, 20, "10 are free")
        self.assertEqual((line.qty_to_buy, line.price_subtotal), (60, 60), "five dozens are the least")

    def test_exactly_one_dozen(self):
        bolt = self._create_part("Bolt", 12.0)
        bolt.seller_ids.product_uom_id = self.env.ref("uom.product_uom_dozen")
        for quantity, dozens in ((12, 1), (24, 2), (1, 1), (36, 3), (37, 4)):
            _request, line = self._asked(quantity, product=bolt)
            line.requisition_id.action_order()
            self.assertEqual(line.purchase_line_ids.product_qty, dozens, quantity)

    def test_what_measures_is_not_sold_whole(self):
        litre, gallon = self.env.ref("uom.product_uom_litre"), self.env.ref("uom.product_uom_gal")
        oil = self._create_part("Oil", 10.0, uom_id=litre.id)
        oil.seller_ids.product_uom_id = gallon
        _request, line = self._asked(3, product=oil)
        line.requisition_id.action_order()
        self.assertEqual(line.purchase_line_ids.product_qty, 0.8)
        self.assertEqual(line.state, "ordered")

    def test_minimum_below_which_no_price_is_given(self):
        nut = self._create_part("Nut", 0.5)
        nut.seller_ids.min_qty = 100
        _request, line = self._asked(3, product=nut)
        self.assertEqual((line.price_unit, line.price_subtotal, line.qty_to_buy), (0.5, 50, 100))
        self._order(line.requisition_id)
        self.assertEqual((line.purchase_line_ids.product_qty, line.purchase_line_ids.price_unit), (100, 0.5))

    def test_other_currency(self):
        foreign = self._create_currency(0.5)
        self.belt.seller_ids.currency_id = foreign
        _request, line, order = self._ordered(10)
        self.assertEqual((line.price_unit, line.price_subtotal), (14, 140))
        self.assertEqual((order.currency_id, order.amount_untaxed), (foreign, 70))
