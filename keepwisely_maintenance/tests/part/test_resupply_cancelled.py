from odoo import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestResupplyCancelled(MaintenanceCase):
    """A transfer from another own warehouse goes with the part that it supplies, as long as it has not begun."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depot = cls.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        cls.warehouse.resupply_wh_ids = cls.depot
        cls.belt = cls._create_part(
            "Belt", 0.0, vendor=cls.env["res.partner"],
            route_ids=[Command.set(cls.warehouse.resupply_route_ids.ids)],
        )  # fmt: skip
        cls.env["stock.quant"]._update_available_quantity(cls.belt, cls.depot.lot_stock_id, 9)

    def _supplied(self, quantity=4):
        part = self._create_job_part(self.belt, quantity)
        legs = part.sudo().supply_move_ids
        legs |= legs.move_orig_ids
        self.assertEqual(len(legs), 2, "out of the depot and into the warehouse")
        self.assertNotIn("cancel", legs.mapped("state"))
        return part, legs

    def test_dropped(self):
        part, legs = self._supplied()
        part.with_user(self.technician).action_drop_part()
        self.assertEqual(legs.mapped("state"), ["cancel", "cancel"])
        self.assertEqual(legs.picking_id.mapped("state"), ["cancel", "cancel"])

    def test_cancelled_with_its_work_order(self):
        part, legs = self._supplied()
        other, others = self._supplied(2)
        part.maintenance_request_id.with_user(self.planner).archive_equipment_request()
        self.assertEqual((part.sudo().supply_move_ids.state, legs - others), ("cancel", part.sudo().supply_move_ids))
        self.assertNotIn("cancel", others.mapped("state"), "what another job waits for still comes")
        self.assertEqual(others.mapped("product_uom_qty"), [2, 2])
        self.assertEqual((others - other.sudo().supply_move_ids).mapped("quantity"), [2])
        self.assertEqual(other.maintenance_request_id.sudo().parts_state, "ordered")

    def _begun(self):
        part, legs = self._supplied()
        first = legs - part.sudo().supply_move_ids
        first._action_assign()
        first.picked = True
        return part, legs, first

    def test_what_is_picked_goes_on(self):
        part, legs, _first = self._begun()
        part.with_user(self.technician).action_drop_part()
        self.assertNotIn("cancel", legs.mapped("state"), "it goes to stock")

    def test_what_is_under_way_goes_on(self):
        part, legs, first = self._begun()
        first.picking_id.with_user(self.storekeeper).button_validate()
        self.assertEqual(first.state, "done")
        part.with_user(self.technician).action_drop_part()
        self.assertNotIn("cancel", legs.mapped("state"), "it goes to stock")

    def test_cancelling_the_transfer_asks_again(self):
        part, legs = self._supplied()
        legs.picking_id.filtered(lambda picking: picking.picking_type_id.warehouse_id == self.depot).with_user(
            self.storekeeper
        ).action_cancel()
        request = part.maintenance_request_id.sudo()
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "to_request"))
        request.with_user(self.technician).action_request_parts(offer=False)
        again = part.sudo().supply_move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual((again.product_uom_qty, request.parts_state), (4, "ordered"))
