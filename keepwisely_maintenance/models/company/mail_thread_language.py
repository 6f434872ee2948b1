from odoo import models

from ...words import in_language_of


class MailThread(models.AbstractModel):
    """Who is told something reads it in their own language."""

    _inherit = "mail.thread"

    def _maintenance_tell_users(self, users, get_body, **values):
        """Post a note that ``users`` are told of. Those who read another language than most get a message of their own.

        :param get_body: says the text, given the record in a language.
        """
        self.ensure_one()
        # sudo: whoever causes it need not be able to read whom it is about
        by_lang = users.sudo().grouped("lang")
        first = max(by_lang.values(), key=len, default=users)
        record = in_language_of(self, first[:1])
        record.message_post(
            body=get_body(record), partner_ids=first.partner_id.ids, **{"subtype_xmlid": "mail.mt_note", **values}
        )
        for readers in by_lang.values():
            if readers != first:
                record = in_language_of(self, readers[0])
                record.message_notify(
                    body=get_body(record), subject=record.display_name, partner_ids=readers.partner_id.ids,
                    **{name: value for name, value in values.items() if name == "author_id"},
                )  # fmt: skip
