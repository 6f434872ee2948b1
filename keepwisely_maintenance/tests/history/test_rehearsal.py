"""A move that is tried on a copy: in which order files are read, what comes in, and whether the figures agree."""

import contextlib
import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from unittest.mock import patch

from openpyxl import load_workbook

from odoo.tests import tagged

from ...cli.maintenance_rehearse import MaintenanceRehearse
from .history_common import HistoryCase

ORDERS = """\
Work order,Asset,Responsible,What,Maintenance Type,State,Requested at,Started on,Completed on,Hours worked,Labor Cost,Parts Cost,Downtime from,Downtime until
R-1,Conveyor 3,Ruth Left,Belt torn,Corrective,Completed,2024-03-04 06:00:00,2024-03-05 07:00:00,2024-03-05 11:30:00,4.5,180,60,2024-03-04 06:00:00,2024-03-05 12:00:00
R-2,Mixer 9,Karl Contract,Noise,Corrective,Completed,2025-01-10 08:00:00,2025-01-10 09:00:00,2025-01-10 11:00:00,2,90,,,
R-3,Nowhere 1,Karl Contract,Noise,Corrective,Completed,2025-01-11 08:00:00,2025-01-11 09:00:00,2025-01-11 11:00:00,2,90,,,
"""  # noqa: E501

FIGURES = {
    ("work orders by year of completion", "2024"): 1,
    ("work orders by year of completion", "2025"): 1,
    ("hours by person", "Ruth Left"): 4.5,
    ("hours by person", "Karl Contract"): 2,
    ("cost by kind", "labor"): 270,
    ("cost by kind", "part"): 60,
    ("cost by asset", "CV-3"): 240,
    ("hours of downtime by asset", "CV-3"): 30,
}


@tagged("post_install", "-at_install")
class TestRehearsal(HistoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rehearsal = cls.env["maintenance.history.rehearsal"].with_user(cls.mover)
        cls.conveyor.maintenance_number = "CV-3"

    def test_order_of_files(self):
        names = ["work_orders.csv", "2 Hours.xlsx", "assets.csv", "10-places.csv", "notes.csv", "Opening costs.csv"]
        self.assertEqual(
            self.rehearsal.get_order(names),
            [
                ("2 Hours.xlsx", "hours"),
                ("10-places.csv", "places"),
                ("assets.csv", "assets"),
                ("work_orders.csv", "work-orders"),
                ("Opening costs.csv", "opening-costs"),
                ("notes.csv", None),
            ],
        )

    def _rehearse(self, expected):
        """What the command does once it has a copy; returns whether all agrees, and what it printed."""
        command, printed = MaintenanceRehearse(), io.StringIO()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
            files, out = Path(folder) / "files", Path(folder) / "out"
            files.mkdir()
            out.mkdir()
            (files / "work_orders.csv").write_text(ORDERS, encoding="utf-8")
            with (files / "expected.csv").open("w", newline="") as file:
                rows = [(*key, number) for key, number in expected.items()]
                csv.writer(file).writerows([("figure", "of", "number"), *rows])
            with patch.object(self.env.cr, "commit"):
                command._load(self.rehearsal.env, [files / "work_orders.csv"], out)
                same = command._compare(self.rehearsal.env, files / "expected.csv", out, date(2025, 1, 31))
            bad = load_workbook(out / "work_orders-bad-rows.xlsx").active
            bad_rows = [tuple(cell.value for cell in row[:3]) for row in bad.iter_rows(min_row=2)]
        return same, printed.getvalue(), bad_rows

    def test_files_come_in_and_figures_agree(self):
        same, printed, bad_rows = self._rehearse(FIGURES)
        self.assertTrue(same, printed)
        self.assertIn("work_orders.csv: 2 came in, 1 bad rows", printed)
        self.assertIn(f"agree {len(FIGURES)}, differ 0", printed)
        self.assertNotIn("columns that were not read", printed)
        [(row, reason, number)] = bad_rows
        self.assertEqual((row, number), (4, "R-3"))
        self.assertIn("Nowhere 1", reason)

    def test_what_differs_is_said(self):
        same, printed, _bad_rows = self._rehearse(
            {**FIGURES, ("hours by person", "Ruth Left"): 5, ("hours by person", "Nobody"): 1}
        )
        self.assertFalse(same)
        self.assertIn("differs: hours by person, Ruth Left: 5.0000 there, 4.5000 here", printed)
        self.assertIn("differs: hours by person, Nobody: 1.0000 there, 0.0000 here", printed)
        self.assertIn(f"agree {len(FIGURES) - 1}, differ 2", printed)

    def test_key_figures_are_those_of_the_dashboard(self):
        self._bring_in("1", date_completed="2025-01-10 11:30:00", date_closed="2025-01-11 09:00:00", labor_hours=3)
        found = self.rehearsal.env["maintenance.history.figures"].get_figures(date(2025, 1, 31))
        figures = {(figure, of): number for figure, of, number in found}
        self.assertEqual(figures["key figures of 12 months", "mttr"], 3)
        self.assertEqual(figures["key figures of 36 months", "mttr"], 3)
        # nothing failed, so there is no mean to tell
        compared = self.rehearsal.env["maintenance.history.figures"].compare([], [("key figures of 12 months", "mttr", 0)])
        self.assertEqual(compared, [("key figures of 12 months", "mttr", 0, None, False)])
