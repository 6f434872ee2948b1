import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestLifecycle(MaintenanceCase):
    def _stage(self, state):
        return self.env["maintenance.stage"]._first_of_state(state)

    def _drag(self, request, state):
        request.write({"stage_id": self._stage(state).id})

    def test_manager_drags_from_requested_to_completed_and_every_date_is_stamped(self):
        request = self._report().with_user(self.planner)
        request.user_id = self.technician
        self._drag(request, "completed")
        self.assertEqual(request.state, "completed")
        self.assertEqual(request.approved_by_id, self.planner)
        for stamp in ("date_approved", "date_assigned", "date_started", "date_completed"):
            self.assertTrue(request[stamp], stamp)
        self.assertFalse(request.date_closed)

    def test_a_technician_cannot_jump_over_the_planner(self):
        request = self._report().with_user(self.technician)
        for state in ("approved", "assigned", "in_progress", "completed", "closed", "cancelled"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self._drag(request, state)
        self.assertEqual((request.state, request.date_approved), ("requested", False))

    def test_the_requester_moves_nothing(self):
        request = self._report()
        request.with_user(self.planner).action_approve()
        for state in ("requested", "assigned", "in_progress", "cancelled"):
            with self.subTest(state=state), self.assertRaises(UserError):
                self._drag(request, state)
        with self.assertRaises(UserError):
            request.priority = "3"
        with self.assertRaises(UserError):
            request.user_id = self.operator
        request.description = "It squeals more in the morning."

    def test_the_requester_withdraws_an_unapproved_report(self):
        request = self._report()
        request.archive_equipment_request()
        self.assertEqual((request.state, request.archive), ("cancelled", True))

    def test_a_technician_of_another_team_cannot_take_it(self):
        request = self._report()
        request.with_user(self.planner).action_approve()
        with self.assertRaises(UserError):
            request.with_user(self.outsider).action_assign()

    def test_a_technician_of_the_team_takes_it_but_gives_it_to_nobody(self):
        request = self._report()
        request.with_user(self.planner).action_approve()
        with self.assertRaises(UserError):
            request.with_user(self.technician).user_id = self.colleague
        request.with_user(self.technician).action_start()
        self.assertEqual((request.user_id, request.state), (self.technician, "in_progress"))
        self.assertTrue(request.date_assigned)

    def test_assigning_needs_a_technician(self):
        request = self._report().with_user(self.planner)
        request.action_approve()
        self.assertFalse(request.user_id)
        with self.assertRaisesRegex(UserError, "Choose a technician"):
            self._drag(request, "assigned")
        self.assertEqual(request.state, "approved")

    def test_create_meets_the_gates(self):
        Request = self.env["maintenance.request"]
        values = {"name": "Leak", "stage_id": self._stage("in_progress").id, "user_id": self.technician.id}
        for user in (self.operator, self.technician):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                Request.with_user(user).create(values)
        request = Request.with_user(self.planner).create(values)
        self.assertTrue(request.date_approved and request.date_started)
        with self.assertRaises(UserError):
            Request.with_user(self.planner).create({"name": "Leak", "date_approved": fields.Datetime.now()})

    def test_stamps_and_references_are_not_for_hands(self):
        request = self._report()
        for user in (self.operator, self.technician, self.planner):
            for name, value in (
                ("state", "closed"),
                ("date_started", fields.Datetime.now()),
                ("approved_by_id", user.id),
                ("reference", "WO/1"),
                ("parts_state", "ready"),
            ):
                with self.subTest(user=user.login, field=name), self.assertRaises(UserError):
                    request.with_user(user).write({name: value})

    def test_mandatory_tasks_come_before_completing(self):
        request = self._assigned()
        request.task_ids = [
            Command.create({"name": "Lock out the drive", "is_mandatory": True}),
            Command.create({"name": "Sweep"}),
        ]
        request.action_start()
        with self.assertRaisesRegex(UserError, "Lock out the drive"):
            request.action_complete()
        request.task_ids[0].is_done = True
        request.action_complete()
        self.assertEqual(request.state, "completed")
        with self.assertRaises(UserError):
            request.task_ids[0].is_done = False

    def test_missing_parts_come_before_completing(self):
        request = self._assigned()
        part = self._add_part(request, self.bearing, 2)
        request.action_start()
        with self.assertRaisesRegex(UserError, "1 × Bearing 6204"):
            request.action_complete()
        part.action_drop_part()
        request.action_complete()
        self.assertEqual((request.state, part.state), ("completed", "cancel"))

    def test_date_started_is_stamped_once(self):
        request = self._assigned()
        request.action_start()
        request.sudo().date_started = started = fields.Datetime.to_datetime("2026-01-01 08:00:00")
        request.with_user(self.planner).write({"stage_id": self._stage("assigned").id})
        request.action_start()
        self.assertEqual(request.date_started, started)

    def test_reopening_needs_a_planner_and_a_reason(self):
        request = self._assigned()
        request.action_start()
        request.action_complete()
        planner_view = request.with_user(self.planner)
        planner_view.action_close()
        close_date = request.close_date
        for state in ("completed", "in_progress", "requested"):
            with self.subTest(state=state), self.assertRaisesRegex(UserError, "why"):
                self._drag(planner_view, state)
        with self.assertRaises(UserError):
            request.action_reopen("It squeals again")
        with self.assertRaises(UserError):
            planner_view.action_reopen("  ")
        self.assertEqual((request.state, request.close_date), ("closed", close_date))
        planner_view.action_reopen("It squeals again")
        self.assertEqual((request.state, request.reopen_reason), ("in_progress", "It squeals again"))
        self.assertFalse(request.date_closed or request.date_completed)

    def test_taking_back_an_approval_clears_it(self):
        request = self._assigned()
        part = self._add_part(request, self.seal, 1)
        self.assertEqual(part.state, "assigned")
        with self.assertRaises(UserError):
            self._drag(request, "requested")
        self._drag(request.with_user(self.planner), "requested")
        self.assertFalse(request.approved_by_id or request.date_approved or request.date_assigned)
        self.assertEqual((part.state, part.quantity), ("draft", 0))

    def test_parts_planned_before_approval_are_confirmed_by_it(self):
        request = self._report().with_user(self.planner)
        part = self._add_part(request, self.seal, 1)
        self.assertEqual(part.state, "draft")
        request.action_approve()
        self.assertEqual(part.state, "assigned")

    def test_nothing_waits_without_a_missing_part(self):
        request = self._assigned()
        self._add_part(request, self.seal, 1)
        with self.assertRaisesRegex(UserError, "No part is missing"):
            self._drag(request, "waiting_parts")

    def test_only_a_planner_starts_with_what_is_there(self):
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        with self.assertRaisesRegex(UserError, "1 × Bearing 6204"):
            request.action_start()
        request.with_user(self.planner).action_start()
        self.assertEqual(request.state, "in_progress")

    def test_work_with_used_parts_cannot_be_cancelled(self):
        request = self._assigned()
        self._add_part(request, self.seal, 1).action_use_part()
        with self.assertRaises(UserError):
            request.with_user(self.planner).archive_equipment_request()

    def test_cancelled_work_comes_back_as_a_report(self):
        request = self._assigned().with_user(self.planner)
        request.archive_equipment_request()
        request.reset_equipment_request()
        self.assertEqual((request.state, request.archive), ("requested", False))
        self.assertFalse(request.date_approved)

    def test_stages_that_share_a_state_need_no_gate(self):
        twin = self.env["maintenance.stage"].create({"name": "Triage", "state": "requested", "sequence": 500})
        request = self._report().with_user(self.technician)
        request.stage_id = twin
        self.assertEqual((request.stage_id, request.state), (twin, "requested"))

    def test_from_one_waiting_stage_to_another(self):
        twin = self.env["maintenance.stage"].create({"name": "On order", "state": "waiting_parts", "sequence": 500})
        request = self._assigned()
        self._add_part(request, self.bearing, 2)
        request.action_request_parts()
        self.assertEqual(request.state, "waiting_parts")
        request.stage_id = twin
        self.assertEqual((request.stage_id, request.state), (twin, "waiting_parts"))

    def test_work_that_waits_counts_as_far_as_it_had_come(self):
        moment = fields.Datetime.to_datetime("2026-01-01 08:00:00")
        given, approved = self._assigned().with_user(self.planner), self._report().with_user(self.planner)
        given.sudo().date_assigned = moment
        approved.action_approve()
        for request in (given, approved):
            self._add_part(request, self.bearing, 2)
            request.action_request_parts()
            self.assertEqual(request.state, "waiting_parts")
        self._drag(given, "in_progress")
        self.assertEqual(given.date_assigned, moment, "it was given to somebody before")
        approved.user_id = self.technician
        self._drag(approved, "assigned")
        self.assertTrue(approved.date_assigned)

    def test_cancelled_stages_are_never_done(self):
        cancelled = self._stage("cancelled")
        with (
            self.assertRaises(psycopg2.errors.CheckViolation) as caught,
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            cancelled.write({"done": True, "state": "cancelled"})
            cancelled.flush_recordset()
        self.assertIn("done_matches_state", str(caught.exception))

    def test_what_has_a_history_is_not_deleted(self):
        request = self._assigned()
        with self.assertRaises(UserError):
            request.with_user(self.planner).unlink()
        report = self._report()
        report.unlink()
        self.assertFalse(report.exists())

    def test_a_report_is_deleted_with_its_parts(self):
        request = self._report().with_user(self.planner)
        part = self._add_part(request, self.seal, 1)
        request.unlink()
        self.assertFalse(part.exists())

    def test_references_are_unique_per_company(self):
        requests = self._report() | self._report()
        self.assertEqual(len(set(requests.mapped("reference"))), 2)

    def test_a_planned_activity_of_before_lasts_until_the_work_begins(self):
        """Odoo made one for each planned work order; now the board shows the plan, and no to-do repeats it."""
        request = self._assigned(schedule_date=fields.Datetime.now())
        self.assertFalse(request.sudo().activity_ids)
        activity = request.sudo().activity_schedule("maintenance.mail_act_maintenance_request", user_id=self.technician.id)
        self.assertTrue(activity.exists())
        request.action_start()
        self.assertFalse(activity.exists())
        request.action_complete()
        self.assertFalse(request.sudo().activity_ids, "work that is done has no to-do left")

    def test_preventive_work_approved_beforehand(self):
        self.company.preventive_pre_approved = True
        values = {"name": "Monthly check", "equipment_id": self.conveyor.id, "maintenance_type": "preventive"}
        requests = self.env["maintenance.request"]
        planned = requests.with_user(self.planner).create(values)
        self.assertEqual((planned.state, planned.approved_by_id), ("approved", self.env.ref("base.user_root")))
        reported = requests.with_user(self.operator).create(values)
        self.assertEqual(reported.state, "requested", "a report is no plan")
        corrective = requests.with_user(self.planner).create({**values, "maintenance_type": "corrective"})
        self.assertEqual(corrective.state, "requested")

    def test_emergencies_approved_afterwards(self):
        request = self._report(priority="3").with_user(self.technician)
        with self.assertRaises(UserError):
            request.action_start()
        self.company.emergency_approved_after = True
        ordinary = self._report(priority="2").with_user(self.technician)
        with self.assertRaises(UserError):
            ordinary.action_start()
        with self.assertRaises(UserError):
            request.with_user(self.outsider).action_start()
        request.action_start()
        self.assertEqual((request.state, request.is_approval_due), ("in_progress", True))
        self.assertFalse(request.approved_by_id)
        due = self.env["maintenance.request"].with_user(self.planner).search([("is_approval_due", "=", True)])
        self.assertIn(request, due)
        with self.assertRaises(UserError):
            request.action_approve()
        request.with_user(self.planner).action_approve()
        self.assertEqual((request.approved_by_id, request.is_approval_due), (self.planner, False))
        self.assertEqual(request.state, "in_progress")

    def test_closing_approves_what_was_due(self):
        self.company.emergency_approved_after = True
        request = self._report(priority="3").with_user(self.technician)
        request.action_start()
        request.action_complete()
        request.with_user(self.planner).action_close()
        self.assertEqual(request.approved_by_id, self.planner)
