from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestCancelledByMistake(MaintenanceCase):
    """Reopened work has the parts that it had, and what was asked for is asked for anew."""

    def _cancel(self, request):
        request.with_user(self.planner).archive_equipment_request()
        self.assertLessEqual(set(request.sudo().part_ids.mapped("state")), {"cancel"})

    def _reopen(self, request):
        request.with_user(self.planner).reset_equipment_request()
        self.assertEqual(request.state, "requested")

    def _wanted(self, request):
        return sorted(
            (part.product_id.name, part.product_uom_qty, part.state)
            for part in request.sudo().part_ids
            if part.state != "cancel"
        )

    def test_parts_come_back_as_they_were(self):
        request = self._assigned()
        self._add_part(request, self.seal, 3)
        self._add_part(request, self.bearing, 1)
        self._add_part(request, self.seal, 9).action_drop_part()
        self._cancel(request)
        self.assertEqual(self.seal.free_qty, 10)
        self._reopen(request)
        self.assertEqual(self._wanted(request), [("Bearing 6204", 1, "draft"), ("Seal", 3, "draft")], "not what was dropped")
        request.with_user(self.planner).action_approve()
        self.assertEqual(self._wanted(request), [("Bearing 6204", 1, "assigned"), ("Seal", 3, "assigned")])
        self.assertFalse(request.sudo().requisition_ids, "nothing was asked for")
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()
        self.assertEqual(self._wanted(request), [("Bearing 6204", 1, "done"), ("Seal", 3, "done")])

    def test_it_does_not_complete_without_them(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        self._cancel(request)
        work = request.with_user(self.planner)
        completed = self.env["maintenance.stage"]._first_of_state("completed")
        with self.assertRaisesRegex(UserError, "2 × Bearing 6204 is missing|1 × Bearing 6204 is missing"):
            work.stage_id = completed
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 1)
        work.stage_id = completed
        self.assertEqual(self._wanted(request), [("Bearing 6204", 2, "done")])

    def test_what_was_asked_for_is_asked_for_anew(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        first = request.sudo().requisition_ids
        self._cancel(request)
        self.assertEqual(first.state, "cancelled")
        self._reopen(request)
        self.assertEqual(request.sudo().requisition_ids, first, "not before the work is approved")
        request.with_user(self.planner).action_approve()
        again = request.sudo().requisition_ids - first
        self.assertEqual((again.line_ids.product_id, again.line_ids.product_qty), (self.bearing, 2))
        self.assertEqual((request.state, request.parts_state), ("waiting_parts", "requested"))

    def test_what_came_meanwhile_is_not_asked_for(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        self._cancel(request)
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 5)
        self._reopen(request)
        request.with_user(self.planner).action_approve()
        self.assertEqual((len(request.sudo().requisition_ids), request.parts_state), (1, "ready"))

    def test_what_is_ordered_still_comes(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids
        order = self._order(requisition)
        self._cancel(request)
        choice = "keepwisely_maintenance.mail_activity_not_needed"
        self.assertEqual(len(order.activity_search([choice])), 1)
        self._reopen(request)
        self.assertFalse(order.activity_search([choice]), "there is nothing to choose any more")
        request.with_user(self.planner).action_approve()
        self.assertEqual(request.sudo().requisition_ids, requisition)
        self.assertEqual(request.parts_state, "ordered")
        self._receive(order)
        self.assertEqual(request.parts_state, "ready")

    def test_services_and_one_off_parts(self):
        request = self._assigned()
        request.action_request_service("Welding plate", 2, is_service=False)
        line = request.sudo().service_line_ids
        self._cancel(request)
        self.assertTrue(line.is_cancelled)
        self._reopen(request)
        request.with_user(self.planner).action_approve()
        again = request.sudo().service_line_ids - line
        self.assertEqual((again.name, again.product_qty, again.is_blocking), ("Welding plate", 2, True))
        self.assertEqual(request.state, "waiting_parts")
        self._cancel(request)
        self.assertTrue(again.is_cancelled)

    def test_an_approval_taken_back(self):
        """Withdrawn with the approval, asked for again with the next one."""
        request = self._assigned()
        self._add_part(request, self.bearing, 3)
        request.action_request_parts()
        first = request.sudo().requisition_ids
        request.with_user(self.planner).stage_id = self.env["maintenance.stage"]._first_of_state("requested")
        self.assertEqual(first.state, "cancelled")
        request.with_user(self.planner).action_approve()
        self.assertEqual((request.sudo().requisition_ids - first).line_ids.product_qty, 2)

    def test_nobody_marks_parts_by_hand(self):
        part = self._add_part(self._assigned(), self.seal, 1)
        for user in (self.technician, self.storekeeper, self.planner):
            for name in ("maintenance_cancelled_with_job", "maintenance_ask_again"):
                with self.assertRaises(UserError):
                    part.with_user(user).write({name: True})
        with self.assertRaises(UserError):
            self._add_part(part.maintenance_request_id.with_user(self.technician), self.seal, 1, maintenance_ask_again=True)


@tagged("post_install", "-at_install")
class TestStraightToTheEnd(MaintenanceCase):
    """Work that is dragged from New to Completed reserves what is in stock on its way, and uses it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.completed = cls.env["maintenance.stage"]._first_of_state("completed")

    def _reported(self, *parts):
        request = self._report().with_user(self.planner)
        request.user_id = self.technician
        for product, quantity in parts:
            self._add_part(request, product, quantity)
        return request

    def _states(self, request):
        return request.sudo().part_ids.mapped("state")

    def test_from_new(self):
        request = self._reported((self.seal, 7), (self.bearing, 1))
        self.assertEqual(self._states(request), ["draft", "draft"])
        request.with_user(self.planner).stage_id = self.completed
        self.assertEqual((request.state, self._states(request)), ("completed", ["done", "done"]))
        self.assertEqual((self.seal.qty_available, self.bearing.qty_available), (3, 0))
        self.assertTrue(request.date_approved and request.date_started)

    def test_what_is_missing_is_refused(self):
        request = self._reported((self.seal, 7), (self.bearing, 3))
        with self.assertRaisesRegex(UserError, "2 × Bearing 6204 is missing"):
            request.with_user(self.planner).stage_id = self.completed
        self.assertEqual((request.state, self._states(request)), ("requested", ["draft", "draft"]))
        self.assertEqual(self.seal.free_qty, 10, "nothing stays reserved")

    def test_stock_that_came_after_the_approval(self):
        """Counted in without anybody reserving it."""
        request = self._assigned()
        self._add_part(request, self.bearing, 3)
        self.assertEqual(self._states(request), ["partially_available"])
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 65)
        request.with_user(self.planner).stage_id = self.completed
        self.assertEqual(self._states(request), ["done"])
        self.assertEqual(self.bearing.qty_available, 63)

    def test_waiting_work(self):
        """It is not woken up on its way: nobody is told to go on with what is done."""
        request = self._assigned()
        part = self._add_part(request, self.bearing, 3)
        request.action_request_parts(offer=False)
        self.assertEqual(request.state, "waiting_parts")
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 2)
        request.with_user(self.technician).stage_id = self.completed
        self.assertEqual((request.state, part.sudo().state), ("completed", "done"))
        self.assertFalse(request.sudo().message_ids.filtered(lambda message: "All parts are here" in (message.body or "")))

    def test_what_was_entered_as_used_is_what_was_used(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 5)
        part.with_user(self.technician).quantity = 2
        request.with_user(self.technician).action_start()
        request.with_user(self.technician).action_complete()
        self.assertEqual((part.sudo().quantity, self.seal.qty_available), (2, 8))

    def test_several_at_once_and_one_short(self):
        """Of ten seals, two jobs want six each."""
        requests = self._reported((self.seal, 6)) | self._reported((self.seal, 6))
        with self.assertRaisesRegex(UserError, "2 × Seal is missing"):
            requests.with_user(self.planner).write({"stage_id": self.completed.id})
        self.assertEqual(self.seal.free_qty, 10)

    def test_import(self):
        """Created in that stage, with parts."""
        request = self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Greased", "equipment_id": self.conveyor.id, "user_id": self.technician.id,
                "stage_id": self.completed.id,
                "part_ids": [Command.create({"product_id": self.seal.id, "product_uom_qty": 2})],
            }
        )  # fmt: skip
        self.assertEqual((request.state, self._states(request), self.seal.qty_available), ("completed", ["done"], 8))
