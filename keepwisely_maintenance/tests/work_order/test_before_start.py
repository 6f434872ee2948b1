from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestBeforeStart(MaintenanceCase):
    """Lock-out and permit before the first turn of the spanner."""

    def _locked(self, **values):
        """An assigned work order whose planner wants a lock-out and a risk check before the start."""
        request = self._assigned(**values)
        request.with_user(self.planner).task_ids = [
            Command.create({"name": "Lock out", "is_before_start": True, "sequence": 1}),
            Command.create({"name": "Risk check", "kind": "pass_fail", "is_before_start": True, "sequence": 2}),
            Command.create({"name": "Grease", "sequence": 3}),
        ]
        return request

    def _stage(self, state):
        return self.env["maintenance.stage"].search([("state", "=", state)], limit=1)

    def test_every_way_to_start(self):
        request = self._locked()
        ways = {
            "button": lambda work: work.action_start(),
            "timer": lambda work: work.action_timer_start(),
            "board": lambda work: work.write({"stage_id": self._stage("in_progress").id}),
            "complete": lambda work: work.action_complete(),
            "finish": lambda work: work.action_finish(),
        }
        for user in (self.technician, self.planner):
            for name, way in ways.items():
                with self.subTest(way=name, user=user.name), self.assertRaises(UserError) as refused:
                    way(request.with_user(user))
                self.assertIn("Answer “Lock out” before starting", str(refused.exception))
        self.assertEqual(request.state, "assigned")
        self.assertFalse(request.labor_ids)

    def test_system_and_create_meet_it_too(self):
        request = self._locked()
        with self.assertRaises(UserError):
            request.sudo().action_start()
        values = {
            "name": "Begun at once", "equipment_id": self.conveyor.id, "stage_id": self._stage("in_progress").id,
            "user_id": self.planner.id, "task_ids": [Command.create({"name": "Lock out", "is_before_start": True})],
        }  # fmt: skip
        with self.assertRaises(UserError):
            self.env["maintenance.request"].with_user(self.planner).create(values)
        new = self._report().with_user(self.planner)
        new.task_ids = [Command.create({"name": "Lock out", "is_before_start": True})]
        new.user_id = self.technician
        with self.assertRaises(UserError):
            new.stage_id = self._stage("completed")

    def test_released_by_whom(self):
        request = self._locked()
        self.assertEqual(request.maintenance_start_message, "Lock out, Risk check")
        lock, risk, grease = request.task_ids
        lock.is_done = True
        risk.with_user(self.colleague).result = "fail"
        self.assertEqual(request.maintenance_start_message, "Risk check")
        with self.assertRaises(UserError) as refused:
            request.action_start()
        self.assertIn("“Risk check” failed", str(refused.exception))
        risk.with_user(self.colleague).result = "pass"
        self.assertFalse(request.maintenance_start_message)
        request.action_timer_start()
        self.assertEqual(request.state, "in_progress")
        self.assertEqual(request.maintenance_released_by_id, self.colleague)
        self.assertEqual(request.maintenance_date_released, risk.date_done)
        self._end_transaction()
        self.assertIn("Colleague", " ".join(request.sudo().message_ids.tracking_value_ids.mapped("new_value_char")))
        # what it was started on stays, whoever asks
        for user in (self.technician, self.colleague, self.planner):
            for change in (
                lambda user=user: lock.with_user(user).write({"is_done": False}),
                lambda user=user: risk.with_user(user).write({"result": "fail"}),
                lambda user=user: lock.with_user(user).unlink(),
                lambda user=user: request.with_user(user).write({"task_ids": [Command.delete(lock.id)]}),
            ):
                with self.assertRaises(UserError):
                    change()
        with self.assertRaises(UserError):
            lock.with_user(self.planner).is_before_start = False
        with self.assertRaises(UserError):
            request.with_user(self.planner).maintenance_released_by_id = self.planner
        grease.is_done = True
        grease.is_done = False
        request.action_complete()

    def test_back_and_once_more(self):
        request = self._locked()
        request.task_ids[0].is_done = True
        request.task_ids[1].result = "pass"
        request.action_start()
        request.with_user(self.planner).stage_id = self._stage("assigned")
        request.task_ids[0].is_done = False
        with self.assertRaises(UserError):
            request.action_start()
        with freeze_time(datetime.now() + timedelta(minutes=5)):
            request.with_user(self.planner).task_ids[0].is_done = True
        request.action_start()
        self.assertEqual(request.maintenance_released_by_id, self.planner)

    def test_technicians_do_not_take_it_away(self):
        request = self._locked()
        for change in (
            lambda: request.task_ids[0].write({"is_before_start": False}),
            lambda: request.task_ids[0].unlink(),
            lambda: request.task_ids[0].write({"maintenance_request_id": self._assigned().id}),
        ):
            with self.assertRaises(UserError):
                change()

    def test_waiting_for_parts(self):
        request = self._locked()
        self._add_part(request, self.bearing, 5)
        request.action_request_parts(offer=False)
        self.assertEqual(request.state, "waiting_parts")
        with self.assertRaises(UserError) as refused:
            request.with_user(self.planner).action_start()
        self.assertIn("Lock out", str(refused.exception))
        self.env["stock.quant"]._update_available_quantity(self.bearing, self.stock, 10)
        request.sudo().part_ids._action_assign()
        self.assertEqual(request.state, "assigned", "parts do not start it")

    def test_from_schedules(self):
        schedule = self.env["maintenance.schedule"].with_user(self.planner).create(
            {
                "name": "Grease", "equipment_ids": [Command.set(self.conveyor.ids)], "is_pre_approved": True,
                "task_ids": [Command.create({"name": "Lock out", "is_before_start": True})],
            }
        )  # fmt: skip
        schedule.action_generate()
        request = schedule.request_ids
        request.user_id = self.technician
        with self.assertRaises(UserError):
            request.with_user(self.technician).action_start()
        request.with_user(self.technician).task_ids.action_toggle_done()
        request.with_user(self.technician).action_start()
        self.assertEqual(request.maintenance_released_by_id, self.technician)
        self.assertFalse(request.with_user(self.planner).copy().maintenance_released_by_id)
