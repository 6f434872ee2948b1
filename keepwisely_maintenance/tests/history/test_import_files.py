from odoo.tests import tagged

from .import_common import SPARE_PARTS, ImportCase

ASSETS = """Asset number,Asset name,Asset category,Place,Part of,Serial number,Installation year,Warranty from,Warranty months
M-2,Drive,Mill,MH,M-1,n/a,2019,,
M-1,Roller mill,Mill,MH,,N/A,2018,n/a,
M-3,Sifter,Mill,MH,,-,,2020-01-01,24
M-3,Sifter again,Mill,MH,,,,,
M-4,Elevator,Mill,MH,M-99,,,,
M-5,Screw,Mill,MH,M-5,,,,
M-6,Fan,Mill,MH,M-7,,,,
M-7,Filter,Mill,MH,M-6,,,,
M-8,Bag,Mill,MH,M-7,,,,
M-9,Scale,Mill,MH,,,20188,,
M-10,Pump,Mill,MH,,,,2020-01-01,2 years
M-11,Valve,Mill,Silo 9,,,,,
 M-12 ,\u00a0Magnet ,Mill,MH,,,,,
M-13,Lock,Mill,MH,M-4,,,,
M-14,,Mill,MH,,,,,
"""


@tagged("post_install", "-at_install")
class TestImportAssets(ImportCase):
    """Every bad row of a file is told with its reason, and none for another row; the others are as they should be."""

    BAD = {
        5: "stands in row 4",
        6: "M-99",
        7: "part of itself",
        8: "part of it",
        9: "part of it",
        10: "row 9, does not come in",
        11: "no year",
        12: "no number",
        13: "Silo 9",
        15: "M-4",
        16: "is missing",
    }

    def _import_assets(self, content=ASSETS, **options):
        return self._import("maintenance.equipment", content, self.planner, **options)

    def _find(self, number):
        return self.env["maintenance.equipment"].search([("maintenance_number", "=", number)])

    def test_all_or_nothing(self):
        result = self._import_assets()
        self._assert_bad(result, self.BAD)
        self.assertFalse(result["ids"])
        self.assertFalse(self._find("M-1"))
        self.assertTrue(all(message["type"] == "error" for message in result["messages"]))
        # row 4 of the spreadsheet is the third one after its heading
        rows = {message["rows"]["from"] + 2 for message in result["messages"]}
        self.assertEqual(rows, set(self.BAD))

    def test_bad_rows_are_skipped(self):
        result = self._import_assets(maintenance_skip_bad=True)
        self._assert_bad(result, self.BAD)
        self.assertEqual(len(result["ids"]), 4)
        drive, mill, sifter, magnet = (self._find(number) for number in ("M-2", "M-1", "M-3", "M-12"))
        self.assertEqual(drive.parent_id, mill, "it stands in a later row")
        self.assertFalse((drive + mill + sifter).filtered("serial_no"))
        self.assertEqual(str(drive.effective_date), "2019-01-01")
        self.assertFalse(sifter.effective_date)
        self.assertEqual(magnet.name, "Magnet")
        self.assertEqual(result["maintenance"]["read"]["years"], 2)
        self.assertEqual(result["maintenance"]["read"]["empty"], 4)
        self.assertEqual(len(result["maintenance"]["lines"]), 3)

    def test_what_is_here_is_told_and_not_made_twice(self):
        self._import_assets("Asset number,Asset name,Serial number\nM-1,Roller mill,SN-1\n")
        result = self._import_assets(
            "Asset number,Asset name,Serial number\nM-1,Another,\nM-2,Drive,SN-1\nM-3,Sifter,SN-3\n", maintenance_skip_bad=True
        )
        self._assert_bad(result, {2: "here already", 3: "here already"})
        self.assertEqual(len(result["ids"]), 1)

    def test_a_test_leaves_nothing(self):
        result = self._import_assets("Asset number,Asset name\nM-1,Roller mill\n", dryrun=True)
        self.assertEqual(len(result["ids"]), 1)
        self.assertFalse(result["messages"])
        self.assertFalse(self._find("M-1"))

    def test_empty_lines_count_as_in_a_spreadsheet(self):
        result = self._import_assets("Asset number,Asset name,Place\nM-1,Mill,MH\n\n,,\nM-2,Fan,Nowhere\n")
        self._assert_bad(result, {5: "Nowhere"})

    def test_a_row_with_too_many_cells(self):
        result = self._import_assets("Asset number,Asset name\nM-1,Mill\nM-2,Fan,big,red\n", maintenance_skip_bad=True)
        self._assert_bad(result, {3: "more cells"})

    def test_one_of_several_is_not_guessed(self):
        self.env["maintenance.equipment"].create([{"name": "Twin"}, {"name": "Twin"}])
        result = self._import_assets("Asset number,Asset name,Part of\nM-1,Roller,Twin\n")
        self._assert_bad(result, {2: "use a number that only one has"})

    def test_an_asset_is_not_found_by_where_it_stands(self):
        self._import_assets("Asset number,Asset name,Place,Model\nM-1,Roller mill,MH,RM-9\n")
        for name in ("Mill house", "RM-9"):
            result = self._import_assets(f"Asset number,Asset name,Part of\nM-2,Drive,{name}\n")
            self._assert_bad(result, {2: "No asset has the number"})

    def test_many_bad_rows_are_all_told(self):
        lines = "".join(f"M-{number},Mill {number},{'MH' if number % 3 else 'Nowhere'}\n" for number in range(60))
        result = self._import_assets("Asset number,Asset name,Place\n" + lines, maintenance_skip_bad=True)
        self.assertEqual(sorted(self._bad(result)), [number + 2 for number in range(60) if number % 3 == 0])
        self.assertEqual(len(result["ids"]), 40)

    def test_what_a_constraint_refuses_is_told_for_its_row(self):
        """Found by halves, in whichever of them it is."""
        lines = "".join(f"M-{number},Mill {number},{-1 if number in (3, 17) else 2}\n" for number in range(25))
        result = self._import_assets(
            "Asset number,Asset name,Downtime cost per hour\n" + lines.replace("-1", "x"), maintenance_skip_bad=True
        )
        self._assert_bad(result, {5: "no number", 19: "no number"})
        kinds = ["Cause" if number == 9 else "Failure" for number in range(15)]
        rows = "".join(f"K-{number},{kind},{7 if number in (4, 12) else number}\n" for number, kind in enumerate(kinds))
        codes = self._import("maintenance.failure.code", "Name,Kind,Code\n" + rows, self.planner, maintenance_skip_bad=True)
        self._assert_bad(codes, {9: "already has this code", 14: "already has this code"})
        self.assertEqual(len(codes["ids"]), 13)

    def test_other_files_are_read_as_without_us(self):
        result = self._import("res.partner", "Name,Reference\nn/a, X \n", self.env.user)
        self.assertNotIn("maintenance", result)
        self.assertEqual(self.env["res.partner"].browse(result["ids"]).name, "n/a")

    def test_whoever_may_not_is_told(self):
        result = self._import("maintenance.equipment", "Asset number,Asset name\nM-1,Mill\n", self.technician)
        self.assertFalse(result["ids"])
        self.assertFalse(self._find("M-1"))


PARTS = """Part number,Part name,Unit,Unit cost,On hand,Minimum,Maximum,Lead time,Vendor,Vendor price,Vendor part number,Shelf
Q-1,Sieve,pcs,10,5,2,6,7,Mesh House,9.50,MH-1,Rack 1
Q-2,Motor,ea,"1,250.00",2,1,2,n/a,Mesh House,n/a,,
Q-3,Belt,pcs,10,ca. 12,2,6,7,,,,
Q-4,Chain,pcs,10,5,20,10,7,,,,
Q-1,Sieve again,pcs,10,5,2,6,7,,,,
Q-6,Grease,pcs,10,5,2,6,-5,Mesh House,1,,
Q-7,,pcs,10,5,2,6,7,,,,
Q-8,Oil,barrels,10,5,2,6,7,,,,
Q-9,Bolt,pcs,10,-3,2,6,7,,,,
Q-10,Nut,pcs,10,3,2,6,7,Nobody & Sons,1,,
Q-11,Ring,pcs,10,3,2,6,7,,,,Rack 9
"""


@tagged("post_install", "-at_install")
class TestImportParts(ImportCase):
    """One line says all of a spare part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Mesh House", "is_company": True})
        cls.stock = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1).lot_stock_id
        cls.shelf = cls.env["stock.location"].create({"name": "Rack 1", "location_id": cls.stock.id})

    def test_spare_parts(self):
        expected = {
            4: "no number", 5: "above the maximum", 6: "stands in row 2", 7: "below zero", 8: "is missing", 9: "barrels",
            10: "below zero", 11: "Nobody", 12: "Rack 9",
        }  # fmt: skip
        result = self._import("product.template", PARTS, self.keeper, SPARE_PARTS)
        self._assert_bad(result, expected)
        self.assertFalse(self.env["product.template"].search([("default_code", "=like", "Q-%")]))
        result = self._import("product.template", PARTS, self.keeper, SPARE_PARTS, maintenance_skip_bad=True)
        self._assert_bad(result, expected)
        sieve, motor = self.env["product.template"].search([("default_code", "=like", "Q-%")], order="default_code")
        self.assertTrue(sieve.is_spare_part and sieve.is_storable)
        self.assertEqual((sieve.standard_price, sieve.qty_available), (10, 5))
        self.assertEqual((sieve.maintenance_min_qty, sieve.maintenance_max_qty), (2, 6))
        self.assertEqual(sieve.maintenance_shelf_id, self.shelf)
        quants = sieve.product_variant_id.stock_quant_ids
        self.assertEqual(quants.filtered(lambda quant: quant.quantity > 0).location_id, self.shelf)
        seller = sieve.seller_ids
        self.assertEqual((seller.partner_id, seller.price, seller.product_code, seller.delay), (self.vendor, 9.5, "MH-1", 7))
        self.assertEqual((motor.standard_price, motor.qty_available), (1250, 2))
        self.assertEqual((motor.seller_ids.partner_id, motor.seller_ids.price), (self.vendor, 0))
        self.assertEqual(result["maintenance"]["read"]["units"], 10)

    def test_planners_say_no_prices(self):
        lines = "Part number,Part name,Minimum,Maximum\nQ-1,Sieve,2,6\n"
        result = self._import("product.template", lines, self.planner, SPARE_PARTS)
        part = self.env["product.template"].browse(result["ids"])
        self.assertEqual((part.maintenance_min_qty, part.maintenance_max_qty), (2, 6))
        refused = self._import("product.template", "Part number,Part name,Unit cost\nQ-2,Motor,5\n", self.planner, SPARE_PARTS)
        self._assert_bad(refused, {2: "set by whoever keeps the products"})

    def test_shelf_and_maximum_change(self):
        parts = self.env["product.template"].with_user(self.keeper).with_context(**SPARE_PARTS)
        part = parts.create({"name": "Sieve", "maintenance_max_qty": 4})
        self.assertEqual((part.maintenance_min_qty, part.maintenance_max_qty), (0, 4))
        part.maintenance_max_qty = 9
        part.maintenance_shelf_id = self.shelf
        self.assertEqual(part.maintenance_shelf_id, self.shelf)
        other = self.shelf.copy({"name": "Rack 2"})
        part.maintenance_shelf_id = other
        self.assertEqual(part.maintenance_shelf_id, other)
        part.maintenance_shelf_id = False
        self.assertFalse(part.maintenance_shelf_id)
        points = self.env["stock.warehouse.orderpoint"].search([("product_id", "=", part.product_variant_id.id)])
        self.assertEqual(points.product_max_qty, 9)
