import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...words import format_day

_logger = logging.getLogger(__name__)

MANAGER_GROUP = "purchase.group_purchase_manager"

#: The to-do is due so many days after the review is made.
DAYS_TO_DECIDE = 4


class MaintenancePurchaseReview(models.Model):
    """The open purchase orders for maintenance of one company in one week, as they were when the list was made.

    A list is made once a week (see `_make`) and never changes; what people decide on its lines is
    carried out on the orders. The next list takes over what nobody decided on.
    """

    _name = "maintenance.purchase.review"
    _description = "Open Order Review"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _allow_sudo_commands = False
    _order = "date desc, id desc"

    name = fields.Char(required=True, readonly=True)
    date = fields.Date("Made on", required=True, readonly=True, help="The day in the plant on which the list was made.")
    week = fields.Char(required=True, readonly=True, help="The week by ISO 8601, such as 2026-W48.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("maintenance.purchase.review.line", "review_id", "Lines", readonly=True)
    is_followed = fields.Boolean(
        "Followed", readonly=True, help="A later review has taken over what was not decided on."
    )
    state = fields.Selection(
        [("open", "To decide"), ("done", "Done")], compute="_compute_state", store=True, index=True,
        help="Done once every line with a finding is decided on, or when a later review has taken over.",
    )  # fmt: skip
    line_count = fields.Integer("Open lines", compute="_compute_state", store=True, help="Lines of open orders looked at.")
    finding_count = fields.Integer(
        "Findings", compute="_compute_state", store=True, help="Lines with at least one finding."
    )
    undecided_count = fields.Integer(
        "To decide", compute="_compute_state", store=True, help="Lines with a finding that nobody has decided on."
    )
    progress = fields.Float(
        compute="_compute_state", store=True, aggregator=None, help="Share of the findings decided on, in percent."
    )
    amount_open = fields.Monetary(
        "To come", compute="_compute_state", store=True,
        help="What was ordered and not received when the list was made, in the company's currency, taxes excluded.",
    )  # fmt: skip

    _once_a_week = models.UniqueIndex("(company_id, week)", "The open orders of this week are reviewed already.")

    # -- Computes -----------------------------------------------------------------------------------

    @api.depends("is_followed", "line_ids.reason", "line_ids.decision", "line_ids.amount_open")
    def _compute_state(self):
        for review in self:
            findings = review.line_ids.filtered("reason")
            undecided = findings.filtered(lambda line: not line.decision)
            review.line_count = len(review.line_ids)
            review.finding_count = len(findings)
            review.undecided_count = len(undecided)
            review.progress = 100.0 * (1 - len(undecided) / len(findings)) if findings else 100.0
            review.amount_open = sum(review.line_ids.mapped("amount_open"))
            review.state = "open" if undecided and not review.is_followed else "done"

    # -- Making ---------------------------------------------------------------------------------------

    @api.model
    def _cron_review(self):
        """Make this week's review of every company that wants one.

        Each company is committed on its own: what fails in one, or ends the job half-way, leaves the
        others done and none half done. What failed is tried again a day later.
        """
        companies = self.env["res.company"].search([("order_review", "=", True)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        failed = False
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._make(company)
            except Exception:
                failed = True
                _logger.exception("The open orders of %s could not be reviewed", company.name)
            if not cron._commit_progress(1):
                return
        if failed:
            trigger = self.env.ref("keepwisely_maintenance.ir_cron_order_review")
            trigger._trigger(fields.Datetime.add(fields.Datetime.now(), days=1))

    @api.model
    def action_make(self):
        """Make this week's review of the current company now, or open it.

        :raises AccessError: the user is no purchase manager.
        :raises UserError: no order is open.
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Open orders are reviewed by purchase managers."))
        # sudo: nobody may write the list by hand, so that it says what was found
        review = self.sudo()._make(self.env.company)
        if not review:
            raise UserError(self.env._("There is nothing to review: no purchase order for maintenance is open."))
        return review.sudo(False).action_open_lines()

    @api.model
    def _make(self, company):
        """This week's review of ``company``; made, and its people told, if it is not there yet.

        :returns: the review, empty when no order is open.
        """
        reviews = self.with_company(company)
        today = company._get_plant_day()
        year, week, _weekday = today.isocalendar()
        key = f"{year}-W{week:02}"
        existing = reviews.search([("company_id", "=", company.id), ("week", "=", key)])
        if existing:
            return existing
        vals_list = reviews._prepare_lines(company)
        if not vals_list:
            return existing
        review = reviews.create(
            {
                "name": self.env._("Open orders %s", key),
                "date": today,
                "week": key,
                "company_id": company.id,
            }
        )
        lines = self.env["maintenance.purchase.review.line"]
        lines.create([{**vals, "review_id": review.id} for vals in vals_list])
        review._follow_earlier()
        if review.state == "open":
            review._tell_people()
        return review

    def _follow_earlier(self):
        """Decisions are taken in one place: here, no longer on earlier lists."""
        self.ensure_one()
        earlier = self.search(
            [("company_id", "=", self.company_id.id), ("id", "!=", self.id), ("is_followed", "=", False)]
        )
        earlier.is_followed = True
        earlier._close_activities()

    # -- Telling ---------------------------------------------------------------------------------------

    def _get_people(self):
        """Who is asked: the person of the company, else its purchase managers."""
        self.ensure_one()
        named = self.company_id.order_review_user_id
        if named.active and not named.share and self.with_user(named).has_access("read"):
            return named
        return self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )

    def _tell_people(self):
        """A to-do and a mail with the workbook, each in their language."""
        self.ensure_one()
        people = self._get_people()
        for user in people:
            # without a notification of its own: the mail below says more
            review = self.with_context(lang=user.lang, mail_activity_quick_update=True)
            review.activity_schedule(
                "keepwisely_maintenance.mail_activity_order_review",
                date_deadline=fields.Date.add(self.date, days=DAYS_TO_DECIDE),
                summary=review._describe(),
                user_id=user.id,
            )
        for lang, readers in people.grouped("lang").items():
            review = self.with_context(lang=lang)
            review.message_notify(
                partner_ids=readers.partner_id.ids,
                subject=review._describe(),
                body=review._describe_body(),
                attachments=[review._get_workbook_file()],
            )

    def _describe(self):
        return self.env._(
            "%(review)s: %(count)s lines to decide on", review=self.name, count=self.undecided_count
        )

    def _describe_body(self):
        """What was found, in a sentence; the rest stands in the workbook."""
        waiting = self.line_ids.filtered(lambda line: line.reason and line.times_undecided)
        return self.env._(
            "%(lines)s lines of purchase orders for maintenance were open on %(date)s, %(findings)s of them with a "
            "finding; %(waiting)s were not decided on last time and come first. The workbook lists them all.",
            lines=self.line_count,
            date=format_day(self.env, self.date),
            findings=self.finding_count,
            waiting=len(waiting),
        )

    def _close_activities(self):
        """The to-do is done when nothing is left to decide on here."""
        done = self.filtered(lambda review: review.state == "done")
        # sudo: whoever decides last ends the to-do of everybody
        done.sudo().activity_unlink(["keepwisely_maintenance.mail_activity_order_review"])

    # -- Opening ----------------------------------------------------------------------------------------

    def action_open_lines(self):
        """Open the lines with findings; those nobody decided on last time come first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_purchase_review_lines")
        return {
            **action,
            "name": self.name,
            "domain": [("review_id", "=", self.id)],
            "context": {"search_default_with_finding": 1, "search_default_to_decide": int(self.state == "open")},
        }
