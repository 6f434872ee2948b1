from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestKits(MaintenanceCase):
    """Parts that turn into their components, as beside Manufacturing; the tests of its bridge ask it itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls._create_part("Bearing kit", 60.0)

    def setUp(self):
        super().setUp()
        self.kits, self.confirmed = self.kit, []
        self.patch(self.registry["product.product"], "_is_maintenance_kit", lambda product: product in self.kits)
        moves = self.registry["stock.move"]
        native = moves._action_confirm

        def confirm(moves, *args, **kwargs):
            kits = moves.filtered(lambda move: move.product_id in self.kits)
            self.confirmed += moves.ids
            self.assertFalse(any(kits.mapped("quantity")), "what was reserved of a kit is given back first")
            vals_list = []
            for kit in kits:
                for product, quantity in ((self.bearing, 2.0), (self.seal, 1.0)):
                    (vals,) = kit.copy_data({"product_id": product.id, "product_uom_qty": quantity * kit.product_uom_qty})
                    vals_list.append({**vals, **kit._maintenance_get_component_vals()})
            components = moves.browse().create(vals_list)
            kits._action_cancel()
            kits.unlink()
            return native((moves - kits) | components, *args, **kwargs)

        self.patch(moves, "_action_confirm", confirm)

    def _describe(self, parts):
        return sorted((part.product_id.name, part.product_uom_qty, part.state) for part in parts.sudo())

    def test_kit_becomes_its_components(self):
        request = self._assigned()
        parts = self._add_part(request, self.kit)
        self.assertEqual(self._describe(parts), [("Bearing 6204", 2.0, "partially_available"), ("Seal", 1.0, "assigned")])
        self.assertEqual(request.part_ids, parts)
        self.assertEqual(parts.sudo().maintenance_author_id, self.technician, "who added the kit asked for them")
        self.assertFalse(set(self.confirmed) & set(parts.ids), "they are confirmed with the kit, not before")
        request.action_request_parts(offer=False)
        line = request.sudo().requisition_line_ids
        self.assertEqual((line.product_id, line.product_qty), (self.bearing, 1.0))

    def test_kit_and_part_are_added_together(self):
        request = self._assigned()
        moves = self.env["stock.move"].with_user(self.technician).create(
            [
                {"maintenance_request_id": request.id, "product_id": product.id, "product_uom_qty": 1.0}
                for product in (self.kit, self.seal)
            ]
        )
        self.assertEqual(sorted(moves.sudo().product_id.mapped("name")), ["Bearing 6204", "Seal"])
        self.assertEqual((len(moves), request.part_ids), (3, moves))

    def test_part_does_not_turn_into_a_kit(self):
        part = self._add_part(self._assigned(), self.seal)
        with self.assertRaisesRegex(UserError, "Bearing kit is a kit; drop this part"):
            part.product_id = self.kit
        waiting = self._report()
        waiting.sudo().part_ids = [Command.create({"product_id": self.seal.id, "product_uom_qty": 1.0})]
        waiting.sudo().part_ids.product_id = self.kit
        self.assertEqual(self._describe(waiting.sudo().part_ids), [("Bearing kit", 1.0, "draft")], "until it is approved")

    def test_product_becomes_a_kit_later(self):
        """Before it is asked for, and before it is used; what is over and what is no kit stays as it is."""
        gasket = self._create_part("Gasket", 3.0, on_hand=5)
        asked, taken = self._assigned(), self._assigned()
        self._add_part(asked, gasket).action_use_part()
        self._add_part(asked, gasket)
        self._add_part(asked, self.seal, 3.0)
        parts = self._add_part(taken, gasket) | self._add_part(taken, self.seal, 2.0)
        self.kits |= gasket
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 10)
        asked.action_request_parts(offer=False)
        self.assertEqual(
            self._describe(asked.part_ids),
            [("Bearing 6204", 2.0, "assigned"), ("Gasket", 1.0, "done"), ("Seal", 1.0, "assigned"), ("Seal", 3.0, "assigned")],
        )
        parts.with_user(self.technician).action_use_part()
        self.assertEqual(
            self._describe(taken.part_ids), [("Bearing 6204", 2.0, "done"), ("Seal", 1.0, "done"), ("Seal", 2.0, "done")]
        )
        self.assertEqual(gasket.free_qty, 4, "nothing of it is reserved any more")

    def test_kit_on_a_schedule_comes_with_the_work_order(self):
        schedule = self.env["maintenance.schedule"].create(
            {
                "name": "Bearings",
                "equipment_ids": [Command.set(self.conveyor.ids)],
                "interval": 1,
                "interval_unit": "month",
                "lead_days": 90,
                "part_ids": [Command.create({"product_id": product.id}) for product in (self.kit, self.seal)],
            }
        )
        self.env["maintenance.schedule"]._secure_parts(schedule.asset_ids)
        planned = self.env["stock.move"].search([("schedule_asset_id", "in", schedule.asset_ids.ids)])
        self.assertEqual(planned.product_id, self.seal, "a kit is not put aside ahead")

    def test_kit_for_a_job_costs_when_its_components_are_used(self):
        """What comes as components in stock is no cost at receipt; what is no stock is."""
        self.env["maintenance.approval.tier"].search([]).active = False
        self.kit.is_storable = False
        for component, cost in ((self.seal, 0.0), (self.kit, 60.0)):
            request = self._assigned()
            requisition = self.env["maintenance.requisition"].with_user(self.technician).create(
                {
                    "reason": "Kit",
                    "line_ids": [Command.create({"product_id": self.kit.id, "maintenance_request_id": request.id})],
                }
            )
            requisition.action_submit()
            self.kits = self.env["product.product"]  # what the order brings is written below
            order = self._order(requisition)
            move = order.sudo().picking_ids.move_ids
            self.env.flush_all()
            self.env.cr.execute(SQL("UPDATE stock_move SET product_id = %s WHERE id = %s", component.id, move.id))
            self.env.invalidate_all()
            order.order_line.with_user(self.storekeeper).sudo().qty_received = 1
            self.assertEqual(request.sudo().total_cost, cost)
