from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase

START = "2026-03-02 08:00:00"


@tagged("post_install", "-at_install")
class TestApprovalWindow(MaintenanceCase):
    """What is asked for stock counts together per vendor and product over some days. Procurement decides from 500."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belt = cls._create_part("Belt", 100.0)
        cls.other_vendor = cls.env["res.partner"].create({"name": "Belts only"})
        cls.company.requisition_window_days = 7

    def _ask(self, *lines, user=None):
        """Submit a requisition with a line per dict; returns it as its requester."""
        requisition = (
            self.env["maintenance.requisition"]
            .with_user(user or self.buyer)
            .create(
                {
                    "line_ids": [
                        Command.create({"product_id": self.belt.id, "product_qty": 1, "price_unit": 100.0, **line})
                        for line in lines or ({},)
                    ]
                }
            )
        )
        requisition.action_submit()
        return requisition

    def _amount(self, *lines):
        return self._ask(*lines).job_amount

    def test_many_small_ones_meet_the_tier_of_one_big_one(self):
        asked = [self._ask({"price_unit": 99.0}) for _n in range(6)]
        self.assertEqual([r.job_amount for r in asked], [99.0, 198.0, 297.0, 396.0, 495.0, 594.0])
        self.assertEqual([r.state for r in asked], ["approved"] * 5 + ["to_approve"])
        self.assertEqual(asked[-1].current_tier_id.name, "Procurement")

    def test_the_border_is_reached_by_the_very_amount(self):
        self._ask({"price_unit": 400.0})
        self.assertEqual(self._ask({"price_unit": 99.99}).state, "approved")
        with freeze_time("2030-01-01"):
            self._ask({"price_unit": 400.0})
            self.assertEqual(self._ask({"price_unit": 100.0}).state, "to_approve")

    def test_days_count_to_the_second(self):
        with freeze_time(START):
            self._ask({"price_unit": 450.0})
        with freeze_time("2026-03-09 08:00:00"):
            self.assertEqual(self._amount({"price_unit": 50.0}), 500.0, "seven days ago counts")
        with freeze_time("2026-03-09 08:00:01"):
            self.assertEqual(self._amount({"price_unit": 50.0}), 100.0, "longer ago does not; the last one does")
        self.company.requisition_window_days = 8
        with freeze_time("2026-03-10 08:00:00"):
            self.assertEqual(self._amount({"price_unit": 50.0}), 600.0)
        self.company.requisition_window_days = 0
        with freeze_time("2026-03-10 08:00:00"):
            self.assertEqual(self._amount({"price_unit": 50.0}), 50.0, "0 days: every requisition by itself")

    def test_same_vendor_and_product_only(self):
        self._ask({"price_unit": 300.0})
        self.assertEqual(self._amount({"product_id": self.seal.id, "price_unit": 300.0}), 300.0)
        self.assertEqual(self._amount({"partner_id": self.other_vendor.id, "price_unit": 300.0}), 300.0)
        self.assertEqual(self._amount({"price_unit": 10.0}), 310.0)

    def test_lines_are_not_counted_twice(self):
        self._ask({"price_unit": 100.0}, {"price_unit": 50.0})
        amount = self._amount({"price_unit": 10.0}, {"price_unit": 20.0}, {"product_id": self.seal.id, "price_unit": 5.0})
        self.assertEqual(amount, 100.0 + 50.0 + 10.0 + 20.0 + 5.0)

    def test_submitted_together_they_count_together(self):
        drafts = self.env["maintenance.requisition"].with_user(self.buyer).create(
            [
                {"line_ids": [Command.create({"product_id": self.belt.id, "price_unit": 250.0})]}
                for _n in range(2)
            ]
        )
        drafts.action_submit()
        self.assertEqual(drafts.mapped("job_amount"), [500.0, 500.0])
        self.assertEqual(set(drafts.mapped("state")), {"to_approve"})

    def test_refused_withdrawn_and_drafts_do_not_count_what_is_ordered_does(self):
        rejected = self._ask({"price_unit": 600.0})
        rejected.with_user(self.procurement).action_reject("No")
        self.assertEqual(self._amount({"price_unit": 10.0}), 10.0)
        withdrawn = self._ask({"price_unit": 200.0})
        withdrawn.action_cancel()
        self.env["maintenance.requisition"].with_user(self.buyer).create(
            {"line_ids": [Command.create({"product_id": self.belt.id, "price_unit": 300.0})]}
        )
        ordered = self._ask({"price_unit": 30.0})
        self._receive(self._order(ordered))
        self.assertEqual(ordered.state, "done")
        self.assertEqual(self._amount({"price_unit": 10.0}), 10.0 + 30.0 + 10.0)

    def test_work_orders_count_by_themselves(self):
        request = self._assigned()
        job = self._ask({"price_unit": 300.0, "maintenance_request_id": request.id}, user=self.planner)
        self.assertEqual(job.job_amount, 300.0)
        self.assertEqual(self._amount({"price_unit": 300.0}), 300.0)
        mixed = self._ask(
            {"price_unit": 20.0, "maintenance_request_id": request.id}, {"price_unit": 10.0}, user=self.planner
        )
        self.assertEqual(mixed.job_amount, (300.0 + 20.0) + (300.0 + 10.0))

    def test_what_is_not_in_the_catalogue_counts_per_vendor_whatever_it_is_called(self):
        one_off = {"product_id": False, "partner_id": self.vendor.id}
        self._ask({**one_off, "name": "Bracket left", "price_unit": 300.0})
        second = self._ask({**one_off, "name": "Bracket right", "price_unit": 250.0})
        self.assertEqual((second.job_amount, second.state), (550.0, "to_approve"))
        elsewhere = {**one_off, "partner_id": self.other_vendor.id, "name": "Bracket"}
        self.assertEqual(self._amount({**elsewhere, "price_unit": 250.0}), 250.0)

    def test_companies_count_apart(self):
        self._ask({"price_unit": 300.0})
        sister = self.env["res.company"].create({"name": "Sister plant"})
        self.buyer.company_ids += sister
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).with_company(sister).create(
            {
                "company_id": sister.id,
                "line_ids": [
                    Command.create({"product_id": self.belt.id, "partner_id": self.vendor.id, "price_unit": 300.0})
                ],
            }
        )
        requisition.action_submit()
        self.assertEqual(requisition.job_amount, 300.0)

    def test_days_are_not_negative(self):
        for name in ("requisition_window_days", "approval_reminder_days", "approval_escalation_days"):
            with self.subTest(field=name), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.company.write({name: -1})
                self.env.flush_all()
