import base64
import io

import xlsxwriter

from odoo import fields, models

from .base_import_import import FileReading
from .import_log import READING

#: So many bad rows are told on the screen; the file has all.
TOLD = 10



class BaseImportResult(models.TransientModel):
    """What became of a file: rows that came in, bad rows with their reasons, and what was read otherwise than written."""

    _inherit = "base_import.import"

    maintenance_bad_file = fields.Binary("Bad rows", compute="_compute_maintenance_bad_file")

    def _maintenance_tell(self, result, reading, options, skips, dryrun):
        """Put what was found into the answer to the screen, by the rows of the spreadsheet."""
        messages = [self._maintenance_place(message, reading, options) for message in result.get("messages", [])]
        offset = 2 if options.get("has_headers") else 1
        for message in reading.messages:
            row = {"from": message["row"] - offset, "to": message["row"] - offset}
            messages.append({**message, "rows": row, "record": message["row"]})
        if skips:
            for message in messages:
                if message.get("row"):
                    message["type"] = "warning"
        messages.sort(key=lambda message: message.get("row") or 0)
        reasons = {}
        for message in messages:
            if message.get("row"):
                # Odoo's own sentences come without a point
                reasons.setdefault(message["row"], {})[message["message"].rstrip(".") + "."] = True
        reasons = {row: list(texts) for row, texts in reasons.items()}
        bad = sorted(reasons.items())
        begin = options.get("skip") or 0
        before = self.maintenance_bad_rows or [] if begin else []
        self.write(
            {
                "maintenance_bad_rows": [*before, *[list(row) for row in bad]],
                "maintenance_read_options": {
                    name: options.get(name) for name in ("encoding", "separator", "quoting", "sheet", "has_headers")
                },
            }
        )
        result["messages"] = messages
        result["nextrow"] = begin + reading.taken if reading.left else 0
        result["maintenance"] = {
            "rows": reading.taken,
            "came": len(result.get("ids") or []),
            "bad": [{"row": row, "reasons": texts} for row, texts in bad],
            "read": reading.counts,
            "lines": self._maintenance_get_count_lines(reading.counts),
            "url": bad and f"/web/content/base_import.import/{self.id}/maintenance_bad_file/bad-rows.xlsx?download=true",
        }
        return result

    def _maintenance_place(self, message, reading, options):
        """A message of `load`, which counts the rows that it was given, by the row of the spreadsheet."""
        rows = message.get("rows")
        if not rows or rows.get("from", -1) < 0 or rows["from"] >= len(reading.numbers):
            return message
        number = reading.numbers[rows["from"]]
        last = reading.numbers[min(rows.get("to", rows["from"]), len(reading.numbers) - 1)]
        offset = 2 if options.get("has_headers") else 1
        return {**message, "row": number, "record": number, "rows": {"from": number - offset, "to": last - offset}}

    def _maintenance_get_count_lines(self, counts):
        """In words, how much was read otherwise than it is written."""
        texts = {
            "blanks": self.env._("Blanks around were cut"),
            "apostrophes": self.env._("The apostrophe before a text was left out"),
            "empty": self.env._("n/a, - and the like were read as empty"),
            "numbers": self.env._("Numbers were read in the form of the file"),
            "dates": self.env._("Dates were read in the form of the file"),
            "years": self.env._("Years were read as their first day"),
            "choices": self.env._("Words of another system were read as those here"),
            "units": self.env._("Units of another system were read as those here"),
        }
        return [f"{texts[kind]}: {counts[kind]}" for kind in texts if counts.get(kind)]

    def _compute_maintenance_bad_file(self):
        for record in self:
            record.maintenance_bad_file = record.maintenance_bad_rows and base64.b64encode(record._maintenance_write_bad_file())

    def _maintenance_write_bad_file(self):
        """A workbook of every bad row: its number, the reasons, and its cells as they were."""
        reading = FileReading()
        options = {name: value for name, value in (self.maintenance_read_options or {}).items() if value is not None}
        self.with_context(**{READING: reading})._read_file({"quoting": '"', **options})
        cells = dict(reading.rows)
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
            heading = reading.rows[0][1] if options.get("has_headers") and reading.rows else []
            sheet.write_row(0, 0, [self.env._("Row"), self.env._("Reason"), *map(str, heading)], bold)
            for line, (number, reasons) in enumerate(self.maintenance_bad_rows, 1):
                sheet.write_number(line, 0, number)
                sheet.write_row(line, 1, [" ".join(reasons), *map(str, cells.get(number, []))])
            sheet.set_column(1, 1, 60)
            sheet.freeze_panes(1, 0)
        return output.getvalue()
