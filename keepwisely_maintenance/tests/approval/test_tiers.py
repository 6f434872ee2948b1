from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .approval_common import ApprovalCase


@tagged("post_install", "-at_install")
class TestTiers(ApprovalCase):
    """Which tiers a company has, and what changes them."""

    def test_whoever_adds_a_company_gives_it_tiers(self):
        """The keeper of access rights may not write tiers, and every new company has them."""
        keeper = new_test_user(self.env, login="kw_keeper_of_rights", groups="base.group_erp_manager,base.group_partner_manager")
        tiers = self.env["maintenance.approval.tier"]
        with self.assertRaises(AccessError):
            tiers.with_user(keeper).create({"name": "Mine", "company_id": self.company.id})
        plants = self.env["res.company"].with_user(keeper).create([{"name": f"Plant {number}"} for number in range(2)]).sudo()
        for plant in plants:
            found = tiers.search([("company_id", "=", plant.id)])
            self.assertEqual(found.mapped(lambda tier: (tier.name, tier.sequence, tier.min_amount)),
                             [("Procurement", 10, 500), ("Finance", 20, 5000)])  # fmt: skip
            self.assertEqual(found.group_id.ids, [self.env.ref("purchase.group_purchase_manager").id,
                                                  self.env.ref("account.group_account_manager").id])  # fmt: skip

    def test_a_company_whose_tiers_are_archived_gets_no_new_ones(self):
        tiers = self.env["maintenance.approval.tier"].with_context(active_test=False)
        (self.tier | self.finance_tier).active = False
        self.company._create_default_tiers()
        self.assertEqual(tiers.search([("company_id", "=", self.company.id)]), self.tier | self.finance_tier)

    def test_own_decisions_are_asked_for_as_soon_as_they_are_allowed(self):
        """The only approver asked for it; once the company allows it, what waits is theirs to decide."""
        requisition = self._waiting(user=self.procurement, submit=False)
        self.tier.user_ids = [Command.set((self.procurement | self.deputy).ids)]
        requisition.action_submit()
        self.assertFalse(self._todos(self.procurement, requisition))
        self.company.maintenance_allow_own_decisions = True
        self.assertTrue(self._todos(self.procurement, requisition))
        self.company.maintenance_allow_own_decisions = False
        self.assertFalse(self._todos(self.procurement, requisition))
        self.assertTrue(self._todos(self.deputy, requisition))
