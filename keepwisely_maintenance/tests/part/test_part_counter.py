import json
from ast import literal_eval

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestPartCounter(MaintenanceCase):
    """What storekeepers hand out and take back, without any right on the job."""

    def _lines(self, part, user=None):
        """The lines of a part as the storekeeper finds them on the counter."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_part_counter")
        domain = [*literal_eval(action["domain"]), ("maintenance_request_id", "=", part.maintenance_request_id.id)]
        return self.env["stock.move.line"].with_user(user or self.storekeeper).search(domain, order="id")

    def _notes(self, request):
        return " ".join(request.sudo().message_ids.mapped("body"))

    def test_taken_along_is_used_on_completion(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        line = self._lines(part)
        self.assertEqual((line.maintenance_counter_state, line.maintenance_technician_id), ("to_hand_out", self.technician))
        line.action_maintenance_hand_out()
        self.assertEqual((part.state, part.maintenance_handed_out_qty, part.quantity), ("assigned", 2, 2))
        self.assertEqual(self._lines(part).maintenance_counter_state, "handed_out")
        self.assertIn("Handed out, not used yet: 2 × Seal", self._notes(request))
        self.assertEqual((self.seal.qty_available, self.seal.free_qty), (10, 8))
        found = self.env["maintenance.request"].search([("part_ids.maintenance_handed_out_qty", ">", 0)])
        self.assertEqual(found, request.sudo())
        request.action_start()
        request.action_complete()
        self.assertEqual((part.state, part.maintenance_handed_out_qty, self.seal.qty_available), ("done", 0, 8))
        self.assertEqual(request.with_user(self.planner).parts_cost, 10)

    def test_used_at_once_and_taken_back(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 3)
        self._lines(part).action_maintenance_hand_out_used()
        self.assertEqual((part.state, request.with_user(self.planner).parts_cost), ("done", 15))
        self._lines(part).action_maintenance_take_back(1)
        self.assertEqual((self.seal.qty_available, request.with_user(self.planner).parts_cost), (8, 10))
        with self.assertRaisesRegex(UserError, "at most"):
            self._lines(part).action_maintenance_take_back(3)
        request.action_start()
        request.action_complete()
        self._lines(part).action_maintenance_take_back(1)
        request.with_user(self.planner).action_close()
        with self.assertRaisesRegex(UserError, "Closed"):
            self._lines(part).action_maintenance_take_back(1)

    def test_some_of_it(self):
        """What is handed out stands apart; the rest stays reserved, and taking back restores the reservation."""
        request = self._assigned()
        part = self._add_part(request, self.seal, 5)
        self._lines(part).action_maintenance_hand_out(2)
        rest = request.part_ids - part
        self.assertEqual((part.product_uom_qty, part.maintenance_handed_out_qty), (2, 2))
        self.assertEqual((rest.product_uom_qty, rest.quantity, rest.state, rest.picked), (3, 3, "assigned", False))
        self.assertEqual((request.parts_state, self.seal.free_qty), ("ready", 5))
        self._lines(part).filtered("picked").action_maintenance_take_back(1)
        self.assertEqual((part.product_uom_qty, part.picked, part.quantity), (1, False, 1))
        parts = request.part_ids
        self.assertEqual((sum(parts.mapped("product_uom_qty")), sum(parts.mapped("maintenance_handed_out_qty"))), (5, 1))
        self.assertEqual((sum(parts.mapped("quantity")), self.seal.free_qty, request.parts_state), (5, 5, "ready"))
        for wrong in (0, -1, 4):
            with self.assertRaises(UserError):
                self._lines(rest).filtered(lambda line: line.move_id == rest.sudo()).action_maintenance_hand_out(wrong)

    def test_reserved_beyond_the_need(self):
        """A storekeeper reserved more than the job needs: only what goes over the counter is out."""
        part = self._add_part(self._assigned(), self.seal, 2)
        self._lines(part).write({"quantity": 3})
        self._lines(part).action_maintenance_hand_out(2)
        self.assertEqual((part.maintenance_handed_out_qty, part.quantity, self.seal.free_qty), (2, 2, 8))
        self.assertEqual(part.maintenance_request_id.part_ids, part)

    def test_what_is_missing_is_still_asked_for(self):
        part = self._create_job_part(self.seal, 15)
        request = part.maintenance_request_id
        line = request.sudo().requisition_line_ids
        self._lines(part).action_maintenance_hand_out()
        rest = request.part_ids - part
        self.assertEqual((part.product_uom_qty, rest.product_uom_qty, rest.qty_missing), (10, 5, 5))
        self.assertEqual((line.state, line.product_qty), ("approved", 5))
        self._receive(self._order(line.requisition_id))
        self.assertEqual((rest.state, request.parts_state), ("assigned", "ready"))

    def test_use_of_a_part_that_is_partly_there(self):
        """What is left of a part that is used in two steps is bought all the same."""
        part = self._create_job_part(self.seal, 15)
        line = part.maintenance_request_id.sudo().requisition_line_ids
        self.assertEqual((part.quantity, line.product_qty), (10, 5))
        part.action_use_part()
        self.assertEqual((line.state, line.product_qty), ("approved", 5))
        rest = part.maintenance_request_id.part_ids - part
        self.assertEqual((rest.product_uom_qty, rest.can_ask), (5, False))
        rest.with_user(self.technician).product_uom_qty = 3
        self.assertEqual(line.product_qty, 3)
        rest.with_user(self.technician).action_drop_part()
        self.assertEqual(line.state, "cancelled")

    def test_entered_as_used_on_the_line(self):
        """A storekeeper who ticks a line says what was used, as on the work order: the rest is not bought any more."""
        part = self._create_job_part(self.seal, 15)
        request = part.maintenance_request_id
        line = request.sudo().requisition_line_ids
        self.assertEqual((request.state, line.state, line.product_qty), ("waiting_parts", "approved", 5))
        self._lines(part).write({"quantity": 4, "picked": True})
        self.assertEqual((line.state, request.parts_state, request.state), ("cancelled", "ready", "assigned"))
        self._lines(part).picked = False
        self.assertEqual((part.qty_missing, request.parts_state, request.state), (11, "to_request", "assigned"))

    def test_entered_as_used_by_a_new_line(self):
        """What is on order already comes all the same; the work goes on."""
        part = self._create_job_part(self.bearing, 5)
        request = part.maintenance_request_id
        line = request.sudo().requisition_line_ids
        self._order(line.requisition_id)
        self._lines(part).unlink()
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "to_request"))
        used = self.env["stock.move.line"].with_user(self.storekeeper).create(
            {"move_id": part.id, "product_id": self.seal.id, "quantity": 1, "picked": True}
        )
        self.assertEqual(used.product_id, self.bearing, "a line of a part is of its product")
        self.assertEqual((request.state, request.parts_state, line.state, line.product_qty), ("assigned", "ready", "ordered", 4))

    def test_by_shelf_and_lot(self):
        shelf = self.env["stock.location"].create({"name": "A3", "location_id": self.stock.id})
        motor = self._create_part("Motor", 900.0, tracking="serial")
        lots = self.env["stock.lot"].create([{"name": f"M-{n}", "product_id": motor.id} for n in (1, 2)])
        for lot, place in zip(lots, (shelf, self.stock), strict=True):
            self.env["stock.quant"]._update_available_quantity(motor, place, 1, lot_id=lot)
        request = self._assigned()
        part = self._add_part(request, motor, 2)
        line = self._lines(part).filtered(lambda line: line.location_id.id == shelf.id)
        line.action_maintenance_hand_out()
        rest = request.sudo().part_ids - part.sudo()
        self.assertEqual((part.sudo().lot_ids, rest.lot_ids), (lots[0], lots[1]))
        self.assertEqual((part.sudo().quantity, rest.quantity, rest.picked), (1, 1, False))
        self._lines(part).filtered(lambda line: not line.picked).action_maintenance_hand_out_used()
        # one of two serial numbers that one move used comes back as it went
        self.assertEqual((rest.state, part.state), ("done", "assigned"))
        self._lines(part).filtered("picked").filtered(lambda line: line.state == "done").action_maintenance_take_back()
        back = self.env["stock.quant"].search([("lot_id", "=", lots[1].id), ("location_id", "child_of", self.stock.id)])
        self.assertEqual(sum(back.mapped("quantity")), 1)

    def test_the_serial_number_that_comes_back(self):
        motor = self._create_part("Motor", 900.0, tracking="serial")
        lots = self.env["stock.lot"].create([{"name": f"M-{n}", "product_id": motor.id} for n in (1, 2)])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(motor, self.stock, 1, lot_id=lot)
        part = self._add_part(self._assigned(), motor, 2)
        self._lines(part).action_maintenance_hand_out_used()
        self._lines(part).filtered(lambda line: line.lot_id.id == lots[1].id).action_maintenance_take_back()
        quant = self.env["stock.quant"].search([("product_id", "=", motor.id), ("location_id", "=", self.stock.id)])
        self.assertEqual(quant.filtered("quantity").lot_id, lots[1])

    def test_what_is_in_hand_is_not_dropped_or_cancelled(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        self._lines(part).action_maintenance_hand_out()
        planner = request.with_user(self.planner)
        for refused in (
            part.action_drop_part,
            part.unlink,
            lambda: part.write({"product_uom_qty": 3}),
            lambda: part.write({"product_id": self.bearing.id}),
            planner.archive_equipment_request,
            lambda: planner.write({"stage_id": self.env["maintenance.stage"]._first_of_state("requested").id}),
        ):
            with self.assertRaisesRegex(UserError, "handed out"), self.cr.savepoint():
                refused()
            self.env.invalidate_all()
        emergency = self._assigned(priority="3")
        more = self._add_part(emergency, self.seal, 9)
        self.assertFalse(more.can_take, "what is in somebody's hands is not taken")
        part.with_user(self.colleague).action_maintenance_take_back()
        self.assertEqual((part.maintenance_handed_out_qty, part.state), (0, "assigned"))
        planner.archive_equipment_request()
        self.assertEqual(part.state, "cancel")

    def test_who_may(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 2)
        line = self._lines(part).sudo()
        for user in (self.operator, self.technician, self.planner, self.buyer, self.outsider):
            for method in ("action_maintenance_hand_out", "action_maintenance_hand_out_used", "action_maintenance_take_back"):
                with self.subTest(user=user.login, method=method), self.assertRaises(UserError):
                    getattr(line.with_user(user), method)()
        with self.assertRaises(UserError):
            part.with_user(self.outsider).action_maintenance_take_back()
        with self.assertRaises(UserError):
            request.with_user(self.storekeeper).name = "Mine"
        with self.assertRaisesRegex(UserError, "set by the system"):
            part.with_user(self.storekeeper).maintenance_handed_out_date = "2026-01-01"
        self.assertFalse(part.picked)
        transfer = self._create_transfer(self.warehouse.out_type_id, self.seal, 1, location_id=self.stock.id)
        transfer.action_assign()
        with self.assertRaisesRegex(UserError, "no part of a work order"):
            transfer.move_ids.move_line_ids.with_user(self.storekeeper).action_maintenance_hand_out()

    def test_another_quantity(self):
        part = self._add_part(self._assigned(), self.seal, 5)
        handouts = self.env["maintenance.part.handout"].with_user(self.storekeeper)
        handout = handouts.create({"move_line_id": self._lines(part).id})
        self.assertEqual(handout.quantity, 5)
        handout.quantity = 2
        handout.action_hand_out()
        self.assertEqual(part.maintenance_handed_out_qty, 2)
        handout = handouts.create({"move_line_id": self._lines(part).filtered("picked").id, "quantity": 1})
        handout.action_take_back()
        self.assertEqual(sum(part.maintenance_request_id.part_ids.mapped("maintenance_handed_out_qty")), 1)

    def test_the_screen(self):
        """What the counter reads and groups by, as the storekeeper, who reads no work orders."""
        part = self._add_part(self._assigned(), self.seal, 2)
        lines = self.env["stock.move.line"].with_user(self.storekeeper)
        views = lines.get_views([(False, "search")])
        self.assertIn("maintenance_request_id", views["models"]["stock.move.line"]["fields"])
        groups = lines.web_read_group(
            [("maintenance_request_id", "=", part.maintenance_request_id.id)], ["maintenance_request_id"], ["quantity:sum"]
        )["groups"]
        name = part.maintenance_request_id.display_name
        self.assertEqual((groups[0]["maintenance_request_id"][1], groups[0]["quantity:sum"]), (name, 2))
        row = self._lines(part).web_read({"maintenance_request_id": {"fields": {"display_name": {}}}})[0]
        self.assertEqual(row["maintenance_request_id"]["display_name"], name)


@tagged("post_install", "-at_install")
class TestPartCounterApi(MaintenanceCase, HttpCase):
    def test_over_the_external_api(self):
        part = self._add_part(self._assigned(), self.seal, 3)
        line = part.sudo().move_line_ids
        keys = {
            user: self.env["res.users.apikeys"].with_user(user).sudo()._generate(None, "counter", None)
            for user in (self.storekeeper, self.colleague)
        }

        def call(user, method, **params):
            return self.url_open(
                f"/json/2/stock.move.line/{method}",
                data=json.dumps({"ids": line.ids, **params}),
                headers={"Authorization": f"Bearer {keys[user]}", "Content-Type": "application/json"},
            )

        self.assertEqual(call(self.colleague, "action_maintenance_hand_out").status_code, 422)
        self.assertEqual(call(self.storekeeper, "action_maintenance_hand_out", quantity=2).status_code, 200)
        self.env.invalidate_all()
        self.assertEqual((part.maintenance_handed_out_qty, part.product_uom_qty), (2, 2))
        self.assertEqual(call(self.storekeeper, "action_maintenance_take_back").json(), True)
        self.env.invalidate_all()
        self.assertFalse(part.picked)
