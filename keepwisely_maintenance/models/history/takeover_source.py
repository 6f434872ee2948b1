"""What every source of things that are taken over has in common."""

from dataclasses import dataclass


@dataclass
class Row:
    """Something that can be taken over, or why not.

    :param record: what it is there.
    :param equipment: the assets it is about.
    :param day: when it is due next, or wanted.
    :param becomes: what is made of it, in words.
    :param reason: why nothing is made of it; False where something is.
    """

    record: object
    name: str
    equipment: object
    rhythm: str
    day: object
    becomes: str
    reason: object


class TakeoverSource:
    """Something that Odoo or another module had before.

    It is found, shown and taken with the rights of whoever takes it over.

    :param env: theirs.
    :param company: whose it is.
    """

    #: As the lines of the wizard say it, and the model that holds it.
    kind = model = None

    def __init__(self, env, company):
        self.env, self.company = env, company

    def is_there(self):
        """Whether the module that has it is installed."""
        return self.model in self.env.registry

    def may_look(self):
        """Whether whoever takes it over may read and end what is there."""
        records = self.env[self.model]
        return records.has_access("read") and records.has_access("write")

    def find(self):
        """A list of `Row`."""
        raise NotImplementedError

    def take(self, record):
        """Make of ``record`` what its row says, once, and end what it did there.

        :returns: what was made.
        :raises UserError: it cannot be.
        """
        raise NotImplementedError

    def describe_rhythm(self, interval, unit):
        return self.env["maintenance.schedule"].new({"interval": interval, "interval_unit": unit}).rhythm
