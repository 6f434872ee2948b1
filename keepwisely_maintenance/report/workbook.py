"""Workbooks (.xlsx) that people filter, recalculate and take to a meeting.

One writer for all of them: it streams rows to disk (XlsxWriter's ``constant_memory``), so that ten
thousand assets take no more memory than ten.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools.misc import get_lang, posix_to_ldml

from ..words import format_moment

#: Rows of a sheet (Office Open XML; so do Excel and LibreOffice) and letters of its name.
MAX_ROWS = 1_048_576
MAX_NAME = 31

#: Title, line about the workbook, empty row; then the header.
HEADER_ROW = 3

#: Number format and width of each kind of column. Days and times are written as the reader's language does, see
#: `Workbook._get_day_format`; for numbers the program that shows them sees to that.
KINDS = {
    "text": (None, 24),
    "date": ("{day}", 12),
    "month": ("mmm yyyy", 10),
    "datetime": ("{day} {time}", 17),
    "integer": ("#,##0", 10),
    "float": ("#,##0.00", 12),
    "money": ("#,##0.00;[Red]-#,##0.00", 15),
    "percent": ("0.0%", 10),
}
NUMBERS = {"integer", "float", "money", "percent"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    :param title: what stands in the header.
    :param kind: one of `KINDS`; a percentage is given as a share (0.25 for 25 %).
    :param help: what it means; goes to the sheet of definitions.
    :param total: whether the column is added up below.
    :param formula: instead of a value: a function of the row's number in the sheet (from 1) and the
        letters of the columns by title, that returns a formula. Rows then give the result, which programs
        that do not calculate show.
    :param width: in characters; that of its kind when none is given.
    """

    title: str
    kind: str = "text"
    help: str = ""
    total: bool = False
    formula: object = None
    width: int = 0


class Workbook:
    """A workbook being written; use it as a context manager, then read ``content``.

    :param env: its language and time zone are those of the reader.
    :param title: of the workbook; stands on every sheet.
    """

    def __init__(self, env, title):
        self.env = env
        self.title = title
        self.content = b""
        self._file = BytesIO()
        self._book = xlsxwriter.Workbook(self._file, {"constant_memory": True, "remove_timezone": True})
        self._book.set_properties({"title": title, "company": env.company.name, "author": env.user.name})
        self._formats = {}
        self._definitions = {}
        self._names = set()
        words = {"day": self._get_day_format(), "time": self._get_time_format()}
        self._numbers = {kind: number and number.format(**words) for kind, (number, _width) in KINDS.items()}

    def __enter__(self):
        return self

    def __exit__(self, failed, *_exception):
        if not failed:
            if self._definitions:
                self._write_definitions()
            self._book.close()
            self.content = self._file.getvalue()

    # -- Sheets -----------------------------------------------------------------------------------------

    def add_sheet(self, name, columns, rows, chart=None):
        """Write a table: frozen header, filter, a row of totals that follow the filter.

        :param columns: list of `Column`.
        :param rows: iterable of sequences, one value for each column; may be a generator.
        :param dict chart: what `add_chart` takes besides the sheet, to draw the table.
        :returns: dict with the sheet's ``name``, ``first`` and ``last`` row of data (from 0, ``last`` before
            ``first`` without data), ``letters`` of the columns by title and ``columns``.
        :raises UserError: there are more rows than a sheet can hold.
        """
        name = self._get_free_name(name)
        sheet = self._book.add_worksheet(name)
        letters = {column.title: xl_col_to_name(index) for index, column in enumerate(columns)}
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width or max(KINDS[column.kind][1], min(len(column.title) + 3, 30)))
            if column.help:
                self._definitions.setdefault(column.title, column.help)
        self._write_head(sheet, columns)
        sums = [0.0] * len(columns)
        number = HEADER_ROW
        for number, row in enumerate(rows, HEADER_ROW + 1):
            if number >= MAX_ROWS - 1:
                raise UserError(
                    self.env._("The sheet “%s” would have more rows than a workbook can hold; choose fewer records.", name)
                )
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                self._write(sheet, number, index, column, value, letters)
                if column.total and value:
                    sums[index] += value
        first, last = HEADER_ROW + 1, number
        sheet.autofilter(HEADER_ROW, 0, max(last, HEADER_ROW + 1), len(columns) - 1)
        if last >= first:
            self._write_totals(sheet, last + 1, columns, sums)
        area = {"name": name, "first": first, "last": last, "letters": letters, "columns": columns}
        if chart and last >= first:
            self.add_chart(area, **chart)
        return area

    def _write_head(self, sheet, columns):
        sheet.write_string(0, 0, self.title, self._format(bold=True, font_size=14))
        about = self.env._(
            "%(company)s, amounts in %(currency)s, made on %(moment)s by %(user)s",
            company=self.env.company.name,
            currency=self.env.company.currency_id.name,
            moment=format_moment(self.env, fields.Datetime.now(), with_year=True),
            user=self.env.user.name,
        )
        sheet.write_string(1, 0, about, self._format(font_color="#666666"))
        for index, column in enumerate(columns):
            sheet.write_string(
                HEADER_ROW, index, column.title,
                self._format(
                    bold=True, bg_color="#E7E9ED", bottom=1, text_wrap=True, valign="top",
                    align="right" if column.kind in NUMBERS else "left",
                ),
            )  # fmt: skip
        # the name of the record stays in sight as well
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")

    def _write(self, sheet, row, index, column, value, letters):
        if value is None or (value is False and column.kind != "text"):
            return
        number = self._numbers[column.kind]
        style = self._format(num_format=number) if number else self._format()
        if column.formula:
            sheet.write_formula(row, index, column.formula(row + 1, letters), style, value)
        elif column.kind in NUMBERS:
            sheet.write_number(row, index, value, style)
        elif column.kind in ("date", "month"):
            sheet.write_datetime(row, index, datetime.combine(fields.Date.to_date(value), datetime.min.time()), style)
        elif column.kind == "datetime":
            sheet.write_datetime(row, index, fields.Datetime.context_timestamp(self.env.user, value), style)
        else:
            # never as a formula, whatever a vendor is called
            sheet.write_string(row, index, str(value or ""), style)

    def _write_totals(self, sheet, row, columns, sums):
        style = {"bold": True, "top": 1}
        if not any(column.total for column in columns):
            return
        sheet.write_string(row, 0, self.env._("Total"), self._format(**style))
        for index, column in enumerate(columns):
            if column.total:
                start, end = xl_rowcol_to_cell(HEADER_ROW + 1, index), xl_rowcol_to_cell(row - 1, index)
                # 109: the sum of the rows that a filter leaves in sight
                sheet.write_formula(
                    row, index, f"=SUBTOTAL(109,{start}:{end})",
                    self._format(num_format=self._numbers[column.kind], **style), round(sums[index], 6),
                )  # fmt: skip
            elif index:
                sheet.write_blank(row, index, None, self._format(**style))

    # -- Charts ---------------------------------------------------------------------------------------------

    def add_chart(self, area, kind, title, categories, values, stacked=False, rows=None):
        """Draw columns of a sheet, on a sheet of its own.

        :param dict area: what `add_sheet` returned.
        :param str kind: ``column``, ``bar``, ``line`` or ``pie``.
        :param str categories: title of the column with the names.
        :param values: titles of the columns that are drawn.
        :param int rows: no more than this many of the first rows.
        """
        options = {"type": kind}
        if stacked:
            options["subtype"] = "stacked"
        chart = self._book.add_chart(options)
        last = area["last"] if rows is None else min(area["last"], area["first"] + rows - 1)
        position = {column.title: index for index, column in enumerate(area["columns"])}
        for value in values:
            chart.add_series(
                {
                    "name": [area["name"], HEADER_ROW, position[value]],
                    "categories": [area["name"], area["first"], position[categories], last, position[categories]],
                    "values": [area["name"], area["first"], position[value], last, position[value]],
                }
            )
        chart.set_title({"name": title})
        chart.set_legend({"position": "bottom"})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        self._book.add_chartsheet(self._get_free_name(title)).set_chart(chart)

    # -- Definitions --------------------------------------------------------------------------------------------

    def define(self, term, meaning):
        """Explain a term on the sheet of definitions; columns with a help are there by themselves."""
        self._definitions[term] = meaning

    def _write_definitions(self):
        sheet = self._book.add_worksheet(self._get_free_name(self.env._("Definitions")))
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, 110)
        columns = [Column(self.env._("Term")), Column(self.env._("Meaning"))]
        self._write_head(sheet, columns)
        wrapped = self._format(text_wrap=True, valign="top")
        for row, (term, meaning) in enumerate(self._definitions.items(), HEADER_ROW + 1):
            sheet.write_string(row, 0, str(term), self._format(bold=True, valign="top"))
            sheet.write_string(row, 1, str(meaning), wrapped)

    # -- Details ------------------------------------------------------------------------------------------------

    def _get_day_format(self):
        """Days as the reader's language writes them, in the letters of number formats: dd.mm.yyyy"""
        pattern = posix_to_ldml(get_lang(self.env).date_format, locale=None).lower()
        if set(re.findall(r"[^\W\d_]", pattern)) - set("dmy"):
            return "yyyy-mm-dd"  # it names the day of the week, or quotes words
        return re.sub(r"[^dmy/\s-]", lambda sign: f"\\{sign[0]}", pattern)

    def _get_time_format(self):
        return "hh:mm AM/PM" if "%I" in get_lang(self.env).time_format else "hh:mm"

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def _get_free_name(self, name):
        """A name that a sheet may have and none has yet."""
        clean = "".join("-" if letter in "[]:*?/\\" else letter for letter in name).strip("'")[:MAX_NAME] or "-"
        free, number = clean, 1
        while free.lower() in self._names:
            number += 1
            free = f"{clean[: MAX_NAME - len(str(number)) - 1]} {number}"
        self._names.add(free.lower())
        return free
