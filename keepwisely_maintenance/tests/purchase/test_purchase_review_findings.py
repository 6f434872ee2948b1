from datetime import date

from freezegun import freeze_time

from odoo.tests import Form, new_test_user, tagged

from .review_common import NOW, TODAY, ReviewCase


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseReviewFindings(ReviewCase):
    """What is wrong with open orders is found, and nothing else is."""

    def _findings(self, order, product=None):
        return self._found(order).get(product or self.bearing)

    # -- What is looked at ----------------------------------------------------------------------------

    def test_orders_for_maintenance_only(self):
        paper = self.env["product.product"].create({"name": "Paper", "is_storable": True})
        other = self._buy({"product_id": paper.id})
        self.assertEqual(self._found(other), {})
        self.bearing.is_spare_part = False
        for_asset = self._buy(self._linked(), {"product_id": paper.id})
        self.assertEqual(self._found(for_asset), {self.bearing: set(), paper: {"unlinked"}})

    def test_requests_for_quotation_are_not_orders(self):
        order = self._buy(self._linked(), promised="2026-11-01")
        rfq = order.copy()
        self.assertFalse(self._found(rfq))
        order.button_cancel()
        self.assertFalse(self._found(order))

    def test_settled_lines_of_open_orders_are_left_out(self):
        order = self._buy(self._linked(), {"product_id": self.seal.id, "equipment_id": self.conveyor.id})
        seal = order.sudo().picking_ids.move_ids.filtered(lambda move: move.product_id == self.seal)
        seal.write({"quantity": 5, "picked": True})
        order.sudo().picking_ids.with_context(skip_backorder=True).button_validate()
        self._billed(order)
        self.assertEqual(self._found(order), {self.bearing: set()})

    # -- Dates -----------------------------------------------------------------------------------------

    def test_overdue_from_the_day_after_the_promise(self):
        self.assertEqual(self._findings(self._buy(self._linked(), promised="2026-11-22")), {"overdue"})
        today = self._buy(self._linked(product_id=self.seal.id), promised="2026-11-23")
        self.assertEqual(self._findings(today, self.seal), set())

    def test_the_day_is_that_of_the_plant(self):
        """23:00 in Chicago on the 22nd is the 23rd in UTC."""
        self.company.resource_calendar_id.tz = "America/Chicago"
        order = self._buy(self._linked())
        order.order_line.date_planned = "2026-11-23 05:00:00"
        self.assertEqual(self._findings(order), {"overdue"})

    def test_received_is_not_overdue(self):
        order = self._buy(self._linked(), promised="2026-11-10")
        self._received(order, "2026-11-20", 4)
        self.assertEqual(self._findings(order), {"overdue"}, "for the last one")
        self._received(order, "2026-11-20")
        self.assertEqual(self._findings(order), set())

    def _ordered_for(self, planned, promised):
        job = self._assigned(schedule_date=planned)
        part = self._add_part(job, self.bearing, 3)
        job.action_request_parts(offer=False)
        order = self._order(job.sudo().requisition_ids)
        order.order_line.date_planned = f"{promised} 12:00:00"
        self._end_transaction()
        return order, job, part

    def test_late_for_a_job(self):
        order, job, _part = self._ordered_for("2026-12-01 08:00:00", "2026-12-02")
        line = self._line(order)
        self.assertTrue(line.is_late_for_job)
        self.assertEqual(line.reason, "late_for_job")
        self.assertEqual(line.maintenance_request_ids, job.sudo())
        self.assertEqual(str(line.date_needed), "2026-12-01")

    def test_what_a_line_says(self):
        order, job, _part = self._ordered_for("2026-12-01 08:00:00", "2026-12-02")
        purchase, requisition = order.order_line, job.sudo().requisition_ids
        order.user_id = self.buyer
        line = self._line(order)
        what = {
            "purchase_line_id": purchase.id, "order_id": order.id, "order_name": order.name, "name": "Bearing 6204",
            "product_id": self.bearing.id, "partner_id": self.vendor.id, "user_id": self.buyer.id,
            "requisition_id": requisition.id, "maintenance_request_ids": job.ids, "equipment_id": self.conveyor.id,
            "product_uom_id": self.bearing.uom_id.id, "date_order": TODAY, "date_promised": date(2026, 12, 2),
            "qty_ordered": 2.0, "price_unit": 42.0, "price_reference": 42.0, "is_price_approved": True,
            "amount_excess": 0.0, "duplicate_line_ids": [],
        }  # fmt: skip
        now = {
            "reason": "late_for_job", "sequence": 0, "previous_line_id": False, "times_undecided": 0, "age_days": 0,
            "date_needed": date(2026, 12, 1), "date_received": False, "qty_received": 0.0, "qty_billed": 0.0,
            "price_billed": 0.0, "amount_open": 84.0, "amount_unbilled": 0.0,
        }  # fmt: skip
        self.assertRecordValues(line, [{**what, **now}])
        with freeze_time("2026-11-30 08:00:00"):
            self._received(order, "2026-11-24", 1)
            later = self._line(order)
            received = {"date_received": date(2026, 11, 24), "qty_received": 1.0, "amount_open": 42.0, "amount_unbilled": 42.0}
            again = {"previous_line_id": line.id, "times_undecided": 1, "age_days": 7}
            self.assertRecordValues(later, [{**what, **now, **received, **again}])

    def test_in_time_for_a_job(self):
        order, _job, _part = self._ordered_for("2026-12-01 08:00:00", "2026-12-01")
        self.assertEqual(self._findings(order), set())

    def test_not_late_for_work_without_a_plan_nor_for_work_that_is_over(self):
        order, job, part = self._ordered_for(False, "2026-12-20")
        self.assertEqual(self._findings(order), set())
        job.sudo().schedule_date = "2026-12-01 08:00:00"
        self.assertEqual(self._findings(order), {"late_for_job"})
        part.sudo()._action_cancel()
        self.assertNotIn("late_for_job", self._findings(order))

    # -- Purpose ----------------------------------------------------------------------------------------

    def test_unlinked(self):
        self.assertEqual(self._findings(self._buy()), {"unlinked"})
        rule = self.env["stock.warehouse.orderpoint"].create({"product_id": self.seal.id, "location_id": self.stock.id})
        stocked = self._buy({"product_id": self.seal.id})
        stocked.sudo().order_line.orderpoint_id = rule
        self.assertEqual(self._findings(stocked, self.seal), set())

    # -- Duplicates --------------------------------------------------------------------------------------

    def test_duplicates_for_the_same_asset(self):
        first, second = self._buy(self._linked(), ordered="2026-09-01"), self._buy(self._linked())
        self.assertEqual(self._findings(first), {"duplicate"})
        line = self._line(second)
        self.assertEqual(line.duplicate_line_ids, first.sudo().order_line)
        action = line.action_open_duplicates()
        self.assertEqual(self.env["purchase.order"].search(action["domain"]), (first | second).sudo())
        self.assertEqual(line.action_open_order()["res_id"], second.id)
        controller = new_test_user(self.env, "controller", "base.group_user,keepwisely_maintenance.group_maintenance_costs")
        self.env.invalidate_all()
        self.assertIn(first.name, line.with_user(controller).finding, "also for whoever reads no orders")
        self._received(first, "2026-11-20")
        self.assertEqual(self._findings(second), set())

    def test_different_assets_and_products_are_no_duplicates(self):
        other = self.conveyor.copy()
        first = self._buy(self._linked(), self._linked(product_id=self.seal.id))
        self._buy(self._linked(equipment_id=other.id))
        self.assertEqual(self._found(first), {self.bearing: set(), self.seal: set()})

    def test_duplicates_of_one_vendor_about_the_same_day(self):
        first = self._buy(ordered="2026-11-13")
        second = self._buy(ordered="2026-11-20")
        self.assertEqual(self._findings(second), {"unlinked", "duplicate"})
        first.sudo().date_approve = "2026-11-12 09:00:00"
        self.assertEqual(self._findings(second), {"unlinked"})

    def test_another_vendor_is_no_duplicate(self):
        self._buy(vendor=self.vendor.copy())
        self.assertEqual(self._findings(self._buy()), {"unlinked"})

    def test_twice_for_one_job_only_beyond_what_it_lacks(self):
        order, job, _part = self._ordered_for("2026-12-20 08:00:00", "2026-12-10")
        again = self._buy({"maintenance_request_id": job.id, "product_qty": 2.0})
        self.assertEqual(self._findings(again), {"duplicate"})
        self.assertEqual(self._findings(order), {"duplicate"})
        self._add_part(job, self.bearing, 2)
        self.assertEqual(self._findings(again), set())

    # -- Receipts and bills --------------------------------------------------------------------------------

    def test_unbilled_from_the_seventh_day(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-16")
        self.assertEqual(self._findings(order), {"unbilled"})
        order.sudo().picking_ids.move_ids.date = "2026-11-17 10:00:00"
        self.assertEqual(self._findings(order), set())
        self._billed(order)
        self.assertIsNone(self._findings(order))

    def test_received_and_billed_but_not_closed(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10")
        self._billed(order)
        self.assertEqual(self._findings(order), {"not_closed"})
        self.company.order_lock_days = 30
        self.assertIsNone(self._findings(order), "the system locks it")
        self.company.order_lock_days = 0
        order.sudo().button_lock()
        self.assertIsNone(self._findings(order))

    def test_what_was_over_a_year_ago_is_left_out(self):
        for ordered, expected in (("2025-11-24", {"not_closed"}), ("2025-11-22", None)):
            order = self._buy(self._linked(), ordered=ordered)
            self._received(order, "2025-12-10")
            self._billed(order)
            self.assertEqual(self._findings(order), expected, ordered)

    def test_nothing_more_is_on_its_way(self):
        order = self._buy(self._linked())
        picking = order.sudo().picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        Form.from_action(self.env, picking.button_validate()).save().process_cancel_backorder()
        picking.move_ids.date = "2026-11-10 10:00:00"
        self.assertEqual(self._findings(order), {"not_closed", "unbilled"})

    def test_the_last_one_is_on_its_way(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10", 4)
        self._billed(order)
        self.assertEqual(self._findings(order), set(), "it is promised for December")

    # -- Prices ----------------------------------------------------------------------------------------------

    def test_price_beyond_what_was_approved(self):
        order, _job, _part = self._ordered_for("2026-12-20 08:00:00", "2026-12-10")
        purchase = order.sudo().order_line
        purchase.requisition_line_id.sudo().flush_recordset()
        for price, expected in ((42.0, set()), (44.1, set()), (39.9, set()), (39.0, {"price_drift"})):
            purchase.price_unit = price
            self.assertEqual(self._findings(order), expected, price)

    def test_billed_at_another_price(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-20", 3)
        self._billed(order, price=42.5)
        line = self._line(order)
        self.assertTrue(line.is_price_drift)
        self.assertEqual(line.price_billed, 42.5)
        self.assertIn("42.50", line.finding)

    def test_billed_at_the_price_of_the_order(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-20", 3)
        self._billed(order)
        self.assertEqual(self._findings(order), set())

    def test_amounts_in_the_companys_currency(self):
        foreign = self.env["res.currency"].create(
            {"name": "KWX", "symbol": "K", "rate_ids": [(0, 0, {"name": "2026-01-01", "rate": 2.0})]}
        )
        order = self._buy(self._linked(price_unit=100.0), currency_id=foreign.id)
        line = self._line(order)
        self.assertEqual(line.price_unit, 50.0)
        self.assertEqual(line.amount_open, 250.0)
        self.assertEqual(line.review_id.amount_open, 250.0)

    def test_last_price_where_none_was_approved(self):
        self._buy({"price_unit": 40.0, "product_qty": 1.0}, ordered="2026-08-01")
        order = self._buy(self._linked())
        line = self._line(order)
        self.assertEqual(line.price_reference, 40.0)
        self.assertFalse(line.is_price_approved)
