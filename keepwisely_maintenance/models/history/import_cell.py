"""What stands in a cell of somebody's spreadsheet, read strictly and the same way in all rows of a file."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from math import isfinite

#: What people write where there is nothing.
EMPTY_WORDS = frozenset(
    {"-", "--", "---", "–", "—", ".", "n/a", "n.a.", "n. a.", "#n/a", "none", "(none)", "null", "(null)", "nil", "(blank)",
     "k.a.", "k. a."}
)  # fmt: skip

#: What a spreadsheet writes where it could not reckon.
ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!"})

#: Blanks that are no space, and marks that cannot be seen.
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\u2060\ufeff"

#: Spreadsheets count days from here on; before day 61 they count one that never was.
DAY_ZERO, FIRST_DAY, LAST_DAY = datetime(1899, 12, 30), 61, 73050

DATE_FORMS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
    "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y%m%d",
)  # fmt: skip
TIME_FORMS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f")

SERIAL = re.compile(r"\d{1,6}(?:\.\d+)?|\d(?:\.\d+)?[eE]\+?0?[1-5]")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
LIKE_A_DAY = re.compile(r"\d{1,4}[./ -]{1,2}(?:\d{1,2}|[^\W\d_]{3,9})[./ -]{1,2}\d{2,4}\b|[^\W\d_]{3,9} \d{1,2}, \d{4}|\d{8}\b")
YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
YEAR_WORDS = re.compile(r"year|jahr|année|annee|anno|(?:^|\W|_)año(?:\W|_|$)", re.IGNORECASE)


class Unreadable(ValueError):
    """A cell that does not say what its column is for; its word tells why."""


def cut(text):
    return text.strip(BLANKS)


def is_empty_word(text):
    return text.casefold() in EMPTY_WORDS


class NumberForm:
    """How a file writes numbers: strictly, so that 2.5 among decimal commas is neither 25 nor a guess."""

    def __init__(self, decimal=".", group=","):
        self.decimal = decimal or "."
        groups = rf"[ \u00a0\u202f'’{re.escape(group or '')}]" if group and group != self.decimal else r"[ \u00a0\u202f'’]"
        point = re.escape(self.decimal)
        self.groups = re.compile(groups)
        self.pattern = re.compile(
            rf"[+-]?(?:\d+|\d{{1,3}}(?:{groups}\d{{3}})+)?(?:{point}\d*)?(?:[eE][+-]?\d{{1,3}})?"
        )

    def fits(self, text):
        return bool(self.pattern.fullmatch(text)) and any(char.isdigit() for char in text)

    def parse(self, text):
        """A number as Python writes it, or :raises Unreadable:"""
        negative = text.startswith("(") and text.endswith(")")
        plain = cut(text[1:-1]) if negative else text
        if plain.endswith("-") and len(plain) > 1:  # as SAP writes it
            negative, plain = True, cut(plain[:-1])
        if not self.fits(plain):
            raise Unreadable("number")
        plain = self.groups.sub("", plain).replace(self.decimal, ".")
        value = float(plain)
        if not isfinite(value):
            raise Unreadable("number")
        if "e" in plain.lower():
            plain = f"{value:.12f}".rstrip("0").rstrip(".")
        return f"-{plain.lstrip('+-')}" if negative else plain.lstrip("+")


def guess_number_form(cells):
    """``(decimal, group)`` where more of the cells can only be read with a decimal comma than with a point; else None."""
    point, comma = NumberForm(".", ","), NumberForm(",", ".")
    only_point = only_comma = 0
    for cell in cells:
        text = cut(cell)
        fits_point, fits_comma = point.fits(text), comma.fits(text)
        only_point += fits_point and not fits_comma
        only_comma += fits_comma and not fits_point
    return (",", ".") if only_comma > only_point else None


def guess_date_form(cells, usual=None):
    """The form of day that most cells have, beside what is clear by itself; None where there is none or two are as good.

    :param usual: the form of the user's language; it decides between two.
    """
    fits = Counter()
    for cell, count in Counter(map(cut, cells)).items():
        if LIKE_A_DAY.match(cell) and not ISO.fullmatch(cell):
            fits.update({form: count for form in DATE_FORMS if _parse(cell, form)})
    if not fits:
        return None
    most = max(fits.values())
    best = [form for form in DATE_FORMS if fits[form] == most]
    if usual in best:
        return usual
    return best[0] if len(best) == 1 else None


def _parse(text, form):
    for time_form in TIME_FORMS:
        try:
            return datetime.strptime(text, form + time_form)
        except ValueError:
            continue
    return None


class CellReader:
    """Reads the cells of one file and counts what it read otherwise than it is written.

    :param tz: of moments that are written without one.
    """

    def __init__(self, numbers, date_form=None, moment_form=None, tz=None, currencies=()):
        self.numbers, self.moment_form, self.tz = numbers, moment_form, tz
        self.day_forms = [date_form + time_form for time_form in TIME_FORMS] if date_form else []
        self.currencies = sorted(currencies, key=len, reverse=True)
        self.counts = Counter()

    def read_cell(self, cell, kind, keeps=(), is_year=False):
        """The text that Odoo's own import understands.

        :param kind: the type of the field.
        :param keeps: words that mean something in this column.
        :raises Unreadable: with the word ``number``, ``whole``, ``date``, ``day_zero``, ``year`` or ``form``.
        """
        if isinstance(cell, datetime) and kind != "date":
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(cell, date):
            return cell.strftime("%Y-%m-%d")
        if not isinstance(cell, str):
            cell = "" if cell is None or cell is False else str(cell)
        text = cut(cell)
        if text != cell and text:
            self.counts["blanks"] += 1
        if text.startswith("'") and len(text) > 1 and not text.endswith("'") and not re.match(r"'[a-z]\b", text):
            self.counts["apostrophes"] += 1
            text = cut(text[1:])
        if kind in ("date", "datetime", "integer", "float", "monetary") and text.casefold() in ERRORS:
            raise Unreadable("date" if kind in ("date", "datetime") else "number")
        if is_empty_word(text) and text.casefold() not in keeps:
            self.counts["empty"] += 1
            return ""
        if not text:
            return ""
        if kind in ("float", "monetary", "integer"):
            return self._read_number(text, kind)
        if kind in ("date", "datetime"):
            return self._read_year(text) if is_year else self._read_moment(text, kind)
        return text

    def _read_number(self, text, kind):
        plain = text
        for currency in self.currencies:
            if plain.startswith(currency):
                plain = cut(plain.removeprefix(currency))
                break
            if plain.endswith(currency):
                plain = cut(plain.removesuffix(currency))
                break
        number = self.numbers.parse(plain)
        if kind == "integer":
            if not float(number).is_integer():
                raise Unreadable("whole")
            number = str(int(float(number)))
        if number != text:
            self.counts["numbers"] += 1
        return number

    def _read_year(self, text):
        if not text.replace(self.numbers.decimal, "").isdigit():
            return self._read_moment(text, "date")
        if not YEAR.fullmatch(text):
            raise Unreadable("year")
        self.counts["years"] += 1
        return f"{text[:4]}-01-01"

    def _read_moment(self, text, kind):
        moment = None
        if kind == "date" and MONTH.fullmatch(text):
            moment = datetime.fromisoformat(f"{text}-01")
        elif ISO.fullmatch(text):
            try:
                moment = datetime.fromisoformat(re.sub(r"([ T])(\d):", r"\g<1>0\2:", text))
            except ValueError as error:
                raise Unreadable("date") from error
            if moment.tzinfo:
                moment = moment.astimezone(self.tz).replace(tzinfo=None) if self.tz else moment.replace(tzinfo=None)
        elif found := (self.moment_form and _try(text, self.moment_form)) or self._parse_day(text):
            moment = found
        else:
            moment = self._read_serial(text)
        written = f"{moment:%Y-%m-%d}" if kind == "date" else f"{moment:%Y-%m-%d %H:%M:%S}"
        if written != text and not (kind == "datetime" and f"{moment:%Y-%m-%d}" == text):
            self.counts["dates"] += 1
        return written

    def _parse_day(self, text):
        """The form of time that fitted last is tried first: a file has one."""
        for place, form in enumerate(self.day_forms):
            if found := _try(text, form):
                self.day_forms.insert(0, self.day_forms.pop(place))
                return found
        return None

    def _read_serial(self, text):
        plain = text.replace(self.numbers.decimal, ".")
        if YEAR.fullmatch(plain):
            raise Unreadable("only_year")
        if not SERIAL.fullmatch(plain):
            raise Unreadable("form" if any(_parse(text, form) for form in DATE_FORMS) else "date")
        days = float(plain)
        if days < FIRST_DAY:
            raise Unreadable("day_zero")
        if days > LAST_DAY:
            raise Unreadable("date")
        return DAY_ZERO + timedelta(seconds=round(days * 86400))


def _try(text, form):
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def is_year_column(header, cells):
    """Whether a column holds years and no days: its header says so, or most of its cells are."""
    if header and YEAR_WORDS.search(header):
        return True
    texts = [text for cell in cells if isinstance(cell, str) and (text := cut(cell)) and not is_empty_word(text)]
    return bool(texts) and 2 * sum(bool(YEAR.fullmatch(text)) for text in texts) > len(texts)


def as_text(cell):
    """A cell for looking at; what a spreadsheet typed as a day is clear by itself."""
    return cell if isinstance(cell, str) else "" if cell is None or cell is False else str(cell)
