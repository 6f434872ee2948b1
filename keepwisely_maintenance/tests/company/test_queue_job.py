"""What is to be done at once is a job where OCA's `queue_job` is installed (`make test WITH=queue_job`), else the scheduler's."""

from odoo import fields
from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestCalledAtOnce(MaintenanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("keepwisely_maintenance.ir_cron_todo_mails")
        cls.seal.seller_ids.price = 800.0

    def _ask(self):
        """Parts to decide on; returns the to-do of whoever decides, about which an e-mail is due."""
        request = self._create_job_part(self.seal, 60).maintenance_request_id
        return self._activities(self.procurement, request.requisition_ids).sudo()

    def _calls(self):
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).mapped("call_at")

    def test_the_scheduler_is_called(self):
        if "queue.job" in self.env:
            self.skipTest("queue_job is installed")
        self.assertTrue(self._ask().maintenance_is_untold)
        self.assertTrue(any(call <= fields.Datetime.now() for call in self._calls()))

    def _jobs(self):
        return self.env["queue.job"].search([("identity_key", "=", f"maintenance_cron_{self.cron.id}")])

    def _skip_without_jobs(self):
        if "queue.job" not in self.env:
            self.skipTest("queue_job is not installed")

    def test_a_job_is_made_once_and_does_the_same(self):
        self._skip_without_jobs()
        from odoo.addons.queue_job.job import Job  # where it is installed

        todos = self._ask() | self._ask()
        job = self._jobs()
        self.assertEqual((len(job), job.state, job.user_id), (1, "pending", self.technician))
        self.assertFalse(any(call <= fields.Datetime.now() for call in self._calls()), "the scheduler waits for the job")
        self.assertTrue(self._calls(), "but not for ever")
        self.assertEqual(todos.mapped("maintenance_is_untold"), [True, True])
        with self.enter_registry_test_mode():
            Job.load(self.env, job.uuid).perform()
        self.env.invalidate_all()
        self.assertEqual(todos.mapped("maintenance_is_untold"), [False, False])

    def test_what_runs_already_runs_again(self):
        """A job that finds its scheduled action running leaves it to the scheduler."""
        self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]).unlink()
        self.patch(type(self.cron), "_acquire_one_job", staticmethod(lambda *_args, **_kwargs: None))
        self.cron._maintenance_run()
        self.assertEqual(len(self._calls()), 1)
