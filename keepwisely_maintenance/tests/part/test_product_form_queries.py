from lxml import etree

from odoo.tests import tagged

from ..common import MaintenanceCase
from ..house.pressed_buttons import PressedButtons


@tagged("post_install", "-at_install")
class TestProductFormQueries(MaintenanceCase):
    """The form of a product is opened all day by people who buy other things as well."""

    def _count(self, template, spec):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        template.web_read(spec)
        return self.cr.sql_log_count - before

    def test_what_the_module_adds_for_a_buyer(self):
        """Two each for alternates and assets that it fits, minimum, who waits, and the demand."""
        part = self.bearing.product_tmpl_id
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.bearing.id, "product_min_qty": 2.0, "product_max_qty": 4.0}
        )
        part.write({"alternate_product_ids": self.seal.ids, "fits_equipment_ids": self.conveyor.ids})
        template = part.with_user(self.buyer)
        view = self.env.ref("product.product_template_only_form_view")
        arch = etree.fromstring(template.get_view(view.id, "form")["arch"])
        spec = PressedButtons(self.buyer)._get_spec(arch, template)
        ours = {name for name in spec if template._fields[name]._module == "keepwisely_maintenance"}
        self.assertLessEqual({"maintenance_min_qty", "demand_wanted_qty", "waiting_work_order_count"}, ours)
        native = {name: value for name, value in spec.items() if name not in ours}
        self.assertEqual(template.web_read(spec)[0]["maintenance_min_qty"], 2.0)
        self._count(template, spec)
        self.assertLessEqual(self._count(template, spec) - self._count(template, native), 7)
