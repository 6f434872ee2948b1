from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .test_planning import PlanningCase


@tagged("post_install", "-at_install")
class TestPlannedTwice(PlanningCase):
    """A word, not a refusal, when a technician is planned for two jobs in the same hours."""

    def _is_said(self, request, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return request.with_user(user or self.planner).maintenance_overlap_message

    def test_both_name_the_other(self):
        first, second = self._planned(3), self._planned(3, hours=1.0)
        for request, other in ((first, second), (second, first)):
            for user in (self.planner, self.technician):
                self.assertEqual(
                    self._is_said(request, user), f"Technician is also planned for {other.display_name} in these hours."
                )

    def test_not_when_it_is_not_so(self):
        first = self._planned(3, hours=2.0)
        after = self._planned(3)
        after.schedule_date = datetime(2026, 3, 3, 11)
        self.assertFalse(self._is_said(first), "one ends when the other begins")
        after.schedule_date = datetime(2026, 3, 3, 10, 30)
        self.assertTrue(self._is_said(first))
        after.user_id = self.colleague
        self.assertFalse(self._is_said(first), "another technician")
        after.user_id = self.technician
        after.archive_equipment_request()
        self.assertFalse(self._is_said(first), "cancelled")
        self.assertFalse(self._is_said(self._planned(False)), "no date")
        done = self._planned(3).with_user(self.technician)
        done.action_complete()
        self.assertFalse(self._is_said(first), "done")

    def test_in_the_form_before_it_is_saved(self):
        first = self._planned(3)
        with Form(self.env["maintenance.request"].with_user(self.planner)) as form:
            form.name = "Leak"
            form.user_id = self.technician
            form.schedule_date = datetime(2026, 3, 3, 10)
            self.assertIn(first.reference, form.maintenance_overlap_message)
            form.schedule_date = datetime(2026, 3, 4, 10)
            self.assertFalse(form.maintenance_overlap_message)

    def test_when_many_are_planned(self):
        first, second = self._planned(3), self._planned(4)
        wizard = self.env["maintenance.request.plan"].with_user(self.planner)
        answer = wizard.create(
            {"request_ids": [Command.set((first | second).ids)], "reschedule": "date", "date": "2026-03-05"}
        ).action_plan()
        self.assertEqual(answer["params"]["title"], "Planned twice")
        self.assertIn(second.reference, answer["params"]["message"])
        self.assertEqual((first | second).mapped("schedule_date"), [datetime(2026, 3, 5, 9)] * 2, "planned all the same")
        answer = wizard.create(
            {"request_ids": [Command.set(first.ids)], "reschedule": "date", "date": "2026-03-06"}
        ).action_plan()
        self.assertEqual(answer, {"type": "ir.actions.act_window_close"})

    def test_only_what_one_may_see(self):
        secret = self._planned(3)
        secret.sudo().maintenance_team_id = self.other_team
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["maintenance.team"].create({"name": "There", "company_id": elsewhere.id})
        other = self.env["maintenance.request"].create(
            {
                "name": "There", "company_id": elsewhere.id, "maintenance_team_id": team.id,
                "schedule_date": datetime(2026, 3, 5, 9),
            }
        )  # fmt: skip
        self.technician.company_ids += elsewhere
        other.user_id = self.technician
        self.assertFalse(self._is_said(self._planned(5)), "of a company that the planner does not see")

    def test_bounded_queries(self):
        requests = self.env["maintenance.request"].union(*(self._planned(3) for _number in range(3)))
        counts = []
        for chosen in (requests[:1], requests):
            self.env.flush_all()
            self.env.invalidate_all()
            chosen.with_user(self.planner).mapped("schedule_end")
            before = self.env.cr.sql_log_count
            chosen.with_user(self.planner).mapped("maintenance_overlap_message")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)


@tagged("post_install", "-at_install")
class TestHoursRequired(PlanningCase):
    """A company may want hours on whatever its people completed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.maintenance_hours_required = True

    def _begun(self):
        request = self._assigned()
        request.action_start()
        return request

    def _refused(self, complete, request):
        with self.assertRaisesRegex(UserError, "Book the hours worked on .* before completing it"), self.cr.savepoint():
            complete()
        self.assertEqual(request.state, "in_progress")

    def test_on_every_way(self):
        request = self._begun()
        planner = request.with_user(self.planner)
        completed, closed = (self.env["maintenance.stage"]._first_of_state(state).id for state in ("completed", "closed"))
        for complete in (
            request.action_complete,
            request.action_finish,
            planner.action_complete,
            lambda: request.write({"stage_id": completed}),
            lambda: planner.write({"stage_id": closed}),
            lambda: request.sudo().write({"stage_id": completed}),
        ):
            self._refused(complete, request)
        result = planner.load([".id", "stage_id/.id"], [[str(request.id), str(completed)]])
        self.assertFalse(result["ids"])
        self.assertEqual(request.state, "in_progress")
        request.hours_by_hand = 0.5
        request.action_complete()
        self.assertEqual(request.state, "completed")

    def test_a_running_timer_is_hours(self):
        request = self._assigned()
        request.action_timer_start()
        request.with_user(self.planner).action_complete()
        self.assertEqual((request.state, len(request.labor_ids)), ("completed", 1))

    def test_hours_that_come_along(self):
        completed = self.env["maintenance.stage"]._first_of_state("completed").id
        first, second, third = self._begun(), self._begun(), self._begun()
        first.write({"stage_id": completed, "hours_by_hand": 0.5})
        second.write({"stage_id": completed, "labor_ids": [Command.create({"hours": 1.0})]})
        self.assertEqual((first | second).mapped("state"), ["completed"] * 2)
        self.assertEqual((first | second).mapped("labor_hours"), [0.5, 1.0])
        self._refused(lambda: third.write({"stage_id": completed, "labor_ids": [Command.create({"hours": 0.0})]}), third)

    def test_cancelled_work_needs_none(self):
        request = self._begun()
        request.with_user(self.planner).archive_equipment_request()
        self.assertEqual(request.state, "cancelled")

    def test_a_contractors_hours_are_in_the_price(self):
        request = self._begun()
        requisition = request.action_request_service("Crane with driver")
        self._refused(request.action_complete, request)
        requisition.line_ids.with_user(self.buyer).write({"price_unit": 90.0, "partner_id": self.vendor.id})
        if requisition.state == "draft":
            requisition.with_user(self.buyer).action_submit()
        self.assertEqual(requisition.state, "approved")
        self._refused(request.action_complete, request)
        self._order(requisition)
        request.action_complete()
        self.assertEqual(request.state, "completed")

    def test_off_by_default_and_by_company(self):
        self.company.maintenance_hours_required = False
        self.assertFalse(self.env["res.company"].create({"name": "New"}).maintenance_hours_required)
        self._begun().action_complete()
