from datetime import date, datetime
from io import BytesIO
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from ...report import workbook
from ...report.workbook import Column, Workbook


@tagged("post_install", "-at_install")
class TestWorkbook(TransactionCase):
    """What the writer of workbooks promises, read back by another library."""

    columns = [
        Column("Vendor", help="Who sells it."),
        Column("Day", "date"),
        Column("Moment", "datetime"),
        Column("Pieces", "integer", total=True),
        Column("Amount", "money", total=True, help="Taxes excluded."),
        Column("Each", "float", formula=lambda row, at: f"={at['Amount']}{row}/{at['Pieces']}{row}"),
        Column("Share", "percent"),
    ]
    rows = [
        ("=HYPERLINK(\"http://x\")", date(2026, 3, 1), datetime(2026, 3, 1, 23, 30), 2, 10.10, 5.05, 0.25),
        ("Bearings & Co", date(2026, 3, 2), None, 3, -4.03, -1.34, 0.75),
    ]  # fmt: skip

    def _write(self, rows=None, **kwargs):
        env = self.env(context={"tz": "Europe/Berlin", "lang": "en_US"})
        with Workbook(env, "Prices") as book:
            book.area = book.add_sheet("Lines", self.columns, iter(self.rows if rows is None else rows), **kwargs)
        return book, load_workbook(BytesIO(book.content)), load_workbook(BytesIO(book.content), data_only=True)

    def test_cells_are_what_they_are(self):
        _book, formulas, values = self._write()
        sheet = values["Lines"]
        self.assertEqual([cell.value for cell in sheet[4]], [column.title for column in self.columns])
        self.assertEqual([cell.value for cell in sheet[5]][1:5], [datetime(2026, 3, 1), datetime(2026, 3, 2, 0, 30), 2, 10.1])
        self.assertEqual(formulas["Lines"]["F5"].value, "=E5/D5")
        self.assertEqual(sheet["F5"].value, 5.05)
        self.assertEqual((sheet["G6"].value, sheet["G6"].number_format), (0.75, "0.0%"))
        self.assertIsNone(sheet["C6"].value)

    def test_names_are_never_formulas(self):
        _book, formulas, _values = self._write()
        self.assertEqual((formulas["Lines"]["A5"].data_type, formulas["Lines"]["A5"].value), ("s", self.rows[0][0]))

    def test_totals_are_formulas_with_their_result(self):
        _book, formulas, values = self._write()
        self.assertEqual(formulas["Lines"]["D7"].value, "=SUBTOTAL(109,D5:D6)")
        self.assertEqual(formulas["Lines"]["E7"].value, "=SUBTOTAL(109,E5:E6)")
        self.assertEqual((values["Lines"]["D7"].value, values["Lines"]["E7"].value), (5, 6.07))

    def test_header_is_frozen_and_filters(self):
        sheet = self._write()[1]["Lines"]
        self.assertEqual(sheet.freeze_panes, "B5")
        self.assertEqual(sheet.auto_filter.ref, "A4:G6")

    def test_definitions_come_from_the_columns(self):
        sheet = self._write()[1]["Definitions"]
        self.assertEqual(
            [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=5)],
            [("Vendor", "Who sells it."), ("Amount", "Taxes excluded.")],
        )

    def test_a_chart_draws_the_columns(self):
        chart = {"kind": "column", "title": "By vendor", "categories": "Vendor", "values": ["Amount"]}
        book = self._write(chart=chart)[1]
        self.assertEqual(book.sheetnames, ["Lines", "By vendor", "Definitions"])
        drawn = book["By vendor"]._charts[0].series[0]
        self.assertEqual(drawn.val.numRef.f, "Lines!$E$5:$E$6")

    def test_without_rows(self):
        book, _formulas, values = self._write(rows=[])
        self.assertLess(book.area["last"], book.area["first"])
        self.assertEqual(values["Lines"].max_row, 4)

    def test_names_of_sheets(self):
        with Workbook(self.env, "Names") as book:
            for name in ("A/B: what is [open]? and a very long rest", "A/B: what is [open]? and a very long rest", "''"):
                book.add_sheet(name, [Column("Name")], [])
        names = load_workbook(BytesIO(book.content)).sheetnames
        self.assertEqual(names, ["A-B- what is -open-- and a very", "A-B- what is -open-- and a ve 2", "-"])

    def test_too_many_rows(self):
        with patch.object(workbook, "MAX_ROWS", 8), self.assertRaisesRegex(UserError, "more rows"):
            self._write(rows=self.rows * 3)
