from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...hooks import uninstall_hook
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestProductionLocation(MaintenanceCase):
    """Native code that looks for the production location of a company finds one, and not ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = cls.company._get_maintenance_location()

    def _find(self, company):
        return self.env["stock.location"].search([("usage", "=", "production"), ("company_id", "=", company.id)])

    def _use(self, product, quantity):
        request = self._assigned()
        part = self._add_part(request, product, quantity)
        part.action_use_part()
        return part

    def test_found_is_one(self):
        for company in (self.company, self.env["res.company"].create({"name": "Sister plant"})):
            place = company._get_maintenance_location()
            production = self._find(company)
            self.assertEqual(len(production), 1)
            self.assertEqual((place.usage, place.company_id, place.location_id), ("production", company, production))
            self.assertTrue(place.is_maintenance)
            grouped = self.env["stock.location"]._read_group(
                [("usage", "=", "production"), ("company_id", "=", company.id)], ["company_id"], ["id:array_agg"]
            )
            self.assertEqual(grouped, [(company, production.ids)])

    def test_none_is_found_where_the_company_has_none(self):
        company = self.env["res.company"].create({"name": "Sister plant"})
        self._find(company).usage = "internal"
        self.assertFalse(self._find(company))

    def test_stays_archived(self):
        with self.assertRaisesRegex(UserError, "Leave the Maintenance location archived"):
            self.place.action_unarchive()
        production = self.place.location_id
        production.action_archive()
        production.action_unarchive()
        self.assertTrue(production.active)
        self.assertFalse(self.place.active)
        self.assertEqual(self._find(self.company), production)

    def test_an_older_database(self):
        self.env.cr.execute("UPDATE stock_location SET active = true WHERE id = %s", [self.place.id])
        self.env.invalidate_all()
        self.assertIn(self.place, self._find(self.company))
        self.assertEqual(self.company._get_maintenance_location(), self.place)
        self.assertFalse(self.place.active)

    def test_parts_are_closed_on_its_account(self):
        account = self.env["account.account"].create(
            {"name": "Parts used", "code": "600700", "account_type": "expense"}
        )
        self.assertFalse(self.company._get_location_valuation_vals())
        self.place.valuation_account_id = account
        self.seal.categ_id = self.env["product.category"].create({"name": "Parts", "property_valuation": "periodic"})
        part = self._use(self.seal, 3.0)
        self.assertEqual((part.sudo().location_dest_id, part.sudo().value), (self.place, 15.0))
        lines = self.company._get_location_valuation_vals()
        self.assertEqual([(line["debit"], line["credit"]) for line in lines if line["account_id"] == account.id], [(15.0, 0.0)])
        self.assertFalse(self.company._get_location_valuation_vals(location_domain=[("usage", "=", "inventory")]))
        # the same, not twice, while it is not archived yet
        self.env.cr.execute("UPDATE stock_location SET active = true WHERE id = %s", [self.place.id])
        self.env.invalidate_all()
        self.assertEqual(self.company._get_location_valuation_vals(), lines)

    def test_left_behind(self):
        """Once the module is gone a used location is nobody's production location, unless accounts need it."""
        company = self.env["res.company"].create({"name": "Sister plant"})
        unused = company._get_maintenance_location()
        self._use(self.seal, 1.0)
        uninstall_hook(self.env)
        self.assertFalse(unused.exists())
        self.assertFalse(self.place.active)
        self.assertEqual(self._find(self.company), self.place.location_id)
        # installed again
        self.assertEqual(self.company._get_maintenance_location(), self.place)
        self.assertFalse(self.place.active)
        self.assertTrue(self.place.is_maintenance)

    def test_left_behind_with_an_account(self):
        self.place.valuation_account_id = self.env["account.account"].create(
            {"name": "Parts used", "code": "600700", "account_type": "expense"}
        )
        self._use(self.seal, 1.0)
        uninstall_hook(self.env)
        self.assertTrue(self.place.active)


@tagged("post_install", "-at_install")
class TestNativeReports(MaintenanceCase):
    """Native reports show what was changed a moment ago, whatever was searched for in between."""

    def _search_moves(self):
        """Writes to the database what this search reads of stock moves, and thereby nothing else of what changes later."""
        self.env["stock.move"].search([("is_in", "=", True), ("state", "=", "done"), ("product_id", "=", self.bearing.id)])

    def _create_order(self):
        return self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_id": self.seal.id, "product_qty": 4.0, "price_unit": 5.0})],
            }
        )

    def test_average_cost_shows_the_value_of_the_receipt(self):
        category = self.env["product.category"].create({"name": "Parts", "property_cost_method": "average"})
        belt = self._create_part("Belt", 10.0, categ_id=category.id)
        picking_type = self.warehouse.in_type_id
        for _times in range(3):
            move = self.env["stock.move"].create(
                {
                    "product_id": belt.id,
                    "product_uom_qty": 1.0,
                    "value_manual": 10.0,
                    "picking_type_id": picking_type.id,
                    "location_id": picking_type.default_location_src_id.id,
                    "location_dest_id": self.stock.id,
                }
            )
            move._action_confirm()
            move.write({"quantity": 1.0, "picked": True})
            move._action_done()
        rows = self.env["stock.avco.report"].search([("product_id", "=", belt.id), ("res_model_name", "=", "stock.move")])
        self.assertEqual(rows.mapped("value"), [10.0] * 3)
        self.assertEqual(rows.sorted("date, id")[-1].total_value, 30.0)
        move.value = 16.0
        rows.invalidate_model()
        self.assertEqual(sum(rows.search([("id", "in", rows.ids)]).mapped("value")), 36.0)

    def test_vendors_delay_shows_the_receipt(self):
        order = self._create_order()
        order.button_confirm()
        self._receive(order)
        self._search_moves()
        order.order_line.date_planned = fields.Datetime.subtract(fields.Datetime.now(), days=9)
        [row] = self.env["vendor.delay.report"]._read_group(
            [("id", "=", order.order_line.id)], [], ["qty_total:sum", "qty_on_time:sum"]
        )
        self.assertEqual(row, (4.0, 0.0))

    def test_analysis_and_matching_show_the_line(self):
        order = self._create_order()
        order.button_confirm()
        self.env.flush_all()
        order.order_line.price_unit = 7.0
        [(total,)] = self.env["purchase.report"]._read_group([("order_id", "=", order.id)], [], ["untaxed_total:sum"])
        self.assertEqual(total, 28.0)
        order.order_line.price_unit = 8.0
        match = self.env["purchase.bill.line.match"].search([("pol_id", "=", order.order_line.id)])
        self.assertEqual(match.line_amount_untaxed, 32.0)
        order.partner_ref = "Offer 7"
        self.assertTrue(self.env["purchase.bill.union"].search([("reference", "=", "Offer 7")]))
