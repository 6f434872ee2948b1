from contextlib import suppress

from odoo import api, models

from .import_cell import (
    CellReader,
    NumberForm,
    Unreadable,
    as_text,
    guess_date_form,
    guess_number_form,
    is_year_column,
)
from .import_log import get_reading
from .import_rules import CHOICE_WORDS, NOT_BELOW_ZERO, UNIT_WORDS, as_word

#: As many cells of a column are looked at to see in which form a file writes.
LOOKED_AT = 400


class Column:
    """What a column of a file is for."""

    def __init__(self, path, model, field, header, is_year, words, keeps, label):
        self.path, self.model, self.field, self.header, self.is_year = path, model, field, header, is_year
        self.words, self.keeps, self.label = words, keeps, label
        self.kind = field.type if field is not None else "char"
        self.is_list = path.partition("/")[2].partition("/")[0] not in ("", "id", ".id")


class BaseImportCells(models.TransientModel):
    """The cells of a file, read strictly: each row is clear, or it is told why not."""

    _inherit = "base_import.import"

    # -- In which form ------------------------------------------------------------------------------

    def _maintenance_guess_forms(self, options):
        """How the file writes numbers and days, as options of the screen; what the user chose stays."""
        with suppress(Exception):  # the preview says what is wrong with a file that cannot be read
            _length, rows = self._read_file(dict(options))
            body = rows[1:] if options.get("has_headers", True) else rows
            cells = [[as_text(row[column]) for row in body[:LOOKED_AT]] for column in range(len(rows[0]))]
            return self._maintenance_guess_from(cells, options)
        return {}

    def _maintenance_guess_from(self, columns, options):
        forms = {}
        numbers = guess_number_form(cell for cells in columns for cell in cells)
        if numbers:
            forms["float_decimal_separator"], forms["float_thousand_separator"] = numbers
        if not options.get("date_format"):
            usual = self.env["res.lang"]._get_data(code=self.env.user.lang).date_format
            form = guess_date_form((cell for cells in columns for cell in cells), usual)
            forms["date_format"] = form or ""
            forms["datetime_format"] = options.get("datetime_format") or (f"{form} %H:%M" if form else "")
        return forms

    @api.model
    def _maintenance_make_reader(self, columns, data, options):
        days = [
            [as_text(row[place]) for row in data[:LOOKED_AT]]
            for place, column in enumerate(columns)
            if column.kind in ("date", "datetime") and not column.is_year
        ]
        form = options.get("date_format") or None
        moment_form = options.get("datetime_format") or None
        if not form and not moment_form:
            usual = self.env["res.lang"]._get_data(code=self.env.user.lang).date_format
            form = guess_date_form((cell for cells in days for cell in cells), usual)
        elif not form:
            form = moment_form.split(" ")[0].split("T")[0]
        numbers = NumberForm(options.get("float_decimal_separator") or ".", options.get("float_thousand_separator", ","))
        currencies = self.env["res.currency"].search([("active", "=", True)])
        signs = {sign for currency in currencies for sign in (currency.name, currency.symbol) if sign}
        return CellReader(numbers, form, moment_form, self.env.tz, signs)

    # -- Columns ------------------------------------------------------------------------------------

    def _maintenance_get_columns(self, import_fields, headers, data):
        columns = []
        for place, path in enumerate(import_fields):
            model, field, labels = self.env[self.res_model], None, []
            for name in path.split("/"):
                if model is None or name in ("id", ".id") or name not in model._fields:
                    field = None
                    break
                field = model._fields[name]
                labels.append(field._description_string(self.env))
                owner, model = model, self.env[field.comodel_name] if field.relational else None
            words, keeps = {}, set()
            if field is not None and field.type == "selection":
                choices = field._description_selection(self.env) + field._description_selection(self.env(context={"lang": None}))
                keeps = {str(word).casefold() for choice in choices for word in choice if word}
                words = CHOICE_WORDS.get(f"{owner._name}/{field.name}", {})
            cells = [row[place] for row in data[:LOOKED_AT]]
            header = headers[place] if place < len(headers) else ""
            is_year = field is not None and field.type in ("date", "datetime") and is_year_column(header, cells)
            columns.append(
                Column(path, field is not None and owner._name, field, header, is_year, words, keeps, " / ".join(labels) or path)
            )
        return columns

    # -- Rows ---------------------------------------------------------------------------------------

    def _convert_import_data(self, fields, options):
        data, import_fields = super()._convert_import_data(fields, options)
        reading = get_reading(self.env)
        if reading:
            places = [place for place, name in enumerate(fields) if name]
            headings = reading.headers
            reading.headers = [headings[place] if place < len(headings) and headings[place] else "" for place in places]
            body = reading.rows[1:] if options.get("has_headers") else reading.rows
            kept = [number for number, row in body if any(row[place] for place in places)]
            reading.numbers = kept[options.get("skip") or 0 :]
        return data, import_fields

    def _parse_import_data(self, data, import_fields, options):
        reading = get_reading(self.env)
        if not reading:
            return super()._parse_import_data(data, import_fields, options)
        columns = self._maintenance_get_columns(import_fields, reading.headers, data)
        groups = self._maintenance_group_rows(columns, data, reading.limit)
        reading.taken = groups[-1].stop if groups else 0
        reading.left = len(data) - reading.taken
        reader = self._maintenance_make_reader(columns, data, options)
        reader.units = {}
        numbers, good = reading.numbers, []
        for group in groups:
            refused = len(reading.messages)
            for place in group:
                if numbers[place] in reading.too_long:
                    self._maintenance_refuse(reading, numbers[place], self.env._("It has more cells than the heading."))
                data[place] = [
                    self._maintenance_read_cell(reader, reading, numbers[place], column, cell)
                    for column, cell in zip(columns, data[place], strict=True)
                ]
            if len(reading.messages) == refused:
                good.append([(numbers[place], data[place]) for place in group])
        good = self._maintenance_check_rows(reading, columns, good)
        reading.counts = {kind: count for kind, count in reader.counts.items() if count}
        reading.numbers = [number for group in good for number, _row in group]
        plain = {
            **options, "date_format": "%Y-%m-%d", "datetime_format": "%Y-%m-%d %H:%M:%S", "float_decimal_separator": ".",
            "float_thousand_separator": "",
        }  # fmt: skip
        return super()._parse_import_data([row for group in good for _number, row in group], import_fields, plain)

    @api.model
    def _maintenance_group_rows(self, columns, data, limit):
        """Rows that stand for one record each: lines of it follow in rows where all else is empty."""
        lists = [place for place, column in enumerate(columns) if column.is_list]
        others = [place for place, column in enumerate(columns) if not column.is_list]
        groups, start = [], 0
        while start < len(data) and not (limit and start >= limit):
            stop = start + 1
            while stop < len(data) and any(as_text(data[stop][place]).strip() for place in lists) and not any(
                as_text(data[stop][place]).strip() for place in others
            ):  # fmt: skip
                stop += 1
            groups.append(range(start, stop))
            start = stop
        return groups

    def _maintenance_read_cell(self, reader, reading, number, column, cell):
        try:
            text = reader.read_cell(cell, column.kind, column.keeps, column.is_year)
        except Unreadable as error:
            self._maintenance_refuse(reading, number, self._maintenance_explain_cell(error, column, cell, reader), column)
            return ""
        if not text or not isinstance(text, str):
            return text
        if column.kind == "selection" and text.casefold() not in column.keeps and as_word(text) in column.words:
            reader.counts["choices"] += 1
            return column.words[as_word(text)]
        if column.kind == "many2one" and column.field.comodel_name == "uom.uom":
            return self._maintenance_read_unit(reader, text)
        if column.kind in ("float", "integer", "monetary") and column.field.name in NOT_BELOW_ZERO.get(column.model, ()):
            if float(text) < 0:
                self._maintenance_refuse(reading, number, self.env._("“%s” is below zero.", column.label), column)
        return text

    @api.model
    def _maintenance_read_unit(self, reader, text):
        """The name of the unit here; whatever is none stays as it is written, and is refused."""
        if text not in reader.units:
            unit = self.env["uom.uom"].search([("name", "=ilike", text)], limit=1)
            if not unit and text.casefold().rstrip(".") in UNIT_WORDS:
                unit = self.env.ref(UNIT_WORDS[text.casefold().rstrip(".")], raise_if_not_found=False) or unit
            reader.units[text] = unit.name or text
        reader.counts["units"] += reader.units[text] != text
        return reader.units[text]

    @api.model
    def _maintenance_refuse(self, reading, number, reason, column=None):
        message = {"type": "error", "message": reason, "row": number}
        if column is not None:
            message.update(field=column.path, field_path=column.path.split("/"), field_name=column.label)
        reading.messages.append(message)

    def _maintenance_explain_cell(self, error, column, cell, reader):
        names = {"field": column.label, "value": as_text(cell)[:50]}
        why = str(error)
        if why == "number":
            sample = f"1{reader.numbers.decimal}5"
            text = self.env._("%(field)s: “%(value)s” is no number as the file writes them (%(sample)s).", sample=sample, **names)
            return text
        if why == "whole":
            return self.env._("%(field)s: “%(value)s” is no whole number.", **names)
        if why == "year":
            return self.env._("%(field)s: “%(value)s” is no year.", **names)
        if why == "only_year":
            return self.env._("%(field)s: “%(value)s” is a year and no day.", **names)
        if why == "day_zero":
            return self.env._("%(field)s: “%(value)s” is no day; a spreadsheet writes it for an empty or broken cell.", **names)
        if why == "form":
            return self.env._(
                "%(field)s: “%(value)s” is written otherwise than the dates of the file; choose their format.", **names
            )
        return self.env._("%(field)s: “%(value)s” is no date.", **names)
