from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .requisition_common import RequisitionCase


@tagged("post_install", "-at_install")
class TestRequisition(RequisitionCase):
    # -- Paths around approval -------------------------------------------------------------------

    def test_buttons_stand_where_they_are_accepted(self):
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.seal.id, "product_qty": 200})]}
        )
        requisition.action_submit()
        for user, may in (
            (self.technician, True), (self.buyer, True), (self.planner, True),
            (self.finance, False), (self.procurement, True),
        ):  # fmt: skip
            with self.subTest(user=user.name):
                theirs = requisition.with_user(user)
                self.assertEqual(theirs.user_can_withdraw, may)
                if not may:
                    with self.assertRaises(UserError):
                        theirs.action_cancel()
        requisition.action_cancel()

    def test_no_state_is_written_or_created(self):
        requisition = self._waiting()
        everybody = (self.operator, self.technician, self.planner, self.buyer, self.procurement, self.finance)
        for user in everybody:
            for name, value in (
                ("state", "approved"),
                ("tier_ids", [Command.clear()]),
                ("current_tier_id", False),
                ("date_submitted", False),
                ("revision", 5),
                ("decision_ids", [Command.create({"decision": "approved"})]),
                ("amount_total", 1.0),
                ("job_amount", 1.0),
            ):
                with self.subTest(user=user.login, field=name), self.assertRaises(UserError):
                    requisition.with_user(user).write({name: value})
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self.env["maintenance.requisition"].with_user(user).create({"state": "approved"})
        self.assertEqual(requisition.state, "to_approve")

    def test_decisions_are_neither_changed_nor_deleted_nor_forged(self):
        requisition = self._waiting()
        requisition.with_user(self.procurement).action_approve("Go")
        decision = requisition.decision_ids
        for user in (self.planner, self.buyer, self.procurement, self.finance, self.env.ref("base.user_admin")):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    decision.with_user(user).write({"decision": "rejected"})
                with self.assertRaises(UserError):
                    decision.with_user(user).unlink()
        second = self._waiting()
        decisions = self.env["maintenance.approval.decision"].with_user(self.procurement)
        with self.assertRaises(UserError):
            decisions.create(
                {"requisition_id": second.id, "decision": "approved", "user_id": self.finance.id}
            )
        decisions.create({"requisition_id": second.id, "decision": "approved", "amount": 1.0, "revision": 99})
        self.assertEqual((second.decision_ids.amount, second.decision_ids.revision), (800.0, second.revision))

    def test_one_decides_once_and_never_on_their_own(self):
        requisition = self._waiting()
        requisition.with_user(self.procurement).action_approve()
        with self.assertRaises(UserError):
            requisition.with_user(self.procurement).action_approve()
        self.procurement.group_ids += self.env.ref("keepwisely_maintenance.group_maintenance_technician")
        second_approver = self.env["res.users"].create(
            {"name": "Second", "login": "kw_second", "group_ids": [Command.set(self.procurement.group_ids.ids)]}
        )
        own = self._waiting(user=self.procurement)
        with self.assertRaisesRegex(UserError, "yourself"):
            own.with_user(self.procurement).action_approve()
        own.with_user(second_approver).action_approve()
        self.assertEqual(own.state, "approved")

    def test_the_record_rule_holds_without_the_python_checks(self):
        requisition = self._waiting()
        decisions = self.env["maintenance.approval.decision"]
        self.patch(type(decisions), "_check_may_decide", lambda *args: None)
        for user in (self.technician, self.planner, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                decisions.with_user(user).create({"requisition_id": requisition.id, "decision": "approved"})
        self.env.invalidate_all()
        self.assertEqual(requisition.state, "to_approve")

    def test_an_empty_pool_is_refused_with_the_name_of_the_tier(self):
        tier = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)])[0]
        tier.write({"group_id": False, "user_ids": [Command.set(self.planner.ids)]})
        requisition = self._draft(price=800.0)
        with self.assertRaisesRegex(UserError, "Procurement"):
            requisition.action_submit()
        self.assertEqual(requisition.state, "draft")

    # -- Changes ----------------------------------------------------------------------------------------

    def test_a_change_sends_it_back_and_old_decisions_do_not_count(self):
        requisition = self._waiting(price=8000.0)
        requisition.with_user(self.procurement).action_approve()
        requisition.line_ids.product_qty = 2
        self.assertEqual(requisition.state, "draft")
        self.assertIn("back to draft", requisition.message_ids[0].body)
        requisition.action_submit()
        self.assertEqual((requisition.state, requisition.current_tier_id.name), ("to_approve", "Procurement"))

    def test_ordered_lines_are_frozen(self):
        requisition = self._draft(price=10.0)
        requisition.action_submit()
        order = self._order(requisition)
        for user in (self.planner, self.buyer):
            line = requisition.with_user(user).line_ids
            with self.assertRaisesRegex(UserError, order.name):
                line.product_qty = 50
            with self.assertRaisesRegex(UserError, order.name):
                line.price_unit = 1.0
            with self.assertRaises(UserError):
                line.unlink()
            with self.assertRaisesRegex(UserError, order.name):
                requisition.with_user(user).action_cancel()
        with self.assertRaises(UserError):
            requisition.with_user(self.technician).line_ids.product_qty = 3

    def test_splitting_does_not_dodge_the_tier(self):
        request = self._assigned().with_user(self.planner)
        states = []
        for _n in range(3):
            requisition = self._draft(price=200.0, maintenance_request_id=request.id)
            requisition.action_submit()
            states.append(requisition.state)
        self.assertEqual(states, ["approved", "approved", "to_approve"])

    def test_bad_lines_get_one_sentence(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        foreign = self.env["maintenance.request"].create(
            {"name": "Theirs", "company_id": sister.id, "maintenance_team_id": self._team_of(sister).id}
        )
        archived = self._create_part("Old belt", 3.0, active=False)
        cases = {
            "above zero": {"quantity": -1},
            "above zero for": {"quantity": 0},
            "cannot be counted in": {"product_uom_id": self.env.ref("uom.product_uom_kgm").id},
            "is archived": {"product": archived},
            "another company": {"maintenance_request_id": foreign.id},
        }
        for words, values in cases.items():
            with self.subTest(case=words), self.assertRaises(UserError) as caught:
                self._draft(**values)
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(UserError, "Add what is needed"):
            self.env["maintenance.requisition"].with_user(self.planner).create({}).action_submit()

    def _team_of(self, company):
        return self.env["maintenance.team"].create({"name": "Theirs", "company_id": company.id})

    # -- Who sees what --------------------------------------------------------------------------------------

    def test_technicians_ask_without_seeing_prices(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        line = request.requisition_line_ids
        self.assertEqual(line.requisition_id.state, "approved")
        for record, name in (
            (line, "price_unit"),
            (line, "price_subtotal"),
            (line.requisition_id, "amount_total"),
            (line.requisition_id.decision_ids, "amount"),
            (request, "total_cost"),
            (request, "committed_cost"),
            (request.equipment_id, "maintenance_cost"),
        ):
            with self.subTest(field=name), self.assertRaises(AccessError):
                record.read([name])
        with self.assertRaises(AccessError):
            self.env["maintenance.cost.report"].with_user(self.technician).search([])
        for message in line.requisition_id.sudo().message_ids | request.sudo().message_ids:
            self.assertNotRegex(message.body, r"\b42[.,]\d")

    def test_others_see_neither_requisition_nor_lines(self):
        requisition = self._waiting()
        for user in (self.operator, self.outsider):
            with self.subTest(user=user.login):
                self.assertFalse(self.env["maintenance.requisition"].with_user(user).search([]))
                self.assertFalse(self.env["maintenance.requisition.line"].with_user(user).search([]))
        named = self.env["res.users"].create(
            {"name": "Named", "login": "kw_named", "group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
        )
        tier = requisition.tier_ids.sudo()
        tier.user_ids = named
        seen = self.env["maintenance.requisition"].with_user(named).search([("user_can_decide", "=", True)])
        self.assertIn(requisition, seen)
        self.assertTrue(seen[0].amount_total and seen[0].line_ids[0].name)
        seen.filtered(lambda r: r == requisition).action_approve()
        self.assertEqual(requisition.state, "approved")

    def test_what_was_approved_for_one_job_is_not_moved_to_another(self):
        first, second = self._assigned(), self._assigned()
        requisition = self._draft(price=10.0, maintenance_request_id=first.id)
        requisition.action_submit()
        self.assertEqual(requisition.state, "approved")
        order = self._order(requisition)
        with self.assertRaisesRegex(UserError, "was approved for"):
            order.order_line.maintenance_request_id = second
        with self.assertRaises(UserError):
            requisition.with_user(self.buyer).line_ids.maintenance_request_id = second
        self.assertEqual(order.order_line.maintenance_request_id, first)

    def test_technicians_ask_for_their_teams_work_only_and_choose_no_vendors(self):
        request = self._assigned()
        with self.assertRaises(UserError):
            self._draft(user=self.outsider, maintenance_request_id=request.id)
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        requisition = self._draft(user=self.technician, product=orphan)
        requisition.line_ids.with_user(self.buyer).price_unit = 9.0
        requisition.action_submit()
        self.assertEqual(requisition.state, "approved")
        requisition.line_ids.partner_id = self.vendor
        self.assertEqual(requisition.state, "draft", "a change by the requester needs a new approval")

    def test_links_to_approvals_are_not_made_by_hand(self):
        requisition = self._waiting()
        order = self.env["purchase.order"].with_user(self.buyer).create({"partner_id": self.vendor.id})
        with self.assertRaises(UserError):
            order.order_line = [
                Command.create(
                    {"product_id": self.seal.id, "requisition_line_id": requisition.line_ids.id, "product_qty": 1}
                )
            ]

    # -- What is asked for together ---------------------------------------------------------------------------

    def test_open_undecided_requisitions_of_a_job_are_extended(self):
        self._set_price(self.bearing, 800.0)
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        motor = self._create_part("Motor", 900.0)
        self._add_part(request, motor, 1)
        request.action_request_parts()
        self.assertEqual(request.sudo().requisition_ids, requisition)
        self.assertEqual((len(requisition.line_ids), requisition.state), (2, "to_approve"))
        self.assertEqual(requisition.amount_total, 1700.0)
        self.assertEqual(len(self._activities(self.procurement, requisition)), 1)
        requisition.with_user(self.procurement).action_approve()
        self._add_part(request, self._create_part("Coupling", 700.0), 1)
        request.action_request_parts()
        self.assertEqual(requisition.state, "approved", "what is decided stays decided")
        self.assertEqual(len(request.sudo().requisition_ids), 2)

    def test_what_has_no_price_does_not_hold_up_the_rest(self):
        orphan = self._create_part("Odd belt", 0.0, vendor=self.env["res.partner"])
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        self._add_part(request, orphan, 1)
        request.action_request_parts()
        requisitions = request.sudo().requisition_ids
        self.assertEqual(sorted(requisitions.mapped("state")), ["approved", "draft"])

    def test_approvers_may_ask_back(self):
        requisition = self._waiting()
        requisition.with_user(self.procurement).message_post(body="Why not repair it?")

    def test_nobody_asks_in_another_name_to_approve_it_themselves(self):
        for user in (self.technician, self.planner, self.buyer, self.procurement):
            requisitions = self.env["maintenance.requisition"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                requisitions.create({"requester_id": self.finance.id})
            own = self._draft(user=user)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                own.requester_id = self.finance

    def test_buyers_of_another_company_take_nothing_back(self):
        requisition = self._waiting()
        sister = self.env["res.company"].create({"name": "Sister plant"})
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "kw_stranger",
                "company_id": sister.id,
                "company_ids": [Command.set(sister.ids)],
                "group_ids": [Command.set(self.buyer.group_ids.ids)],
            }
        )
        for method in ("action_draft", "action_cancel", "action_submit", "action_order", "action_approve"):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(requisition.with_user(stranger), method)()
        self.assertEqual(requisition.state, "to_approve")

    def test_a_draft_moves_to_an_own_company_only(self):
        """In another currency the price is another one, and whoever moved it wrote it."""
        own, sister = self.env["res.company"].create([{"name": "Own plant"}, {"name": "Sister plant"}])
        self.planner.company_ids = [Command.link(own.id)]
        requisition = self._draft(user=self.planner).with_context(allowed_company_ids=(self.company | own).ids)
        requisition.line_ids.sudo().price_author_id = False
        with self.assertRaises(AccessError):
            requisition.with_user(self.planner).company_id = sister
        requisition.with_user(self.planner).company_id = own
        self.assertEqual((requisition.company_id, requisition.sudo().line_ids.price_author_id), (own, self.planner))
