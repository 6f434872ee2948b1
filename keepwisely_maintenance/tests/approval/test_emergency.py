from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestEmergency(MaintenanceCase):
    """Ordered first, decided on after, and on a list until then."""

    def _waiting(self, priority="3"):
        self._set_price(self.bearing, 800.0)
        request = self._assigned(priority=priority)
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        requisition = request.sudo().requisition_ids.with_user(self.planner)
        self.assertEqual(requisition.state, "to_approve")
        return request, requisition

    def _order_emergency(self):
        request, requisition = self._waiting()
        requisition.action_order_emergency("The line stands")
        order = requisition.sudo().purchase_order_ids.with_user(self.buyer)
        return request, requisition, order

    def test_ordered_first_and_approved_after(self):
        request, requisition, order = self._order_emergency()
        self.assertEqual(len(order), 1)
        self.assertEqual((requisition.state, requisition.is_emergency_due), ("to_approve", True))
        self.assertTrue(order.activity_ids.filtered(lambda activity: "at once" in (activity.note or "")))
        self.assertEqual(request.parts_state, "ordered")
        order.button_confirm()
        self._receive(order)
        self.assertEqual((request.state, requisition.state), ("assigned", "to_approve"))
        found = self.env["maintenance.requisition"].with_user(self.planner).search([("is_emergency_due", "=", True)])
        self.assertIn(requisition, found)
        request.action_start()
        request.action_complete()
        with self.assertRaises(UserError):
            request.with_user(self.planner).action_close()
        requisition.with_user(self.procurement).action_approve()
        self.assertEqual((requisition.state, requisition.is_emergency_due), ("done", False))
        self.assertNotIn("Refused", " ".join(requisition.message_ids.mapped("body")))
        request.with_user(self.planner).action_close()

    def test_refusal_is_recorded_and_reported(self):
        request, requisition, order = self._order_emergency()
        order.button_confirm()
        before = self._notifications(self.planner, requisition)
        requisition.with_user(self.procurement).action_reject("We had one on the shelf")
        self.assertEqual((requisition.state, requisition.is_emergency_refused), ("ordered", True))
        self.assertTrue(self._notifications(self.planner, requisition) - before)
        self.assertIn(
            requisition,
            self.env["maintenance.requisition"].with_user(self.planner).search([("is_emergency_refused", "=", True)]),
        )
        self._receive(order)
        self.assertEqual((request.state, requisition.state), ("assigned", "done"))

    def test_refused_before_the_order_was_placed(self):
        _request, requisition, order = self._order_emergency()
        requisition.with_user(self.procurement).action_reject("No")
        with self.assertRaises(UserError):
            order.button_confirm()
        order.button_cancel()
        self.assertEqual(requisition.state, "rejected")

    def test_not_above_what_was_asked_for(self):
        _request, _requisition, order = self._order_emergency()
        order.order_line.price_unit = 900
        with self.assertRaises(UserError):
            order.button_confirm()

    def test_who_may_and_for_what(self):
        _request, requisition = self._waiting()
        for user in (self.technician, self.buyer, self.operator, self.procurement):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                requisition.with_user(user).action_order_emergency("Now")
        with self.assertRaises(UserError):
            requisition.action_order_emergency(" ")
        with self.assertRaises(UserError):
            requisition.write({"date_emergency": fields.Datetime.now()})
        _other, ordinary = self._waiting(priority="2")
        with self.assertRaises(UserError):
            ordinary.action_order_emergency("Now")
        requisition.action_order_emergency("Now")
        with self.assertRaises(UserError):
            requisition.action_order_emergency("Again")
        self.assertEqual(len(requisition.sudo().purchase_order_ids.order_line), 1)

    def test_what_is_not_needed_any_more_is_no_hindrance(self):
        """A line for ordinary work on the same requisition holds it up until that is off."""
        self._set_price(self.bearing, 800.0)
        urgent, ordinary = self._assigned(priority="3"), self._assigned(priority="1")
        requisition = self.env["maintenance.requisition"].with_user(self.planner).create(
            {
                "line_ids": [
                    Command.create({"product_id": self.bearing.id, "product_qty": 1, "maintenance_request_id": job.id})
                    for job in (urgent, ordinary)
                ]
            }
        )
        requisition.action_submit()
        with self.assertRaisesRegex(UserError, "not for emergency work orders alone"):
            requisition.action_order_emergency("The line stands")
        ordinary.with_user(self.planner).archive_equipment_request()
        self.assertEqual(requisition.line_ids.mapped("is_cancelled"), [False, True])
        requisition.action_order_emergency("The line stands")
        self.assertEqual(requisition.sudo().purchase_order_ids.order_line.maintenance_request_id, urgent.sudo())

    def test_who_let_it_be_ordered_does_not_decide(self):
        self.planner.group_ids = [Command.link(self.env.ref("purchase.group_purchase_manager").id)]
        _request, requisition, _order = self._order_emergency()
        with self.assertRaises(UserError) as caught:
            requisition.action_approve()
        self.assertIn("yourself", str(caught.exception))
        self.assertFalse(requisition.user_can_decide)
        requisition.with_user(self.procurement).action_approve()

    def test_reminded_every_week(self):
        _request, requisition, _order = self._order_emergency()
        self._run_cron("ir_cron_emergency_reminder")
        told = self._notifications(self.procurement, requisition)
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=7, minutes=1)):
            self.assertEqual(self._run_cron("ir_cron_emergency_reminder"), [1, 1])
            again = self._notifications(self.procurement, requisition) - told
            self.assertEqual(len(again), 1)
            self.assertEqual(self._run_cron("ir_cron_emergency_reminder"), [0])
            self.assertEqual(self._notifications(self.procurement, requisition) - told, again)
