from odoo.tests import tagged

from .history_common import HistoryCase

#: Of reading, checking and writing one row with hours, costs and downtime.
QUERIES_PER_ROW = 3


@tagged("post_install", "-at_install")
class TestHistoryQueries(HistoryCase):
    """Ten thousand work orders come in within a night: no query but the writing is one for each row."""

    acts_cold = False

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = function()
        self._end_transaction()
        return self.cr.sql_log_count - before, result

    def _get_rows(self, first, number):
        return [
            self._row(
                n, labor_hours="2.5", labor_cost="105.5", parts_cost="12", service_cost="5",
                maintenance_downtime_from=f"2{n // 300:03}-{1 + n % 300 // 25:02}-{1 + n % 25:02} 01:00:00",
                maintenance_downtime_to=f"2{n // 300:03}-{1 + n % 300 // 25:02}-{1 + n % 25:02} 04:00:00",
            )
            for n in range(first, first + number)
        ]  # fmt: skip

    def test_rows(self):
        self._load(self._get_rows(6000, 2))
        few, result = self._count(lambda: self._load(self._get_rows(6100, 50)))
        self.assertFalse(result["messages"])
        many, result = self._count(lambda: self._load(self._get_rows(6300, 250)))
        self.assertFalse(result["messages"])
        per_row = (many - few) / 200
        self.assertLess(per_row, 0.5, f"{few} queries for 50 rows, {many} for 250")
        self.assertLess(many / 250, QUERIES_PER_ROW)

    def test_hours(self):
        self._load(self._get_rows(6000, 300))
        columns = ["maintenance_request_id", "person_id", "date", "hours"]

        def load(first, number):
            rows = [(f"OLD-{n}", "Karl Contract", "2024-03-05", "1") for n in range(first, first + number)]
            return self._load(rows, columns, "maintenance.labor")

        few, result = self._count(lambda: load(6000, 50))
        self.assertFalse(result["messages"])
        many, result = self._count(lambda: load(6050, 250))
        self.assertFalse(result["messages"])
        self.assertLess((many - few) / 200, 0.5, f"{few} queries for 50 rows, {many} for 250")
