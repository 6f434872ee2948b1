from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartRights(MaintenanceCase):
    """Who has rights on stock, products and vendors because of maintenance alone, asked by themselves with nothing cached."""

    def _ask(self, user, *question):
        self.env.registry.clear_cache()
        return user.with_user(user)._get_part_rights_only(*question)

    def test_moves(self):
        for user, expected in (
            (self.technician, True), (self.planner, True), (self.storekeeper, False), (self.operator, False),
        ):  # fmt: skip
            with self.subTest(user=user.login):
                self.assertEqual(self._ask(user, "write"), expected)
        both = new_test_user(
            self.env, login="kw_both", groups="stock.group_stock_user,keepwisely_maintenance.group_maintenance_technician"
        )
        self.assertFalse(self._ask(both, "write"), "with rights of the store as well")

    def test_each_right_and_model_by_itself(self):
        """Rights that another module gives on another model, or for another operation, say nothing."""
        access = self.env["ir.model.access"].create(
            {
                "name": "Technicians read warehouses and moves", "perm_read": True,
                "model_id": self.env["ir.model"]._get("stock.move").id,
                "group_id": self.env.ref("keepwisely_maintenance.group_maintenance_technician").id,
            }
        )  # fmt: skip
        self.assertFalse(self._ask(self.technician, "read"), "a right given by hand is another's")
        self.assertTrue(self._ask(self.technician, "write"))
        access.group_id = self.env.ref("stock.group_stock_manager")
        self.assertTrue(self._ask(self.technician, "read"), "somebody else's right")
        access.write({"group_id": self.env.ref("base.group_user").id, "perm_read": False})
        self.assertTrue(self._ask(self.technician, "read"), "it gives nothing")

    def test_products_and_vendors(self):
        for model in ("product.template", "product.supplierinfo", "stock.warehouse.orderpoint"):
            with self.subTest(model=model):
                self.assertFalse(self._ask(self.storekeeper, "create", model) and self._ask(self.technician, "create", model))

    def test_the_fields_say_the_same(self):
        self.env.registry.clear_cache()
        self.assertEqual([self.technician.with_user(self.technician).maintenance_parts_only,
                          self.storekeeper.with_user(self.storekeeper).maintenance_parts_only], [True, False])  # fmt: skip
        self.technician.group_ids = [Command.link(self.env.ref("stock.group_stock_user").id)]
        self.assertFalse(self.technician.with_user(self.technician).maintenance_parts_only, "followed when groups change")

    # -- Two at once ----------------------------------------------------------------------------------

    def _version(self, request):
        self.env.cr.execute("SELECT ctid FROM maintenance_request WHERE id = %s", [request.id])
        return self.env.cr.fetchone()

    def test_whoever_asks_touches_the_row(self):
        """So of two who ask at once the later one is tried again and sees what the earlier one asked for."""
        request = self._assigned()
        before = self._version(request)
        request._serialise()
        self.assertNotEqual(self._version(request), before)
        before = self._version(request)
        request.browse()._serialise()
        self.assertEqual(self._version(request), before)
        touched = []
        self.patch(type(request), "_serialise", lambda records: touched.append(records.ids))
        self._add_part(request, self.bearing, 5)
        request.action_request_parts(offer=False)
        self.assertIn(request.ids, touched)
