from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-10 15:00:00")
class TestBudget(MaintenanceCase):
    """What a year may cost: spent, committed, left, and who is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Cost centres"})
        cls.halls = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Hall 1", "Hall 2")]
        )
        cls.conveyor.analytic_distribution = {str(cls.halls[0].id): 75, str(cls.halls[1].id): 25}
        budgets = cls.env["maintenance.budget"].with_user(cls.planner)
        cls.budget = budgets.create({"category_id": cls.category.id, "amount": 1000})
        cls.hall = budgets.create({"analytic_account_id": cls.halls[0].id, "amount": 1000})
        cls.service = cls.env["product.product"].create(
            {
                "name": "Alignment", "type": "service", "purchase_method": "receive", "supplier_taxes_id": False,
                "seller_ids": [Command.create({"partner_id": cls.vendor.id, "price": 400})],
            }
        )  # fmt: skip
        cls.bearing.supplier_taxes_id = False
        cls.rack = cls.env["maintenance.equipment"].create({"name": "Rack", "maintenance_team_id": cls.team.id})

    def _assert(self, spent=0, committed=0, requested=0, budget=None, share=1.0):
        self.env.flush_all()
        self.env.invalidate_all()
        budget = budget or self.budget
        found = budget.actual_amount, budget.committed_amount, budget.requested_amount
        self.assertEqual(found, tuple(round(amount * share, 2) for amount in (spent, committed, requested)))
        used = (spent + committed) * share
        self.assertEqual(budget.left_amount, budget.amount - used)
        self.assertAlmostEqual(budget.used_percent, 100 * used / budget.amount)
        return budget

    def _both(self, **amounts):
        """The category pays all, the first hall three quarters."""
        self._assert(**amounts)
        self._assert(budget=self.hall, share=0.75, **amounts)

    def _ask(self, product=None, quantity=1, **values):
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "product_id": (product or self.service).id, "product_qty": quantity,
                            "equipment_id": self.conveyor.id, **values,
                        }
                    )
                ]
            }
        )  # fmt: skip
        requisition.action_submit()
        return requisition

    def test_from_requisition_to_bill(self):
        self._both()
        requisition = self._ask(quantity=2)
        # 2 × 400: more than the lowest tier, so it waits
        self.assertEqual(requisition.state, "to_approve")
        self._both(requested=800)
        requisition.with_user(self.procurement).action_approve()
        self._both(committed=800)
        order = self._order(requisition)
        self._both(committed=800)
        line = order.order_line
        line.qty_received = 1
        self._both(spent=400, committed=400)
        # both are billed, 410 each: one came, one is billed ahead
        bill = self.env["account.move"].with_user(self.finance).create(
            {
                "move_type": "in_invoice", "partner_id": self.vendor.id, "invoice_date": "2026-06-10",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.service.id, "quantity": 2, "price_unit": 410, "tax_ids": False,
                            "purchase_line_id": line.id,
                        }
                    )
                ],
            }
        )  # fmt: skip
        bill.action_post()
        self._both(spent=820)
        line.qty_received = 2
        self._both(spent=820)

    def test_stocked_parts_cost_when_they_are_used(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        requisition = request.sudo().requisition_line_ids.requisition_id
        self.assertEqual(requisition.state, "approved")
        # one is on the shelf, 2 × 42 are asked for
        self._both(committed=84)
        action = self.budget.with_user(self.planner).action_view_committed()
        lines = self.env[action["res_model"]].with_user(self.planner).search(action["domain"])
        self.assertEqual(sum(line._get_committed_amount() for line in lines.sudo()), self.budget.asked_amount)
        self.assertEqual(request.with_user(self.planner).committed_cost, 84, "the same as on the work order")
        self._receive(self._order(requisition))
        self._both(committed=84)
        request.action_start()
        part.with_user(self.technician).action_use_part()
        self._both(spent=126)
        self.assertEqual(request.with_user(self.planner).total_cost, 126)

    def test_ordered_without_requisition(self):
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id, "product_qty": 2, "price_unit": 50, "equipment_id": self.conveyor.id,
                            "date_planned": "2026-07-01 12:00:00",
                        }
                    )
                    for product in (self.service, self.seal)
                ],
            }
        )  # fmt: skip
        self._both()
        order.button_confirm()
        # the seals are stock: they cost when they are used
        self._both(committed=100)
        self.assertEqual((self.budget.asked_amount, self.budget.ordered_amount), (0, 100))
        action = self.budget.with_user(self.buyer).action_view_ordered()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.product_id, self.service)
        lines.qty_received = 1
        self._both(spent=50, committed=50)
        lines.qty_received = 2
        self._both(spent=100)

    def test_the_year(self):
        """What is needed next year is next year's; what is overdue is this year's."""
        following = self.env["maintenance.budget"].with_user(self.planner).create(
            {"category_id": self.category.id, "amount": 1000, "year": 2027}
        )  # fmt: skip
        for day, expected in (("2027-02-01", (0, 400)), ("2025-12-01", (400, 400)), ("2026-12-31", (800, 400))):
            requisition = self._ask(date_required=day)
            if requisition.state == "to_approve":
                requisition.with_user(self.procurement).action_approve()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(day=day):
                self.assertEqual((self.budget.committed_amount, following.committed_amount), expected)
        self.assertEqual((str(following.date_from), str(following.date_to)), ("2027-01-01", "2027-12-31"))
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        self.assertEqual((str(following.date_from), str(following.date_to)), ("2026-04-01", "2027-03-31"))
        self.env.invalidate_all()
        self.assertEqual(following.committed_amount, 1200)

    def test_hours_count_in_their_year(self):
        request = self._assigned()
        request.action_start()
        for day, hours in (("2025-12-31", 1), ("2026-01-01", 2), ("2026-06-10", 3)):
            self.env["maintenance.labor"].create(
                {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": hours, "date": day}
            )
        self._both(spent=200)
        action = self.hall.action_view_spent()
        rows = self.env[action["res_model"]].with_user(self.planner).search(action["domain"])
        self.assertEqual(sum(rows.mapped("amount")), 200)
        # the work order is charged to another hall: so is what it cost
        request.sudo().analytic_distribution = {str(self.halls[1].id): 100}
        self._assert(budget=self.hall)

    # -- Telling ---------------------------------------------------------------------------------------------

    def test_the_approver_is_told(self):
        self.budget.amount = 700
        requisition = self._ask(quantity=2)
        self.assertEqual(requisition.state, "to_approve")
        message = requisition.with_user(self.procurement).budget_message
        self.assertIn("Conveyors 2026", message)
        self.assertIn("100.00", message)
        self.assertNotIn("Hall 1", message)
        with self.assertRaises(AccessError):
            requisition.with_user(self.technician).read(["budget_message"])
        self.assertIn("budget_message", requisition.with_user(self.procurement).get_view(view_type="form")["arch"])
        self.assertNotIn("budget_message", requisition.with_user(self.technician).get_view(view_type="form")["arch"])
        # it warns, it does not block; and then it is committed, so another one is told of more
        requisition.with_user(self.procurement).action_approve()
        self.env.invalidate_all()
        self.assertFalse(requisition.with_user(self.procurement).budget_message)
        self.assertTrue(self.budget.is_over)
        self.assertIn(self.budget, self.env["maintenance.budget"].search([("is_over", "=", True)]))
        self.assertNotIn(self.budget, self.env["maintenance.budget"].search([("is_over", "=", False)]))
        other = self._ask(quantity=2)
        action = self.budget.with_user(self.planner).action_view_requested()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), other.sudo().line_ids)
        self.assertIn("900.00", other.with_user(self.procurement).budget_message)

    def test_the_approver_is_told_in_lists_and_in_the_to_do(self):
        self.budget.amount = 700
        over, within = self._ask(quantity=2), self._ask(equipment_id=self.rack.id, quantity=2)
        self.assertEqual((over + within).mapped("state"), ["to_approve", "to_approve"])
        seen = (over + within).with_user(self.procurement)
        self.assertEqual(seen.mapped("is_over_budget"), [True, False])
        for view_type in ("list", "kanban"):
            self.assertIn("is_over_budget", seen.get_view(view_type=view_type)["arch"])
            self.assertNotIn("is_over_budget", over.with_user(self.technician).get_view(view_type=view_type)["arch"])
        action = seen.action_view_budgets()
        self.assertEqual(action["res_model"], "maintenance.budget")
        self.assertEqual(self.env["maintenance.budget"].browse(action["res_id"]), self.budget)
        with self.assertRaises(AccessError):
            over.with_user(self.technician).read(["is_over_budget"])
        notes = [
            self.env["mail.activity"].search(
                [("res_model", "=", over._name), ("res_id", "=", requisition.id), ("user_id", "=", self.procurement.id)]
            ).note
            for requisition in (over, within)
        ]
        self.assertIn("takes a budget over its amount", notes[0])
        self.assertNotRegex(notes[0], r"\d", "no amounts in e-mails")
        self.assertFalse(notes[1])

    def test_the_decision_keeps_what_was_said(self):
        self.budget.amount = 700
        requisition, within = self._ask(quantity=2), self._ask(equipment_id=self.rack.id, quantity=2)
        (requisition + within).with_user(self.procurement).action_approve()
        self.budget.amount = 5000
        self.env.invalidate_all()
        decisions = (requisition.sudo().decision_ids + within.sudo().decision_ids).with_user(self.finance)
        self.assertIn("100.00", decisions[0].budget_message)
        self.assertFalse(decisions[1].budget_message)
        with self.assertRaises(AccessError):
            decisions[0].with_user(self.technician).read(["budget_message"])
        with self.assertRaises(UserError):
            decisions[0].sudo().budget_message = "Nothing was said"

    def test_ordered_in_emergency(self):
        """What is ordered before its approval is committed, then spent, and is not asked for a second time."""
        self.budget.amount = 900
        request = self._report(priority="3")
        requisition = self._ask(quantity=2, maintenance_request_id=request.id)
        requisition.with_user(self.planner).action_order_emergency("The line stands")
        self._both(requested=800)
        order = requisition.sudo().purchase_order_ids
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(requisition.state, "to_approve")
        for received in (0, 1, 2):
            order.order_line.qty_received = received
            with self.subTest(received=received):
                self._both(spent=400 * received, committed=800 - 400 * received)
                self.assertEqual(request.with_user(self.planner).committed_cost, 800 - 400 * received)
                self.assertFalse(requisition.with_user(self.procurement).budget_message, "800 of 900")
        self.budget.amount = 700
        self.env.invalidate_all()
        self.assertIn("100.00", requisition.with_user(self.procurement).budget_message)

    def test_over_in_any_year(self):
        long_ago = self.budget.copy({"year": 2015, "amount": 30})
        request = self._assigned()
        request.action_start()
        self.env["maintenance.labor"].create(
            {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": 1, "date": "2015-06-10"}
        )
        self._assert(spent=40, budget=long_ago)
        budgets = self.env["maintenance.budget"].with_user(self.finance)
        self.assertIn(long_ago, budgets.search([("is_over", "=", True)]))
        self.assertNotIn(long_ago, budgets.search([("is_over", "=", False)]))

    def test_within_budget_nobody_is_told(self):
        requisition = self._ask(quantity=2)
        self.assertFalse(requisition.with_user(self.procurement).budget_message)

    # -- Who, and what can be entered ----------------------------------------------------------------------------

    def test_who_may(self):
        for user in (self.planner, self.finance):
            self.budget.with_user(user).amount = 1200
        for user in (self.buyer, self.procurement):
            self.assertEqual(self.budget.with_user(user).left_amount, 1200)
            self.assertEqual(self.hall.with_user(user).display_name, "Hall 1 2026")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.budget.with_user(user).amount = 5
        for user in (self.operator, self.technician, self.storekeeper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["maintenance.budget"].with_user(user).search([])

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_them_apart(self):
        for values in (
            {"category_id": self.category.id},
            {"analytic_account_id": self.halls[0].id},
            {},
            {"category_id": self.category.id, "analytic_account_id": self.halls[1].id},
            {"analytic_account_id": self.halls[1].id, "amount": -1},
        ):
            with self.subTest(**values), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env["maintenance.budget"].with_user(self.planner).create({"amount": 1, **values})
        with self.assertRaises(ValidationError):
            self.budget.year = 26

    def test_the_next_year(self):
        both = self.budget | self.hall
        action = both.action_copy_to_next_year()
        following = self.env["maintenance.budget"].search(action["domain"])
        self.assertEqual(following.mapped("year"), [2027, 2027])
        self.assertEqual(following.mapped("amount"), both.mapped("amount"))
        both.action_copy_to_next_year()
        self.assertEqual(self.env["maintenance.budget"].search_count([("year", "=", 2027)]), 2)

    def test_another_company(self):
        self.category.company_id = False
        other = self.env["res.company"].create({"name": "Other plant"})
        self.env["maintenance.budget"].create({"category_id": self.category.id, "amount": 9, "company_id": other.id})
        request = self._assigned()
        request.action_start()
        self.env["maintenance.labor"].create(
            {"maintenance_request_id": request.id, "user_id": self.technician.id, "hours": 1, "date": "2026-06-10"}
        )
        self._both(spent=40)
        foreign = self.env["maintenance.budget"].search([("company_id", "=", other.id)])
        self.assertEqual(foreign.actual_amount, 0)
        self.assertFalse(self.env["maintenance.budget"].with_user(self.planner).search([("company_id", "=", other.id)]))

    def test_queries_do_not_grow(self):
        self._ask(quantity=2)
        categories = self.env["maintenance.equipment.category"].create([{"name": f"Category {n}"} for n in range(20)])
        more = self.env["maintenance.budget"].create([{"category_id": category.id, "amount": 1} for category in categories])
        names = ["actual_amount", "committed_amount", "left_amount", "requested_amount"]
        (self.budget | self.hall).read(names)
        counts = []
        for budgets in (self.budget | self.hall, self.budget | self.hall | more):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            budgets.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 30)
