"""What a minimum and a maximum would have led to, and what there was: the past once more, issue by issue.

Like the policy it knows no Odoo. Times are in days from the beginning, quantities in the unit of the part.
"""

from itertools import pairwise

from .reorder_policy import round_up


def replay(issues, bounds, lead_time, minimum, maximum, min_order_qty=0.0, multiple=0.0):
    """Serve ``issues`` from a shelf that is full in the beginning and ordered for when its position is at the minimum.

    Who finds less than they ask for waits for the rest. Deliveries take ``lead_time`` each.

    :param issues: pairs of day and quantity, in the order of the days.
    :param bounds: days at which a part of the time begins, and at last the one at which the last part ends.
    :returns: for each part of the time the average on the shelf and how often somebody did not get all.
    """
    level = position = maximum
    under_way, changes, short = [], [(bounds[0], level)], []

    def arrive(day):
        nonlocal level
        while under_way and under_way[0][0] <= day:
            moment, quantity = under_way.pop(0)
            level += quantity
            changes.append((moment, level))

    for day, quantity in issues:
        arrive(day)
        if quantity > max(level, 0.0) + 1e-9:
            short.append(day)
        level -= quantity
        position -= quantity
        changes.append((day, level))
        if position <= minimum + 1e-9:
            ordered = round_up(max(maximum - position, min_order_qty), multiple)
            if ordered > 0:
                position += ordered
                under_way.append((day + lead_time, ordered))
    arrive(bounds[-1])
    return average(changes, bounds), count(short, bounds)


def average(changes, bounds):
    """The average of a level that changes in steps, for each part of the time; below zero there is nothing on a shelf.

    :param changes: pairs of day and level from then on, in the order of the days, from the beginning.
    """
    averages, place = [], 0
    for begin, end in pairwise(bounds):
        area, day = 0.0, begin
        while place + 1 < len(changes) and changes[place + 1][0] <= begin:
            place += 1
        at = place
        while day < end:
            after = min(changes[at + 1][0], end) if at + 1 < len(changes) else end
            area += max(changes[at][1], 0.0) * (max(after, day) - day)
            day = max(after, day)
            if at + 1 < len(changes) and changes[at + 1][0] <= day:
                at += 1
            elif after >= end:
                break
        averages.append(area / (end - begin))
    return averages


def count(days, bounds):
    """How many of ``days`` are in each part of the time."""
    return [sum(begin <= day < end for day in days) for begin, end in pairwise(bounds)]
