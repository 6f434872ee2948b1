import logging
import random
import time
from datetime import timedelta
from functools import partial

from markupsafe import escape
from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

#: The scheduler goes on with what it was doing so long ago; after that it begins anew.
GOES_ON = timedelta(hours=1)

#: So often what others write at the same time may come between, as with clicks.
TRIES = 5

#: Minutes that a job may wait for whoever takes it.
JOBS_BEGIN_IN = 5


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _maintenance_call(self):
        """Have the scheduled actions run at once: as jobs where OCA's `queue_job` is installed, else by the scheduler.

        A job runs the same code, and is there once however often it is called for before it begins.
        """
        if "queue.job" not in self.env:
            self._trigger()
            return
        for cron in self:
            cron.with_delay(identity_key=f"maintenance_cron_{cron.id}", description=cron.name)._maintenance_run()
        # where nothing takes jobs, the scheduler does
        self._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=JOBS_BEGIN_IN))

    def _maintenance_run(self):
        """What a job does. The scheduled action that runs already may have begun before what this is about."""
        try:
            self.method_direct_trigger()
        except UserError:
            self._trigger()

    @api.model
    def _maintenance_work_through(self, *works, limit=100):
        """Do what is to be done in batches that are committed; a record that fails stops no other.

        When time is up the scheduler comes again: what was done is not begun anew, also where it is still among them.

        :param works: pairs of records, in an order that is the same each time, and what is called with some of them.
        :param int limit: how many records between two commits.
        """
        count, left = sum(len(records) for records, _step in works), self._maintenance_get_left()
        skipped = 0 if left is None else max(count - left, 0)
        self._commit_progress(remaining=count - skipped)
        for records, step in works:
            for ids in split_every(limit, records[skipped:].ids):
                if not self._maintenance_again(partial(self._maintenance_do_batch, records.browse(ids), step)):
                    return
            skipped = max(skipped - len(records), 0)

    @api.model
    def _maintenance_do_batch(self, records, step, tries_left):
        """:returns: as `_commit_progress`: for how long the scheduler goes on."""
        self._maintenance_do_safely(records.exists(), step, tries_left)
        return self._commit_progress(len(records))

    @api.model
    def _maintenance_again(self, work):
        """Do ``work``, and when others wrote the same meanwhile again, with what they wrote.

        Natively the scheduled action has failed then, and comes again at its next hour: a day later. What is not committed
        is taken back before, so ``work`` begins where something was committed, and looks again whether there is a reason.

        :param work: called with the number of tries that are left.
        """
        for tries_left in reversed(range(TRIES)):
            try:
                return work(tries_left)
            except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation) as error:
                if not tries_left:
                    raise
                _logger.info("Others wrote at the same time, %s tries left: %s", tries_left, error)
                self.env.cr.rollback()
                self.env.transaction.reset()
                self.env.registry.reset_changes()
                time.sleep(random.uniform(0.1, 0.5))

    @api.model
    def _maintenance_get_left(self):
        """How much the scheduler has to do still of what it was doing just now; None when it begins."""
        # sudo: how far the scheduler has come is read by the scheduled action itself
        progress = self.env["ir.cron.progress"].sudo()
        current = progress.browse(self.env.context.get("ir_cron_progress_id")).exists()
        before = current and progress.search(
            [("cron_id", "=", current.cron_id.id), ("id", "<", current.id)], order="id desc", limit=1
        )
        is_cut_short = before and before.done and before.remaining
        return before.remaining if is_cut_short and self.env.cr.now() - before.create_date < GOES_ON else None

    @api.model
    def _maintenance_do_safely(self, records, step, tries_left=0):
        """Halve what fails until the record is found; nothing of it is done, and administrators are told.

        :param int tries_left: how often all of it can be done again, if others may have added the same at the same time.
        """
        if not records:
            return
        try:
            with self.env.cr.savepoint():
                step(records)
        except OperationalError:
            raise  # others wrote at the same time, or the database goes: all of it is done again
        except Exception as error:
            if tries_left and isinstance(error, UniqueViolation):
                raise
            if len(records) == 1:
                _logger.exception("%s %s (%s) is left out", records._description, records.display_name, records.id)
                self._maintenance_tell_administrators(records, error)
                return
            half = len(records) // 2
            for part in (records[:half], records[half:]):
                self._maintenance_do_safely(part, step, tries_left)

    @api.model
    def _maintenance_tell_administrators(self, record, error):
        """One to-do about the record for each administrator until it is done: on the record, else on the person."""
        company = record.company_id if "company_id" in record._fields else self.env.company
        administrators = self.env.ref("base.group_system").all_user_ids.filtered(
            lambda user: user.active and not user.share and (not company or company in user.company_ids)
        )
        # of what is no refusal the log says more than a person can use
        reason = str(error) if isinstance(error, UserError) else ""
        for user in administrators:
            on = record if isinstance(record, self.pool["mail.activity.mixin"]) else user.partner_id
            try:
                with self.env.cr.savepoint():
                    self._maintenance_tell_administrator(user, on, record, company, reason)
            except OperationalError:
                raise
            except Exception:
                _logger.exception("%s cannot be told on %s (%s)", user.login, on._description, on.id)
                if on != user.partner_id:  # what is odd about the record may keep to-dos from it as well
                    self._maintenance_tell_administrator(user, user.partner_id, record, company, reason)

    @api.model
    def _maintenance_tell_administrator(self, user, on, record, company, reason):
        env = self.with_context(lang=user.lang).env
        summary = env._("%s: the scheduler cannot go on with it", record.display_name)
        same = Domain("user_id", "=", user.id) & Domain("summary", "=", summary)
        if not on.activity_ids.filtered_domain(same):
            # sudo: the message is the system's, whatever the scheduler runs as
            on.sudo().with_env(env(su=True)).activity_schedule(
                "mail.mail_activity_data_warning",
                (company or self.env.company)._get_plant_day(),
                user_id=user.id,
                summary=summary,
                note=escape(env._("It is left out, and all else is done: %s", reason or env._("see the server's log"))),
            )
