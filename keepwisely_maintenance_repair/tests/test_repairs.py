from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.keepwisely_maintenance.tests.common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestRepairs(MaintenanceCase):
    """What came out of an asset: to repair, back on the shelf, and what that costs."""

    acts_cold = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pump = cls._create_part("Pump", 300.0, on_hand=1)
        cls.account = cls.env["account.analytic.account"].create(
            {"name": "Line 3", "plan_id": cls.env["account.analytic.plan"].create({"name": "Lines"}).id}
        )

    def _used(self, product=None, **values):
        """A work order on which a part was taken from the shelf and used."""
        request = self._assigned(**values)
        self._add_part(request, product or self.pump).action_use_part()
        return request

    def _send(self, request=None, asset=None, user=None, **values):
        about = {"maintenance_request_id": request, "equipment_id": asset}
        context = {f"default_{name}": record.id for name, record in about.items() if record}
        wizard = self.env["maintenance.repair.send"].with_user(user or self.technician).with_context(**context).create(values)
        wizard.action_send()
        return self.env["repair.order"].search([], order="id desc", limit=1)

    def _repair(self, repair, seals=1.0):
        """The storekeeper repairs natively, with seals."""
        repair = repair.with_user(self.storekeeper)
        if seals:
            repair.move_ids = [
                Command.create({"product_id": self.seal.id, "product_uom_qty": seals, "repair_line_type": "add"})
            ]
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.env.flush_all()
        return repair

    def test_there_and_back(self):
        request = self._used()
        self.assertEqual(self.pump.qty_available, 0.0)
        repair = self._send(request, reason="Leaks <b>")
        self.assertEqual((repair.product_id, repair.product_qty, repair.state), (self.pump, 1.0, "draft"))
        self.assertEqual((repair.maintenance_request_id, repair.maintenance_equipment_id), (request.sudo(), self.conveyor))
        self.assertIn("Leaks &lt;b&gt;", repair.internal_notes)
        self.assertFalse(repair.user_id)
        self.assertEqual(request.maintenance_repair_count, 1)
        self.assertIn(f"Sent to repair: 1 × Pump ({repair.name})", request.sudo().message_ids[0].body)
        self._repair(repair)
        self.assertEqual((repair.state, self.pump.qty_available), ("done", 1.0))
        self.assertIn("Repaired and back in", request.sudo().message_ids[0].body)
        action = repair.with_user(self.storekeeper).action_maintenance_view_work_order()
        self.assertEqual((action["res_model"], action["res_id"]), ("maintenance.request", request.id))

    def test_costs_once(self):
        """300 for the pump that went in, 2 × 5 for the repair, and 300 less for the one that is on the shelf again."""
        self.conveyor.analytic_distribution = {str(self.account.id): 100.0}
        request = self._used()
        repair = self._repair(self._send(request), seals=2.0)
        self.env.invalidate_all()
        self.assertEqual((request.sudo().parts_cost, self.conveyor.maintenance_cost), (10.0, 10.0))
        ledger = self.env["maintenance.cost.report"].search([("maintenance_request_id", "=", request.id)])
        self.assertEqual(sorted(ledger.mapped("amount")), [-300.0, 10.0, 300.0])
        charged = self.env["account.analytic.line"].search([(self.account.plan_id._column_name(), "=", self.account.id)])
        self.assertEqual(sorted(charged.mapped("amount")), [-300.0, -10.0, 300.0])
        repair.sudo()._maintenance_enter_costs()
        self.env.invalidate_all()
        self.assertEqual(request.sudo().parts_cost, 10.0)

    def test_repair_for_nobody_costs_nobody(self):
        self.env["stock.quant"]._update_available_quantity(self.pump, self.stock, 1)
        repair = self.env["repair.order"].with_user(self.storekeeper).create({"product_id": self.pump.id})
        entries = self.env["maintenance.cost.entry"].search_count([])
        self._repair(repair)
        self.assertEqual(self.env["maintenance.cost.entry"].search_count([]), entries)

    def test_job_that_waits_gets_it(self):
        repair = self._send(self._used())
        waiting = self._assigned()
        part = self._add_part(waiting, self.pump)
        waiting.action_request_parts(offer=False)
        self.assertEqual(waiting.state, "waiting_parts")
        self._repair(repair)
        self.assertEqual((part.state, waiting.state), ("assigned", "assigned"))

    def test_component_by_its_serial_number(self):
        self.pump.tracking = "serial"
        lot = self.env["stock.lot"].create({"name": "P-77", "product_id": self.pump.id, "company_id": self.company.id})
        component = self.env["maintenance.equipment"].create(
            {"name": "Main pump", "serial_no": "P-77", "parent_id": self.conveyor.id}
        )
        sending = self.env["maintenance.repair.send"].with_user(self.planner)
        wizard = Form(sending.with_context(default_equipment_id=component.id))
        self.assertEqual((wizard.product_id, wizard.lot_name), (self.pump, "P-77"))
        wizard.save().action_send()
        repair = component.maintenance_repair_ids
        self.assertEqual((repair.lot_id, repair.maintenance_request_id), (lot, self.env["maintenance.request"]))
        self._repair(repair)
        self.assertEqual(lot.location_id, self.stock)
        report = self.env["maintenance.cost.report"].search([("equipment_id", "=", component.id)])
        self.assertEqual(sorted(report.mapped("amount")), [-300.0, 5.0])

    def test_serial_number_that_nobody_knew(self):
        self.pump.tracking = "serial"
        request = self._assigned()
        values = {"product_id": self.pump.id}
        with self.assertRaisesRegex(UserError, "Enter the lot or serial number of Pump"):
            self._send(request, **values)
        with self.assertRaisesRegex(UserError, "one at a time"):
            self._send(request, lot_name="P-1", quantity=2.0, **values)
        repair = self._send(request, lot_name=" P-1 ", **values)
        self.assertEqual((repair.lot_id.name, repair.lot_id.product_id), ("P-1", self.pump))
        self.assertEqual(self._send(request, lot_name="P-1", **values).lot_id, repair.lot_id)

    def test_who_may_send(self):
        request = self._used()
        for user in (self.outsider, self.operator):
            with self.assertRaises(UserError):
                self._send(request, user=user, product_id=self.pump.id)
        with self.assertRaisesRegex(UserError, "Planners send parts"):
            self._send(asset=self.conveyor, product_id=self.pump.id)
        self.assertTrue(self._send(asset=self.conveyor, user=self.planner, product_id=self.pump.id))
        with self.assertRaisesRegex(UserError, "not approved yet"):
            self._send(self._report(), user=self.planner, product_id=self.pump.id)
        request.with_user(self.planner).action_complete()
        self._send(request, product_id=self.pump.id)
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "reopen it"):
            self._send(request, product_id=self.pump.id)

    def test_what_came_out_is_of_the_asset_of_the_job(self):
        """Another asset that is sent along is not charged with the repair."""
        press = self.conveyor.copy({"name": "Press"})
        request = self._used()
        repair = self._repair(self._send(request, asset=press))
        self.assertEqual(repair.maintenance_equipment_id, self.conveyor)
        self.env.invalidate_all()
        self.assertEqual((self.conveyor.maintenance_cost, press.maintenance_cost), (5.0, 0.0))

    def test_what_is_refused(self):
        request = self._used()
        service = self.env["product.product"].create({"name": "Check", "type": "service"})
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._create_part("Foreign", 1.0, company_id=other.id)
        for values, error in (
            ({"product_id": service.id}, "cannot be repaired here"),
            ({"product_id": foreign.id}, "cannot be repaired here|access"),
            ({"product_id": self.pump.id, "quantity": 0.0}, "Enter how many"),
        ):
            with self.assertRaisesRegex((UserError, AccessError), error):
                self._send(request, **values)
        with self.assertRaisesRegex(UserError, "from its work order or its asset"):
            self._send(product_id=self.pump.id)

    def test_links_are_the_systems(self):
        request = self._used()
        repairs = self.env["repair.order"].with_user(self.storekeeper)
        for attempt in (
            lambda: repairs.create({"product_id": self.pump.id, "maintenance_request_id": request.id}),
            lambda: repairs.with_context(default_maintenance_equipment_id=self.conveyor.id).create({"product_id": self.pump.id}),
            lambda: repairs.create({"product_id": self.pump.id}).write({"maintenance_request_id": request.id}),
        ):
            with self.assertRaisesRegex(UserError, "the system names them"):
                attempt()
        self.assertFalse(self._send(request).with_user(self.storekeeper).copy().maintenance_request_id)

    def test_merged_asset_takes_its_repairs_along(self):
        request = self._used()
        repair = self._send(request)
        winner = self.conveyor.copy({"name": "Conveyor 4"})
        self.conveyor.with_user(self.planner).maintenance_merge_into(winner)
        self.assertEqual(repair.maintenance_equipment_id, winner)
