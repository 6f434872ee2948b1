from freezegun import freeze_time

from odoo.tests import tagged

from .review_common import NOW, ReviewCase


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseReviewWords(ReviewCase):
    """What a line of a review says of its findings, and of what has happened since."""

    def _line(self, order, product=None):
        """In a review that is made anew."""
        self.reviews.search([]).sudo().unlink()
        return super()._line(order, product)

    def test_what_each_finding_says(self):
        order = self._buy(promised="2026-11-10")
        line = self._line(order)
        self.assertEqual(line.finding, "Overdue: promised Nov 10, 13 days ago; Unlinked")
        twin = self._buy(promised="2026-12-15")
        self.assertIn(f"Possible duplicate: {order.name}", self._line(twin).finding)
        self._received(twin, "2026-11-12")
        found = self._line(twin).finding
        self.assertIn("last receipt Nov 12", found)
        self.assertNotIn(order.name, found, "what has come is no duplicate")
        self._billed(twin, price=50.0)
        found = self._line(twin)
        self.assertEqual((found.is_unbilled, found.is_not_closed), (False, True))
        self.assertIn("last receipt Nov 12", found.finding)

    def test_late_for_a_job_says_both_days(self):
        job = self._assigned(schedule_date="2026-12-01 08:00:00")
        self._add_part(job, self.bearing, 3)
        job.action_request_parts(offer=False)
        order = self._order(job.sudo().requisition_ids)
        order.order_line.date_planned = "2026-12-02 12:00:00"
        self._end_transaction()
        self.assertEqual(self._line(order).finding, "Promised late for a job: promised Dec 2, needed Dec 1")

    def test_which_finding_is_told_first(self):
        order = self._buy(promised="2026-11-10")
        again = self._buy(promised="2026-11-10")
        line = self._line(order)
        self.assertEqual((line.reason, line.sequence), ("overdue", 1))
        self.assertEqual(self._line(again).reason, "overdue")

    def test_settled_and_changed(self):
        order = self._buy(self._linked(), promised="2026-11-10")
        line = self._line(order)
        self.assertEqual((line.is_settled, line.is_coming, line.change_message), (False, True, False))
        self._received(order, "2026-11-20", 3)
        self.env.invalidate_all()
        self.assertEqual((line.is_settled, line.is_coming, line.change_message), (False, True, "received 0 → 3"))
        self._billed(order)
        self.env.invalidate_all()
        self.assertEqual(line.change_message, "received 0 → 3, billed 0 → 3")
        self._received(order, "2026-11-21")
        self.env.invalidate_all()
        self.assertEqual((line.is_settled, line.is_coming), (True, False), "all came that was to come")
        self.assertEqual(line.change_message, "received 0 → 5, billed 0 → 3")

    def test_what_came_before_is_settled_by_its_bill(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10")
        line = self._line(order)
        self.assertTrue(line.is_unbilled)
        self.assertFalse(line.is_settled)
        self._billed(order)
        self.env.invalidate_all()
        self.assertTrue(line.is_settled)

    def test_what_is_not_closed_is_settled_by_its_lock(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-10")
        self._billed(order)
        line = self._line(order)
        self.assertEqual((line.is_not_closed, line.is_settled), (True, False))
        order.sudo().button_lock()
        self.env.invalidate_all()
        self.assertTrue(line.is_settled)

    def test_a_line_that_is_deleted(self):
        order = self._buy(self._linked(), self._linked(product_id=self.seal.id))
        line = self._line(order, self.seal)
        self.assertEqual(line.action_open_order()["res_id"], order.id)
        order.order_line.filtered(lambda row: row.product_id == self.seal).sudo().write({"product_qty": 0})
        order.sudo().button_cancel()
        # first its lines: of rows made in this very transaction the database checks links that it has not emptied yet
        order.sudo().order_line.unlink()
        order.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual((line.is_settled, line.change_message), (True, "deleted"))
        self.assertFalse(line.action_open_order())
        self.assertEqual((line.order_name, line.name), (line.sudo().order_name, "Seal"), "what it was about stays")

    # -- Duplicates -----------------------------------------------------------------------------------

    def test_two_jobs_on_one_asset_need_the_same_part_each(self):
        """What is for the two jobs may be one too many; twice for the same job is asked elsewhere."""
        one, two = self._assigned(), self._assigned()
        first = self._buy({"maintenance_request_id": one.id})
        second = self._buy({"maintenance_request_id": two.id})
        self.assertIn("duplicate", self._found(first)[self.bearing])
        second.order_line.maintenance_request_id = one
        for job in (one, two):
            self._add_part(job, self.bearing, 20)
        self.assertNotIn("duplicate", self._found(first)[self.bearing], "the job lacks them all")

    def test_days_that_count_together(self):
        """Where the company says none, a week; else its own."""
        first, second = self._buy(ordered="2026-11-10"), self._buy(ordered="2026-11-17")
        for days, expected in ((0, True), (6, False), (7, True)):
            self.company.requisition_window_days = days
            with self.subTest(days=days):
                self.assertEqual("duplicate" in self._found(second)[self.bearing], expected)
                self.assertEqual("duplicate" in self._found(first)[self.bearing], expected)

    def test_what_a_reorder_point_asked_for_is_counted_by_it(self):
        first, second = self._buy(), self._buy()
        self.assertIn("duplicate", self._found(second)[self.bearing])
        rule = self.env["stock.warehouse.orderpoint"].create({"product_id": self.bearing.id, "location_id": self.stock.id})
        first.sudo().order_line.orderpoint_id = rule
        self.assertNotIn("duplicate", self._found(second)[self.bearing])

    # -- Prices ---------------------------------------------------------------------------------------

    def test_the_price_before_is_that_of_the_order_before(self):
        self._buy({"price_unit": 40.0}, ordered="2026-08-01")
        self._buy({"price_unit": 41.0}, ordered="2026-09-01")
        order = self._buy(self._linked(), ordered="2026-10-01")
        self._buy({"price_unit": 43.0}, ordered="2026-11-01")
        line = self._line(order)
        self.assertEqual((line.price_reference, line.is_price_approved), (41.0, False))

    def test_the_price_before_is_told_in_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._buy({"price_unit": 480.0, "product_uom_id": dozen.id, "product_qty": 1.0}, ordered="2026-08-01")
        order = self._buy(self._linked())
        self.assertEqual(self._line(order).price_reference, 40.0)

    def test_a_rounding_is_no_other_price(self):
        for billed, expected in ((42.0, False), (42.0 + 0.002, False), (42.1, True)):
            order = self._buy(self._linked())
            self._received(order, "2026-11-20")
            bill = self._billed(order, post=False)
            bill.invoice_line_ids.price_unit = billed
            bill.action_post()
            self._end_transaction()
            with self.subTest(billed=billed):
                self.assertEqual(order.order_line._is_billed_differently(), expected)

    def test_a_refund_lowers_what_is_billed(self):
        order = self._buy(self._linked())
        self._received(order, "2026-11-20")
        bill = self._billed(order)
        self.assertEqual(order.order_line._get_billed(), (210.0, 5.0))
        refund = bill._reverse_moves([{"invoice_date": "2026-11-21"}])
        refund.invoice_line_ids.quantity = 2
        refund.action_post()
        self._end_transaction()
        self.assertEqual(order.order_line._get_billed(), (126.0, 3.0))
        self.assertEqual(order.order_line._get_billed_price(), 42.0)

    def test_who_has_the_part_already_does_not_wait_for_it(self):
        """The job that asked got one from the shelf meanwhile; what was bought for it is late for nobody."""
        job = self._assigned(schedule_date="2026-12-01 08:00:00")
        part = self._add_part(job, self.bearing, 3)
        job.action_request_parts(offer=False)
        order = self._order(job.sudo().requisition_ids)
        order.order_line.date_planned = "2026-12-02 12:00:00"
        self._end_transaction()
        self.assertEqual(self._line(order).maintenance_request_ids, job.sudo())
        self.assertTrue(self._line(order).is_late_for_job)
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 5)
        part.sudo()._action_assign()
        self._end_transaction()
        self.assertEqual(part.sudo().state, "assigned")
        self.assertFalse(self._line(order).is_late_for_job)
