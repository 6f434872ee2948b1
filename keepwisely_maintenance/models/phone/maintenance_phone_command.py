import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from .phone_entry import Entry, clean, is_id, read_moment, read_uuid, read_values

_logger = logging.getLogger(__name__)

#: What can be done on a phone. Each kind has a method `_do_<kind>`.
KINDS = [
    ("start", "Started"),
    ("pause", "Paused"),
    ("hours", "Hours"),
    ("task", "Task"),
    ("note", "Note"),
    ("failure", "Failure"),
    ("part_used", "Part used"),
    ("part_asked", "Part asked for"),
    ("part_dropped", "Part not needed"),
    ("reading", "Meter reading"),
    ("report", "Report"),
    ("photo", "Photo"),
    ("signature", "Signature"),
    ("complete", "Completed"),
]

STATES = [("sent", "Sent"), ("look", "Needs a look")]

#: What can be about no work order.
WITHOUT_JOB = {"reading", "report"}

#: Characters of a version.
MAX_VERSION = 64

#: Entries that one call may bring; the page sends the rest with the next one.
MAX_BATCH = 100


class MaintenancePhoneCommand(models.Model):
    """What somebody did on a phone, each once: the phone names it, and a repeat gets the first answer.

    A command is done as the person who sent it, through the methods that the screens call, in the transaction that also
    writes its row. What is refused is kept on the work order for its planner, see `MaintenancePhoneCommandKeep`.
    """

    _name = "maintenance.phone.command"
    _description = "Entry From a Phone"
    _order = "id desc"
    # what nobody may write, nobody may have written for them by a field of another record
    _allow_sudo_commands = False

    command_id = fields.Char("Id on the phone", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Sent by", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    kind = fields.Selection(KINDS, "What", readonly=True)
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", readonly=True, index="btree_not_null", ondelete="set null"
    )
    moment_device = fields.Datetime("Clock of the phone", readonly=True, help="When it was done, as the phone says.")
    moment = fields.Datetime("Done on", readonly=True, help="When it was done, as it was taken.")
    version = fields.Char("Made on version", readonly=True, help="What the phone knew of the work order.")
    content = fields.Json("Entered", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="look")
    sentence = fields.Text("Result", readonly=True, help="What came of it, as the phone was told.")
    changed = fields.Json(readonly=True)
    choices = fields.Json(readonly=True)
    is_begun = fields.Boolean(
        "Begun, not ended", readonly=True, help="Work that was begun on the phone and could not be on the work order."
    )
    attachment_id = fields.Many2one("ir.attachment", "Photo", readonly=True, ondelete="set null")

    _command_id_uniq = models.UniqueIndex("(command_id)", "This entry was sent already.")
    _begun_idx = models.Index("(user_id) WHERE is_begun")

    @api.depends("kind", "maintenance_request_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            # sudo: whose rows one reads need not be of work orders that one still reads
            job = row.sudo().maintenance_request_id.reference
            row.display_name = ", ".join(filter(None, [kinds.get(row.kind), job])) or row.command_id

    # -- Taking what is sent --------------------------------------------------------------------------

    @api.model
    def _receive(self, device_now, commands, offset=None):
        """Do what a phone has sent, in its order, each once.

        :param device_now: the clock of the phone as it sends, UTC.
        :param offset: what it knows of its clock, see `_get_skew`.
        :param commands: list of dicts, see docs/phone.md.
        :returns: a list of answers in the same order, see `_read_answer`.
        :raises UserError: what is sent is no list, or a longer one than a call may bring.
        """
        if not isinstance(commands, list) or len(commands) > MAX_BATCH:
            raise UserError(self.env._("Send up to %s entries at once.", MAX_BATCH))
        skew = self._get_skew(device_now, offset)
        return [self._take(command, skew) for command in commands]

    @api.model
    def _take(self, command, skew):
        command = command if isinstance(command, dict) else {}
        command_id = read_uuid(command.get("id"))
        if not command_id:
            return self._refuse(command.get("id"))
        # sudo: the id may be another person's, who is not told about
        known = self.sudo().search([("command_id", "=", command_id)]) or self._claim(command_id)
        if known:
            return known._read_answer() if known.user_id == self.env.user else self._refuse(command_id)
        row = self.sudo().search([("command_id", "=", command_id)])
        entry = self._read_entry(row, command)
        self._settle_moment(entry, read_moment(command.get("moment")), skew)
        self._do_safely(entry)
        self._tell_reassigned(entry)
        row.write(
            {
                "maintenance_request_id": entry.job.id if entry.shown else False,
                "moment": entry.moment,
                "state": entry.state,
                "sentence": " ".join(entry.words),
                "changed": list(dict.fromkeys(entry.changed)),
                "choices": entry.choices,
            }
        )
        return row._read_answer()

    @api.model
    def _claim(self, command_id):
        """Write the row that keeps the id, or nothing where there is one.

        Of two who send the same id at once the database lets one win; the other fails to serialise, is tried again by
        Odoo and finds the row.

        :returns: the row that was there; none where it was written.
        """
        won = self.env.execute_query(
            SQL(
                """
                INSERT INTO maintenance_phone_command
                       (command_id, user_id, company_id, state, create_uid, create_date, write_uid, write_date)
                VALUES (%(id)s, %(user)s, %(company)s, 'look', %(user)s, %(now)s, %(user)s, %(now)s)
                    ON CONFLICT (command_id) DO NOTHING RETURNING id
                """,
                id=command_id,
                user=self.env.uid,
                company=self.env.company.id,
                now=self.env.cr.now(),
            )
        )
        # sudo: as above
        return self.sudo() if won else self.sudo().search([("command_id", "=", command_id)])

    @api.model
    def _read_entry(self, row, command):
        """The command as an entry; what it says is written into its row."""
        entry = self._make_entry(row, command)
        entry.job, entry.shown = self._find_job(command, entry.version)
        row.write(
            {
                "kind": entry.kind or False,
                "content": entry.values,
                "version": entry.version,
                "moment_device": read_moment(command.get("moment")),
            }
        )
        return entry

    @api.model
    def _make_entry(self, row, command):
        kind, values, version = command.get("kind"), read_values(command.get("values")), command.get("version")
        is_known = isinstance(kind, str) and kind in dict(KINDS) and values is not None
        return Entry(
            id=row.command_id,
            kind=kind if is_known else "",
            values=values or {},
            version=clean(version)[:MAX_VERSION] if isinstance(version, str) else "",
            row=row,
        )

    @api.model
    def _find_job(self, command, version):
        """The work order that a command is about, and whether the server has shown it to the user."""
        jobs = self.env["maintenance.request"]
        report_id = read_uuid(command.get("report"))
        if report_id:
            # sudo: one's own report may be one that one reads no more
            report = self.sudo().search([("command_id", "=", report_id), ("user_id", "=", self.env.uid)])
            job = jobs.browse(report.maintenance_request_id.id)
            return job, bool(job)
        job = jobs.browse(command["job"] if is_id(command.get("job")) else None).exists()
        return job, bool(job) and (job.has_access("read") or job._maintenance_phone_was_shown(version))

    @api.model
    def _do_safely(self, entry):
        """Do it, or keep it where it is refused; whatever goes wrong with one entry leaves the others alone."""
        reason = self._try(entry, lambda: self._do(entry))
        if reason is not None:
            self._keep(entry, reason)

    @api.model
    def _do(self, entry):
        if not entry.kind:
            raise entry._refusal()
        if entry.is_forgotten:
            raise UserError(self.env._("It was done too long ago to know whether it was sent before."))
        self._check_job(entry)
        getattr(self.with_env(entry.env), f"_do_{entry.kind}")(entry)

    @api.model
    def _try(self, entry, do):
        """Do it, whole or not at all.

        :returns: None, or why it was refused.
        """
        before, job, shown = len(entry.words), entry.job, entry.shown
        try:
            with self.env.cr.savepoint():
                do()
                # what is computed from it is of that moment as well
                entry.env.flush_all()
            return None
        except (OperationalError, ConcurrencyError):
            raise  # others wrote at the same time: Odoo tries all of it again
        except AccessError:
            reason = self.env._("You may not do this on this work order any more.")
        except UserError as error:
            reason = str(error)
        except Exception:
            _logger.exception("The entry %s from a phone failed", entry.id)
            reason = self.env._("This could not be done; tell your administrator.")
        del entry.words[before:]
        entry.job, entry.shown = job, shown
        entry.state, entry.changed, entry.choices = "look", [], []
        return reason

    @api.model
    def _check_job(self, entry):
        """:raises UserError: the entry needs a work order, and it is not there, or not the user's any more."""
        if entry.job or entry.kind not in WITHOUT_JOB:
            if not entry.job or not entry.shown or not entry.job.has_access("read"):
                raise UserError(self.env._("This work order is not yours any more."))

    # -- Answers --------------------------------------------------------------------------------------

    def _read_answer(self):
        """What the phone is told, now and whenever it sends the same again."""
        self.ensure_one()
        return {
            "id": self.command_id,
            "state": self.state,
            "sentence": self.sentence or "",
            "job": self.maintenance_request_id.id or None,
            "moment": self.moment and fields.Datetime.to_string(self.moment),
            "changed": self.changed or [],
            "choices": self.choices or [],
        }

    @api.model
    def _refuse(self, command_id):
        """The answer to what is no command of the user; it says nothing of anybody else's."""
        sentence = self.env._("This entry cannot be read; make it again on the work order.")
        return {
            "id": command_id if isinstance(command_id, (str, int)) else None, "state": "look", "sentence": sentence,
            "job": None, "moment": None, "changed": [], "choices": [],
        }  # fmt: skip
