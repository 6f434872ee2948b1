from base64 import b64decode
from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestEquipmentWorkbook(MaintenanceCase):
    """The workbook of costs says what the screens say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        odd = cls.env["maintenance.equipment.category"].create({"name": "<5 kW*"})
        cls.pump, cls.gripper, cls.bare = cls.env["maintenance.equipment"].create(
            [
                {"name": "Pump", "category_id": odd.id, "cost": 500, "downtime_hourly_cost": 10},
                {"name": "Gripper", "parent_id": cls.conveyor.id, "cost": 70.5, "useful_life_years": 10},
                {"name": "Bare"},
            ]
        )
        cls.assets = cls.conveyor | cls.pump | cls.gripper | cls.bare
        for asset, hours in ((cls.conveyor, 2), (cls.pump, 3)):
            job = cls.env["maintenance.request"].create({"name": "Upkeep", "equipment_id": asset.id})
            job.action_approve()
            job.user_id = cls.technician
            job.action_assign()
            job.action_start()
            cls.env["maintenance.labor"].create(
                {"maintenance_request_id": job.id, "user_id": cls.technician.id, "hours": hours, "date": "2024-05-01"}
            )
        cls.env["maintenance.downtime"].create(
            {"equipment_id": cls.pump.id, "date_from": "2025-05-01 08:00:00", "date_to": "2025-05-01 10:00:00"}
        )
        cls.env["maintenance.warranty.recovery"].create(
            {"name": "Seal", "equipment_id": cls.pump.id, "amount": 7, "date": "2025-06-01"}
        )

    def _wizard(self, user=None, **values):
        return self.env["maintenance.equipment.workbook"].with_user(user or self.planner).create(values)

    def _open(self, wizard, **kwargs):
        wizard.action_download()
        return load_workbook(BytesIO(b64decode(wizard.content)), **kwargs)

    def _rows(self, sheet):
        """``{first cell: {header: value}}``"""
        header = [cell.value for cell in sheet[4]]
        return {row[0]: dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=5, values_only=True)}

    def test_rows_say_what_the_assets_say(self):
        book = self._open(self._wizard(equipment_ids=self.assets.ids), data_only=True)
        rows = self._rows(book["Assets"])
        for asset in self.assets.with_user(self.planner):
            row = rows[asset.name]
            for title, name in (
                ("Purchase", "cost"), ("Maintenance", "maintenance_cost"), ("Downtime", "downtime_cost"),
                ("Total cost of ownership", "total_cost_of_ownership"), ("Recovered", "recovered_cost"),
                ("Residual value", "residual_value"), ("Net cost of ownership", "net_cost_of_ownership"),
                ("Last 12 months", "yearly_expenses"),
            ):  # fmt: skip
                with self.subTest(asset=asset.name, column=title):
                    self.assertAlmostEqual(row[title] or 0, asset[name], 2)
        self.assertEqual((rows["Pump"]["Labour"], rows["Pump"]["Downtime"], rows["Pump"]["Recovered"]), (120, 20, 7))
        self.assertEqual(rows["Gripper"]["Part of"], "Conveyor 3")

    def test_sums_agree_between_sheets(self):
        book = self._open(self._wizard(equipment_ids=self.assets.ids), data_only=True)
        assets, categories, years = (self._rows(book[name]) for name in ("Assets", "By category", "By year"))
        self.assertEqual(assets["Total"]["Total cost of ownership"], categories["Total"]["Total cost of ownership"])
        self.assertEqual(
            assets["Total"]["Total cost of ownership"] - assets["Total"]["Recovered"], years["Total"]["Together"]
        )
        self.assertEqual(categories["<5 kW*"]["Labour"], 120)
        self.assertEqual(categories["Total"]["Number of assets"], 4)
        self.assertEqual((years["2024"]["Labour"], years["2025"]["Downtime"], years["2025"]["Recovered"]), (200, 20, -7))

    def test_sums_are_formulas(self):
        book = self._open(self._wizard(equipment_ids=self.assets.ids))
        self.assertEqual(book.sheetnames[:2], ["Assets", "By category"])
        self.assertIn("Definitions", book.sheetnames)
        rows = self._rows(book["Assets"])
        self.assertEqual(rows["Pump"]["Total cost of ownership"][:1], "=")
        self.assertRegex(rows["Total"]["Maintenance"], r"^=SUBTOTAL\(109,")
        self.assertIn("SUMPRODUCT", self._rows(book["By category"])["<5 kW*"]["Labour"])

    def test_which_assets(self):
        names = set(self.assets.mapped("name"))

        def chosen(**values):
            return set(self._rows(self._open(self._wizard(**values))["Assets"])) & names

        self.assertEqual(chosen(), names)
        self.assertEqual(chosen(equipment_ids=self.conveyor.ids), {"Conveyor 3", "Gripper"})
        self.assertEqual(chosen(equipment_ids=self.conveyor.ids, with_components=False), {"Conveyor 3"})
        self.assertEqual(chosen(category_ids=self.pump.category_id.ids), {"Pump"})
        self.pump.active = False
        self.assertEqual(chosen(), names - {"Pump"})
        self.assertEqual(chosen(with_archived=True), names)
        with self.assertRaises(UserError):
            self._wizard(category_ids=self.env["maintenance.equipment.category"].create({"name": "None"}).ids).action_download()

    def test_who_may(self):
        for user in (self.planner, self.buyer, self.finance):
            self._wizard(user).action_download()
        for user in (self.operator, self.technician, self.storekeeper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._wizard(user)

    def test_queries_do_not_grow_with_assets(self):
        more = self.env["maintenance.equipment"].create([{"name": f"Asset {n}", "cost": n} for n in range(200)])
        for assets in (self.assets, self.assets | more):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(40):
                assets._get_cost_workbook()
