from odoo import Command
from odoo.tests import tagged

from .test_spent_once import SpentCase


@tagged("post_install", "-at_install")
class TestMovedTogether(SpentCase):
    """What was decided counts for its own stock or job, and for nothing that only moves at the same time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gear = cls._create_part("Gear", 450.0)

    def _stock_line(self, product, price, quantity=1, vendor=None):
        """What the planner asks for stock, decided on where a tier wants to; as the planner sees it."""
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "product_id": product.id, "product_qty": quantity, "price_unit": price,
                            "partner_id": vendor and vendor.id,
                        }
                    )
                ]
            }
        )  # fmt: skip
        requisition.action_submit()
        if requisition.state == "to_approve":
            requisition.with_user(self.procurement).action_approve()
        self.env.invalidate_all()
        self.assertEqual(requisition.state, "approved")
        return requisition.line_ids

    def test_each_of_those_that_get_a_vendor_at_once_counts_for_itself(self):
        """4,000 of pumps decided on are no decision on two gears of 450, although both get the vendor in one go."""
        self._stock_line(self.gear, 450.0, vendor=self.vendor)
        no_vendor = self.env["product.product"].create(
            [{"name": name, "is_storable": True, "is_spare_part": True} for name in ("Loose pump", "Loose gear")]
        )
        pump, gear = no_vendor
        lines = self._stock_line(pump, 4000.0) | self._stock_line(gear, 450.0)
        known = self._stock_line(gear, 450.0, vendor=self.vendor)
        self.assertEqual((known.requisition_id.sudo().job_amount, lines.partner_id.ids), (450, []))
        lines.with_user(self.buyer).write({"partner_id": self.vendor.id})
        self.assertEqual(lines.requisition_id.mapped("state"), ["approved", "draft"], "900 of gears are asked again")

    def test_what_comes_to_much_that_is_decided_asks_nobody_within_the_tolerance(self):
        decided = self._stock_line(self.seal, 300.0, quantity=3, vendor=self.vendor)
        self.assertEqual(decided.sudo().amount_counted, 900)
        part = self._create_job_part(self.seal, 12)
        small = part.maintenance_requisition_line_ids.with_user(self.buyer)
        self.assertEqual((small.state, small.sudo().price_subtotal), ("approved", 10))
        small.action_keep_for_stock()
        self.assertEqual((small.requisition_id.state, small.maintenance_request_id.ids), ("approved", []))
        self.assertEqual(small.sudo().amount_counted, 10)
        self.assertTrue(small.sudo().date_counted, "it counts with the stock from now on")
        part = self._create_job_part(self._create_part("Ring", 46.0), 1)
        ring = part.maintenance_requisition_line_ids.with_user(self.buyer)
        ring.action_keep_for_stock()
        self.assertEqual(ring.requisition_id.state, "approved", "another product is another stock")

    def test_what_is_shared_stays_with_the_job_it_was_decided_for(self):
        part = self._create_job_part(self.gear, 1)
        line = part.maintenance_requisition_line_ids.with_user(self.buyer)
        before = line.sudo().amount_counted, line.sudo().date_counted
        target = self._create_job_part(self.gear, 1, ask=False)
        line.action_redirect(target.id)
        self.assertIn(target, line.part_move_ids)
        self.assertEqual(line.maintenance_request_id, part.maintenance_request_id)
        self.assertEqual((line.sudo().amount_counted, line.sudo().date_counted), before)
