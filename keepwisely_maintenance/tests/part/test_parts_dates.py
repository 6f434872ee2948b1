from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...words import format_day
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartsDates(MaintenanceCase):
    """When parts come: promises, how late the vendor usually is, and the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 7.0)
        cls.today = fields.Date.today()

    def _history(self, *days_late, vendor=None, quantity=1, company=None):
        """Receipts of ``vendor`` that many days after the promise."""
        vendor = vendor or self.vendor
        orders = self.env["purchase.order"].with_company(company or self.company)
        for days in days_late:
            promised = fields.Datetime.now() - timedelta(days=days)
            order = orders.create(
                {
                    "partner_id": vendor.id,
                    "company_id": (company or self.company).id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.seal.id, "product_qty": quantity, "price_unit": 1, "date_planned": promised}
                        )
                    ],
                }
            )
            order.button_confirm()
            self.assertEqual(order.picking_ids.move_ids.date_deadline.date(), promised.date())
            order.picking_ids.button_validate()
        self.env.flush_all()
        vendor.invalidate_recordset()
        return vendor

    def _waiting(self, **values):
        request = self._create_job_part(self.belt, 2, **values).maintenance_request_id
        return request, request.sudo().requisition_line_ids.with_user(self.buyer)

    def _day(self, days):
        return self.today + timedelta(days=days)

    # -- Lateness -----------------------------------------------------------------------------------

    def test_median_of_receipts(self):
        cases = (
            ([2, 9, 4], 4, 3, "late by 4 day"), ([-3, -3, 5], -3, 3, "early by 3 day"),
            ([0, 0, 30], 0, 3, "on time (median of 3"),
            ([2, 4], 3, 2, "two receipts so far"), ([-3], -3, 1, "one receipt so far"),
        )  # fmt: skip
        self.assertFalse(self.env["res.partner"].create({"name": "New"}).vendor_punctuality)
        for days, median, count, words in cases:
            with self.subTest(days=days):
                vendor = self.env["res.partner"].create({"name": "Vendor"})
                self._history(*days, vendor=vendor)
                seen = vendor.with_user(self.buyer)
                self.assertEqual((seen.vendor_lateness, seen.vendor_lateness_count), (median, count))
                self.assertIn(words, seen.vendor_punctuality)

    def test_what_does_not_count(self):
        vendor = self._history(4, vendor=self.env["res.partner"].create({"name": "Vendor"}))
        contact = self.env["res.partner"].create({"name": "Clerk", "parent_id": vendor.id})
        self.assertEqual(contact.vendor_lateness, 4, "of the whole company")
        move = self.env["stock.move"].search([("purchase_line_id.partner_id", "=", vendor.id)])
        back = move.copy(
            {
                "location_id": move.location_dest_id.id, "location_dest_id": move.location_id.id,
                "origin_returned_move_id": move.id, "purchase_line_id": move.purchase_line_id.id, "picking_id": False,
            }
        )  # fmt: skip
        back._action_confirm()
        back.write({"quantity": 1, "picked": True, "date_deadline": self._day(-90)})
        back._action_done()
        move.date -= timedelta(days=500)
        move.date_deadline -= timedelta(days=500)
        self.env.flush_all()
        vendor.invalidate_recordset()
        self.assertEqual(vendor.vendor_lateness_count, 0, "returns and what is older than a year are out")

    def test_companies_apart(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        self.env.user.company_ids |= sister
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self._history(4, vendor=vendor)
        self._history(8, 8, vendor=vendor, company=sister)
        self.assertEqual(vendor._get_vendor_lateness(self.company)[vendor.id], (4, 1, 0))
        self.assertEqual(vendor._get_vendor_lateness(sister)[vendor.id][:2], (8, 2))

    # -- Expected -----------------------------------------------------------------------------------

    def test_from_asking_to_receiving(self):
        self._history(2, 4, 9)
        request, line = self._waiting()
        self.assertEqual(line.date_expected, self._day(3 + 4), "lead time and usual lateness")
        self.assertEqual(request.parts_ready_date, self._day(7))
        order = self._order(line.requisition_id)
        order.order_line.date_planned = fields.Datetime.now() + timedelta(days=20)
        self.assertEqual((line.date_expected, request.parts_ready_date), (self._day(24), self._day(24)))
        self._receive(order, 1)
        self.assertEqual(request.parts_ready_date, self._day(23), "the rest is to come; 20 days early counts too")
        self._receive(order)
        self.assertFalse(request.parts_ready_date)

    def test_what_is_here_promises_nothing(self):
        """It was promised for later than what is still to come."""
        _request, line = self._waiting()
        line.requisition_id.with_user(self.buyer).action_order()
        first = line.purchase_line_ids
        first.product_qty = 1
        first.order_id.button_confirm()
        first.date_planned = fields.Datetime.now() + timedelta(days=60)
        self._receive(first.order_id)
        rest = self._order(line.requisition_id).order_line - first
        rest.date_planned = fields.Datetime.now() + timedelta(days=5)
        self.assertEqual((line.state, line.date_expected), ("ordered", self._day(5)))

    def test_early_vendors_keep_their_promise(self):
        self._history(-5)
        _request, line = self._waiting()
        self.assertEqual(line.date_expected, self._day(3))

    def test_the_last_missing_part_counts(self):
        self._history(0)
        late_vendor = self._history(10, vendor=self.env["res.partner"].create({"name": "Late & Sons"}))
        chain = self._create_part("Chain", 9.0, vendor=late_vendor)
        request = self._assigned()
        self._add_part(request, self.belt, 1)
        self._add_part(request, chain, 1)
        self._add_part(request, self.seal, 1)
        self.assertFalse(request.parts_ready_date, "nobody was asked yet")
        request.action_request_parts()
        self.assertEqual(request.parts_ready_date, self._day(13))

    def test_a_passed_promise_is_no_date(self):
        request, line = self._waiting()
        order = self._order(line.requisition_id)
        order.order_line.date_planned = fields.Datetime.now() + timedelta(days=2)
        self.assertEqual(request.parts_ready_date, self._day(2))
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self._run_cron("ir_cron_expected_dates")
            self.assertEqual(request.parts_ready_date, fields.Date.today())
            self._run_cron("ir_cron_expected_dates")
            self.assertEqual(line.date_expected, fields.Date.today())

    def test_lateness_that_changes_moves_the_date(self):
        request, _line = self._waiting()
        self.assertEqual(request.parts_ready_date, self._day(3))
        self._history(6)
        lines = self.env["maintenance.requisition.line"].search_count([("is_open", "=", True)])
        waiting = self.env["maintenance.request"].search_count([("parts_state", "in", ("requested", "ordered"))])
        self.assertEqual(self._run_cron("ir_cron_expected_dates"), [lines + waiting, lines, waiting], "what is left is told")
        self.assertEqual(request.parts_ready_date, self._day(9))

    def test_put_away_is_today(self):
        self.warehouse.reception_steps = "two_steps"
        request, line = self._waiting()
        self._receive(self._order(line.requisition_id))
        self.assertEqual((request.parts_state, request.parts_ready_date), ("ordered", self.today))

    def test_bounded_queries(self):
        vendors = self.env["res.partner"].create([{"name": f"Vendor {n}"} for n in range(10)])
        products = [self._create_part(f"Pin {n}", 1.0, vendor=vendors[n % 10]) for n in range(50)]
        requisition = self.env["maintenance.requisition"].create(
            {"line_ids": [Command.create({"product_id": product.id, "product_qty": 1}) for product in products]}
        )
        lines = requisition.line_ids
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env.add_to_compute(lines._fields["date_expected"], lines)
        lines.mapped("date_expected")
        self.assertLessEqual(self.cr.sql_log_count - before, 20)

    # -- Planning -----------------------------------------------------------------------------------

    def test_marked_and_moved(self):
        self._history(0)
        plan = fields.Datetime.now().replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=1)
        request, line = self._waiting(schedule_date=plan)
        request.with_user(self.planner).expected_hours = 3.0
        self.assertTrue(request.is_planned_before_parts)
        planned = request.with_user(self.planner)
        self.assertIn(format_day(self.env, planned.parts_ready_date), planned.schedule_message)
        found = self.env["maintenance.request"].with_user(self.planner).search([("is_planned_before_parts", "=", True)])
        self.assertIn(request, found)
        for stranger in (self.operator, self.outsider):
            with self.assertRaises(UserError):
                request.with_user(stranger).action_reschedule_to_parts()
        order = self._order(line.requisition_id)
        order.order_line.date_planned = "2031-05-07 08:00:00"  # a Wednesday
        request.action_reschedule_to_parts()
        self.assertEqual(str(request.schedule_date), f"2031-05-07 {plan:%H:%M:%S}")
        self.assertEqual(request.expected_hours, 3.0)
        self.assertGreater(request.schedule_end, request.schedule_date)
        self.assertFalse(request.is_planned_before_parts or request.schedule_message)
        self.assertEqual(request.part_ids.date, request.schedule_date, "the parts follow")

    def test_no_work_on_a_day_off(self):
        request, line = self._waiting(schedule_date="2031-05-05 08:00:00")
        order = self._order(line.requisition_id)
        order.order_line.date_planned = "2031-05-10 08:00:00"  # a Saturday
        self.assertEqual(request.parts_ready_date, date(2031, 5, 10))
        request.action_reschedule_to_parts()
        self.assertEqual(request.schedule_date.date(), date(2031, 5, 12))

    def test_same_time_of_day_where_the_plant_stands(self):
        """Nine o'clock stays nine o'clock when summer time begins in between, wherever the planner is."""
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        self.planner.tz = "Asia/Tokyo"
        request, line = self._waiting(schedule_date="2031-03-26 08:00:00")
        order = self._order(line.requisition_id)
        order.order_line.date_planned = "2031-04-02 08:00:00"
        request.with_user(self.planner).with_context(tz="Asia/Tokyo").action_reschedule_to_parts()
        self.assertEqual(str(request.schedule_date), "2031-04-02 07:00:00")

    def test_unknown_day(self):
        request = self._assigned()
        self._add_part(request, self.belt, 2)
        with self.assertRaises(UserError) as caught:
            request.action_reschedule_to_parts()
        self.assertIn(request.reference, str(caught.exception))
