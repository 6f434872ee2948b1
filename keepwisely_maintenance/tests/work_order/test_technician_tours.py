from lxml import etree

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..browser_common import BrowserCase

PHONE = "390x844"


@tagged("post_install", "-at_install")
class TestTechnicianTours(BrowserCase):
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

    def test_one_part_and_half_an_hour_take_five_taps(self):
        request = self._assigned(name="Weekly round", maintenance_type="preventive")
        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_five_taps", login="kw_technician")
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))
        self.assertEqual((request.part_ids.product_id, request.part_ids.quantity), (self.bearing, 1))
        self.assertEqual(request.labor_ids.mapped("hours"), [0.5])

    def test_somebody_new_finds_a_job_asks_for_a_part_and_completes_it(self):
        newcomer = new_test_user(
            self.env, login="kw_newcomer", groups="keepwisely_maintenance.group_maintenance_technician"
        )
        self._create_part("Gear motor", 20.0, list_price=1.0)
        request = self._report(name="Weekly round", maintenance_team_id=self.env["maintenance.team"].create({"name": "Any"}).id)
        request.with_user(self.planner).action_approve()
        self.start_tour("/odoo", "keepwisely_technician_is_new", login="kw_newcomer")
        self.assertEqual((request.state, request.user_id), ("waiting_parts", newcomer))
        requisition = request.sudo().requisition_line_ids.requisition_id
        self.assertEqual(requisition.line_ids.product_id.name, "Gear motor")
        self.assertEqual(requisition.state, "approved", "it costs less than anybody has to approve")
        self._receive(self._order(requisition))
        self.start_tour("/odoo", "keepwisely_technician_gets_a_part", login="kw_newcomer")
        self.assertEqual((request.state, request.parts_state), ("completed", "consumed"))
        self.assertEqual(request.sudo().labor_ids.mapped("hours"), [0.5])

    def test_a_part_in_no_catalogue(self):
        request = self._assigned(name="Weekly round")
        self.start_tour(f"/odoo/my-work-orders/{request.id}", "keepwisely_technician_one_off", login="kw_technician")
        line = request.requisition_line_ids
        self.assertEqual((line.name, line.product_id.id, request.state), ("Gasket cut to sample", False, "waiting_parts"))

    def test_take_pause_resume(self):
        request = self._report(name="Weekly round").with_user(self.planner)
        request.action_approve()
        action = self.env.ref("keepwisely_maintenance.action_my_work_orders")
        requests = self.env["maintenance.request"]
        self.assertNotIn(request, requests.with_user(self.technician).search([("maintenance_is_mine", "=", True)]))
        action.context = {"search_default_to_take": True, "search_default_my_jobs_today": True}
        self.start_tour("/odoo/my-work-orders", "keepwisely_technician_takes", login="kw_technician")
        self.assertEqual((request.state, request.user_id), ("in_progress", self.technician))

    def test_to_take_is_what_nobody_of_my_teams_has(self):
        arch = etree.fromstring(
            self.env["maintenance.request"].with_user(self.technician).get_view(view_type="search")["arch"]
        )
        (condition,) = arch.xpath("//filter[@name='to_take']/@domain")
        free = self._report().with_user(self.planner)
        theirs = self._report(maintenance_team_id=self.other_team.id).with_user(self.planner)
        open_to_all = self._report(maintenance_team_id=self.env["maintenance.team"].create({"name": "Any"}).id)
        reported, taken = self._report(), self._assigned()
        for request in (free, theirs, open_to_all.with_user(self.planner)):
            request.action_approve()
        found = self.env["maintenance.request"].with_user(self.technician).search(
            safe_eval(condition, {"uid": self.technician.id})
        )
        self.assertLessEqual(free | open_to_all, found)
        self.assertFalse((theirs | reported | taken) & found)

    def test_who_works_gets_the_same_form_in_another_order(self):
        """Phones, and technicians at every width; whoever was there before leaves nothing in the cache."""
        requests, fields = self.env["maintenance.request"], {}
        for user, mobile, first in (
            (self.planner, False, False), (self.technician, False, True), (self.planner, True, True),
            (self.technician, True, True), (self.operator, False, False), (self.planner, False, False),
        ):  # fmt: skip
            arch = etree.fromstring(requests.with_user(user).get_view(view_type="form", mobile=mobile)["arch"])
            self.assertEqual(bool(arch.xpath("//notebook[@name='work']")), first, (user.login, mobile))
            fields[user, mobile] = set(arch.xpath("//field[not(ancestor::field)]/@name"))
        self.assertEqual(fields[self.technician, True], fields[self.technician, False])
        self.assertEqual(fields[self.planner, True], fields[self.planner, False], "nothing is only on one of them")
        view = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_done")
        arch = requests.with_user(self.technician).get_view(view.id, "form", mobile=True)["arch"]
        self.assertNotIn("todo_buttons", arch, "a form that was asked for stays")
