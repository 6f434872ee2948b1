from freezegun import freeze_time

from odoo.tests import tagged

from ...models.cost.cost_accrual import Accrual
from .bills_common import BillsCase


@tagged("post_install", "-at_install")
class TestBillsInPart(BillsCase):
    """What a bill of a part of the goods charges, in another currency too."""

    def test_goods_in_stock(self):
        """All 8 were used: half of them is billed, so half of them costs the new rate."""
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy(self.filter, 8, 10)
            self._receive(order)
            request = self._assigned()
            request.action_start()
            self._add_part(request, self.filter, 8).with_user(self.technician).action_use_part()
        self.assertEqual(self._ledger(), {"consumed": 160})
        first = self._bill(order, "2026-02-10", (4, 11))
        # 4 € more for 4 × 1 × 3 $ are the price; 40 € at 3 $ instead of 2 $ are the rate
        self.assertEqual(self._ledger(), {"consumed": 160, "price_variance": 12, "currency_variance": 40})
        second = self._bill(order, "2026-02-11", (4, 10))
        self.assertEqual(self._ledger(), {"consumed": 160, "price_variance": 12, "currency_variance": 80})
        entries = order.order_line.sudo().cost_entry_ids.sorted("id")
        bills = [entry.bill_id for entry in entries if entry.entry == "currency_variance"]
        self.assertEqual(bills, [first, second], "each is the difference of its own bill")

    def test_goods_that_are_not_valued(self):
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy(self.sealant, 8, 10, equipment_id=self.conveyor.id)
            self._receive(order, 6)
        self.assertEqual(self._ledger(), {"received": 120})
        self._bill(order, "2026-02-10", (2, 10))
        self.assertEqual(self._ledger(), {"received": 120, "currency_variance": 20}, "of the 2 that are billed alone")
        # 6 more: 4 are here (40 $ by the rate), 2 are billed ahead of the goods
        self._bill(order, "2026-02-11", (6, 10))
        self.assertEqual(self._ledger(), {"received": 120, "currency_variance": 60, "billed": 60})
        with freeze_time("2026-02-12 15:00:00"):
            self._receive(order)
        self.assertEqual(sum(self._ledger().values()), 240, "what was billed ahead costs nothing more")

    def test_a_bill_that_corrects_the_price_alone(self):
        """8 at 10 are taken back and billed at 11 on one bill."""
        with freeze_time("2026-02-10 15:00:00"):
            order = self._buy(self.sealant, 8, 10, self.company.currency_id, equipment_id=self.conveyor.id)
            self._receive(order)
        self._bill(order, "2026-02-11", (8, 10))
        self.assertEqual(self._ledger(), {"received": 80})
        bill = self._bill(order, "2026-02-12", (-8, 10), (8, 11))
        self.assertEqual(sum(self._ledger().values()), 88)
        self.assertIn(bill, order.order_line.sudo().cost_entry_ids.bill_id)
        with freeze_time("2026-02-13 15:00:00"):
            bill.button_draft()
        self.assertEqual(sum(self._ledger().values()), 80)

    def test_what_is_corrected_on_a_posted_bill(self):
        """What was received stands at 10; the ledger follows whatever the bill says now, and for which order."""
        dollar = self.company.currency_id
        with freeze_time("2026-02-10 15:00:00"):
            order, other = (self._buy(self.sealant, 8, 10, dollar, equipment_id=self.conveyor.id) for _n in range(2))
            self._receive(order)
        line = self._bill(order, "2026-02-11", (8, 12)).invoice_line_ids
        self.assertEqual(sum(self._ledger().values()), 96)
        for vals, cost in (
            ({"quantity": 4}, 96 + 4 * 10),
            ({"quantity": 8}, 96),
            ({"balance": 50}, 50),
            ({"debit": 40}, 40),
            ({"debit": 0, "credit": 30}, -30),
            ({"amount_currency": 70}, 70),
            ({"purchase_line_id": other.order_line.id}, 8 * 10 + 70),
            ({"purchase_line_id": False}, 8 * 10),
        ):
            with self.subTest(vals=vals):
                line.with_user(self.finance).write(vals)
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(sum(self._ledger().values()), cost)

    def test_an_amount_without_a_quantity(self):
        """It is a price and nothing else, and leaves what is here and not billed as it was."""
        dollar = self.company.currency_id
        accrual = Accrual(dollar, dollar)
        accrual.receive(8, 10, 1)
        accrual.bill(6, 60, 10, 1)
        rows = accrual.bill(0, 7, 10, 1)
        self.assertEqual([(row["entry"], row["amount"]) for row in rows if row["amount"]], [("price_variance", 7)])
        self.assertEqual((rows[0]["billed_qty"], rows[0]["billed_amount"]), (0, 7))
        self.assertEqual((accrual.open_amount, accrual.billed_qty, accrual.billed_amount), (20, 6, 67))
