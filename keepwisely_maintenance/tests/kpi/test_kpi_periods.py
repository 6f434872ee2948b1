from datetime import date

from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from ...models.kpi.kpi_measure import EMPTY, Period, sum_rows


@tagged("post_install", "-at_install")
class TestPeriods(TransactionCase):
    """Periods of days, and what adds up in them."""

    def test_the_last_months(self):
        self.assertEqual(Period.of_last_months(date(2026, 11, 23), 12), (date(2025, 11, 24), date(2026, 11, 23)))
        self.assertEqual(Period.of_last_months(date(2027, 3, 31), 1), (date(2027, 3, 1), date(2027, 3, 31)))

    def test_the_period_before(self):
        period = Period(date(2026, 8, 24), date(2026, 11, 23))
        self.assertEqual(period.get_previous(3), (date(2026, 5, 24), date(2026, 8, 23)))
        self.assertEqual(period.get_year(), (date(2025, 11, 24), date(2026, 11, 23)))

    def test_calendar_months(self):
        months = Period(date(2026, 1, 1), date(2027, 1, 15)).get_months()
        self.assertEqual(len(months), 12)
        self.assertEqual(months[0], (date(2026, 2, 1), date(2026, 2, 28)))
        self.assertEqual(months[-2:], [(date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 1, 1), date(2027, 1, 15))])
        self.assertEqual(Period(date(2026, 1, 1), date(2026, 1, 31)).get_months(1), [(date(2026, 1, 1), date(2026, 1, 31))])

    def test_both_ends_count(self):
        period = Period(date(2026, 1, 2), date(2026, 1, 4))
        held = [day for day in range(1, 6) if period.holds(date(2026, 1, day))]
        self.assertEqual(held, [2, 3, 4])
        span = Period.get_span([Period(date(2026, 1, 2), date(2026, 1, 4)), Period(date(2025, 1, 1), date(2025, 2, 1))])
        self.assertEqual(span, (date(2025, 1, 1), date(2026, 1, 4)))

    def test_sums(self):
        rows = [(date(2026, 1, day), day, 10 * day, 1) for day in range(1, 6)]
        self.assertEqual(sum_rows(rows, Period(date(2026, 1, 2), date(2026, 1, 4))), (9.0, 90.0, 3))
        self.assertIs(sum_rows(rows, Period(date(2027, 1, 1), date(2027, 1, 2))), EMPTY)
        self.assertEqual(EMPTY, (0.0, 0.0, 0))
