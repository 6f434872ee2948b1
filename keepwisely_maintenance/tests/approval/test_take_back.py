from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestTakeBack(ApprovalCase):
    """Whoever approved by mistake takes it back within a minute; the approval and its end stay on record."""

    def _approved(self, price=800.0):
        requisition = self._waiting(price)
        self.answer = requisition.with_user(self.procurement).action_approve()
        return requisition

    def _take_back(self, requisitions, user=None):
        return requisitions.with_user(user or self.procurement).action_take_back_approval()

    def _make_older(self, requisition, seconds):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE maintenance_approval_decision SET create_date = %s WHERE requisition_id = %s",
            [fields.Datetime.now() - timedelta(seconds=seconds), requisition.id],
        )
        self.env.invalidate_all()

    def _refused(self, words, requisition, user=None):
        with self.assertRaisesRegex(UserError, words):
            self._take_back(requisition, user)
        self.assertNotIn("taken_back", requisition.sudo().decision_ids.mapped("decision"))

    def test_it_waits_again(self):
        requisition = self._approved()
        self.assertEqual((requisition.state, requisition.approved_revision), ("approved", 1))
        self._take_back(requisition)
        self.assertEqual((requisition.state, requisition.current_tier_id), ("to_approve", self.tier))
        self.assertEqual((requisition.approved_revision, requisition.revision), (0, 1))
        self.assertTrue(self._todos(self.procurement, requisition), "the tier is asked again")
        approval, taken_back = requisition.sudo().decision_ids.sorted("id")
        self.assertEqual((approval.decision, taken_back.decision), ("approved", "taken_back"))
        self.assertEqual((taken_back.taken_back_id, taken_back.user_id, taken_back.amount), (approval, self.procurement, 800))
        self._end_transaction()
        kinds = self.env["maintenance.requisition.log"].search([("requisition_id", "=", requisition.id)]).mapped("kind")
        self.assertIn("taken_back", kinds)
        self.assertTrue([body for body in requisition.sudo().message_ids.mapped("body") if "back" in body])
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual((requisition.state, requisition.approved_revision), ("approved", 1), "and may approve again")
        self._take_back(requisition)
        self.assertEqual(requisition.state, "to_approve", "also a second time")
        requisition.with_user(self.procurement).action_reject("No")
        self.assertEqual(requisition.state, "rejected")

    def test_many_say_what_was_done(self):
        requisitions = self._waiting() | self._waiting(6000.0)
        answer = requisitions.with_user(self.procurement).action_approve()
        params = answer["params"]
        self.assertEqual(params["undo"]["ids"], requisitions.ids)
        for words in (*requisitions.mapped("name"), f"Finance decides next on {requisitions[1].name}"):
            self.assertIn(words, params["message"])
        self.assertLess(params["seconds"], 60)
        self._take_back(requisitions)
        self.assertEqual(requisitions.mapped("state"), ["to_approve"] * 2)
        self.assertEqual(requisitions.current_tier_id, self.tier)
        self.assertFalse(self._todos(self.finance, requisitions[1]), "the next tier is not asked any more")

    def test_an_earlier_tier_stands(self):
        requisition = self._approved(6000.0)
        requisition.with_user(self.finance).action_approve()
        self._refused("was not approved by you last", requisition)
        self._take_back(requisition, self.finance)
        self.assertEqual((requisition.state, requisition.current_tier_id), ("to_approve", self.finance_tier))

    def test_only_within_a_minute(self):
        requisition = self._approved()
        self._make_older(requisition, 70)
        self._refused("more than a minute ago", requisition)
        self._make_older(requisition, 40)
        self._take_back(requisition)
        self.assertEqual(requisition.state, "to_approve")

    def test_only_by_the_same_person(self):
        requisition = self._approved()
        for user in (self.planner, self.buyer, self.finance):
            self._refused("was not approved by you", requisition, user)

    def test_not_what_is_ordered(self):
        requisition, other = self._approved(), self._approved()
        order = self._order(requisition)
        self._refused(f"is on {order.name}", requisition)
        answer = self._take_back(requisition | other)
        self.assertEqual((requisition.state, other.state), ("ordered", "to_approve"), "what can be taken back is")
        self.assertIn(order.name, answer["params"]["message"])

    def test_not_what_was_set_to_draft_or_cancelled(self):
        requisition = self._approved()
        requisition.with_user(self.buyer).action_draft()
        self._refused("in state “Draft”", requisition)
        requisition = self._approved()
        requisition.with_user(self.buyer).action_cancel()
        self._refused("in state “Cancelled”", requisition)

    def test_not_a_new_price(self):
        requisition = self._approved()
        requisition.sudo()._ask_for_new_prices({requisition.sudo().line_ids: 900.0}, "Steel")
        requisition.with_user(self.procurement).action_approve()
        self.assertTrue(requisition.sudo().decision_ids.sorted("id")[-1].is_price_change)
        self._refused("that stands", requisition)
        self.assertEqual(requisition.sudo().line_ids.price_unit, 900.0)

    def test_nobody_says_so_on_a_decision(self):
        """Taking back goes through its own door, also over RPC."""
        requisition = self._waiting()
        decisions = self.env["maintenance.approval.decision"].with_user(self.procurement)
        vals = {"requisition_id": requisition.id, "decision": "taken_back"}
        for context in ({}, {"maintenance_taking_back": True}):
            with self.assertRaisesRegex(UserError, "Approve or reject"):
                decisions.with_context(**context).create([vals])
        approval = decisions.create([{**vals, "decision": "approved"}])
        with self.assertRaisesRegex(UserError, "A decision stands"):
            approval.write({"decision": "taken_back"})

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_one_that_stands(self):
        requisition = self._approved()
        approval = requisition.sudo().decision_ids
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env.cr.execute(
                """INSERT INTO maintenance_approval_decision (requisition_id, revision, tier_id, user_id, decision)
                   SELECT requisition_id, revision, tier_id, user_id, 'approved' FROM maintenance_approval_decision
                    WHERE id = %s""",
                [approval.id],
            )
