import math
import random
from itertools import product
from statistics import NormalDist

from odoo.tests import BaseCase, tagged

from ...models.reorder.reorder_policy import (
    YEAR,
    Demand,
    Suggestion,
    explain,
    get_distribution,
    get_doubts,
    get_economic_lot,
    get_failure_rate,
    get_lead_demand,
    get_level,
    get_lot,
    get_minimum,
    get_share,
    insure,
    look_at,
    round_up,
    settle_returns,
    suggest,
    work_out,
)

#: Demands of all kinds: one by one, lumpy, growing, dying, in parts of a unit, once only, and as much as can be.
HISTORIES = {
    "one a month": [1.0] * 24,
    "now and then": [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 2.0, 0.0] * 6,
    "lumpy": [0.0, 0.0, 0.0, 12.0, 0.0, 1.0, 0.0, 0.0, 0.0, 30.0] * 4,
    "much": [40.0, 55.0, 38.0, 61.0, 47.0, 52.0] * 4,
    "dying": [9.0, 7.0, 5.0, 3.0, 1.0, 1.0, 0.0, 1.0] + [0.0] * 16,
    "kilograms": [0.25, 0.0, 0.3, 1.5, 0.0, 0.0] * 5,
    "once": [0.0] * 30 + [3.0],
    "one period": [7.0],
    "huge": [1e6, 0.0, 2e6],
    "sent back": [4.0, -2.0, 0.0, 3.0, -9.0, 2.0],
}

#: What a suggestion is asked with where nothing else is said.
USUAL = {
    "period_days": 30.4, "lead_time_days": 30, "lead_time_sd_days": 0, "price": 50, "order_cost": 25, "holding_rate": 0.2,
    "min_order_qty": 0, "multiple": 0, "service_level": 0.95,
}  # fmt: skip


def ask(history, **values):
    return work_out(history, **{**USUAL, **values})


def poisson(mean, length):
    """Probabilities of 0, 1, 2 …, from the formula itself."""
    return [math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1)) for count in range(length)]


def compound(rate, sizes, length):
    """The distribution of a sum of a Poisson number of ``sizes``, by Panjer's recursion."""
    found = [math.exp(-rate)]
    for total in range(1, length):
        found.append(rate / total * sum(size * chance * found[total - size] for size, chance in sizes if size <= total))
    return found


def moments(probabilities, step=1.0):
    mean = sum(count * chance for count, chance in enumerate(probabilities)) * step
    return mean, sum((count * step - mean) ** 2 * chance for count, chance in enumerate(probabilities))


@tagged("post_install", "-at_install")
class TestReorderDemand(BaseCase):
    """What a history says of the demand to come."""

    def test_a_year_ago_counts_half(self):
        """Weights ½ and 1: (½ · 0 + 3) / 1½ = 2 a year; they are worth 1½² / (¼ + 1) periods."""
        demand = look_at([0.0, 3.0], YEAR)
        self.assertAlmostEqual(demand.yearly, 2)
        self.assertAlmostEqual(demand.weight, 1.8)
        # (½ · 2² + 1²) / 1½ = 2, as of a sample 2 · 1.8 / 0.8
        self.assertAlmostEqual(demand.variance * YEAR, 4.5)
        self.assertAlmostEqual(demand.unsure * YEAR**2, 4.5 / 1.8)

    def test_issues_make_up_the_demand(self):
        for name, history in HISTORIES.items():
            demand = look_at(history, 30)
            with self.subTest(name):
                self.assertAlmostEqual(sum(chance for _size, chance in demand.sizes), 1)
                once = sum(size * chance for size, chance in demand.sizes)
                self.assertAlmostEqual(demand.issues * once / demand.mean, 1)
                seen = sum(size**2 * chance for size, chance in demand.sizes) / once
                self.assertAlmostEqual(demand.issue / seen, 1)
                self.assertGreaterEqual(min(size for size, _chance in demand.sizes) + 1e-9, demand.step)

    def test_nobody_asks_more_often_than_there_are_pieces(self):
        demand = look_at([1.0] * 24, YEAR / 12)
        self.assertAlmostEqual(demand.issues * YEAR, 12)
        self.assertEqual(demand.sizes, ((1.0, 1.0),))

    def test_how_often_somebody_asks_follows_from_the_quiet_periods(self):
        """In half of the periods nobody asks: e^(−λ) = ½."""
        demand = look_at([0.0, 8.0] * 1000, 0.001)
        self.assertAlmostEqual(demand.issues * 0.001, math.log(2), places=3)
        self.assertAlmostEqual(demand.issue, 8 * 0.5 / math.log(2), places=2)

    def test_what_comes_back_was_not_needed(self):
        self.assertEqual(settle_returns([5, -5, 0]), [0, 0, 0])
        self.assertEqual(settle_returns([1, -5, 3, -1]), [0, 0, 2, 0])
        self.assertEqual(settle_returns([4, 2, -3]), [3, 0, 0])
        self.assertIsNone(look_at([2, 0, -2], 30))
        self.assertEqual(suggest([1, -5, 0], **USUAL)[:2], (0, 0))

    def test_one_period_says_nothing_of_the_spread(self):
        """It is taken for that of a compound Poisson process, so it is the same in pieces and in dozens."""
        demand = look_at([12.0], 30)
        self.assertAlmostEqual(demand.variance, demand.mean * demand.issue)

    def test_the_step_is_what_all_quantities_are_multiples_of(self):
        for quantities, step in (
            ([1, 3], 1), ([250, 500], 1), ([0.25, 0.5], 0.25), ([0.3, 0.25], 0.05), ([4.4], 0.2), ([1.5, 2], 0.5),
            ([1 / 3], 0.01), ([0.001], 0.01),
        ):  # fmt: skip
            self.assertEqual(look_at([0.0, *map(float, quantities)], 30).step, step, quantities)

    def test_what_is_issued_at_once_fits_into_the_minimum(self):
        """4.4 metres are no 4 metres."""
        self.assertGreaterEqual(suggest([4.4] + [0.0] * 20, **USUAL)[0], 4.4)


@tagged("post_install", "-at_install")
class TestReorderTextbooks(BaseCase):
    """Examples with their numbers; where no number is quoted, what is expected is worked out here in another way."""

    def test_economic_lots(self):
        """Silver, Pyke and Thomas, chapter 4: 3-ohm resistors; Snyder and Shen, Fundamentals of Supply Chain Theory, 3.1."""
        self.assertAlmostEqual(get_economic_lot(2400, price=0.4, order_cost=3.2, holding_rate=0.24), 400)
        self.assertAlmostEqual(get_economic_lot(1300, price=1, order_cost=8, holding_rate=0.225), 304.0467800264368)

    def test_a_reorder_point_of_a_part_that_moves(self):
        """Silver, Pyke and Thomas, chapter 6: 58.3 ± 13.1 in a lead time and P1 = 0.90 give 75.1, so 76."""
        self.assertAlmostEqual(NormalDist(58.3, 13.1).inv_cdf(0.9), 75.1, places=1)
        self.assertEqual(get_minimum(58.3, 13.1**2, ((1.0, 1.0),), 1, 0.1)[0], 76)

    def test_lead_times_that_vary(self):
        """L·v + d²·s² is exact: all ways in which 2, 3 or 6 days of 0, 1 or 4 pieces each can turn out."""
        sizes, leads = {0: 0.5, 1: 0.3, 4: 0.2}, {2: 0.25, 3: 0.5, 6: 0.25}
        mean = square = 0.0
        for days, how_likely in leads.items():
            for pieces in product(sizes, repeat=days):
                chance = how_likely * math.prod(sizes[piece] for piece in pieces)
                mean, square = mean + chance * sum(pieces), square + chance * sum(pieces) ** 2
        lead = sum(days * chance for days, chance in leads.items())
        spread = math.sqrt(sum((days - lead) ** 2 * chance for days, chance in leads.items()))
        of_a_day, its_variance = moments([sizes.get(count, 0) for count in range(5)])
        demand = Demand(of_a_day, its_variance, 0.0, 0.5, 1.0, ((1.0, 1.0),), 1.0, 10)
        found = get_lead_demand(demand, lead, spread)
        self.assertAlmostEqual(found[0], mean)
        self.assertAlmostEqual(found[1], square - mean**2)

    def test_slow_parts_have_quantiles_of_poisson(self):
        for mean in (0.1, 0.7, 2.0, 5.5):
            exact = poisson(mean, 60)
            for level in (0.8, 0.9, 0.95, 0.99):
                smallest = next(count for count in range(60) if sum(exact[: count + 1]) >= level)
                self.assertEqual(get_minimum(mean, mean, ((1.0, 1.0),), 1, 1 - level)[0], smallest, (mean, level))

    def test_logarithmic_issues_make_the_negative_binomial_distribution(self):
        """Axsäter, section 5.1: a Poisson number of issues of logarithmic sizes, here summed up by Panjer's recursion."""
        for alpha, mean in ((0.5, 1.0), (0.8, 3.0), (0.95, 6.0)):
            sizes = [(size, -(alpha**size) / size / math.log(1 - alpha)) for size in range(1, 400)]
            once = sum(size * chance for size, chance in sizes)
            exact = compound(mean / once, sizes, 400)
            found, step = get_distribution(mean, mean / (1 - alpha))
            self.assertEqual(step, 1)
            for count, chance in enumerate(found):
                self.assertAlmostEqual(chance, exact[count], places=7)

    def test_geometric_issues_are_near_it(self):
        """They make Pólya and Aeppli's distribution: with the same mean and variance it is within 3 % from one issue on."""
        stay, issues = 0.75, 1.2
        sizes = [(size, (1 - stay) * stay ** (size - 1)) for size in range(1, 200)]
        exact = compound(issues, sizes, 200)
        found, _step = get_distribution(*moments(exact))
        apart = [abs(sum(found[:count]) - sum(exact[:count])) for count in range(1, 100)]
        self.assertLess(max(apart[4:]), 0.03)
        self.assertGreater(max(apart), 1e-3, "they are not the same")

    def test_large_issues_go_below_the_minimum(self):
        """(E[Y²]/E[Y] − 1)/2 below the minimum on average: summed up over all ways down from a position far above."""
        for sizes in ([(1, 1.0)], [(1, 0.7), (6, 0.3)], [(2, 0.5), (3, 0.4), (11, 0.1)]):
            visits = [1.0]
            for place in range(1, 400):
                visits.append(sum(chance * visits[place - size] for size, chance in sizes if size <= place))
            below = sum(
                chance * visits[399 - above] * (size - above - 1)
                for size, chance in sizes for above in range(size)
            )  # fmt: skip
            once = sum(size * chance for size, chance in sizes)
            issue = sum(size**2 * chance for size, chance in sizes) / once
            self.assertAlmostEqual(below, (issue - 1) / 2, places=4)
            # the lot is that much smaller: √(2 · 10 · 1000 / (2 · 0.25)) = 200
            demand = Demand(1000 / YEAR, 1.0, 0.0, 1.0, issue, ((1.0, 1.0),), 1.0, 10)
            self.assertEqual(get_lot(demand, 2, 10, 0.25), round(200 - below))

    def test_expected_backorders(self):
        """Sherbrooke, chapter 2 (equation 2.7): EBO(s) = m·p(s) + (m − s)·P(X > s), here of 92.8 a year × 0.02531 years."""
        mean = 92.8 * 0.02531
        exact = poisson(mean, 80)
        expected = [mean * exact[kept] + (mean - kept) * (1 - sum(exact[: kept + 1])) for kept in range(9)]
        count, costs = insure(92.8, 0.02531 * YEAR, price=0, holding_rate=0.2, standstill_cost=1 / (YEAR * 24), most=8)
        self.assertEqual(count, 8)
        for found, wanted in zip(costs, expected, strict=True):
            self.assertAlmostEqual(found, wanted)

    def test_what_never_failed_may_fail(self):
        """(x + ½) / t, the mean after Jeffreys' prior."""
        self.assertEqual(get_failure_rate(0, 10), 0.05)
        self.assertEqual(get_failure_rate(3, 7), 0.5)
        with self.assertRaises(ValueError):
            get_failure_rate(1, 0)


@tagged("post_install", "-at_install")
class TestReorderPolicy(BaseCase):
    """What has to hold of every suggestion."""

    def test_what_nobody_asks_for_is_not_kept(self):
        for history in ([], [0.0], [0.0] * 50, [-3.0, 0.0]):
            self.assertEqual(suggest(history, **USUAL)[:2], (0, 0), history)

    def test_every_suggestion_can_be_followed(self):
        """Whatever is known: minimum and maximum in order, the lot as the vendor sells it, and a sentence without exponents."""
        for (name, history), lead, spread, price, cost, rate, least, multiple, level in product(
            HISTORIES.items(), (0, 0.4, 45), (0, 20), (0, 1e4), (0, 20), (0, 0.2), (0, 2.5), (0, 0.3), (1e-6, 0.95, 1 - 1e-9)
        ):
            values = (lead, spread, price, cost, rate, least, multiple, level)
            minimum, maximum, words = suggest(history, 30.4, *values)
            if not 0 <= minimum < maximum:
                self.fail(f"{name}, {values}: minimum {minimum}, maximum {maximum}")
            lot = maximum - minimum
            if lot < least - 1e-6:
                self.fail(f"{name}, {values}: a lot of {lot}")
            if multiple and lot < 1e5 and abs(lot / multiple - round(lot / multiple)) > 1e-6:
                self.fail(f"{name}, {values}: a lot of {lot} is no multiple")
            if "e+" in words or "e-" in words or not words.endswith("."):
                self.fail(words)

    def test_a_higher_level_never_means_a_lower_minimum(self):
        for (name, history), lead, favour in product(HISTORIES.items(), (0, 10, 60), (False, True)):
            found = [
                ask(history, lead_time_days=lead, service_level=level, favour_cheap=favour).min_qty
                for level in (0.01, 0.3, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999, 0.999999)
            ]
            self.assertEqual(found, sorted(found), (name, lead))

    def test_later_deliveries_never_mean_a_lower_minimum(self):
        """For parts that are asked for one or two at a time, or often. Of large and rare issues see docs/reorder.md."""
        for name in ("one a month", "now and then", "much", "once"):
            for level in (0.9, 0.95, 0.99):
                for what, values in (("lead_time_days", (1, 10, 30, 60, 120)), ("lead_time_sd_days", (0, 5, 15, 30))):
                    found = [ask(HISTORIES[name], **{what: value, "service_level": level}).min_qty for value in values]
                    self.assertEqual(found, sorted(found), (name, level, what))
                    if what == "lead_time_days":
                        self.assertGreater(found[-1], found[0], (name, level))

    def test_short_histories_are_trusted_less(self):
        history = [2.0, 0.0, 1.0, 0.0, 0.0, 3.0]
        found = [ask(history * times, period_days=7, lead_time_days=60).min_qty for times in (1, 4, 16)]
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertGreater(found[0], found[-1])

    def test_dear_parts_get_a_lower_level_unless_the_company_says_no(self):
        history = HISTORIES["now and then"]
        cheap, dear = (ask(history, price=price) for price in (1, 5000))
        self.assertGreater(cheap.covered, dear.covered)
        same = [ask(history, price=price, favour_cheap=False).min_qty for price in (0, 1, 5000)]
        self.assertEqual(len(set(same)), 1)
        self.assertGreaterEqual(ask(history, price=5000, favour_cheap=False).covered, 0.95)
        # nobody knows the price: as if it were the usual one
        self.assertEqual(ask(history, price=0).min_qty, ask(history, price=12 * 25).min_qty)

    def test_lots_as_the_vendor_sells_them(self):
        demand = look_at([10.0] * 24, YEAR / 12)
        # √(2 · 25 · 120 / (50 · 0.2)) = 24.5, less (10/3.9… − 1)/2 = 0.8: 24
        self.assertEqual(get_lot(demand, 50, 25, 0.2), 24)
        for least, multiple, lot in ((0, 5, 25), (30, 0, 30), (30, 7, 35), (30.5, 0, 31), (0, 0.7, 24.5), (2.5, 100, 100)):
            self.assertAlmostEqual(get_lot(demand, 50, 25, 0.2, least, multiple), lot, msg=(least, multiple))
        self.assertEqual(get_lot(demand, 50, 0, 0.2), 1, "orders cost nothing")
        for price, rate in ((0, 0.2), (50, 0)):
            self.assertEqual(get_lot(demand, price, 25, rate), 39, "four months, less the 0.8")
        thirds = look_at([0.25, 0.5] * 12, YEAR / 12)
        self.assertGreaterEqual(get_lot(thirds, 50, 0, 0.2, 0.3), 0.3, "a minimum order is no multiple of the step")

    def test_rounding_up(self):
        for quantity, multiple, expected in ((7, 5, 10), (10, 5, 10), (0.1 * 3, 0.1, 0.3), (1.01, 0.25, 1.25), (3.3, 0, 3.3)):
            self.assertEqual(round_up(quantity, multiple), expected)

    def test_much_and_regular_demand_needs_little_more_than_its_mean(self):
        """10,000 a month ± 100: as a normal distribution says, whatever the steps are in which it is looked at."""
        minimum = ask([10000.0, 10100.0, 9900.0] * 8, lead_time_days=304, favour_cheap=False).min_qty
        self.assertGreater(minimum, 100000)
        self.assertLess(minimum, 102000)

    def test_distributions_keep_mean_and_variance(self):
        for mean, variance in ((0.01, 0.01), (0.1, 10), (3, 9), (80, 800), (1e4, 1e6), (1e5, 1.2e5), (1e6, 1e11)):
            probabilities, step = get_distribution(mean, variance)
            found = moments(probabilities, step)
            self.assertAlmostEqual(sum(probabilities), 1, places=6)
            self.assertAlmostEqual(found[0] / mean, 1, places=3)
            # steps of many pieces add their own twelfth
            self.assertAlmostEqual(found[1] / (variance + (step**2 / 12 if variance < mean * step else 0)), 1, places=2)

    def test_insurance_spares_are_the_cheapest_number(self):
        """Of all numbers up to 20 none costs less, by the definition of what waits on average."""
        rng = random.Random(11)
        for _number in range(200):
            rate, lead, price = rng.uniform(0.01, 8), rng.uniform(1, 400), 10 ** rng.uniform(1, 5)
            holding, standstill = rng.uniform(0.05, 0.4), 10 ** rng.uniform(-2, 3)
            exact = poisson(rate * lead / YEAR, 120)
            costs = [
                kept * holding * price + standstill * YEAR * 24
                * sum((count - kept) * exact[count] for count in range(kept + 1, 120))
                for kept in range(40)
            ]  # fmt: skip
            count, found = insure(rate, lead, price, holding, standstill)
            self.assertAlmostEqual(costs[count] / min(costs), 1, places=6)
            for kept, cost in enumerate(found):
                self.assertAlmostEqual(cost / costs[kept], 1, places=5)

    def test_insurance_spares_need_a_reason(self):
        self.assertEqual(insure(0.1, 90, 5000, 0.2, 0)[0], 0)
        self.assertEqual(insure(0.0, 90, 5000, 0.2, 1000)[0], 0)
        self.assertEqual(insure(0.1, 90, 5000, 0.2, 1000)[0], 2)

    def test_the_level_that_standstill_pays_for(self):
        """An hour costs as much as keeping one for a year: 8,766 hours against one."""
        self.assertAlmostEqual(get_level(10, 50, 0.2, most=1), 8766 / 8767)
        self.assertEqual(get_level(10, 50, 0.2), 0.9995)
        self.assertEqual(get_level(0, 50, 0.2), 0)

    def test_numbers_out_of_range_are_refused(self):
        for name, value in (
            ("period_days", 0), ("service_level", 0), ("service_level", 1), ("lead_time_days", -1), ("lead_time_sd_days", -1),
            ("price", -1), ("order_cost", -1), ("holding_rate", -0.1), ("min_order_qty", -1), ("multiple", -1),
        ):  # fmt: skip
            with self.subTest(name), self.assertRaises(ValueError):
                suggest([1.0, 0.0], **{**USUAL, name: value})


@tagged("post_install", "-at_install")
class TestReorderWords(BaseCase):
    def test_shares_are_never_more_than_there_is(self):
        for probability, told in ((0.3, (0, 1)), (0.5, (1, 2)), (0.89, (4, 5)), (0.9, (9, 10)), (1.0, (999, 1000))):
            self.assertEqual(get_share(probability), told)

    def test_sentences(self):
        demand = look_at([1.0, 0.0], 30)
        for found, days, words in (
            (Suggestion(0, 0, None, 0, 1, 0), 9, "Nobody asked for it, so it is bought when somebody does."),
            (Suggestion(3, 5, demand, 1, 0.96, 2), 30, "In 19 of 20 lead times of 30 days, 3 or fewer are used; order up to 5."),
            (
                Suggestion(1234567, 2e7, demand, 1, 0.96, 2), 1.2,
                "In 19 of 20 lead times of 1 day, 1,234,567 or fewer are used; order up to 20,000,000.",
            ),
            (
                Suggestion(0, 1.25, demand, 1.204, 0.4, 1), 30,
                "In 30 days 1.2 are used on average; order when 0 are left, up to 1.25.",
            ),
            (Suggestion(2, 4, demand, 0, 1, 2), 0.3, "It comes within a day; order when 2 are left, up to 4."),
        ):  # fmt: skip
            self.assertEqual(explain(found, days), words)

    def test_doubts(self):
        for history, doubts in (
            ([1.0] * 12, []), ([1.0] * 6, ["short"]), ([0.0] * 20 + [1.0] * 3, ["short"]), ([0.0] * 20, []),
            ([1.0, 1.0, 1.0, 9.0], ["short", "spike"]), ([1.0] * 20 + [50.0], ["spike"]), ([1.0] * 12 + [0.0] * 13, ["over"]),
            ([1.0] * 12 + [5.0, -5.0] * 6, ["over"]),
        ):  # fmt: skip
            self.assertEqual(get_doubts(history, 30.4), doubts, history)
