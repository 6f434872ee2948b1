from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..common import MaintenanceCase

PHONE = "390x844"


@tagged("post_install", "-at_install")
class TestTechnicianTours(MaintenanceCase, HttpCase):
    """The technician's day in a browser of a phone's size."""

    browser_size = PHONE
    touch_enabled = True

    def _round(self):
        request = self.env["maintenance.request"].with_user(self.planner).create(
            {
                "name": "Weekly round",
                "equipment_id": self.conveyor.id,
                "user_id": self.technician.id,
                "task_ids": [
                    Command.create({"name": "Guard closed", "kind": "pass_fail", "is_mandatory": True}),
                    Command.create(
                        {"name": "Oil pressure", "kind": "number", "unit": "bar", "limits": "min", "limit_min": 2}
                    ),
                ],
            }
        )
        request.action_approve()
        request.action_assign()
        return request

    def test_from_start_to_done(self):
        request = self._round()
        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_day", login="kw_technician")
        self.assertEqual((request.state, request.work_done), ("completed", "Round done, oil is low"))
        self.assertEqual(request.task_ids.mapped("is_failed"), [False, True])
        self.assertEqual(request.task_ids.mapped("done_by_id"), self.technician)
        self.assertEqual([round(hours, 2) for hours in request.labor_ids.mapped("hours")], [0.33], "once, by hand")
        self.assertFalse(any(request.labor_ids.mapped("is_running")))

    def test_follow_up(self):
        request = self._round()
        request.task_ids[1].with_user(self.technician).value = 1
        self.start_tour(f"/odoo/my-work-orders/{request.id}", "keepwisely_technician_follow_up", login="kw_technician")
        self.assertEqual(request.task_ids.follow_up_ids.name, "Oil pressure: 1 bar (at least 2 bar)")
