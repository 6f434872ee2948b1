"""From hours of work to the end of a plan, and back.

A calendar is a `resource.calendar`, empty where every hour counts; moments are in UTC. Who plans work after hours or on a
day off means just then: it goes on from its start as long as it takes, and counts as long as it lasts up to a shift.
"""

from collections import Counter
from datetime import datetime, time, timedelta

from pytz import UTC, timezone

#: Hours that somebody works in one go where no working hours are.
LONGEST_SHIFT = 12

#: Hours are kept in hundredths.
DIGITS = 2


def get_end(calendar, resource, start, hours):
    """When ``hours`` of work that begins at ``start`` are done."""
    end = calendar and _is_open_later_that_day(calendar, resource, start) and calendar.plan_hours(
        hours, start, compute_leaves=True, resource=resource
    )
    return (end or start + timedelta(hours=hours)).replace(microsecond=0)


def get_hours(calendar, resource, start, end):
    """Hours of work between two moments; when there are none, how long it is up to `LONGEST_SHIFT`, else zero."""
    length = (end - start).total_seconds() / 3600
    hours = _sum_hours(calendar, resource, start, end) if calendar else length
    return round(hours or (length if length <= LONGEST_SHIFT else 0.0), DIGITS)


def _is_open_later_that_day(calendar, resource, start):
    zone = timezone(calendar.tz)
    day = UTC.localize(start).astimezone(zone).date()
    midnight = zone.localize(datetime.combine(day + timedelta(days=1), time.min))
    return bool(_sum_hours(calendar, resource, start, midnight.astimezone(UTC).replace(tzinfo=None)))


def _sum_hours(calendar, resource, start, end):
    intervals = calendar._work_intervals_batch(UTC.localize(start), UTC.localize(end), resources=resource)[resource.id]
    return sum((stop - begun).total_seconds() / 3600 for begun, stop, _meta in intervals)


def add_up(company, intervals):
    """Hours of ``intervals`` (pairs of moments) by day in the plant."""
    hours = Counter()
    for begun, stop in intervals:
        while begun < stop:
            day = company._get_plant_day(begun)
            until = min(stop, company._get_plant_moment(day + timedelta(days=1), time.min))
            hours[day] += (until - begun).total_seconds() / 3600
            begun = until
    return hours


def spread(company, intervals, start, end, hours):
    """``hours`` of work between two moments by day in the plant.

    In proportion to the working hours in between (``intervals``); by the clock where there are none.
    """
    clipped = [(max(begun, start), min(stop, end)) for begun, stop in intervals if begun < end and stop > start]
    by_day = add_up(company, clipped or [(start, end)])
    whole = sum(by_day.values())
    return {day: hours * part / whole for day, part in by_day.items()}
