"""What a minimum and a maximum lead to: stock, shortages and orders on average, if demand goes on as it was.

Like the policy it knows no Odoo. Sources stand there.
"""

import math
from dataclasses import dataclass

from .reorder_policy import YEAR, get_distribution, get_lead_demand

#: So many positions between maximum and minimum are told apart at most.
POSITIONS = 60


@dataclass(frozen=True)
class Expectation:
    """What a pair of minimum and maximum leads to, on average."""

    stock: float  #: on the shelf
    shortages: float  #: times a year that somebody asks and does not get all
    fill: float  #: share of what is asked for that comes from the shelf
    orders: float  #: a year


def expect(demand, lead_time_days, lead_time_sd_days, min_qty, max_qty):
    """What ``min_qty`` and ``max_qty`` lead to, if demand goes on as it was.

    What is on the shelf is the position of a lead time ago less what was asked for since (Axsäter, section 5.3.2). Who asks
    then gets what is there, and waits for the rest.

    :param demand: None where nothing was ever asked for.
    :rtype: Expectation
    """
    if demand is None:
        return Expectation(max_qty, 0.0, 1.0, 0.0)
    yearly_issues = demand.issues * YEAR
    if max_qty <= 0:
        return Expectation(0.0, yearly_issues, 0.0, yearly_issues)
    mean, variance = get_lead_demand(demand, lead_time_days, lead_time_sd_days)
    probabilities, step = get_distribution(mean, variance, demand.step)
    more, excess = _accumulate(probabilities)
    visits = _get_visits(demand.sizes, min_qty, max_qty, demand.step)
    total = sum(often for _position, often in visits)
    stock = short = missed = 0.0
    for position, often in visits:
        owed = _get_excess(excess, position / step)
        stock += often * (position - mean + owed * step)
        for size, chance in demand.sizes:
            left = (position - size) / step
            short += often * chance * _get_chance(more, left)
            missed += often * chance * (_get_excess(excess, left) - owed) * step
    return Expectation(
        stock=max(stock / total, 0.0),
        shortages=yearly_issues * min(short / total, 1.0),
        fill=1 - min(missed / total * demand.issues / demand.mean, 1.0),
        orders=yearly_issues / total,
    )


def _get_visits(sizes, min_qty, max_qty, step):
    """Positions from the maximum down to above the minimum, each with the number of issues that find it there per order.

    It begins at the maximum, and each issue takes it down, until an order brings it back: a renewal process. With issues of
    one step all positions are as likely as each other; with large ones the maximum is the likeliest.
    """
    step *= max(math.ceil((max_qty - min_qty) / step / POSITIONS), 1)
    chances = {}
    for size, chance in sizes:  # what lies between two steps is divided between them, so the mean stays
        whole, rest = divmod(size / step, 1)
        chances[whole] = chances.get(whole, 0.0) + chance * (1 - rest)
        chances[whole + 1] = chances.get(whole + 1, 0.0) + chance * rest
    moved = 1 - chances.pop(0, 0.0)
    visits = [1 / moved]
    for place in range(1, math.ceil((max_qty - min_qty) / step - 1e-9)):
        visits.append(sum(chance * visits[place - int(count)] for count, chance in chances.items() if count <= place) / moved)
    return [(max_qty - place * step, often) for place, often in enumerate(visits)]


def _accumulate(probabilities):
    """For each count: how likely it is that there are more, and by how much they exceed it on average."""
    more, excess, tail, rest = [], [], 0.0, 0.0
    for probability in reversed(probabilities):
        more.append(min(tail, 1.0))
        excess.append(rest)
        tail += probability
        rest += tail
    return more[::-1], excess[::-1]


def _get_chance(more, place):
    """How likely there are more than ``place``."""
    return 1.0 if place < 0 else _interpolate(more, place)


def _get_excess(excess, place):
    """By how much they exceed ``place`` on average."""
    return excess[0] - place if place <= 0 else _interpolate(excess, place)


def _interpolate(values, place):
    below = int(place)
    if below >= len(values) - 1:
        return 0.0
    return values[below] + (values[below + 1] - values[below]) * (place - below)
