from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPlate(MaintenanceCase):
    """An asset is found by what is on its plate, everywhere where assets are looked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hall = cls.env["stock.location"].create({"name": "Wash hall", "usage": "internal", "location_id": cls.stock.id})
        cls.line = cls.env["maintenance.equipment"].create({"name": "Bottling 7"})
        cls.asset = cls.env["maintenance.equipment"].create(
            {
                "name": "Rinser", "serial_no": "RX-4711", "partner_ref": "KHS-99", "model": "Innoclean",
                "location_id": hall.id, "parent_id": cls.line.id,
            }
        )  # fmt: skip

    def _find(self, words, user=None):
        assets = self.env["maintenance.equipment"].with_user(user or self.technician)
        return [found[0] for found in assets.name_search(words)]

    def test_drop_downs(self):
        for words in ("rinser", "rx-47", "KHS-9", "innocl", "wash hall"):
            for user in (self.operator, self.technician, self.planner, self.buyer):
                with self.subTest(words=words, user=user.login):
                    self.assertEqual(self._find(words, user), self.asset.ids)
        self.assertEqual(self._find("bottling"), [self.line.id, self.asset.id], "what is called so comes first")
        self.assertFalse(self._find("no such thing"))

    def test_what_is_called_so_comes_first(self):
        washer = self.env["maintenance.equipment"].create({"name": "Zz Wash hall heater"})
        self.assertEqual(self._find("wash hall"), [washer.id, self.asset.id])
        assets = self.env["maintenance.equipment"].with_user(self.technician)
        self.assertEqual([found[0] for found in assets.name_search("wash hall", limit=1)], washer.ids)
        self.assertEqual(assets.name_search("wash", [("id", "=", self.asset.id)])[0][0], self.asset.id)

    def test_first_field_of_the_searches(self):
        """Typed words go to the first field of a search."""
        job = self._report(equipment_id=self.asset.id, name="Leaks").sudo()
        for model, record in (("maintenance.equipment", self.asset), ("maintenance.request", job)):
            arch = etree.fromstring(self.env[model].with_user(self.planner).get_view(view_type="search")["arch"])
            domain = arch.xpath("//search/field")[0].get("filter_domain")
            for words in ("rinser", "RX-4711", *([job.reference, "leaks"] if record == job else [])):
                found = self.env[model].with_user(self.planner).search(safe_eval(domain, {"self": words}))
                self.assertEqual(found, record, f"{model} {words}")

    def test_searches_of_what_has_an_asset(self):
        """Requisitions, downtime, meters, schedules, costs: each can be asked for an asset."""
        ours = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "in", ("maintenance", "keepwisely_maintenance"))]
        )
        views = self.env["ir.ui.view"].search(
            [("id", "in", ours.mapped("res_id")), ("type", "=", "search"), ("inherit_id", "=", False)]
        )
        missing = []
        for view in views:
            fields = self.env[view.model]._fields
            of_asset = {
                name
                for name, field in fields.items()
                if field.comodel_name == "maintenance.equipment" and field.type == "many2one" and field.store
            }
            if not of_asset and "maintenance_request_id" not in fields:
                continue
            arch = etree.fromstring(view.get_combined_arch())
            if not any(
                node.get("name") in of_asset or "equipment_id" in (node.get("filter_domain") or "") for node in arch.iter("field")
            ):
                missing.append(view.xml_id)
        self.assertFalse(missing)
