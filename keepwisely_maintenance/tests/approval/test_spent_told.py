from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..purchase.review_common import make_review
from .test_spent_once import SpentCase


@tagged("post_install", "-at_install")
class TestTold(SpentCase):
    """More than was approved came or was billed: those who approved are told, once for each receipt or bill."""

    def _told(self, user, requisition):
        self.env.flush_all()
        self.env.invalidate_all()
        return len(self._notifications(user, requisition))

    def test_over_receipt_and_its_bill(self):
        """1 approved, 100 received and billed."""
        line = self._approved()
        requisition, purchase = line.requisition_id, self._rfq(line)
        order = purchase.order_id
        self._confirm(purchase)
        approver, finance, buyer = (self._told(user, requisition) for user in (self.procurement, self.finance, self.buyer))
        self.env.invalidate_all()
        self._receive(order, 100)
        self.assertEqual(purchase.qty_received, 100)
        self.assertEqual(self._told(self.procurement, requisition), approver + 1)
        self.assertEqual(self._told(self.finance, requisition), finance + 1, "80,000 would have been theirs to decide on")
        message = requisition.sudo().message_ids[0].body
        self.assertIn("100 of Pump", message)
        self.assertNotIn("80,000", message, "technicians read it")
        self._bill(order, quantity=100)
        self.assertEqual(self._told(self.procurement, requisition), approver + 2)
        self.assertEqual(self._told(self.buyer, requisition), buyer)

    def test_what_nobody_had_to_approve(self):
        line = self._approved({"product_id": self.seal.id})
        purchase = self._rfq(line)
        self._confirm(purchase)
        self.assertFalse(self._told(self.procurement, line.requisition_id))
        self._receive(purchase.order_id, 101)
        self.assertEqual(self._told(self.procurement, line.requisition_id), 1, "505 is theirs to decide on")
        self.assertEqual(self._told(self.finance, line.requisition_id), 0)

    def test_within_the_tolerance_nobody_is_told(self):
        line = self._approved()
        purchase = self._rfq(line)
        self._confirm(purchase)
        before = self._told(self.procurement, line.requisition_id)
        self._receive(purchase.order_id, 1.05)
        self._bill(purchase.order_id, quantity=1)
        self.assertEqual(self._told(self.procurement, line.requisition_id), before)

    def test_a_receipt_corrected_afterwards(self):
        line = self._approved()
        purchase = self._rfq(line)
        self._confirm(purchase)
        picking = self._receive(purchase.order_id)
        before = self._told(self.procurement, line.requisition_id)
        picking.move_line_ids.with_user(self.storekeeper).quantity = 3
        self.assertEqual(self._told(self.procurement, line.requisition_id), before + 1)
        self.env["stock.move.line"].with_user(self.storekeeper).create({"move_id": picking.move_ids.id, "quantity": 1})
        self.assertEqual(self._told(self.procurement, line.requisition_id), before + 2, "also by a line of its own")

    def test_a_service_received_beyond_its_order(self):
        crane = self.env["product.product"].create(
            {"name": "Crane", "type": "service", "seller_ids": [Command.create({"partner_id": self.vendor.id, "price": 800})]}
        )
        line = self._approved({"product_id": crane.id})
        purchase = self._rfq(line)
        self._confirm(purchase)
        before = self._told(self.procurement, line.requisition_id)
        purchase.qty_received = 2
        self.assertEqual(self._told(self.procurement, line.requisition_id), before + 1)
        purchase.qty_received = 1
        self.assertEqual(self._told(self.procurement, line.requisition_id), before + 1)

    def test_a_dearer_bill(self):
        line = self._approved()
        purchase = self._rfq(line)
        self._confirm(purchase)
        self._receive(purchase.order_id)
        before = self._told(self.procurement, line.requisition_id)
        bill = self._bill(purchase.order_id, price=841.0)
        self.assertEqual(self._told(self.procurement, line.requisition_id), before + 1)
        self.assertIn(bill.name, line.requisition_id.sudo().message_ids[0].body)

    def test_both_stand_in_the_review_until_somebody_decides(self):
        received, billed, fine = self._approved({}, {}, {})
        orders = []
        for line in (received, billed, fine):
            purchase = self._rfq(line) if not line.purchase_line_ids else line.purchase_line_ids
            orders.append(purchase)
        order = received.purchase_line_ids.order_id
        self.assertEqual(order, fine.purchase_line_ids.order_id)
        self._confirm(received.purchase_line_ids)
        picking = order.sudo().picking_ids.with_user(self.storekeeper)
        for move in picking.move_ids:
            move.quantity = 100 if move.purchase_line_id == received.purchase_line_ids.sudo() else 1
        picking.move_ids.picked = True
        picking.button_validate()
        bill = self._bill(order, quantity=1)
        bill.button_draft()
        for row in bill.invoice_line_ids:
            if row.purchase_line_id == received.purchase_line_ids.sudo():
                row.quantity = 100
            if row.purchase_line_id == billed.purchase_line_ids.sudo():
                row.price_unit = 900
        bill.action_post()
        order.sudo().button_lock()
        self.env.flush_all()
        self.env.invalidate_all()
        lines = make_review(self.company).line_ids.filtered(lambda line: line.order_id == order.sudo())
        self.assertEqual(
            set(lines.purchase_line_id.ids), set((received | billed).purchase_line_ids.ids), "not the one that is fine"
        )
        self.assertTrue(all(lines.mapped("is_above_approved")))
        self.assertIn("approved", lines[0].finding)
        lines[0].decision = "keep"
        self.env.flush_all()
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=7)):
            again = make_review(self.company).line_ids.filtered(lambda line: line.order_id == order.sudo())
        self.assertEqual(again.purchase_line_id, lines[1:].purchase_line_id, "what was decided on does not come back")


@tagged("post_install", "-at_install")
class TestApprovedVendor(SpentCase):
    """The order goes to the vendor that was approved, unless the change is approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Cousin & Sons"})

    def _ask(self, order):
        self.env.invalidate_all()
        self.env["maintenance.price.approval"].with_user(self.buyer).create(
            {"order_id": order.id, "reason": "They have it in stock"}
        ).action_ask()

    def test_another_vendor_is_asked_for(self):
        line = self._approved()
        order = self._rfq(line).order_id
        order.partner_id = self.other
        order.order_line.price_unit = 800
        self.assertTrue(order.exceeds_approval)
        self._refused(order.button_confirm, "Bearings & Co", "Cousin & Sons", line.requisition_id.name)
        self._refused(lambda: order.write({"state": "purchase"}), "Cousin & Sons")
        self._ask(order)
        self.assertEqual((line.requisition_id.state, line.partner_id), ("to_approve", self.vendor))
        self._refused(order.button_confirm)
        line.requisition_id.with_user(self.procurement).action_reject("No cousins")
        self._refused(order.button_confirm, "Cousin & Sons")
        self.assertEqual((line.partner_id, line.sudo().new_partner_id.ids), (self.vendor, []))
        self._ask(order)
        line.requisition_id.with_user(self.procurement).action_approve()
        self.assertEqual(line.partner_id, self.other)
        self._confirm(order.order_line)
        self.assertEqual(order.state, "purchase")
        self._refused(lambda: order.write({"partner_id": self.vendor.id}), "Bearings & Co")

    def test_a_contact_of_the_vendor_is_the_vendor(self):
        contact = self.env["res.partner"].create({"name": "Sales desk", "parent_id": self.vendor.id})
        order = self._rfq(self._approved()).order_id
        order.partner_id = contact
        order.order_line.price_unit = 800
        self._confirm(order.order_line)

    def test_an_archived_vendor(self):
        line, other_line = self._approved(), self._approved()
        order = self._rfq(line).order_id
        self.vendor.active = False
        self._refused(order.button_confirm, "archived")
        self._refused(other_line.requisition_id.action_order, "archived", other_line.name)
        # to a contact whose company is archived, and to one that is archived itself
        contact = self.env["res.partner"].create({"name": "Sales desk", "parent_id": self.vendor.id})
        order.partner_id = contact
        order.order_line.price_unit = 800
        self._refused(order.button_confirm, "Bearings & Co is archived")
        self.vendor.active, contact.active = True, False
        self._refused(order.button_confirm, "Sales desk is archived")
        contact.active = True
        self._confirm(order.order_line)
        self.assertEqual(order.state, "purchase")

    def test_ten_vendors_and_one_order(self):
        """Ten vendors of 490, then all orders turned to one vendor."""
        orders = self.env["purchase.order"]
        for n in range(3):
            vendor = self.env["res.partner"].create({"name": f"Vendor {n}"})
            requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
                {"line_ids": [Command.create({"product_id": self.pump.id, "partner_id": vendor.id, "price_unit": 490.0})]}
            )
            requisition.action_submit()
            self.assertEqual(requisition.state, "approved")
            requisition.action_order()
            orders |= requisition.purchase_order_ids
        orders.partner_id = self.other
        orders.order_line.price_unit = 490
        first, second, _third = orders
        self._ask(first)
        self._confirm(first.order_line)
        self._ask(second)
        self.assertEqual(second.maintenance_requisition_ids.state, "to_approve")
        with self.assertRaises(UserError):
            second.button_confirm()

    def test_ten_contacts_of_one_vendor_are_one(self):
        amounts = []
        for n in range(2):
            contact = self.env["res.partner"].create({"name": f"Desk {n}", "parent_id": self.vendor.id})
            requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
                {"line_ids": [Command.create({"product_id": self.pump.id, "partner_id": contact.id, "price_unit": 490.0})]}
            )
            requisition.action_submit()
            amounts.append(requisition.job_amount)
        self.assertEqual(amounts, [490, 980])
