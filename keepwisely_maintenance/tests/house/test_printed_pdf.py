import io
import shutil
import unittest

import pypdf

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..common import MaintenanceCase

try:
    import pypdfium2
    import zxingcpp
except ImportError:  # a company's own runner has no need of them
    pypdfium2 = zxingcpp = None

POINTS_OF_MM = 72 / 25.4
A4 = (210, 297)
DOTS_OF_MM = 8


@tagged("post_install", "-at_install", "maintenance_pdf")
@unittest.skipUnless(shutil.which("wkhtmltopdf"), "wkhtmltopdf is not installed")
@unittest.skipUnless(zxingcpp, "pypdfium2 and zxing-cpp are not installed")
class TestPrintedPdf(MaintenanceCase, HttpCase):
    """The paper that comes out: its size, its words, its style, and codes that a phone reads."""

    def _print(self, report, records, user):
        reports = self.env["ir.actions.report"].with_user(user).with_context(force_report_rendering=True)
        content, kind = reports._render_qweb_pdf(f"keepwisely_maintenance.{report}", records.ids)
        self.assertEqual(kind, "pdf")
        self.pdf = pypdf.PdfReader(io.BytesIO(content))
        self.drawn = pypdfium2.PdfDocument(content)
        for page in self.pdf.pages:
            size = [float(side) / POINTS_OF_MM for side in page.mediabox[2:]]
            for side, wanted in zip(size, A4, strict=True):
                self.assertAlmostEqual(side, wanted, delta=1)
        return [" ".join(page.extract_text().split()) for page in self.pdf.pages]

    def _codes(self, number):
        """``[(text, left, top, width)]`` of the QR codes on a page, in mm."""
        page = self.drawn[number].render(scale=DOTS_OF_MM / POINTS_OF_MM).to_pil()
        codes = []
        for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode):
            corners = code.position
            left, top, right = (
                dots / DOTS_OF_MM for dots in (corners.top_left.x, corners.top_left.y, corners.top_right.x)
            )
            codes.append((code.text, left, top, right - left))
        return sorted(codes, key=lambda code: (round(code[2]), code[1]))

    def _left_of(self, word):
        """Where ``word`` begins on the first page, in mm from its left edge."""
        text = self.drawn[0].get_textpage()
        index, _count = text.search(word).get_next()
        return text.get_charbox(index)[0] / POINTS_OF_MM

    def test_labels_lie_on_the_sheet(self):
        """25 labels of 70 × 37 mm: 24 on the first sheet, each code within its own label, and large enough for a phone."""
        assets = self.env["maintenance.equipment"].create(
            [{"name": f"Pump {number:02}", "serial_no": f"SN-{number:02}"} for number in range(25)]
        )
        pages = self._print("report_asset_label", assets, self.planner)
        self.assertEqual(len(pages), 2)
        for number, asset in enumerate(assets):
            self.assertIn(asset.name, pages[number // 24])
            self.assertIn(f"No. {asset.serial_no}", pages[number // 24])
        codes = self._codes(0)
        self.assertEqual([code[0] for code in codes] + [self._codes(1)[0][0]], assets.mapped("scan_url"))
        for number, (_text, left, top, width) in enumerate(codes):
            row, column = divmod(number, 3)
            self.assertTrue(column * 70 < left < column * 70 + 20, (number, left))
            self.assertTrue(row * 37 < top and top + width < row * 37 + 37, (number, top, width))
            self.assertAlmostEqual(width, 27, delta=3)

    def test_work_order(self):
        request = self._assigned(description="<p>It squeals since Monday.</p>")
        self.env["maintenance.task"].create({"maintenance_request_id": request.id, "name": "Lock out", "is_mandatory": True})
        self._add_part(request, self.bearing, 3)
        [text] = self._print("report_maintenance_request", request, self.technician)
        for expected in (request.sudo().reference, "Conveyor 3", "It squeals since Monday.", "Lock out", "Bearing", "Signature"):
            self.assertIn(expected.lower(), text.lower())
        [(url, left, top, width)] = self._codes(0)
        self.assertEqual(url, request._get_document_url())
        self.assertTrue(left > 150 and top < 80, "at the top, on the right")
        self.assertAlmostEqual(width, 26, delta=3)
        self.assertGreater(self._left_of("Lots or serial"), 110, "the style sheet came in: a table is as wide as the page")

    def test_requisition(self):
        pump = self._create_part("Pump", 900.0)
        line = Command.create({"product_id": pump.id, "product_qty": 2, "equipment_id": self.conveyor.id})
        requisition = self.env["maintenance.requisition"].with_user(self.technician)
        requisition = requisition.create({"reason": "The old one leaks", "line_ids": [line]})
        requisition.action_submit()
        [text] = self._print("report_maintenance_requisition", requisition, self.procurement)
        for expected in (requisition.name, "The old one leaks", "1,800.00", "Pump"):
            self.assertIn(expected, text)
        self.assertGreater(self._left_of("1,800.00"), 100, "the style sheet came in: a table is as wide as the page")
