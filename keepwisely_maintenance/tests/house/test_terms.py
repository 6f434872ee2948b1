from pathlib import Path

import polib
from lxml import etree

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

OURS = "keepwisely_maintenance"


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    """The template of what is translated has all terms of the module, and no others: `make terms` writes it."""

    def test_templates_are_current(self):
        modules = self.env["ir.module.module"].search([("name", "=like", f"{OURS}%"), ("state", "=", "installed")])
        for module in modules.mapped("name"):
            with self.subTest(module=module):
                manifest = Manifest.for_addon(module)
                template = polib.pofile(str(Path(manifest.path) / "i18n" / f"{module}.pot"))
                demo, terms_of_demo = self._read_demo(module, manifest)
                said, own = self._read_terms(module)
                known = {entry.msgid for entry in template}
                self.assertFalse(sorted((own | terms_of_demo) - known), "make terms")
                gone = [entry.msgid for entry in template if entry.msgid not in said and not self._is_of(entry, demo)]
                self.assertFalse(gone, "make terms")

    def _read_terms(self, module):
        """All that Odoo would export, and of that what the template must have.

        Which fields other applications add to all models, and so to ours, depends on what is installed. The terms of Python
        and JavaScript are compared by `make lint`.
        """
        said, own = set(), set()
        for _module, _kind, name, xmlid, term, _value, _comments in TranslationModuleReader(self.env.cr, [module]):
            said.add(term)
            if name.endswith((".py", ".js")) or (name.startswith("ir.model.fields,") and not self._is_our_field(xmlid)):
                continue
            own.add(term)
        return said, own

    def _is_our_field(self, xmlid):
        field = self.env.ref(xmlid)
        return any(name.startswith(OURS) for name in self.env[field.model]._fields[field.name]._modules)

    def _read_demo(self, module, manifest):
        """The names of demo records, and the terms in them; the records need not be there."""
        names, terms = set(), set()
        for path in manifest.get("demo", ()):
            if not path.endswith(".xml"):
                continue
            for record in etree.parse(str(Path(manifest.path) / path)).iter("record"):
                names.add(f"{module}.{record.get('id')}")
                if record.get("model") == "ir.actions.server":
                    continue  # makes other records, and goes when it has
                for node in record.iterchildren("field"):
                    field = self.env[record.get("model")]._fields.get(node.get("name"))
                    if field and field.translate and node.text and not len(node):
                        terms.update(field.get_trans_terms(node.text.strip()))
        return names, {term for term in terms if len(term) > 1}

    def _is_of(self, entry, names):
        """Whether it is of ``names`` only, or of records of other modules, which Odoo exports with those."""
        xmlids = [place.rpartition(":")[2] for place, _line in entry.occurrences]
        # the template of a product is named after it
        return all(xmlid.removesuffix("_product_template") in names or not xmlid.startswith(OURS) for xmlid in xmlids)
