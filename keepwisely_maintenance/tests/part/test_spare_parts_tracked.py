from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestSparePartsTracked(MaintenanceCase):
    """A spare part is tracked, or says that it is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(cls.env, login="kw_keeper", groups="stock.group_stock_manager,product.group_product_manager")
        cls.templates = cls.env["product.template"].with_user(cls.keeper)

    def test_every_way_in(self):
        created = self.templates.create({"name": "Belt", "is_spare_part": True})
        variant = self.env["product.product"].with_user(self.keeper).create({"name": "Belt 2", "is_spare_part": True})
        written = self.templates.create({"name": "Belt 3"})
        self.assertFalse(written.is_storable)
        written.is_spare_part = True
        by_variant = self.templates.create({"name": "Belt 4"})
        by_variant.product_variant_ids.is_spare_part = True
        loaded = self.templates.load(["name", "is_spare_part"], [["Belt 5", "True"]])
        self.assertFalse(loaded["messages"])
        form = Form(self.templates)
        form.name = "Belt 6"
        form.is_spare_part = True
        self.assertTrue(form.is_storable, "seen before it is saved")
        became = self.templates.create({"name": "Belt 7", "type": "service", "is_spare_part": True})
        self.assertFalse(became.is_storable, "services are not")
        self.assertFalse(became.maintenance_warning)
        became.type = "consu"
        for template in (
            created, variant.product_tmpl_id, written, by_variant, self.templates.browse(loaded["ids"]), form.save(), became,
        ):  # fmt: skip
            with self.subTest(name=template.name):
                self.assertTrue(template.is_storable, template.name)
                self.assertFalse(template.maintenance_warning)

    def test_who_says_otherwise_is_warned(self):
        template = self.templates.create({"name": "Grease", "is_spare_part": True, "is_storable": False})
        self.assertFalse(template.is_storable)
        self.assertIn("Tick Track Inventory", template.maintenance_warning)
        part = self._add_part(self._assigned(), template.product_variant_ids.sudo(False))
        self.assertIn("never bought", part.maintenance_warning)
        self.assertFalse(self._add_part(self._assigned(), self.seal).maintenance_warning)
        with self.assertRaises(UserError):
            template.with_user(self.technician).is_storable = True

    def test_what_was_moved_is_counted_first(self):
        template = self.templates.create({"name": "Grease"})
        template.product_variant_ids.sudo().seller_ids.create({"partner_id": self.vendor.id, "product_tmpl_id": template.id})
        part = self._add_part(self._assigned(), template.product_variant_ids)
        part.action_use_part()
        self.assertFalse(part.maintenance_warning, "no spare part, nothing to say")
        template.with_user(self.keeper).is_spare_part = True
        self.assertFalse(template.is_storable)
        self.assertIn("counts it", template.with_user(self.keeper).maintenance_warning)
        template.with_user(self.keeper).is_storable = True
        self.assertFalse(template.with_user(self.keeper).maintenance_warning)
