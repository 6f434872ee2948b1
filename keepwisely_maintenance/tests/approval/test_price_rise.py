from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPrice(MaintenanceCase):
    """No order is placed above what was approved, on any path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls._create_part("Pump", 1000.0)

    def _approved(self, quantity=1, product=None):
        """A requisition that Procurement approved; returns its line as the buyer sees it."""
        requisition = (
            self.env["maintenance.requisition"]
            .with_user(self.technician)
            .create({"line_ids": [Command.create({"product_id": (product or self.pump).id, "product_qty": quantity})]})
        )
        requisition.action_submit()
        while requisition.state == "to_approve":
            tier = requisition.sudo().current_tier_id
            approver = self.procurement if tier.name == "Procurement" else self.finance
            requisition.with_user(approver).action_approve()
        return requisition.line_ids.with_user(self.buyer)

    def _rfq(self, **kwargs):
        line = self._approved(**kwargs)
        line.requisition_id.action_order()
        return line, line.purchase_line_ids

    def _ask(self, order, reason="Steel is dearer", amounts=None):
        wizard = self.env["maintenance.price.approval"].with_user(self.buyer).create(
            {"order_id": order.id, "reason": reason}
        )
        for row in wizard.line_ids:
            if amounts and row.line_id in amounts:
                row.new_amount = amounts[row.line_id]
        wizard.action_ask()
        return wizard

    # -- Refused ------------------------------------------------------------------------------------

    def test_within_and_above_the_tolerance(self):
        line, purchase = self._rfq()
        purchase.price_unit = 1050
        self.assertFalse(purchase.order_id.exceeds_approval)
        purchase.price_unit = 1050.01
        self.assertTrue(purchase.order_id.exceeds_approval)
        self.assertFalse(purchase.order_id.maintenance_not_approved, "the change can be asked for")
        with self.assertRaises(UserError) as caught:
            purchase.order_id.button_confirm()
        self.assertIn("1,050.01", str(caught.exception))
        self.assertIn(line.requisition_id.name, str(caught.exception))
        self.company.requisition_price_tolerance = 6
        purchase.order_id.button_confirm()
        self.assertEqual(purchase.order_id.state, "purchase")

    def test_what_is_within_the_tolerance_is_no_raise(self):
        """It counts as more of the same only beyond it."""
        line, purchase = self._rfq()
        purchase.price_unit = 1050
        purchase.order_id.button_confirm()
        self.assertEqual((purchase.order_id.state, line.sudo().amount_raised), ("purchase", 0))

    def test_every_path_that_places_an_order(self):
        _line, purchase = self._rfq()
        purchase.price_unit = 1_000_000
        order = purchase.order_id
        paths = {
            "confirm": lambda: order.button_confirm(),
            "confirm as manager": lambda: order.with_user(self.procurement).button_confirm(),
            "approve": lambda: order.with_user(self.procurement).button_approve(force=True),
            "write": lambda: order.write({"state": "purchase"}),
            "write with the price": lambda: order.write(
                {"state": "purchase", "order_line": [Command.update(purchase.id, {"price_unit": 2_000_000})]}
            ),
            "write as superuser": lambda: order.sudo().write({"state": "purchase"}),
            "import": lambda: self._import(order, "purchase"),
            "context": lambda: order.with_context(maintenance_extending=True, skip_check=True).button_confirm(),
        }
        for name, place in paths.items():
            with self.subTest(path=name):
                with self.assertRaises(UserError):
                    place()
                self.assertNotEqual(order.state, "purchase")

    def _import(self, order, state):
        result = order.load([".id", "state"], [[str(order.id), state]])
        if result["messages"]:
            raise UserError(result["messages"][0]["message"])

    def test_changes_of_a_confirmed_order(self):
        _line, purchase = self._rfq()
        order = purchase.order_id
        order.button_confirm()
        changes = {
            "price": {"price_unit": 1200},
            "quantity": {"product_qty": 2},
            "unit": {"product_uom_id": self.env.ref("uom.product_uom_dozen").id},
        }
        for name, values in changes.items():
            for record, vals in (
                (purchase, values),
                (order, {"order_line": [Command.update(purchase.id, values)]}),
                (purchase.sudo(), values),
            ):
                with self.subTest(change=name, on=record._name), self.assertRaises(UserError):
                    record.write(vals)
        self.assertEqual((purchase.price_unit, purchase.product_qty), (1000, 1))
        purchase.price_unit = 1040
        purchase.discount = 10
        self.assertEqual(order.state, "purchase")

    def test_other_currency_at_the_rate_of_the_order(self):
        euro = self._create_currency(0.5)
        self.pump.seller_ids.write({"currency_id": euro.id, "price": 500})
        line, purchase = self._rfq()
        self.assertEqual((line.price_unit, purchase.price_unit), (1000, 500))
        purchase.price_unit = 526
        with self.assertRaises(UserError):
            purchase.order_id.button_confirm()
        purchase.price_unit = 525
        purchase.order_id.button_confirm()

    def test_more_of_the_same_below_the_lowest_tier(self):
        line, purchase = self._rfq(product=self.seal, quantity=10)
        order = purchase.order_id
        order.button_confirm()
        purchase.product_qty = 14
        self.assertEqual(line.qty_ordered, 14)
        with self.assertRaises(UserError):
            purchase.price_unit = 6
        with self.assertRaises(UserError):
            purchase.product_qty = 100

    def test_cheaper_quantity_breaks_are_no_way_around(self):
        """Less for a higher unit price passes as long as the amount does."""
        line, purchase = self._rfq(quantity=2)
        purchase.write({"product_qty": 1, "price_unit": 1900})
        purchase.order_id.button_confirm()
        self.assertEqual(line.qty_ordered, 1)
        line.requisition_id.action_order()
        second = line.purchase_line_ids - purchase
        with self.assertRaises(UserError):
            second.order_id.button_confirm()

    def test_returned_goods_may_be_bought_again(self):
        line, purchase = self._rfq(quantity=2)
        purchase.order_id.button_confirm()
        picking = purchase.order_id.sudo().picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        line.requisition_id.action_order()
        second = line.purchase_line_ids - purchase
        second.order_id.button_confirm()
        self.assertEqual(line.qty_ordered, 2)

    # -- Asking again ---------------------------------------------------------------------------------

    def test_new_price_is_approved(self):
        line, purchase = self._rfq()
        requisition, order = line.requisition_id, purchase.order_id
        purchase.price_unit = 1200
        with self.assertRaises(UserError):
            self._ask(order, reason="  ")
        self._ask(order)
        self.assertEqual((requisition.state, requisition.is_price_change), ("to_approve", True))
        self.assertEqual((line.price_unit, line.new_price_unit, requisition.amount_total), (1000, 1200, 1200))
        self.assertEqual(requisition.price_change_reason, "Steel is dearer")
        self.assertEqual(line.sudo().amount_limit, 1000, "until that is approved")
        self.assertTrue(self._activities(self.procurement, requisition))
        with self.assertRaises(UserError):
            order.button_confirm()
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual((requisition.state, line.price_unit, line.new_price_unit), ("ordered", 1200, 0))
        self.assertEqual(requisition.decision_ids.sudo().mapped("amount"), [1200, 1000])
        self.assertEqual(line.sudo().amount_limit, 1200)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def test_new_price_meets_the_tiers_of_its_amount(self):
        line, purchase = self._rfq()
        purchase.price_unit = 6000
        self._ask(purchase.order_id)
        requisition = line.requisition_id
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual((requisition.state, requisition.current_tier_id.name), ("to_approve", "Finance"))
        requisition.with_user(self.finance).action_approve()
        purchase.order_id.button_confirm()

    def test_refused_price_leaves_the_approval_as_it_was(self):
        line, purchase = self._rfq()
        requisition, order = line.requisition_id, purchase.order_id
        purchase.price_unit = 1500
        self._ask(order)
        requisition.with_user(self.procurement).action_reject("Ask the other vendor")
        self.assertEqual((requisition.state, line.price_unit, line.new_price_unit), ("ordered", 1000, 0))
        with self.assertRaises(UserError):
            order.button_confirm()
        purchase.price_unit = 1000
        order.button_confirm()
        self.assertEqual(requisition.decision_ids[:1].decision, "rejected", "it is on record")

    def test_dearer_after_the_order_was_placed(self):
        line, purchase = self._rfq()
        order = purchase.order_id
        order.button_confirm()
        self._ask(order, amounts={line: 1300})
        with self.assertRaises(UserError):
            purchase.price_unit = 1300
        line.requisition_id.with_user(self.procurement).action_approve()
        purchase.price_unit = 1300
        self.assertEqual(order.amount_untaxed, 1300)

    def test_below_the_lowest_tier_it_is_approved_at_once(self):
        line, purchase = self._rfq(product=self.seal, quantity=10)
        purchase.price_unit = 8
        with self.assertRaises(UserError):
            purchase.order_id.button_confirm()
        self._ask(purchase.order_id)
        self.assertEqual((line.requisition_id.state, line.price_unit), ("ordered", 8))
        purchase.order_id.button_confirm()

    def test_who_may_ask_for_a_new_price(self):
        line, purchase = self._rfq()
        purchase.price_unit = 1200
        for user in (self.operator, self.technician):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.env["maintenance.price.approval"].with_user(user).create(
                    {"order_id": purchase.order_id.id, "reason": "Because"}
                ).action_ask()
        for user in (self.technician, self.buyer, self.planner):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                line.with_user(user).write({"new_price_unit": 5000})

    # -- Native ways stay ------------------------------------------------------------------------------

    def test_native_double_validation_works_beside_it(self):
        self.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 100})
        _line, purchase = self._rfq()
        order = purchase.order_id
        order.button_confirm()
        self.assertEqual(order.state, "to approve")
        order.with_user(self.procurement).button_approve()
        self.assertEqual(order.state, "purchase")

    def test_lines_without_requisition_are_free_where_the_company_says_so(self):
        self.company.maintenance_order_rule = "free"
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {"partner_id": self.vendor.id, "order_line": [Command.create({"product_id": self.pump.id, "price_unit": 9e6})]}
        )
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def test_spare_parts_need_a_purpose_where_the_company_says_so(self):
        self.company.require_maintenance_link = True
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {"partner_id": self.vendor.id, "order_line": [Command.create({"product_id": self.pump.id})]}
        )
        with self.assertRaises(UserError) as caught:
            order.button_confirm()
        self.assertIn("names no work order", str(caught.exception))
        order.order_line.equipment_id = self.conveyor
        order.button_confirm()
        self.assertEqual(order.state, "purchase")

    def test_what_has_come_is_not_asked_for_again(self):
        """A new price for one line leaves those that came already as they are."""
        other = self.env["res.partner"].create({"name": "Other vendor"})
        seal = self._create_part("Seal", 30.0, vendor=other)
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": product.id}) for product in (self.pump, seal)]}
        )
        requisition.action_submit()
        requisition.with_user(self.procurement).action_approve()
        requisition = requisition.with_user(self.buyer)
        requisition.action_order()
        pump = requisition.line_ids.filtered(lambda line: line.product_id == self.pump)
        seals = requisition.line_ids - pump
        seals.purchase_line_ids.order_id.button_confirm()
        self._receive(seals.purchase_line_ids.order_id)
        self.assertEqual(seals.state, "done")
        pump.purchase_line_ids.price_unit = 1200
        self._ask(pump.purchase_line_ids.order_id)
        self.assertEqual(requisition.state, "to_approve")
        self.assertEqual((pump.state, pump.is_open), ("to_approve", True))
        self.assertEqual((seals.state, seals.is_open), ("done", False))
