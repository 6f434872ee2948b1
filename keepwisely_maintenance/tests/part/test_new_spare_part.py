from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestNewSparePart(MaintenanceCase):
    """A new spare part is one from the start, also for planners."""

    def _open_form(self, user):
        templates = self.env["product.template"].with_user(user).with_context(default_is_spare_part=True)
        return Form(templates, "product.product_template_only_form_view")

    def _get_point(self, template):
        return self.env["stock.warehouse.orderpoint"].search([("product_id", "in", template.product_variant_ids.ids)])

    def test_a_planner_reads_what_is_there(self):
        """Also beside Manufacturing, where native quantities ask for rights on bills of materials; see `make beside`."""
        part = self._create_part("Belt", 2.0, on_hand=4).product_tmpl_id.with_user(self.planner)
        self._create_job_part(part.product_variant_id, 1)
        self.assertEqual((part.maintenance_qty_available, part.maintenance_qty_forecast), (4, 3))

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
        part.seller_ids.filtered(lambda seller: seller.partner_id == other).sequence = -9
        self.assertEqual(part.maintenance_vendor_id, other, "also where the list was moved")

    def test_planners_set_no_prices_of_new_parts(self):
        """Neither the part's own nor the vendor's, also not in one go."""
        part = {"name": "V-belt", "is_spare_part": True, "type": "consu", "is_storable": True}
        products = self.env["product.product"].with_user(self.planner)
        account = self.env["account.account"].search([("company_ids", "in", self.company.ids)], limit=1)
        for prices in (
            {"standard_price": 5000},
            {"list_price": 5000},
            {"lot_valuated": True},
            {"property_account_expense_id": account.id},
            {"property_account_income_id": account.id},
            {"seller_ids": [Command.create({"partner_id": self.vendor.id, "price": 0.01})]},
            {"seller_ids": [Command.create({"partner_id": self.vendor.id, "discount": 10})]},
        ):
            for model in (products, products.product_tmpl_id):
                with self.assertRaisesRegex(AccessError, "ask the buyers|set by the buyers"):
                    model.create({**part, **prices})
        belt = products.create({**part, "seller_ids": [Command.create({"partner_id": self.vendor.id})]})
        with self.assertRaises(AccessError):
            belt.seller_ids.create({"product_tmpl_id": belt.product_tmpl_id.id, "partner_id": self.vendor.id, "price": 1})
        self.assertEqual((belt.seller_ids.partner_id, belt.seller_ids.price), (self.vendor, 0))

    def test_what_is_no_price_of_a_planner(self):
        """What the form proposes, an empty price, category and taxes, what the system writes, and what one may write anyway."""
        part = {"name": "V-belt", "is_spare_part": True, "type": "consu", "is_storable": True}
        products = self.env["product.product"].with_user(self.planner)
        other, tax = self.env["product.category"].create({"name": "Other"}), [Command.clear()]
        proposed = products.default_get(["list_price"])["list_price"]
        self.assertTrue(proposed)
        belt = products.create(
            {**part, "list_price": proposed, "standard_price": 0, "categ_id": other.id, "taxes_id": tax, "supplier_taxes_id": tax}
        )
        self.assertEqual((belt.list_price, belt.categ_id), (proposed, other))
        self.assertFalse(belt.sudo().taxes_id | belt.sudo().supplier_taxes_id)
        self.assertEqual(products.create({**part, "list_price": 0}).list_price, 0)
        seller = Command.create({"partner_id": self.vendor.id, "price": 3, "discount": 5})
        system = products.sudo().create({**part, "standard_price": 5, "seller_ids": [seller]})
        system.write({"list_price": 7})
        self.assertEqual((system.standard_price, system.list_price, system.seller_ids.price), (5, 7, 3))
        keeper = new_test_user(
            self.env, login="kw_keeper", groups="maintenance.group_equipment_manager,product.group_product_manager"
        )
        kept = products.with_user(keeper).create({**part, "standard_price": 5, "seller_ids": [seller]})
        self.assertEqual((kept.standard_price, kept.seller_ids.price), (5, 3))

    def test_the_minimum_of_one_among_many(self):
        """The maximum is raised, never lowered; variants have their own minimum; other places and companies do not count."""
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        points = self.env["stock.warehouse.orderpoint"]
        part = self.bearing.product_tmpl_id.with_user(self.planner)
        points.create({"product_id": self.bearing.id, "location_id": shelf.id, "product_min_qty": 9, "product_max_qty": 9})
        self.assertEqual(part.maintenance_min_qty, 0)
        point = points.create(
            {"product_id": self.bearing.id, "location_id": self.stock.id, "product_min_qty": 2, "product_max_qty": 10}
        )
        part.maintenance_min_qty = 4
        self.assertEqual((point.product_min_qty, point.product_max_qty), (4, 10))
        self.assertEqual(point.maintenance_changer_id, self.planner)
        point.date_changed = "2026-01-01 08:00:00"
        part.maintenance_min_qty = 4
        self.assertEqual(str(point.date_changed), "2026-01-01 08:00:00", "the same once more is no change")
        with self.assertRaises(AccessError):
            part.with_user(self.technician).maintenance_min_qty = 8
        self.assertEqual(part.with_user(self.operator).maintenance_min_qty, 4, "a minimum is no secret")
        attribute = self.env["product.attribute"].create(
            {"name": "Width", "value_ids": [Command.create({"name": "10"}), Command.create({"name": "13"})]}
        )
        # not as who was created together with its variant
        self.env["product.template"].browse(part.id).attribute_line_ids = [
            Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
        ]
        part = part.with_user(self.planner)
        self.assertEqual(len(part.product_variant_ids), 2)
        self.assertEqual(part.maintenance_min_qty, 0, "each variant has its own")
        variant = part.product_variant_ids[0].id
        points.create({"product_id": variant, "location_id": self.stock.id, "product_min_qty": 7, "product_max_qty": 7})
        part = part.with_user(self.planner)
        self.assertEqual(part.maintenance_min_qty, 0)
        part.maintenance_min_qty = 5
        self.assertFalse(points.search([("product_id", "in", part.product_variant_ids.ids), ("product_min_qty", "=", 5)]))

    def test_vendors_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other plant"})
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.bearing.seller_ids.sequence = 5
        part = self.bearing.product_tmpl_id
        part.seller_ids.create(
            {"product_tmpl_id": part.id, "partner_id": stranger.id, "company_id": other.id, "sequence": 1}
        )
        self.assertEqual(part.maintenance_vendor_id, self.vendor)
        part.maintenance_vendor_id = stranger
        self.assertEqual(part.maintenance_vendor_id, stranger, "by an entry of our own")
        self.assertEqual(len(part.seller_ids), 3)
