from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .kpi_common import KpiCase

MONEY = ("cost_share", "emergency_purchases")


@tagged("post_install", "-at_install")
class TestKpiSupply(KpiCase):
    """Stock-outs, cost of replacement value, emergency purchases; who sees amounts, companies, queries."""

    def test_stock_out(self):
        """Of 4 spares asked for one was not on the shelf: 1 ÷ 4 = 25 %. What is no spare does not count."""
        job = self._assigned()
        for quantity in (1, 2, 3):
            self._add_part(job, self.seal, quantity)
        short = self._add_part(job, self.bearing, 5)
        grease = self._create_part("Grease", 3.0, is_spare_part=False)
        self._add_part(job, grease)
        job.action_request_parts()
        kpi = self._kpi("stock_out")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value, kpi.rating), (1, 4, 25, "bad"))
        self.assertEqual(len(self._open_records(kpi)), 4)
        self.assertEqual(self._open_records(kpi, "other").ids, short.ids)

    def test_a_stock_out_stays_one_when_the_part_has_come(self):
        job = self._assigned()
        self._add_part(job, self.bearing, 5)
        job.action_request_parts()
        requisition = job.sudo().requisition_ids
        for order in self._order(requisition):
            self._receive(order)
        self.assertEqual(job.parts_state, "ready")
        self.assertEqual(self._kpi("stock_out").value, 100)

    def test_cost_share(self):
        """240 of labour on an asset worth 12,000: 240 ÷ 12000 = 2 %; what an asset without a value cost is left out.

        An asset worth 4,000 that cost nothing counts below the line: 240 ÷ 16000 = 1.5 %.
        """
        self._repair(self._ago(100), 6)  # at 40 an hour
        self.assertAlmostEqual(self._kpi("cost_share").value, 2)
        valueless, pump = self.env["maintenance.equipment"].create(
            [{"name": "Rack", "cost": 0}, {"name": "Pump", "cost": 4000, "maintenance_team_id": self.team.id}]
        )
        self._repair(self._ago(100), 6, equipment_id=valueless.id)
        kpi = self._kpi("cost_share")
        self.assertEqual((kpi.numerator, kpi.denominator, kpi.value), (240, 16000, 1.5))
        self.assertEqual(sum(self._open_records(kpi).mapped("amount")), 240)
        self.assertEqual(self._open_records(kpi, "other"), (self.conveyor | pump).with_user(self.planner))
        # always twelve months
        self.assertEqual(self._kpi("cost_share", kpi_months=1).value, 1.5)
        self.assertEqual(kpi.denominator, 16000)

    def test_cost_share_of_companies_with_other_currencies(self):
        """240 of 12,000 here; 240 of 4,000 in a currency of which 2 are worth 1: (240 + 120) ÷ (12000 + 2000) = 2.57 %."""
        currency = self.env["res.currency"].create({"name": "KWX", "symbol": "X", "rate_ids": [
            Command.create({"name": self.today - timedelta(days=60), "rate": 2.0, "company_id": self.company.id})]})  # fmt: skip
        other = self.env["res.company"].create({"name": "Second plant", "currency_id": currency.id})
        self.planner.company_ids |= other
        press = self.env["maintenance.equipment"].create({"name": "Press", "cost": 4000, "company_id": other.id})
        self._repair(self._ago(100), 6)
        far = self._repair(self._ago(100), 6, equipment_id=False)
        self._set(far.labor_ids, follow=False, company_id=other.id)
        self._set(far, follow=False, company_id=other.id, equipment_id=press.id)
        for companies, cost, value in (
            (self.company, 240, 12000), (other, 240, 4000), (self.company | other, 360, 14000),
        ):  # fmt: skip
            kpi = self._kpi("cost_share", allowed_company_ids=companies.ids)
            self.assertEqual((kpi.numerator, kpi.denominator), (cost, value))

    def test_cost_of_the_year_before_is_that_of_the_period_before(self):
        self._repair(self._ago(100), 6)
        self._repair(self._ago(500), 3)
        kpi = self._kpi("cost_share")
        self.assertEqual((kpi.value_text, kpi.previous_text, kpi.change), ("2.0 %", "1.0 %", "worse"))

    def test_emergency_purchases(self):
        """Ordered 42 in emergency and 84 + 42 in peace: 42 ÷ 168 = 25 %."""
        self.bearing.standard_price = 42
        orders = self.env["purchase.order"]
        for quantity in (1, 2, 1):
            job = self._assigned(priority="3")
            self._add_part(job, self.bearing, 1 + quantity)
            job.action_request_parts()
            orders |= self._order(job.sudo().requisition_ids)
            self.bearing.sudo().stock_quant_ids.filtered(lambda q: q.location_id == self.stock).quantity = 1
        lines = orders.sudo().order_line
        first = lines[0].requisition_line_id.requisition_id
        self._set(first, date_emergency=self.now)
        total = sum(lines.mapped("price_subtotal"))
        urgent = sum(lines.filtered(lambda line: line.requisition_line_id.requisition_id == first).mapped("price_subtotal"))
        kpi = self._kpi("emergency_purchases", self.buyer)
        self.assertAlmostEqual(kpi.numerator, urgent)
        self.assertAlmostEqual(kpi.denominator, total)
        self.assertTrue(0 < urgent < total)
        self.assertAlmostEqual(kpi.value, 100 * urgent / total)
        self.assertEqual(set(self._open_records(kpi).ids), set(lines.ids))

    def test_emergency_purchases_are_in_the_currency_of_the_company(self):
        """100 in a currency of which 2 are worth 1: 50 of the company's, as much as the other order: 50 %."""
        currency = self.env["res.currency"].create({"name": "KWX", "symbol": "X", "rate_ids": [
            Command.create({"name": self.today - timedelta(days=60), "rate": 2.0, "company_id": self.company.id})]})  # fmt: skip
        orders = self.env["purchase.order"]
        for code, price in ((currency, 100), (self.company.currency_id, 50)):
            orders |= self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id, "currency_id": code.id,
                    "order_line": [Command.create({
                        "product_id": self.bearing.id, "product_qty": 1, "price_unit": price, "equipment_id": self.conveyor.id,
                        "tax_ids": False,
                    })],
                }
            )  # fmt: skip
        orders.button_confirm()
        kpi = self._kpi("emergency_purchases", self.buyer)
        self.assertAlmostEqual(kpi.denominator, 100)
        self.assertEqual(kpi.value_text, "0 %")

    # -- Who sees amounts -----------------------------------------------------------------------------

    def test_technicians_see_nothing_about_money(self):
        self._repair(self._ago(100), 6)
        figures = self.env["maintenance.kpi"].with_user(self.technician)
        self.assertFalse(figures.search([("code", "in", MONEY)]))
        self.assertTrue(figures.search([("code", "=", "mttr")]))
        for code in MONEY:
            kpi = self._kpi(code, self.technician)
            for attempt in (lambda kpi=kpi: kpi.read(["value"]), kpi.action_view_records, kpi.action_view_other):
                with self.assertRaises(AccessError):
                    attempt()
        self.assertFalse(figures.with_context(active_test=False).search([("is_cost", "=", True)]))
        self.assertEqual(len(self.env["maintenance.kpi"].with_user(self.finance).search([("code", "in", MONEY)])), 2)

    def test_figures_about_orders_are_for_those_who_read_orders(self):
        for user, count in ((self.planner, 1), (self.buyer, 2), (self.finance, 2), (self.technician, 0)):
            figures = self.env["maintenance.kpi"].with_user(user).search([("code", "in", MONEY)])
            self.assertEqual(len(figures), count, user.name)

    def test_who_may_not_read_what_is_counted_is_told(self):
        self.env.ref("keepwisely_maintenance.kpi_emergency_purchases").is_purchase = False
        kpi = self._kpi("emergency_purchases", self.planner)
        self.assertTrue(kpi.is_refused)
        self.assertFalse(kpi.is_measured)
        self.assertFalse(self._kpi("emergency_purchases", self.buyer).is_refused)

    def test_definitions_are_not_changed_by_technicians(self):
        kpi = self._kpi("mttr", self.technician)
        with self.assertRaises(AccessError):
            kpi.target = 5
        self._kpi("mttr").target = 5
        with self.assertRaises(AccessError):
            self._kpi("mttr").copy({"code": "mtbf"})

    # -- Companies ----------------------------------------------------------------------------------------

    def test_companies(self):
        """3 h in one company, 5 h in the other: each alone, and (3 + 5) ÷ 2 = 4 h of both together."""
        other = self.env["res.company"].create({"name": "Second plant"})
        self.planner.company_ids |= other
        self._repair(self._ago(20), 3)
        far = self._repair(self._ago(20), 5, equipment_id=False)
        for records in (far.labor_ids, far):
            self._set(records, follow=False, company_id=other.id)
        for companies, value in ((self.company, 3), (other, 5), (self.company | other, 4)):
            kpi = self._kpi("mttr", allowed_company_ids=companies.ids)
            self.assertEqual(kpi.value, value)
            self.assertEqual(len(self._open_records(kpi)), len(companies))
        # the superuser is not asked for record rules, and still counts the companies chosen alone
        self.assertEqual(self._kpi("mttr", allowed_company_ids=other.ids).sudo().value, 5)

    # -- Queries ------------------------------------------------------------------------------------------

    def test_query_counts_do_not_grow(self):
        """One or a few queries for each figure, whatever the number of records, months and teams."""
        self._repair(self._ago(20), 3)
        self._count_queries()  # fills caches that outlive a request
        few = self._count_queries()
        for days in range(30, 150, 10):
            self._repair(self._ago(days), 3)
            self._down(self._ago(days), 2)
        many = self._count_queries()
        self.assertEqual(few, many)
        backlog = many.pop("backlog_ready"), many.pop("backlog_total")
        self.assertLessEqual(max(backlog), 13, "working hours of people, day by day")
        # replacement values that were entered, purchase prices, and the ledger with its two settings
        self.assertLessEqual(many.pop("cost_share"), 5)
        self.assertLessEqual(max(many.values()), 4, many)

    def _count_queries(self):
        counts = {}
        periods = self.env["maintenance.kpi"]._get_period().get_months()
        for kpi in self.env["maintenance.kpi"].with_user(self.planner).search([("code", "!=", "emergency_purchases")]):
            kpi._get_results(periods)
            self.env.invalidate_all()
            kpi.fetch(["code"])
            before = self.env.cr.sql_log_count
            kpi._get_results(periods)
            counts[kpi.code] = self.env.cr.sql_log_count - before
        return counts
