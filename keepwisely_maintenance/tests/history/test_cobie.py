from base64 import b64decode
from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .cobie_common import CobieCase


@tagged("post_install", "-at_install")
class TestCobie(CobieCase):
    """A building comes in by its workbook, as a planner with the right."""

    def test_places(self):
        self._bring_in()
        oven = self._asset("Oven 1")
        place = oven.location_id
        self.assertEqual(place.complete_name, "Bakery North/Ground/G01")
        self.assertEqual((place.usage, place.maintenance_is_place, place.company_id), ("view", True, self.company))
        places = self.env["stock.location"].search([("complete_name", "=like", "Bakery North%")])
        self.assertEqual(len(places), 6)

    def test_assets_with_what_their_types_say(self):
        self._bring_in()
        oven = self._asset("Oven 1")
        self.assertRecordValues(
            oven,
            [
                {
                    "maintenance_number": "BN-0001", "serial_no": "DO3-771", "effective_date": date(2025, 3, 1),
                    "maintenance_manufacturer": "Ovens & Sons", "model": "DO-3", "maintenance_warranty_start": date(2025, 4, 1),
                    "maintenance_warranty_months": 24, "warranty_date": date(2027, 3, 31), "replacement_value": 18500.0,
                    "useful_life_years": 15.0, "company_id": self.company.id,
                }
            ],
        )  # fmt: skip
        self.assertEqual(oven.category_id.name, "Ovens")
        for words in ("By the door", "Tag: OV-1", "Power: 27.5 kW", "Colour: red", "https://docs.example/ovens/do3.pdf"):
            self.assertIn(words, oven.note)
        second, mixer = self._asset("Oven 2"), self._asset("Mixer 1")
        self.assertEqual((second.maintenance_number, second.maintenance_warranty_start), ("OV-2", False))
        self.assertEqual(second.maintenance_barcode, "4006381333931")
        self.assertNotIn("Colour", second.note)
        self.assertEqual((mixer.category_id.name, mixer.location_id.name), ("Mixer", "G02"))
        self.assertIn("Also in: G01", mixer.note)
        self.assertTrue(mixer.maintenance_number, "drawn from the sequence")
        self.assertEqual((mixer.effective_date, mixer.maintenance_warranty_months), (False, 18))
        self.assertEqual(mixer.maintenance_manufacturer, "Stirwell")

    def test_spare_parts(self):
        self._bring_in()
        seal = self.env["product.template"].search([("default_code", "=", "DS-10")])
        self.assertRecordValues(seal, [{"name": "Door seal", "is_spare_part": True, "is_storable": True, "sale_ok": False}])
        self.assertEqual(seal.maintenance_vendor_id, self.miller)
        self.assertEqual(self._asset("Oven 1").spare_part_ids | self._asset("Oven 2").spare_part_ids, seal)
        self.assertIn("Silicone<br>Part", str(seal.description))
        self.assertEqual(self._asset("Mixer 1").spare_part_ids.name, "Dough hook")

    @freeze_time("2026-06-10 09:00:00")
    def test_jobs(self):
        self._bring_in()
        schedules = self.env["maintenance.schedule"].search([("equipment_ids.location_id.complete_name", "=like", "Bakery%")])
        service, grease = schedules.sorted("name", reverse=True)
        self.assertRecordValues(
            service,
            [
                {
                    "name": "Oven service", "interval": 6, "interval_unit": "month", "duration": 2.0,
                    "start_date": date(2025, 5, 15), "next_date": date(2026, 11, 15),
                }
            ],
        )  # fmt: skip
        self.assertEqual(service.equipment_ids, self._asset("Oven 1") | self._asset("Oven 2"))
        self.assertEqual(service.task_ids.mapped("name"), ["Replace the door seal", "Tighten the hinges"])
        self.assertIn("Tools: Torque wrench (20 to 100 Nm)", service.task_ids[1].instructions)
        self.assertEqual(service.task_ids[0].instructions, "Material: Door seal")
        self.assertEqual(service.part_ids.product_id.default_code, "DS-10")
        self.assertEqual((grease.name, grease.interval, grease.interval_unit), ("Grease the mixer", 3, "month"))
        self.assertEqual(grease.next_date, date(2026, 6, 10), "nobody says since when: from today on")
        template = self.env["maintenance.job.template"].search([("name", "=", "Power cut")])
        self.assertEqual((template.task_ids.name, template.expected_hours), ("Take the dough out", 2.0))
        self.assertEqual(template.category_ids.name, "Ovens")

    def test_a_start_counted_from_installation(self):
        job = {
            "Name": "Look", "TypeName": "Deck oven", "Frequency": 1, "FrequencyUnit": "year", "Start": 3, "TaskStartUnit": "month"
        }  # fmt: skip
        self._bring_in(self._sheets(Job=self._with_rows("Job", job)))
        schedule = self.env["maintenance.schedule"].search([("name", "=", "Look")])
        self.assertEqual(schedule.start_date, date(2025, 6, 1))

    def test_a_check_keeps_nothing(self):
        wizard = self._open(self._sheets())
        wizard.action_check()
        self.assertFalse(self._asset("Oven 1"))
        self.assertFalse(self.env["ir.model.data"].search([("module", "=", "__cobie__")]))
        self.assertEqual((wizard.state, wizard.refused_count), ("checked", 0))
        self.assertEqual(wizard.unread_sheets, "Instruction")
        self.assertEqual(
            self._counts(wizard, "made"), {"Facility": 1, "Floor": 2, "Space": 3, "Component": 3, "Spare": 2, "Job": 3}
        )
        self.assertEqual(
            self._counts(wizard, "details"), {"Contact": 2, "Type": 2, "Attribute": 2, "Document": 1, "Resource": 2, "Job": 1}
        )
        self.assertEqual(self._counts(wizard, "left"), {"Attribute": 1, "Document": 1})
        for line in wizard.sheet_ids:
            with self.subTest(sheet=line.sheet):
                self.assertEqual(line.rows, line.made + line.known + line.details + line.refused + line.left)

    def test_nothing_comes_in_twice(self):
        self._bring_in()
        models = ["stock.location", "maintenance.equipment", "product.template", "maintenance.schedule",
                  "maintenance.job.template", "maintenance.equipment.category", "maintenance.schedule.asset"]  # fmt: skip
        before = {model: self.env[model].with_context(active_test=False).search_count([]) for model in models}
        self._asset("Oven 1").name = "Oven A"
        self._asset("Mixer 1").category_id.name = "Stirring"
        row = {"Name": "Oven 3", "TypeName": "Deck oven", "Space": "G01", "AssetIdentifier": "BN-0003"}
        wizard = self._bring_in(self._sheets(Component=self._with_rows("Component", row)))
        self.assertEqual((wizard.state, self._counts(wizard, "made")), ("done", {"Component": 1}))
        self.assertEqual(self._counts(wizard, "known")["Component"], 3)
        after = {model: self.env[model].with_context(active_test=False).search_count([]) for model in models}
        before["maintenance.equipment"] += 1
        before["maintenance.schedule.asset"] += 1
        self.assertEqual(after, before)
        self.assertTrue(self._asset("Oven A"), "what is here stays as it is")
        third = self._asset("Oven 3")
        self.assertEqual(third.spare_part_ids.default_code, "DS-10", "the parts of its type fit the new one as well")
        self.assertIn(third, self.env["maintenance.schedule"].search([("name", "=", "Oven service")]).equipment_ids)

    def test_an_asset_is_known_by_its_number(self):
        old = self.env["maintenance.equipment"].create(
            {"name": "The old oven", "maintenance_number": "bn-0001", "company_id": self.company.id}
        )
        wizard = self._bring_in()
        self.assertEqual(self._counts(wizard, "known"), {"Component": 1})
        self.assertFalse(self._asset("Oven 1"))
        self.assertIn(old, self.env["maintenance.schedule"].search([("name", "=", "Oven service")]).equipment_ids)

    def test_the_same_names_in_another_building(self):
        self._bring_in()
        sheets = self._sheets(Facility=[["Name"], ["Bakery South"]])
        sheets["Component"] = [row[:5] + ["n/a"] * 6 if row[0] != "Name" else row for row in sheets["Component"]]
        wizard = self._bring_in(sheets)
        self.assertEqual(self._counts(wizard, "made")["Component"], 3)
        self.assertEqual(
            sorted(self._asset("Oven 1").location_id.mapped("complete_name")),
            ["Bakery North/Ground/G01", "Bakery South/Ground/G01"],
        )

    def test_bad_rows_are_told_and_keep_everything_out(self):
        sheets = self._sheets(
            Space=self._with_rows("Space", {"Name": "X1", "FloorName": "Cellar"}, {"Name": "G01", "FloorName": "Ground"}),
            Type=self._with_rows("Type", {"Name": "Slicer", "WarrantyDurationParts": 2, "WarrantyDurationUnit": "moons"}),
            Component=self._with_rows(
                "Component",
                {"Name": "Slicer 1", "TypeName": "Slicer", "Space": "G01"},
                {"Name": "Oven 4", "TypeName": "Deck oven", "Space": "X1"},
                {"Name": "Oven 5", "TypeName": "Deck oven", "Space": "G01", "InstallationDate": "03/04/2025"},
                {"Name": "Oven 6", "TypeName": "Deck oven", "Space": "G01", "SerialNumber": "DO3-771"},
                {"Name": "Oven 7", "TypeName": "Deck oven", "Space": "G01", "AssetIdentifier": "bn-0001"},
                {"TypeName": "Deck oven", "Space": "G01"},
                {"Name": "Oven 8", "TypeName": "Toaster", "Space": "G01"},
            ),
            Job=self._with_rows(
                "Job",
                {"Name": "Clean", "TypeName": "Deck oven", "Frequency": 1.3, "FrequencyUnit": "day"},
                {"Name": "Clean", "TypeName": "Deck oven", "Frequency": "often", "FrequencyUnit": "day"},
                {"Name": "Sharpen", "TypeName": "Slicer", "Frequency": 1, "FrequencyUnit": "week"},
            ),
        )
        wizard = self._bring_in(sheets)
        self.assertEqual(
            [(sheet, row) for sheet, row, _reason in self._refused(wizard)],
            [("Space", 5), ("Space", 6), ("Type", 4), *[("Component", row) for row in range(5, 12)],
             *[("Job", row) for row in range(6, 9)]],
        )  # fmt: skip
        reasons = {(sheet, row): reason for sheet, row, reason in self._refused(wizard)}
        for key, words in {
            ("Space", 5): "“Cellar” is not on the sheet Floor",
            ("Space", 6): "stands in row 2 already",
            ("Type", 4): "“moons” is none of day",
            ("Component", 5): "refused in row 4 of the sheet Type",
            ("Component", 6): "refused in row 5 of the sheet Space",
            ("Component", 7): "is no day",
            ("Component", 8): "serial number",
            ("Component", 9): "stands in row 2 already",
            ("Component", 10): "has no name",
            ("Job", 6): "no whole number",
            ("Job", 7): "no number",
        }.items():
            with self.subTest(key=key):
                self.assertIn(words, reasons[key])
        for line in wizard.sheet_ids:
            with self.subTest(sheet=line.sheet):
                self.assertEqual(line.rows, line.made + line.known + line.details + line.refused + line.left)
        self.assertEqual(wizard.state, "checked")
        self.assertFalse(self._asset("Oven 1"), "nothing came in")
        wizard.skip_bad = True
        wizard.action_bring_in()
        self.assertEqual(wizard.state, "done")
        self.assertTrue(self._asset("Oven 1"))
        self.assertFalse(self._asset("Oven 8"))

    def test_bad_rows_are_downloaded(self):
        row = {"Name": "Oven 4", "TypeName": "Deck oven", "Space": "X1"}
        wizard = self._open(self._sheets(Component=self._with_rows("Component", row)))
        wizard.action_check()
        action = wizard.action_download()
        self.assertIn(f"/{wizard.id}/report/", action["url"])
        sheet = load_workbook(BytesIO(b64decode(wizard.report))).worksheets[0]
        rows = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=5)]
        self.assertIn(["Component", 5, "Oven 4", "No", "Space “X1” is not on the sheet Space."], [row[:5] for row in rows])
        self.assertIn("Attribute", [row[0] for row in rows], "what is left out is told as well")

    def test_who_may(self):
        for user in (self.planner, self.technician, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._open(self._sheets(), user=user)

    def test_whose_company(self):
        other = self.env["res.company"].create({"name": "Bakers & Co"})
        self.mover.company_ids |= other
        wizard = self._open(self._sheets(), company_id=other.id)
        wizard.with_context(allowed_company_ids=[self.company.id, other.id]).action_bring_in()
        self.assertEqual(wizard.state, "done", self._refused(wizard))
        self.assertEqual(self._asset("Oven 1").company_id, other)
        self.assertEqual(self._asset("Oven 1").location_id.company_id, other)
