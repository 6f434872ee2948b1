from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .history_common import HistoryCase


@tagged("post_install", "-at_install")
class TestOpeningCosts(HistoryCase):
    """What was spent before counts like what is spent here, and touches neither stock nor accounts."""

    def _spend(self, user=None, **values):
        return self.env["maintenance.cost.entry"].with_user(user or self.mover).create(
            {"equipment_id": self.conveyor.id, "date": "2024-05-01", "kind": "service", "amount": 872.32, **values}
        )

    def test_counts_everywhere(self):
        parts, services = self._spend(kind="part", amount=100.0), self._spend(amount=50.0, name="Contractor")
        labor = self._spend(kind="labor", amount=25.5)
        self.assertEqual((parts | services | labor).mapped("entry"), ["opening"] * 3)
        conveyor = self.conveyor.with_user(self.planner)
        self.assertEqual(conveyor.maintenance_cost, 175.5)
        self.assertEqual(conveyor.total_cost_of_ownership, 12175.5)
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        rows = ledger.search([("equipment_id", "=", self.conveyor.id)])
        self.assertEqual(
            sorted((row.kind, row.amount, row.date) for row in rows),
            [("labor", 25.5, date(2024, 5, 1)), ("part", 100.0, date(2024, 5, 1)), ("service", 50.0, date(2024, 5, 1))],
        )
        opened = rows.filtered(lambda row: row.kind == "service").action_open_source()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("maintenance.cost.entry", services.id))
        ownership = self.env["maintenance.ownership.report"].with_user(self.planner)
        found = ownership.search([("equipment_id", "=", self.conveyor.id), ("kind", "in", ("labor", "part", "service"))])
        self.assertEqual(sum(found.mapped("amount")), 175.5)
        budget = self.env["maintenance.budget"].with_user(self.planner).create(
            {"year": 2024, "category_id": self.category.id, "amount": 1000.0, "company_id": self.company.id}
        )
        self.assertEqual(budget.actual_amount, 175.5)

    def test_key_figure_counts_it(self):
        self.conveyor.replacement_value = 10000.0
        figure = self.env.ref("keepwisely_maintenance.kpi_cost_share").with_user(self.planner)
        before = figure.numerator
        self._spend(date=date.today() - timedelta(days=30), amount=500.0)
        figure.invalidate_recordset()
        self.assertAlmostEqual(figure.numerator - before, 500.0)

    def test_touches_nothing_else(self):
        counted = ("stock.move", "account.move", "account.move.line", "account.analytic.line", "mail.message", "purchase.order")
        before = {model: self.env[model].search_count([]) for model in counted}
        self._spend()
        self._end_transaction()
        self.assertEqual({model: self.env[model].search_count([]) for model in counted}, before)

    def test_what_cannot_be(self):
        request = self._bring_in(1)
        for values, words in (
            ({"equipment_id": False}, "for which asset or work order"),
            ({"amount": 0}, "Say how much was spent"),
            ({"amount": float("inf")}, "is no number"),
            ({"date": date.today() + timedelta(days=40)}, "lies in the future"),
            ({"date": False}, "Say when it was spent"),
            ({"kind": "gift"}, "labour, parts or services"),
            ({"entry": "billed"}, "made by the system"),
            ({"purchase_order_id": 1}, "cannot be brought in"),
            ({"maintenance_request_id": request.id, "equipment_id": self.mixer.id}, "is about another asset"),
            ({"maintenance_request_id": self._assigned().id}, "was not brought in"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self._spend(**values)

    def test_by_work_order(self):
        request = self._bring_in(1)
        entry = self._spend(equipment_id=False, maintenance_request_id=request.id, amount=42.0)
        self.assertEqual(entry.equipment_id, self.conveyor)
        self.assertEqual(request.with_user(self.planner).service_cost, 42.0)

    def test_stays_and_is_taken_back(self):
        entry = self._spend()
        for change in (lambda: entry.write({"amount": 1.0}), entry.unlink):
            with self.assertRaises(UserError):
                change()
        entry.action_take_back()
        counter = entry.search([("counter_of_id", "=", entry.id)])
        self.assertEqual((counter.amount, counter.date), (-872.32, entry.date))
        self.assertEqual(self.conveyor.with_user(self.planner).maintenance_cost, 0.0)
        with self.assertRaisesRegex(UserError, "taken back already"):
            entry.action_take_back()
        with self.assertRaises(UserError):
            counter.action_take_back()

    def test_who_may(self):
        entry = self._spend()
        for user in (self.planner, self.finance, self.buyer, self.technician):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self._spend(user)
                with self.assertRaises(AccessError):
                    entry.with_user(user).action_take_back()
        self.assertEqual(entry.with_user(self.planner).amount, 872.32)

    def test_takes_no_defaults(self):
        """What a user keeps as a default value makes no entry of a purchase."""
        order = self.env["purchase.order"].create({"partner_id": self.vendor.id})
        self.env["ir.default"].with_user(self.mover).set("maintenance.cost.entry", "purchase_order_id", order.id, user_id=True)
        self.assertFalse(self._spend().purchase_order_id)
        entries = self.env["maintenance.cost.entry"].with_context(default_purchase_order_id=order.id, default_entry="billed")
        entry = entries.with_user(self.mover).create(
            {"equipment_id": self.conveyor.id, "date": "2024-05-01", "kind": "part", "amount": 1.0}
        )
        self.assertEqual((entry.entry, entry.purchase_order_id), ("opening", order.browse()))

    def test_by_hand(self):
        form = Form(
            self.env["maintenance.cost.entry"].with_user(self.mover),
            "keepwisely_maintenance.maintenance_cost_entry_view_form",
        )
        form.equipment_id = self.conveyor
        form.date = "2024-05-01"
        form.kind = "part"
        form.amount = 12.5
        entry = form.save()
        self.assertEqual((entry.entry, entry.amount, entry.company_id), ("opening", 12.5, self.company))

    def test_import(self):
        columns = ["equipment_id", "date", "kind", "amount", "name"]
        rows = [
            ["Conveyor 3", "2024-05-01", "Services", "872.32", "Contractor"],
            ["Conveyor 3", "2025-03-01", "Labour", "772.68", "Rounds"],
            ["Nowhere", "2025-03-01", "Labour", "772.68", "Rounds"],
            ["Conveyor 3", "2025-03-01", "Labour", "", "Rounds"],
        ]
        entries = self.env["maintenance.cost.entry"].with_user(self.mover)
        result = entries.load(columns, rows)
        errors = self._errors(result)
        self.assertEqual(sorted(errors), [4, 5])
        self.assertFalse(result["ids"])
        self.assertEqual(len(entries.load(columns, rows[:2])["ids"]), 2)
        self.assertEqual(self.conveyor.with_user(self.planner).maintenance_cost, 1645.0)
        again = entries.load(columns, rows[:2])
        self.assertEqual(self._errors(again), {row: ["This cost is here already."] for row in (2, 3)})
