from contextlib import suppress
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.purchase.maintenance_purchase_review_line import FLAGS
from .review_common import NOW, ReviewCase, make_review

LOGGER = "odoo.addons.keepwisely_maintenance.models.purchase.maintenance_purchase_review_make"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseReviewMake(ReviewCase):
    """A list is made in batches: each is committed, what is cut short goes on, what fails is left out and told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = type(cls.reviews)
        cls.pump = cls._create_part("Pump", 300.0)
        cls.admin = new_test_user(
            cls.env, login="kw_review_admin", groups="base.group_system,purchase.group_purchase_user", name="Admin"
        )

    def _small_batches(self, limit=2):
        original = self.model._get_batches
        return patch.object(self.model, "_get_batches", lambda review, _limit: original(review, limit))

    def _on_list(self, review):
        """What stands on the list, by purchase line."""
        return {
            line.purchase_line_id: (
                {flag for flag in FLAGS if line[flag]}, line.duplicate_line_ids, line.amount_open, line.amount_excess
            )
            for line in review.line_ids
        }  # fmt: skip

    def _buy_much(self):
        """Orders that are compared with each other, far from each other."""
        self.company.maintenance_order_rule = "free"
        job = self._assigned()
        self._add_part(job, self.bearing, 3)
        for_job = {"maintenance_request_id": job.id, "product_qty": 2.0}
        orders = [
            self._buy(self._linked(product_id=self.seal.id), promised="2026-11-10"),
            self._buy(self._linked(product_id=self.bearing.id)),
            self._buy(for_job, {"product_id": self.seal.id}),
            self._buy({"product_id": self.pump.id, "price_unit": 300.0, "product_qty": 1.0}),
            self._buy(self._linked(product_id=self.pump.id, price_unit=5.0)),
            self._buy(for_job),
            self._buy({"product_id": self.pump.id, "price_unit": 300.0, "product_qty": 1.0}),
            self._buy(self._linked(product_id=self.bearing.id)),
        ]
        self._received(orders[0], "2026-11-20", 2)
        return orders

    def test_batches_find_what_one_go_finds(self):
        orders = self._buy_much()
        whole = self._on_list(self._make())
        self.assertEqual(len(whole), 9)
        flags = set().union(*(found[0] for found in whole.values()))
        self.assertLessEqual({"is_duplicate", "is_around", "is_overdue", "is_unlinked"}, flags)
        self.assertTrue(whole[orders[2].order_line[0].sudo(False)][1], "a duplicate in a later batch")
        self.reviews.search([]).sudo().unlink()
        with self._small_batches():
            self.assertEqual(self._run_cron("ir_cron_order_review"), [10, 2, 2, 2, 2, 1, 1])
        self.assertEqual(self._on_list(self.reviews.search([])), whole)

    def test_cut_short_it_goes_on_where_it_was(self):
        self._buy_much()
        looked_at, original = [], self.model._prepare_lines

        def _prepare_lines(review, company, purchases, others):
            if len(looked_at) > 4:
                raise KeyboardInterrupt
            looked_at.extend(purchases.ids)
            return original(review, company, purchases, others)

        with (
            self._small_batches(),
            patch.object(self.model, "_prepare_lines", _prepare_lines),
            suppress(KeyboardInterrupt),
        ):
            self._run_cron("ir_cron_order_review")
        self.env.invalidate_all()
        review = self.reviews.search([])
        self.assertEqual((review.state, review.line_ids.sorted("id").purchase_line_id.ids), ("making", looked_at))
        self.assertEqual(len(looked_at), 6)
        self.assertFalse(self._activities(self.procurement, review))
        more = self._buy({"product_id": self.seal.id})
        self.assertEqual(self._run_cron("ir_cron_order_review"), [5, 4, 1])
        self.assertEqual((review.state, review.line_count), ("open", 10))
        self.assertEqual(review.line_ids.sorted("id").purchase_line_id[:6].ids, looked_at, "nothing is listed twice")
        self.assertIn(more.order_line, review.line_ids.purchase_line_id)
        self.assertEqual(len(self._activities(self.procurement, review)), 1)
        self.assertEqual(len(self._notifications(self.procurement, review).mail_message_id), 1)

    def test_no_longer_open_when_its_turn_comes(self):
        orders = self._buy_much()
        review = self.reviews.sudo()._begin(self.company)
        first, second, *_rest = review._get_batches(2)
        review._go_on(first)
        orders[2].button_cancel()
        late = self._buy({"product_id": self.seal.id})
        review._go_on(second)
        review._go_on(second)
        self.assertEqual(review.line_ids.order_id, (orders[0] | orders[1]).sudo())
        self.assertNotIn(late, review.line_ids.order_id)

    def test_the_list_before_is_over_when_the_next_is_begun(self):
        order = self._buy()
        before = self._make()
        with freeze_time("2026-11-30 08:00:00"):
            review = self.reviews.sudo()._begin(self.company)
            self.assertEqual((before.state, review.state), ("done", "making"))
            self.assertFalse(self._activities(self.procurement, before))
            line = make_review(self.company).line_ids
        self.assertEqual((line.order_id, line.times_undecided), (order, 1))

    # -- By hand -------------------------------------------------------------------------------------------

    def test_of_many_orders_the_scheduler_makes_the_rest(self):
        self._buy_much()
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("keepwisely_maintenance.ir_cron_order_review")
        with self._small_batches():
            action = self.reviews.with_user(self.procurement).action_make()
        review = self.reviews.search([("id", "=", action["domain"][0][2])])
        self.assertEqual(review.state, "making")
        self.assertTrue(trigger.search([("cron_id", "=", cron.id)]))
        self.company.order_review = False
        self._run_cron("ir_cron_order_review")
        self.assertEqual((review.state, review.line_count), ("open", 9), "also where no list is wanted every week")

    # -- What fails --------------------------------------------------------------------------------------------

    def _broken(self, name, order):
        """Whatever looks at ``order`` fails."""
        model = type(self.reviews) if hasattr(self.model, name) else type(order.order_line)
        original = getattr(model, name)

        def fail(records, *args):
            line = records if records._name == "purchase.order.line" else args[0]
            if line.order_id.id == order.id:
                raise ZeroDivisionError
            return original(records, *args)

        return patch.object(model, name, fail)

    def test_a_faulty_order_stops_no_other_and_administrators_are_told(self):
        orders = self._buy_much()
        clerk = new_test_user(self.env, login="kw_review_clerk", groups="base.group_system", name="Clerk")
        with self._broken("_find_findings", orders[2]), mute_logger(LOGGER):
            self._run_cron("ir_cron_order_review")
        review = self.reviews.search([])
        self.assertEqual((review.state, review.line_count), ("open", 7))
        self.assertEqual(review.faulty_order_ids, orders[2].sudo(False).with_env(self.env))
        told = self._activities(self.admin, review)
        self.assertEqual(len(told), 1)
        self.assertIn(orders[2].name, told.note)
        self.assertFalse(self._activities(clerk, review), "who cannot open the list is not told")
        self.assertEqual(len(self._activities(self.procurement, review)), 1)
        self.assertEqual(self._run_cron("ir_cron_order_review"), [0])
        self.assertEqual(len(self._activities(self.admin, review)), 1)

    def test_what_a_faulty_order_may_duplicate_is_listed(self):
        orders = self._buy_much()
        with self._broken("_get_rest_qty", orders[7]), mute_logger(LOGGER):
            self._run_cron("ir_cron_order_review")
        review = self.reviews.search([])
        self.assertEqual(review.faulty_order_ids.ids, orders[7].ids)
        self.assertIn(orders[1], review.line_ids.order_id)

    def test_only_faulty_orders(self):
        order = self._buy()
        with self._broken("_find_findings", order), mute_logger(LOGGER):
            self._run_cron("ir_cron_order_review")
        review = self.reviews.search([])
        self.assertEqual((review.state, review.faulty_order_ids.ids), ("done", order.ids))
        self.assertTrue(self._activities(self.admin, review))

    # -- Queries -------------------------------------------------------------------------------------------

    def test_a_decision_does_not_read_the_list(self):
        """Of 35,000 lines each decision would read all."""

        for _order in range(5):
            self._buy({}, {"product_id": self.seal.id})
        line = self._make().line_ids[0].with_user(self.buyer)
        self._end_transaction()
        self.env.invalidate_all()
        line.decision = "keep"
        self._end_transaction()
        cached = line._fields["amount_open"]._get_cache(self.env)
        self.assertLessEqual(set(cached), set(line.ids))
        self.assertEqual((line.review_id.line_count, line.review_id.undecided_count), (10, 9))

    def test_a_batch_takes_as_many_queries_wherever_it_stands(self):
        for _order in range(12):
            self._buy(self._linked(product_qty=1.0))
        review = self.reviews.sudo()._begin(self.company)
        counts = []
        for until in review._get_batches(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            review._go_on(until)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(counts), 4)
        self.assertLessEqual(max(counts[1:]), counts[0])
