from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_open

from ...models.history.import_templates import FILES, ORDER
from .history_common import FLAG
from .import_common import SPARE_PARTS, ImportCase

PLACE = "keepwisely_maintenance/static/import"


@tagged("post_install", "-at_install")
class TestImportTemplates(ImportCase):
    """Every template that the import screen offers really comes in, as whoever imports such things."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = new_test_user(cls.env, login="kw_contacts", groups="base.group_user,base.group_partner_manager")

    def _read(self, name):
        with file_open(f"{PLACE}/{name}.csv", "rb") as file:
            return file.read()

    def test_all_templates_come_in_one_after_another(self):
        # the warehouse of a fresh database is called so
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        warehouse.view_location_id.name = "WH"
        ways = {
            "asset-categories": ("maintenance.equipment.category", self.planner, {}),
            "places": ("stock.location", self.planner, {"maintenance_new_place": True}),
            "assets": ("maintenance.equipment", self.planner, {}),
            "contacts": ("res.partner", self.contacts, {}),
            "shelves": ("stock.location", self.keeper, {"maintenance_import": True}),
            "spare-parts": ("product.template", self.keeper, SPARE_PARTS),
            "vendor-prices": ("product.supplierinfo", self.keeper, {"maintenance_import": True}),
            "failure-codes": ("maintenance.failure.code", self.planner, {}),
            "schedules": ("maintenance.schedule", self.planner, {}),
            "meters": ("maintenance.meter", self.planner, {}),
            "meter-readings": ("maintenance.meter.reading", self.planner, {}),
            "work-orders": ("maintenance.request", self.mover, FLAG),
            "opening-costs": ("maintenance.cost.entry", self.mover, FLAG),
        }
        self.assertEqual(set(ways), set(ORDER))
        made = {}
        for name in ORDER:
            model, user, context = ways[name]
            with self.subTest(template=name):
                upload = self._upload(model, self._read(name), user, **context)
                headers, paths, _options = self._map(upload)
                self.assertNotIn(False, paths, dict(zip(headers, paths, strict=True)))
                result = self._import(model, self._read(name), user, context)
                self.assertEqual(result["messages"], [])
                self.assertEqual(len(result["ids"]), 3)
                made[name] = self.env[model].browse(result["ids"])
        oven, burner, mixer = made["assets"].sorted("maintenance_number")
        self.assertEqual(burner.parent_id, oven)
        self.assertEqual(oven.location_id, made["places"][1])
        self.assertEqual(mixer.effective_date, False)
        bearing = made["spare-parts"][0]
        self.assertEqual((bearing.qty_available, bearing.maintenance_min_qty, bearing.maintenance_max_qty), (8, 4, 12))
        self.assertEqual(bearing.maintenance_shelf_id, made["shelves"][0])
        self.assertEqual(sorted(bearing.seller_ids.mapped("price")), [12.4, 13.9, 15.1])
        due = made["schedules"][0].asset_ids
        self.assertEqual((due.equipment_id, str(due.last_done_date), str(due.next_date)), (oven, "2025-09-15", "2030-03-15"))
        order = made["work-orders"][0]
        self.assertEqual((order.reference, order.total_cost, order.downtime_hours), ("OLD-1001", 126.75, 3.25))
        self.assertEqual(order.failure_id, made["failure-codes"][0])
        self.assertEqual(sum(made["opening-costs"].mapped("amount")), 2005.4)
        self.assertEqual(made["meters"][0].value, 15210.5)

    def test_the_screen_offers_them_where_they_belong(self):
        for model, names in FILES.items():
            records = self.env[model].with_user(self.mover).with_context(**SPARE_PARTS, **FLAG)
            offered = [template["template"].rpartition("/")[2] for template in records.get_import_templates()]
            self.assertEqual(offered[: len(names)], [f"{name}.csv" for name in names], model)
        requests = self.env["maintenance.request"].with_user(self.planner)
        self.assertFalse([row for row in requests.get_import_templates() if "work-orders" in row["template"]])
        products = self.env["product.template"].with_user(self.keeper)
        self.assertFalse([row for row in products.get_import_templates() if "spare-parts" in row["template"]])
