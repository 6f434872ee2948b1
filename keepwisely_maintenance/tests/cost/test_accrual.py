from datetime import datetime
from random import Random

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from ...models.cost.cost_accrual import Accrual
from ...models.cost.stock_value_replay import _replay_average, _replay_fifo


class Move:
    """What leaves or comes, as far as its value is replayed."""

    date = datetime(2000, 1, 1)  # before anybody has said what the product is worth

    def __init__(self, quantity, value=0.0):
        self.is_in, self.is_out = quantity > 0, quantity < 0
        self.quantity, self.value = abs(quantity), value

    def _get_valued_qty(self):
        return self.quantity


@tagged("post_install", "-at_install")
class TestAccrual(TransactionCase):
    """What a purchase line costs as it comes and is billed, in whatever order."""

    def setUp(self):
        super().setUp()
        self.dollar = self.env.ref("base.USD")
        self.accrual = Accrual(self.dollar, self.dollar)

    def _entries(self, rows):
        return [(row["entry"], row["amount"]) for row in rows]

    def _standing(self):
        line = self.accrual
        return line.received_qty, line.billed_qty, line.billed_amount, line.open_amount, line.open_amount_currency

    def test_received_billed_and_sent_back(self):
        line = self.accrual
        self.assertEqual(self._entries(line.receive(8, 10, 2)), [("received", 160)])
        self.assertEqual(self._standing(), (8, 0, 0, 160, 80))
        self.assertEqual(self._entries(line.receive(-2, 10, 3)), [("sent_back", -40)], "at the rate it came with")
        self.assertEqual(self._standing(), (6, 0, 0, 120, 60))
        self.assertEqual(self._entries(line.bill(4, 132, 10, 3)), [("price_variance", 12), ("currency_variance", 40)])
        self.assertEqual(self._standing(), (6, 4, 132, 40, 20))
        # 4 billed, 2 of them ahead of the goods
        self.assertEqual(self._entries(line.bill(4, 80, 10, 2)), [("price_variance", 0), ("billed", 40)])
        self.assertEqual(self._standing(), (6, 8, 212, 0, 0))
        self.assertEqual(self._entries(line.receive(2, 10, 2)), [("sent_back", 0)], "it is paid for already")
        self.assertEqual(self._entries(line.bill(-3, -60, 10, 2)), [("billed", -60), ("received", 60)])
        self.assertEqual(self._standing(), (8, 5, 152, 60, 30))

    def test_each_entry_says_what_it_changes(self):
        row = self.accrual.receive(8, 10, 2)[0]
        self.assertEqual(
            row, {"entry": "received", "amount": 160, "open_amount": 160, "open_amount_currency": 80, "received_qty": 8}
        )
        first, second = self.accrual.bill(4, 132, 10, 3)
        self.assertEqual(
            first,
            {"entry": "price_variance", "amount": 12, "open_amount": -80, "open_amount_currency": -40, "billed_qty": 4,
             "billed_amount": 132},
        )  # fmt: skip
        self.assertEqual(second, {"entry": "currency_variance", "amount": 40})

    def test_another_price(self):
        self.accrual.receive(8, 10, 2)
        self.assertEqual(self._entries(self.accrual.reprice(12, 3)), [("price_variance", 48)], "16 more at the rate of the day")
        self.assertEqual(self._entries(self.accrual.reprice(6, 3)), [("price_variance", -104)], "half of what is open")
        self.assertEqual(self._entries(self.accrual.reprice(0, 3)), [("price_variance", -104)])
        self.assertEqual(self._standing(), (8, 0, 0, 0, 0))

    def test_a_bill_that_does_not_count_any_more(self):
        self.accrual.receive(8, 10, 2)
        rows = self.accrual.bill(8, 176, 10, 2)
        sums = {
            name: sum(row.get(name, 0) for row in rows)
            for name in ("billed_qty", "billed_amount", "open_amount", "open_amount_currency")
        }
        self.assertEqual(self._standing(), (8, 8, 176, 0, 0))
        self.assertEqual(self._entries(self.accrual.unbill(10, 2, **sums)), [("sent_back", 0)])
        self.assertEqual(self._standing(), (8, 0, 0, 160, 80))

    def test_in_whatever_order_the_cost_is_what_is_billed_and_what_is_open(self):
        random = Random(11)
        for _case in range(200):
            line, cost = Accrual(self.dollar, self.dollar), 0.0
            for _step in range(random.randint(2, 8)):
                price, rate = random.choice((7.5, 10)), random.choice((1, 2, 1.25))
                if random.random() < 0.5:
                    rows = line.receive(random.choice((1, 2, 5, -1)) if line.received_qty >= 1 else 3, price, rate)
                else:
                    quantity = random.choice((1, 2, 4, -1)) if line.billed_qty >= 1 else 2
                    rows = line.bill(quantity, round(quantity * price * rate * random.choice((1, 1.1)), 2), price, rate)
                cost += sum(row["amount"] for row in rows)
                self.assertAlmostEqual(cost, line.billed_amount + line.open_amount, 1)
                self.assertAlmostEqual(line.open_amount_currency, max(line.received_qty - line.billed_qty, 0) * price, 2)

    # -- Replays --------------------------------------------------------------------------------------

    def _left(self, replayed):
        return [round(value, 4) for value in replayed.values()]

    def test_first_in_first_out(self):
        moves = [Move(10, 100), Move(10, 200), Move(-4), Move(-8), Move(-3), Move(-7), Move(2, 60), Move(-1), Move(0)]
        # 4 × 10; 6 × 10 + 2 × 20; 3 × 20; 5 × 20 and 2 at the last price; 1 × 30
        self.assertEqual(self._left(_replay_fifo(moves)), [40, 100, 60, 140, 30])
        self.assertEqual(self._left(_replay_fifo([Move(-2), Move(1, 5)])), [0], "nothing was there, and no price known")

    def test_average(self):
        product = self.env["product.product"].create({"name": "Oil", "is_storable": True})
        moves = [Move(10, 100), Move(-5), Move(5, 100), Move(-4), Move(-8), Move(4, 80), Move(-1)]
        # 5 × 10; (50 + 100) / 10 = 15: 4 × 15, then 8 × 15 although 6 are there; what comes brings its own price
        self.assertEqual(self._left(_replay_average(product, moves)), [50, 60, 120, 20])
        self.assertEqual(self._left(_replay_average(product, [Move(-1), Move(0, 0), Move(2, 8), Move(-1)])), [0, 4])
