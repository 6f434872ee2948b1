from threading import Barrier, Thread

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..commit_common import CommitCase


@tagged("post_install", "-at_install")
class TestConcurrentDecisions(CommitCase):
    """Two people at the same moment, on connections of their own: one outcome, nothing lost, nothing stuck.

    What is made here is committed, so it is kept apart, in a company of its own.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            env = cls._env(cr)
            company = env["res.company"].create({"name": "Plant of two minds", "requisition_window_days": 0})
            people = {
                name: new_test_user(
                    env, login=f"kw_two_{name}_{company.id}", groups=groups, name=name.title(),
                    company_id=company.id, company_ids=[Command.set(company.ids)],
                )
                for name, groups in (
                    ("planner", "maintenance.group_equipment_manager"), ("buyer", "purchase.group_purchase_user"),
                    ("one", "base.group_user"), ("other", "base.group_user"), ("finance", "base.group_user"),
                )
            }  # fmt: skip
            tiers = env["maintenance.approval.tier"].search([("company_id", "=", company.id)])
            tiers[0].write({"group_id": False, "user_ids": [Command.set((people["one"] | people["other"]).ids)]})
            tiers[1].write({"group_id": False, "user_ids": [Command.set(people["finance"].ids)]})
            cls.vendor_id = env["res.partner"].create({"name": "Bearings & Co", "company_id": company.id}).id
            cls.company_id = company.id
            cls.people = {name: user.id for name, user in people.items()}

    def _ask(self, price=800.0):
        with self.registry.cursor() as cr:
            requisition = self._env(cr, self.people["planner"])["maintenance.requisition"].create(
                {"line_ids": [Command.create({"name": "Shaft", "partner_id": self.vendor_id, "price_unit": price})]}
            )
            requisition.action_submit()
            self.assertEqual(requisition.state, "to_approve")
            return requisition.id

    def _at_once(self, requisition_id, *acts):
        """Let each ``(person, function)`` act on the requisition at the same moment, as requests do.

        :returns: for each, None or the sentence that it was refused with.
        """
        barrier = Barrier(len(acts))
        said = [None] * len(acts)

        def act(number, person, function):
            with self.registry.cursor() as cr:
                env = self._env(cr, self.people[person])
                tries = []

                def request():
                    requisition = env["maintenance.requisition"].browse(requisition_id)
                    requisition.read(["state"])  # the snapshot of the transaction begins here
                    if not tries:
                        barrier.wait(20)
                    tries.append(1)
                    function(requisition)

                try:
                    retrying(request, env)
                except UserError as refusal:
                    said[number] = str(refusal)
                    cr.rollback()

        with mute_logger("odoo.sql_db", "odoo.service.model"):
            threads = [Thread(target=act, args=(number, *each)) for number, each in enumerate(acts)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertFalse(any(thread.is_alive() for thread in threads), "nobody waits for ever")
        return said

    def _result(self, requisition_id):
        with self.registry.cursor() as cr:
            requisition = self._env(cr)["maintenance.requisition"].browse(requisition_id)
            return requisition.state, requisition.decision_ids.mapped("decision"), requisition.current_tier_id.sequence

    approve = staticmethod(lambda requisition: requisition.action_approve())
    reject = staticmethod(lambda requisition: requisition.action_reject("No"))

    def test_two_approvers(self):
        for _round in range(3):
            requisition = self._ask()
            said = self._at_once(requisition, ("one", self.approve), ("other", self.approve))
            self.assertEqual(said.count(None), 1, said)
            self.assertIn("waits for no decision", next(filter(None, said)))
            self.assertEqual(self._result(requisition), ("approved", ["approved"], 0))

    def test_one_approves_and_one_rejects(self):
        for _round in range(3):
            requisition = self._ask()
            said = self._at_once(requisition, ("one", self.approve), ("other", self.reject))
            self.assertEqual(said.count(None), 1, said)
            won = "approved" if said[0] is None else "rejected"
            self.assertEqual(self._result(requisition), (won, [won], 0))

    def test_the_same_one_twice(self):
        """In two windows; the second does not count for the next tier either."""
        requisition = self._ask(price=9000.0)
        said = self._at_once(requisition, ("one", self.approve), ("one", self.approve))
        self.assertEqual(said.count(None), 1, said)
        self.assertEqual(self._result(requisition), ("to_approve", ["approved"], 20))
        self.assertEqual(self._at_once(requisition, ("finance", self.approve)), [None])
        self.assertEqual(self._result(requisition)[0], "approved")

    def test_an_approval_and_a_new_price(self):
        """What was approved is what the approver saw: either the price came first, or it takes the approval back."""

        def dearer(requisition):
            requisition.line_ids.price_unit = 4000.0

        for _round in range(3):
            requisition = self._ask()
            said = self._at_once(requisition, ("one", self.approve), ("buyer", dearer))
            self.assertIsNone(said[1])
            state, decisions, _tier = self._result(requisition)
            self.assertEqual(state, "draft")
            self.assertEqual(decisions, ["approved"] if said[0] is None else [])

    def test_an_approval_and_a_new_line(self):
        def more(requisition):
            vendor = self.vendor_id
            requisition.line_ids = [Command.create({"name": "Gear", "partner_id": vendor, "price_unit": 4000.0})]

        requisition = self._ask()
        said = self._at_once(requisition, ("one", self.approve), ("buyer", more))
        self.assertIsNone(said[1])
        self.assertEqual(self._result(requisition)[0], "draft")

    def test_an_approval_and_a_withdrawal(self):
        for _round in range(3):
            requisition = self._ask()
            said = self._at_once(requisition, ("one", self.approve), ("planner", lambda requisition: requisition.action_cancel()))
            self.assertIsNone(said[1])
            self.assertEqual(self._result(requisition)[0], "cancelled")

    def test_ordered_and_taken_back(self):
        """An order is never left for what is a draft again."""
        for _round in range(3):
            requisition = self._ask()
            self._at_once(requisition, ("one", self.approve))
            said = self._at_once(
                requisition,
                ("buyer", lambda requisition: requisition.action_order()),
                ("planner", lambda requisition: requisition.action_draft()),
            )
            self.assertEqual(said.count(None), 1, said)
            self.assertEqual(self._result(requisition)[0], "ordered" if said[0] is None else "draft")
