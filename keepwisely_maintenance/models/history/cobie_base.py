"""What bringing in a COBie workbook rests on: rows that become records once, and what is said about the others."""

from collections import Counter
from hashlib import sha1

import psycopg2

from odoo.exceptions import UserError

from .cobie_book import SHEETS
from .cobie_values import Unreadable, read_day, read_number

#: What comes with a building is told to nobody and followed by nobody.
QUIETLY = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True, "tracking_disable": True}

#: How many rows are made at once.
BATCH = 200


class Finding:
    """Something to say about a row.

    :param bool refused: the row does not come in; without it, it does, but not all of it.
    """

    __slots__ = ("name", "number", "reason", "refused", "sheet")

    def __init__(self, sheet, number, name, reason, refused):
        self.sheet, self.number, self.name, self.reason, self.refused = sheet, number, name, reason, refused


class CobieBase:
    """Rows of a workbook on their way to records, with the rights of whoever brings them in.

    A row is known by an external id that is made of its company, its facility and its name, else by its number. What is
    known stays as it is here.

    :param env: of whoever brings it in.
    :param company: whose plant it is.
    :param book: a `CobieBook`.
    """

    def __init__(self, env, company, book):
        self.env = env(context={**env.context, **QUIETLY, "active_test": False})
        self.company, self.book = company, book
        self.facility = next((row.name for row in book.rows.get("Facility", ()) if row.name), "")
        self.findings = []
        #: By sheet: how many rows were made, known, refused, or say something about others.
        self.counts = {sheet: Counter(rows=len(rows)) for sheet, rows in book.rows.items()}
        #: By sheet: what rows became, and the numbers of refused ones, both by name in small letters.
        self.records = {sheet: {} for sheet in SHEETS}
        self.bad = {sheet: {} for sheet in SHEETS}

    # -- What is said -------------------------------------------------------------------------------------

    def refuse(self, row, *reasons):
        """The row stays out."""
        self.counts[row.sheet]["refused"] += 1
        self.bad[row.sheet].setdefault(row.name.casefold(), row.number)
        for reason in reasons:
            self.findings.append(Finding(row.sheet, row.number, row.name, reason, True))

    def note(self, row, reason):
        """The row comes in, but not all of it."""
        self.findings.append(Finding(row.sheet, row.number, row.name, reason, False))

    def note_left_out(self, left):
        """Rows that say something nobody here keeps, together by what they are about."""
        for (sheet, about), rows in left.items():
            self.counts[sheet]["left"] += len(rows)
            reason = self.env._("Rows about %(about)s are not brought in (%(count)s).", count=len(rows), about=about or "?")
            self.note(rows[0], reason)

    # -- Rows ---------------------------------------------------------------------------------------------

    def get_rows(self, sheet, unique=True):
        """The rows of a sheet that have a name, one for each; the others are refused."""
        seen = {}
        for row in self.book.rows.get(sheet, ()):
            key = row.name.casefold()
            if not key:
                self.refuse(row, self.env._("It has no name."))
            elif unique and key in seen:
                first_is_bad = key in self.bad[sheet]
                self.refuse(row, self.env._("The name stands in row %s already.", seen[key]))
                if not first_is_bad:
                    self.bad[sheet].pop(key, None)
            else:
                seen[key] = row.number
                yield row

    def find(self, row, column, reasons, required=True):
        """What a row of another sheet, named in ``column``, became; None without.

        :param list reasons: against the row; added to.
        """
        other = {"FloorName": "Floor", "TypeName": "Type", "Space": "Space"}[column]
        return self.find_name(row.text(column), other, column, reasons, required)

    def find_name(self, name, other, column, reasons, required=True):
        if not name:
            if required:
                reasons.append(self.env._("%s is empty.", column))
            return None
        found = self.records.get(other, {}).get(name.casefold())
        if not found:
            number = self.bad.get(other, {}).get(name.casefold())
            if number:
                reason = self.env._(
                    "%(column)s “%(name)s” is refused in row %(number)s of the sheet %(sheet)s.",
                    column=column, name=name, number=number, sheet=other,
                )  # fmt: skip
            else:
                reason = self.env._("%(column)s “%(name)s” is not on the sheet %(sheet)s.", column=column, name=name, sheet=other)
            reasons.append(reason)
        return found

    def read(self, how, row, column, reasons):
        """A day or a number of a cell, by `read_day` or `read_number`."""
        try:
            return how(row.value(column))
        except Unreadable:
            text = row.text(column)
            if how is read_day:
                reason = self.env._("%(column)s “%(text)s” is no day; write it as 2026-03-31.", column=column, text=text)
            elif how is read_number:
                reason = self.env._("%(column)s “%(text)s” is no number from zero on.", column=column, text=text)
            else:
                raise
            reasons.append(reason)
            return None

    # -- Records ------------------------------------------------------------------------------------------

    def get_external_name(self, sheet, name):
        """The same for the same row of the same building, however often it comes."""
        digest = sha1(f"{self.facility}\0{name}".casefold().encode(), usedforsecurity=False).hexdigest()
        return f"__cobie__.{sheet.lower()}_{self.company.id}_{digest}"

    def find_by_external_name(self, model, names):
        """The records that rows became before, by external name."""
        # sudo: whether an external name is taken is no secret
        found = self.env["ir.model.data"].sudo()._lookup_xmlids(list(names), model)
        return {f"{row[1]}.{row[2]}": model.browse(row[4]) for row in found if row[3] == model._name and row[6]}

    def make(self, model, entries):
        """Make what is not there yet.

        :param model: with the context that new ones are made in.
        :param list entries: of ``(row, external name, values)``; rows that cannot be made are refused.
        :returns: records by external name, those made now and those that were here.
        """
        records = self.find_by_external_name(model, {name for _row, name, _values in entries})
        fresh = []
        for row, name, values in entries:
            if name in records:
                self.counts[row.sheet]["known"] += 1
            else:
                fresh.append((row, name, values))
        for start in range(0, len(fresh), BATCH):
            records.update(self._make_batch(model, fresh[start : start + BATCH]))
        return records

    def _make_batch(self, model, entries):
        """All at once; where that fails one by one, so that each is refused for its own reason."""
        data = [{"xml_id": name, "values": dict(values), "noupdate": True} for _row, name, values in entries]
        try:
            with self.env.cr.savepoint():
                made = model._load_records(data)
                made.flush_recordset()
        except (UserError, ValueError, psycopg2.Error) as error:
            if isinstance(error, psycopg2.OperationalError):
                # somebody else writes the same: to be tried again as a whole
                raise
            if len(entries) > 1:
                records = {}
                for entry in entries:
                    records.update(self._make_batch(model, [entry]))
                return records
            self.refuse(entries[0][0], self._explain(model, error))
            return {}
        for row, _name, _values in entries:
            self.counts[row.sheet]["made"] += 1
        return {name: record for (_row, name, _values), record in zip(entries, made, strict=True)}

    def _explain(self, model, error):
        if isinstance(error, psycopg2.Error):
            return " ".join(model._sql_error_to_message(error).split())
        if isinstance(error, UserError):
            return " ".join(str(error.args[0]).split())
        return self.env._("It cannot be read: %s", error)
