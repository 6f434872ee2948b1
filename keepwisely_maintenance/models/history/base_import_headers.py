import csv
import re

from odoo import api, models, tools
from odoo.tools.misc import file_open, file_path

#: Where the names of columns are, one file for each model.
PLACE = "keepwisely_maintenance/models/history/headers"


def as_header(text):
    """``Serial No.``, ``serial_no`` and ``SerialNo`` are the same heading."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[\W_]+", " ", text.replace("%", " percent ").replace("#", " number ")).casefold().split())


class BaseImportHeaders(models.TransientModel):
    """Columns by what the product calls them, and by what common systems do."""

    _inherit = "base_import.import"

    @api.model
    @tools.ormcache("model")
    def _maintenance_read_headers(self, model):
        """What each heading may be for: ``{heading: {path: rank}}``, the surest with the lowest rank."""
        try:
            path = file_path(f"{PLACE}/{model}.csv")
        except (FileNotFoundError, ValueError):
            return {}
        found = {}
        with file_open(path, "r") as lines:
            for rank, row in enumerate(csv.DictReader(lines)):
                for heading in row["headings"].split("|"):
                    found.setdefault(as_header(heading), {}).setdefault(row["field"], rank)
        return found

    def _get_mapping_suggestions(self, headers, header_types, fields_tree):
        known = self._maintenance_read_headers(self.res_model)
        # products of others keep their own words
        if not known or (self.res_model.startswith("product.") and not self._maintenance_is_ours()):
            return super()._get_mapping_suggestions(headers, header_types, fields_tree)
        saved = self.env["base_import.mapping"].search([("res_model", "=", self.res_model)])
        saved = {mapping.column_name for mapping in saved if mapping.field_name}
        candidates = []
        for index, header in enumerate(headers):
            if header.strip().lower() in saved or "/" in header:
                continue  # somebody chose it before, or it names a field of a field
            paths = known.get(as_header(header), {})
            # what can only be one thing goes before what may be several
            candidates += [(len(paths), rank, index, header, path) for path, rank in paths.items()]
        found, taken = {}, set()
        for _count, _rank, index, header, path in sorted(candidates):
            names = path.split("/")
            if path not in taken and (index, header) not in found and self._maintenance_has_path(fields_tree, names):
                found[index, header] = {"field_path": names, "distance": -1}
                taken.add(path)
        # what Odoo itself makes of the others; only what is called exactly so, as a likeness is no reason
        for key, suggestion in super()._get_mapping_suggestions(headers, header_types, fields_tree).items():
            if key not in found and suggestion and suggestion.get("distance", 0) <= 0:
                if "/".join(suggestion["field_path"]) not in taken:
                    found[key] = suggestion
        return found

    @api.model
    def _maintenance_has_path(self, fields_tree, names):
        """Whether the screen offers the field; what may not be written is not offered."""
        for name in names:
            field = next((field for field in fields_tree if field["name"] == name), None)
            if field is None:
                return False
            fields_tree = field["fields"]
        return True
