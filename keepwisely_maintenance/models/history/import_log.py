"""What the import of one file has found so far."""

#: In the context of `load`: rows that cannot be are left out, and told; without it one of them keeps out all.
SKIP_BAD = "maintenance_history_skip_bad"

#: In the context of whatever one `load` does, and of the import screen; they count only with an object of a class below.
LOG, READING = "maintenance_history_log", "maintenance_import_reading"


class ImportLog:
    """The refusals of one `load`, the rows that Odoo could not read, and records by how the file names them."""

    def __init__(self, model):
        self.model = model
        self.messages = []
        self.unreadable = set()
        self.found = {}
        self.is_native = False  # while Odoo makes what was looked at

    def refuse(self, info, reasons):
        for reason in reasons:
            message = {**info, "type": "error", "message": reason}
            if message not in self.messages:
                self.messages.append(message)

    def note(self, message):
        """A message of Odoo's own about a row that it could not read."""
        if message["type"] == "error":
            self.unreadable.add(message["rows"]["from"])
        self.messages.append(message)


def find_log(env):
    """The log of the `load` that is going on, or None."""
    log = env.context.get("maintenance_history_log")
    return log if isinstance(log, ImportLog) else None


def get_log(records):
    """The log of the `load` that is going on for the model of ``records``, or None."""
    log = find_log(records.env)
    return log if log and log.model == records._name else None


class Reading:
    """How the file that is being imported is read; what code of ours hands to `load`."""

    has_refused = False


def get_reading(env):
    """The reading of the file of somebody who moves in, or None; see `base_import_import.py`."""
    reading = env.context.get("maintenance_import_reading")
    return reading if isinstance(reading, Reading) else None
