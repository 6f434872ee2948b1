import re
from datetime import date, datetime
from pathlib import Path

from freezegun import freeze_time
from lxml import etree

from odoo.tests import TransactionCase, new_test_user, tagged

from ...words import format_day, format_moment

HOURS = re.compile(r"(^|_)(hours|duration)(_|$)")
QUANTITY = re.compile(r"(^|_)(qty|quantity)(_|$)")

#: Are worked out between units and by shares, and are kept as exact as they come.
EXACT = {
    ("maintenance.requisition.line", "qty_ordered"),
    ("maintenance.requisition.line", "qty_received"),
    ("maintenance.cost.entry", "received_qty"),
    ("maintenance.cost.entry", "billed_qty"),
}


#: Files whose numbers and days are read by programs: cells of files, and figures that are played back.
FOR_NOBODY = ("import_cell.py", "reorder_policy.py")


@tagged("post_install", "-at_install")
class TestFormats(TransactionCase):
    """Hours are shown as 01:30, quantities with the digits of Odoo's quantities."""

    def test_hours(self):
        ours = self.env["ir.model.data"].search([("model", "=", "ir.ui.view"), ("module", "=", "keepwisely_maintenance")])
        decimals, seen = [], 0
        for view in self.env["ir.ui.view"].browse(ours.mapped("res_id")).exists().filtered(lambda view: view.type != "qweb"):
            arch = etree.fromstring(view.get_combined_arch())
            for node in arch.iter("field"):
                field = self._get_field(view.model, node)
                if not field or field.type != "float" or not HOURS.search(field.name) or self._is_hidden(node):
                    continue
                seen += 1
                if node.get("widget") != "float_time":
                    decimals.append((view.xml_id, field.model_name, field.name))
        self.assertGreater(seen, 30)
        self.assertFalse(set(decimals))

    def _get_field(self, model, node):
        """The field that the node shows, which may be in a list within a form."""
        parents = [parent.get("name") for parent in node.iterancestors("field")]
        for name in reversed(parents):
            field = self.env[model]._fields.get(name)
            if not field or not field.comodel_name:
                return None
            model = field.comodel_name
        return self.env[model]._fields.get(node.get("name"))

    def _is_hidden(self, node):
        return any(node.get(name) in ("1", "True") for name in ("invisible", "column_invisible"))

    def test_quantities(self):
        wrong = []
        for name, model in self.env.registry.items():
            for field in model._fields.values():
                ours = field.model_name == name and "keepwisely_maintenance" in field._modules
                if ours and field.type == "float" and QUANTITY.search(field.name) and (name, field.name) not in EXACT:
                    wrong += [] if field._digits == "Product Unit" or field.related else [(name, field.name)]
        self.assertFalse(wrong)

    @freeze_time("2026-11-23 12:00")
    def test_days_in_sentences(self):
        """As in date fields: without the year where it is this one, in the reader's language."""
        self.assertEqual(format_day(self.env, date(2026, 12, 4)), "Dec 4")
        self.assertEqual(format_day(self.env, date(2027, 1, 4)), "Jan 4, 2027")
        self.assertEqual(format_day(self.env, False), "")
        moment = format_moment(self.env(user=self._get_user_in("Europe/Brussels")), datetime(2026, 12, 4, 23, 30))
        self.assertEqual(moment.replace("\N{NARROW NO-BREAK SPACE}", " "), "Dec 5, 12:30 AM")

    def _get_user_in(self, zone):
        user = new_test_user(self.env, login="kw_zone")
        user.tz = zone
        return user

    def _find(self, pattern, exempt=()):
        return [
            str(path)
            for kind in ("models", "wizard", "report", "controllers")
            for path in (Path(__file__).parents[2] / kind).rglob("*.py")
            if path.name not in exempt and re.search(pattern, path.read_text(encoding="utf-8"))
        ]

    def test_no_other_way_to_write_a_day(self):
        """Odoo's own words for a day are numbers, which no field shows; Python's own know no language."""
        self.assertFalse(self._find(r"\bformat_date(time)?\((?!.*date_format=)"))
        self.assertFalse(self._find(r"\bstrftime\(", FOR_NOBODY))

    def test_no_other_way_to_write_a_number(self):
        """What Python writes has a point in every language, and no thousands."""
        self.assertFalse(self._find(r":[\d.,]*[gf]\}|%(\(\w+\))?[\d.]*[gf]\b", FOR_NOBODY))

    def test_no_label_is_made_small(self):
        """Nouns of other languages have capitals."""
        self.assertFalse(self._find(r"(_label\(.*\)|_selection\(.*\)\)(\[.*\]|\.get\(.*\)))\.lower\(\)"))

    def test_labels_in_sentences_are_quoted(self):
        """“is closed” needs a gender in other languages; “is in state “Closed”” needs none."""
        self.assertFalse(self._find(r"\b(is|was|are|were|as)( in state)? %\((state|status|counts)\)s"))
