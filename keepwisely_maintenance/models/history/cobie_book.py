"""Reads COBie workbooks: which sheets and columns there are, and what stands in their rows.

The names are those of COBie 2.4; where files in use call a column otherwise, that is an alias.
"""

from collections import Counter
from datetime import date, datetime
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import openpyxl

from odoo.exceptions import UserError

#: Of the file, of what it unpacks to, in bytes; of a workbook, in rows; of a sheet, in columns.
MAX_BYTES = 40 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 80

#: Sheets in the order in which they are brought in, each with the columns that are read. The first one names the row;
#: those up to ``None`` have to be there.
SHEETS = {
    "Contact": ("Email", None, "Company", "GivenName", "FamilyName"),
    "Facility": ("Name", None),
    "Floor": ("Name", None),
    "Space": ("Name", "FloorName", None),
    "Type": (
        "Name", None, "Category", "Description", "Manufacturer", "ModelNumber", "ModelReference", "WarrantyGuarantorParts",
        "WarrantyDurationParts", "WarrantyDurationLabor", "WarrantyDurationUnit", "WarrantyDescription", "ReplacementCost",
        "ExpectedLife", "DurationUnit",
    ),
    "Attribute": ("Name", "SheetName", "RowName", "Value", None, "Unit"),
    "Document": ("Name", "SheetName", "RowName", None, "Category", "Directory", "File"),
    "Component": (
        "Name", "TypeName", "Space", None, "Description", "SerialNumber", "InstallationDate", "WarrantyStartDate", "TagNumber",
        "BarCode", "AssetIdentifier",
    ),
    "Spare": ("Name", "TypeName", None, "Category", "Suppliers", "Description", "SetNumber", "PartNumber"),
    "Resource": ("Name", None, "Category", "Description"),
    "Job": (
        "Name", "TypeName", "Frequency", "FrequencyUnit", None, "Category", "Status", "Description", "Duration", "DurationUnit",
        "Start", "TaskStartUnit", "TaskNumber", "Priors", "ResourceNames",
    ),
}  # fmt: skip

#: One of them makes a workbook one of COBie.
CORE = ("Facility", "Floor", "Space", "Type", "Component")

#: Columns that name rows of another sheet; without it nothing of them can be right.
REFERENCES = {
    ("Space", "FloorName"): "Floor",
    ("Component", "TypeName"): "Type",
    ("Component", "Space"): "Space",
    ("Spare", "TypeName"): "Type",
    ("Job", "TypeName"): "Type",
}

ALIASES = {
    "taskstart": "Start", "taskstartdate": "Start", "startdate": "Start", "startunit": "TaskStartUnit",
    "warrantydurationlabour": "WarrantyDurationLabor", "spacename": "Space", "spacenames": "Space", "type": "TypeName",
    "floor": "FloorName", "serialno": "SerialNumber", "tagno": "TagNumber", "supplier": "Suppliers",
    "resourcename": "ResourceNames",
}  # fmt: skip

#: What COBie writes where it knows nothing, and what programs leave instead.
EMPTY = frozenset({"", "n/a", "#n/a", "na", "#ref!", "#name?", "#value!", "unknown", "notdefined"})


class CobieRow:
    """A row of a sheet, by the names of its columns."""

    __slots__ = ("number", "sheet", "values")

    def __init__(self, sheet, number, values):
        self.sheet, self.number, self.values = sheet, number, values

    def text(self, column):
        """What stands there, in words; empty for ``n/a``."""
        return _to_text(self.values.get(column))

    def value(self, column):
        """As it stands there: a number, a day, a text; None for ``n/a``."""
        value = self.values.get(column)
        return value if _to_text(value) else None

    @property
    def name(self):
        return self.text(SHEETS[self.sheet][0])


def _to_text(value):
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = " ".join(str(value).split())
    return "" if text.casefold() in EMPTY else text


def _normalise(title):
    return "".join(char for char in str(title or "").casefold() if char.isalnum())


class CobieBook:
    """What a workbook says.

    :param env: whose language its refusals are in.
    :param bytes content: of the file.
    :raises UserError: it is no workbook of COBie, is too large, or lacks a sheet or a column.
    """

    def __init__(self, env, content):
        self.env = env
        #: Rows by sheet, and the names of sheets that nobody reads.
        self.rows, self.unread = {}, []
        self._check_file(content)
        try:
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # whatever it stumbles over, it is the file
            raise UserError(self._say_no_workbook()) from error
        try:
            self._read(book)
        finally:
            book.close()
        self._check_sheets()

    def _say_no_workbook(self):
        return self.env._("This is no workbook that can be read; save it as .xlsx in a spreadsheet program and choose it again.")

    def _check_file(self, content):
        """Before anything is unpacked: neither a bomb nor entities."""
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file has more than %s MB; split the workbook by floor or building.", MAX_BYTES >> 20))
        try:
            with ZipFile(BytesIO(content)) as archive:
                if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
                    raise UserError(
                        self.env._("The workbook unpacks to more than %s MB and is not opened; split it.", MAX_UNPACKED >> 20)
                    )
                for member in archive.infolist():
                    if member.filename.endswith((".xml", ".rels")):
                        with archive.open(member) as part:
                            # also in an encoding of two bytes
                            if b"<!DOCTYPE" in part.read(4096).replace(b"\0", b"").upper():
                                raise UserError(self._say_no_workbook())
        except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise UserError(self._say_no_workbook()) from error

    def _read(self, book):
        known = {name.casefold(): name for name in SHEETS}
        count = 0
        for worksheet in book.worksheets:
            name = known.get(worksheet.title.strip().casefold())
            if not name or name in self.rows:
                self.unread.append(worksheet.title)
                continue
            self.rows[name] = []
            worksheet.reset_dimensions()
            try:
                for row in self._read_sheet(name, worksheet):
                    count += 1
                    if count > MAX_ROWS:
                        raise UserError(self.env._("The workbook has more than %s rows; split it.", f"{MAX_ROWS:,}"))
                    self.rows[name].append(row)
            except UserError:
                raise
            except Exception as error:  # a sheet that is cut off or is not one
                raise UserError(self._say_no_workbook()) from error

    def _read_sheet(self, name, worksheet):
        columns = None
        for number, cells in enumerate(worksheet.iter_rows(values_only=True), start=1):
            cells = cells[:MAX_COLUMNS]
            if columns is None:
                columns = self._find_columns(name, cells)
                if columns is None and number >= 10:
                    break
                continue
            values = {column: cells[place] for column, place in columns.items() if place < len(cells)}
            if any(_to_text(value) for value in values.values()):
                yield CobieRow(name, number, values)
        if columns is None:
            raise UserError(
                self.env._(
                    "The sheet %(sheet)s has no row with the names of its columns; %(column)s has to be one of them.",
                    sheet=name,
                    column=SHEETS[name][0],
                )
            )

    def _find_columns(self, name, cells):
        """Where the columns of a sheet are; None while ``cells`` are not its head."""
        wanted = {_normalise(column): column for column in SHEETS[name] if column}
        wanted.update({alias: column for alias, column in ALIASES.items() if column in SHEETS[name] and alias not in wanted})
        columns = {}
        for place, title in enumerate(cells):
            column = wanted.get(_normalise(title))
            if column:
                columns.setdefault(column, place)
        if SHEETS[name][0] not in columns:
            return None
        required = SHEETS[name][: SHEETS[name].index(None)]
        missing = [column for column in required if column not in columns]
        if missing:
            raise UserError(
                self.env._(
                    "The sheet %(sheet)s lacks the column %(columns)s; COBie 2.4 has it.", sheet=name, columns=", ".join(missing)
                )
            )
        return columns

    def _check_sheets(self):
        if not any(self.rows.get(name) for name in CORE):
            raise UserError(
                self.env._("This workbook is none of COBie: there is nothing on sheets %s.", ", ".join(CORE))
            )
        for (sheet, column), other in REFERENCES.items():
            if other not in self.rows and any(row.text(column) for row in self.rows.get(sheet, ())):
                raise UserError(
                    self.env._(
                        "The workbook has no sheet %(other)s, and %(column)s of the sheet %(sheet)s names rows of it; add it.",
                        other=other,
                        column=column,
                        sheet=sheet,
                    )
                )

    def count_names(self, sheet, column):
        """How often each text stands in a column, in small letters."""
        return Counter(row.text(column).casefold() for row in self.rows.get(sheet, ()) if row.text(column))
