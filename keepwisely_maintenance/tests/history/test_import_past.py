import base64
import io

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .import_common import FLAG, ImportCase

HEADING = (
    "Work order,Asset,Responsible,What,Type,Status,Reported at,Started at,Completed at,Hours,Labor cost,Parts cost,"
    "Downtime from,Downtime until\n"
)


def line(number, **cells):
    names = (
        "asset", "person", "what", "type", "status", "reported", "started", "completed", "hours", "labor", "parts", "down", "up",
    )  # fmt: skip
    usual = {
        "asset": "Conveyor 3", "person": "Ruth Left", "what": "Belt torn", "type": "Corrective", "status": "Completed",
        "reported": "2024-03-04 06:00:00", "started": "2024-03-04 08:00:00", "completed": "2024-03-04 12:00:00", "hours": "3",
        "labor": "126.00", "parts": "0",
    }  # fmt: skip
    return ",".join([number, *(f'"{cells.get(name, usual.get(name, ""))}"' for name in names)]) + "\n"


@tagged("post_install", "-at_install")
class TestImportPast(ImportCase):
    """Work of the past as other systems and spreadsheets write it."""

    def _find(self, number):
        return self.env["maintenance.request"].search([("reference", "=", number)])

    def test_wrong_rows(self):
        content = HEADING + "".join(
            [
                line("W-1"),
                line("W-2", reported="2024-03-05 06:00:00"),
                line("W-3", person="Nobody"),
                line("W-1", hours="9"),
                line("W-5", asset="Press 77"),
                line("W-6", hours="approx. 3"),
                line("W-7", completed=""),
                line("W-8", status="Terminated"),
                line("W-9", completed="2099-01-01 00:00:00"),
                line("W-10", down="2024-03-04 08:00:00", up="2024-03-04 09:00:00"),
                line("W-11", down="2024-03-04 08:30:00", up="2024-03-04 09:30:00"),
                line("W-12", person=""),
            ]
        )
        bad = {
            3: "before it was reported", 4: "Nobody", 5: "stands in the file already", 6: "Press 77", 7: "no number",
            8: "when it was completed", 9: "Terminated", 10: "future", 12: "overlaps", 13: "who worked",
        }  # fmt: skip
        result = self._import_past(content)
        self._assert_bad(result, bad)
        self.assertFalse(self._find("W-1"))
        result = self._import_past(content, maintenance_skip_bad=True)
        self._assert_bad(result, bad)
        self.assertEqual(self._find("W-1").labor_hours, 3)
        self.assertEqual(len(result["ids"]), 2)

    def test_a_file_as_a_german_spreadsheet_saves_it(self):
        lines = [
            HEADING.replace(",", ";").strip(),
            *(
                f"{number};Conveyor 3;Ruth Left;{what};Corrective;Completed;{day} 06:30;{day} 08:00;{day} 16:00;{hours};105,00;"
                f"{parts};;"
                for number, what, day, hours, parts in (
                    ("D-1", "Öl gewechselt", "03.02.2025", "2,5", "1.061,69"),
                    ("D-2", "Kette", "31.02.2025", "1,0", "0,00"),
                    ("D-3", "Kette", "06.03.2025", "2.5", "0,00"),
                    ("D-4", "Kette", "07/03/2025", "2,5", "0,00"),
                    ("D-5", "Kette", "09.03.2025", "1,25", "12.345,00"),
                )
            ),
        ]
        content = "\r\n".join(lines).encode("cp1252")
        result = self._import_past(content, encoding="windows-1252", maintenance_skip_bad=True)
        self._assert_bad(result, {3: "no date", 4: "no number", 5: "written otherwise"})
        first, last = self._find("D-1"), self._find("D-5")
        self.assertEqual(first.name, "Öl gewechselt")
        self.assertEqual((first.labor_hours, first.parts_cost, str(first.date_completed)), (2.5, 1061.69, "2025-02-03 16:00:00"))
        self.assertEqual((last.labor_hours, last.parts_cost), (1.25, 12345.0))

    def test_days_as_a_spreadsheet_counts_them(self):
        content = HEADING + "".join(
            [
                line("S-1", reported="45678.25", started="45678.3333333333", completed="45678.5"),
                line("'S-2", reported="45680", started="45680.375", completed="45680.75", hours="4.5E+00", labor="189"),
                line("S-3", completed="#N/A"),
                line("S-4", reported="60", started="60.3", completed="60.5"),
                line("S-5", hours="#REF!"),
                line("S-6", reported="45699.9", started="45699.3", completed="45699.5"),
            ]
        )
        result = self._import_past(content, maintenance_skip_bad=True)
        self._assert_bad(result, {4: "no date", 5: "no day", 6: "no number", 7: "before it was reported"})
        first, second = self._find("S-1"), self._find("S-2")
        self.assertEqual(str(first.date_started), "2025-01-21 08:00:00")
        self.assertEqual(str(second.create_date)[:19], "2025-01-23 00:00:00")
        self.assertEqual(second.labor_hours, 4.5)

    def test_a_workbook_with_broken_cells(self):
        book = openpyxl.Workbook()
        book.active.append(HEADING.strip().split(","))
        for number, hours in (("X-1", 3), ("X-2", "#REF!")):
            row = [cell.strip('"') for cell in line(number).strip().split(",")]
            row[9] = hours
            book.active.append(row)
        book.active["J3"].data_type = "e"
        output = io.BytesIO()
        book.save(output)
        result = self._import_past(output.getvalue(), maintenance_skip_bad=True)
        self._assert_bad(result, {3: "no number"})
        self.assertTrue(self._find("X-1"))

    def test_words_of_other_systems(self):
        still_open = line("O-2", status="Open", started="", completed="", hours="", labor="")
        content = HEADING + line("O-1", status="TECO", type="PM") + still_open
        result = self._import_past(content)
        self.assertEqual(self._bad(result), {})
        self.assertEqual((self._find("O-1").state, self._find("O-1").maintenance_type), ("completed", "preventive"))
        self.assertEqual(self._find("O-2").state, "requested")
        self.assertEqual(result["maintenance"]["read"]["choices"], 3)

    def test_lines_of_a_bad_row_stay_out_with_it(self):
        content = (
            "Work order,Asset,What,Status,Reported at,Completed at,Labour/Person,Labour/Hours\n"
            "L-1,Conveyor 3,Belt,Completed,2024-03-04 06:00:00,2024-03-04 12:00:00,Ruth Left,2\n"
            ",,,,,,Karl Contract,x\n"
            "L-2,Conveyor 3,Belt,Completed,2024-03-05 06:00:00,2024-03-05 12:00:00,Ruth Left,2\n"
            ",,,,,,Karl Contract,1\n"
        )
        result = self._import_past(content, maintenance_skip_bad=True)
        self._assert_bad(result, {3: "no number"})
        self.assertFalse(self._find("L-1"))
        self.assertEqual(self._find("L-2").labor_hours, 3)

    def test_the_box_of_the_screen(self):
        """The past is brought in by the box as by the menu, and only by those with the right."""
        content = HEADING + line("B-1")
        result = self._import("maintenance.request", content, maintenance_bring_in=True)
        self.assertEqual(self._bad(result), {})
        self.assertTrue(self._find("B-1").maintenance_brought_in)
        preview = self._upload("maintenance.request", content).parse_preview(
            {"has_headers": True, "quoting": '"', "maintenance_bring_in": True}
        )
        self.assertTrue(preview["maintenance"]["knows_past"])
        upload = self._upload("maintenance.request", HEADING + line("B-2"), self.planner)
        self.assertFalse(upload.parse_preview({"has_headers": True, "quoting": '"'})["maintenance"]["knows_past"])
        headers, paths, options = self._map(self._upload("maintenance.request", content))
        with self.assertRaises(AccessError):
            upload.execute_import(paths, headers, {**options, "maintenance_bring_in": True})

    def test_the_file_of_bad_rows(self):
        content = HEADING + "\n" + line("F-1") + line("F-2", hours="=1+x", what="Öl") + line("F-3", person="Nobody")
        upload = self._upload("maintenance.request", content, **FLAG)
        headers, paths, options = self._map(upload)
        for dryrun in (True, False):
            columns = [header.lower() for header in headers]
            result = upload.execute_import(paths, columns, {**options, "maintenance_skip_bad": True}, dryrun)
            self.assertIn(f"/base_import.import/{upload.id}/maintenance_bad_file/", result["maintenance"]["url"])
            book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(upload.maintenance_bad_file)))
            rows = list(book.active.values)
            self.assertEqual(rows[0][:3], ("Row", "Reason", "Work order"))
            self.assertEqual([row[0] for row in rows[1:]], [4, 5])
            self.assertEqual(rows[1][2], "F-2")
            self.assertEqual(rows[1][5], "Öl")
            self.assertEqual(rows[1][11], "=1+x")
            self.assertIn("no number", rows[1][1])
        clean = self._upload("maintenance.request", HEADING + line("F-9"), **FLAG)
        result = clean.execute_import(paths, [header.lower() for header in headers], options, True)
        self.assertFalse(result["maintenance"]["url"])
        self.assertFalse(clean.maintenance_bad_file)

    def test_parts_of_a_file(self):
        """A big file comes in steps; rows keep their numbers."""
        content = HEADING + "".join(line(f"T-{number}", person="Nobody" if number == 3 else "Ruth Left") for number in range(5))
        upload = self._upload("maintenance.request", content, **FLAG)
        headers, paths, options = self._map(upload)
        columns = [header.lower() for header in headers]
        first = upload.execute_import(paths, columns, {**options, "limit": 2, "maintenance_skip_bad": True})
        self.assertEqual((len(first["ids"]), first["nextrow"]), (2, 2))
        second = upload.execute_import(paths, columns, {**options, "limit": 2, "skip": 2, "maintenance_skip_bad": True})
        self.assertEqual((list(self._bad(second)), second["nextrow"]), ([5], 4))
        third = upload.execute_import(paths, columns, {**options, "limit": 2, "skip": 4, "maintenance_skip_bad": True})
        self.assertEqual((len(third["ids"]), third["nextrow"]), (1, 0))
        self.assertEqual([row for row, _reasons in upload.maintenance_bad_rows], [5])
