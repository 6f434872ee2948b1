from io import BytesIO
from unittest.mock import patch
from zipfile import ZIP_DEFLATED, ZipFile

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.keepwisely_maintenance.models.history import cobie_book
from odoo.addons.keepwisely_maintenance.models.history.cobie_values import (
    Unreadable,
    read_day,
    read_number,
    read_unit,
    to_interval,
    to_months,
)

from .cobie_common import CobieCase


@tagged("post_install", "-at_install")
class TestCobieFiles(CobieCase):
    """Wrong files are refused in a sentence; headers are found by their names."""

    def _refuse(self, content, words):
        wizard = self._open(content)
        with self.assertRaisesRegex(UserError, words):
            wizard.action_check()

    def _repack(self, **parts):
        """The bakery's file with other parts."""
        content = BytesIO()
        with ZipFile(BytesIO(self._write(self._sheets()))) as old, ZipFile(content, "w", ZIP_DEFLATED) as new:
            for member in old.infolist():
                if member.filename not in parts:
                    new.writestr(member, old.read(member))
            for name, part in parts.items():
                new.writestr(name, part)
        return content.getvalue()

    def test_no_workbook(self):
        for content in (b"Name,Space\nOven,G01\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 an old .xls"):
            with self.subTest(content=content):
                self._refuse(content, "no workbook that can be read")
        wizard = self.env["maintenance.cobie.import"].with_user(self.mover).create({})
        with self.assertRaisesRegex(UserError, "Choose a workbook"):
            wizard.action_check()

    def test_another_zip(self):
        content = BytesIO()
        with ZipFile(content, "w") as archive:
            archive.writestr("letter.txt", "Hello")
        self._refuse(content.getvalue(), "no workbook that can be read")

    def test_a_sheet_that_is_cut_off(self):
        self._refuse(self._repack(**{"xl/worksheets/sheet6.xml": "<worksheet><sheetData><row"}), "no workbook that can be read")

    def test_entities(self):
        bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
        for part in (bomb, bomb.encode("utf-16")):
            self._refuse(self._repack(**{"xl/worksheets/sheet6.xml": part}), "no workbook that can be read")

    def test_a_bomb_is_not_unpacked(self):
        content = self._repack(**{"xl/media/zeros.bin": b"\0" * 5_000_000})
        with patch.object(cobie_book, "MAX_UNPACKED", 1_000_000):
            with patch.object(cobie_book.openpyxl, "load_workbook") as load:
                self._refuse(content, "unpacks to more than")
            load.assert_not_called()

    def test_too_large(self):
        with patch.object(cobie_book, "MAX_BYTES", 1000):
            self._refuse(self._sheets(), "has more than")
        with patch.object(cobie_book, "MAX_ROWS", 10):
            self._refuse(self._sheets(), "has more than 10 rows")

    def test_another_workbook(self):
        self._refuse({"Sheet1": [["Name", "Space"], ["Oven", "G01"]]}, "is none of COBie")

    def test_a_missing_sheet(self):
        self._refuse(self._sheets(Type=None), "no sheet Type, and TypeName of the sheet Component")
        self._refuse(self._sheets(Floor=None), "no sheet Floor, and FloorName of the sheet Space")

    def test_a_missing_column(self):
        self._refuse(self._sheets(Component=[["Name", "Space"], ["Oven 1", "G01"]]), "Component lacks the column TypeName")
        self._refuse(self._sheets(Floor=[["Level"], ["Ground"]]), "The sheet Floor has no row with the names of its columns")

    def test_headers_in_other_words_and_places(self):
        component = [
            ["Components of the bakery"],
            [],
            ["asset identifier", "Space Names", "TYPENAME", "name", "Serial No", "Sticker"],
            ["BN-0001", "G01", "Deck oven", "Oven 1", "S-1", "green"],
        ]
        sheets = self._sheets(Job=None, Document=None, Attribute=None)
        sheets["component "] = component
        del sheets["Component"]
        wizard = self._bring_in(sheets)
        self.assertEqual((wizard.state, self._refused(wizard)), ("done", []))
        oven = self._asset("Oven 1")
        self.assertEqual((oven.maintenance_number, oven.serial_no, oven.location_id.name), ("BN-0001", "S-1", "G01"))

    def test_values(self):
        self.assertEqual(str(read_day("2025-03-01T08:00:00")), "2025-03-01")
        self.assertEqual(str(read_day(45717)), "2025-03-01")
        self.assertIsNone(read_day("1900-12-31T23:59:59"))
        for text in ("03/04/2025", "2025-13-01", "soon", 7):
            with self.subTest(text=text), self.assertRaises(Unreadable):
                read_day(text)
        self.assertEqual((read_number("1,5"), read_number(" 12 "), read_number(None)), (1.5, 12.0, None))
        for text in ("1,200", "-1", "nan", "often"):
            with self.subTest(text=text), self.assertRaises(Unreadable):
                read_number(text)
        units = [read_unit(text) for text in ("Years", "mins", "Quarterly", "as required")]
        self.assertEqual(units, ["year", "minute", "quarter", ""])
        self.assertEqual([to_months(90, "day"), to_months(2, "year"), to_months(1, "quarter")], [3, 24, 3])
        self.assertEqual([to_interval(0.5, "year"), to_interval(2, "quarter"), to_interval(48, "hour"), to_interval(1.0, "year")],
                         [(6, "month"), (6, "month"), (2, "day"), (1, "year")])  # fmt: skip
        for number, unit in ((1.3, "day"), (0.01, "year"), (1, "")):
            with self.subTest(number=number, unit=unit), self.assertRaises(Unreadable):
                to_interval(number, unit)
