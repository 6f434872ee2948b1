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

    # -- Other codes ---------------------------------------------------------------------------------

    def _code_seal(self):
        self.seal.default_code = "S-17"
        self.seal.seller_ids.product_code = "BC/0815"
        self.lot = self.env["stock.lot"].create({"name": "LOT-9", "product_id": self.bearing.id})

    def test_reference_vendors_code_and_serial_number(self):
        self._code_seal()
        request = self._assigned()
        for code, product in (("S-17", self.seal), ("BC/0815", self.seal), (" LOT-9 ", self.bearing)):
            with self.subTest(code=code):
                self.env.invalidate_all()
                part = self.env["stock.move"].browse(request.action_scan_part(code))
                self.assertEqual(part.product_id, product)
        self.assertEqual(request.part_ids.filtered(lambda part: part.product_id == self.seal).product_uom_qty, 2)
        with self.assertRaisesRegex(UserError, "code S-1;"):
            request.action_scan_part("S-1 ")
        with Form(request) as form:
            form._barcode_scanned = "BC/0815"
        self.assertEqual(request.part_ids.filtered(lambda part: part.product_id == self.seal).product_uom_qty, 3)

    def test_a_barcode_comes_first(self):
        self._code_seal()
        self.bearing.barcode = "S-17"
        part = self.env["stock.move"].browse(self._assigned().action_scan_part("S-17"))
        self.assertEqual(part.product_id, self.bearing)

    def test_several_hits_are_named(self):
        self._code_seal()
        self.bearing.default_code = "BC/0815"
        request = self._assigned()
        with self.assertRaises(UserError) as caught:
            request.action_scan_part("BC/0815")
        for words in ("several parts", "Seal", "code of Bearings & Co", "Bearing 6204", "internal reference"):
            self.assertIn(words, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))
        self.assertIn("several parts", request.on_barcode_scanned("BC/0815")["warning"]["message"])
        self.assertFalse(request.part_ids)

    def test_what_cannot_be_a_part_is_no_hit(self):
        self._code_seal()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_part("Their seal", 5.0, default_code="S-17", company_id=elsewhere.id, seller_ids=False)
        self._create_part("Old seal", 5.0, default_code="S-17", active=False)
        self.env["product.product"].create({"name": "Sealing", "type": "service", "default_code": "S-17"})
        part = self.env["stock.move"].browse(self._assigned().action_scan_part("S-17"))
        self.assertEqual(part.product_id, self.seal)
        for nothing in ("", " ", "%", "LOT"):
            with self.assertRaises(UserError):
                self._assigned().action_scan_part(nothing)

    def test_search_by_code(self):
        """What the camera of a phone reads is looked up as a name."""
        self._code_seal()
        self.env.invalidate_all()
        products = self.env["product.product"].with_user(self.technician)
        self.assertNotIn(self.bearing.id, [found[0] for found in products.name_search("LOT-9")])
        products = products.with_context(maintenance_find_by_code=True)
        self.assertEqual([found[0] for found in products.name_search("LOT-9")], self.bearing.ids)
        self.assertEqual([found[0] for found in products.name_search("BC/0815")], self.seal.ids)
        self.assertEqual([found[0] for found in products.name_search("S-17")], self.seal.ids)

    def test_assets_by_their_plate(self):
        self.conveyor.write({"serial_no": "SN-4711", "partner_ref": "BM 12"})
        self.env.invalidate_all()
        assets = self.env["maintenance.equipment"].with_user(self.operator)
        for code in ("SN-4711", "BM 12", "Conveyor 3"):
            self.assertEqual([found[0] for found in assets.name_search(code)], self.conveyor.ids)
