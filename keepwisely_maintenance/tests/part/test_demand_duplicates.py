from odoo import Command
from odoo.tests import Form, tagged

from ...words import format_day
from .demand_common import DemandCase


@tagged("post_install", "-at_install")
class TestDemandDuplicates(DemandCase):
    """Who asks for what is there or on its way is warned, and whoever decides on it; nobody else is."""

    def _warning(self, requisition, user=None):
        """The banner as ``user`` sees it, False where there is none."""
        requisition = requisition.with_user(user or self.procurement)
        self.env.flush_all()
        self.env.invalidate_all()
        return requisition.has_duplicate and requisition.duplicate_message

    def _requisition_of(self, request):
        return request.sudo().requisition_ids.sorted("id")[-1:]

    # -- The ordinary way ----------------------------------------------------------------------------

    def test_who_asks_once_is_not_warned(self):
        self._set_price(self.bearing, 800.0)
        request = self._job(self.bearing, 3)
        requisition = self._requisition_of(request)
        self.assertEqual(requisition.state, "to_approve")
        self.assertFalse(self._warning(requisition))
        requisition.with_user(self.procurement).action_approve()
        self.assertFalse(self._warning(requisition))
        self._order(requisition)
        self.assertFalse(self._warning(requisition))
        self.assertNotIn("duplicate", " ".join(requisition.message_ids.mapped("body")))

    def test_needing_more_is_no_duplicate(self):
        request = self._job(self.bearing, 3)
        self._order(self._requisition_of(request))
        request.part_ids.product_uom_qty = 4
        request.action_request_parts()
        more = self._requisition_of(request)
        self.assertEqual((more.line_ids.product_qty, self._warning(more)), (1, False))
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        lines = request.sudo().requisition_line_ids
        self.assertEqual(sorted(lines.mapped("product_qty")), [1, 2, 2])
        self.assertEqual(lines.mapped("is_duplicate"), [False] * 3)

    def test_two_jobs_may_need_the_same_part(self):
        press = self.conveyor.copy({"name": "Press"})
        first, second = self._job(self.bearing, 3), self._job(self.bearing, 2, equipment_id=press.id)
        bought = self._job(self.bearing, 4, equipment_id=press.copy({"name": "Saw"}).id)
        self._order(self._requisition_of(bought))
        for request in (first, second):
            self.assertFalse(self._warning(self._requisition_of(request)))
        again = self._requisition_of(self._job(self.bearing, 1, equipment_id=press.id))
        self.assertIn(second.reference, self._warning(again), "the same asset needs it twice")
        self.assertNotIn(first.reference, self._warning(again))

    def test_reorder_points_count_for_themselves(self):
        request = self._job(self.bearing, 3)
        self._buy(self.bearing, 2)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 5, "product_max_qty": 10}
        )
        self.env["stock.rule"].run_scheduler()
        line = self.env["maintenance.requisition.line"].search([("orderpoint_id", "!=", False)])
        self.assertEqual((line.product_id, line.is_duplicate), (self.bearing, False))
        self.assertTrue(request)

    def test_promised_by_hand(self):
        press = self.conveyor.copy({"name": "Press"})
        request = self._job(self.bearing, 2, ask=False, equipment_id=press.id)
        self._buy(self.bearing, 5, maintenance_request_id=request.id)
        self._buy(self.bearing, 5, equipment_id=press.id)
        self.assertFalse(self._warning(self._ask(self.bearing, 4)))
        free = self._buy(self.bearing, 2)
        self.assertIn(f"2 on the way with {free.name}", self._warning(self._ask(self.bearing, 4)))

    def test_less_on_the_shelf_than_asked_for(self):
        self.assertFalse(self._warning(self._ask(self.seal, 11)))
        self.env["stock.quant"]._update_available_quantity(self.seal, self.stock, 1)
        self.assertIn("11 free in", self._warning(self._ask(self.seal, 11)))

    def test_what_is_not_in_the_catalogue(self):
        for _time in range(2):
            requisition = (
                self.env["maintenance.requisition"]
                .with_user(self.planner)
                .create({"line_ids": [Command.create({"name": "Bracket", "price_unit": 5.0})]})
            )
        self.assertFalse(self._warning(requisition))
        for _time in range(2):
            known = self._ask(self.bearing, 4)
        self.assertTrue(self._warning(known))

    def test_other_companies_have_their_own(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", sister.id)])
        self.env["stock.quant"]._update_available_quantity(self.bearing, theirs.lot_stock_id, 50)
        self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": sister.id,
                "picking_type_id": theirs.in_type_id.id,
                "order_line": [Command.create({"product_id": self.bearing.id, "product_qty": 9})],
            }
        ).button_confirm()
        # with what is asked for it reaches a tier; here it is to be placed
        self.company.maintenance_order_rule = "free"
        self.assertFalse(self._warning(self._ask(self.bearing, 4)))
        order = self._buy(self.bearing, 9)
        self.assertIn(f"9 on the way with {order.name}", self._warning(self._ask(self.bearing, 4)))

    # -- Possible duplicates ---------------------------------------------------------------------------

    def test_on_its_way_for_stock(self):
        order = self._buy(self.bearing, 5)
        quotation = self._buy(self.bearing, 2, confirm=False)
        requisition = self._requisition_of(self._job(self.bearing, 3))
        date = format_day(self.env, order.order_line.date_planned)
        self.assertEqual(
            self._warning(requisition),
            f"Bearing 6204: 2 on the request for quotation {quotation.name}, expected {date}, for stock; "
            f"5 on the way with {order.name}, expected {date}, for stock",
        )
        for user in (self.technician, self.planner, self.buyer, self.procurement):
            with self.subTest(user=user.login):
                self.assertIn(order.name, self._warning(requisition, user))
        self._order(requisition)
        self.assertFalse(self._warning(requisition), "now the order is what to change")

    def test_being_put_away(self):
        """It is named by the transfer that puts it on the shelf, also where nobody ordered it."""
        self.warehouse.reception_steps = "two_steps"
        receipt = self._create_transfer(self.warehouse.in_type_id, self.bearing, 5)
        receipt.move_ids.quantity = 5
        receipt.button_validate()
        [putting] = receipt.move_ids.move_dest_ids.picking_id
        requisition = self._requisition_of(self._job(self.bearing, 3))
        self.assertIn(f"5 on the way to the shelf with {putting.name}", self._warning(requisition))

    def test_asked_twice_by_hand(self):
        first = self._ask(self.bearing, 3)
        second = self._ask(self.bearing, 4, user=self.technician)
        self.assertIn(f"3 asked for on {first.name}", self._warning(second))
        self.assertIn(f"4 asked for on {second.name}", self._warning(first))
        first.action_cancel()
        self.assertFalse(self._warning(second))

    def test_a_reorder_point_counts_what_people_asked_for(self):
        self._ask(self.bearing, 10)
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 5, "product_max_qty": 10}
        )
        self.env["stock.rule"].run_scheduler()
        self.assertFalse(self.env["maintenance.requisition.line"].search([("orderpoint_id", "!=", False)]))

    def test_on_the_shelf(self):
        warning = self._warning(self._ask(self.seal, 10))
        self.assertEqual(warning, f"Seal: 10 free in {self.warehouse.name}")

    def test_asked_again_for_the_same_work_order(self):
        request = self._job(self.bearing, 3)
        first = self._requisition_of(request)
        again = self._ask(self.bearing, 2, maintenance_request_id=request.id)
        self.assertIn(f"2 asked for on {first.name}", self._warning(again))
        self.assertIn("for the same work order", self._warning(again))
        self.assertIn(again.name, self._warning(first))

    def test_asked_again_for_the_same_asset(self):
        first, second = self._job(self.bearing, 3), self._job(self.bearing, 2)
        warning = self._warning(self._requisition_of(second))
        self.assertIn(f"for {first.reference} on the same asset", warning)
        by_hand = self._ask(self.bearing, 1, equipment_id=self.conveyor.id)
        self.assertIn(second.reference, self._warning(by_hand))
        self.assertIn("for the same asset", self._warning(self._requisition_of(first)))

    def test_left_over_from_other_work(self):
        press = self.conveyor.copy({"name": "Press"})
        cancelled = self._job(self.bearing, 3, equipment_id=press.id)
        self._order(self._requisition_of(cancelled))
        request = self._job(self.bearing, 4)
        requisition = self._requisition_of(request)
        self.assertFalse(self._warning(requisition))
        cancelled.with_user(self.planner).archive_equipment_request()
        self.assertIn(f"left over from {cancelled.reference}", self._warning(requisition))

    def test_found_elsewhere(self):
        request = self._job(self.bearing, 3)
        requisition = self._requisition_of(request)
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 2)
        request.part_ids.sudo()._action_assign()
        self.assertEqual(requisition.state, "cancelled", "nothing of it is missing any more, so nothing is asked for")

    def test_alternates_are_a_hint_only(self):
        self.bearing.product_tmpl_id.alternate_product_ids = self.seal
        requisition = self._requisition_of(self._job(self.bearing, 3))
        self.assertFalse(self._warning(requisition))
        self.assertEqual(
            requisition.duplicate_message,
            f"Bearing 6204: 10 × Seal free in {self.warehouse.name}, which can be used instead",
        )

    def test_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._buy(self.seal, 2, product_uom_id=dozen.id)
        self.assertIn("24 on the way", self._warning(self._ask(self.seal, 20)))
        warning = self._warning(self._ask(self.seal, 2, product_uom_id=dozen.id))
        self.assertIn(f"24 {self.seal.uom_id.name} on the way", warning)
        self.assertNotIn("free in", warning)
        requisition = self._ask(self.seal, 0.5, product_uom_id=dozen.id)
        self.assertIn(f"10 {self.seal.uom_id.name} free in", self._warning(requisition))

    # -- Who is told, and when -----------------------------------------------------------------------------

    def test_told_while_the_line_is_entered(self):
        order = self._buy(self.seal, 2)
        with Form(self.env["maintenance.requisition"].with_user(self.planner)) as form:
            with form.line_ids.new() as line:
                line.product_id = self.seal
                line.product_qty = 4
            self.assertTrue(form.has_duplicate)
            self.assertIn("10 free in", form.duplicate_message)
            self.assertIn(f"2 on the way with {order.name}", form.duplicate_message)
            with form.line_ids.edit(0) as line:
                line.product_qty = 11
            self.assertNotIn("10 free in", form.duplicate_message)

    def test_written_down_once_at_submission(self):
        draft = self._ask(self.seal, 4, submit=False)
        self.assertFalse(draft.message_ids.filtered(lambda message: "10 free" in message.body))
        draft.action_submit()
        draft.action_draft()
        draft.action_submit()
        told = draft.message_ids.filtered(lambda message: "10 free" in message.body)
        self.assertEqual(len(told), 1)
        self.assertIn("Possible duplicate:", told.body)
        self.assertNotRegex(told.body, r"\b5[.,]\d", "no price")

    def test_80_lines_in_a_bounded_number_of_queries(self):
        """The lists and approval pages compute it for all they show."""

        def queries(lines, prefix):
            products = self.env["product.product"].create(
                [{"name": f"{prefix} {n}", "is_storable": True, "is_spare_part": True} for n in range(lines)]
            )
            for product in products:
                self.env["stock.quant"]._update_available_quantity(product, self.stock, 3)
            self._buy(products[0], 5)
            for _time in range(2):
                requisition = self.env["maintenance.requisition"].create(
                    {"line_ids": [Command.create({"product_id": product.id}) for product in products]}
                )
            self.env.flush_all()
            self.env.invalidate_all()
            requisition.read(["name"])
            before = self.cr.sql_log_count
            self.assertEqual(requisition.duplicate_message.count("free in"), lines)
            self.assertEqual(requisition.duplicate_message.count("asked for on"), lines)
            return self.cr.sql_log_count - before

        queries(1, "Warm")
        few, many = queries(2, "Few"), queries(80, "Many")
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 25)
