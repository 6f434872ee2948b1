from odoo import api, fields, models

from ...words import format_day

MANAGER_GROUP = "purchase.group_purchase_manager"

#: The to-do is due so many days after the review is made.
DAYS_TO_DECIDE = 4


class MaintenancePurchaseReview(models.Model):
    """The open purchase orders for maintenance of one company in one week, as they were when the list was made.

    A list is made once a week (see `_cron_review`) and never changes; what people decide on its lines is
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
        [("making", "Being made"), ("open", "To decide"), ("done", "Done")], compute="_compute_state", store=True, index=True,
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

    @api.depends("is_followed", "is_unfinished", "line_ids.reason", "line_ids.decision", "line_ids.amount_open")
    def _compute_state(self):
        """Added up by the database: a list may have many thousand lines, and each decision counts them anew."""
        sums = {}
        for review, reason, decision, count, amount in self.env["maintenance.purchase.review.line"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "reason", "decision"], ["__count", "amount_open:sum"]
        ):
            row = sums.setdefault(review.id, [0, 0, 0, 0.0])
            for index, value in enumerate((count, reason and count, reason and not decision and count, amount)):
                row[index] += value or 0
        for review in self:
            lines, findings, undecided, amount = sums.get(review._origin.id, (0, 0, 0, 0.0))
            review.line_count = lines
            review.finding_count = findings
            review.undecided_count = undecided
            review.progress = 100.0 * (1 - undecided / findings) if findings else 100.0
            review.amount_open = amount
            if review.is_followed or not (undecided or review.is_unfinished):
                review.state = "done"
            else:
                review.state = "making" if review.is_unfinished else "open"

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
        if self.undecided_count == 1:
            return self.env._("%s: 1 line to decide on", self.name)
        return self.env._(
            "%(review)s: %(count)s lines to decide on", review=self.name, count=self.undecided_count
        )

    def _describe_body(self):
        """What was found, in a sentence; the rest stands in the workbook."""
        waiting = self.env["maintenance.purchase.review.line"].search_count(
            [("review_id", "=", self.id), ("reason", "!=", False), ("times_undecided", ">", 0)]
        )
        return self.env._(
            "Lines of purchase orders for maintenance that were open on %(date)s: %(lines)s. With a finding: %(findings)s. "
            "Not decided on last time, so they come first: %(waiting)s. The workbook lists them all.",
            lines=self.line_count,
            date=format_day(self.env, self.date),
            findings=self.finding_count,
            waiting=waiting,
        )

    def _close_activities(self):
        """The to-do is done when nothing is left to decide on here."""
        done = self.filtered(lambda review: review.state == "done")
        # sudo: whoever decides last ends the to-do of everybody
        done.sudo().activity_unlink(["keepwisely_maintenance.mail_activity_order_review"])

    # -- Opening ----------------------------------------------------------------------------------------

    @api.readonly
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
