from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestScheduler(MaintenanceCase):
    """A scheduled action does what it can: one record that fails stops no other, and administrators are told once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.approval_reminder_days = 1
        cls.seal.seller_ids.price = 800.0
        cls.requisitions = cls.env["maintenance.requisition"]
        for _n in range(5):
            requisition = cls.requisitions.with_user(cls.technician).create(
                {"line_ids": [Command.create({"product_id": cls.seal.id})]}
            )
            requisition.action_submit()
            cls.requisitions |= requisition.sudo()
        cls.requisitions.date_waiting = "2026-01-05 08:00:00"
        cls.administrator = cls.env.ref("base.user_admin")

    def _failing(self, method, *broken, error=None):
        """``method`` of the records' model writes something and then fails where one of ``broken`` is among its records."""
        model = type(broken[0])
        native = getattr(model, method)

        def fail(records):
            result = native(records)
            if records & broken[0].union(*broken):
                raise error or UserError("It is odd")
            return result

        return patch.object(model, method, fail)

    def _todos(self, record):
        return self._activities(self.administrator, record)

    def test_one_that_fails_stops_no_other(self):
        odd, others = self.requisitions[2], self.requisitions - self.requisitions[2]
        for _day in range(2):
            with self._failing("_follow_waiting", odd), mute_logger("odoo.addons.keepwisely_maintenance.models.company.ir_cron"):
                self._run_cron("ir_cron_approvals")
        self.assertTrue(all(others.mapped("date_reminded")))
        self.assertFalse(odd.date_reminded, "nothing of it is done")
        todo = self._todos(odd).filtered(lambda todo: "scheduler" in (todo.summary or ""))
        self.assertEqual(len(todo), 1, "told once")
        self.assertIn("It is odd", todo.note)
        self.assertFalse(others.activity_ids.filtered(lambda todo: "scheduler" in (todo.summary or "")))

    def test_what_is_no_refusal_is_for_the_log(self):
        for error, told in ((ValueError("<i>tuple index</i>"), "server"), (UserError("<i>odd</i>"), "&lt;i&gt;odd&lt;/i&gt;")):
            odd = self.requisitions[0 if told == "server" else 1]
            with (
                self._failing("_follow_waiting", odd, error=error),
                mute_logger("odoo.addons.keepwisely_maintenance.models.company.ir_cron"),
            ):
                self._run_cron("ir_cron_approvals")
            note = self._todos(odd).filtered(lambda todo: "scheduler" in (todo.summary or "")).note
            self.assertIn(told, note)
            self.assertNotIn("tuple index", note)

    def test_an_answered_to_do_that_cannot_be_deleted_stops_no_e_mail(self):
        odd, good = self.requisitions[:2]
        answered = self.env["mail.activity"].create(
            {"res_model_id": self.env["ir.model"]._get_id(odd._name), "res_id": odd.id, "summary": "Odd", "user_id": self.env.uid}
        )
        answered._maintenance_answer()
        untold = self._activities(self.procurement, good)
        self.assertTrue(untold.sudo().maintenance_is_untold)
        with self._failing("unlink", answered), mute_logger("odoo.addons.keepwisely_maintenance.models.company.ir_cron"):
            self._run_cron("ir_cron_todo_mails")
        self.assertTrue(answered.exists())
        self.assertFalse(untold.sudo().maintenance_is_untold)

    def test_what_has_no_to_dos_is_told_on_the_administrator(self):
        job = self._assigned()
        job.with_user(self.technician).action_start()
        job.with_user(self.technician).action_timer_start()
        running = job.sudo().labor_ids.filtered("is_running")
        running.timer_start = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        with self._failing("_stop", running), mute_logger("odoo.addons.keepwisely_maintenance.models.company.ir_cron"):
            self._run_cron("ir_cron_forgotten_timers")
        self.assertTrue(running.is_running)
        told = self._todos(self.administrator.partner_id)
        self.assertEqual(len(told.filtered(lambda todo: running.display_name in todo.summary)), 1)

    def test_the_scheduler_goes_on_where_time_was_up(self):
        """What is followed stays among those that wait: begun anew each time, the last would never be reached."""
        followed, model = [], type(self.requisitions)
        native = model._follow_waiting

        def _follow_waiting(requisitions):
            followed.extend(requisitions.ids)
            return native(requisitions)

        crons = type(self.env["ir.cron"])
        run = crons._maintenance_work_through
        with (
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            patch.object(model, "_follow_waiting", _follow_waiting),
            patch.object(crons, "_maintenance_work_through", lambda cron, *works, limit: run(cron, *works, limit=2)),
        ):
            told = self._run_cron("ir_cron_approvals")
        waiting = self.requisitions.search([("state", "=", "to_approve")], order="id")
        self.assertEqual(followed, waiting.ids)
        self.assertEqual(told[:4], [len(waiting), 2, len(waiting) - 2, 2])
