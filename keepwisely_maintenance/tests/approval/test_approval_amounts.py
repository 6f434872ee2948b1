from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Date, Datetime
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestAmountsHold(ApprovalCase):
    """One test per way in which more could be spent than was approved.

    What `test_price_rise` and `test_approval_counted_together` prove is not repeated.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls._create_part("Pump", 100.0)

    def _approved(self, quantity=10.0, **line):
        requisition = self._waiting(price=100.0, product_id=self.pump.id, name="Pump", product_qty=quantity, **line)
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual(requisition.state, "approved")
        return requisition

    def _request(self, requisition):
        """The request for quotation, as the buyer sees it."""
        requisition.with_user(self.buyer).action_order()
        return requisition.with_user(self.buyer).purchase_order_ids

    # -- What only the system sets ---------------------------------------------------------------------

    def test_computed_fields_are_not_written(self):
        """Odoo lets stored computed fields be written by RPC; here they decide on money."""
        draft = self._waiting(price=100.0, submit=False)
        approved = self._approved()
        for model, records in (
            ("maintenance.requisition", draft | approved),
            ("maintenance.requisition.line", (draft | approved).line_ids),
        ):
            for name, field in self.env[model]._fields.items():
                native = name.startswith(("message_", "activity_")) or field.inherited or name in MAGIC_COLUMNS
                if native or not field.store or not field.readonly:
                    continue
                for record in records.with_user(self.buyer):
                    before = record.sudo()[name]
                    with self.subTest(model=model, field=name, state=record.state), self.assertRaises(UserError):
                        record.write({name: 7 if field.type in ("integer", "float", "monetary", "many2one") else False})
                    self.assertEqual(record.sudo()[name], before)

    def test_defaults_set_no_amounts(self):
        lines = self.env["maintenance.requisition.line"].with_user(self.buyer)
        draft = self._waiting(price=100.0, submit=False)
        forged = {
            "default_qty_to_buy": 0.001, "default_price_subtotal": 0.01, "default_new_price_unit": 0.01,
            "default_is_cancelled": True, "default_state": "approved", "default_qty_ordered": 99,
        }  # fmt: skip
        line = lines.with_context(**forged).create(
            {"requisition_id": draft.id, "name": "Gear", "partner_id": self.vendor.id, "price_unit": 9000.0}
        ).sudo()
        self.env.flush_all()
        line.invalidate_recordset()
        self.assertEqual((line.price_subtotal, line.new_price_unit, line.state), (9000.0, 0.0, "draft"))
        self.assertEqual(draft.sudo().amount_total, 9100.0)

    def test_a_requester_does_not_lower_prices_by_defaults(self):
        """Prices are hidden from technicians; their context shall not set them either."""
        self._set_price(self.bearing, 800.0)
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.with_context(default_price_unit=0.5, default_new_price_unit=0.5).action_request_parts()
        requisition = request.sudo().requisition_ids
        self.assertEqual((requisition.state, requisition.amount_total), ("to_approve", 800.0))

    def test_filling_in_a_vendor_spends_no_more(self):
        """A missing vendor may be chosen after the approval, one whose minimum costs more may not."""
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        requisition = self._waiting(price=600.0, product_id=orphan.id, name="Odd belt", partner_id=False)
        requisition.with_user(self.procurement).action_approve()
        self.env["product.supplierinfo"].create(
            {"partner_id": self.vendor.id, "product_tmpl_id": orphan.product_tmpl_id.id, "price": 600.0, "min_qty": 50}
        )
        requisition.with_user(self.buyer).line_ids.partner_id = self.vendor
        self.assertEqual(requisition.state, "draft")
        self.assertEqual(requisition.sudo().amount_total, 30000.0)

    def test_a_minimum_that_the_vendor_raises_is_not_approved(self):
        requisition = self._approved()
        order = self._request(requisition)
        self.pump.seller_ids.min_qty = 500
        line = requisition.sudo().line_ids
        line._lower(9)  # the job needs less; what the vendor sells at least is computed again
        self.assertLessEqual(line._get_approved_amount(), 1000.0)
        order.order_line.product_qty = 500
        with self.assertRaises(UserError):
            order.button_confirm()

    # -- Orders -------------------------------------------------------------------------------------------

    def test_orders_are_not_cut_loose_from_their_approval(self):
        requisition = self._approved()
        order = self._request(requisition)
        line = order.order_line
        for vals in (
            {"requisition_line_id": False},
            {"price_subtotal": 1.0},
            {"price_unit": 5000.0, "price_subtotal": 1.0},
            {"price_total": 1.0},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                line.write(vals)
        for commands in ([Command.clear()], [Command.unlink(line.id)], [Command.set([])]):
            with self.subTest(commands=commands), self.assertRaises(UserError):
                requisition.with_user(self.buyer).line_ids.write({"purchase_line_ids": commands})
        self.assertEqual(line.requisition_line_id, requisition.line_ids)
        self.assertEqual(line.price_unit, 100.0)

    def test_orders_get_no_approval_by_hand(self):
        requisition = self._approved()
        approved = requisition.line_ids
        order = self.env["purchase.order"].with_user(self.buyer).create({"partner_id": self.vendor.id})
        vals = {"order_id": order.id, "product_id": self.seal.id, "product_qty": 1, "price_unit": 999.0}
        lines = self.env["purchase.order.line"].with_user(self.buyer)
        made = lines.with_context(default_requisition_line_id=approved.id).create(dict(vals))
        self.assertFalse(made.requisition_line_id)
        for commands in ([Command.link(made.id)], [Command.create(dict(vals))], [Command.set(made.ids)]):
            with self.subTest(commands=commands), self.assertRaises(UserError):
                approved.with_user(self.buyer).write({"purchase_line_ids": commands})
        self.assertFalse(approved.sudo().purchase_line_ids)

    def test_exchange_rates_are_not_chosen(self):
        """Amounts count at the rate of the day the order is placed."""
        euro = self.env.ref("base.EUR") if self.company.currency_id.name != "EUR" else self.env.ref("base.USD")
        euro.active = True
        rates = self.env["res.currency.rate"]
        rates.create({"currency_id": euro.id, "name": "2020-01-01", "rate": 100.0, "company_id": self.company.id})
        rates.create({"currency_id": euro.id, "name": Date.today(), "rate": 1.0, "company_id": self.company.id})
        order = self._request(self._approved())
        with self.assertRaises(UserError):
            order.currency_rate = 1000.0
        order.currency_id = euro
        order.date_order = "2020-06-01 12:00:00"
        order.order_line.price_unit = 9000.0
        with self.assertRaises(UserError):
            order.button_confirm()
        with self.assertRaises(UserError):
            order.write({"state": "purchase", "date_approve": "2020-06-01 12:00:00"})
        order.order_line.price_unit = 100.0
        order.write({"state": "purchase", "date_approve": "2020-06-01 12:00:00"})
        self.assertEqual(order.date_approve.date(), Datetime.now().date())
        for vals in ({"date_order": "2020-06-01 12:00:00"}, {"date_approve": "2020-06-01"}, {"currency_rate": 100.0}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                order.write(vals)
        with self.assertRaises(UserError):
            order.order_line.price_unit = 9000.0

    def test_a_placed_order_does_not_change_its_vendor_for_a_dearer_one(self):
        other = self.env["res.partner"].create({"name": "Dear & Sons"})
        self.pump.seller_ids = [Command.create({"partner_id": other.id, "price": 9000.0})]
        order = self._request(self._approved())
        order.button_confirm()
        with self.assertRaises(UserError):
            order.partner_id = other
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_negative_prices_make_no_room(self):
        """A credit on one order does not pay for a higher price on another."""
        requisition = self._approved()
        order = self._request(requisition)
        order.order_line.product_qty = 6
        order.button_confirm()
        requisition.with_user(self.buyer).action_order()
        second = requisition.with_user(self.buyer).purchase_order_ids - order
        second.order_line.price_unit = -5000.0
        second.button_confirm()
        with self.assertRaises(UserError):
            order.order_line.price_unit = 1000.0
        second.order_line.write({"price_unit": 5000.0, "discount": 100.0})
        with self.assertRaises(UserError):
            second.order_line.write({"price_unit": 5000.0, "discount": 0.0})

    def test_changes_of_a_placed_order(self):
        order = self._request(self._approved())
        order.button_confirm()
        line = order.order_line
        dozen = self.env.ref("uom.product_uom_dozen")
        for vals in (
            {"price_unit": 106.0},
            {"product_qty": 11.0},
            {"discount": -50.0},
            {"product_uom_id": dozen.id, "price_unit": 1200.0},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                line.write(vals)
            with self.subTest(vals=vals, way="order"), self.assertRaises(UserError):
                order.write({"order_line": [Command.update(line.id, vals)]})
        self.assertEqual((line.price_unit, line.product_qty, line.discount), (100.0, 10.0, 0.0))

    def test_a_refused_line_is_not_moved_into_a_placed_order(self):
        request = self._assigned(priority="3")
        self._set_price(self.bearing, 800.0)
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.planner).action_order_emergency("The line stands")
        refused = requisition.purchase_order_ids.with_user(self.buyer)
        requisition.with_user(self.procurement).action_reject("No")
        placed = self._request(self._approved(partner_id=self.env["res.partner"].create({"name": "Corner shop"}).id))
        placed.button_confirm()
        with self.assertRaises(UserError):
            refused.order_line.order_id = placed
        self.assertNotEqual(refused.state, "purchase")

    def test_an_order_placed_without_its_button_counts(self):
        """A plain write of the state makes no receipt; what was approved once is not ordered twice all the same."""
        requisition = self._approved()
        order = self._request(requisition)
        order.write({"state": "purchase"})
        self.assertEqual((requisition.state, requisition.sudo().line_ids.qty_ordered), ("ordered", 10.0))
        with self.assertRaisesRegex(UserError, "ordered already"):
            requisition.with_user(self.buyer).action_order()

    def test_small_excesses_add_up(self):
        """More of the same below the lowest tier needs no approval; what many lines have too much counts together."""
        request = self._assigned().with_user(self.planner)
        orders = self.env["purchase.order"]
        for _n in range(4):
            requisition = self._waiting(
                price=100.0, submit=False, product_id=self.pump.id, name="Pump", maintenance_request_id=request.id
            )
            requisition.action_submit()
            self.assertEqual(requisition.state, "approved")
            orders |= self._request(requisition)
            orders.filtered(lambda order: order.state == "draft").button_confirm()
        refused = 0
        for line in orders.order_line:
            try:
                with self.env.cr.savepoint():
                    line.product_qty = 1.9
            except UserError:
                refused += 1
        self.assertEqual(refused, 3)
        self.assertLess(sum(orders.order_line.mapped("price_subtotal")), 500)

    # -- Stages -----------------------------------------------------------------------------------------------

    def test_lines_are_frozen_in_every_way(self):
        """What changes what was approved takes the approval back."""
        other = self.env["res.partner"].create({"name": "Corner shop"})
        elsewhere = self._assigned()
        draft = self._waiting(price=10.0, submit=False)
        for vals in (
            {"product_qty": 11},
            {"price_unit": 101.0},
            {"partner_id": other.id},
            {"product_id": self.seal.id},
            {"name": "Something else"},
            {"maintenance_request_id": elsewhere.id},
            {"equipment_id": False},
            {"requisition_id": draft.id},
            {"is_by_amount": True, "is_service": True, "product_qty": 1},
        ):
            for user in (self.planner, self.buyer):
                requisition = self._approved()
                with self.subTest(vals=vals, user=user.login):
                    try:
                        requisition.with_user(user).write({"line_ids": [Command.update(requisition.line_ids.id, vals)]})
                    except UserError:
                        self.assertEqual(requisition.state, "approved", "refused altogether")
                    else:
                        self.assertEqual(requisition.state, "draft")
        requisition = self._approved()
        for vals in ({"company_id": self.env["res.company"].create({"name": "Sister plant"}).id},):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                requisition.with_user(self.buyer).write(vals)
