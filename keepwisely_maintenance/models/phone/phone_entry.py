"""What a phone sends, read with care: it comes from outside, whatever the page on the phone does."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite

from odoo.exceptions import UserError

#: Characters of a text that a phone may send.
MAX_TEXT = 10_000

#: Characters of all that an entry says, a signature included.
MAX_VALUES = 200_000

#: Seconds by which a clock may be said to be wrong: a hundred years.
MAX_OFFSET = 100 * 365 * 24 * 3600

#: Largest number of an id in the database.
MAX_ID = 2**31 - 1


@dataclass
class Entry:
    """A command on its way: what it says, and what came of it so far.

    :param row: the record of the command, with superuser rights, or none for what cannot be read.
    :param job: the work order as the person who sends it, in a context of the moment; none where there is none.
    :param shown: whether the server has shown the work order to this person: what cannot be done is then kept on it.
    """

    id: str
    kind: str
    values: dict
    row: object
    job: object = None
    moment: datetime = None
    version: str = ""
    shown: bool = False
    is_forgotten: bool = False
    state: str = "sent"
    words: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    choices: list = field(default_factory=list)

    @property
    def env(self):
        return self.job.env

    def say(self, *sentences):
        self.words += [sentence for sentence in sentences if sentence]

    # -- Values -------------------------------------------------------------------------------------

    def text(self, name, limit=MAX_TEXT):
        """:raises UserError: it is no text, or longer than ``limit``."""
        value = self.values.get(name)
        if value is None or value is False:
            return ""
        if not isinstance(value, str):
            raise self._refusal()
        value = value.strip()
        if len(value) > limit:
            raise UserError(self.env._("The text is longer than %s characters; write it in parts.", limit))
        return value

    def number(self, name):
        """:raises UserError: it is no number."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise UserError(self.env._("Enter a number."))
        return float(value)

    def record(self, model, name):
        """The record whose id is sent, as the person who sends it; none where there is none.

        :raises UserError: there is no such record for this person.
        """
        value = self.values.get(name)
        if value is None or value is False:
            return self.env[model]
        found = self.env[model].browse(value) if is_id(value) else self.env[model]
        if not found.exists() or not found.has_access("read"):
            raise UserError(self.env._("What this entry is about is not there any more, or not yours."))
        return found

    def _refusal(self):
        return UserError(self.env._("This entry cannot be read; make it again on the work order."))


def clean(value):
    """``value`` without what the database cannot hold: characters that are none, numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items() if isinstance(key, str)}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def read_values(values):
    """What an entry says, or None where it is no dict or more than anybody enters on a phone."""
    try:
        values = clean(values) if isinstance(values, dict) else None
        return values if values is not None and len(json.dumps(values)) <= MAX_VALUES else None
    except RecursionError:
        return None


def is_id(value):
    """Whether ``value`` can be the id of a record."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID


def read_uuid(value):
    """``value`` as the text of a UUID, or None."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def read_moment(value):
    """A moment in UTC as the page writes it, or None; milliseconds and a zone of UTC are left out."""
    try:
        return datetime.strptime(value[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S")
    except (TypeError, ValueError):
        return None


def read_offset(value):
    """By how much a phone says that its clock is behind, and within how much that is true; None and 0 where it says nothing."""
    numbers = [value.get(name) for name in ("behind", "within")] if isinstance(value, dict) else [None]
    if not all(type(number) in (int, float) and abs(number) <= MAX_OFFSET for number in numbers):
        return None, timedelta()
    behind, within = numbers
    return timedelta(seconds=behind), timedelta(seconds=abs(within))
