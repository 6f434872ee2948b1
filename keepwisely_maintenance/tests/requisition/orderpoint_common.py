from odoo.tests import new_test_user

from ..common import MaintenanceCase


class OrderpointCase(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, login="kw_stock_manager", groups="stock.group_stock_manager")
        cls.other_vendor = cls.env["res.partner"].create({"name": "Belts & Sons"})
        cls.belt = cls._create_part("Belt", 90.0)

    @classmethod
    def _orderpoint(cls, product, minimum=5, maximum=10, **values):
        return cls.env["stock.warehouse.orderpoint"].create(
            {"product_id": product.id, "product_min_qty": minimum, "product_max_qty": maximum, **values}
        )

    def _run(self):
        """The daily scheduler, as the system, as a commit and the next one would see it."""
        self._end_transaction()
        self.env.invalidate_all()
        self.env["stock.rule"].run_scheduler()
        self._end_transaction()

    def _lines(self, orderpoints):
        return self.env["maintenance.requisition.line"].search([("orderpoint_id", "in", orderpoints.ids)])

    def _held(self, product=None, **values):
        """A reorder point for 10, and the line the scheduler holds it on."""
        orderpoint = self._orderpoint(product or self.belt, **values)
        self._run()
        return orderpoint, self._lines(orderpoint)

    def _use_up(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.stock, -quantity)

    def _by_hand(self, product):
        """A reorder point that the stock manager made and runs by hand."""
        return self.env["stock.warehouse.orderpoint"].with_user(self.manager).create(
            {"product_id": product.id, "product_min_qty": 5, "product_max_qty": 10, "trigger": "manual"}
        )
