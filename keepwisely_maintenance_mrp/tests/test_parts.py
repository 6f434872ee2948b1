from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestParts(MaintenanceCase):
    """Kits and parts that are made in house, as parts and on requisitions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls._create_part("Bearing kit", 60.0)
        cls._create_bom(cls.kit, "phantom", {cls.bearing: 2.0, cls.seal: 1.0})

    @classmethod
    def _create_bom(cls, product, kind, components):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": kind,
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components.items()
                ],
            }
        )

    @classmethod
    def _create_made_part(cls):
        product = cls._create_part("Bracket", 0.0, vendor=cls.env["res.partner"])
        product.route_ids = [Command.link(cls.warehouse.manufacture_pull_id.route_id.id)]
        cls._create_bom(product, "normal", {cls.seal: 2.0})
        return product

    def _describe(self, parts):
        return sorted((part.product_id.name, part.product_uom_qty) for part in parts)

    def _get_orders(self, product):
        return self.env["mrp.production"].search([("product_id", "=", product.id), ("state", "!=", "cancel")])

    def _make(self, order, quantity=None):
        form = Form(order)
        form.qty_producing = quantity or order.product_qty
        form.save()
        return order.button_mark_done()

    # -- Kits --------------------------------------------------------------------------------------

    def test_kit_becomes_its_components(self):
        request = self._assigned()
        parts = self._add_part(request, self.kit, 2.0)
        self.env.invalidate_all()
        self.assertEqual(self._describe(parts), [("Bearing 6204", 4.0), ("Seal", 2.0)])
        self.assertEqual(request.part_ids, parts)
        bearing = parts.filtered(lambda part: part.product_id == self.bearing)
        seal = parts - bearing
        self.assertEqual(set(parts.mapped("location_dest_id")), set(self.company._get_maintenance_location()))
        self.assertFalse(parts.picking_id)
        self.assertEqual((seal.state, bearing.qty_missing), ("assigned", 3.0))
        self.assertEqual(request.parts_state, "to_request")

        request.action_request_parts(offer=False)
        line = request.sudo().requisition_line_ids
        self.assertEqual((line.product_id, line.product_qty, line.part_move_ids), (self.bearing, 3.0, bearing))
        request.action_request_parts(offer=False)
        self.assertEqual(request.sudo().requisition_line_ids.product_qty, 3.0)

        self._receive(self._order(line.requisition_id))
        self.assertEqual(request.parts_state, "ready")
        parts.action_use_part()
        self.assertEqual(request.parts_state, "consumed")
        self.assertEqual(request.sudo().parts_cost, 4 * 42.0 + 2 * 5.0)

    def test_kit_waits_for_approval_in_one_piece(self):
        request = self._report()
        request.sudo().part_ids = [Command.create({"product_id": self.kit.id, "product_uom_qty": 1.0})]
        self.assertEqual(request.sudo().part_ids.product_id, self.kit)
        request.with_user(self.planner).action_approve()
        self.env.invalidate_all()
        self.assertEqual(self._describe(request.sudo().part_ids), [("Bearing 6204", 2.0), ("Seal", 1.0)])

    def test_kit_and_part_are_added_together(self):
        request = self._assigned()
        moves = self.env["stock.move"].with_user(self.technician).create(
            [
                {"maintenance_request_id": request.id, "product_id": product.id, "product_uom_qty": 1.0}
                for product in (self.kit, self.seal)
            ]
        )
        self.assertEqual(self._describe(moves), [("Bearing 6204", 2.0), ("Seal", 1.0), ("Seal", 1.0)])
        self.assertEqual(request.part_ids, moves)

    def test_kit_in_kit(self):
        overhaul = self._create_part("Overhaul kit", 100.0)
        self._create_bom(overhaul, "phantom", {self.kit: 2.0, self.seal: 3.0})
        parts = self._add_part(self._assigned(), overhaul)
        self.assertEqual(self._describe(parts), [("Bearing 6204", 4.0), ("Seal", 2.0), ("Seal", 3.0)])

    def test_part_does_not_turn_into_a_kit(self):
        part = self._add_part(self._assigned(), self.seal)
        with self.assertRaisesRegex(UserError, "Bearing kit is a kit; drop this part"):
            part.product_id = self.kit

    def test_product_becomes_a_kit_later(self):
        gasket = self._create_part("Gasket", 3.0)
        request = self._assigned()
        self._add_part(request, gasket)
        self._create_bom(gasket, "phantom", {self.seal: 2.0})
        self.env.invalidate_all()
        request.action_request_parts(offer=False)
        self.assertEqual(self._describe(request.part_ids), [("Seal", 2.0)])
        self.assertEqual(request.parts_state, "ready")

    def test_kit_on_a_requisition_is_bought_once(self):
        self.env["maintenance.approval.tier"].search([]).active = False
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {"reason": "Spares", "line_ids": [Command.create({"product_id": self.kit.id, "product_qty": 3.0})]}
        )
        requisition.action_submit()
        line = requisition.sudo().line_ids
        order = self._order(requisition)
        self.assertEqual((order.order_line.product_id, order.order_line.product_qty), (self.kit, 3.0))
        self.assertEqual(
            self._describe(order.sudo().picking_ids.move_ids), [("Bearing 6204", 6.0), ("Seal", 3.0)]
        )
        self.assertEqual((line.qty_ordered, line.qty_received, line.state), (3.0, 0.0, "ordered"))
        picking = order.sudo().picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty / 3
        picking.move_ids.picked = True
        picking.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()
        self.env.invalidate_all()
        self.assertEqual((line.qty_ordered, line.qty_received, line.state), (3.0, 1.0, "ordered"))
        self._receive(order)
        self.env.invalidate_all()
        self.assertEqual((line.qty_ordered, line.qty_received, line.state), (3.0, 3.0, "done"))
        self.assertEqual(requisition.state, "done")

    def test_kit_for_a_job_costs_when_its_components_are_used(self):
        self.env["maintenance.approval.tier"].search([]).active = False
        self.kit.is_storable = False
        request = self._assigned()
        requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
            {
                "reason": "Kit",
                "line_ids": [
                    Command.create(
                        {"product_id": self.kit.id, "product_qty": 1.0, "maintenance_request_id": request.id}
                    )
                ],
            }
        )
        requisition.action_submit()
        self._receive(self._order(requisition))
        self.assertEqual(request.sudo().total_cost, 0.0)

    def test_kit_on_a_schedule_comes_with_the_work_order(self):
        schedule = self.env["maintenance.schedule"].create(
            {
                "name": "Bearings",
                "equipment_ids": [Command.set(self.conveyor.ids)],
                "interval": 1,
                "interval_unit": "month",
                "lead_days": 90,
                "part_ids": [Command.create({"product_id": self.kit.id})],
            }
        )
        self.env["maintenance.schedule"]._secure_parts(schedule.asset_ids)
        self.assertFalse(self.env["stock.move"].search([("schedule_asset_id", "in", schedule.asset_ids.ids)]))
        schedule.action_generate()
        request = self.env["maintenance.request"].search([("schedule_asset_id", "in", schedule.asset_ids.ids)], limit=1)
        self.env["maintenance.schedule"]._secure_parts(schedule.asset_ids)
        request.with_user(self.planner).action_approve()
        self.assertEqual(self._describe(request.part_ids), [("Bearing 6204", 2.0), ("Seal", 1.0)])

    # -- Made in house --------------------------------------------------------------------------------

    def test_made_part_is_asked_for_once(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket, 2.0)
        request.action_request_parts(offer=False)
        order = self._get_orders(bracket)
        self.assertEqual((len(order), order.product_qty), (1, 2.0))
        self.assertEqual(part.sudo().supply_move_ids, order.move_finished_ids)
        self.assertEqual(request.parts_state, "ordered")
        self.assertTrue(request.parts_ready_date)
        self.assertFalse(part.can_ask)
        request.action_request_parts(offer=False)
        self.assertEqual(self._get_orders(bracket), order)
        self.assertEqual(order.product_qty, 2.0)

        self._make(order)
        self.env.invalidate_all()
        self.assertEqual((part.state, request.parts_state), ("assigned", "ready"))

    def test_two_lines_of_a_made_part(self):
        bracket = self._create_made_part()
        request = self._assigned()
        parts = self._add_part(request, bracket, 2.0) | self._add_part(request, bracket, 3.0)
        request.action_request_parts(offer=False)
        request.action_request_parts(offer=False)
        self.assertEqual(sorted(self._get_orders(bracket).mapped("product_qty")), [2.0, 3.0])
        self.assertEqual([part.sudo().supply_move_ids.product_uom_qty for part in parts], [2.0, 3.0])

    def test_more_is_asked_for_when_more_is_needed(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket, 2.0)
        request.action_request_parts(offer=False)
        part.product_uom_qty = 3.0
        request.action_request_parts(offer=False)
        request.action_request_parts(offer=False)
        self.assertEqual(sum(self._get_orders(bracket).mapped("product_qty")), 3.0)

    def test_what_is_made_later_still_comes(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket, 3.0)
        request.action_request_parts(offer=False)
        order = self._get_orders(bracket)
        Form.from_action(self.env, self._make(order, 1.0)).save().action_backorder()
        self.assertEqual(sorted(self._get_orders(bracket).mapped("product_qty")), [1.0, 2.0])
        self.env.invalidate_all()
        self.assertEqual((part.quantity, part.sudo()._get_uncovered_qty()), (1.0, 0.0))
        request.action_request_parts(offer=False)
        self.assertEqual(len(self._get_orders(bracket)), 2)

    def test_cancelled_order_can_be_asked_for_again(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket)
        request.action_request_parts(offer=False)
        self._get_orders(bracket).action_cancel()
        self.assertEqual(request.parts_state, "to_request")
        self.assertTrue(part.can_ask)
        request.action_request_parts(offer=False)
        self.assertEqual(len(self._get_orders(bracket)), 1)

    def test_dropped_part_leaves_the_order_to_its_people(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket)
        request.action_request_parts(offer=False)
        order = self._get_orders(bracket)
        part.action_drop_part()
        self.assertEqual(order.state, "confirmed")
        self.assertNotIn("cancel", order.move_finished_ids.mapped("state"))

    def test_expected_day_follows_the_order(self):
        bracket = self._create_made_part()
        request = self._assigned()
        part = self._add_part(request, bracket)
        request.action_request_parts(offer=False)
        order = self._get_orders(bracket)
        later = datetime.now().replace(microsecond=0) + timedelta(days=9)
        order.write({"date_start": later - timedelta(hours=2), "date_finished": later})
        self.env.invalidate_all()
        self.assertEqual(request.parts_ready_date, self.company._get_plant_day(later))
        self.assertEqual((part.maintenance_coming_with, part.maintenance_asked_state), (order.name, "ordered"))
        self.assertIn(f", {order.name}", request.parts_message)

    def test_order_and_work_order_name_each_other(self):
        bracket = self._create_made_part()
        request = self._assigned()
        self._add_part(request, bracket)
        request.action_request_parts(offer=False)
        order = self._get_orders(bracket)
        maker = new_test_user(self.env, "kw_maker", groups="mrp.group_mrp_user")
        self.assertEqual(request.maintenance_production_count, 1)
        action = request.with_user(self.planner).action_maintenance_view_productions()
        self.assertEqual((action["res_model"], action["res_id"]), ("mrp.production", order.id))
        self.assertEqual(order.with_user(maker).maintenance_work_order_count, 1)
        action = order.with_user(maker).action_maintenance_view_work_orders()
        self.assertEqual((action["res_model"], action["res_id"]), ("maintenance.request", request.id))
        self.assertFalse(order.copy().maintenance_work_order_count, "another one is made for nobody")

    def test_made_part_asks_nobody_for_money(self):
        """Nothing is spent with a vendor: no requisition, no tier; it costs the job what making it took."""
        bracket = self._create_made_part()
        bracket.categ_id = self.env["product.category"].create({"name": "Made", "property_cost_method": "average"})
        request = self._assigned()
        part = self._add_part(request, bracket, 2.0)
        request.action_request_parts(offer=False)
        self.assertFalse(request.sudo().requisition_line_ids)
        self._make(self._get_orders(bracket))
        self.env.invalidate_all()
        self.assertEqual((request.parts_state, request.state), ("ready", "assigned"), "the job goes on by itself")
        part.action_use_part()
        self.env.flush_all()
        self.assertEqual(request.sudo().parts_cost, 2 * 2 * 5.0, "two seals at five for each of two brackets")
