from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.cost.asset_economics import get_cost_of_year, get_equivalent_annual_costs
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestAssetEconomics(MaintenanceCase):
    """Examples 9-4 and 9-5 of Sullivan, Wicks and Koelling, *Engineering Economy*: when to replace a forklift truck."""

    #: table 9-2: a new truck of 30,000 at 10 %, market values and annual expenses at the end of each year
    values = [22500, 16875, 12750, 9750, 7125]
    expenses = [3000, 4500, 7000, 10000, 13000]

    def test_cost_of_each_year_of_a_new_truck(self):
        before = [30000, *self.values]
        costs = [
            get_cost_of_year(*row, 0.1) for row in zip(before, self.values, self.expenses, strict=False)
        ]  # fmt: skip
        # the third as printed is rounded up by half a unit
        self.assertEqual(costs, [13500, 12375, 12812.5, 14275, 16600])

    def test_it_is_cheapest_when_kept_for_three_years(self):
        annual = get_equivalent_annual_costs(30000, self.values, self.expenses, 0.1)
        for found, printed in zip(annual, (13500, 12964, 12918, 13211, 13766), strict=True):
            self.assertAlmostEqual(found, printed, delta=0.5)
        self.assertEqual(annual.index(min(annual)) + 1, 3)

    def test_the_old_truck_is_kept_for_two_more_years(self):
        """Example 9-5: worth 7,500 now; its third year would cost more than the 12,918 of a new one."""
        before, after = [7500, 6000, 4500, 3000], [6000, 4500, 3000, 1500]
        costs = [
            get_cost_of_year(*row, 0.1) for row in zip(before, after, (8250, 9900, 11700, 13200), strict=True)
        ]  # fmt: skip
        self.assertEqual(costs, [10500, 12000, 13650, 15000])
        self.assertEqual([cost < 12918 for cost in costs], [True, True, False, False])

    def test_without_interest_it_is_the_average(self):
        self.assertEqual(get_equivalent_annual_costs(100, [60, 40], [10, 20], 0), [50, 45])


@tagged("post_install", "-at_install")
class TestOwnership(MaintenanceCase):
    """What owning an asset cost, year by year, and whether to keep it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cost_of_capital = 10
        cls.company.resource_calendar_id.tz = "America/Chicago"
        # bought for 30,000 three years ago, of which a fifth of 25,000 is lost each year
        cls.conveyor.write(
            {
                "cost": 30000,
                "effective_date": "2023-03-01",
                "useful_life_years": 5,
                "salvage_value": 5000,
                "downtime_hourly_cost": 100,
            }
        )
        cls.asset = cls.conveyor.with_user(cls.planner)
        cls.job = cls.env["maintenance.request"].create({"name": "Upkeep", "equipment_id": cls.conveyor.id})
        cls.job.action_approve()
        cls.job.user_id = cls.technician
        cls.job.action_assign()
        cls.job.action_start()

    def _spend(self, day, hours=0, standstill=0, asset=None):
        """Hours of 40 each, at most 10 a day from ``day`` on, and hours of standstill of 100 each."""
        first = fields.Date.to_date(day)
        self.env["maintenance.labor"].create(
            [
                {
                    "maintenance_request_id": self.job.id,
                    "user_id": self.technician.id,
                    "hours": min(hours - worked, 10),
                    "date": fields.Date.add(first, days=worked // 10),
                }
                for worked in range(0, hours, 10)
            ]
        )
        if standstill:
            self.env["maintenance.downtime"].create(
                {
                    "equipment_id": (asset or self.conveyor).id,
                    "date_from": f"{day} 12:00:00",
                    "date_to": f"{day} {12 + standstill}:00:00",
                }
            )

    def _by(self, groupby, domain=()):
        rows = self.env["maintenance.ownership.report"].with_user(self.planner)._read_group(
            [("equipment_id", "=", self.conveyor.id), *domain], [groupby], ["amount:sum"]
        )  # fmt: skip
        return {getattr(key, "year", key): amount for key, amount in rows}

    def _recover(self, amount, day="2025-06-01", user=None, **values):
        return self.env["maintenance.warranty.recovery"].with_user(user or self.planner).create(
            {"name": "Gearbox, claim 4711", "equipment_id": self.conveyor.id, "amount": amount, "date": day, **values}
        )

    @freeze_time("2026-03-01 15:00:00")
    def test_the_total_is_the_sum_of_its_facts(self):
        self._spend("2023-05-01", hours=10, standstill=3)
        self._spend("2025-05-01", hours=25)
        self._recover(250)
        self.assertEqual(self._by("kind"), {"purchase": 30000, "labor": 1400, "downtime": 300, "recovery": -250})
        self.assertEqual(self._by("date:year"), {2023: 30700, 2025: 750})
        self.assertEqual(self._by("year_in_service"), {1: 30700, 3: 750})
        self.assertEqual(self.asset.total_cost_of_ownership, 31700)
        self.assertEqual(self.asset.recovered_cost, 250)
        # three of five years: 30,000 − 3 × 5,000
        self.assertAlmostEqual(self.asset.residual_value, 15000, delta=15)
        self.assertAlmostEqual(self.asset.net_cost_of_ownership, 31700 - 250 - self.asset.residual_value, 2)

    def test_downtime_that_lasts_counts_until_now(self):
        with freeze_time("2026-03-01 03:00:00"):
            self.conveyor.with_user(self.technician).action_down()
        with freeze_time("2026-03-01 05:30:00"):
            self.env.invalidate_all()
            self.assertEqual(self._by("kind"), {"purchase": 30000, "downtime": 250})
            self.assertEqual(self.asset.total_cost_of_ownership, 30250)
            # it is still the day before in the plant
            row = self.env["maintenance.ownership.report"].search([("kind", "=", "downtime")])
            self.assertEqual(row.date, date(2026, 2, 28))

    def test_degraded_costs_nothing(self):
        with freeze_time("2026-03-01 03:00:00"):
            self.conveyor.with_user(self.technician).action_degraded()
        with freeze_time("2026-03-01 05:30:00"):
            self.assertEqual(self._by("kind"), {"purchase": 30000})

    def test_residual_value(self):
        for day, value in (
            ("2022-01-01", 30000), ("2023-03-01", 30000), ("2028-03-01", 5000), ("2040-01-01", 5000),
        ):  # fmt: skip
            with freeze_time(f"{day} 15:00:00"), self.subTest(day=day):
                self.env.invalidate_all()
                self.assertEqual(self.asset.residual_value, value)
        self.conveyor.useful_life_years = 0
        self.assertEqual(self.asset.residual_value, 5000)
        self.conveyor.salvage_value = 50000
        self.assertEqual(self.asset.residual_value, 30000, "never more than it was bought for")

    def test_years_begin_with_the_service(self):
        self._spend("2022-12-31", hours=1)
        self._spend("2024-02-29", hours=2)
        self._spend("2024-03-01", hours=3)
        self.assertEqual(self._by("year_in_service", [("kind", "=", "labor")]), {1: 120, 2: 120})

    # -- Repair or replace ---------------------------------------------------------------------------------------

    @freeze_time("2026-03-01 15:00:00")
    def test_keep_or_replace(self):
        """Each year is worth 5,000 less, interest is 10 %.

        New, years 1 to 3 cost 5,000 + 3,000 + 1,000; 5,000 + 2,500 + 2,000; 5,000 + 2,000 + 4,000: 9,000, 9,500 and
        11,000. EUAC 9,000; (9,000 × 1.1 + 9,500) / 2.1 = 9,238.10; (9,000 × 1.21 + 9,500 × 1.1 + 11,000) / 3.31 = 9,770.39.
        The lowest is 9,000, after one year. Keeping the old one: 5,000 + 10 % of 15,000 + 4,000 = 10,500.
        Break-even: 9,000 − 5,000 − 1,500 = 2,500.
        """
        for day, hours in (("2023-05-01", 25), ("2024-05-01", 50), ("2025-05-01", 100)):
            self._spend(day, hours=hours)
        asset = self.asset
        self.assertFalse(asset.replacement_missing)
        self.assertEqual((asset.yearly_expenses, asset.economic_life, asset.replacement_hint), (4000, 1, "replace"))
        # days of years differ by one
        for found, expected in (
            (asset.value_loss, 5000), (asset.capital_cost, 1500), (asset.keep_cost, 10500), (asset.replace_cost, 9000),
            (asset.break_even_cost, 2500),
        ):  # fmt: skip
            self.assertAlmostEqual(found, expected, delta=15)
        self.assertAlmostEqual(asset.keep_cost, asset.value_loss + asset.capital_cost + asset.yearly_expenses, 2)

        # 1,600 came back within twelve months: what is left of the costs is below the break-even
        self._recover(1600, "2025-07-01")
        self.assertEqual((asset.yearly_expenses, asset.replacement_hint), (2400, "keep"))
        # a new one is dearer today, too, and loses as much of that: the break-even rises
        self.env["maintenance.warranty.recovery"].search([]).unlink()
        self.conveyor.replacement_value = 60000
        # 10,000 + 6,000 + 1,000
        self.assertAlmostEqual(asset.replace_cost, 17000, delta=15)
        self.assertEqual(asset.replacement_hint, "keep")

    def test_no_hint_without_knowing(self):
        for day, values in (
            ("2025-02-28", {}),
            ("2026-03-01", {"useful_life_years": 0}),
            ("2026-03-01", {"cost": 0}),
        ):
            with freeze_time(f"{day} 15:00:00"), self.subTest(day=day, **values):
                self.conveyor.write({"useful_life_years": 5, "cost": 30000, **values})
                self.env.invalidate_all()
                self.assertEqual((self.asset.replacement_hint, self.asset.replace_cost), ("unknown", 0))
                self.assertTrue(self.asset.replacement_missing)
        with freeze_time("2025-03-01 15:00:00"):
            self.conveyor.write({"useful_life_years": 5, "cost": 30000})
            self.env.invalidate_all()
            self.assertFalse(self.asset.replacement_missing, "two full years")

    def test_many_assets_cost_no_more_queries(self):
        assets = self.env["maintenance.equipment"].create(
            [
                {"name": f"Asset {n}", "cost": 100, "useful_life_years": 5, "effective_date": "2020-01-01"}
                for n in range(20)
            ]
        )
        names = ["net_cost_of_ownership", "replacement_hint", "break_even_cost", "residual_value"]
        assets.with_user(self.planner).read(names)
        for few in (assets[:1], assets):
            self.env.invalidate_all()
            self.env.flush_all()
            with self.assertQueryCount(__system__=16):
                few.with_env(self.env).read(names)

    # -- Recoveries --------------------------------------------------------------------------------------------------

    def test_who_enters_recoveries(self):
        for user in (self.planner, self.finance):
            self._recover(10, user=user)
        for user in (self.operator, self.technician, self.buyer, self.storekeeper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._recover(10, user=user)
        for user in (self.operator, self.technician):
            for model in ("maintenance.warranty.recovery", "maintenance.ownership.report"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    @mute_logger("odoo.sql_db")
    def test_amounts_are_above_zero(self):
        for amount in (0, -5):
            with self.subTest(amount=amount), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._recover(amount)

    def test_the_work_order_says_the_asset(self):
        recovery = self.env["maintenance.warranty.recovery"].with_user(self.planner).create(
            {"name": "Motor", "maintenance_request_id": self.job.id, "amount": 5}
        )  # fmt: skip
        self.assertEqual(recovery.equipment_id, self.conveyor)
        other = self.env["maintenance.equipment"].create({"name": "Pump"})
        with self.assertRaises(ValidationError):
            recovery.equipment_id = other

    def test_credit_notes_count_once(self):
        """One that names an order is in the ledger already; one gives back no more than it says."""
        sealant = self.env["product.product"].create(
            {"name": "Sealant", "type": "consu", "supplier_taxes_id": False, "purchase_method": "purchase"}
        )
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": sealant.id, "price_unit": 100, "equipment_id": self.conveyor.id})
                ],
            }
        )  # fmt: skip
        order.button_confirm()

        def credit(**values):
            note = self.env["account.move"].with_user(self.finance).create(
                {
                    "move_type": "in_refund",
                    "partner_id": self.vendor.id,
                    "invoice_date": "2025-06-01",
                    "invoice_line_ids": [
                        Command.create({"product_id": sealant.id, "price_unit": 100, "tax_ids": False, **values})
                    ],
                }
            )  # fmt: skip
            note.action_post()
            return note

        linked, free = credit(purchase_line_id=order.order_line.id), credit()
        with self.assertRaisesRegex(ValidationError, "already"), self.env.cr.savepoint():
            self._recover(100, user=self.finance, bill_id=linked.id)
        self._recover(60, user=self.finance, bill_id=free.id)
        with self.assertRaisesRegex(ValidationError, "gives back less"), self.env.cr.savepoint():
            self._recover(41, user=self.finance, bill_id=free.id)
        self._recover(40, user=self.finance, bill_id=free.id)
        self.assertEqual(self.asset.recovered_cost, 100)

    # -- Meters -----------------------------------------------------------------------------------------------------

    def test_cost_for_each_unit(self):
        meter = self.env["maintenance.meter"].create(
            {"name": "Hours", "code": "CV-H", "equipment_id": self.conveyor.id, "unit": "h"}
        )
        heat = self.env["maintenance.meter"].create(
            {"name": "Heat", "code": "CV-T", "equipment_id": self.conveyor.id, "kind": "gauge"}
        )

        def read(day, value):
            for read_meter in meter | heat:
                self.env["maintenance.meter.reading"].create(
                    {"meter_id": read_meter.id, "value": value, "date": f"{day} 12:00:00"}
                )

        self._spend("2025-01-01", hours=100)
        read("2025-02-01", 1000)
        self.assertEqual((meter.counted_cost, meter.cost_per_unit), (0, 0), "read once, so nothing was counted")
        read("2025-06-01", 1500)
        self._spend("2025-02-01", hours=2)
        self._spend("2025-06-01", hours=3)
        self._spend("2025-07-01", hours=100)
        meter = meter.with_user(self.planner)
        # 5 × 40 in 500 hours
        self.assertEqual((meter.counted_cost, meter.cost_per_unit), (200, 0.4), "both days belong to it")
        self.assertEqual((heat.counted_cost, heat.cost_per_unit), (0, 0), "a gauge counts nothing")
        with self.assertRaises(AccessError):
            meter.with_user(self.technician).read(["cost_per_unit"])

    def test_every_row_opens_its_source(self):
        self._spend("2025-05-01", hours=1, standstill=1)
        recovery = self._recover(5)
        rows = self.env["maintenance.ownership.report"].with_user(self.planner).search(
            [("equipment_id", "=", self.conveyor.id)]
        )  # fmt: skip
        opened = {row.kind: (row.action_open_source()["res_model"], row.action_open_source()["res_id"]) for row in rows}
        self.assertEqual(
            opened,
            {
                "purchase": ("maintenance.equipment", self.conveyor.id),
                "labor": ("maintenance.labor", self.job.labor_ids.id),
                "downtime": ("maintenance.downtime", self.conveyor.downtime_ids.id),
                "recovery": ("maintenance.warranty.recovery", recovery.id),
            },
        )

    def test_the_screens_can_add_up(self):
        ledger = self.env["maintenance.ownership.report"].with_user(self.planner)
        self.assertEqual(ledger.fields_get(["amount"])["amount"]["aggregator"], "sum")
        rows = ledger.formatted_read_group([("equipment_id", "=", self.conveyor.id)], ["kind"], ["amount:sum"])
        self.assertEqual([row["amount:sum"] for row in rows], [30000])
        self.assertEqual(ledger.search([], limit=1).currency_id, self.company.currency_id)
