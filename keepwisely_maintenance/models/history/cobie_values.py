"""Days, spans of time and lists as COBie writes them."""

import re
from datetime import date, datetime

from openpyxl.utils.datetime import from_excel

#: What a number may stand for that a cell without the format of a date holds: days from 1954 to 2119.
DAYS_OF_EXCEL = (20_000, 80_000)

#: The units of COBie's pick list, also in the plural: how many months, or else days or hours, each has.
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}
HOURS = {"minute": 1 / 60, "hour": 1}

#: Days of a month on average, where a span that is not in months has to be.
DAYS_PER_MONTH = 30.4375


#: A thousand and something, or one and something?
AMBIGUOUS = re.compile(r"^\d{1,3}(,\d{3})+$")


class Unreadable(Exception):
    """A value that is not of its kind."""


def read_day(value):
    """A day; None where there is none. COBie writes 1900-12-31 where it is not known.

    :raises Unreadable: it is no day, or one that can be read in two ways.
    """
    if value is None:
        return None
    day = None
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, int | float) and DAYS_OF_EXCEL[0] <= value <= DAYS_OF_EXCEL[1]:
        day = from_excel(value).date()
    elif isinstance(value, str):
        text = value.strip()
        if text.isdigit() and DAYS_OF_EXCEL[0] <= int(text) <= DAYS_OF_EXCEL[1]:
            day = from_excel(int(text)).date()
        else:
            try:
                day = date.fromisoformat(text[:10]) if text[4:5] == "-" else None
            except ValueError:
                day = None
    if day is None:
        raise Unreadable
    return None if day.year <= 1900 else day


def read_number(value):
    """A number that is not below zero; None where there is none.

    :raises Unreadable: it is none, or a text like 1,200 that may be two numbers.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if AMBIGUOUS.match(value.strip()):
            raise Unreadable
        value = value.strip().replace(",", ".")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Unreadable from None
    if not 0 <= number < 1e12:
        raise Unreadable
    return number


def read_unit(text):
    """The unit in the singular: day, week, month; empty for ``as required`` and what nobody knows."""
    unit = text.casefold().strip().rstrip(".")
    unit = {"hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "yr": "year", "yrs": "year"}.get(unit, unit)
    unit = unit[:-1] if unit.endswith("s") else unit
    unit = {"annual": "year", "annually": "year", "monthly": "month", "weekly": "week", "daily": "day", "quarterly": "quarter",
            "yearly": "year", "hourly": "hour"}.get(unit, unit)  # fmt: skip
    return unit if unit in MONTHS or unit in DAYS or unit in HOURS else ""


def to_months(number, unit):
    """Whole months, rounded.

    :raises Unreadable: the unit is unknown.
    """
    if unit in MONTHS:
        return round(number * MONTHS[unit])
    if unit in DAYS:
        return round(number * DAYS[unit] / DAYS_PER_MONTH)
    if unit in HOURS:
        return round(number * HOURS[unit] / 24 / DAYS_PER_MONTH)
    raise Unreadable


def to_hours(number, unit, hours_per_day):
    """Hours of work.

    :raises Unreadable: the unit is unknown.
    """
    if unit in HOURS:
        return number * HOURS[unit]
    if unit == "day":
        return number * hours_per_day
    if unit == "week":
        return number * 5 * hours_per_day
    raise Unreadable


def to_interval(number, unit):
    """How often: a whole number and the unit of a schedule.

    :raises Unreadable: it comes to no whole number of days, weeks or months.
    """
    if unit == "quarter" or (unit == "year" and not float(number).is_integer()):
        number, unit = number * MONTHS[unit], "month"
    if unit in HOURS:
        number, unit = number * HOURS[unit] / 24, "day"
    if unit == "week" and not float(number).is_integer():
        number, unit = number * 7, "day"
    if not unit or abs(number - round(number)) > 1e-6 or round(number) < 1:
        raise Unreadable
    return round(number), unit


def split_list(text):
    """Names that a cell lists, apart by commas or semicolons."""
    return [name for part in text.replace(";", ",").split(",") if (name := part.strip())]
