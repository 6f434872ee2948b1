"""Scheduled actions and people write the same at the same time, on connections of their own."""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.company import ir_cron
from ..commit_common import CommitCase
from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestTheSchedulerMeetsOthers(CommitCase):
    """Natively a scheduled action that meets somebody has failed, and comes again a day later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.registry.cursor() as cr:
            cls.ids = cls._env(cr)["res.partner"].create([{"name": f"Kw {number}"} for number in range(3)]).ids

    def setUp(self):
        super().setUp()
        self.slept = []
        self.startPatcher(patch.object(ir_cron.time, "sleep", self.slept.append))

    def _write_elsewhere(self, vals):
        with self.registry.cursor() as cr:
            self._env(cr)["res.partner"].browse(self.ids[1]).write(vals)

    def test_a_batch_is_done_again_with_what_others_wrote(self):
        seen = []

        def step(partners):
            seen.append(partners.mapped("ref"))
            if len(seen) == 1:
                self._write_elsewhere({"ref": "of others"})
            for partner in partners:
                partner.comment = f"{partner.ref} and ours"

        with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
            partners = self._env(cr)["res.partner"].browse(self.ids)
            partners.env["ir.cron"]._maintenance_work_through((partners, step), limit=2)
        self.assertEqual(seen, [[False, False], [False, "of others"], [False]])
        with self.registry.cursor() as cr:
            told = self._env(cr)["res.partner"].browse(self.ids).mapped("comment")
        self.assertIn("of others and ours", told[1])
        self.assertEqual((len(list(filter(None, told))), len(self.slept)), (3, 1))

    def test_what_others_added_is_not_added_again(self):
        """What our snapshot does not show yet PostgreSQL refuses to have twice: nothing is wrong with the record."""
        seen = []

        def follow(env):
            env["mail.followers"]._insert_followers("res.partner", self.ids[:1], self.ids[1:2], customer_ids=[])

        def step(partners):
            seen.append(bool(partners.message_follower_ids))
            if len(seen) == 1:
                with self.registry.cursor() as cr:
                    follow(self._env(cr))
            follow(partners.env)

        with self.registry.cursor() as cr, mute_logger("odoo.sql_db"):
            partner = self._env(cr)["res.partner"].browse(self.ids[0])
            partner.env["ir.cron"]._maintenance_work_through((partner, step))
            self.assertFalse(partner.env["mail.activity"].search([("summary", "like", partner.name)]), "nobody is told")
        self.assertEqual(seen, [False, True])

    def test_it_is_given_up_in_the_end(self):
        tried = []

        def step(partners):
            tried.append(partners.ids)
            self._write_elsewhere({"ref": f"of others {len(tried)}"})
            partners.ref = "ours"

        with self.registry.cursor() as cr, mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            partners = self._env(cr)["res.partner"].browse(self.ids)
            partners.env["ir.cron"]._maintenance_work_through((partners, step))
        self.assertEqual(len(tried), ir_cron.TRIES)


@tagged("post_install", "-at_install")
class TestDoneMeanwhile(MaintenanceCase):
    """What people did while the batches before were done is no longer the scheduler's."""

    @contextmanager
    def _meanwhile(self, act):
        """``act`` comes between the search of a scheduled action and its first batch."""
        crons = type(self.env["ir.cron"])
        native = crons._maintenance_work_through

        def work_through(cron, *works, **values):
            act()
            self.env.flush_all()
            return native(cron, *works, **values)

        with patch.object(crons, "_maintenance_work_through", work_through):
            yield

    def test_a_timer_that_was_stopped_by_hand(self):
        job = self._assigned().with_user(self.technician)
        job.action_start()
        job.action_timer_start()
        running = job.sudo().labor_ids.filtered("is_running")
        running.timer_start = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        with self._meanwhile(lambda: running.write({"is_running": False, "hours": 1.5})):
            self._run_cron("ir_cron_forgotten_timers")
        self.assertEqual((running.is_running, running.hours, running.note), (False, 1.5, False))

    def test_an_emergency_that_was_decided_on(self):
        self.seal.seller_ids.price = 800.0
        requisition = self._create_job_part(self.seal, 60, priority="3").maintenance_request_id.requisition_ids
        requisition.with_user(self.planner).action_order_emergency("The line stands")
        requisition.sudo().date_emergency_reminder = last = fields.Datetime.subtract(fields.Datetime.now(), days=8)
        self.assertTrue(requisition.is_emergency_due)
        approver = requisition.sudo().current_tier_id._get_approvers(self.env["res.users"])[:1]
        with self._meanwhile(lambda: requisition.with_user(approver).action_reject("Too dear")):
            self._run_cron("ir_cron_emergency_reminder")
        self.assertFalse(requisition.is_emergency_due)
        self.assertEqual(requisition.date_emergency_reminder, last)
