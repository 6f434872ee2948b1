import pytz

from odoo.tests import BaseCase, tagged

from ...models.history.import_cell import (
    CellReader,
    NumberForm,
    Unreadable,
    guess_date_form,
    guess_number_form,
    is_year_column,
)
from ...models.history.import_rules import find_order


@tagged("post_install", "-at_install")
class TestImportCells(BaseCase):
    """What stands in a cell is read strictly, or not at all."""

    def setUp(self):
        super().setUp()
        self.point = CellReader(NumberForm(".", ","), currencies=("€", "EUR"))
        self.comma = CellReader(NumberForm(",", "."), "%d.%m.%Y")

    def _refused(self, reader, kind, *cells, **how):
        for cell in cells:
            with self.subTest(cell=cell), self.assertRaises(Unreadable):
                reader.read_cell(cell, kind, **how)

    def test_numbers_with_points(self):
        for cell, number in {
            "1,250.00": "1250.00", "12": "12", "-3.5": "-3.5", "(7)": "-7", "8.25-": "-8.25", "€ 9.90": "9.90",
            "9.90 EUR": "9.90", "3.5E+01": "35", "1\u00a0200.5": "1200.5", "2'500": "2500", " 4 ": "4", "n/a": "",
            "-": "", "": "",
        }.items():  # fmt: skip
            self.assertEqual(self.point.read_cell(cell, "float"), number, cell)
        self._refused(self.point, "float", "about 3", "12 pcs", "1.234,56", "1,25", "12,3456", "#REF!", "#N/A", "1.2.3", "€")
        self._refused(self.point, "float", "1e999")

    def test_numbers_with_commas(self):
        for cell, number in {"5,76": "5.76", "12.345,00": "12345.00", "1.061,69": "1061.69", "4": "4"}.items():
            self.assertEqual(self.comma.read_cell(cell, "float"), number, cell)
        self._refused(self.comma, "float", "2.5", "1,250.00", "12.34")

    def test_what_is_no_text(self):
        for cell, text in ((None, ""), (False, ""), (5, "5"), (2.5, "2.5"), (True, "True")):
            with self.subTest(cell=cell):
                self.assertEqual(self.point.read_cell(cell, "char"), text)

    def test_whole_numbers(self):
        self.assertEqual(self.point.read_cell("24.0", "integer"), "24")
        self._refused(self.point, "integer", "24 months", "2.5")

    def test_serial_days_of_a_spreadsheet(self):
        for cell, moment in {
            "45678.3333333333": "2025-01-21 08:00:00", "45680": "2025-01-23 00:00:00", "61": "1900-03-01 00:00:00",
            "73050": "2099-12-31 00:00:00",
        }.items():  # fmt: skip
            self.assertEqual(self.point.read_cell(cell, "datetime"), moment)
        self.assertEqual(self.comma.read_cell("45678,25", "datetime"), "2025-01-21 06:00:00")
        self._refused(self.point, "datetime", "60", "60.9", "0", "0.5", "#N/A", "#VALUE!", "99999", "-4", "2021", "73050.1")

    def test_days_in_the_form_of_the_file(self):
        self.assertEqual(self.comma.read_cell("14.01.2025 06:30", "datetime"), "2025-01-14 06:30:00")
        self.assertEqual(self.comma.read_cell("03.02.2025", "date"), "2025-02-03")
        self.assertEqual(self.comma.read_cell("2025-02-03T07:08:09", "datetime"), "2025-02-03 07:08:09")
        self.assertEqual(self.comma.read_cell("2024-05", "date"), "2024-05-01")
        self._refused(self.comma, "datetime", "31.02.2025", "07/03/2025", "2025-02-30", "yesterday", "2024-05")

    def test_a_moment_with_its_zone(self):
        reader = CellReader(NumberForm(), tz=pytz.timezone("Europe/Vienna"))
        self.assertEqual(reader.read_cell("2025-07-01T10:00:00Z", "datetime"), "2025-07-01 12:00:00")

    def test_years(self):
        self.assertEqual(self.point.read_cell("2021", "date", is_year=True), "2021-01-01")
        self.assertEqual(self.point.read_cell("2021-05-07", "date", is_year=True), "2021-05-07")
        self._refused(self.point, "date", "20222", "21", "1821", is_year=True)
        self.assertTrue(is_year_column("installation_year", ["45678"]))
        self.assertTrue(is_year_column("Built", ["2019", "", "2021", "n/a", "x"]))
        self.assertFalse(is_year_column("Built", ["45678", "2021"]))

    def test_texts(self):
        for cell, text in {
            " A-1 ": "A-1", "'A-1": "A-1", "N/A": "", "none": "", "\u00a0-\u200b": "", "'s Hertogenbosch": "'s Hertogenbosch",
        }.items():  # fmt: skip
            self.assertEqual(self.point.read_cell(cell, "char"), text, cell)
        self.assertEqual(self.point.read_cell("None", "selection", keeps={"none"}), "None")

    def test_what_was_read_otherwise_is_counted(self):
        cells = {" A ": "char", "n/a": "char", "-": "float", "1,250.00": "float", "45678": "date", "plain": "char"}
        for cell, kind in cells.items():
            self.point.read_cell(cell, kind)
        self.assertEqual(dict(self.point.counts), {"blanks": 1, "empty": 2, "numbers": 1, "dates": 1})

    def test_forms_are_seen_by_most_cells(self):
        self.assertEqual(guess_date_form(["14.01.2025 06:30", "07/03/2025", "03.02.2025"]), "%d.%m.%Y")
        self.assertEqual(guess_date_form(["07/03/2025", "25/03/2025"]), "%d/%m/%Y")
        self.assertIsNone(guess_date_form(["07/03/2025"]), "7 March or 3 July")
        self.assertEqual(guess_date_form(["07/03/2025"], "%m/%d/%Y"), "%m/%d/%Y")
        self.assertEqual(guess_number_form(["5,76", "2.5", "1,0"]), (",", "."))
        self.assertIsNone(guess_number_form(["1,250.00", "3.5", "text"]))

    def test_what_others_are_part_of_comes_first(self):
        order, circle = find_order({0: 1, 1: None, 2: 2, 3: 4, 4: 3, 5: 4, 6: 0})
        self.assertEqual(circle, {2, 3, 4})
        for part, whole in ((0, 1), (6, 0), (5, 4)):
            self.assertLess(order.index(whole), order.index(part))
