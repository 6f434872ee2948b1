from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .orderpoint_common import OrderpointCase


@tagged("post_install", "-at_install")
class TestWhatIsReleased(OrderpointCase):
    """What the order of an approved need says, and what who ordered by hand is told."""

    def test_the_order_of_a_reorder_point(self):
        """Of two price lists of the vendor the one that was approved counts."""
        cheap = self.belt.seller_ids
        cheap.delay = 6
        self.env["product.supplierinfo"].create(
            {"partner_id": self.other_vendor.id, "product_tmpl_id": self.belt.product_tmpl_id.id, "price": 80.0, "sequence": 99}
        )
        orderpoint, line = self._held()
        self.assertEqual((line.partner_id, line.price_unit), (self.vendor, 90.0))
        line.requisition_id.with_user(self.procurement).action_approve()
        line.requisition_id.with_user(self.buyer).action_order()
        purchase = line.sudo().purchase_line_ids
        self.assertEqual(len(purchase), 1)
        self.assertEqual((purchase.partner_id, purchase.price_unit, purchase.product_qty), (self.vendor, 90.0, 10))
        self.assertEqual((purchase.orderpoint_id, purchase.requisition_line_id), (orderpoint, line))
        self.assertEqual(purchase.order_id.picking_type_id.warehouse_id, self.warehouse)
        self.assertEqual(purchase.order_id.company_id, self.company)
        earliest = fields.Datetime.add(fields.Datetime.now(), days=6)
        self.assertGreaterEqual(purchase.date_planned.date(), earliest.date(), "not before the lead time is over")

    def test_who_orders_by_hand_is_told_where_it_is_held(self):
        orderpoint = self._by_hand(self.belt)
        told = orderpoint.action_replenish()
        line = self._lines(orderpoint)
        self.assertEqual((told["type"], told["tag"]), ("ir.actions.client", "display_notification"))
        requisition = line.requisition_id
        may_read = requisition.with_user(self.manager).has_access("read")
        url = f"/odoo/action-keepwisely_maintenance.action_requisitions/{requisition.id}"
        self.assertEqual(
            told["params"],
            {
                "title": "Held until the spend is approved", "message": "%s" if may_read else requisition.name,
                "links": [{"label": requisition.name, "url": url}] if may_read else [], "sticky": False,
                "next": {"type": "ir.actions.act_window_close"},
            },
        )  # fmt: skip
        self.manager.group_ids += self.env.ref("purchase.group_purchase_user")
        other = self._by_hand(self._create_part("Chain", 90.0))
        told = other.action_replenish()
        name = self._lines(other).requisition_id.name
        self.assertEqual((told["params"]["message"], told["params"]["links"][0]["label"]), ("%s", name))

    def test_what_is_kept_for_stock_is_no_longer_charged_to_the_job(self):
        part = self._create_job_part(self._create_part("Gear", 45.0), 1)
        self.conveyor.analytic_distribution = False
        line = part.maintenance_requisition_line_ids.with_user(self.buyer)
        line.requisition_id.action_order()
        purchase = line.purchase_line_ids
        self.assertEqual((purchase.maintenance_request_id, purchase.equipment_id), (part.maintenance_request_id, self.conveyor))
        line.action_keep_for_stock()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(purchase.maintenance_request_id or purchase.equipment_id)
        self.assertFalse(line.maintenance_request_id or line.equipment_id or line.part_move_ids)

    def test_who_orders_by_hand_is_told_of_that_need_alone(self):
        orderpoint = self._by_hand(self.belt)
        orderpoint.action_replenish()
        other = self._by_hand(self._create_part("Chain", 90.0, vendor=self.other_vendor))
        other.action_replenish()
        name, newer = (self._lines(point).requisition_id.name for point in (orderpoint, other))
        self.assertNotEqual(name, newer)
        told = str(orderpoint._get_replenishment_order_notification())
        self.assertIn(name, told)
        self.assertNotIn(newer, told)

    def test_each_company_numbers_its_own(self):
        """Also where somebody of another company asks for it."""
        sister = self.env["res.company"].create({"name": "Sister plant"})
        self.env["ir.sequence"].create(
            {"name": "Sister", "code": "maintenance.requisition", "prefix": "SIS/", "company_id": sister.id}
        )
        self.buyer.company_ids += sister
        asked = self.env["maintenance.requisition"].with_user(self.buyer)
        self.assertTrue(asked.create({"company_id": sister.id}).name.startswith("SIS/"))
        self.assertFalse(asked.create({}).name.startswith("SIS/"))

    def test_what_a_closed_job_bought_stays_charged_to_it(self):
        """Taken off or moved elsewhere it is neither; what it costs may still become known."""
        self.company.maintenance_order_rule = "free"
        request, other = self._assigned(), self._assigned()
        crane = self.env["product.product"].create({"name": "Crane hire", "type": "service"})
        order = self.env["purchase.order"].with_user(self.buyer).create({"partner_id": self.vendor.id})
        line = self.env["purchase.order.line"].with_user(self.buyer).create(
            {"order_id": order.id, "product_id": crane.id, "price_unit": 90.0, "maintenance_request_id": request.id}
        )
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        for vals in ({"maintenance_request_id": False}, {"maintenance_request_id": other.id}, {"equipment_id": False}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "closed"):
                line.write(vals)
        line.price_unit = 95.0
        self.assertEqual((line.price_unit, line.maintenance_request_id.id), (95.0, request.id))
