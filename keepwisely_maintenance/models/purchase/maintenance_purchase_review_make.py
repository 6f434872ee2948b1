import logging
from functools import partial
from operator import itemgetter

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import groupby

from .maintenance_purchase_review import MANAGER_GROUP

_logger = logging.getLogger(__name__)

#: So many open lines, of whole orders, are looked at between two commits.
BATCH_SIZE = 500

#: So many of them are made at least, before time is up, each time that the scheduler comes.
LEAST_BATCHES = 5

#: So many of the orders that could not be looked at are named in a to-do.
MAX_NAMED = 10


class MaintenancePurchaseReviewMake(models.Model):
    """A list is made in batches of whole orders, by their ids, and each batch is committed.

    The review keeps up to which order it looked; whatever ends the run, the next one goes on behind that.
    Earlier lists are over when the first batch begins, people are told after the last.
    """

    _inherit = "maintenance.purchase.review"

    is_unfinished = fields.Boolean("Being made", readonly=True, help="Not all open orders are looked at yet.")
    looked_at_id = fields.Integer(
        "Looked at up to", readonly=True, aggregator=None, help="The number of the last order that was looked at."
    )
    faulty_order_ids = fields.Many2many(
        "purchase.order", "maintenance_purchase_review_faulty_rel", string="Not looked at", readonly=True,
        help="Orders that could not be looked at because of an error; administrators were told.",
    )  # fmt: skip

    @api.model
    def _cron_review(self, limit=BATCH_SIZE):
        """Make this week's review of every company that wants one, and what is left of those begun by hand.

        What fails in one company leaves the others done; it is tried again a day later.

        :param int limit: how many lines between two commits.
        """
        cron = self.env["ir.cron"]
        failed = cron._maintenance_again(self._begin_all)
        batches = {review: review._get_batches(limit) for review in self.search([("is_unfinished", "=", True)], order="id")}
        # the end of each review counts as one
        time_left = cron._commit_progress(remaining=sum(1 + sum(counts.values()) for counts in batches.values()))
        for review, counts in batches.items():
            for done, (until, count) in enumerate(counts.items()):
                # looking for what is left takes as long as some batches
                is_over = not time_left and done and done % LEAST_BATCHES == 0
                if is_over or not review._go_on(until):
                    return
                time_left = cron._commit_progress(count)
            if not cron._maintenance_again(partial(self._try, review.company_id, review._finish)):
                failed.append(review.company_id)
            time_left = cron._commit_progress(1)
        if failed:
            trigger = self.env.ref("keepwisely_maintenance.ir_cron_order_review")
            trigger._trigger(fields.Datetime.add(fields.Datetime.now(), days=1))

    @api.model
    def _begin_all(self, tries_left):
        """:returns: the companies whose review could not be begun."""
        return [
            company
            for company in self.env["res.company"].search([("order_review", "=", True)])
            if not self._try(company, lambda company=company: self._begin(company), tries_left)
        ]

    def _try(self, company, step, tries_left):
        """Whether ``step`` went well; nothing of it is left otherwise, and administrators are told.

        :param int tries_left: how often it can be done again, if others may have added the same at the same time.
        """
        try:
            with self.env.cr.savepoint():
                step()
        except OperationalError:
            raise  # is no fault of what is looked at
        except Exception as error:
            if tries_left and isinstance(error, UniqueViolation):
                raise
            _logger.exception("The open orders of %s could not be reviewed", company.name)
            self.env["ir.cron"]._maintenance_tell_administrators(company, error)
            return False
        return True

    @api.model
    def action_make(self):
        """Make this week's review of the current company now, or open it; of many orders the scheduler makes the rest.

        :raises AccessError: the user is no purchase manager.
        :raises UserError: no order is open.
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Open orders are reviewed by purchase managers."))
        # sudo: nobody may write the list by hand, so that it says what was found
        review = self.sudo()._begin(self.env.company)
        if review.is_unfinished:
            batches = list(review._get_batches(BATCH_SIZE))
            if len(batches) > 1 or not review._go_on(*(batches or [0])):
                self.env.ref("keepwisely_maintenance.ir_cron_order_review").sudo()._maintenance_call()
            else:
                review._finish()
        if not review.exists():
            raise UserError(self.env._("There is nothing to review: no purchase order for maintenance is open."))
        return review.sudo(False).action_open_lines()

    # -- Steps -----------------------------------------------------------------------------------------

    @api.model
    def _begin(self, company):
        """This week's review of ``company``, begun if it is not there yet; empty when no order is open."""
        reviews = self.with_company(company)
        today = company._get_plant_day()
        year, week, _weekday = today.isocalendar()
        key = f"{year}-W{week:02}"
        existing = reviews.search([("company_id", "=", company.id), ("week", "=", key)])
        if existing or not self._find_open_lines(company):
            return existing
        review = reviews.create(
            {
                "name": self.env._("Open orders %s", key),
                "date": today,
                "week": key,
                "company_id": company.id,
                "is_unfinished": True,
            }
        )
        review._follow_earlier()
        return review

    def _follow_earlier(self):
        """Decisions are taken in one place: here, no longer on earlier lists."""
        self.ensure_one()
        earlier = self.search(
            [("company_id", "=", self.company_id.id), ("id", "!=", self.id), ("is_followed", "=", False)]
        )
        earlier.write({"is_followed": True, "is_unfinished": False})
        earlier._close_activities()

    def _get_batches(self, limit):
        """What is left to look at: how many lines, by the order up to which they are looked at together."""
        self.ensure_one()
        batches, count = {}, 0
        rows = self._find_open_lines(self.company_id, after=self.looked_at_id)
        for order_id, lines in groupby(rows, key=itemgetter(0)):
            count += len(lines)
            if count >= limit:
                batches[order_id], count = count, 0
        if count:
            batches[order_id] = count
        return batches

    def _go_on(self, until):
        """List the open lines of the orders up to the id ``until`` that were not looked at yet.

        :returns: whether it was done; if not, somebody else is writing on this review, and the scheduler comes again.
        """
        self.ensure_one()
        try:
            if not self.try_lock_for_update(allow_referencing=True):
                return False
            rows = self._find_open_lines(self.company_id, after=self.looked_at_id, until=until)
            self._list_safely(self.env["purchase.order.line"].browse(line_id for _order_id, line_id in rows))
            self.looked_at_id = max(until, self.looked_at_id)
            self.env.flush_all()
        except OperationalError as error:
            _logger.info("The review %s goes on later: %s", self.id, error)
            self.env.cr.rollback()
            return False
        return True

    def _list_safely(self, purchases, alone=False):
        """Put on the list what belongs there; an order that fails is left out and remembered, the others are listed.

        :param bool alone: without those they may duplicate, which may be what fails.
        """
        try:
            with self.env.cr.savepoint():
                others = purchases.browse() if alone else self._find_others(purchases)
                vals_list = self._prepare_lines(self.company_id, purchases, others)
                self.env["maintenance.purchase.review.line"].create([{**vals, "review_id": self.id} for vals in vals_list])
        except OperationalError:
            raise
        except Exception:
            orders = purchases.order_id
            if len(orders) > 1:
                half = orders[: len(orders) // 2]
                for part in (half, orders - half):
                    self._list_safely(purchases.filtered(lambda line, part=part: line.order_id in part))
            elif not alone:
                _logger.warning("Order %s is compared with no other", orders.name, exc_info=True)
                self._list_safely(purchases, alone=True)
            else:
                _logger.exception("Order %s could not be reviewed", orders.name)
                self.faulty_order_ids = [fields.Command.link(orders.id)]

    def _finish(self):
        """All is looked at: people are told; a list on which nothing stands goes."""
        self.ensure_one()
        if not self.line_count and not self.faulty_order_ids:
            self.unlink()
            return
        self.is_unfinished = False
        if self.state == "open":
            self._tell_people()
        if self.faulty_order_ids:
            self._tell_administrators()

    def _tell_administrators(self):
        """Those who can find out what is wrong with the orders that could not be looked at."""
        administrators = self.env.ref("base.group_system").all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        administrators = administrators.filtered(lambda user: self.with_user(user).has_access("read"))
        for user in administrators or self._get_people():
            env = self.with_context(lang=user.lang).env
            names = self.faulty_order_ids.mapped("name")
            named = ", ".join(names[:MAX_NAMED]) + (" …" if len(names) > MAX_NAMED else "")
            self.with_env(env).activity_schedule(
                "mail.mail_activity_data_warning",
                self.date,
                user_id=user.id,
                summary=env._("An order could not be reviewed")
                if len(names) == 1
                else env._("%s orders could not be reviewed", len(names)),
                note=env._("An error kept %s from being looked at; the log of the server says which.", named),
            )
