import logging

from odoo import api, models
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)

#: ``Precedence`` of what was sent to many, or by nobody.
BULK = ("auto_reply", "bulk", "junk", "list")


def is_answer_of_machine(message):
    """Whether nobody wrote this mail: an automatic answer or a report of the mail system (RFC 3834)."""
    auto = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
    return_path = message.get("Return-Path")
    return (
        auto != "no"
        or (message.get("Precedence") or "").strip().lower() == "auto_reply"
        or (return_path is not None and return_path.strip() in ("", "<>"))
    )


def is_mail_of_machine(message):
    """Whether this mail is no report of a person: an automatic answer, or something that is sent to many."""
    return (
        is_answer_of_machine(message)
        or (message.get("Precedence") or "").strip().lower() in BULK
        or (message.get("X-Auto-Response-Suppress") or "none").strip().lower() != "none"
    )


class MailThread(models.AbstractModel):
    """Mails that machines write make no work orders, and what answers by itself is not passed on to people who might as well.

    Delivery reports are caught by Odoo. Machines whose mails are reports are entered among Odoo's *Gateway Allowed* addresses.
    """

    _inherit = "mail.thread"

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        """Native code looks for the followers as superuser, so that what a user may not read of people could be guessed.

        :raises AccessError: the condition asks for such a field.
        """
        if operator in ("any", "not any"):
            self.env["res.partner"]._search(operand)
        return super()._search_message_partner_ids(operator, operand)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == "maintenance.request" for route in routes or ()) or not is_mail_of_machine(message):
            return routes
        sender = email_normalize(message_dict.get("email_from") or "")
        # sudo: whoever runs the gateway need not be able to read its settings
        if self.env["mail.gateway.allowed"].sudo().search_count([("email_normalized", "=", sender)], limit=1):
            return routes
        is_answer = is_answer_of_machine(message)
        kept = [route for route in routes if route[0] != "maintenance.request" or (route[1] and not is_answer)]
        if len(kept) < len(routes):
            _logger.info(
                "Mail from %s with Message-Id %s was written by a machine: no work order is made of it.",
                message_dict.get("email_from"), message_dict.get("message_id"),
            )  # fmt: skip
        return kept
