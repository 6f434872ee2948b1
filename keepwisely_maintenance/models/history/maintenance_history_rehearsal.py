import mimetypes
import re
from collections import namedtuple

from odoo import api, models
from odoo.exceptions import UserError

from .base_import_import import HISTORY_OPTION, SKIP_OPTION

#: What files are called, in the order in which they are read: the records, whether they are of the past, and what the
#: screen of their menu says.
SUBJECTS = {
    "asset-categories": ("maintenance.equipment.category", False, {}),
    "teams": ("maintenance.team", False, {}),
    "places": ("stock.location", False, {"maintenance_new_place": True}),
    "contacts": ("res.partner", False, {"maintenance_import": True}),
    "failure-codes": ("maintenance.failure.code", False, {}),
    "work-types": ("maintenance.work.type", False, {}),
    "assets": ("maintenance.equipment", False, {}),
    "shelves": ("stock.location", False, {"maintenance_import": True}),
    "spare-parts": ("product.template", False, {"default_is_spare_part": True}),
    "vendor-prices": ("product.supplierinfo", False, {"maintenance_import": True}),
    "schedules": ("maintenance.schedule", False, {}),
    "due-dates": ("maintenance.schedule.asset", False, {}),
    "meters": ("maintenance.meter", False, {}),
    "meter-readings": ("maintenance.meter.reading", False, {}),
    "work-orders": ("maintenance.request", True, {}),
    "hours": ("maintenance.labor", True, {}),
    "downtimes": ("maintenance.downtime", True, {}),
    "costs": ("maintenance.cost.entry", True, {}),
    "opening-costs": ("maintenance.cost.entry", True, {}),
}

#: What can be made by its name alone, as the import screen offers it for a column.
MADE_BY_NAME = {
    "assets": ("category_id",),
    "spare-parts": ("categ_id", "seller_ids/partner_id"),
    "vendor-prices": ("partner_id",),
}

#: How Odoo's import screen reads a file until somebody says otherwise.
OPTIONS = {
    "has_headers": True, "quoting": '"', "separator": "", "encoding": "", "date_format": "", "datetime_format": "",
    "float_thousand_separator": ",", "float_decimal_separator": ".", "sheet": "", "advanced": True, "keep_matches": False,
    "name_create_enabled_fields": {}, "import_set_empty_fields": [], "import_skip_records": [], "fallback_values": {}, "skip": 0,
}  # fmt: skip

#: What came of a file: columns that no field was found for, records made, (row, reasons) of each bad row, what was read
#: otherwise than written in words, and the workbook of bad rows or nothing.
Outcome = namedtuple("Outcome", ["unknown", "ids", "bad", "lines", "workbook"])


class MaintenanceHistoryRehearsal(models.AbstractModel):
    """Reads a folder of files as the import screen would, one after the other.

    Columns are matched as that screen proposes them, and as it remembers them from files that were imported there.
    """

    _name = "maintenance.history.rehearsal"
    _description = "Rehearsal of a Move"

    @api.model
    def get_order(self, names):
        """Put files in the order in which they are read: those with a number in front first.

        :param list names: of the files, without their folder, as ``assets.csv`` or ``03 Work orders.xlsx``.
        :returns: tuples (name, subject); the subject is None when the name says none.
        """
        subjects, found = list(SUBJECTS), []
        for name in names:
            number, words = re.fullmatch(r"(\d*)[\s._-]*(.+?)\.\w+", name.lower()).groups()
            subject = re.sub(r"[\s_]+", "-", words)
            place = subjects.index(subject) if subject in SUBJECTS else len(subjects)
            found.append((not number, int(number or 0), place, name, subject if subject in SUBJECTS else None))
        return [(name, subject) for *_order, name, subject in sorted(found, key=lambda row: row[:4])]

    @api.model
    def load_file(self, name, content, subject, make_missing=False):
        """Bring in the good rows of a file, and tell the others.

        :param bytes content: of a file that Odoo's import screen can read.
        :param bool make_missing: make categories and vendors that the file names and that are not here.
        :returns: an `Outcome`.
        :raises UserError: the file cannot be read.
        """
        model, is_past, context = SUBJECTS[subject]
        screen = self.env["base_import.import"].with_context(**context).create(
            {"res_model": model, "file": content, "file_name": name, "file_type": mimetypes.guess_type(name)[0]}
        )
        preview = screen.parse_preview({**OPTIONS, HISTORY_OPTION: is_past})
        if preview.get("error"):
            raise UserError(self.env._("%(file)s cannot be read: %(reason)s", file=name, reason=preview["error"]))
        headers, matches = preview["headers"], preview["matches"]
        fields = ["/".join(matches.get(index, ())) or False for index in range(len(headers))]
        made = dict.fromkeys(MADE_BY_NAME.get(subject, ()) if make_missing else (), True)
        options = {**preview["options"], HISTORY_OPTION: is_past, SKIP_OPTION: True, "name_create_enabled_fields": made}
        result = screen.execute_import(fields, headers, options)
        told = result.get("maintenance")
        if not told:  # a file without a column of ours is read natively, all or nothing
            bad = [(message.get("rows", {}).get("from", -2) + 2, [message["message"]]) for message in result["messages"]]
            told = {"bad": [{"row": row, "reasons": reasons} for row, reasons in bad], "lines": []}
        return Outcome(
            [header for header, field in zip(headers, fields, strict=True) if not field],
            result.get("ids") or [],
            [(row["row"], row["reasons"]) for row in told["bad"]],
            told["lines"],
            screen._maintenance_write_bad_file() if screen.maintenance_bad_rows else None,
        )
