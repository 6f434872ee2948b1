from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestScan(MaintenanceCase):
    """Parts by barcode, and asking for one that is not in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seal.barcode = "4006381333931"
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.seal.product_uom_ids = [Command.create({"barcode": "SEALBOX", "uom_id": cls.dozen.id})]

    def test_scanning_adds_one_and_raises(self):
        request = self._assigned()
        ids = request.action_scan_part("4006381333931")
        self.assertEqual(ids, request.part_ids.ids)
        request.action_scan_part("4006381333931")
        self.assertEqual((len(request.part_ids), request.part_ids.product_uom_qty), (1, 2))
        self.assertEqual(request.part_ids.quantity, 2, "reserved at once")
        request.action_scan_part("SEALBOX")
        self.assertEqual(request.part_ids.product_uom_qty, 14)
        with self.assertRaisesRegex(UserError, "NOPE"):
            request.action_scan_part("NOPE")

    def test_a_used_part_is_not_raised(self):
        request = self._assigned()
        request.action_start()
        request.action_scan_part("4006381333931")
        request.part_ids.action_use_part()
        request.action_scan_part("4006381333931")
        self.assertEqual(sorted(request.part_ids.mapped("state")), ["assigned", "done"])

    def test_who_may(self):
        request = self._assigned()
        for user in (self.operator, self.outsider, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                request.with_user(user).action_scan_part("4006381333931")
        request.action_start()
        request.action_complete()
        with self.assertRaises(UserError):
            request.action_scan_part("4006381333931")

    def test_products_of_other_companies_are_unknown(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_part("Their seal", 5.0, barcode="THEIRS", company_id=elsewhere.id, seller_ids=False)
        with self.assertRaises(UserError):
            self._assigned().action_scan_part("THEIRS")

    def test_a_scanner_writes_into_the_open_form(self):
        request = self._assigned()
        with Form(request) as form:
            form._barcode_scanned = "4006381333931"
            form._barcode_scanned = "4006381333931"
            form.part_scan_id = self.bearing
        self.assertEqual(
            {part.product_id: part.product_uom_qty for part in request.part_ids}, {self.seal: 2.0, self.bearing: 1.0}
        )
        with Form(request) as form:
            form._barcode_scanned = "4006381333931"
        self.assertEqual(sum(request.part_ids.mapped("product_uom_qty")), 4)

    def test_not_in_stock_ask_for_it(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 3)
        self.assertTrue(part.can_ask)
        self.assertFalse(self._add_part(request, self.seal, 1).can_ask)
        part.action_ask_for_part()
        self.assertEqual((request.state, request.requisition_line_ids.product_qty), ("waiting_parts", 2))
        part.invalidate_recordset()
        self.assertFalse(part.can_ask)
        with self.assertRaises(UserError):
            part.with_user(self.operator).action_ask_for_part()
