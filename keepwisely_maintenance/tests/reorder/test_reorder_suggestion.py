import math
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...models.reorder.reorder_policy import work_out
from .reorder_common import ReorderCase


@tagged("post_install", "-at_install")
class TestReorderSuggestion(ReorderCase):
    def test_a_count_of_nothing(self):
        """Counted as none where there was none, Odoo leaves a row without a quantity."""
        pump = self._create_part("Pump", 300.0, spare_criticality="high")
        quants = self.env["stock.quant"].with_user(self.keeper).with_context(inventory_mode=True)
        quants.create({"product_id": pump.id, "location_id": self.stock.id, "inventory_quantity": 0}).action_apply_inventory()
        self._set_point(pump, 1, 2)
        suggestion = self._suggest(pump)
        self.assertEqual(suggestion._read_on_hand(), {suggestion.id: 0.0})

    def test_what_is_missing(self):
        suggestion = self._suggest()
        self.assertEqual((suggestion.finding, suggestion.orderpoint_id.id), ("missing", False))
        self.assertGreater(suggestion.shortages_now, suggestion.shortages_then)
        self.assertAlmostEqual(suggestion.shortages_saved, suggestion.shortages_now - suggestion.shortages_then)
        self.assertAlmostEqual(suggestion.yearly_qty, 365 / 23, delta=1.5)
        self.assertEqual(suggestion.vendor_id, self.vendor)
        self.assertRegex(suggestion.explanation, r"In \d+ of \d+ lead times of 3 days, \d or fewer are used\.")

    def test_odoo_orders_below_its_minimum(self):
        """The policy orders at its own, so the native one is a step above."""
        suggestion = self._suggest()
        facts = suggestion.facts
        history = [0.0] * facts["periods"]
        for week, quantity in facts["used"]:
            history[week] = quantity
        found = work_out(history, 7, facts["lead"], facts["spread"], 20.0, 25.0, 0.2, 0.0, 0.0, 0.96)
        self.assertEqual((suggestion.min_qty, suggestion.max_qty), (found.min_qty + 1, max(found.max_qty, found.min_qty + 1)))
        self.assertEqual(sum(history), 30)
        point = self._set_point(self.filter, suggestion.min_qty, suggestion.max_qty)
        self.assertEqual(point.qty_forecast, 70)
        self._use(self.filter, 70 - suggestion.min_qty, 0)
        point.invalidate_recordset()
        self.assertEqual(point.qty_to_order, 0, "at the minimum nothing is ordered yet")
        self._use(self.filter, 1, 0)
        point.invalidate_recordset()
        self.assertEqual(point.qty_to_order, suggestion.max_qty - suggestion.min_qty + 1)

    def test_findings(self):
        suggested = self._suggest()
        low, high = suggested.min_qty, suggested.max_qty
        point = self._set_point(self.filter, low, high)
        for quantities, finding in (
            ((low, high), "right"),
            ((0, 0), "low"),
            ((0, high), "low"),
            ((low + 20, high + 20), "high"),
            ((low, high + 40), "high"),
        ):
            with self.subTest(quantities=quantities):
                point.write({"product_min_qty": quantities[0], "product_max_qty": quantities[1]})
                self.assertEqual(self._suggest().finding, finding)
        self.assertEqual(self._suggest().orderpoint_id, point)
        self.assertGreater(self._suggest().stock_now, self._suggest().stock_then)
        self.assertLess(self._suggest().stock_change, 0)

    def test_what_is_obsolete(self):
        """Not used for two years, and no asset needs it; what fits one is bought when somebody asks."""
        old = self._create_part("Old", 20.0, on_hand=5)
        self._use(old, 1, 1000)
        self._set_point(old, 1, 2)
        self.assertEqual(self._suggest(old).finding, "obsolete")
        self.assertIn("no asset needs it", self._suggest(old).explanation)
        self._fit(old)
        suggestion = self._suggest(old)
        self.assertEqual(suggestion.finding, "high")
        fresh = self._create_part("Fresh", 20.0, on_hand=5)
        self._set_point(fresh, 1, 2)
        self.assertEqual(self._suggest(fresh).finding, "high", "nobody could use it for two years")
        self.assertEqual((self._suggest(fresh).min_qty, self._suggest(fresh).max_qty), (0, 0))

    def test_what_counts_as_used(self):
        """What comes back counts against it; deliveries, counts, scrap and moves between own shelves are no use."""
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        lost = self.env["stock.location"].search([("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1)
        supplier = self.env.ref("stock.stock_location_suppliers")
        before = self._suggest().facts["used"]
        for source, destination in ((self.stock, shelf), (shelf, self.stock), (self.stock, lost), (lost, self.stock),
                                    (supplier, self.stock), (self.stock, supplier)):  # fmt: skip
            self._move(self.filter, 9, 40, source, destination)
        self.assertEqual(self._suggest().facts["used"], before)
        self._move(self.filter, 1, 10, self.place, self.stock)
        self.assertEqual(sum(quantity for _week, quantity in self._suggest().facts["used"]), 29)
        self._move(self.filter, 2, 9, shelf, self.place)
        self.assertEqual(sum(quantity for _week, quantity in self._suggest().facts["used"]), 31)

    def test_planned_work_is_no_chance(self):
        """What a schedule needs it asks for in time by itself; it is told, and is no part of what is random."""
        schedule = self.env["maintenance.schedule"].create(
            {
                "name": "Pump service",
                "equipment_ids": [Command.set(self.conveyor.ids)],
                "part_ids": [Command.create({"product_id": self.filter.id, "product_uom_qty": 1})],
                "next_date": fields.Date.today() + timedelta(days=300),
            }
        )
        before = self._suggest().facts["used"]
        planned = {"schedule_part_id": schedule.part_ids.id}
        self._use(self.filter, 8, 30, **planned)
        self.assertEqual(self._suggest().facts["used"], before)
        self.assertNotIn("Pump service", self._suggest().explanation)
        move = self._use(self.filter, 1, 0, **planned)
        move.sudo().write({"state": "confirmed", "date": fields.Datetime.now() + timedelta(days=5)})
        self.assertIn("1 more for Pump service on", self._suggest().explanation)

    def test_late_vendors(self):
        """A lead time is what the vendor says and how late it usually is."""
        early = self._suggest()
        before = early.lead_days, early.min_qty
        supplier = self.env.ref("stock.stock_location_suppliers")
        for number in range(4):
            order = self.env["purchase.order"].create(
                {
                    "partner_id": self.vendor.id,
                    "order_line": [Command.create({"product_id": self.seal.id, "product_qty": 1, "price_unit": 5})],
                }
            )
            order.button_confirm()
            self._receive(order)
            move = order.order_line.move_ids
            self.assertEqual(move.location_id, supplier)
            move.write({"date": fields.Datetime.now(), "date_deadline": fields.Datetime.now() - timedelta(days=30 + number)})
        suggestion = self._suggest()
        self.assertEqual(suggestion.lead_days, before[0] + 31.5)
        self.assertGreater(suggestion.min_qty, before[1])
        self.assertNotIn("vendor", suggestion.facts["doubts"])

    def test_packs_and_minimum_orders(self):
        self.filter.seller_ids.write({"min_qty": 2, "product_uom_id": self.env.ref("uom.product_uom_dozen").id})
        suggestion = self._suggest()
        self.assertGreaterEqual(suggestion.max_qty - suggestion.min_qty, 23)
        self.assertEqual((suggestion.max_qty - suggestion.min_qty + 1) % 12, 0)

    def test_service_levels_of_the_company(self):
        self.company.maintenance_level_high = 50
        low = self._suggest().min_qty
        self.company.maintenance_level_high = 99.9
        self.assertGreater(self._suggest().min_qty, low)
        self.filter.spare_criticality = "low"
        self.company.maintenance_level_low = 50
        self.assertEqual(self._suggest().min_qty, low)

    def test_standstill_decides_where_the_company_weighs_it(self):
        self._fit(self.filter, downtime_hourly_cost=5000.0)
        before = self._suggest().min_qty
        self.company.maintenance_level_by_standstill = True
        self.assertGreater(self._suggest().min_qty, before)

    def test_insurance_spares(self):
        """Never used, vital, and its asset stands: kept as long as that costs less than the standstill it saves."""
        gear = self._create_part("Gear", 4000.0, spare_criticality="vital")
        gear.seller_ids.delay = 90
        gear.maintenance_failure_rate = 0.1
        self._set_point(gear, 0, 0)
        self.assertEqual(self._suggest(gear).max_qty, 0, "no asset says what its standstill costs")
        self._fit(gear, downtime_hourly_cost=300.0)
        suggestion = self._suggest(gear)
        # 0.1 a year and 90 days: P(X > 0) = 2.4 %, which is 8,766 h × 300 × 0.024 = 63,900 a year for one; P(X > 1) = 0.03 %
        # saves 797 by a second one, at 800 a year
        self.assertEqual((suggestion.min_qty, suggestion.max_qty, suggestion.finding), (1, 1, "low"))
        self.assertIn("stands for 90 days", suggestion.explanation)
        # none is there now; of those that fail then, 2.4 % fail while another one is on its way
        self.assertAlmostEqual(suggestion.shortages_now, 0.1, 6)
        self.assertAlmostEqual(suggestion.shortages_then, 0.1 * (1 - math.exp(-0.1 * 90 / 365.25)), 4)
        self.assertAlmostEqual(suggestion.stock_change, 4000.0 * (1 - 0.1 * 90 / 365.25), delta=10)
        gear.maintenance_failure_rate = 1.0
        self.assertGreater(self._suggest(gear).max_qty, 1)
        self.company.maintenance_standstill_days = 1
        self.assertEqual(self._suggest(gear).max_qty, 1, "help is here in a day")

    def test_failures_of_comparable_parts(self):
        category = self.env["product.category"].create({"name": "Gears"})
        gear = self._create_part("Gear", 4000.0, spare_criticality="vital", categ_id=category.id)
        gear.seller_ids.delay = 90
        self._set_point(gear, 0, 0)
        self._fit(gear, downtime_hourly_cost=300.0)
        alone = self._suggest(gear).max_qty
        other = self._create_part("Other gear", 4000.0, on_hand=50, categ_id=category.id)
        for number in range(30):
            self._use(other, 1, 10 + number)
        self.assertGreater(self._suggest(gear).max_qty, alone)

    def test_doubts(self):
        few = self._create_part("Few", 20.0, on_hand=9)
        self._use(few, 1, 20)
        self._use(few, 1, 60)
        suggestion = self._suggest(few)
        self.assertEqual(suggestion.certainty, "unsure")
        self.assertIn("Too little was seen", suggestion.doubt)
        spike = self._create_part("Spike", 20.0, on_hand=99)
        for days_ago in (400, 300, 200, 100):
            self._use(spike, 1, days_ago)
        self._use(spike, 40, 50)
        self.assertIn("more than all others together", self._suggest(spike).doubt)

    def test_the_last_two_years_once_more(self):
        """A shelf that was always full lacked nothing and was dear; the suggestion would have had less on it."""
        suggestion = self._suggest()
        self.assertEqual(suggestion.past_shortages, 0)
        self.assertGreater(suggestion.past_stock, suggestion.past_stock_then)
        months = self.env["maintenance.reorder.month"].search([("warehouse_id", "=", self.stock.warehouse_id.id)])
        suggested = months.filtered(lambda month: month.version == "suggested")
        self.assertEqual(len(suggested) * 2, len(months))
        self.assertEqual(sum(suggested.mapped("shortages")), sum(
            self.suggestions.search([("location_id.warehouse_id", "=", self.stock.warehouse_id.id)]).mapped("past_shortages_then")
        ))
        part = self._create_job_part(self.bearing, 5)
        self.assertTrue(part.maintenance_requisition_line_ids)
        self._use(self.bearing, 1, 5)
        part.sudo().maintenance_requisition_line_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE maintenance_requisition_line SET create_date = now() - interval '3 days' WHERE id = %s",
            part.sudo().maintenance_requisition_line_ids.ids,
        )
        self.env.invalidate_all()
        self.assertEqual(self._suggest(self.bearing).past_shortages, 1)

    def test_graph_and_words_in_the_users_language(self):
        suggestion = self._suggest()
        self.assertIn('"value"', suggestion.graph)
        self.assertFalse(self._suggest(self.seal).graph if self._suggest(self.seal) else False)

    def test_money_is_for_those_who_see_costs(self):
        suggestion = self._suggest()
        self.env.invalidate_all()
        read = suggestion.with_user(self.storekeeper).read()[0]
        self.assertNotIn("stock_then", read)
        self.assertIn("shortages_then", read)
        self.assertIn("stock_then", suggestion.with_user(self.buyer).read()[0])
        self.assertFalse(self.suggestions.with_user(self.operator).has_access("read"))

    def test_of_other_companies(self):
        sister = self.env["res.company"].create({"name": "Sister plant"})
        suggestion = self._suggest()
        self.env.invalidate_all()
        self.keeper.write({"company_ids": [Command.set(sister.ids)], "company_id": sister.id})
        self.assertNotIn(suggestion.id, self.suggestions.with_user(self.keeper).search([]).ids)

    def test_a_place_of_several_companies(self):
        """A location without a company may have a reorder point of each: there is one suggestion, and the run goes on."""
        sister = self.env["res.company"].create({"name": "Sister plant"})
        shared = self.env["stock.location"].create({"name": "Shared", "usage": "internal", "company_id": False})
        warehouses = self.stock.warehouse_id | self.env["stock.warehouse"].search([("company_id", "=", sister.id)], limit=1)
        for warehouse in warehouses:
            self.env["stock.warehouse.orderpoint"].create(
                {
                    "product_id": self.filter.id, "location_id": shared.id, "warehouse_id": warehouse.id,
                    "company_id": warehouse.company_id.id, "trigger": "manual",
                }
            )  # fmt: skip
        self._suggest()
        self.assertEqual(len(self.suggestions.search([("location_id", "=", shared.id)])), 1)

    def test_without_advice_there_is_none(self):
        self.assertTrue(self._suggest())
        self.company.maintenance_reorder_advice = False
        self.assertFalse(self._suggest())

    def test_as_many_queries_however_many(self):
        parts = [self._create_part(f"Part {number}", 20.0, on_hand=9) for number in range(30)]
        for part in parts:
            self._use(part, 1, 30)
            self._use(part, 1, 90)
            self._set_point(part, 1, 2)
        self.suggestions._sync_places()
        counts = []
        for number in (5, 30):
            mine = self.suggestions.search([("product_id", "in", [part.id for part in parts[:number]])])
            self.assertEqual(len(mine), number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            mine._renew()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLessEqual(counts[1], 60)

    def test_the_scheduled_action(self):
        self._run_cron("ir_cron_reorder_suggest")
        suggestion = self.suggestions.search([("product_id", "=", self.filter.id), ("location_id", "=", self.stock.id)])
        self.assertEqual(suggestion.finding, "missing")
        months = self.env["maintenance.reorder.month"].search_count([])
        self._run_cron("ir_cron_reorder_suggest")
        self.assertEqual(self.env["maintenance.reorder.month"].search_count([]), months, "made anew, not once more")
