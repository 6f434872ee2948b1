from odoo import Command, fields
from odoo.tests import new_test_user

from ..common import MaintenanceCase


class ApprovalCase(MaintenanceCase):
    """Two tiers, Procurement from 500 and Finance from 5,000, with one person each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiers = cls.env["maintenance.approval.tier"].search([("company_id", "=", cls.company.id)])
        cls.tier, cls.finance_tier = tiers
        cls.tier.write({"group_id": False, "user_ids": [Command.set(cls.procurement.ids)]})
        cls.finance_tier.write({"group_id": False, "user_ids": [Command.set(cls.finance.ids)]})
        cls.deputy = new_test_user(cls.env, login="kw_deputy", groups="base.group_user", name="Deputy")
        cls.costs = cls.env.ref("keepwisely_maintenance.group_maintenance_costs")
        cls.today = fields.Date.today()

    def _waiting(self, price=800.0, user=None, submit=True, **line):
        """A requisition for a work order of its own, so that nothing else counts with it."""
        request = self._assigned()
        requisition = (
            self.env["maintenance.requisition"]
            .with_user(user or self.planner)
            .create(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "name": "Shaft, made to drawing",
                                "partner_id": self.vendor.id,
                                "maintenance_request_id": request.id,
                                **line,
                            }
                        )
                    ]
                }
            )
        )
        requisition.sudo().line_ids.price_unit = price
        if submit:
            requisition.action_submit()
            self.assertEqual(requisition.state, "to_approve")
        return requisition

    def _delegate(self, user=None, delegate=None, by=None, **values):
        """``user`` delegates to ``delegate``, today only."""
        person = user or self.procurement
        return (
            self.env["maintenance.approval.delegation"]
            .with_user(by or person)
            .create(
                {
                    "user_id": person.id,
                    "delegate_id": (delegate or self.deputy).id,
                    "date_from": self.today,
                    "date_to": self.today,
                    **values,
                }
            )
        )

    def _todos(self, user, requisition):
        return self._activities(user, requisition).filtered(
            lambda todo: todo.activity_type_id == self.env.ref("keepwisely_maintenance.mail_activity_approve")
        )
