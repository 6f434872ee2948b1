import logging

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_duration

from ...words import format_moment
from .phone_entry import is_id

_logger = logging.getLogger(__name__)

#: What entries name by its id.
NAMED = {
    "task": "maintenance.task", "move": "stock.move", "product": "product.product", "meter": "maintenance.meter",
    "problem": "maintenance.failure.code", "cause": "maintenance.failure.code", "remedy": "maintenance.failure.code",
}  # fmt: skip

ACTIVITY = "keepwisely_maintenance.mail_activity_phone"


class MaintenancePhoneCommandKeep(models.Model):
    """What was done without a signal and cannot be taken is never dropped: the work order keeps it for its planner."""

    _inherit = "maintenance.phone.command"

    @api.model
    def _keep(self, entry, reason):
        """Say why it was not taken, and keep it on the work order, where the server has shown that to the user.

        Of any other work order nothing is written or told; the entry then stays with the user alone.
        """
        entry.say(reason)
        if not entry.shown or not entry.kind or entry.kind == "photo":
            # a photo is kept with its bytes
            return
        try:
            with self.env.cr.savepoint():
                self._end_begun(entry)
                note = self._describe_kept(entry, reason)
                self._write_note(entry, note, self._get_kept_files(entry))
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("The entry %s from a phone could not be kept on its work order", entry.id)
            return
        if entry.kind == "start":
            entry.row.is_begun = True
        entry.say(self.env._("It is kept on the work order for the planner."))

    @api.model
    def _write_note(self, entry, note, attachments=None, people=None):
        """A note of the user below the work order, and one to-do for its planners as long as they have not looked.

        :param people: partners who are told as well.
        """
        # sudo: the work order may be another team's or closed by now; it was the user's when this was done
        job = entry.job.sudo()
        message = job.message_post(
            body=note,
            attachments=attachments,
            partner_ids=people and people.ids,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )
        self._tell_planners(job)
        return message

    @api.model
    def _tell_planners(self, job):
        """One to-do for each planner of the work order, until it is done."""
        if self.env.ref(ACTIVITY) not in job.sudo().activity_ids.activity_type_id:
            job._maintenance_create_todos(ACTIVITY)

    @api.model
    def _get_kept_files(self, entry):
        """What the note brings along; photos follow with their own."""
        return None

    @api.model
    def _describe_kept(self, entry, reason):
        """The note: what was done, when, and why it is not where it belongs."""
        lines = [
            self.env._("Done on the phone on %s and not taken:", format_moment(self.env, entry.moment)),
            *self._describe_content(entry),
            reason,
        ]
        return Markup("<br/>").join(Markup("%s") % line for line in lines if line)

    @api.model
    def _describe_content(self, entry):
        """What the entry says, in lines of text."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        values = entry.values
        lines = [Markup("<b>%s</b>") % kinds[entry.kind]]
        if isinstance(values.get("minutes"), (int, float)):
            lines.append(self.env._("%s h", format_duration(values["minutes"] / 60)))
        lines += [self._name_kept(entry, name, model) for name, model in NAMED.items()]
        lines += [
            str(values[name])
            for name in ("answer", "quantity", "value", "work_date", "title", "name")
            if isinstance(values.get(name), (str, int, float)) and values[name] is not False
        ]
        lines += [plaintext2html(values[name]) for name in ("note", "text") if isinstance(values.get(name), str) and values[name]]
        return lines

    @api.model
    def _name_kept(self, entry, name, model):
        """What is named by its id, where it belongs to the work order or the user may read it; else nothing."""
        value = entry.values.get(name)
        if not is_id(value):
            return ""
        # sudo: of the work order, which the user need not be able to read any more, its own tasks and parts are named
        found = self.env[model].sudo().browse(value).exists()
        if "maintenance_request_id" in found._fields:
            found = found.filtered(lambda record: record.maintenance_request_id.id == entry.job.id)
            return (found.product_id if model == "stock.move" else found).display_name or ""
        return found.display_name if found and found.with_env(self.env).has_access("read") else ""

    # -- Given to somebody else meanwhile ---------------------------------------------------------------

    @api.model
    def _tell_reassigned(self, entry):
        """What was done counts although the work order is somebody else's by now; the user and the planner are told."""
        job = entry.job.sudo()
        if entry.state != "sent" or not entry.shown or not job or entry.kind == "report":
            return
        people = job.maintenance_person_id | job.maintenance_crew_ids
        if not people or self.env.user.partner_id in people or not entry.job._maintenance_phone_was_mine(entry.version):
            return
        name = ", ".join(people.mapped("name"))
        entry.say(self.env._("%s has it by now.", name))
        if self.env.ref(ACTIVITY) not in job.activity_ids.activity_type_id:
            self._write_note(
                entry,
                self.env._(
                    "%(person)s worked on it without a signal and did not know that %(other)s has it by now.",
                    person=self.env.user.name,
                    other=name,
                ),
                people=job.user_id.filtered("active").partner_id,
            )

    # -- Work that was begun and could not be --------------------------------------------------------

    @api.model
    def _end_begun(self, entry):
        """Hours between a start that was refused and what ends it: booked where that is possible, else part of the note.

        :returns: whether there was such a start.
        """
        if entry.kind not in ("start", "pause", "complete"):
            return False
        # sudo: the rows are written by the system; they are the user's own
        begun = self.sudo().search([("user_id", "=", self.env.uid), ("is_begun", "=", True)], order="id")
        begun.is_begun = False
        for row in begun.filtered(lambda row: row.maintenance_request_id and row.moment < entry.moment):
            self._book_begun(entry, row)
        return bool(begun)

    @api.model
    def _book_begun(self, entry, row):
        job = entry.job.browse(row.maintenance_request_id.id)
        labors = entry.env["maintenance.labor"]
        hours = labors._get_ran(row.moment, entry.moment)
        duration = format_duration(hours)
        try:
            with self.env.cr.savepoint():
                labors.create(
                    {
                        "maintenance_request_id": job.id,
                        "hours": min(hours, job.sudo().company_id.timer_max_hours),
                        "date": job.sudo().company_id._get_plant_day(row.moment),
                    }
                )
                entry.env.flush_all()
        except (OperationalError, ConcurrencyError):
            raise
        except Exception as error:
            sentence = self.env._(
                "Worked from %(start)s to %(stop)s, %(hours)s h, and not booked: %(reason)s",
                start=format_moment(self.env, row.moment), stop=format_moment(self.env, entry.moment), hours=duration,
                reason=error,
            )  # fmt: skip
            entry_job, entry.job = entry.job, job
            self._write_note(entry, Markup("%s") % sentence)
            entry.job = entry_job
            entry.say(self.env._("%s h are kept on the work order for the planner.", duration))
        else:
            entry.say(self.env._("%s h were booked.", duration))
            entry.changed.append(job.id)
