from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..common import MaintenanceCase

#: What is computed and not stored, and still searched for: yes or no.
FLAGS = [
    ("maintenance.requisition", "user_can_decide"),
    ("maintenance.requisition", "is_emergency_due"),
    ("maintenance.requisition", "is_emergency_refused"),
    ("maintenance.request", "is_late"),
    ("maintenance.request", "is_approval_due"),
    ("maintenance.request", "is_timer_running"),
    ("maintenance.request", "maintenance_is_mine"),
    ("maintenance.request", "maintenance_is_for_my_teams"),
    ("maintenance.request", "is_planned_before_parts"),
    ("res.partner", "maintenance_can_work"),
]


@tagged("post_install", "-at_install")
class TestSearches(MaintenanceCase):
    """A search for what is computed finds the records that say so, and the opposite finds all others."""

    def _emergency(self):
        request = self._assigned(priority="3")
        self._add_part(request, self.bearing, 3)
        request.action_request_parts(offer=False)
        requisition = request.sudo().requisition_ids
        requisition.with_user(self.planner).action_order_emergency("The line stands")
        return requisition

    def setUp(self):
        super().setUp()
        self._set_price(self.bearing, 400.0)
        self.due, self.refused, again = self._emergency(), self._emergency(), self._emergency()
        for requisition in self.refused | again:
            requisition.with_user(self.procurement).action_reject("No")
        # asked for once more, it is not refused any more
        again.sudo().purchase_order_ids.button_cancel()
        again.with_user(self.planner).action_draft()
        again.with_user(self.planner).action_submit()
        late, running, planned = self._assigned(), self._assigned(), self._assigned()
        now = fields.Datetime.now()
        late.with_user(self.planner).schedule_date = now - timedelta(days=9)
        running.action_timer_start()
        part = self._add_part(planned, self.bearing, 2)
        planned.action_request_parts(offer=False)
        planned.with_user(self.planner).schedule_date = now + timedelta(hours=2)
        self.assertTrue(part)
        with freeze_time(now - timedelta(days=30)):
            self._report()
        self.company.emergency_approved_after = True
        self._report(priority="3").with_user(self.technician).action_start()
        self.colleague.active = False
        self.env.flush_all()
        self.env.invalidate_all()

    def test_each_flag(self):
        seen = dict.fromkeys(FLAGS, 0)
        for user in (self.technician, self.planner, self.procurement):
            for model, name in FLAGS:
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                with self.subTest(user=user.login, field=f"{model}.{name}"):
                    everything = records.search([])
                    saying_so = everything.filtered(name)
                    self.assertEqual(records.search([(name, "=", True)]), saying_so)
                    self.assertEqual(records.search([(name, "=", False)]), everything - saying_so)
                    self.assertEqual(records.search([(name, "!=", True)]), everything - saying_so)
                    seen[model, name] += len(saying_so)
        self.assertFalse([flag for flag, count in seen.items() if not count], "every flag is raised by something here")

    def test_emergencies(self):
        requisitions = self.env["maintenance.requisition"].with_user(self.procurement)
        self.assertIn(self.due, requisitions.search([("is_emergency_due", "=", True)]))
        self.assertEqual(requisitions.search([("is_emergency_refused", "=", True)]), self.refused)

    def test_documents_of_orders(self):
        order = self.due.sudo().purchase_order_ids
        orders = self.env["purchase.order"].with_user(self.buyer)
        for name in ("maintenance_requisition_ids", "maintenance_work_order_ids", "equipment_ids"):
            with self.subTest(field=name):
                document = order.with_user(self.buyer).sudo()[name]
                self.assertTrue(document)
                found = orders.search([(name, "in", document.ids)])
                self.assertIn(order, found)
                self.assertEqual(found, orders.search([]).filtered(lambda o, name=name, d=document: o.sudo()[name] & d))
                self.assertNotIn(order, orders.search([(name, "=", False)]))
