from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .review_common import NOW, ReviewCase


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseLock(ReviewCase):
    """What is fully received and billed is locked by itself after the days the company says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.order_lock_days = 10

    def _settled(self, received="2026-11-01", billed="2026-11-02"):
        order = self._buy(self._linked(), ordered="2026-10-20")
        self._received(order, received)
        self._billed(order, billed)
        return order

    def _locked(self, order):
        self._run_cron("ir_cron_order_lock")
        return order.locked

    def test_locked_with_a_log(self):
        order = self._settled()
        self.assertTrue(self._locked(order))
        self.assertEqual(str(order.date_auto_locked), NOW)
        self.assertIn("Nov 2", order.message_ids.filtered(lambda message: "Locked by the system" in message.body).body)
        listed = self.env.ref("keepwisely_maintenance.action_auto_locked_orders")
        self.assertIn(order, order.search([("date_auto_locked", "!=", False)]))
        self.assertEqual(listed.domain, "[('date_auto_locked', '!=', False)]")

    def test_counted_from_the_later_of_receipt_and_bill(self):
        self.assertFalse(self._locked(self._settled(received="2026-11-14", billed="2026-11-02")))
        self.assertTrue(self._locked(self._settled(received="2026-11-13", billed="2026-11-02")))
        self.assertFalse(self._locked(self._settled(received="2026-11-01", billed="2026-11-14")))
        self.assertTrue(self._locked(self._settled(received="2026-11-01", billed="2026-11-13")))

    def test_never_by_default(self):
        order = self._settled()
        self.company.order_lock_days = 0
        self.assertFalse(self._locked(order))
        self.assertFalse(self.env["res.company"].create({"name": "New plant"}).order_lock_days)
        self.company.order_lock_days = 10
        self.assertTrue(self._locked(order))

    def test_only_orders_for_maintenance(self):
        paper = self.env["product.product"].create({"name": "Paper", "is_storable": True})
        order = self._buy({"product_id": paper.id}, ordered="2026-10-20")
        self._received(order, "2026-11-01")
        self._billed(order, "2026-11-02")
        self.assertFalse(self._locked(order))
        linked = self._buy({"product_id": paper.id, **self._linked()}, ordered="2026-10-20")
        self._received(linked, "2026-11-01")
        self._billed(linked, "2026-11-02")
        self.assertTrue(self._locked(linked), "paper for the conveyor is for maintenance")
        self.assertFalse(order.locked)

    def test_not_before_all_is_received_and_billed(self):
        partly = self._buy(self._linked(), ordered="2026-10-20")
        self._received(partly, "2026-11-01", 3)
        self._billed(partly, "2026-11-02")
        unbilled = self._buy(self._linked(), ordered="2026-10-20")
        self._received(unbilled, "2026-11-01")
        draft = self._buy(self._linked(), ordered="2026-10-20")
        self._received(draft, "2026-11-01")
        self._billed(draft, "2026-11-02", post=False)
        for order in (partly, unbilled, draft):
            self.assertFalse(self._locked(order))
        draft.sudo().invoice_ids.action_post()
        self._billed(unbilled, "2026-11-02")
        self.assertTrue(self._locked(draft) and self._locked(unbilled), "now it is")
        self.assertFalse(partly.locked)

    def test_not_where_less_came_than_was_ordered(self):
        """The rest was given up in the store; whether the order is over, a buyer says."""
        order = self._buy(self._linked(), ordered="2026-10-20")
        self._received(order, "2026-11-01", 3)
        order.sudo().picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self._billed(order, "2026-11-02")
        self.assertEqual((order.order_line.qty_received, order.order_line.qty_invoiced, order.invoice_status), (3, 3, "invoiced"))
        self.assertFalse(self._locked(order))

    def _send_back(self, order, quantity, to_refund, validate=True):
        picking = order.sudo().picking_ids.filtered(lambda picking: picking.state == "done")
        form = Form(self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking"))
        wizard = form.save()
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        if validate:
            back.move_ids.picked = True
            back.button_validate()
            back.move_ids.date = "2026-11-03 10:00:00"
        self._end_transaction()
        return back

    def test_not_while_a_return_or_refund_is_pending(self):
        waiting = self._settled()
        self._send_back(waiting, 2, to_refund=True, validate=False)
        self.assertFalse(self._locked(waiting), "goods still have to go back")
        refund = self._settled()
        self._send_back(refund, 2, to_refund=True)
        self.assertFalse(self._locked(refund), "no refund yet")
        replaced = self._settled()
        self._send_back(replaced, 2, to_refund=False)
        self.assertFalse(self._locked(replaced), "the vendor has to replace them")

    def test_undone_by_the_purchase_manager_for_good(self):
        order = self._settled()
        self.assertTrue(self._locked(order))
        with self.assertRaisesRegex(UserError, "ask a purchase manager"):
            order.with_user(self.buyer).button_unlock()
        with self.assertRaisesRegex(UserError, "ask a purchase manager"):
            order.with_user(self.buyer).write({"locked": False})
        order.with_user(self.procurement).action_undo_lock()
        self.assertFalse(order.locked)
        self.assertTrue(order.date_auto_locked, "the log stays")
        self.assertFalse(self._locked(order))

    def test_the_scheduler_hears_how_much_is_left(self):
        self.assertEqual(self._run_cron("ir_cron_order_lock"), [0])
        orders = self._settled() | self._settled()
        self.assertEqual(self._run_cron("ir_cron_order_lock"), [2, 2])
        self.assertTrue(all(orders.mapped("locked")))

    def test_what_somebody_unlocked_stays_unlocked(self):
        order = self._settled()
        order.with_user(self.buyer).button_lock()
        order.with_user(self.buyer).button_unlock()
        other = self._settled()
        self.assertFalse(self._locked(order))
        self.assertTrue(other.locked, "what nobody unlocked is")

    def test_nobody_writes_the_log(self):
        order = self._settled().with_user(self.procurement)
        for vals in ({"date_auto_locked": NOW}, {"auto_lock_off": True}):
            with self.assertRaisesRegex(UserError, "written by the system"):
                order.write(vals)
            with self.assertRaisesRegex(UserError, "written by the system"):
                order.create({"partner_id": self.vendor.id, **vals})
            with self.assertRaisesRegex(UserError, "written by the system"):
                order.with_context(maintenance_locking=True).write(vals)
