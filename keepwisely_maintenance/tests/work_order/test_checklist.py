import base64
from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MaintenanceCase

PIXEL = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)


@tagged("post_install", "-at_install")
class TestChecklist(MaintenanceCase):
    """Answers of tasks, what they make done, what fails, and what follows from it."""

    def setUp(self):
        super().setUp()
        self.request = self._assigned()

    def _task(self, kind="tick", request=None, **values):
        request = request or self.request
        return (
            self.env["maintenance.task"]
            .with_user(self.planner)
            .create({"maintenance_request_id": request.id, "name": "Oil pressure", "kind": kind, **values})
            .with_user(self.technician)
        )

    def test_every_kind_is_done_by_its_answer(self):
        answers = {"pass_fail": ("result", "pass"), "number": ("value", 3.5), "text": ("note", "Dry"),
                   "photo": ("photo", PIXEL), "signature": ("signature", PIXEL)}  # fmt: skip
        for kind, (field, answer) in answers.items():
            with self.subTest(kind=kind):
                task = self._task(kind)
                with self.assertRaises(UserError) as refusal:
                    task.is_done = True
                self.assertIn("“Oil pressure”", str(refusal.exception))
                self.assertFalse(task.is_done)
                with freeze_time("2026-11-23 09:00:00"):
                    task[field] = answer
                self.assertEqual((task.is_done, task.done_by_id), (True, self.technician))
                self.assertEqual(task.date_done, datetime(2026, 11, 23, 9))
                task.write({field: False})
                self.assertEqual((task.is_done, task.done_by_id.ids, task.date_done), (False, [], False))
        tick = self._task()
        tick.is_done = True
        self.assertEqual(tick.done_by_id, self.technician)
        self.assertFalse(tick.is_failed)

    def test_answer_and_tick_in_one_write(self):
        task = self._task("number")
        task.write({"value": 1.0, "is_done": True})
        self.assertTrue(task.is_done)
        with self.assertRaises(UserError):
            task.write({"value": False, "is_done": True})
        with self.assertRaises(UserError):
            self._task("number", is_done=True)
        self.assertTrue(self._task("number", value=2).is_done)

    def test_a_blank_text_is_no_answer(self):
        task = self._task("text", note="   ")
        self.assertFalse(task.is_done)

    def test_zero_is_a_measured_value(self):
        task = self._task("number")
        self.assertIs(task.read(["value"])[0]["value"], False)
        self.assertIs(task.web_read({"value": {}})[0]["value"], False)
        task.value = 0
        self.assertEqual((task.is_done, task.read(["value"])[0]["value"]), (True, 0.0))
        self.assertIsInstance(task.web_read({"value": {}})[0]["value"], float)

    def test_limits(self):
        table = [
            ("none", -1e6, False), ("min", 2.0, False), ("min", 1.9999, True), ("min", 99, False),
            ("max", 4.0, False), ("max", 4.0001, True), ("max", -5, False),
            ("range", 2.0, False), ("range", 4.0, False), ("range", 1.9, True), ("range", 4.1, True),
        ]  # fmt: skip
        for limits, value, failed in table:
            with self.subTest(limits=limits, value=value):
                task = self._task("number", limits=limits, limit_min=2, limit_max=4, unit="bar")
                self.assertFalse(task.is_failed, "nothing was measured yet")
                task.value = value
                self.assertEqual(task.is_failed, failed)
                self.assertTrue(task.is_done, "a failed check is an answered one")
        self.assertEqual(task.limits_text, "2 to 4 bar")
        self.assertEqual(task.answer_text, "4.1 bar")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._task("number", limits="range", limit_min=5, limit_max=4)

    def test_what_is_no_number_is_refused(self):
        task = self._task("number")
        for value in (float("nan"), float("inf"), "much", [3]):
            with self.subTest(value=value), self.assertRaises(UserError):
                task.write({"value": value})
        self.assertFalse(task.is_done)

    def test_pass_and_fail(self):
        task = self._task("pass_fail")
        task.action_fail()
        self.assertEqual((task.is_done, task.is_failed, task.answer_text), (True, True, "Fail"))
        self.assertEqual(self.request.task_failed_count, 1)
        task.action_pass()
        self.assertEqual((task.is_done, task.is_failed, self.request.task_failed_count), (True, False, 0))
        task.action_toggle_done()
        self.assertFalse(task.is_done)

    def test_mandatory_checks_block_completion(self):
        self.request.action_start()
        task = self._task("number", is_mandatory=True, limits="min", limit_min=2)
        with self.assertRaisesRegex(UserError, "Oil pressure"):
            self.request.action_complete()
        task.value = 1
        self.request.action_complete()
        self.assertEqual(self.request.state, "completed")
        with self.assertRaises(UserError):
            task.value = 3

    def test_who_may(self):
        task = self._task("number", limits="min", limit_min=2, is_mandatory=True)
        for user in (self.operator, self.outsider, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                task.with_user(user).value = 3
        for vals in ({"limit_min": 0}, {"is_mandatory": False}, {"kind": "tick"}, {"name": "x"}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                task.write(vals)
        with self.assertRaises(UserError):
            task.unlink()
        for vals in ({"done_by_id": self.colleague.id}, {"date_done": "2020-01-01"}, {"has_value": True}, {"is_failed": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                task.write(vals)
        task.with_user(self.colleague).value = 3
        self.assertEqual(task.done_by_id, self.colleague)
        self.assertTrue(task.can_answer)
        self.assertFalse(task.can_define)
        own = self.env["maintenance.task"].with_user(self.technician).create(
            {"maintenance_request_id": self.request.id, "name": "Mine"}
        )
        own.name = "Mine too"
        own.unlink()
        # who helps with another team's work reads it, and answers nothing; over is over for all
        self.request.message_subscribe(self.outsider.partner_id.ids)
        self.assertFalse(task.with_user(self.outsider).can_answer)
        self.request.sudo().action_complete()
        self.env.invalidate_all()
        for user in (self.technician, self.planner):
            self.assertFalse(task.with_user(user).can_answer)

    def test_the_next_occurrence_has_no_answers(self):
        self._task("number", value=3, note="ok")
        self._task(is_done=True)
        again = self.request.sudo().copy()
        self.assertEqual(again.task_ids.mapped("is_done"), [False, False])
        self.assertEqual(again.task_ids.mapped("has_value"), [False, False])
        self.assertFalse(any(again.task_ids.mapped("note")))

    # -- Follow-up ------------------------------------------------------------------------------

    def _failed(self):
        task = self._task("number", limits="range", limit_min=2, limit_max=4, unit="bar", is_mandatory=True)
        task.write({"value": 1.2, "note": "<b>Filter</b> is blocked"})
        return task

    def test_a_failed_check_raises_one_work_order(self):
        task = self._failed()
        action = task.action_follow_up()
        follow_up = task.follow_up_ids
        self.assertEqual((action["res_model"], action["res_id"]), ("maintenance.request", follow_up.id))
        self.assertEqual(follow_up.name, "Oil pressure: 1.2 bar (2 to 4 bar)")
        self.assertEqual(
            (follow_up.state, follow_up.equipment_id, follow_up.owner_user_id, follow_up.priority),
            ("requested", self.conveyor, self.technician, "2"),
        )
        self.assertEqual((follow_up.origin_request_id, follow_up.origin_task_id), (self.request, task))
        self.assertNotIn("<b>", follow_up.description)
        self.assertFalse(follow_up.date_approved)
        self.assertEqual(task.with_user(self.colleague).action_follow_up()["res_id"], follow_up.id)
        self.assertEqual(len(task.follow_up_ids), 1)
        self.request.action_start()
        self.request.action_complete()
        self.assertEqual(task.action_follow_up()["res_id"], follow_up.id)

    def test_after_completion_it_can_still_be_reported(self):
        task = self._failed()
        self.request.action_start()
        self.request.action_complete()
        task.action_follow_up()
        self.assertEqual(len(task.follow_up_ids), 1)

    def test_preventive_work_approved_beforehand_does_not_approve_the_follow_up(self):
        self.company.preventive_pre_approved = True
        self.request.sudo().maintenance_type = "preventive"
        task = self._failed()
        task.action_follow_up()
        self.assertEqual(task.follow_up_ids.state, "requested")

    def test_only_failed_checks_and_their_team(self):
        with self.assertRaisesRegex(UserError, "did not fail"):
            self._task("number", value=3).action_follow_up()
        task = self._failed()
        for user in (self.operator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                task.with_user(user).action_follow_up()
        with self.assertRaises(UserError):
            self._report(origin_task_id=task.id)
        with self.assertRaises(UserError):
            self.request.write({"origin_request_id": self.request.id})

    def test_the_database_knows_one_follow_up(self):
        task = self._failed()
        task.action_follow_up()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["maintenance.request"].create(task._prepare_follow_up_vals())
