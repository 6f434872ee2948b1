from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .approval_common import ApprovalCase


class SpentCase(ApprovalCase):
    """A pump of 800 that Procurement approves, bought by the buyer; a cold cache before each act."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls._create_part("Pump", 800.0)

    def _approved(self, *lines, request=None):
        """An approved requisition of a technician; its lines as the buyer sees them."""
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {
                "line_ids": [
                    Command.create({"product_id": self.pump.id, "maintenance_request_id": request and request.id, **line})
                    for line in lines or ({},)
                ]
            }
        )
        requisition.action_submit()
        while requisition.state == "to_approve":
            by = self.procurement if requisition.sudo().current_tier_id == self.tier else self.finance
            requisition.with_user(by).action_approve()
            self.env.invalidate_all()
        return requisition.line_ids.with_user(self.buyer)

    def _rfq(self, line):
        """What is still to be ordered of ``line``, on a new request for quotation."""
        before = line.purchase_line_ids
        self.env.invalidate_all()
        line.requisition_id.action_order()
        return line.purchase_line_ids - before

    def _confirm(self, purchase):
        self.env.flush_all()
        self.env.invalidate_all()
        purchase.order_id.button_confirm()

    def _refused(self, function, *words):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            function()
        for word in words:
            self.assertIn(word, str(caught.exception))

    def _bill(self, order, price=None, quantity=None, kind="in_invoice"):
        """A posted bill (or refund) of the lines of ``order``."""
        bill = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": order.partner_id.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "purchase_line_id": line.id,
                            "product_id": line.product_id.id,
                            "product_uom_id": line.product_uom_id.id,
                            "quantity": quantity or line.product_qty,
                            "price_unit": price or line.price_unit,
                            "tax_ids": False,
                        }
                    )
                    for line in order.sudo().order_line
                ],
            }
        )
        bill.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return bill

    def _send_back(self, order, refund=False):
        done = order.sudo().picking_ids.filtered(lambda picking: picking.state == "done")
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper).with_context(
            active_id=done.id, active_model="stock.picking"
        ).create({"picking_id": done.id})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"]).with_user(self.storekeeper)
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.env.flush_all()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestSpentOnce(SpentCase):
    """What was billed and not refunded, or may still be billed, stays spent."""

    def test_sent_back_without_refund_makes_no_room(self):
        line = self._approved()
        order = self._rfq(line).order_id
        self._confirm(order.order_line)
        self._receive(order)
        self._bill(order)
        self._send_back(order)
        self.assertEqual(line.state, "approved", "the need is open again")
        again = self._rfq(line)
        self._refused(again.order_id.button_confirm, "1,600.00", "800.00", order.name)
        self._bill(order, kind="in_refund")
        self._confirm(again)
        self.assertEqual(again.order_id.state, "purchase", "the refund made room")

    def test_sent_back_for_refund_that_has_not_come(self):
        line = self._approved()
        order = self._rfq(line).order_id
        self._confirm(order.order_line)
        self._receive(order)
        self._bill(order)
        self._send_back(order, refund=True)
        again = self._rfq(line)
        self._refused(again.order_id.button_confirm, "1,600.00")
        order.sudo().action_create_invoice()  # a draft of the refund
        self.assertEqual(set(order.sudo().invoice_ids.mapped("move_type")), {"in_invoice", "in_refund"})
        self._refused(again.order_id.button_confirm, "1,600.00")
        self._bill(order, kind="in_refund")
        self._confirm(again)

    def test_sent_back_and_never_billed(self):
        """The vendor may bill what came as long as nobody said that it is to be refunded."""
        for refund in (False, True):
            with self.subTest(refund=refund):
                line = self._approved()
                order = self._rfq(line).order_id
                self._confirm(order.order_line)
                self._receive(order)
                self._send_back(order, refund)
                again = self._rfq(line)
                if refund:
                    self._confirm(again)
                else:
                    self._refused(again.order_id.button_confirm, "1,600.00")
                    again.order_id.button_cancel()

    def test_bill_on_ordered_quantities(self):
        """800 approved, four orders of 800: each receipt cancelled, each billed."""
        self.pump.purchase_method = "purchase"
        line = self._approved()
        order = self._rfq(line).order_id
        self._confirm(order.order_line)
        order.sudo().picking_ids.action_cancel()
        again = self._rfq(line)
        self._refused(again.order_id.button_confirm, "1,600.00")
        self._bill(order)
        self._refused(again.order_id.button_confirm, "1,600.00")
        self._bill(order, kind="in_refund")
        self._confirm(again)

    def test_room_comes_back_with_a_lower_order(self):
        """What is taken off an order cannot be billed."""
        self.pump.purchase_method = "purchase"
        line = self._approved({"product_qty": 2})
        purchase = self._rfq(line)
        self._confirm(purchase)
        purchase.product_qty = 1
        again = self._rfq(line)
        self._confirm(again)
        self.assertEqual(line.qty_ordered, 2)

    def test_a_dearer_bill_is_spent(self):
        line = self._approved({"product_qty": 2})
        purchase = self._rfq(line)
        purchase.product_qty = 1
        self._confirm(purchase)
        self._receive(purchase.order_id)
        self._bill(purchase.order_id, price=1200.0)
        again = self._rfq(line)
        self._refused(again.order_id.button_confirm, "2,000.00", "1,600.00")


@tagged("post_install", "-at_install")
class TestFreeLines(SpentCase):
    """An order that exceeds in one line stays free in all others, and in what makes it cheaper."""

    def setUp(self):
        super().setUp()
        self.lines = self._approved({"product_qty": 2}, {"product_id": self.bearing.id, "product_qty": 5})
        self.order = self._rfq(self.lines).order_id
        self.pumps, self.bearings = self.order.order_line
        self._confirm(self.pumps)
        self.company.requisition_price_tolerance = 20
        self.pumps.price_unit = 900
        self.company.requisition_price_tolerance = 0
        self.env.flush_all()
        self.env.invalidate_all()

    def test_free(self):
        pumps, bearings, order = self.pumps, self.bearings, self.order
        changes = {
            "lower another line": (bearings, {"product_qty": 4}),
            "cheapen another line": (bearings, {"price_unit": 40}),
            "cheapen this line, not enough": (pumps, {"price_unit": 850}),
            "date": (pumps, {"date_planned": "2030-01-01"}),
            "lower this line": (pumps, {"product_qty": 1.99}),
            "note": (
                order,
                {"order_line": [Command.create({"display_type": "line_note", "name": "Call first", "product_qty": 0})]},
            ),
            "nested": (order, {"order_line": [Command.update(bearings.id, {"product_qty": 3})]}),
            "terms": (order, {"note": "At gate 2"}),
        }
        for name, (record, values) in changes.items():
            with self.subTest(change=name):
                record.write(values)
                self.env.flush_all()
                self.env.invalidate_all()
        self.assertEqual((bearings.product_qty, bearings.price_unit, pumps.product_qty), (3, 40, 1.99))
        form = Form(order)
        form.note = "By the screen"
        form.save()

    def test_not_free(self):
        self._refused(lambda: self.pumps.write({"price_unit": 901}), "1,802.00", "1,600.00")
        self._refused(lambda: self.bearings.write({"price_unit": 1000}), "5,000.00")
        self._refused(
            lambda: self.order.write({"order_line": [Command.update(self.bearings.id, {"price_unit": 1000})]}), "5,000.00"
        )
        self.assertEqual((self.pumps.price_unit, self.bearings.price_unit), (900, 42))


@tagged("post_install", "-at_install")
class TestNegotiatedPrice(SpentCase):
    """A negotiated price stays when the rest of the line is ordered later into an open request for quotation."""

    def _order_the_rest(self, line, **rfq_values):
        purchase = self._rfq(line)
        purchase.write({"product_qty": 4, **rfq_values})
        self.env.flush_all()
        self.assertFalse(self._rfq(line), "the rest goes into the open request for quotation")
        return purchase

    def _line(self, **values):
        line = self._approved({"product_qty": 10, **values})
        self.assertEqual(line.state, "approved")
        return line

    def test_on_the_requisition(self):
        part = self._create_part("Chain", 100.0)
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {"line_ids": [Command.create({"product_id": part.id, "product_qty": 7, "price_unit": 65.0})]}
        )
        requisition.action_submit()
        purchase = self._order_the_rest(requisition.line_ids)
        self.assertEqual((purchase.price_unit, purchase.product_qty), (65, 7))

    def test_on_the_request_for_quotation(self):
        line = self._line(product_id=self.bearing.id)
        purchase = self._order_the_rest(line, price_unit=30.0)
        self.assertEqual((purchase.price_unit, purchase.product_qty), (30, 10))

    def test_the_price_list_still_decides_where_nobody_negotiated(self):
        line = self._line(product_id=self.bearing.id)
        purchase = self._rfq(line)
        purchase.product_qty = 4
        self._set_price(self.bearing, 40.0)
        self._rfq(line)
        self.assertEqual((purchase.price_unit, purchase.product_qty), (40, 10))

    def test_what_is_not_in_the_catalogue(self):
        """An earlier article of the vendor left a price, 105, on the product that both share."""
        one_off = self.env.ref("keepwisely_maintenance.product_one_off")
        one_off.seller_ids = [
            Command.create(
                {"partner_id": self.vendor.id, "price": 105.0, "product_uom_id": self.env.ref("uom.product_uom_dozen").id}
            )
        ]
        requisition = self.env["maintenance.requisition"].with_user(self.buyer).create(
            {
                "line_ids": [
                    Command.create({"name": "Bush", "partner_id": self.vendor.id, "product_qty": 6, "price_unit": 50.0})
                ]
            }
        )
        requisition.action_submit()
        line = requisition.line_ids
        purchase = self._order_the_rest(line)
        unit = self.env.ref("uom.product_uom_unit")
        self.assertEqual((purchase.price_unit, purchase.product_qty, purchase.product_uom_id), (50, 6, unit))
