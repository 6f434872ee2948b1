from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .reorder_common import ReorderCase


@tagged("post_install", "-at_install")
class TestReorderDecide(ReorderCase):
    def setUp(self):
        super().setUp()
        self.suggestion = self._suggest().with_user(self.keeper)
        self.env.flush_all()
        self.env.invalidate_all()

    def _changes(self):
        return self.env["maintenance.reorder.change"].search([("product_id", "=", self.filter.id)])

    def test_accept_what_is_missing(self):
        low, high = self.suggestion.min_qty, self.suggestion.max_qty
        self.suggestion.action_accept("Asked twice last month")
        point = self.suggestion.orderpoint_id
        self.assertEqual((point.product_min_qty, point.product_max_qty, point.location_id), (low, high, self.stock))
        self.assertEqual((self.suggestion.finding, self.suggestion.shortages_saved), ("right", 0))
        change = self._changes()
        self.assertEqual((change.kind, change.user_id, change.reason), ("accepted", self.keeper, "Asked twice last month"))
        self.assertEqual((change.from_min_qty, change.from_max_qty, change.to_min_qty, change.to_max_qty), (0, 0, low, high))
        self.assertEqual((change.suggested_min_qty, change.suggested_max_qty), (low, high))
        self.assertEqual(self._suggest().finding, "right")
        with self.assertRaisesRegex(UserError, "as suggested"):
            self.suggestion.action_accept()

    def test_accept_what_is_too_high_and_what_is_obsolete(self):
        point = self._set_point(self.filter, 50, 90)
        self._suggest()
        self.suggestion.action_accept()
        self.assertEqual(point.product_min_qty, self.suggestion.min_qty)
        old = self._create_part("Old", 20.0, on_hand=5)
        self._use(old, 1, 1000)
        point = self._set_point(old, 1, 2)
        suggestion = self._suggest(old).with_user(self.keeper)
        suggestion.action_accept()
        self.assertFalse(point.active)
        self.assertEqual(self._suggest(old).finding, "right", "there is nothing left to decide")

    def test_other_quantities(self):
        for wrong in ((5, 3), (-1, 2)):
            with self.assertRaises(UserError):
                self.suggestion.action_change(*wrong)
        self.suggestion.action_change(7, 9, "The vendor closes in summer")
        point = self.suggestion.orderpoint_id
        self.assertEqual((point.product_min_qty, point.product_max_qty), (7, 9))
        self.assertEqual(self._changes().kind, "changed")

    def test_rejected_until_something_else_is_suggested(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.suggestion.action_reject(" ")
        self.suggestion.action_reject("The line is sold")
        self.assertEqual((self.suggestion.is_rejected, self.suggestion.reason), (True, "The line is sold"))
        self.assertEqual((self._changes().kind, self._changes().reason), ("rejected", "The line is sold"))
        self.assertTrue(self._suggest().is_rejected)
        self.assertNotIn(self.suggestion, self.suggestions.search(self.suggestions._get_to_review_domain()))
        for days_ago in range(2, 30):
            self._use(self.filter, 2, days_ago)
        self.assertFalse(self._suggest().is_rejected)
        self.assertFalse(self._suggest().reason)

    def test_who_may(self):
        """Whoever may change reorder points; others read."""
        may_not = [
            user
            for user in (self.storekeeper, self.planner, self.buyer, self.procurement, self.finance)
            if not self.env["stock.warehouse.orderpoint"].with_user(user).has_access("create")
        ]
        self.assertEqual(may_not, [self.storekeeper, self.buyer, self.procurement, self.finance])
        for user in may_not:
            suggestion = self.suggestion.with_user(user)
            for name, act in {
                "accept": suggestion.action_accept,
                "change": lambda suggestion=suggestion: suggestion.action_change(1, 2),
                "reject": lambda suggestion=suggestion: suggestion.action_reject("No"),
                "write": lambda suggestion=suggestion: suggestion.write({"finding": "right"}),
            }.items():
                self.env.invalidate_all()
                with self.subTest(user=user.name, act=name), self.assertRaises(AccessError):
                    act()
        for user in (self.technician, self.operator):
            self.env.invalidate_all()
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.suggestion.with_user(user).action_accept()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["maintenance.reorder.change"].with_user(self.keeper).create({"product_id": self.filter.id})

    def test_a_planner_decides(self):
        """Planners change reorder points as inventory administrators do, in the dialog as well."""
        suggestion = self.suggestion.with_user(self.planner)
        action = suggestion.action_open_decide()
        wizard = self.env["maintenance.reorder.decide"].with_user(self.planner).browse(action["res_id"])
        self.env.invalidate_all()
        self.assertEqual((wizard.decision, wizard.min_qty), ("accept", suggestion.min_qty))
        self.assertIn("Stock +", wizard.summary)
        wizard.action_decide()
        self.assertEqual(self._changes().user_id, self.planner)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["maintenance.reorder.decide"].with_user(self.storekeeper).create({})

    def test_a_reorder_point_that_is_set_by_hand_is_right_at_once(self):
        points = self.env["stock.warehouse.orderpoint"].with_user(self.keeper)
        low, high = self.suggestion.min_qty, self.suggestion.max_qty
        point = points.create(
            {"product_id": self.filter.id, "location_id": self.stock.id, "product_min_qty": 0, "product_max_qty": 1}
        )
        self.assertEqual((self.suggestion.finding, self.suggestion.orderpoint_id), ("low", point))
        point.write({"product_min_qty": low, "product_max_qty": high})
        self.assertEqual(self.suggestion.finding, "right")
        point.write({"product_min_qty": low + 20, "product_max_qty": high + 20})
        self.assertEqual(self.suggestion.finding, "high")

    def test_look_again(self):
        triggers = self.env["ir.cron.trigger"].search_count([])
        self.suggestions.with_user(self.keeper).action_suggest_anew()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.suggestions.with_user(self.technician).action_suggest_anew()

    def test_every_change_is_kept_whatever_way_it_came(self):
        points = self.env["stock.warehouse.orderpoint"].with_user(self.keeper)
        forged = points.with_context(maintenance_reorder_decision={"kind": "accepted"})
        point = forged.create(
            {"product_id": self.filter.id, "location_id": self.stock.id, "product_min_qty": 1, "product_max_qty": 2}
        )
        point.write({"product_min_qty": 2})
        point.write({"trigger": "manual"})
        point.active = False
        changes = self._changes().sorted("id")
        self.assertEqual(set(changes.mapped("kind")), {"by_hand"})
        self.assertEqual([(change.from_min_qty, change.to_min_qty) for change in changes], [(0, 1), (1, 2), (2, 0)])
        self.assertEqual(changes.user_id, self.keeper)
        self.assertEqual(changes[0].suggested_min_qty, self.suggestion.min_qty)
        paper = self.env["product.product"].create({"name": "Paper", "is_storable": True})
        before = self.env["maintenance.reorder.change"].search_count([])
        self._set_point(paper, 1, 2)
        self.assertEqual(self.env["maintenance.reorder.change"].search_count([]), before, "no spare part")

    def test_by_itself(self):
        """Only of classes that the company lets change, only what is there, and only what is sure enough."""
        point = self._set_point(self.filter, 50, 90)
        self.company.maintenance_reorder_by_itself = "medium"
        self._suggest()
        self.assertEqual(point.product_min_qty, 50, "the part is of high criticality")
        self.company.maintenance_reorder_by_itself = "high"
        suggestion = self._suggest()
        self.assertEqual((point.product_min_qty, suggestion.finding), (suggestion.min_qty, "right"))
        self.assertEqual(self._changes()[0].kind, "by_itself")
        few = self._create_part("Few", 20.0, on_hand=9, spare_criticality="low")
        self._use(few, 1, 20)
        point = self._set_point(few, 50, 90)
        self.assertEqual((self._suggest(few).finding, point.product_min_qty), ("high", 50), "too little was seen")

    def test_several_at_once(self):
        self._use(self.bearing, 1, 20)
        both = (self._suggest(self.bearing) | self.suggestion).with_user(self.keeper)
        wizard = self.env["maintenance.reorder.decide"].with_user(self.keeper).with_context(
            active_model="maintenance.reorder.suggestion", active_ids=both.ids
        ).create({})
        self.assertEqual(wizard.suggestion_count, 2)
        self.assertRegex(wizard.summary, r"^Shortages [\d.]+ → [\d.]+ a year$")
        wizard.decision = "change"
        with self.assertRaisesRegex(UserError, "one reorder point at a time"):
            wizard.action_decide()
        wizard.decision = "accept"
        wizard.action_decide()
        self.assertEqual(len(both.orderpoint_id), 2)
        action = self.suggestions.with_user(self.keeper)
        with self.assertRaisesRegex(UserError, "Choose"):
            action.action_accept()

    def test_what_came_of_it(self):
        self.suggestion.action_accept()
        change = self._changes()
        for days, looked_back in ((20, False), (31, True)):
            self.env.cr.execute(
                "UPDATE maintenance_reorder_change SET create_date = now() - %s * interval '1 day' WHERE id = %s",
                [days, change.id],
            )
            self.env.invalidate_all()
            self._run_cron("ir_cron_reorder_suggest")
            self.assertEqual(bool(change.date_looked_back), looked_back)
        # day 10 ago lies in the month after; 70 are on the shelf, and one more before that
        self.assertEqual((change.used_qty, change.shortage_count), (1, 0))
        self.assertAlmostEqual(change.stock_qty, 70 + 21 / 30, delta=0.05)
        self.assertIn("Never lacked; 1 used", change.outcome)
        self.assertEqual(change.create_date.date(), fields.Date.today() - timedelta(days=31))
