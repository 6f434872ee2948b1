from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .requisition_common import RequisitionCase


@tagged("post_install", "-at_install")
class TestSubmitSentences(RequisitionCase):
    """Who cannot submit reads why, and what to do."""

    def _refusal(self, requisition, user=None):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            requisition.with_user(user or self.planner).action_submit()
        return str(caught.exception)

    def test_submitted_already(self):
        requisition = self._waiting()
        self.assertEqual(self._refusal(requisition), f"{requisition.sudo().name} is in state “To approve” already.")
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual(self._refusal(requisition), f"{requisition.sudo().name} is in state “Approved” already.")

    def test_nothing_on_it(self):
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create({})
        self.assertEqual(
            self._refusal(requisition), f"Add what is needed to {requisition.sudo().name} before submitting it."
        )

    def test_not_one_s_own(self):
        requisition = self._draft(price=800.0, maintenance_request_id=self._assigned().id)
        self.assertIn("belongs to its requester and to the buyers", self._refusal(requisition, self.technician))
        requisition.with_user(self.buyer).action_submit()
        self.assertEqual(requisition.sudo().state, "to_approve")

    def test_nobody_could_decide(self):
        tier = self.env["maintenance.approval.tier"].search([("company_id", "=", self.company.id)])[0]
        tier.write({"group_id": False, "user_ids": [Command.set(self.planner.ids)]})
        requisition = self._draft(price=800.0)
        self.assertEqual(
            self._refusal(requisition),
            f"Nobody can approve for the tier {tier.name}. Who asked for {requisition.sudo().name} or wrote on it: Planner. "
            "Nobody decides on their own; ask your administrator to add an approver.",
        )
        self.assertEqual(requisition.sudo().state, "draft")
        tier.user_ids += self.procurement
        requisition.with_user(self.planner).action_submit()
        self.assertEqual(requisition.sudo().state, "to_approve")
