from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestNewSparePart(MaintenanceCase):
    """A new spare part is one from the start, also for planners."""

    acts_cold = True

    def _open_form(self, user):
        templates = self.env["product.template"].with_user(user).with_context(default_is_spare_part=True)
        return Form(templates, "product.product_template_only_form_view")

    def _get_point(self, template):
        return self.env["stock.warehouse.orderpoint"].search([("product_id", "in", template.product_variant_ids.ids)])

    def test_a_planner_makes_one(self):
        with self._open_form(self.planner) as form:
            form.name = "V-belt"
            form.maintenance_vendor_id = self.vendor
            form.maintenance_min_qty = 4
        belt = form.record.sudo()
        self.assertRecordValues(
            belt, [{"is_spare_part": True, "type": "consu", "is_storable": True, "sale_ok": False, "purchase_ok": True}]
        )
        self.assertEqual(belt.seller_ids.partner_id, self.vendor)
        self.assertRecordValues(
            self._get_point(belt),
            [{"product_min_qty": 4.0, "product_max_qty": 4.0, "location_id": self.stock.id}],
        )
        self.assertEqual(self._get_point(belt).maintenance_changer_id, self.planner, "who wrote it does not approve it")
        with Form(belt.with_user(self.planner), "product.product_template_only_form_view") as form:
            self.assertEqual(form.maintenance_min_qty, 4)
            form.name = "V-belt B-42"
            form.maintenance_min_qty = 6
        self.assertEqual(self._get_point(belt).product_min_qty, 6)
        self.assertEqual(belt.name, "V-belt B-42")

    def test_quick_create_on_a_job(self):
        products = self.env["product.product"].with_user(self.planner).with_context(default_is_spare_part=True)
        product_id, _name = products.name_create("Gasket")
        gasket = self.env["product.product"].browse(product_id)
        self.assertRecordValues(
            gasket, [{"is_spare_part": True, "is_storable": True, "sale_ok": False, "purchase_ok": True, "type": "consu"}]
        )
        with self.assertRaises(AccessError):
            products.with_user(self.technician).name_create("Gasket 2")
        view = self.env["maintenance.request"].with_user(self.technician).get_view(
            self.env.ref("maintenance.hr_equipment_request_view_form").id, "form"
        )
        self.assertIn("can_create=\"False\"", view["arch"])

    def test_a_variant_with_a_minimum(self):
        product = self.env["product.product"].with_user(self.planner).create(
            {"name": "O-ring", "is_spare_part": True, "maintenance_min_qty": 20, "maintenance_vendor_id": self.vendor.id}
        )
        self.assertEqual(self._get_point(product.sudo().product_tmpl_id).product_min_qty, 20)
        self.assertEqual(product.sudo().seller_ids.partner_id, self.vendor)

    def test_planners_keep_spare_parts_only(self):
        templates = self.env["product.template"].with_user(self.planner)
        with self.assertRaises(AccessError):
            templates.create({"name": "Lemonade"})
        lemonade = self.env["product.template"].create({"name": "Lemonade", "type": "consu", "is_storable": True})
        with self.assertRaises(AccessError):
            lemonade.with_user(self.planner).name = "Water"
        with self.assertRaises(AccessError):
            lemonade.with_user(self.planner).is_spare_part = True
        with self.assertRaises(AccessError):
            self.env["product.supplierinfo"].with_user(self.planner).create(
                {"product_tmpl_id": lemonade.id, "partner_id": self.vendor.id}
            )
        with self.assertRaises(AccessError):
            self.env["stock.warehouse.orderpoint"].with_user(self.planner).create(
                {
                    "product_id": lemonade.product_variant_id.id,
                    "location_id": self.stock.id,
                    "product_min_qty": 1,
                    "product_max_qty": 1,
                }
            )
        with self.assertRaises(AccessError):
            self.bearing.product_tmpl_id.with_user(self.planner).unlink()
        for stranger in (self.technician, self.operator, self.buyer):
            with self.assertRaises(AccessError):
                templates.with_user(stranger).create({"name": "Belt", "is_spare_part": True})

    def test_planners_decide_nothing_on_value(self):
        bearing = self.bearing.with_user(self.planner)
        other = self.env["product.category"].create({"name": "Other"})
        for record in (bearing, bearing.product_tmpl_id):
            for values in ({"standard_price": 1.0}, {"list_price": 7.0}, {"categ_id": other.id}, {"taxes_id": [(5,)]}):
                with self.assertRaisesRegex(AccessError, "ask the buyers"):
                    record.write(values)
            record.write({"standard_price": record.standard_price})
        with self.assertRaises(AccessError):
            self.bearing.seller_ids.with_user(self.planner).price = 1.0

    def test_who_keeps_products_keeps_all_of_them(self):
        keeper = new_test_user(
            self.env, login="kw_keeper", groups="maintenance.group_equipment_manager,product.group_product_manager"
        )
        product = self.env["product.template"].with_user(keeper).create({"name": "Lemonade", "list_price": 3.0})
        product.write({"name": "Water", "standard_price": 1.0})
        self.assertFalse(product.maintenance_is_money_locked)
        self.assertTrue(product.sale_ok)

    def test_the_vendor_comes_first(self):
        other = self.env["res.partner"].create({"name": "Other vendor"})
        part = self.bearing.product_tmpl_id
        self.assertEqual(part.maintenance_vendor_id, self.vendor)
        part.maintenance_vendor_id = other
        self.assertEqual(part.seller_ids.sorted("sequence")[0].partner_id, other)
        part.maintenance_vendor_id = self.vendor
        self.assertEqual(len(part.seller_ids), 2, "who sells it already is not entered twice")
        self.assertEqual(part.maintenance_vendor_id, self.vendor)

    def test_planners_set_no_prices_of_new_parts(self):
        """Neither the part's own nor the vendor's, also not in one go."""
        part = {"name": "V-belt", "is_spare_part": True, "type": "consu", "is_storable": True}
        products = self.env["product.product"].with_user(self.planner)
        for prices in (
            {"standard_price": 5000},
            {"list_price": 5000},
            {"seller_ids": [Command.create({"partner_id": self.vendor.id, "price": 0.01})]},
        ):
            for model in (products, products.product_tmpl_id):
                with self.assertRaises(AccessError):
                    model.create({**part, **prices})
        belt = products.create({**part, "seller_ids": [Command.create({"partner_id": self.vendor.id})]})
        with self.assertRaises(AccessError):
            belt.seller_ids.create({"product_tmpl_id": belt.product_tmpl_id.id, "partner_id": self.vendor.id, "price": 1})
        self.assertEqual((belt.seller_ids.partner_id, belt.seller_ids.price), (self.vendor, 0))
