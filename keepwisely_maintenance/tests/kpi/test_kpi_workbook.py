from base64 import b64decode
from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .kpi_common import KpiCase


@tagged("post_install", "-at_install")
class TestKpiWorkbook(KpiCase):
    """The workbook of key figures says what the dashboard says."""

    def _open(self, user=None, formulas=False, **values):
        self._end_transaction()
        self.env.invalidate_all()
        wizard = self.env["maintenance.kpi.workbook"].with_user(user or self.planner).create(values)
        wizard.action_download()
        return load_workbook(BytesIO(b64decode(wizard.content)), data_only=not formulas)

    def _rows(self, sheet):
        header = [cell.value for cell in sheet[4]]
        return [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=5, values_only=True)]

    def test_it_says_what_the_dashboard_says(self):
        self._down(self._ago(40), 5)
        self._down(self._ago(10), 2)
        self._repair(self._ago(10), hours=3)
        book = self._open()
        shown = self.env["maintenance.kpi"].with_user(self.planner).search([])
        rows = self._rows(book["Key figures"])
        self.assertEqual([row["Figure"] for row in rows], shown.mapped("name"))
        measured = 0
        for row, kpi in zip(rows, shown, strict=True):
            measured += kpi.is_measured
            with self.subTest(kpi=kpi.code):
                # hours go on between both
                self.assertAlmostEqual(row["Value"] or 0, kpi.value, 1)
                self.assertEqual(row["Value"] in (None, ""), not kpi.is_measured)
                self.assertEqual((row["Records"], row["Target"] or 0), (kpi.record_count, kpi.target))
        self.assertGreater(measured, 3)
        details = [row for row in self._rows(book["Details"]) if row["Figure"] == "Mean downtime" and row["Divided by"]]
        self.assertEqual(sum(row["Divided"] for row in details), 7)
        self.assertEqual(sum(row["Records"] for row in details), 2)

    def test_values_are_formulas_and_charts_are_drawn(self):
        self._down(self._ago(3), 2)
        book = self._open(formulas=True)
        row = next(row for row in self._rows(book["Key figures"]) if row["Figure"] == "Mean downtime")
        self.assertRegex(row["Value"], r'^=IF\(K\d+=0,"",M\d+\*I\d+/K\d+\)$')
        self.assertTrue({"By month", "Details", "Definitions", "Hours", "Percent"} <= set(book.sheetnames))
        self.assertTrue(book["Hours"]._charts)
        definitions = {row[0].value: row[1].value for row in book["Definitions"].iter_rows(min_row=5)}
        for kpi in self.env["maintenance.kpi"].with_user(self.planner).search([]):
            self.assertIn(kpi.definition, definitions[kpi.name])

    def test_period_and_teams(self):
        self._down(self._ago(40), 5)

        def counted(**values):
            rows = self._rows(self._open(**values)["Key figures"])
            return next(row["Records"] for row in rows if row["Figure"] == "Mean downtime")

        self.assertEqual(counted(), 1)
        self.assertEqual(counted(months=1), 0)
        self.assertEqual(counted(team_ids=self.team.ids), 1)
        self.assertEqual(counted(team_ids=self.other_team.ids), 0)
        for months in (0, -1, 121):
            with self.subTest(months=months), self.assertRaises(UserError):
                self._open(months=months)

    def test_who_sees_what(self):
        figures = [row["Figure"] for row in self._rows(self._open(self.technician)["Key figures"])]
        self.assertIn("Mean downtime", figures)
        self.assertFalse({"Cost of replacement value", "Emergency purchases"} & set(figures))
        with self.assertRaises(AccessError):
            self._open(self.operator)

    def test_replacement_value(self):
        """The share is of what replacing the asset would cost, its purchase price when nothing is said."""
        self.env["maintenance.labor"].create(
            {
                "maintenance_request_id": self._repair(self._ago(5), hours=1).id,
                "user_id": self.technician.id,
                "hours": 2,
                "date": self.today - timedelta(days=5),
            }
        )
        # 3 × 40 of 12,000
        self.assertEqual(self._kpi("cost_share").value, 1)
        self.conveyor.replacement_value = 24000
        self.assertEqual(self._kpi("cost_share").value, 0.5)
        self.conveyor.cost = 0
        self.assertEqual(self._kpi("cost_share").value, 0.5)
