from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCase):
    """Somebody decides in place of an approver: A for B, for some days, and never further."""

    # -- Deciding -----------------------------------------------------------------------------------

    def test_a_decides_for_b_and_both_are_recorded(self):
        requisition = self._waiting()
        with self.assertRaisesRegex(UserError, "do not serve"):
            requisition.with_user(self.deputy).action_approve()
        self._delegate(reason="Holidays")
        theirs = self.env["maintenance.requisition"].with_user(self.deputy).search([("user_can_decide", "=", True)])
        self.assertIn(requisition, theirs)
        seen = theirs.filtered(lambda r: r == requisition)
        self.assertTrue(seen.user_can_decide)
        self.assertEqual((seen.amount_total, seen.line_ids.price_unit), (800.0, 800.0))
        self.assertEqual(len(self._todos(self.deputy, requisition)), 1)
        seen.action_approve("Go")
        decision = requisition.sudo().decision_ids
        self.assertEqual((decision.user_id, decision.on_behalf_of_id), (self.deputy, self.procurement))
        self.assertEqual((requisition.state, decision.tier_id), ("approved", self.tier))
        self.assertIn("in place of Procurement", requisition.sudo().message_ids.mapped("body")[0])
        self.assertFalse(self._todos(self.deputy, requisition) | self._todos(self.procurement, requisition))

    def test_the_history_says_who_stood_in_for_whom(self):
        self._end_transaction()
        requisition = self._waiting()
        self._end_transaction()
        delegation = self._delegate()
        self._end_transaction()
        requisition.with_user(self.deputy).action_approve("Go")
        delegation.active = False
        self._end_transaction()
        rows = requisition.sudo().log_ids.filtered(lambda row: row.kind in ("approvers", "approved")).sorted("id")
        self.assertEqual(
            [(row.kind, row.user_id, row.new_value, row.reason) for row in rows],
            [
                ("approvers", self.procurement, "Deputy for Procurement", "Procurement"),
                ("approved", self.deputy, "Procurement, in place of Procurement", "Go"),
            ],
            "a delegation that ends after the decision changes nothing there any more",
        )

    def test_the_history_says_that_a_delegation_ended_while_it_waits(self):
        self._end_transaction()
        delegation = self._delegate()
        self._end_transaction()
        requisition = self._waiting()
        self._end_transaction()
        delegation.active = False
        self._end_transaction()
        rows = requisition.sudo().log_ids.filtered(lambda row: row.kind == "approvers")
        self.assertEqual((rows.old_value, rows.new_value), ("Deputy for Procurement", False))

    def test_who_is_away_may_still_decide_in_their_own_name(self):
        self._delegate()
        requisition, other = self._waiting(), self._waiting()
        requisition.with_user(self.procurement).action_approve()
        self.assertFalse(requisition.sudo().decision_ids.on_behalf_of_id)
        other.with_user(self.deputy).action_approve()
        self.assertEqual(other.sudo().decision_ids.on_behalf_of_id, self.procurement)

    def test_who_serves_the_tier_decides_in_their_own_right(self):
        self.tier.user_ids += self.finance
        self._delegate(delegate=self.finance)
        requisition = self._waiting()
        requisition.with_user(self.finance).action_approve()
        self.assertFalse(requisition.sudo().decision_ids.on_behalf_of_id)
        self.tier.user_ids -= self.finance
        other = self._waiting()
        other.with_user(self.finance).action_approve()
        self.assertEqual(other.sudo().decision_ids.on_behalf_of_id, self.procurement, "not in an own right any more")

    def test_it_does_not_chain(self):
        self._delegate()
        self._refused("serves no approval tier", user=self.deputy, delegate=self.operator)
        # a delegation that was good when it was made, and is a chain now
        self.tier.user_ids += self.deputy
        self._delegate(user=self.deputy, delegate=self.operator)
        requisition = self._waiting()
        self.assertTrue(requisition.with_user(self.operator).user_can_decide)
        self.tier.user_ids -= self.deputy
        self.env.invalidate_all()
        self.assertTrue(requisition.with_user(self.deputy).user_can_decide)
        with self.assertRaises(UserError):
            requisition.with_user(self.operator).action_approve()

    def test_nobody_decides_on_their_own_through_or_as_a_delegate(self):
        self._delegate(user=self.finance, delegate=self.procurement)
        self._delegate()
        self.tier.user_ids += self.finance
        self.deputy.group_ids += self.env.ref("keepwisely_maintenance.group_maintenance_technician")
        of_delegate = self._waiting(user=self.deputy, maintenance_request_id=False)
        with self.assertRaisesRegex(UserError, "yourself"):
            of_delegate.with_user(self.deputy).action_approve()
        of_approver = self._waiting(user=self.procurement)
        self.assertFalse(of_approver.with_user(self.deputy).user_can_decide)
        self.assertFalse(self._todos(self.deputy, of_approver))
        with self.assertRaisesRegex(UserError, "as a delegate of who asked"):
            of_approver.with_user(self.deputy).action_approve()
        of_approver.with_user(self.finance).action_approve()

    def test_an_approver_who_ordered_in_emergency_does_not_decide_through_a_delegate(self):
        self.tier.user_ids = self.planner | self.procurement
        self._delegate(user=self.planner)
        self._set_price(self.bearing, 800.0)
        request = self._assigned(priority="3")
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.planner).action_order_emergency("The line stands")
        with self.assertRaises(UserError):
            requisition.with_user(self.deputy).action_approve()
        requisition.with_user(self.procurement).action_approve()

    def test_of_two_who_delegated_the_one_who_did_not_ask_counts(self):
        self.tier.user_ids += self.finance
        self._delegate()
        self._delegate(user=self.finance)
        requisition = self._waiting(user=self.procurement)
        requisition.with_user(self.deputy).action_approve()
        self.assertEqual(requisition.sudo().decision_ids.on_behalf_of_id, self.finance)

    def test_only_the_tiers_and_companies_named(self):
        self.tier.user_ids += self.finance
        self._delegate(user=self.finance, tier_ids=[Command.set(self.finance_tier.ids)])
        requisition = self._waiting(price=8000.0)
        theirs = self.env["maintenance.requisition"].with_user(self.deputy)
        self.assertNotIn(requisition, theirs.search([("user_can_decide", "=", True)]))
        requisition.with_user(self.procurement).action_approve()
        requisition.invalidate_recordset()
        self.assertEqual(len(self._todos(self.deputy, requisition)), 1)
        requisition.with_user(self.deputy).action_approve()
        self.assertEqual(requisition.state, "approved")
        sister = self.env["res.company"].create({"name": "Sister plant"})
        (self.procurement | self.deputy).company_ids += sister
        self.env["maintenance.approval.tier"].search([("company_id", "=", sister.id)])[0].user_ids = self.procurement
        self._delegate(company_id=sister.id)
        other = self._waiting()
        self.assertNotIn(other, theirs.with_user(self.deputy).search([("user_can_decide", "=", True)]))

    def test_the_caller_does_not_say_for_whom(self):
        self._delegate()
        decisions = self.env["maintenance.approval.decision"]
        requisition = self._waiting()
        decisions.with_user(self.procurement).create(
            {"requisition_id": requisition.id, "decision": "approved", "on_behalf_of_id": self.finance.id}
        )
        self.assertFalse(requisition.sudo().decision_ids.on_behalf_of_id)

    # -- The record rule ----------------------------------------------------------------------------

    def test_the_record_rule_holds_without_the_python_checks(self):
        """Whatever Python says about who decides for whom, the rule asks the delegations itself."""
        decisions = self.env["maintenance.approval.decision"]
        self.patch(type(decisions), "_check_may_decide", lambda *args: None)

        def decide(requisition, user, for_whom):
            people = {user: for_whom or self.env["res.users"]}
            self.env.invalidate_all()
            with freeze_time(self.moment), self.subTest(user=user.login), self.assertRaises(AccessError):
                self._patch_deciders(people)
                decisions.with_user(user).create({"requisition_id": requisition.id, "decision": "approved"})

        self.moment = fields.Datetime.now()
        plain, foreign = self._waiting(), self._waiting(price=8000.0)
        self.tier.user_ids += self.finance
        own = self._waiting(user=self.procurement)
        decide(plain, self.deputy, self.procurement)  # nobody delegated
        self._delegate()
        decide(plain, self.deputy, None)  # not in one's own right
        decide(plain, self.deputy, self.finance)  # not for somebody else
        decide(plain, self.operator, self.procurement)  # not by somebody else
        decide(own, self.deputy, self.procurement)  # not on what the approver asked for
        self._patch_deciders({self.procurement: self.env["res.users"]})
        foreign.with_user(self.procurement).action_approve()
        decide(foreign, self.deputy, self.procurement)  # not for another tier
        self.moment = fields.Datetime.now() + timedelta(days=2)
        decide(plain, self.deputy, self.procurement)  # not after the last day
        self.moment = fields.Datetime.now()
        self._patch_deciders({self.deputy: self.procurement})
        decisions.with_user(self.deputy).create({"requisition_id": plain.id, "decision": "approved"})
        self.assertEqual(plain.state, "approved", "what the rule allows passes")

    def _patch_deciders(self, people):
        model = type(self.env["maintenance.requisition"])
        self.patch(model, "_get_deciders", lambda requisitions, known=None: dict.fromkeys(requisitions, people))

    # -- Days -----------------------------------------------------------------------------------------

    def test_days_are_whole_days_of_the_approver(self):
        self.procurement.tz = "Pacific/Auckland"  # 13 hours ahead in March
        with freeze_time("2026-03-02 12:00:00"):
            requisition = self._waiting()
            delegation = self._delegate(date_from="2026-03-10", date_to="2026-03-11")
        for moment, state in (
            ("2026-03-09 10:59:59", "planned"),
            ("2026-03-09 11:00:00", "running"),
            ("2026-03-11 10:59:59", "running"),
            ("2026-03-11 11:00:00", "ended"),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(delegation.state, state)
                theirs = self.env["maintenance.requisition"].with_user(self.deputy)
                found = theirs.search([("user_can_decide", "=", True)])
                self.assertEqual(requisition in found, state == "running")
                if state != "running":
                    with self.assertRaises(UserError):
                        requisition.with_user(self.deputy).action_approve()
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("keepwisely_maintenance.ir_cron_delegations").id)]
        )
        moments = set(map(fields.Datetime.to_string, triggers.mapped("call_at")))
        self.assertLessEqual({"2026-03-09 11:00:00", "2026-03-11 11:00:00"}, moments)

    def test_amounts_and_to_dos_come_and_go_with_the_days(self):
        tomorrow, later = self.today + timedelta(days=1), self.today + timedelta(days=3)
        self._delegate(date_from=tomorrow, date_to=tomorrow)
        requisition = self._waiting()
        self.assertNotIn(self.costs, self.deputy.group_ids)
        self.assertFalse(self._todos(self.deputy, requisition))
        with freeze_time(fields.Datetime.to_datetime(tomorrow) + timedelta(hours=12)):
            self._run_cron("ir_cron_delegations")
            self._run_cron("ir_cron_delegations")
            self.assertIn(self.costs, self.deputy.group_ids)
            self.assertEqual(len(self._todos(self.deputy, requisition)), 1)
            self.assertEqual(requisition.with_user(self.deputy).amount_total, 800.0)
        with freeze_time(fields.Datetime.to_datetime(later) + timedelta(hours=12)):
            self._run_cron("ir_cron_delegations")
            self.assertNotIn(self.costs, self.deputy.group_ids)
            self.assertFalse(self._todos(self.deputy, requisition))
            with self.assertRaises(AccessError):
                requisition.with_user(self.deputy).read(["amount_total"])
            with self.assertRaises(AccessError):
                requisition.with_user(self.deputy).read(["name"])
        self.assertEqual(len(self._todos(self.procurement, requisition)), 1)

    def test_archiving_ends_it_at_once(self):
        requisition = self._waiting()
        delegation = self._delegate()
        self.assertIn(self.costs, self.deputy.group_ids)
        delegation.action_archive()
        self.assertNotIn(self.costs, self.deputy.group_ids)
        self.assertFalse(self._todos(self.deputy, requisition))
        with self.assertRaises(UserError):
            requisition.with_user(self.deputy).action_approve()
        self._delegate()
        requisition.with_user(self.deputy).action_approve()
        self.assertEqual(requisition.state, "approved", "another delegation lets the same person decide")

    def test_what_the_delegate_had_or_still_needs_is_not_taken(self):
        had = self._delegate(delegate=self.buyer)
        self.assertNotIn(self.costs, self.buyer.group_ids, "buyers see amounts anyway")
        had.action_archive()
        self.assertIn(self.costs, self.buyer.all_group_ids)
        first, second = self._delegate(), self._delegate(user=self.finance)
        first.action_archive()
        self.assertIn(self.costs, self.deputy.group_ids, "the other delegation needs it")
        second.action_archive()
        self.assertNotIn(self.costs, self.deputy.group_ids)
        third = self._delegate()
        self.tier.user_ids += self.deputy
        third.action_archive()
        self.assertIn(self.costs, self.deputy.group_ids, "the tier needs it")

    def test_it_ends_with_the_people(self):
        requisition = self._waiting()
        self._delegate()
        self.tier.user_ids += self.finance
        self.procurement.action_archive()
        self.assertNotIn(self.costs, self.deputy.group_ids)
        with self.assertRaises(UserError):
            requisition.with_user(self.deputy).action_approve()
        self._delegate(user=self.finance)
        self.assertTrue(requisition.with_user(self.deputy).user_can_decide)
        self.tier.user_ids = self.buyer
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            requisition.with_user(self.deputy).action_approve()

    def _refused(self, words, **values):
        with self.subTest(refused=values), self.assertRaises(UserError) as caught:
            self._delegate(**values)
        self.assertIn(words, str(caught.exception))

    # -- Making one -------------------------------------------------------------------------------------

    def test_nonsense_is_refused_in_one_sentence(self):
        yesterday, tomorrow = self.today - timedelta(days=1), self.today + timedelta(days=1)
        portal = new_test_user(self.env, login="kw_portal", groups="base.group_portal")
        sister = self.env["res.company"].create({"name": "Sister plant"})
        stranger = new_test_user(
            self.env, login="kw_stranger", groups="base.group_user", company_id=sister.id,
            company_ids=[Command.set(sister.ids)], name="Stranger",
        )  # fmt: skip
        cases = {
            "cannot log in": {"delegate": portal},
            "does not work in": {"delegate": stranger},
            "in the past": {"date_from": yesterday},
            "does not serve the tier Finance": {"tier_ids": [Command.set(self.finance_tier.ids)]},
            "serves no approval tier": {"user": self.operator},
        }
        for words, values in cases.items():
            self._refused(words, **values)
        for values in ({"delegate": self.procurement}, {"date_from": tomorrow}):
            with self.subTest(values=values), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self._delegate(**values)
        self._delegate(date_to=tomorrow)
        for values in ({}, {"delegate": self.operator}, {"date_from": tomorrow, "date_to": tomorrow}):
            self._refused("has delegated to Deputy from", **values)

    def test_once_begun_it_stays_on_record(self):
        delegation = self._delegate()
        for values in (
            {"delegate_id": self.operator.id},
            {"date_from": self.today + timedelta(days=1), "date_to": self.today + timedelta(days=1)},
            {"tier_ids": [Command.set(self.tier.ids)]},
            {"user_id": self.finance.id},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "has begun"):
                delegation.write(values)
        with self.assertRaisesRegex(UserError, "stays on record"):
            delegation.unlink()
        with self.assertRaisesRegex(UserError, "lie in the past"):
            delegation.date_to = self.today - timedelta(days=1)
        delegation.date_to = self.today + timedelta(days=5)
        planned = self._delegate(
            user=self.finance, date_from=self.today + timedelta(days=1), date_to=self.today + timedelta(days=1)
        )
        planned.delegate_id = self.operator
        planned.unlink()

    def test_nobody_delegates_for_others_or_takes_the_group_by_hand(self):
        delegation = self._delegate(date_from=self.today + timedelta(days=1), date_to=self.today + timedelta(days=1))
        for user in (self.deputy, self.finance, self.planner, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                delegation.with_user(user).date_to = self.today + timedelta(days=9)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                delegation.with_user(user).unlink()
        for values in ({"gives_costs": True}, {"is_followed": True}, {"user_id": self.finance.id}):
            with self.subTest(values=values), self.assertRaises(UserError):
                delegation.with_user(self.procurement).write(values)
        with self.assertRaises(UserError):
            self._delegate(user=self.finance, by=self.procurement)
        with self.assertRaisesRegex(UserError, "your own approvals only"):
            delegation.with_user(self.procurement).user_id = self.finance
        delegation.with_user(self.env.ref("base.user_admin")).user_id = self.finance
        self.assertEqual(delegation.user_id, self.finance)
        delegation.sudo().user_id = self.procurement
        with self.assertRaises(UserError):
            self._delegate(user=self.finance, gives_costs=True)
        by_admin = self._delegate(user=self.finance, by=self.env.ref("base.user_admin"))
        self.assertEqual(by_admin.state, "running")

    def test_who_reads_delegations(self):
        delegation = self._delegate()
        for user, sees in (
            (self.procurement, True), (self.deputy, True), (self.finance, True),
            (self.operator, False), (self.technician, False), (self.planner, False),
        ):  # fmt: skip
            with self.subTest(user=user.login):
                found = self.env["maintenance.approval.delegation"].with_user(user).search([])
                self.assertEqual(delegation in found, sees)
        self.assertTrue(self._notifications(self.deputy, delegation))

    def test_the_pool_counts_who_could_really_decide(self):
        """A delegate of the requester is nobody who could decide."""
        self._delegate()
        own = self._waiting(user=self.procurement, submit=False)
        with self.assertRaisesRegex(UserError, "Nobody can approve for the tier Procurement"):
            own.action_submit()
        self.assertEqual(own.state, "draft")
        self._delegate(user=self.finance, delegate=self.operator)
        self.tier.user_ids += self.finance
        own.action_submit()
        self.assertEqual(own.state, "to_approve")
