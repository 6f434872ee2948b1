from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestNeedsAPurpose(MaintenanceCase):
    """Where spare parts need a purpose, everything else is bought as ever."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.require_maintenance_link = True
        cls.paper = cls._create_part("Paper", 3.0, is_spare_part=False)

    def _order_of(self, *lines):
        return self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "order_line": [Command.create({"product_qty": 2, "price_unit": 3.0, **line}) for line in lines],
            }
        )

    def test_paper_goes_through(self):
        order = self._order_of({"product_id": self.paper.id})
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(order.sudo().state, "purchase")
        order.with_user(self.buyer).order_line = [Command.create({"product_id": self.paper.id, "product_qty": 1})]

    def test_a_spare_part_says_what_it_is_for(self):
        paper, seal = {"product_id": self.paper.id}, {"product_id": self.seal.id}
        order = self._order_of(paper, seal)
        with self.assertRaisesRegex(UserError, "Seal on .* names no work order that is open, asset in use or reorder point"):
            order.with_user(self.buyer).button_confirm()
        job, asset = self._assigned(), self.conveyor
        point = self.env["stock.warehouse.orderpoint"].create({"product_id": self.seal.id})
        for purpose in (
            {"maintenance_request_id": job.id}, {"equipment_id": asset.id}, {"orderpoint_id": point.id},
        ):  # fmt: skip
            with self.subTest(purpose=purpose):
                order = self._order_of(paper, {**seal, **purpose})
                order.with_user(self.buyer).button_confirm()
                self.assertEqual(order.sudo().state, "purchase")

    def test_not_where_it_is_not_asked_for(self):
        self.company.require_maintenance_link = False
        order = self._order_of({"product_id": self.seal.id})
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(order.sudo().state, "purchase")
