"""When to order a spare part again, and up to how much: a pure function of what a store knows.

Spares are slow and lumpy, and late. So demand during the delivery time is a negative binomial distribution, which
allows for many quiet periods and a few large ones, and not an average with a safety factor. `suggest` is the short way
in; `work_out` says everything it found, and `insure` how many of a part to keep that is hardly ever needed and stops
the plant when it is. What any pair of minimum and maximum leads to is in ``reorder_expect.py``.

Nothing here knows Odoo, and nothing is needed but the standard library. Quantities are in the unit of the part, times
in days, money in one currency. *Minimum* is the reorder point: an order is placed when what is there and what comes,
less what is owed, is at or below it. Sources:

- Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, 4th edition, 2017: the lot (chapter 4),
  reorder points from the distribution of lead-time demand, and lead times that vary (chapter 6).
- Axsäter, Inventory Control, 3rd edition, 2015: compound Poisson demand and the negative binomial distribution
  (section 5.1), what is on the shelf as position less lead-time demand (section 5.3).
- Sherbrooke, Optimal Inventory Modeling of Systems, 2nd edition, 2004: what one more spare saves (chapter 2).
"""

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise

YEAR = 365.25

#: After so many years what was used counts half: machines, habits and failures change.
HALF_LIFE = 1.0

#: How many times the sampling variance of the mean is allowed for. 1 is sampling alone; between two looks the mean itself
#: wanders, and periods are not independent.
UNSURE = 4.0

#: An empty shelf may be the likelier the dearer a part is, measured by the cost of an order, and the seldomer somebody
#: asks for it: the same money then serves more. At a price of `USUAL_PRICE` orders and `USUAL_ISSUES` a year the level is
#: the one that was asked for.
PRICE_EXPONENT, USUAL_PRICE = 0.2, 12.0
ISSUES_EXPONENT, USUAL_ISSUES = -0.1, 20.0

#: Where somebody asks so often while a delivery is under way, the lead time alone and the lead time with one more issue
#: count the same, see `get_minimum`.
FEW_ISSUES = 0.1

#: However dear a part is, its shelf is not planned to be empty more often than this.
MOST_EMPTY = 0.9

#: In more periods than this nobody is taken to ask: how often they do cannot be told from the periods without demand then.
MOST_ACTIVE = 0.98

#: At most this part of a year's demand is ordered at once, however cheap it is: what moves stays fresh, and the lot
#: follows demand that falls.
LOT_YEARS = 1 / 3

#: A lot is not made smaller than this part of the economic one by what is asked for beyond the reorder point.
LEAST_LOT = 0.3

#: Quantities are not told apart more finely than so; it is how finely Odoo counts.
FINEST = 0.01

#: Distributions are looked at in so many steps; more do not change a decision.
STEPS = 400


@dataclass(frozen=True)
class Demand:
    """What a history says of the demand to come."""

    mean: float  #: a day
    variance: float  #: a day
    unsure: float  #: variance of ``mean``: how far it may be off after so short a history
    issues: float  #: times a day that somebody asks
    issue: float  #: how much at once, as seen by a piece: large issues count more, E[Y²]/E[Y]
    sizes: tuple  #: pairs of how much at once and how likely
    step: float  #: what all quantities are multiples of, 1 at most
    weight: float  #: periods that the history is worth, the old ones counting less

    @classmethod
    def failing(cls, failures_per_year):
        """One is asked for by each failure, and failures come as a Poisson process."""
        a_day = failures_per_year / YEAR
        return cls(a_day, a_day, 0.0, a_day, 1.0, ((1.0, 1.0),), 1.0, 0.0)

    @property
    def yearly(self):
        return self.mean * YEAR


@dataclass(frozen=True)
class Suggestion:
    """What to keep, and why."""

    min_qty: float
    max_qty: float
    demand: Demand | None  #: None where nothing was ever asked for
    lead_demand: float  #: expected while a delivery is under way
    covered: float  #: probability that not more than the minimum is asked for while a delivery is under way
    lot: float


def suggest(
    history, period_days, lead_time_days, lead_time_sd_days, price, order_cost, holding_rate, min_order_qty, multiple,
    service_level,
):  # fmt: skip
    """Minimum and maximum of a reorder point.

    :param history: demand of each period up to now, oldest first; negative where more came back than was handed out.
    :param period_days: length of one period.
    :param lead_time_days: from the order to the shelf, on average.
    :param lead_time_sd_days: its standard deviation.
    :param price: of one piece; 0 where nobody knows it.
    :param order_cost: of placing and receiving one order; 0 where that is nothing.
    :param holding_rate: what keeping stock for a year costs, as a share of its price.
    :param min_order_qty: what the vendor sells at least; 0 where there is no such limit.
    :param multiple: what the vendor sells multiples of; 0 where anything goes.
    :param service_level: how likely the shelf is to be enough until the delivery comes, between 0 and 1: of a part of the
        usual price that is asked for as often as usual; a dear one gets less, a cheap one more, see `PRICE_EXPONENT`.
    :returns: minimum, maximum and one sentence; 0 and 0 where nothing was ever asked for.
    :raises ValueError: a number is out of range.
    """
    found = work_out(
        history, period_days, lead_time_days, lead_time_sd_days, price, order_cost, holding_rate, min_order_qty, multiple,
        service_level,
    )  # fmt: skip
    return found.min_qty, found.max_qty, explain(found, lead_time_days)


def work_out(
    history, period_days, lead_time_days, lead_time_sd_days, price, order_cost, holding_rate, min_order_qty, multiple,
    service_level, favour_cheap=True,
):  # fmt: skip
    """As `suggest`, with all that was found.

    :param favour_cheap: whether a dear part may be empty more often than a cheap one; without it all get the level.
    :rtype: Suggestion
    """
    if period_days <= 0 or not 0 < service_level < 1:
        raise ValueError("a period takes time, and a level lies between 0 and 1")
    if min(lead_time_days, lead_time_sd_days, price, order_cost, holding_rate, min_order_qty, multiple) < 0:
        raise ValueError("nothing but demand is negative")
    demand = look_at(history, period_days)
    if demand is None:
        return Suggestion(0.0, 0.0, None, 0.0, 1.0, 0.0)
    empty = 1 - service_level
    if favour_cheap:
        if price > 0 and order_cost > 0:
            empty *= (price / order_cost / USUAL_PRICE) ** PRICE_EXPONENT
        empty *= (demand.yearly / demand.issue / USUAL_ISSUES) ** ISSUES_EXPONENT
    mean, variance = get_lead_demand(demand, lead_time_days, lead_time_sd_days)
    asked = demand.issues * lead_time_days
    minimum, covered = get_minimum(
        mean, variance, demand.sizes, asked / (asked + FEW_ISSUES), min(empty, MOST_EMPTY), demand.step
    )
    lot = get_lot(demand, price, order_cost, holding_rate, min_order_qty, multiple)
    return Suggestion(minimum, round(minimum + lot, 9), demand, mean, covered, lot)


def look_at(history, period_days):
    """The demand that a history speaks of, or None where nothing was asked for.

    What was long ago counts less (`HALF_LIFE`). Mean and variance are weighted; the variance is that of a sample. How often
    somebody asks follows from the periods without demand, as of a Poisson process, and is never more than one step each.
    """
    history = settle_returns(history)
    if not any(history):
        return None
    fade = 0.5 ** (period_days / YEAR / HALF_LIFE)
    weights = [fade**age for age in range(len(history) - 1, -1, -1)]
    total = sum(weights)
    worth = total * total / sum(weight * weight for weight in weights)
    used = {}
    for weight, quantity in zip(weights, history, strict=True):
        if quantity:
            used[quantity] = used.get(quantity, 0.0) + weight
    step = _get_step(used)
    share = sum(used.values()) / total
    most = -math.log1p(-min(share, MOST_ACTIVE)) / share  # times that somebody asks in a period in which somebody does
    times = {quantity: min(most, max(quantity / step, 1.0)) for quantity in used}
    asked = sum(weight * times[quantity] for quantity, weight in used.items())
    demand = sum(weight * quantity for quantity, weight in used.items())
    issue = sum(weight * quantity**2 / times[quantity] for quantity, weight in used.items()) / demand
    mean = demand / total
    if worth > 1:
        spread = sum(weight * (quantity - mean) ** 2 for weight, quantity in zip(weights, history, strict=True)) / total
        spread *= worth / (worth - 1)
    else:  # one period says nothing of that: as of a compound Poisson process
        spread = mean * issue
    return Demand(
        mean=mean / period_days,
        variance=spread / period_days,
        unsure=spread / worth / period_days**2,
        issues=asked / total / period_days,
        issue=issue,
        sizes=tuple((quantity / times[quantity], weight * times[quantity] / asked) for quantity, weight in used.items()),
        step=step,
        weight=worth,
    )


def settle_returns(history):
    """The history with what came back taken off what was handed out last before; nothing in it is negative.

    What comes back was not needed. It may come in a later period than the one in which it was handed out.
    """
    settled, back = [], 0.0
    for quantity in reversed(history):
        left = quantity - back
        back = max(-left, 0.0)
        settled.append(max(left, 0.0))
    return settled[::-1]


def _get_step(quantities):
    """1, or the largest part of it of which all quantities are multiples, and `FINEST` at least."""
    parts = round(1 / FINEST)
    return math.gcd(parts, *(max(round(quantity * parts), 1) for quantity in quantities)) / parts


def get_lead_demand(demand, lead_time_days, lead_time_sd_days):
    """Mean and variance of the demand while a delivery is under way.

    L·v + d²·s² (Silver, Pyke and Thomas, chapter 6), and `UNSURE`·u·L² for a mean d that is not known well.
    """
    mean = demand.mean * lead_time_days
    variance = demand.variance * lead_time_days + (demand.mean * lead_time_sd_days) ** 2
    return mean, variance + UNSURE * demand.unsure * lead_time_days**2


def get_lot(demand, price, order_cost, holding_rate, min_order_qty=0.0, multiple=0.0):
    """How much to order, over the minimum.

    √(2·A·D/(v·r)), at most `LOT_YEARS` of demand, less what an issue takes the position below the minimum on average:
    (E[Y²]/E[Y] − 1)/2 for an issue of Y steps, as in any renewal process. So large issues do not add to large lots.
    """
    economic = demand.yearly * LOT_YEARS
    if price > 0 and holding_rate > 0:
        economic = min(economic, get_economic_lot(demand.yearly, price, order_cost, holding_rate))
    undershoot = (demand.issue - demand.step) / 2
    steps = round(max(economic - undershoot, economic * LEAST_LOT) / demand.step)
    return round_up(max(steps * demand.step, demand.step, min_order_qty), multiple or demand.step)


def get_economic_lot(yearly, price, order_cost, holding_rate):
    """Wilson's lot, at which ordering and holding cost the same (Silver, Pyke and Thomas, chapter 4)."""
    return math.sqrt(2 * order_cost * yearly / (price * holding_rate))


def round_up(quantity, multiple):
    """To the next multiple; 0 for none."""
    return round(math.ceil(quantity / multiple - 1e-9) * multiple, 9) if multiple > 0 else quantity


# -- Distributions ---------------------------------------------------------------------------------------------


def get_distribution(mean, variance, step=1.0):
    """Probabilities of 0, 1, 2 … steps, and how much a step is.

    The negative binomial distribution with this mean and variance (Axsäter, section 5.1), or Poisson's where the variance
    is not above the mean. Where that would be long, a step is several pieces. Much that varies less than Poisson's
    distribution of such wide steps does is normal.
    """
    if mean <= 0:
        return [1.0], step
    variance = max(variance, mean * step * 1.001)
    step *= max(math.ceil((mean + 6 * math.sqrt(variance)) / step / STEPS), 1)
    mean, variance = mean / step, variance / step**2
    length = int(mean + 9 * math.sqrt(variance) + 20 * variance / mean) + 30
    if variance < mean:
        return _get_normal(mean, variance, length), step
    variance = max(variance, mean * 1.001)
    shape, fail = mean * mean / (variance - mean), 1 - mean / variance
    probability = below = math.exp(shape * math.log(mean / variance))
    probabilities = [probability]
    for count in range(1, min(length, 10 * STEPS)):
        if below > 1 - 1e-10:
            break
        probability *= (count - 1 + shape) / count * fail
        below += probability
        probabilities.append(probability)
    return probabilities, step


def _get_normal(mean, variance, length):
    scale = math.sqrt(2 * variance)
    below = [0.5 * math.erfc((mean - count + 0.5) / scale) for count in range(length + 1)]
    return [following - before for before, following in pairwise(below)]


def get_minimum(mean, variance, sizes, share, empty, step=1.0):
    """The smallest minimum that is not enough with a probability of at most ``empty``.

    Enough for what is asked for while a delivery is under way counts ``share``; enough for that and one more issue, which
    finds a shelf that is just above the minimum, counts the rest. With many issues in a lead time one more is next to
    nothing; with hardly any, or when the vendor is next door, it is all that there is.

    :returns: the minimum, and how likely it is to be enough for the lead time.
    """
    probabilities, step = get_distribution(mean, variance, step)
    enough = list(accumulate(probabilities))
    last = len(enough) - 1
    issues = [(round(size / step), chance) for size, chance in sizes]

    def get_more(count):
        """How likely it is that more than ``count`` are asked for in the lead time."""
        return 1.0 if count < 0 else 1 - enough[min(count, last)]

    def get_missed(count):
        with_next = sum(chance * get_more(count - issue) for issue, chance in issues)
        return share * get_more(count) + (1 - share) * with_next

    low, high = 0, last + max(issue for issue, _chance in issues)
    while low < high:
        middle = (low + high) // 2
        if get_missed(middle) <= empty + 1e-9:
            high = middle
        else:
            low = middle + 1
    return round(low * step, 9), min(1 - get_more(low), 1.0)


# -- Insurance spares -------------------------------------------------------------------------------------------


def insure(failures_per_year, lead_time_days, price, holding_rate, standstill_cost, most=50):
    """How many to keep of a part that is hardly ever needed, and stops the plant when it is.

    One is bought for each that fails. One more is worth its price as long as keeping it for a year costs less than the
    standstill that it saves. That is P(X > n) of a year, where X is what failed within the last lead time and is Poisson
    distributed (Palm; Sherbrooke, chapter 2: EBO(n) − EBO(n + 1) = P(X > n), with EBO the places that wait on average).

    :param failures_per_year: of all places that the part is in.
    :param standstill_cost: of one hour.
    :returns: how many to keep, and for each of 0 … that many what a year costs: holding it and the standstill.
    """
    mean = failures_per_year * lead_time_days / YEAR
    hours = YEAR * 24
    probability = math.exp(-mean)
    more = 1 - probability  # P(X > count)
    waiting = mean  # E[(X − count)+]
    costs = [waiting * hours * standstill_cost]
    count = 0
    while count < most and more * hours * standstill_cost > holding_rate * price:
        waiting -= more
        count += 1
        probability *= mean / count
        more = max(more - probability, 0.0)
        costs.append(count * holding_rate * price + max(waiting, 0.0) * hours * standstill_cost)
    return count, costs


def get_level(standstill_cost, price, holding_rate, most=0.9995):
    """The service level at which another one costs as much as the standstill that it saves: b / (b + h), with b what it costs
    to lack one for a year and h to keep one (Axsäter, section 5.9).

    :param standstill_cost: of one hour.
    """
    lacking, keeping = standstill_cost * YEAR * 24, price * holding_rate
    return min(lacking / (lacking + keeping), most) if lacking + keeping > 0 else most


def get_failure_rate(failures, years):
    """Failures a year of a part of which ``failures`` failed in so many years, of all places together.

    (x + ½) / t, the mean after Jeffreys' prior (NUREG/CR-6823, Handbook of Parameter Estimation for Probabilistic Risk
    Assessment, 2003, chapter 6), so that what has never failed is not taken for what cannot.

    :raises ValueError: nobody has looked at it for any time.
    """
    if years <= 0:
        raise ValueError("without any time there is no rate")
    return (failures + 0.5) / years


# -- Words --------------------------------------------------------------------------------------------------------

#: Of so many lead times one is told.
TOLD = (2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000)


def get_share(probability):
    """``(9, 10)`` for nine of ten: the largest such pair that is not above ``probability``; ``(0, 1)`` below one of two."""
    fits = [whole for whole in TOLD if 1 - 1 / whole <= probability + 1e-9]
    return (fits[-1] - 1, fits[-1]) if fits else (0, 1)


def explain(found, lead_time_days):
    """One sentence on a `Suggestion`, in English."""
    if found.demand is None:
        return "Nobody asked for it, so it is bought when somebody does."
    part, whole = get_share(found.covered)
    days = round(lead_time_days)
    minimum, maximum = _write(found.min_qty), _write(found.max_qty)
    if not days:
        return f"It comes within a day; order when {minimum} are left, up to {maximum}."
    days = f"{days} days" if days > 1 else "1 day"
    if not part:
        return f"In {days} {_write(found.lead_demand)} are used on average; order when {minimum} are left, up to {maximum}."
    return f"In {part} of {whole} lead times of {days}, {minimum} or fewer are used; order up to {maximum}."


def _write(quantity):
    """With two decimals at most, and never with an exponent."""
    return f"{quantity:,.2f}".rstrip("0").rstrip(".")


def get_doubts(history, period_days):
    """Why the suggestion is to be looked at twice: ``short`` for less than a year or fewer than four periods with demand,
    ``spike`` for one period with most of all, ``over`` for none since a year after there was some before.
    """
    history = settle_returns(history)
    used = [quantity for quantity in history if quantity]
    year = max(round(YEAR / period_days), 1)
    doubts = []
    if len(history) < year or 0 < len(used) < 4:
        doubts.append("short")
    if len(used) > 2 and max(used) > sum(used) / 2:
        doubts.append("spike")
    if used and len(history) > year and not any(history[-year:]):
        doubts.append("over")
    return doubts
