import codecs
import csv
import io
from contextlib import suppress

from odoo import api, fields, models

from .import_log import READING, SKIP_BAD, Reading, get_reading
from .import_rules import PARTS, THEIRS
from .maintenance_history_mixin import BRING_IN

#: Fields of ours on products that do not say so by their name.
OUR_FIELDS = frozenset({"alternate_product_ids", "fits_equipment_ids", "is_spare_part", "spare_criticality"})

#: Options of the import screen.
HISTORY_OPTION, SKIP_OPTION = "maintenance_bring_in", "maintenance_skip_bad"


class FileReading(Reading):
    """One reading of a file: its rows as they stand there, what of them goes on, and what does not."""

    def __init__(self):
        self.rows = []  # (number in the spreadsheet, cells), without empty ones, with the heading
        self.too_long = set()  # numbers of rows with more cells than the heading
        self.numbers = []  # of the rows that go on to `load`
        self.messages = []
        self.headers = []
        self.counts = {}
        self.limit = None  # of rows in one step
        self.taken = self.left = 0

    @property
    def has_refused(self):
        return bool(self.messages)


class BaseImport(models.TransientModel):
    """Odoo's import screen for those who move in: strict reading, every bad row, the past.

    What is no subject of ours is imported as without us.
    """

    _inherit = "base_import.import"

    maintenance_bad_rows = fields.Json(help="Number and reasons of each row that cannot be, of the last run.")
    maintenance_read_options = fields.Json(help="How the file was read in the last run.")

    # -- Whose file it is -----------------------------------------------------------------------------

    def _maintenance_is_ours(self, names=()):
        """Whether the file is about maintenance: a model of ours, or one of others from a screen or with a field of ours."""
        model = self.res_model
        if model not in self.env:
            return False
        if model in ("maintenance.equipment", "maintenance.equipment.category", "maintenance.team"):
            return True
        if model not in THEIRS:
            return model.startswith("maintenance.")
        context = self.env.context
        if context.get("default_is_spare_part") or context.get("maintenance_new_place") or context.get("maintenance_import"):
            return True
        return any(path and (path.startswith("maintenance_") or path.split("/")[0] in OUR_FIELDS) for path in names)

    def _maintenance_in_mode(self, options):
        """This import, told whether the past is brought in."""
        wanted = options.get(HISTORY_OPTION)
        if wanted is None or not self._maintenance_knows_past():
            return self
        return self.with_context(**{BRING_IN: bool(wanted)})

    def _maintenance_knows_past(self):
        model = self.env.get(self.res_model)
        return model is not None and isinstance(model, self.env.registry["maintenance.history.mixin"])

    # -- Reading the file -----------------------------------------------------------------------------

    def _maintenance_keep(self, numbered):
        """Keep rows with their numbers, all as wide as the heading; what native code goes on with."""
        reading = get_reading(self.env)
        numbered = [
            (number, row)
            for number, row in numbered
            if any(cell and (not isinstance(cell, str) or cell.strip()) for cell in row)
        ]
        if not numbered:
            return []
        width = len(numbered[0][1])
        if reading:
            reading.too_long = {number for number, row in numbered if any(row[width:])}
        rows = [(number, [*row, *[""] * (width - len(row))][:width]) for number, row in numbered]
        if reading:
            reading.rows = rows
        return [row for _number, row in rows]

    def _read_csv(self, options):
        if self._maintenance_reads_strictly() and not options.get("encoding"):
            # natively a file with few letters beyond ASCII is taken for another encoding than it has
            with suppress(UnicodeDecodeError):
                (self.file or b"").decode("utf-8")
                options["encoding"] = "utf-8-sig" if (self.file or b"").startswith(codecs.BOM_UTF8) else "utf-8"
        length, rows = super()._read_csv(options) or (0, [])
        if not rows or not self._maintenance_reads_strictly():
            return length, rows
        text = self.file.decode(options.get("encoding") or "utf-8").removeprefix("\ufeff")
        lines = csv.reader(io.StringIO(text), quotechar=options["quoting"], delimiter=options.get("separator") or ",")
        rows = self._maintenance_keep(enumerate(lines, 1))
        return len(rows), rows

    def _read_xlsx(self, options):
        if not self._maintenance_reads_strictly():
            return super()._read_xlsx(options)
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(self.file or b""), data_only=True)
        options["sheets"] = book.sheetnames
        options["sheet"] = options.get("sheet") or book.sheetnames[0]
        sheet = book[options["sheet"]]
        rows = self._maintenance_keep(
            (number, [self._maintenance_as_cell(cell) for cell in row]) for number, row in enumerate(sheet.rows, 1)
        )
        return sheet.max_row, rows

    @api.model
    def _maintenance_as_cell(self, cell):
        """As natively, but a cell that could not be reckoned is told by its row and keeps out no other."""
        value = cell.value
        if value is None:
            return ""
        if cell.is_date and hasattr(value, "hour") and hasattr(value, "year"):
            return value
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def _read_xls(self, options):
        return self._maintenance_number(super()._read_xls(options))

    def _read_ods(self, options):
        return self._maintenance_number(super()._read_ods(options))

    def _maintenance_number(self, result):
        """Rows of old files come without empty ones, so they are counted without them."""
        length, rows = result
        return (length, self._maintenance_keep(enumerate(rows, 1))) if self._maintenance_reads_strictly() else result

    def _maintenance_reads_strictly(self):
        return bool(get_reading(self.env))

    # -- The screen -----------------------------------------------------------------------------------

    def parse_preview(self, options, count=10):
        self = self._maintenance_in_mode(options)
        if not self._maintenance_is_ours():
            return super().parse_preview(options, count)
        reading = FileReading()
        self = self.with_context(**{READING: reading})
        forms = self._maintenance_guess_forms(options)
        result = super().parse_preview(options, count)
        if "options" in result:
            result["options"].update(forms)
        result["maintenance"] = {
            "knows_past": self._maintenance_knows_past() and self.env[self.res_model]._maintenance_may_bring_in(),
        }
        return result

    def execute_import(self, fields, columns, options, dryrun=False):
        self = self._maintenance_in_mode(options)
        if not self._maintenance_is_ours(fields):
            return super().execute_import(fields, columns, options, dryrun)
        reading = FileReading()
        reading.headers = columns
        # what is part of what may stand anywhere in the file; the step ends between two records, which native code cannot see
        reading.limit = self.res_model not in PARTS and int(options.get("limit") or 0)
        options = {**options, "limit": None}
        skips = bool(options.get(SKIP_OPTION) or self.env.context.get(SKIP_BAD))
        self = self.with_context(**{READING: reading, SKIP_BAD: skips})
        result = super().execute_import(fields, columns, options, dryrun)
        return self._maintenance_tell(result, reading, options, skips, dryrun)
