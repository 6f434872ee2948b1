from base64 import b64decode
from io import BytesIO

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .review_common import NOW, ReviewCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPurchaseReviewWorkbook(ReviewCase):
    """The workbook of a review, and the mail that brings it."""

    def _review(self):
        self._buy(self._linked(product_qty=5), promised="2026-11-10", ordered="2026-11-01")
        self._buy({"product_id": self.seal.id, "product_qty": 2, "price_unit": 5.0})
        other = self.env["res.partner"].create({"name": "<Seals*"})
        order = self._buy(self._linked(product_id=self.seal.id, product_qty=3, price_unit=7.0), vendor=other)
        self._received(order, "2026-11-02")
        return self._make()

    def _rows(self, sheet):
        header = [cell.value for cell in sheet[4]]
        return [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=5, values_only=True)]

    def _open(self, review, user=None, formulas=False):
        content = review.with_user(user or self.procurement).workbook
        return load_workbook(BytesIO(b64decode(content)), data_only=not formulas)

    def test_it_lists_the_lines(self):
        review = self._review()
        book = self._open(review)
        rows = self._rows(book["Open orders"])
        self.assertEqual(len(rows), len(review.line_ids) + 1)
        total = rows.pop()
        for row, line in zip(rows, review.line_ids.sudo(), strict=True):
            self.assertEqual(
                (row["Order number"], row["To come"], row["Not billed"], row["Main finding"] or "", row["Findings"] or ""),
                (
                    line.order_name, line.amount_open, line.amount_unbilled,
                    dict(line._fields["reason"].selection).get(line.reason, ""), line.finding,
                ),
            )  # fmt: skip
        # 5 × 42 + 2 × 5 to come, 3 × 7 received and not billed
        self.assertEqual((total["To come"], total["Not billed"]), (220, 21))
        self.assertEqual(total["To come"], review.amount_open)
        overdue = next(row for row in rows if row["Overdue"])
        self.assertEqual((overdue["Days late"], overdue["To come"]), (13, 210))

    def test_summaries(self):
        review = self._review()
        book = self._open(review)
        findings = {row["Finding"]: row for row in self._rows(book["By finding"])}
        self.assertEqual((findings["Overdue"]["Lines"], findings["Overdue"]["To come"]), (1, 210))
        self.assertEqual((findings["Unlinked"]["Lines"], findings["Unlinked"]["To come"]), (1, 10))
        self.assertEqual((findings["Received, not billed"]["Lines"], findings["Received, not billed"]["Not billed"]), (1, 21))
        vendors = {row["Vendor"]: row for row in self._rows(book["By vendor"])}
        self.assertEqual((vendors["Bearings & Co"]["Lines"], vendors["Bearings & Co"]["To come"]), (2, 220))
        self.assertEqual((vendors["<Seals*"]["Lines"], vendors["<Seals*"]["Not billed"]), (1, 21))
        self.assertEqual(vendors["Total"]["To come"], 220)
        formulas = self._open(review, formulas=True)
        self.assertRegex(self._rows(formulas["By vendor"])[0]["To come"], "^=SUMPRODUCT")
        self.assertTrue(formulas["Findings"]._charts)
        self.assertIn("Overdue", [row[0].value for row in formulas["Definitions"].iter_rows(min_row=5)])

    def test_decisions_stand_in_it(self):
        review = self._review()
        line = review.line_ids.filtered("is_overdue").with_user(self.procurement)
        line.write({"decision": "keep", "note": "The vendor called"})
        row = next(row for row in self._rows(self._open(review)["Open orders"]) if row["Overdue"])
        self.assertEqual((row["Decision"], row["Why"], row["Decided by"]), ("Keep", "The vendor called", "Procurement"))

    def test_the_mail_brings_it(self):
        review = self._review()
        mails = self.env["mail.message"].search([("model", "=", review._name), ("res_id", "=", review.id)])
        files = mails.attachment_ids
        self.assertEqual(files.mapped("name"), [f"{review.name}.xlsx"])
        self.assertEqual(load_workbook(BytesIO(files.raw))["Open orders"].max_row, len(review.line_ids) + 5)

    def test_download(self):
        review = self._review()
        self.assertIn(f"/{review.id}/workbook/", review.with_user(self.procurement).action_workbook()["url"])
        for user in (self.operator, self.technician):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._open(review, user)
