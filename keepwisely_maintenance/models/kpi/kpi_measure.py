"""What key figures are made of: periods of days in the plant, and sums of records by day."""

from collections import namedtuple
from contextlib import contextmanager
from datetime import date, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tools import SQL, date_utils

#: What a figure is worked out from. ``denominator`` is nothing when nothing was counted.
Result = namedtuple("Result", ["numerator", "denominator", "count"])

EMPTY = Result(0.0, 0.0, 0)


class Period(namedtuple("Period", ["start", "end"])):
    """Days in the plant, the first and the last one included."""

    __slots__ = ()

    @classmethod
    def of_last_months(cls, today, months):
        """The last months up to today: 24 November to 23 November for twelve."""
        return cls(today - relativedelta(months=months) + timedelta(days=1), today)

    def get_previous(self, months):
        """The same length of time before."""
        return Period(self.start - relativedelta(months=months), self.start - timedelta(days=1))

    def get_year(self):
        """The twelve months that end with the period."""
        return Period.of_last_months(self.end, 12)

    def get_months(self, count=12):
        """Calendar months up to the end of the period; the last one ends with it."""
        first = self.end.replace(day=1)
        months = [first - relativedelta(months=number) for number in range(count - 1, -1, -1)]
        return [Period(month, min(date_utils.end_of(month, "month"), self.end)) for month in months]

    def holds(self, day: date):
        return self.start <= day <= self.end

    @classmethod
    def get_span(cls, periods):
        return cls(min(period.start for period in periods), max(period.end for period in periods))


class Measure:
    """Records that count on the day of one of their dates, set-based.

    - A mean: ``amount`` summed, divided by the number of records.
    - A share, with ``part``: the records (or their ``amount``) that fulfil the domain ``part``, of all of them.

    The same domain counts the records and opens them, so record rules hold for both and the numbers agree.

    :param model: the records, in the environment of whoever asks.
    :param Domain domain: which ones count, whatever the day.
    :param str date: the date or datetime field that says on which day they count.
    :param amount: function of the model's alias and query that returns the SQL of a number; 1 when empty.
    :param Domain part: the records of the numerator, for shares.
    """

    def __init__(self, model, domain, date, amount=None, part=None):
        self.model = model
        self.domain = Domain(domain)
        self.date = date
        self.amount = amount
        self.part = part and Domain(part)

    def get_domain(self, company, period):
        """The records that count in ``period``."""
        return self.domain & get_period_domain(self.model, self.date, company, period)

    def sum_by_day(self, company, span):
        """Day, numerator, denominator and count of each day of ``span``, in one query."""
        query = self.model._search(self.get_domain(company, span), order=None)
        if query.is_empty():
            return []
        alias = query.table
        amount = self.amount(alias, query) if self.amount else SQL("1")
        facts = [SQL("%s AS day", self._get_day(alias, query, company)), SQL("%s AS amount", amount)]
        if self.part is None:
            return self.model.env.execute_query(
                SQL("SELECT day, SUM(amount), COUNT(*), COUNT(*) FROM (%s) AS fact GROUP BY day", query.select(*facts))
            )
        part = self.part.optimize_full(self.model)._to_sql(self.model, alias, query)
        facts.append(SQL("%s AS part", part))
        # materialized: each amount is read once
        return self.model.env.execute_query(
            SQL(
                """
                WITH fact AS MATERIALIZED (%s)
                SELECT day, COALESCE(SUM(amount) FILTER (WHERE part), 0), SUM(amount), COUNT(*) FROM fact GROUP BY day
                """,
                query.select(*facts),
            )
        )

    def _get_day(self, alias, query, company):
        column = self.model._field_to_sql(alias, self.date, query)
        if self.model._fields[self.date].type == "date":
            return column
        zone = company._get_plant_timezone().zone
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)

    def compute(self, company, periods):
        rows = self.sum_by_day(company, Period.get_span(periods))
        return [sum_rows(rows, period) for period in periods]


@contextmanager
def without_jit(env):
    """These queries take some hundredths of a second; compiling them would take the database up to a second."""
    env.cr.execute("SET LOCAL jit = off")
    yield
    env.cr.execute("SET LOCAL jit TO DEFAULT")


def get_period_domain(model, name, company, period):
    """Domain of the records whose date or datetime ``name`` falls into ``period``."""
    start, stop = period.start, period.end + timedelta(days=1)
    if model._fields[name].type == "datetime":
        start, stop = get_moments(company, period)
    return Domain(name, ">=", start) & Domain(name, "<", stop)


def get_moments(company, period):
    """Midnight before the first day and after the last one in the plant, in UTC."""
    midnight = time.min
    return (
        company._get_plant_moment(period.start, midnight),
        company._get_plant_moment(period.end + timedelta(days=1), midnight),
    )


def sum_rows(rows, period):
    """Add up the rows (day, numerator, denominator, count) of the days of ``period``."""
    inside = [row for row in rows if period.holds(row[0])]
    if not inside:
        return EMPTY
    _days, numerators, denominators, counts = zip(*inside, strict=True)
    return Result(float(sum(numerators)), float(sum(denominators)), sum(counts))
