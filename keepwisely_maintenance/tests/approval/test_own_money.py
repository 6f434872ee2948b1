from importlib.util import module_from_spec, spec_from_file_location

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path

from .approval_common import ApprovalCase


class OwnMoneyCase(ApprovalCase):
    """Procurement approves and buys, as the default group of the first tier does; Second approves as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(cls.env, login="kw_second", groups="purchase.group_purchase_manager", name="Second")
        cls.tier.user_ids += cls.second

    def _draft(self, price=800.0, user=None, **line):
        return self._waiting(price=price, user=user or self.technician, submit=False, **line)

    def _assert_barred(self, requisition, user=None, says="Who can decide: Second", others=None):
        """``user`` has no way to decide, is told who has, and that one does."""
        user, others = user or self.procurement, others or self.second
        self.env.invalidate_all()
        theirs = requisition.with_user(user)
        self.assertEqual(requisition.sudo().state, "to_approve")
        self.assertFalse(theirs.user_can_decide)
        self.assertNotIn(requisition, theirs.search([("user_can_decide", "=", True)]))
        self.assertFalse(self._todos(user, requisition), "nobody is asked who may not answer")
        self.assertTrue(self._todos(others, requisition))
        self.assertRegex(theirs.decision_hint, says)
        for decide in (
            lambda: theirs.action_approve(),
            lambda: theirs.action_reject("No"),
            lambda: self.env["maintenance.approval.decision"].with_user(user).create(
                {"requisition_id": requisition.id, "decision": "approved"}
            ),
        ):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, says):
                decide()
        self.env.invalidate_all()
        self.assertTrue(requisition.with_user(others).user_can_decide)
        self.assertFalse(requisition.with_user(others).decision_hint)

    def _assert_may_decide(self, requisition, user=None):
        user = user or self.procurement
        self.env.invalidate_all()
        self.assertTrue(requisition.with_user(user).user_can_decide)
        self.assertTrue(self._todos(user, requisition))
        requisition.with_user(user).action_approve()
        decision = requisition.sudo().decision_ids[:1]
        self.assertEqual((decision.user_id, decision.decision, decision.is_own), (user, "approved", False))


@tagged("post_install", "-at_install")
class TestOwnMoney(OwnMoneyCase):
    """Whoever wrote an item, a quantity, a vendor or a price of a submission does not decide on it."""

    # -- Writing ------------------------------------------------------------------------------------

    def test_a_laptop_on_the_requisition_for_grease(self):
        requisition = self._draft(name="Grease", price=20.0)
        requisition.with_user(self.procurement).write(
            {"line_ids": [Command.create({"name": "Laptop", "price_unit": 4800.0, "partner_id": self.vendor.id})]}
        )
        self.env.invalidate_all()
        requisition.with_user(self.procurement).action_submit()
        self._assert_barred(requisition, says="You wrote “Laptop” on .* yourself. Who can decide: Second")
        requisition.with_user(self.second).action_approve()
        self.assertEqual(requisition.sudo().state, "approved")

    def test_each_value_counts_and_also_when_somebody_else_submits(self):
        other = self.env["res.partner"].create({"name": "A friend"})
        for vals, says in (
            ({"name": "Laptop"}, "You wrote “Laptop” on"),
            ({"product_qty": 7}, "You set the quantity of “Shaft"),
            ({"partner_id": other.id}, "You chose the vendor of “Shaft"),
            ({"price_unit": 4800.0}, "You set the price of “Shaft"),
        ):
            with self.subTest(vals=vals):
                requisition = self._draft()
                self.env.invalidate_all()
                requisition.line_ids.with_user(self.procurement).write(vals)
                self.env.invalidate_all()
                requisition.with_user(self.technician).action_submit()
                self._assert_barred(requisition, says=says)

    def test_whoever_wrote_nothing_decides_also_after_submitting_for_others(self):
        requisition = self._draft()
        line = requisition.line_ids.with_user(self.procurement)
        # the same once more, as screens may send it, and what is no money
        line.write({"product_qty": line.product_qty, "partner_id": line.partner_id.id, "name": line.name})
        requisition.with_user(self.procurement).write({"reason": "The old one broke", "date_required": self.today})
        requisition.with_user(self.procurement).action_submit()
        self._assert_may_decide(requisition)

    def test_the_vendor_chosen_while_it_waits(self):
        requisition = self._draft(partner_id=False)
        requisition.action_submit()
        self.assertTrue(self._todos(self.procurement, requisition))
        requisition.line_ids.with_user(self.procurement).partner_id = self.vendor
        self._assert_barred(requisition, says="You chose the vendor")

    def test_the_last_who_could_decide_does_not_choose_the_vendor(self):
        self.tier.user_ids = self.procurement
        requisition = self._draft(partner_id=False)
        requisition.action_submit()
        with self.assertRaisesRegex(UserError, "Nobody decides on their own"):
            requisition.line_ids.with_user(self.procurement).partner_id = self.vendor

    def test_a_waiting_need_that_is_raised(self):
        self.tier.user_ids = self.planner | self.second
        self._set_price(self.bearing, 300.0)
        part = self._create_job_part(self.bearing, 3)
        requisition = part.maintenance_request_id.sudo().requisition_ids
        self.assertEqual(requisition.state, "to_approve")
        self.env.invalidate_all()
        part.with_user(self.planner).product_uom_qty = 9
        self.env.invalidate_all()
        part.with_user(self.technician).product_uom_qty = 10
        self.assertEqual(requisition.line_ids.product_qty, 9)
        self._assert_barred(requisition, self.planner, says="You set the quantity of “Bearing")

    def test_the_quantity_of_a_part_that_somebody_else_asks_for(self):
        self.tier.user_ids = self.planner | self.second
        self._set_price(self.bearing, 300.0)
        part = self._create_job_part(self.bearing, 2, ask=False)
        part.with_user(self.planner).product_uom_qty = 9
        self.env.invalidate_all()
        part.maintenance_request_id.with_user(self.technician).action_request_parts(offer=False)
        requisition = part.maintenance_request_id.sudo().requisition_ids
        self._assert_barred(requisition, self.planner, says="You set the quantity of “Bearing")

    def test_less_of_it_is_not_ones_own_money(self):
        self.tier.user_ids = self.planner | self.second
        self._set_price(self.bearing, 300.0)
        part = self._create_job_part(self.bearing, 9)
        requisition = part.maintenance_request_id.sudo().requisition_ids
        part.with_user(self.planner).product_uom_qty = 5
        self.assertEqual(requisition.line_ids.product_qty, 4)
        self._assert_may_decide(requisition, self.planner)

    def test_whoever_sets_a_reorder_point_caused_its_next_need(self):
        self._set_price(self.bearing, 100.0)
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 5, "product_max_qty": 5, "trigger": "auto"}
        )
        (self.procurement | self.second).group_ids += self.env.ref("stock.group_stock_manager")
        orderpoint.with_user(self.procurement).write({"product_min_qty": 20, "product_max_qty": 20})
        orderpoint._procure_orderpoint_confirm(raise_user_error=False)
        requisition = self.bearing.requisition_line_ids.sudo().requisition_id
        self.assertEqual((requisition.requester_id, requisition.state), (self.env.ref("base.user_root"), "to_approve"))
        self._assert_barred(requisition, says="You set the quantity of “Bearing")
        requisition.with_user(self.second).action_reject("Too many")
        orderpoint.with_user(self.second).write({"product_min_qty": 21, "product_max_qty": 21})
        orderpoint._procure_orderpoint_confirm(raise_user_error=False)
        self._assert_may_decide(self.bearing.requisition_line_ids.sudo().requisition_id - requisition)

    # -- Every way in -----------------------------------------------------------------------------------

    def test_an_imported_line(self):
        requisition = self._draft()
        self.env["maintenance.requisition.line"].with_user(self.procurement).with_context(
            default_price_unit=4800.0
        ).load(["requisition_id/.id", "name"], [[str(requisition.id), "Laptop"]])
        self.assertEqual(requisition.sudo().line_ids.mapped("price_unit"), [800.0, 4800.0])
        requisition.action_submit()
        self._assert_barred(requisition)

    def test_authors_cannot_be_forged(self):
        requisition = self._draft()
        line = requisition.line_ids.with_user(self.procurement)
        line.price_unit = 4800.0
        names = [name for name in line._fields if name.endswith(("author_id", "raised_by_ids"))]
        self.assertEqual(len(names), 6)
        for name in names:
            with self.subTest(field=name), self.assertRaises(UserError):
                line.write({name: self.technician.id})
        with self.assertRaises(UserError):
            line.copy({"price_author_id": self.technician.id})
        created = line.with_context(default_price_author_id=self.technician.id).create(
            {"requisition_id": requisition.id, "name": "Laptop", "price_unit": 4800.0}
        )
        self.assertEqual(created.sudo().price_author_id, self.procurement)
        line.is_price_manual = False
        requisition.action_submit()
        self._assert_barred(requisition)

    def test_the_record_rule_holds_without_the_python_checks(self):
        decisions = self.env["maintenance.approval.decision"]
        requisition = self._draft()
        requisition.line_ids.with_user(self.procurement).price_unit = 900.0
        requisition.action_submit()
        self.patch(type(decisions), "_check_may_decide", lambda *args: None)
        self._delegate()
        for user, people in (
            (self.procurement, {self.procurement: self.env["res.users"]}),
            (self.deputy, {self.deputy: self.procurement}),
        ):
            self.patch(type(requisition), "_get_deciders", lambda asked, people=people: dict.fromkeys(asked, people))
            self.env.invalidate_all()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                decisions.with_user(user).create({"requisition_id": requisition.id, "decision": "approved"})

    # -- Submissions --------------------------------------------------------------------------------------

    def test_what_somebody_else_wrote_anew_is_not_ones_own(self):
        requisition = self._draft()
        requisition.line_ids.with_user(self.procurement).write({"product_qty": 2, "price_unit": 4800.0})
        requisition.action_submit()
        self._assert_barred(requisition)
        requisition.action_draft()
        requisition.line_ids.with_user(self.buyer).price_unit = 700.0
        requisition.action_submit()
        self._assert_barred(requisition, says="You set the quantity")
        requisition.action_draft()
        requisition.line_ids.with_user(self.buyer).product_qty = 1
        requisition.action_submit()
        self._assert_may_decide(requisition)

    def test_a_line_taken_off_is_not_ones_own(self):
        requisition = self._draft()
        requisition.with_user(self.procurement).line_ids = [Command.create({"name": "Laptop", "price_unit": 4800.0})]
        requisition.with_user(self.technician).line_ids.filtered(lambda line: line.name == "Laptop").unlink()
        requisition.action_submit()
        self._assert_may_decide(requisition)

    def test_nobody_left_is_an_error_at_submission(self):
        requisition = self._draft()
        requisition.line_ids.with_user(self.procurement).price_unit = 900.0
        requisition.line_ids.with_user(self.second).product_qty = 2
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Procurement and Second.*Nobody decides on their own"):
            requisition.action_submit()

    # -- Delegation --------------------------------------------------------------------------------------

    def test_a_delegate_is_barred_when_either_wrote_it(self):
        self.deputy.group_ids += self.env.ref("purchase.group_purchase_user")
        self._delegate()
        by_approver, by_delegate = self._draft(), self._draft()
        by_approver.line_ids.with_user(self.procurement).price_unit = 900.0
        by_delegate.line_ids.with_user(self.deputy).price_unit = 900.0
        (by_approver | by_delegate).action_submit()
        self._assert_barred(by_approver, self.deputy, says="as a delegate of who asked.*Who can decide: Second")
        self._assert_barred(by_delegate, self.deputy, says="You set the price of.*Who can decide: Procurement and Second")
        self._assert_barred(by_approver)
        self._assert_may_decide(by_delegate)

    def test_whoever_is_told_above_is_not_who_wrote_it(self):
        self.finance_tier.user_ids = self.second
        requisition = self._draft(price=6000.0)
        requisition.line_ids.with_user(self.second).product_qty = 2
        self.finance_tier.user_ids += self.finance
        requisition.action_submit()
        people = requisition.sudo()._get_escalation_users(self.procurement)
        self.assertEqual(people, self.finance)

    # -- Emergencies ----------------------------------------------------------------------------------------

    def test_an_emergency_is_not_decided_on_by_who_wrote_it(self):
        self.tier.user_ids = self.planner | self.second
        self._set_price(self.bearing, 800.0)
        request = self._assigned(priority="3")
        self._add_part(request, self.bearing, 2).with_user(self.planner).product_uom_qty = 3
        request.action_request_parts(offer=False)
        requisition = request.sudo().requisition_ids
        other = new_test_user(self.env, login="kw_planner2", groups="maintenance.group_equipment_manager")
        self.env.invalidate_all()
        self.tier.user_ids = self.planner
        with self.assertRaisesRegex(UserError, "Nobody but"):
            requisition.with_user(other).action_order_emergency("The line stands")
        self.tier.user_ids = self.planner | self.second
        requisition.with_user(other).action_order_emergency("The line stands")
        self._assert_barred(requisition, self.planner, says="You set the quantity")
        with freeze_time(self.today.replace(year=self.today.year + 1)):
            self._run_cron("ir_cron_emergency_reminder")
        self.assertTrue(self._notifications(self.second, requisition))
        self.assertFalse(self._notifications(self.planner, requisition))

    # -- A plant with one approver ----------------------------------------------------------------------------

    def test_a_company_may_allow_it_and_every_such_decision_is_marked(self):
        self.tier.user_ids = self.procurement
        self.company.maintenance_allow_own_decisions = True
        self._end_transaction()
        requisition = self._draft()
        requisition.line_ids.with_user(self.procurement).price_unit = 900.0
        requisition.action_submit()
        foreign = self._waiting()
        asked = self._waiting(user=self.procurement)
        self.env.invalidate_all()
        self.assertTrue(requisition.with_user(self.procurement).user_can_decide)
        self.assertEqual(len(self._todos(self.procurement, requisition)), 1)
        (requisition | foreign | asked).with_user(self.procurement).action_approve()
        self._end_transaction()
        for record, own in ((requisition, True), (foreign, False), (asked, True)):
            self.assertEqual(record.sudo().decision_ids.is_own, own)
            row = record.sudo().log_ids.filtered(lambda row: row.kind == "approved")
            self.assertEqual((row.is_own, row.user_id), (own, self.procurement))
        with self.assertRaises(UserError):
            requisition.sudo().decision_ids.is_own = False

    def test_the_setting_is_off_and_what_waits_follows_it(self):
        self.assertFalse(self.env["res.company"].create({"name": "New plant"}).maintenance_allow_own_decisions)
        requisition = self._draft()
        requisition.line_ids.with_user(self.procurement).price_unit = 900.0
        requisition.action_submit()
        self._assert_barred(requisition)
        administrator = new_test_user(self.env, login="kw_administrator", groups="base.group_system")
        self.env.flush_all()
        self.env.invalidate_all()
        company = self.company.with_user(administrator)
        company.maintenance_allow_own_decisions = True
        self.env.invalidate_all()
        self.assertTrue(self._todos(self.procurement, requisition), "also where administrators see no requisitions")
        company.maintenance_allow_own_decisions = False
        self._assert_barred(requisition)
        for user in (self.procurement, self.planner):
            with self.assertRaises(AccessError):
                self.company.with_user(user).maintenance_allow_own_decisions = True

    def test_an_upgrade_takes_the_authors_of_what_waits_from_the_history(self):
        self.tier.user_ids += self.finance
        self._end_transaction()
        requisition = self._draft(price=700.0)
        self._end_transaction()
        requisition.line_ids.with_user(self.second).product_qty = 2
        self._end_transaction()
        requisition.line_ids.with_user(self.procurement).price_unit = 900.0
        requisition.action_submit()
        self._end_transaction()
        rule = self.env.ref("keepwisely_maintenance.rule_decision_create")
        domain = rule.domain_force
        path = file_path("keepwisely_maintenance/migrations/19.0.1.1.0/post-own_money.py")
        spec = spec_from_file_location("keepwisely_own_money", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        rule.domain_force = domain.replace(script.NOBODY, script.SHIPPED)
        line = requisition.sudo().line_ids
        line._write_by_system(dict.fromkeys(script.KINDS, False))
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(rule.domain_force, domain)
        self.assertEqual(
            (line.item_author_id, line.quantity_author_id, line.vendor_author_id, line.price_author_id),
            (self.technician, self.second, self.technician, self.procurement),
        )
        self.assertFalse(line.new_price_author_id)
        self.assertFalse(requisition.with_user(self.procurement).user_can_decide)


@tagged("post_install", "-at_install")
class TestOwnOrders(OwnMoneyCase):
    """Whoever made an order dearer does not grant it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls._create_part("Pump", 1000.0)

    def _rfq(self):
        requisition = self._draft(price=1000.0, name="Pump", product_id=self.pump.id)
        requisition.action_submit()
        requisition.with_user(self.second).action_approve()
        requisition.with_user(self.buyer).action_order()
        return requisition, requisition.sudo().line_ids.purchase_line_ids

    def _ask(self, order, user):
        wizard = self.env["maintenance.price.approval"].with_user(user).create({"order_id": order.id, "reason": "Dearer"})
        wizard.action_ask()

    def test_whoever_asked_for_the_new_price_does_not_grant_it(self):
        requisition, purchase = self._rfq()
        purchase.with_user(self.buyer).price_unit = 1400.0
        self.env.invalidate_all()
        self._ask(purchase.order_id, self.procurement)
        self._assert_barred(requisition, says="You asked for the new price of “Pump” on .* yourself")
        requisition.with_user(self.second).action_approve()
        self.assertEqual(requisition.sudo().line_ids.price_unit, 1400.0)

    def test_whoever_changed_the_order_does_not_grant_it(self):
        other = self.env["res.partner"].create({"name": "A friend"})
        for change in (
            lambda purchase: purchase.write({"price_unit": 1400.0}),
            lambda purchase: purchase.order_id.write({"order_line": [Command.update(purchase.id, {"product_qty": 2})]}),
            lambda purchase: purchase.order_id.write({"partner_id": other.id}),
        ):
            requisition, purchase = self._rfq()
            self.env.invalidate_all()
            change(purchase.with_user(self.procurement))
            purchase.with_user(self.buyer).price_unit = 1500.0
            self._ask(purchase.order_id, self.buyer)
            self._assert_barred(requisition, says="You changed the order for “Pump”")
            purchase.order_id.button_cancel()

    def test_a_change_while_the_price_waits(self):
        requisition, purchase = self._rfq()
        purchase.with_user(self.buyer).price_unit = 1400.0
        self._ask(purchase.order_id, self.buyer)
        self.assertTrue(self._todos(self.procurement, requisition))
        purchase.with_user(self.procurement).price_unit = 1450.0
        self._assert_barred(requisition, says="You changed the order for “Pump”")

    def test_whoever_wrote_the_price_of_the_order_is_nobodys_choice(self):
        _requisition, purchase = self._rfq()
        with self.assertRaises(UserError):
            purchase.with_user(self.procurement).maintenance_author_ids = [Command.clear()]

    def test_the_price_that_was_granted_stays_whose_it_was(self):
        requisition, purchase = self._rfq()
        purchase.with_user(self.buyer).price_unit = 1400.0
        self._ask(purchase.order_id, self.procurement)
        requisition.with_user(self.second).action_approve()
        self.assertEqual(requisition.sudo().line_ids.price_author_id, self.procurement)
        self.assertFalse(requisition.sudo().line_ids.new_price_author_id)

    def test_the_second_step_of_an_order_is_somebody_elses(self):
        self.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 100})
        _requisition, purchase = self._rfq()
        purchase.with_user(self.procurement).price_unit = 1010.0
        order = purchase.order_id.with_user(self.procurement)
        self.env.invalidate_all()
        order.button_confirm()
        self.assertEqual(order.state, "to approve")
        for act in (order.button_approve, lambda: order.write({"state": "purchase"})):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "changed .* yourself. Who can approve it: .*Second"):
                act()
        order.with_user(self.second).button_approve()
        self.assertEqual(order.state, "purchase")

    def test_an_order_of_one_step_is_the_buyers(self):
        _requisition, purchase = self._rfq()
        purchase.with_user(self.procurement).price_unit = 1010.0
        purchase.order_id.with_user(self.procurement).button_confirm()
        self.assertEqual(purchase.order_id.state, "purchase")
