from odoo import api, fields, models
from odoo.tools import format_list

from ...words import format_day

#: Requisitions looked after between two commits of the daily job.
BATCH_SIZE = 50


class MaintenanceRequisitionReminders(models.Model):
    """What waits is not forgotten: reminders, escalation, and tiers that nobody serves any more.

    Days are whole days since the tier was asked. Everything is done at most once a day, so the
    job may run again.
    """

    _inherit = "maintenance.requisition"

    date_waiting = fields.Datetime(
        "Waits since", readonly=True, copy=False, help="When the tier it waits for was asked."
    )
    date_reminded = fields.Date("Reminded on", readonly=True, copy=False)
    date_escalated = fields.Date("Escalated on", readonly=True, copy=False)

    @api.model
    def _cron_remind_approvers(self):
        """Remind and escalate, and find what waits for nobody."""
        waiting = self.search([("state", "=", "to_approve")], order="id")
        self.env["ir.cron"]._maintenance_work_through((waiting, lambda batch: batch._follow_waiting()), limit=BATCH_SIZE)

    def _follow_waiting(self):
        # decided on while the batches before were followed
        waiting = self.filtered(lambda requisition: requisition.state == "to_approve")
        deciders = waiting._get_deciders()
        waiting._report_unserved(deciders)
        waiting.filtered(lambda requisition: requisition._is_reminder_due())._remind(deciders)
        waiting.filtered(lambda requisition: requisition._is_escalation_due())._escalate(deciders)

    def _get_days_waited(self):
        """Days since the tier was asked."""
        self.ensure_one()
        since = self.date_waiting or self.date_submitted
        return self.company_id._maintenance_plant_days_since(since)

    def _is_reminder_due(self):
        self.ensure_one()
        interval = self.company_id.approval_reminder_days
        if not interval or self._get_days_waited() < interval:
            return False
        return not self.date_reminded or (self.company_id._get_plant_day() - self.date_reminded).days >= interval

    def _is_escalation_due(self):
        self.ensure_one()
        days = self.company_id.approval_escalation_days
        return bool(days) and not self.date_escalated and self._get_days_waited() >= days

    def _remind(self, deciders):
        """Remind who can decide; a to-do that was closed without a decision comes back."""
        self._plan_approvals()
        for requisition in self:
            requisition._tell(
                requisition.env["res.users"].union(*deciders[requisition]),
                lambda record: record.env._(
                    "%(requisition)s waits for your approval since %(date)s.",
                    requisition=record.name,
                    date=format_day(
                        record.env, record.company_id._get_plant_day(record.date_waiting or record.date_submitted)
                    ),
                ),
            )
        for company, requisitions in self.grouped("company_id").items():
            requisitions.date_reminded = company._get_plant_day()

    def _escalate(self, deciders):
        """Tell somebody above; that gives them no right to decide."""
        for requisition in self:
            approvers = requisition.env["res.users"].union(*deciders[requisition])
            people = requisition._get_escalation_users(approvers)
            requisition._tell(people, lambda record: record._describe_waiting(deciders[record]))
            words = {
                "days": requisition._get_days_waited(),
                "tier": requisition.current_tier_id.name,
                "people": format_list(self.env, people.mapped("name")) or "-",
            }
            requisition._message_log(
                body=self.env._("Waited a day for %(tier)s; told %(people)s.", **words)
                if words["days"] == 1
                else self.env._("Waited %(days)s days for %(tier)s; told %(people)s.", **words)
            )
        for company, requisitions in self.grouped("company_id").items():
            requisitions.date_escalated = company._get_plant_day()

    def _describe_waiting(self, deciders):
        words = {
            "requisition": self.name,
            "tier": self.current_tier_id.name,
            "days": self._get_days_waited(),
            "people": ", ".join(user.name for user in deciders) or self.env._("nobody"),
        }
        if words["days"] == 1:
            return self.env._("%(requisition)s waits for %(tier)s for a day; who can decide: %(people)s.", **words)
        return self.env._("%(requisition)s waits for %(tier)s for %(days)s days; who can decide: %(people)s.", **words)

    def _get_escalation_users(self, approvers):
        """The person of the company, else the next tier, else who leads purchasing or the database."""
        self.ensure_one()
        named = self.company_id.approval_escalation_user_id
        if named.active and not named.share:
            return named
        excluded = self._get_excluded_approvers()
        tiers = self.with_context(active_test=False).tier_ids.sorted()
        later = tiers[tiers.ids.index(self.current_tier_id.id) + 1 :]
        return (
            (later[0]._get_approvers(excluded) - approvers if later else approvers.browse())
            or self._get_members("purchase.group_purchase_manager") - approvers - excluded
            or self._get_members("base.group_system") - approvers - excluded
        )

    def _tell(self, users, get_text):
        """Notify ``users``, each in their language.

        :param get_text: called with the requisition in that language.
        """
        self.ensure_one()
        for lang, readers in users.grouped("lang").items():
            requisition = self.with_context(lang=lang)
            requisition.message_notify(
                partner_ids=readers.partner_id.ids, subject=requisition.name, body=get_text(requisition)
            )
