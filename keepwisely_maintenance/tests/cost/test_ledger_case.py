from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestLedgerCase(MaintenanceCase):
    """The case of docs/ledger-case.md, played by the people who would; every amount is worked out by hand there.

    The plant is in Chicago and keeps its books in dollars. One euro is 1.25 $ from January on, 1.60 $ from March on
    and 1.50 $ from May on; one pound is 2 $ from January and 2.50 $ from April on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.maintenance_order_rule = "free"  # some is bought by hand
        cls.company.resource_calendar_id.tz = "America/Chicago"
        assert cls.company.currency_id.name == "USD"
        cls.euro = cls._currency("EUR", {"2026-01-01": 1.25, "2026-03-01": 1.60, "2026-05-01": 1.50})
        cls.pound = cls._currency("GBP", {"2026-01-01": 2.0, "2026-04-01": 2.5})
        average, fifo = cls.env["product.category"].create(
            [
                {"name": "At average cost", "property_cost_method": "average"},
                {"name": "First in, first out", "property_cost_method": "fifo"},
            ]
        )
        with freeze_time("2026-01-02 12:00:00"):
            cls.filter = cls._create_product("Filter", is_storable=True, categ_id=average.id)
            cls.belt = cls._create_product("Belt", is_storable=True, categ_id=fifo.id)
            cls.grease = cls._create_product("Grease", type="consu")
            cls.sealant = cls._create_product("Sealant", type="consu")
            cls.alignment = cls._create_product("Alignment", type="service", purchase_method="receive")
            cls.crane = cls._create_product("Crane", type="service", purchase_method="purchase")
        cls.gripper = cls.env["maintenance.equipment"].create(
            {"name": "Gripper", "category_id": cls.category.id, "parent_id": cls.conveyor.id}
        )
        cls.planner.group_ids += cls.env.ref("stock.group_stock_user")

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "taxes_id": False, "supplier_taxes_id": False, "standard_price": 0.0, **values}
        )

    @classmethod
    def _currency(cls, name, dollars_by_day):
        currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        currency.active = True
        currency.rate_ids.unlink()
        currency.rate_ids = [
            Command.create({"name": day, "rate": 1 / dollars, "company_id": cls.company.id})
            for day, dollars in dollars_by_day.items()
        ]
        return currency

    # -- What people do -------------------------------------------------------------------------------------------

    def _buy(self, lines, currency=None, **links):
        """The buyer orders ``{product: (quantity, price)}``."""
        order = (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": self.vendor.id,
                    "currency_id": (currency or self.company.currency_id).id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": price, **links})
                        for product, (quantity, price) in lines.items()
                    ],
                }
            )
        )
        order.button_confirm()
        return order

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _draft_bill(self, order, day, lines, move_type="in_invoice"):
        """The accountant writes down what the vendor bills: ``{product: (quantity, price)}``."""
        return (
            self.env["account.move"]
            .with_user(self.finance)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": self.vendor.id,
                    "currency_id": order.currency_id.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": quantity,
                                "price_unit": price,
                                "purchase_line_id": self._line(order, product).id,
                            }
                        )
                        for product, (quantity, price) in lines.items()
                    ],
                }
            )
        )

    def _bill(self, order, day, lines, move_type="in_invoice"):
        with freeze_time(f"{day} 15:00:00"):
            bill = self._draft_bill(order, day, lines, move_type)
            bill.action_post()
        return bill

    def _use(self, request, quantities):
        moves = self.env["stock.move"]
        for product, quantity in quantities.items():
            moves |= self._add_part(request, product, quantity)
        moves.with_user(self.technician).action_use_part()
        return moves

    def _send_back(self, order, product, quantity):
        picking = order.picking_ids.with_user(self.storekeeper)
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper).create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = quantity if line.product_id == product else 0
        back = wizard._create_return()
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")

    # -- What the ledger says -------------------------------------------------------------------------------------

    def _ledger(self, field="equipment_id", record=None):
        """``{(month, kind, entry): amount}`` of the conveyor, as the planner reads it."""
        groups = self.env["maintenance.cost.report"].with_user(self.planner)._read_group(
            [(field, "=", (record or self.conveyor).id)], ["date:month", "kind", "entry"], ["amount:sum"]
        )  # fmt: skip
        return {(month.month, kind, entry): round(amount, 2) for month, kind, entry, amount in groups if round(amount, 2)}

    def _assert_adds(self, **added):
        """The ledger is as before with ``kind_entry={month: amount}`` added, and the totals are the ledger."""
        for name, amounts in added.items():
            kind, entry = name.split("_", 1)
            for month, amount in amounts.items():
                key = month, kind, entry
                self.expected[key] = round(self.expected.get(key, 0) + amount, 2)
        self.env.invalidate_all()
        self.assertEqual(self._ledger(), {key: amount for key, amount in self.expected.items() if amount})
        kinds = {"labor": 0, "part": 0, "service": 0}
        for (_month, kind, _entry), amount in self.expected.items():
            kinds[kind] += amount
        request = self.request.with_user(self.planner)
        shown = request.labor_cost, request.parts_cost, request.service_cost, request.total_cost
        total = sum(kinds.values())
        for amount, expected in zip(shown, (*kinds.values(), total), strict=True):
            self.assertAlmostEqual(amount, expected, 2)
        self.assertAlmostEqual(self.conveyor.with_user(self.planner).maintenance_cost, total, 2)
        self.env["purchase.order.line"].search([("partner_id", "=", self.vendor.id)])._settle_cost()
        self.assertEqual(sum(self._ledger().values()), round(total, 2), "settling twice adds nothing")

    def test_the_case(self):
        self.expected = {}
        with freeze_time("2026-01-03 15:00:00"):
            self.request = request = self._assigned()
            request.action_start()
        # stock for everybody, at the price it is billed at: costs nobody anything
        with freeze_time("2026-01-05 15:00:00"):
            order = self._buy({self.filter: (10, 10), self.belt: (10, 20)})
            self._receive(order)
        self._bill(order, "2026-01-06", {self.filter: (10, 10), self.belt: (10, 20)})
        self._assert_adds()

        # 2.5 hours of 40 $
        with freeze_time("2026-01-10 15:00:00"):
            self.env["maintenance.labor"].with_user(self.technician).create(
                {"maintenance_request_id": request.id, "hours": 2.5}
            )
        self._assert_adds(labor_labor={1: 100})

        # the last half hour of January in Chicago is February in UTC: 4 × 10 + 3 × 20
        with freeze_time("2026-02-01 05:30:00"):
            self._use(request, {self.filter: 4, self.belt: 3})
        self._assert_adds(part_consumed={1: 100})

        # ordering costs nothing
        with freeze_time("2026-02-10 15:00:00"):
            order = self._buy(
                {self.filter: (10, 12), self.belt: (10, 24), self.alignment: (1, 400), self.grease: (8, 5)},
                self.euro,
                maintenance_request_id=request.id,
            )
        self._assert_adds()
        # grease is not stocked and costs when it comes: 8 × 5 € × 1.25; filters and belts are stock
        with freeze_time("2026-02-20 15:00:00"):
            self._receive(order)
        self._assert_adds(part_received={2: 50})
        with freeze_time("2026-02-25 15:00:00"):
            self._line(order, self.alignment).qty_received = 1
        self._assert_adds(service_received={2: 500})  # 400 € × 1.25

        # average: (6 × 10 + 10 × 15) / 16 = 13.125, × 8 = 105; first in, first out: 7 × 20 + 3 × 30 = 230
        with freeze_time("2026-02-26 15:00:00"):
            used = self._use(request, {self.filter: 8, self.belt: 10})
        self._assert_adds(part_consumed={2: 335})
        # half of both comes back at the value it went with: 52.50 + 115
        with freeze_time("2026-03-05 15:00:00"):
            for move in used:
                move.action_return_part(move.product_uom_qty / 2)
        self._assert_adds(part_returned={3: -167.5})
        with freeze_time("2026-03-10 15:00:00"):
            request.action_complete()
            request.with_user(self.planner).action_close()
        self._assert_adds()

        # the bill comes after closing, the euro at 1.60 instead of 1.25:
        # alignment, 450 € instead of 400: price 50 × 1.60 = 80, currency 400 × 0.35 = 140
        # grease, 5 of 8 at 5.50 instead of 5: price 2.50 × 1.60 = 4, currency 25 × 0.35 = 8.75
        # filters, 13 instead of 12: the receipt goes from 150 to 208 (price 16, currency 42); the average from 13.125
        #   to (60 + 208) / 16 = 16.75, so the 8 used cost 134 instead of 105: 29 = price 8 + currency 21
        # belts, same price: the receipt goes from 300 to 384, so the 3 used of it cost 25.20 more: currency
        # the 5 belts and 4 filters that came back keep the value they came back with
        self._bill(
            order, "2026-03-15", {self.filter: (10, 13), self.belt: (10, 24), self.alignment: (1, 450), self.grease: (5, 5.5)}
        )
        self._assert_adds(
            service_price_variance={3: 80},
            service_currency_variance={3: 140},
            part_price_variance={3: 8 + 4},
            part_currency_variance={3: 21 + 25.2 + 8.75},
        )
        # nothing is lost: 308 $ of filters were bought, the job has 40 + 105 - 52.50 + 29 = 121.50, the shelf the rest
        self.assertAlmostEqual(self.filter.total_value, 186.5, 2)
        # 584 $ of belts, 60 + 230 - 115 + 25.20 = 200.20 on the job
        self.assertAlmostEqual(self.belt.total_value, 383.8, 2)

        # two of the three that are not billed go back: 2 × 5 € × 1.25
        with freeze_time("2026-03-20 15:00:00"):
            self._send_back(order, self.grease, 2)
        self._assert_adds(part_sent_back={3: -12.5})
        # two are billed, one is here: of 10 € × 1.60 one half meets 6.25 (currency 5 × 0.35), the other is billed ahead
        self._bill(order, "2026-04-10", {self.grease: (2, 5)})
        self._assert_adds(part_currency_variance={4: 1.75}, part_billed={4: 8})
        self._bill(order, "2026-04-20", {self.grease: (1, 5)}, "in_refund")
        self._assert_adds(part_billed={4: -8})

        # the vendor takes the bill for the service back, 450 × 1.60, so it is received and not billed: 400 € × 1.60
        self._bill(order, "2026-04-25", {self.alignment: (1, 450)}, "in_refund")
        self._assert_adds(service_billed={4: -720}, service_received={4: 640})
        # and sends another, of 420 €, the euro at 1.50: price 20 × 1.50, currency 400 × -0.10
        self._bill(order, "2026-05-05", {self.alignment: (1, 420)})
        self._assert_adds(service_price_variance={5: 30}, service_currency_variance={5: -40})
        # all bills together: 720 - 720 + 630
        self.assertAlmostEqual(request.with_user(self.planner).service_cost, 630, 2)
        # 5 × 5.50 × 1.60 + 10 × 1.60 - 5 × 1.60
        grease = self._ledger_of(self.grease)
        self.assertAlmostEqual(grease, 52, 2)

    def _ledger_of(self, product):
        rows = self.env["maintenance.cost.report"].with_user(self.planner).search([("product_id", "=", product.id)])
        return sum(rows.mapped("amount"))

    def test_billed_before_received(self):
        """For an asset, without a work order: the bill is the cost, what comes later costs nothing more."""
        with freeze_time("2026-03-20 15:00:00"):
            order = self._buy({self.crane: (1, 100)}, self.pound, equipment_id=self.gripper.id)
        self._bill(order, "2026-03-28", {self.crane: (1, 100)})
        self.assertEqual(self._ledger(record=self.gripper), {(3, "service", "billed"): 200})
        with freeze_time("2026-04-12 15:00:00"):
            self._line(order, self.crane).qty_received = 1
        self.assertEqual(self._ledger(record=self.gripper), {(3, "service", "billed"): 200})
        self.assertEqual(self.gripper.with_user(self.planner).maintenance_cost, 200)
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        with_components = ledger.search([("equipment_id", "child_of", self.conveyor.id)])
        self.assertEqual(sum(with_components.mapped("amount")), 200)
        self.assertEqual(self.conveyor.with_user(self.planner).rollup_maintenance_cost, 200)

    def test_a_cancelled_bill(self):
        """Its entries are taken back in its own month, and what it billed is received and not billed again."""
        with freeze_time("2026-05-06 15:00:00"):
            order = self._buy({self.sealant: (3, 10)}, equipment_id=self.gripper.id)
            self._receive(order)
        received = {(5, "part", "received"): 30}
        self.assertEqual(self._ledger(record=self.gripper), received)
        bill = self._bill(order, "2026-06-08", {self.sealant: (3, 11)})
        billed = {**received, (6, "part", "price_variance"): 3}
        self.assertEqual(self._ledger(record=self.gripper), billed)
        with freeze_time("2026-07-20 15:00:00"):
            bill.button_draft()
            self.assertEqual(self._ledger(record=self.gripper), received)
            bill.action_post()
            self.assertEqual(self._ledger(record=self.gripper), billed)
            bill.button_draft()
            bill.button_cancel()
        self.assertEqual(self._ledger(record=self.gripper), received)

    def test_partial_bills_and_receipts_to_the_cent(self):
        """Thirds: three receipts and three bills of one add up to what is billed."""
        with freeze_time("2026-01-10 15:00:00"):
            # 3 × 33.33 € less 10 % is 89.991, rounded 89.99 €
            order = self._buy({self.sealant: (3, 33.33)}, self.euro, equipment_id=self.gripper.id)
            order.order_line.discount = 10
        for day in ("2026-01-11", "2026-01-12", "2026-01-13"):
            with freeze_time(f"{day} 15:00:00"):
                self._receive(order, 1)
        # 30.00 + 29.99 + 30.00 € × 1.25: 37.50 + 37.49 + 37.50
        self.assertEqual(self._ledger(record=self.gripper), {(1, "part", "received"): 112.49})
        for day in ("2026-01-21", "2026-01-22", "2026-01-23"):
            self._bill(order, day, {self.sealant: (1, 30.01)})
        # each bill is 37.51 $
        self.assertAlmostEqual(sum(self._ledger(record=self.gripper).values()), 112.53, 2)
        self.assertEqual(order.order_line.cost_entry_ids.sudo().mapped("entry").count("currency_variance"), 0)

    def test_the_price_changes_before_the_bill(self):
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy({self.sealant: (2, 10)}, equipment_id=self.gripper.id)
            self._receive(order)
        with freeze_time("2026-02-10 15:00:00"):
            order.order_line.price_unit = 12
        expected = {(1, "part", "received"): 20, (2, "part", "price_variance"): 4}
        self.assertEqual(self._ledger(record=self.gripper), expected)
        self._bill(order, "2026-03-10", {self.sealant: (2, 12)})
        self.assertEqual(self._ledger(record=self.gripper), expected)

    def test_charged_to_another_asset(self):
        """What passed stays as it was known; the amount moves on the day it is moved."""
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy({self.sealant: (2, 10)}, equipment_id=self.gripper.id)
            self._receive(order)
        with freeze_time("2026-02-10 15:00:00"):
            order.order_line.equipment_id = self.conveyor
        self.assertEqual(
            self._ledger(record=self.gripper), {(1, "part", "received"): 20, (2, "part", "reassigned"): -20}
        )
        self.assertEqual(self._ledger(), {(2, "part", "reassigned"): 20})
        self._bill(order, "2026-03-10", {self.sealant: (2, 12)})
        self.assertEqual(self._ledger(), {(2, "part", "reassigned"): 20, (3, "part", "price_variance"): 4})

    def test_linked_late(self):
        """Bought without a link and charged to an asset later: it costs from that day on."""
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy({self.sealant: (2, 10)})
            self._receive(order)
        self._bill(order, "2026-01-20", {self.sealant: (1, 11)})
        with freeze_time("2026-02-10 15:00:00"):
            order.order_line.equipment_id = self.gripper
        # received 20, one billed at 11
        self.assertEqual(
            self._ledger(record=self.gripper), {(2, "part", "received"): 20, (2, "part", "price_variance"): 1}
        )

    def test_consumables_count_once(self):
        """Goods that are not stocked cost when they are bought for the job; using them costs nothing more."""
        with freeze_time("2026-01-10 15:00:00"):
            self.request = request = self._assigned()
            request.action_start()
            self.sealant.standard_price = 10
            order = self._buy({self.sealant: (2, 10)}, maintenance_request_id=request.id)
            self._receive(order)
            self._use(request, {self.sealant: 2})
        self.assertEqual(self._ledger(), {(1, "part", "received"): 20})

    def test_standard_price(self):
        """The job pays the standard price; what the bill says differently is the company's."""
        with freeze_time("2026-01-10 15:00:00"):
            request = self._assigned()
            request.action_start()
            order = self._buy({self.seal: (4, 6)}, maintenance_request_id=request.id)
            self._receive(order)
        with freeze_time("2026-01-11 15:00:00"):
            self._use(request, {self.seal: 2})
        self._bill(order, "2026-02-10", {self.seal: (4, 7)})
        self.assertEqual(self._ledger(), {(1, "part", "consumed"): 10})

    def test_every_row_opens_its_source(self):
        with freeze_time("2026-01-10 15:00:00"):
            request = self._assigned()
            request.action_start()
            labor = self.env["maintenance.labor"].with_user(self.technician).create(
                {"maintenance_request_id": request.id, "hours": 1}
            )  # fmt: skip
            used = self._use(request, {self.seal: 1})
            order = self._buy({self.sealant: (1, 10)}, maintenance_request_id=request.id)
            self._receive(order)
        bill = self._bill(order, "2026-02-10", {self.sealant: (1, 12)})
        rows = self.env["maintenance.cost.report"].with_user(self.planner).search(
            [("maintenance_request_id", "=", request.id)]
        )  # fmt: skip
        sources = {row.entry: row.action_open_source() for row in rows}
        for entry, record in {"labor": labor, "consumed": used, "received": order, "price_variance": bill}.items():
            self.assertEqual((sources[entry]["res_model"], sources[entry]["res_id"]), (record._name, record.id))
        self.assertEqual(rows.filtered(lambda row: row.entry == "received").partner_id, self.vendor)

    def test_nobody_changes_an_entry(self):
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy({self.sealant: (2, 10)}, equipment_id=self.gripper.id)
            self._receive(order)
        entry = order.order_line.sudo().cost_entry_ids
        self.assertEqual(len(entry), 1)
        values = {"date": date(2026, 1, 1), "company_id": self.company.id, "entry": "received", "kind": "part"}
        for user in (self.technician, self.planner, self.buyer, self.finance):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                entry.with_user(user).write({"amount": 1})
            with self.subTest(user=user.login), self.assertRaises(UserError):
                entry.with_user(user).unlink()
            with self.subTest(user=user.login), self.assertRaises(UserError):
                entry.with_user(user).create(values)
        with self.assertRaises(UserError):
            entry.write({"amount": 1})
        with self.assertRaises(UserError):
            self.env["maintenance.cost.entry"].with_user(self.technician).search([])

    def test_filters(self):
        """The search view's dates are valid, and the default is the last twelve months."""
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy({self.sealant: (2, 10)}, equipment_id=self.gripper.id)
            self._receive(order)
        ledger = self.env["maintenance.cost.report"].with_user(self.planner)
        mine = [("equipment_id", "=", self.gripper.id)]
        for moment, found in (("2026-12-31", (1, 1)), ("2027-01-09", (1, 0)), ("2027-01-12", (0, 0))):
            with freeze_time(datetime.fromisoformat(moment)), self.subTest(moment=moment):
                last_year = ledger.search_count([*mine, ("date", ">=", "today -1y +1d")])
                this_year = ledger.search_count(
                    [*mine, ("date", ">=", "today =1d =1m"), ("date", "<", "today =1d =1m +1y")]
                )
                self.assertEqual((last_year, this_year), found)
