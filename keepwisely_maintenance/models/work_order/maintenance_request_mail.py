from odoo import api, models
from odoo.tools import html2plaintext, plaintext2html

from .maintenance_request_reporter import MAX_TEXT, make_title


class MaintenanceRequestMail(models.Model):
    """Reports by e-mail to the address of a team."""

    _inherit = "maintenance.request"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Take over what natively stays empty or wrong: company of the team, a title, a description, who reports.

        The whole message with its attachments stands below the work order, as natively.
        """
        values = dict(custom_values or {})
        team = self.env["maintenance.team"].browse(values.get("maintenance_team_id"))
        company = team.company_id or self.env.company
        text = html2plaintext(msg_dict.get("body") or "").strip()
        title = make_title(msg_dict.get("subject") or "") or make_title(text) or self.env._("Report by e-mail")
        values.setdefault("company_id", company.id)
        values.setdefault("name", title)
        values.setdefault("description", text and plaintext2html(text[:MAX_TEXT]))
        values.setdefault("owner_user_id", self._find_reporter(msg_dict).id)
        values.setdefault("reported_via", "email")
        return super(MaintenanceRequestMail, self.with_company(company)).message_new(msg_dict, values)

    @api.model
    def _find_reporter(self, msg_dict):
        """The colleague who wrote; natively it would be whoever runs the mail gateway."""
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or [])
        return author.user_ids.filtered(lambda user: user._is_internal())[:1]
