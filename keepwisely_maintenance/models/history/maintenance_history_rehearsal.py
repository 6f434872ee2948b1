import mimetypes
import re
from collections import namedtuple

from odoo import api, models

from .maintenance_history_import import SKIP_BAD

#: What files are called, in the order in which they are read: the records, and whether they are of the past.
SUBJECTS = {
    "places": ("stock.location", False),
    "categories": ("maintenance.equipment.category", False),
    "teams": ("maintenance.team", False),
    "people": ("res.partner", False),
    "failure_codes": ("maintenance.failure.code", False),
    "work_types": ("maintenance.work.type", False),
    "assets": ("maintenance.equipment", False),
    "spare_parts": ("product.template", False),
    "vendor_prices": ("product.supplierinfo", False),
    "schedules": ("maintenance.schedule", False),
    "due_dates": ("maintenance.schedule.asset", False),
    "meters": ("maintenance.meter", False),
    "readings": ("maintenance.meter.reading", False),
    "work_orders": ("maintenance.request", True),
    "hours": ("maintenance.labor", True),
    "downtimes": ("maintenance.downtime", True),
    "costs": ("maintenance.cost.entry", True),
    "opening_costs": ("maintenance.cost.entry", True),
}

#: How Odoo's import screen reads a file until somebody says otherwise.
OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": "", "encoding": "", "date_format": "", "datetime_format": "",
    "float_thousand_separator": ",", "float_decimal_separator": ".", "sheet": "", "advanced": True, "keep_matches": False,
    "name_create_enabled_fields": {}, "import_set_empty_fields": [], "import_skip_records": [], "fallback_values": {}, "skip": 0,
}  # fmt: skip

#: What came of a file: its columns, those that no field was found for, records made, messages.
Outcome = namedtuple("Outcome", ["headers", "unknown", "ids", "messages"])


class MaintenanceHistoryRehearsal(models.AbstractModel):
    """Reads a folder of files as the import screen would, one after the other.

    Columns are matched as that screen proposes them, and as it remembers them from files that were imported there.
    """

    _name = "maintenance.history.rehearsal"
    _description = "Rehearsal of a Move"

    @api.model
    def get_order(self, names):
        """Put files in the order in which they are read.

        A file is called by its subject (``assets.csv``, ``03 Work orders.xlsx``) or by the technical name of its records.
        What begins with a number is read first, in the order of the numbers.

        :param list names: of the files, without their folder.
        :returns: tuples (name, model or None when it says no subject, whether it is of the past).
        """
        found = []
        for name in names:
            number, subject = re.fullmatch(r"(\d*)[\s._-]*(.+?)\.\w+", name.lower()).groups()
            model, is_past = SUBJECTS.get(re.sub(r"[\s-]+", "_", subject), (None, False))
            if not model and subject in self.env:
                model, is_past = subject, any(subject == past for past, is_past in SUBJECTS.values() if is_past)
            place = list(SUBJECTS.values()).index((model, is_past)) if (model, is_past) in SUBJECTS.values() else len(SUBJECTS)
            found.append((not number, int(number or 0), place, name, model, is_past))
        return [(name, model, is_past) for *_order, name, model, is_past in sorted(found, key=lambda row: row[:4])]

    @api.model
    def load_file(self, name, content, model, is_past=False):
        """Bring in the good rows of a file, and tell the others.

        :param bytes content: of a file that Odoo's import screen can read.
        :returns: an `Outcome`.
        """
        context = {"maintenance_bring_in_history": True, SKIP_BAD: True} if is_past else {}
        screen = self.env["base_import.import"].with_context(**context).create(
            {"res_model": model, "file": content, "file_name": name, "file_type": mimetypes.guess_type(name)[0]}
        )
        preview = screen.parse_preview({**OPTIONS})
        if preview.get("error"):
            return Outcome([], [], [], [{"type": "error", "message": preview["error"]}])
        headers, matches = preview["headers"], preview["matches"]
        fields = ["/".join(matches.get(index, ())) or False for index in range(len(headers))]
        unknown = [header for header, field in zip(headers, fields, strict=True) if not field]
        result = screen.execute_import(fields, headers, preview["options"])
        return Outcome(headers, unknown, result.get("ids") or [], result["messages"])
