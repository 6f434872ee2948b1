from markupsafe import Markup

from odoo import api, fields, models

from ...const import DONE_STATES
from .res_users import PLANNERS

#: As a mail shows it; the screen has the classes besides.
BUTTON = Markup(
    '<a class="btn btn-%s" href="%s" style="display:inline-block; margin:0 8px 8px 0; padding:12px 16px; border-radius:4px; '
    'border:1px solid #714B67; font-weight:bold; text-decoration:none; color:%s; background-color:%s">%s</a>'
)


class MaintenanceRequestAsk(models.Model):
    """Whoever reported a problem is asked whether it is fixed once the work is done, in a message with both answers."""

    _inherit = "maintenance.request"

    maintenance_is_answer_due = fields.Boolean(
        "Waits for the reporter", compute="_compute_maintenance_is_answer_due", store=True,
        help="It is completed, and whoever reported it has not said yet whether it is fixed.",
    )  # fmt: skip

    @api.depends("state", "date_fix_confirmed", "owner_user_id")
    def _compute_maintenance_is_answer_due(self):
        for request in self:
            request.maintenance_is_answer_due = (
                request.state == "completed" and bool(request.owner_user_id) and not request.date_fix_confirmed
            )

    def _follow_move(self, before):
        result = super()._follow_move(before)
        done = self.filtered(lambda request: request.state in DONE_STATES and before[request.id] not in DONE_STATES)
        done._maintenance_ask_if_fixed()
        return result

    def _maintenance_ask_if_fixed(self):
        """One message to the reporter; planners who reported it close it, and whoever did the work themselves knows."""
        # sudo: whoever completes need not be able to read users
        for request in self.sudo():
            reporter = request.owner_user_id
            if not reporter.active or reporter == self.env.user or reporter.share or reporter.has_group(PLANNERS):
                continue
            self._maintenance_get_asked().add(request.id)
            request = request.with_context(lang=reporter.lang or self.env.lang)
            request.message_notify(
                partner_ids=reporter.partner_id.ids,
                subject=request.env._("Is it fixed? %s", request.display_name),
                body=request._maintenance_word_question(),
            )

    def _maintenance_word_question(self):
        self.ensure_one()
        address = f"{self.get_base_url()}/maintenance/report/{self.id}"
        body = Markup("<p>%s</p>") % self.env._("%s is done.", self.display_name)
        if self.work_done:
            body += Markup("<p>%s</p>") % self.env._("What was done: %s", self.work_done)
        return body + Markup("<p><b>%s</b></p><p>%s%s</p>") % (
            self.env._("Is it fixed?"),
            BUTTON % ("primary", f"{address}/fixed", "#FFFFFF", "#714B67", self.env._("Yes, it is fixed")),
            BUTTON % ("secondary", f"{address}/not-fixed", "#374151", "#FFFFFF", self.env._("Not fixed")),
        )

    @api.model
    def _maintenance_get_asked(self):
        """Ids of work orders whose reporters got the question in this transaction, instead of the change of stage."""
        return self.env.cr.precommit.data.setdefault("keepwisely_maintenance.asked", set())

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        # sudo: whoever completes need not be able to read users and what was tracked
        request, message = self.sudo(), message.sudo()
        is_change = message.message_type != "user_notification" and message.tracking_value_ids
        if is_change and request.id in self._maintenance_get_asked():
            asked = request.owner_user_id.partner_id.id
            recipients = [recipient for recipient in recipients if recipient["id"] != asked]
        return recipients
