import math
import random
from itertools import pairwise
from statistics import NormalDist, mean, variance

from odoo.tests import BaseCase, tagged

from ...models.reorder.reorder_expect import expect
from ...models.reorder.reorder_policy import YEAR, Demand, get_lot, look_at, suggest


def process(issues_a_day, sizes):
    """Demand of which everything is known: a Poisson number of issues of these sizes."""
    once, square = (sum(size**power * chance for size, chance in sizes) for power in (1, 2))
    return Demand(issues_a_day * once, issues_a_day * square, 0.0, issues_a_day, square / once, tuple(sizes), 1.0, 100)


def geometric(average):
    stay = 1 - 1 / average
    return [(size, (1 - stay) * stay ** (size - 1)) for size in range(1, 25 * average)]


def draw(rng, issues_a_day, average, days):
    """Issues of geometric sizes, as pairs of day and quantity."""
    issues, day = [], rng.expovariate(issues_a_day)
    while day < days:
        size = 1
        while rng.random() > 1 / average:
            size += 1
        issues.append((day, size))
        day += rng.expovariate(issues_a_day)
    return issues


def play(issues, lead_time, minimum, maximum, begin, end):
    """A shelf that is full in the beginning: stock on average, pieces from the shelf, pieces, times not all, orders."""
    level = position = maximum
    under_way, clock = [], begin
    area = served = asked = short = orders = 0

    def go_to(day):
        nonlocal level, clock, area
        while under_way and under_way[0][0] <= day:
            moment, quantity = under_way.pop(0)
            area += max(level, 0) * (moment - clock)
            clock, level = moment, level + quantity
        area += max(level, 0) * (day - clock)
        clock = day

    for day, quantity in issues:
        if begin <= day < end:
            go_to(day)
            got = min(quantity, max(level, 0))
            served, asked, short = served + got, asked + quantity, short + (got < quantity)
            level, position = level - quantity, position - quantity
            if position <= minimum:
                under_way.append((day + lead_time, maximum - position))
                position, orders = maximum, orders + 1
    go_to(end)
    return area / (end - begin), served, asked, short, orders


@tagged("post_install", "-at_install")
class TestReorderExpect(BaseCase):
    """What a minimum and a maximum lead to."""

    def test_one_piece_at_a_time(self):
        """14 a year, 45 days, ordered in fours at three: positions 4 … 7 are as likely as each other, with Poisson demand.

        Axsäter, section 5.3; fill rate 1 − (B(3) − B(7)) / 4 with B(s) the pieces that wait on average.
        """
        average = 14 * 45 / YEAR
        exact = [math.exp(-average) * average**count / math.factorial(count) for count in range(60)]

        def wait(kept):
            return sum((count - kept) * chance for count, chance in enumerate(exact) if count > kept)

        found = expect(process(14 / YEAR, [(1, 1.0)]), 45, 0, 3, 7)
        self.assertAlmostEqual(found.fill, 1 - (wait(3) - wait(7)) / 4, places=3)
        self.assertAlmostEqual(found.stock, sum(place - average + wait(place) for place in range(4, 8)) / 4, places=3)
        self.assertAlmostEqual(found.shortages, 14 * (1 - found.fill), places=2)
        self.assertAlmostEqual(found.orders, 14 / 4)

    def test_as_in_a_simulation(self):
        """120 years of demand, played issue by issue: one at a time, of geometric sizes, and hardly ever."""
        for number, (issues_a_day, average, lead_time, minimum, maximum) in enumerate((
            (0.2, 1, 30, 7, 12), (0.1, 3, 30, 12, 25), (0.05, 6, 20, 15, 15), (0.02, 2, 60, 0, 3),
        )):  # fmt: skip
            days = 120 * YEAR
            issues = draw(random.Random(number), issues_a_day, average, days)
            stock, served, asked, short, orders = play(issues, lead_time, minimum, maximum, 0, days)
            found = expect(process(issues_a_day, geometric(average)), lead_time, 0, minimum, maximum)
            with self.subTest(number):
                self.assertAlmostEqual(found.stock / stock, 1, delta=0.06)
                self.assertAlmostEqual(found.fill, served / asked, delta=0.03)
                self.assertAlmostEqual(found.shortages / (short / 120), 1, delta=0.15)
                self.assertAlmostEqual(found.orders / (orders / 120), 1, delta=0.05)

    def test_what_is_not_kept_is_bought_when_somebody_asks(self):
        found = expect(process(0.1, [(2, 1.0)]), 30, 0, 0, 0)
        self.assertEqual((found.stock, found.fill), (0, 0))
        self.assertAlmostEqual(found.shortages, 36.525)
        self.assertAlmostEqual(found.orders, 36.525)

    def test_what_nobody_asks_for_lies_there(self):
        found = expect(None, 30, 0, 1, 2)
        self.assertEqual((found.stock, found.shortages, found.fill, found.orders), (2, 0, 1, 0))

    def test_the_vendor_next_door(self):
        """Everything comes at once: three are enough for issues of three, and two are not."""
        demand = process(0.1, [(3, 1.0)])
        enough = expect(demand, 0, 0, 2, 3)
        self.assertEqual((enough.fill, enough.shortages), (1, 0))
        found = expect(demand, 0, 0, 1, 2)
        self.assertAlmostEqual(found.fill, 2 / 3)
        self.assertAlmostEqual(found.shortages, 36.525)

    def test_more_on_the_shelf_serves_more(self):
        demand = look_at([0.0, 0.25, 0.0, 4.0, 1.5] * 8, 30)
        found = [expect(demand, 40, 10, minimum, minimum + 3) for minimum in range(-1, 12)]
        for less, more in pairwise(found):
            self.assertLess(less.fill, more.fill)
            self.assertLess(less.stock, more.stock)
            self.assertGreater(less.shortages, more.shortages)
            self.assertAlmostEqual(less.orders, more.orders)

    def test_large_lots_are_looked_at_in_wider_steps(self):
        demand = process(0.5, geometric(4))
        found = expect(demand, 10, 0, 40, 4040)
        self.assertAlmostEqual(found.stock / (40 + 2000 - 20), 1, delta=0.02)
        self.assertAlmostEqual(found.orders / (demand.yearly / 4003), 1, delta=0.02)


@tagged("post_install", "-at_install")
class TestReorderQuality(BaseCase):
    """The policy against the usual one, on demand that neither has seen."""

    def _play(self, policy, parts):
        """Share of the pieces that came from the shelf in the third year, and the value of the stock."""
        value = served = asked = 0
        for issues, lead_time, price in parts:
            history = [0.0] * 104
            for day, quantity in issues:
                if day < 728:
                    history[int(day / 7)] += quantity
            minimum, maximum = policy(history, lead_time, price)
            found = play(issues, lead_time, minimum, maximum, 728, 1092)
            value, served, asked = value + found[0] * price, served + found[1], asked + found[2]
        return served / asked, value

    def test_less_stock_than_mean_and_safety_factor_for_the_same_service(self):
        """600 parts, asked for once to forty times a year: at what the policy reaches it needs a twentieth less at least."""
        rng = random.Random(7)
        parts = [
            (draw(rng, math.exp(rng.uniform(0, math.log(40))) / YEAR, rng.choice((1, 1, 2, 4)), 1092),
             rng.choice((7, 21, 42, 70)), math.exp(rng.gauss(3.5, 1.2)))
            for _number in range(600)
        ]  # fmt: skip

        def ours(level):
            return lambda history, lead, price: suggest(history, 7, lead, 0, price, 25, 0.2, 0, 0, level)[:2]

        def usual(level):
            def policy(history, lead, price):
                if not any(history):
                    return 0, 0
                of_week, safety = mean(history), NormalDist().inv_cdf(level) * math.sqrt(variance(history) * lead / 7)
                minimum = max(math.ceil(of_week * lead / 7 + safety), 0)
                # the lot is the same, and not made smaller for large issues
                demand = process(of_week / 7, [(1, 1.0)])
                return minimum, minimum + get_lot(demand, price, 25, 0.2)

            return policy

        known = sorted(self._play(usual(level), parts) for level in (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999))
        for level in (0.9, 0.95):
            reached, value = self._play(ours(level), parts)
            self.assertGreater(reached, level)
            (low, less), (high, more) = next(pair for pair in pairwise(known) if pair[0][0] <= reached <= pair[1][0])
            needed = less + (more - less) * (reached - low) / (high - low)
            self.assertLess(value, 0.95 * needed, (level, reached))
