from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-10 15:00:00")
class TestBudgetSpent(MaintenanceCase):
    """What the budget of a category was spent on, and what is not committed any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budget = cls.env["maintenance.budget"].create({"category_id": cls.category.id, "amount": 1000})
        other = cls.env["maintenance.equipment.category"].create({"name": "Presses"})
        cls.press = cls.conveyor.copy({"name": "Press", "category_id": other.id})
        cls.grease = cls._create_part("Grease", 20.0, is_storable=False)
        cls.grease.supplier_taxes_id = False

    def _amounts(self):
        budget = self.budget.with_user(self.planner)
        return budget.actual_amount, budget.committed_amount

    def test_spent_opens_the_entries_of_the_category_and_the_year(self):
        for asset, hours, day in (
            (self.conveyor, 2, "2026-06-09"), (self.conveyor, 1, "2025-12-30"), (self.press, 4, "2026-06-09"),
        ):  # fmt: skip
            request = self._assigned(equipment_id=asset.id)
            request.sudo().request_date = day
            request.sudo().labor_ids = [
                Command.create({"user_id": self.technician.id, "hours": hours, "date": day})
            ]
        self._add_part(self._assigned(), self.seal, 3).with_user(self.technician).action_use_part()
        # 2 h × 40 and 3 seals × 5
        self.assertEqual(self._amounts(), (95, 0))
        action = self.budget.with_user(self.planner).action_view_spent()
        entries = self.env[action["res_model"]].with_user(self.planner).search(action["domain"])
        self.assertEqual(sorted(entries.mapped("amount")), [15, 80])
        self.assertEqual(entries.equipment_id, self.conveyor)

    def test_a_consumable_is_committed_until_it_comes(self):
        request = self._assigned()
        part = self._add_part(request, self.grease, 3)
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {
                "line_ids": [
                    Command.create(
                        {"product_id": self.grease.id, "product_qty": 3, "maintenance_request_id": request.id}
                    )
                ]
            }
        )
        # as the supply of a part links it
        requisition.sudo().line_ids._write_by_system({"part_move_ids": [Command.set(part.ids)]})
        requisition.action_submit()
        self.assertEqual((requisition.sudo().state, self._amounts()), ("approved", (0, 60)))
        order = self._order(requisition)
        self.assertEqual(self._amounts(), (0, 60))
        self._receive(order, 1)
        self.assertEqual(self._amounts(), (20, 40))
        self._receive(order)
        self.assertNotEqual(part.sudo().state, "done", "it is not used yet")
        self.assertEqual(self._amounts(), (60, 0), "a cost when it comes, not when it is used")

    def test_a_receipt_that_the_store_corrects_afterwards(self):
        """The storekeeper, who sees no orders, corrects what came; the job pays what is left."""
        request = self._assigned()
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"line_ids": [Command.create({"product_id": self.grease.id, "product_qty": 3, "maintenance_request_id": request.id})]}
        )
        requisition.action_submit()
        picking = self._receive(self._order(requisition))
        self.assertEqual(self._amounts(), (60, 0))
        picking.move_line_ids.with_user(self.storekeeper).quantity = 2
        self.assertEqual(self._amounts()[0], 40)
