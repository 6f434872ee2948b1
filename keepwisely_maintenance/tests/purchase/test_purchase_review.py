from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .review_common import NOW, ReviewCase

LOGGER = "odoo.addons.keepwisely_maintenance.models.purchase.maintenance_purchase_review_make"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPurchaseReview(ReviewCase):
    """A list is made once a week, told of, and takes over what nobody decided on."""

    @contextmanager
    def _on(self, moment):
        with freeze_time(moment):
            yield

    # -- Making -----------------------------------------------------------------------------------------

    def test_once_a_week(self):
        self._buy()
        review = self._make()
        self.assertEqual((review.week, str(review.date)), ("2026-W48", "2026-11-23"))
        self._run_cron("ir_cron_order_review")
        with self._on("2026-11-29 23:00:00"):
            self.assertEqual(self._make(), review)
        with self._on("2026-11-30 01:00:00"):
            self.assertNotEqual(self._make(), review)
        self.assertEqual(self.reviews.search_count([("company_id", "=", self.company.id)]), 2)

    def test_two_at_once_make_one(self):
        self._buy()
        vals = self._make().sudo().copy_data()[0]
        with self.assertRaises(Exception) as caught, mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.reviews.sudo().create(vals)
        self.assertEqual(getattr(caught.exception, "pgcode", ""), "23505")

    def test_nothing_open_makes_nothing(self):
        self._run_cron("ir_cron_order_review")
        self.assertFalse(self.reviews.search([("company_id", "=", self.company.id)]))
        with self.assertRaises(UserError):
            self.reviews.with_user(self.procurement).action_make()

    def test_a_company_that_wants_none_gets_none(self):
        self._buy()
        self.company.order_review = False
        self._run_cron("ir_cron_order_review")
        self.assertFalse(self.reviews.search([("company_id", "=", self.company.id)]))

    def test_what_fails_in_one_company_leaves_the_others(self):
        """The failing company gets no half review either; it is tried again."""
        self._buy()
        broken = self.env["res.company"].create({"name": "Broken plant"})
        original = type(self.reviews)._find_open_lines

        def _find_open_lines(records, company, **bounds):
            if company == broken:
                raise ZeroDivisionError
            return original(records, company, **bounds)

        with patch.object(type(self.reviews), "_find_open_lines", _find_open_lines), mute_logger(LOGGER):
            self._run_cron("ir_cron_order_review")
        self.assertEqual(len(self.reviews.search([("week", "=", "2026-W48")])), 1)
        cron = self.env.ref("keepwisely_maintenance.ir_cron_order_review")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))

    def test_the_scheduler_hears_how_much_is_left(self):
        """The lines, and the end of each review."""
        self._buy({}, {"product_id": self.seal.id})
        self._buy()
        self.assertEqual(self._run_cron("ir_cron_order_review"), [4, 3, 1])

    def test_what_fails_in_the_telling_is_told_the_next_day(self):
        self._buy()
        with patch.object(type(self.reviews), "_tell_people", side_effect=ZeroDivisionError), mute_logger(LOGGER):
            self._run_cron("ir_cron_order_review")
        review = self.reviews.search([])
        self.assertEqual((review.state, len(review.line_ids)), ("making", 1))
        self.assertFalse(self._activities(self.procurement, review))
        self.assertEqual(self._run_cron("ir_cron_order_review"), [1, 1])
        self.assertEqual((review.state, len(review.line_ids)), ("open", 1))
        self.assertEqual(len(self._activities(self.procurement, review)), 1)

    def test_queries_do_not_grow_with_the_lines(self):
        """2,000 open lines must be listed in seconds: only inserts come in batches."""
        self._buy(*[self._linked(product_qty=n + 1.0) for n in range(4)])
        self._prepare_cold()
        few = self._count_queries()
        for _order in range(6):
            self._buy(*[self._linked(product_qty=n + 1.0) for n in range(6)])
        self._prepare_cold()
        self.assertLessEqual(self._count_queries(), few + 6)

    def _prepare_cold(self):
        self._make().sudo().unlink()
        self.env.flush_all()
        self.env.invalidate_all()

    def _count_queries(self):
        before = self.cr.sql_log_count
        reviews = self.reviews.sudo()
        lines = self.env["purchase.order.line"].sudo().browse(row[1] for row in reviews._find_open_lines(self.company))
        reviews._prepare_lines(self.company, lines, reviews._find_others(lines))
        return self.cr.sql_log_count - before

    # -- What stays and what has changed -------------------------------------------------------------------

    def test_the_list_is_frozen(self):
        order = self._buy(self._linked(), promised="2026-11-10")
        line = self._line(order)
        self.assertEqual((line.qty_ordered, line.price_unit, line.amount_open, line.age_days), (5.0, 42.0, 210.0, 3))
        self.assertFalse(line.change_message)
        order.order_line.write({"product_qty": 7.0, "date_planned": "2026-12-24 12:00:00"})
        self._received(order, "2026-11-23", 2)
        self.env.invalidate_all()
        self.assertEqual((line.qty_ordered, line.qty_received, str(line.date_promised)), (5.0, 0.0, "2026-11-10"))
        self.assertTrue(line.is_overdue)
        for text in ("ordered 5 → 7", "received 0 → 2", "promised Dec 24 now"):
            self.assertIn(text, line.change_message)
        order.with_context(mail_notrack=True).picking_ids.filtered(lambda p: p.state != "done").sudo().action_cancel()
        order.button_cancel()
        self.env.invalidate_all()
        self.assertTrue(line.is_settled)
        self.assertIn("Cancelled", line.change_message)

    # -- Weeks ------------------------------------------------------------------------------------------------

    def test_undecided_lines_come_first(self):
        order = self._buy(promised="2027-01-10")
        self._make()
        with self._on("2026-11-30 08:00:00"):
            late = self._buy(self._linked(product_id=self.seal.id), promised="2026-11-01")
            lines = self._make().line_ids
        self.assertEqual(lines.order_id.mapped("id"), [order.id, late.id], "unlinked, but left over")
        self.assertEqual(lines.mapped("times_undecided"), [1, 0])
        with self._on("2026-12-07 08:00:00"):
            lines = self._make().line_ids
        self.assertEqual([(line.order_id, line.times_undecided) for line in lines], [(order, 2), (late, 1)])

    def test_decided_lines_start_anew(self):
        order = self._buy()
        self._line(order).decision = "keep"
        with self._on("2026-11-30 08:00:00"):
            line = self._make().line_ids
        self.assertEqual(line.times_undecided, 0)
        self.assertEqual(line.previous_line_id.decision, "keep")

    def test_kept_until_a_day(self):
        order = self._buy()
        self._line(order).write({"decision": "keep", "keep_until": "2026-12-07", "note": "Castings"})
        with self._on("2026-11-30 08:00:00"):
            self.assertFalse(self._make())
        with self._on("2026-12-07 08:00:00"):
            line = self._make().line_ids
        self.assertEqual(line.order_id, order)
        self.assertEqual(line.times_undecided, 0)

    def test_earlier_reviews_are_over(self):
        order = self._buy()
        line = self._line(order)
        with self._on("2026-11-30 08:00:00"):
            self._make()
            self.assertEqual(line.review_id.state, "done")
            self.assertFalse(line.review_id.sudo().activity_ids)
            with self.assertRaises(UserError):
                line.decision = "keep"
        self.assertFalse(line.decision)

    def test_lines_without_a_finding_want_no_decision(self):
        self._buy(self._linked())
        review = self._make()
        self.assertEqual((review.line_count, review.finding_count, review.state), (1, 0, "done"))
        self.assertEqual((review.undecided_count, review.progress), (0, 100))
        self.assertEqual(review.action_open_lines()["context"]["search_default_to_decide"], 0)
        self.assertFalse(review.activity_ids)

    # -- Telling ----------------------------------------------------------------------------------------------

    def test_purchase_managers_are_told(self):
        order = self._buy()
        review = self._make()
        self.assertEqual(len(self._activities(self.procurement, review)), 1)
        self.assertFalse(self._activities(self.buyer, review))
        told = self._notifications(self.procurement, review).mail_message_id
        self.assertEqual(len(told), 1)
        self.assertEqual(told.attachment_ids.mapped("name"), [f"{review.name}.xlsx"])
        self._line(order).decision = "keep"
        self.assertEqual((review.state, review.progress), ("done", 100.0))
        self.assertFalse(self._activities(self.procurement, review))

    def test_the_person_of_the_company_is_told_instead(self):
        self._buy()
        self.company.order_review_user_id = self.buyer
        review = self._make()
        self.assertTrue(self._activities(self.buyer, review))
        self.assertFalse(self._activities(self.procurement, review))

    def test_nobody_is_told_who_may_not_see_prices(self):
        self._buy()
        self.company.order_review_user_id = self.technician
        review = self._make()
        self.assertFalse(self._activities(self.technician, review))
        self.assertTrue(self._activities(self.procurement, review))

    # -- Roles -------------------------------------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_who_may_see_and_decide(self):
        line = self._line(self._buy())
        for user in (self.technician, self.operator, self.storekeeper):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["finding"])
            with self.assertRaises(AccessError):
                line.review_id.with_user(user).read(["name"])
        for user in (self.planner, self.finance):
            self.assertTrue(line.with_user(user).finding)
            with self.assertRaises(AccessError):
                line.with_user(user).decision = "keep"
            with self.assertRaises(AccessError):
                self.env["maintenance.purchase.review.decide"].with_user(user).create({"decision": "keep"})
        self.assertFalse(line.decision)
        with self.assertRaises(AccessError):
            self.reviews.with_user(self.buyer).action_make()
        line.with_user(self.procurement).decision = "keep"
        self.assertEqual(line.decided_by_id, self.procurement)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models")
    def test_nobody_writes_the_list_by_hand(self):
        line = self._line(self._buy())
        review = line.review_id
        frozen = {
            "price_unit": 1.0, "reason": False, "times_undecided": 0, "qty_ordered": 1.0, "is_unlinked": False,
            "decided_by_id": self.planner.id, "outcome": "x", "date_decided": NOW, "review_id": review.id,
        }  # fmt: skip
        for name, value in frozen.items():
            with self.assertRaises(UserError):
                line.write({"decision": "keep", name: value})
        for user in (self.buyer, self.procurement):
            with self.assertRaises(AccessError):
                review.with_user(user).write({"line_ids": [(1, line.id, {"reason": False})]})
            with self.assertRaises(AccessError):
                review.with_user(user).write({"is_followed": True})
            with self.assertRaises(UserError):
                line.with_user(user).create({"review_id": review.id, "name": "Mine"})
            with self.assertRaises(AccessError):
                line.with_user(user).unlink()
            with self.assertRaises(AccessError):
                review.with_user(user).unlink()
        self.assertFalse(line.decision)
        line.with_context(maintenance_reviewing=True).write({"decision": "keep"})
        self.assertEqual(line.decided_by_id, self.buyer, "a context key from outside changes nothing")

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_another_companys_lines(self):
        line = self._line(self._buy())
        other = self.env["res.company"].create({"name": "Other plant"})
        self.buyer.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            line.with_user(self.buyer).with_context(allowed_company_ids=other.ids).decision = "keep"
        self.env.invalidate_all()
        self.assertFalse(line.sudo().decision)
