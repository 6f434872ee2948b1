from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from .orderpoint_common import OrderpointCase


@tagged("post_install", "-at_install")
class TestOrderpoint(OrderpointCase):
    """What becomes of a reorder point whose need was refused, or that cannot be bought at once."""

    # -- Refused and cancelled ----------------------------------------------------------------------------

    def _refused(self):
        orderpoint, line = self._held()
        line.requisition_id.with_user(self.procurement).action_reject("Use up the old ones")
        self._run()
        self.assertEqual(self._lines(orderpoint), line, "not asked again the next day")
        self.assertTrue(orderpoint.refused_until)
        self.assertEqual(orderpoint.qty_to_order, 10, "the need stands, for everybody to see")
        return orderpoint, line

    def test_refused_is_asked_again_after_a_change(self):
        orderpoint, line = self._refused()
        orderpoint.with_user(self.manager).product_max_qty = 8
        self._run()
        again = self._lines(orderpoint) - line
        self.assertEqual((again.product_qty, orderpoint.refused_until), (8, False))

    def test_refused_is_asked_again_when_more_is_needed(self):
        orderpoint, line = self._refused()
        request = self._assigned()
        self._add_part(request, self.belt, 2)
        self._run()
        self.assertEqual((self._lines(orderpoint) - line).product_qty, 12)

    def test_refused_is_asked_again_by_hand_and_after_some_time(self):
        orderpoint, line = self._refused()
        orderpoint.with_user(self.manager).action_replenish()
        again = self._lines(orderpoint) - line
        self.assertEqual((again.product_qty, again.requisition_id.requester_id), (10, self.manager))
        again.requisition_id.with_user(self.procurement).action_reject("No")
        self._run()
        self.assertEqual(len(self._lines(orderpoint)), 2)
        with patch("odoo.addons.keepwisely_maintenance.models.requisition.stock_warehouse_orderpoint.REFUSED_DAYS", -1):
            self._run()
        self.assertEqual(len(self._lines(orderpoint)), 3)

    def test_refused_and_set_back_counts_again(self):
        orderpoint, line = self._refused()
        line.requisition_id.with_user(self.buyer).action_draft()
        self._run()
        self.assertEqual((self._lines(orderpoint), orderpoint.qty_to_order, orderpoint.refused_until), (line, 0, False))

    def test_cancelled_is_asked_again(self):
        orderpoint, line = self._held()
        line.requisition_id.with_user(self.buyer).action_cancel()
        self._run()
        self.assertEqual((self._lines(orderpoint) - line).product_qty, 10)

    # -- What cannot be bought at once --------------------------------------------------------------------------

    def test_without_a_vendor_a_buyer_is_asked(self):
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        orderpoint, line = self._held(orphan)
        requisition = line.requisition_id
        self.assertEqual((line.product_qty, line.partner_id.id, requisition.state), (10, False, "draft"))
        self.assertEqual(requisition.date_required, fields.Date.today())
        self.assertEqual(len(self._activities(requisition._get_buyer(), requisition)), 1)
        self._run()
        self.assertEqual(self._lines(orderpoint), line)
        line.with_user(self.buyer).write({"partner_id": self.other_vendor.id, "price_unit": 4.0})
        requisition.with_user(self.buyer).action_submit()
        order = self._order(requisition)
        self.assertEqual((order.partner_id, order.order_line.product_qty), (self.other_vendor, 10))
        by_hand = self._by_hand(self._create_part("Odd pin", 0.0, vendor=self.env["res.partner"]))
        by_hand.action_replenish()
        self.assertEqual(self._lines(by_hand).product_qty, 10)

    def test_nobody_to_approve_does_not_stop_the_others(self):
        tiers = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)])
        tiers.write({"group_id": False, "user_ids": [Command.set(self.finance.ids)]})
        self.finance.active = False
        paper = self._create_part("Paper", 3.0, is_spare_part=False)
        native = self._orderpoint(paper)
        cheap = self._orderpoint(self._create_part("Pin", 1.0, vendor=self.other_vendor))
        orderpoint, line = self._held()
        requisition = line.requisition_id
        self.assertEqual((requisition.state, line.product_qty), ("draft", 10))
        self.assertIn("Procurement", self._activities(requisition._get_buyer(), requisition).note)
        self.assertEqual(self._lines(cheap).state, "approved")
        self.assertEqual(self.env["purchase.order.line"].search([("orderpoint_id", "=", native.id)]).product_qty, 10)
        self._run()
        self.assertEqual(self._lines(orderpoint), line)
        with self.assertRaisesRegex(RedirectWarning, "Nobody can approve"):
            self._orderpoint(self._create_part("Chain", 60.0)).with_user(self.manager).action_replenish()

    def test_what_cannot_be_held_does_not_stop_the_others(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        theirs = self.env["res.partner"].create({"name": "Their vendor", "company_id": sister.id})
        wrong = self._create_part("Wrong belt", 5.0)
        wrong.seller_ids.partner_id = theirs
        bad = self._orderpoint(wrong)
        _orderpoint, line = self._held()
        self.assertEqual((line.product_qty, self._lines(bad).ids), (10, []))
        warning = self.env["mail.activity"].search(
            [("res_model", "=", "product.template"), ("res_id", "=", wrong.product_tmpl_id.id)]
        )
        self.assertIn("Their vendor", warning.note)
