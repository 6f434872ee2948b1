"""The check of translations finds each kind of error, and nothing where there is none. Run by `make lint`."""

import tempfile
import unittest
from pathlib import Path

import polib

from kw.term_files import compare, find_wrong_terms, merge, python_terms, script_terms, tidy

SOURCE = '''
_ = _lt = print
_lt("Late")
self.env._("%(asset)s is late" " by %(days)s days", asset="Pump", days=2)
env._("%s h", 2)
other("Not this one")
'''
SCRIPT = """
_t("All sent");
const said = one ? _t('Don\\'t') : _t("Sending " + "%s", count);
"""
TERMS = {
    "Late": "Zu spät",
    "%(asset)s is late by %(days)s days": "%(days)s Tage zu spät: %(asset)s, ja %(asset)s",
    "%s h": "%s Std.",
    "All sent": "Alles gesendet",
    "Don't": "Nicht",
    "Sending %s": "%s wird gesendet",
    '<i class="fa" title="Late"/> is late': '<i class="fa" title="Spät"/> ist spät',
}
PLACES = {
    "Late": "models/late.py",
    "%(asset)s is late by %(days)s days": "models/late.py",
    "%s h": "models/late.py",
    "All sent": "static/src/late.js",
    "Don't": "static/src/late.js",
    "Sending %s": "static/src/late.js",
}


class TestTerms(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.module, self.bridge = self.root / "plant", self.root / "plant_bridge"
        self.write("plant/models/late.py", SOURCE)
        self.write("plant/static/src/late.js", SCRIPT)
        self.write_template(self.module, TERMS)
        self.write_template(self.bridge, [])

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_file(self, folder, name, terms):
        file = polib.POFile()
        file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
        for term, translation in terms.items():
            place = f"code:addons/{folder.name}/{PLACES[term]}" if term in PLACES else "model_terms:ir.ui.view,arch_db:plant.view"
            file.append(polib.POEntry(msgid=term, msgstr=translation, occurrences=[(place, "0")]))
        self.write(f"{folder.name}/i18n/{name}", str(file))

    def write_template(self, folder, terms):
        self.write_file(folder, f"{folder.name}.pot", dict.fromkeys(terms, ""))

    def find(self):
        wrong = find_wrong_terms(self.root, [self.module, self.bridge])
        return sorted(f"{path.relative_to(self.root)}: {finding}" for path, finding in wrong)

    def assertFound(self, *findings):
        found = self.find()
        self.assertEqual(len(found), len(findings), found)
        for finding in findings:
            self.assertTrue(any(finding in line for line in found), found)

    def translate(self, **changed):
        self.write_file(self.module, "de.po", {**TERMS, **changed})
        self.write_file(self.bridge, "de.po", {})

    def test_nothing_wrong(self):
        self.assertFound()
        self.translate()
        self.assertFound()

    def test_template_is_not_there(self):
        (self.bridge / "i18n" / "plant_bridge.pot").unlink()
        self.assertFound("plant_bridge.pot: is not there")

    def test_code_says_something_new(self):
        self.write("plant/models/new.py", 'self.env._("Brand new")')
        self.write("plant/static/src/late.js", SCRIPT + '_t("Newer")')
        self.assertFound("lacks “Brand new” of plant/models/new.py", "lacks “Newer” of plant/static/src/late.js")

    def test_code_says_it_elsewhere(self):
        self.write("plant/models/new.py", 'self.env._("Late")')
        self.assertFound("lacks “Late” of plant/models/new.py")

    def test_code_does_not_say_it_any_more(self):
        self.write("plant/models/late.py", SOURCE.replace('_lt("Late")', ""))
        self.write("plant/static/src/late.js", SCRIPT.replace("All sent", "Sent"))
        self.assertFound(
            "has “Late”, which plant/models/late.py does not", "has “All sent”, which plant/static/src/late.js does not",
            "lacks “Sent” of",
        )  # fmt: skip

    def test_not_translated(self):
        self.translate(Late=" ")
        self.assertFound("de.po: “Late” has no translation")

    def test_missing_and_gone(self):
        terms = {term: text for term, text in TERMS.items() if term != "Late"}
        self.write_file(self.module, "de.po", {**terms, "Early": "Früh"})
        self.write_file(self.bridge, "de.po", {})
        self.assertFound("“Late” is missing", "“Early” is not translated any more")

    def test_fuzzy(self):
        self.translate()
        path = self.module / "i18n" / "de.po"
        path.write_text(path.read_text(encoding="utf-8").replace('msgid "Late"', '#, fuzzy\nmsgid "Late"'), encoding="utf-8")
        self.assertFound("“Late” is fuzzy")

    def test_language_only_partly_there(self):
        self.translate()
        (self.bridge / "i18n" / "de.po").unlink()
        self.assertFound("plant_bridge/i18n/de.po: is not there")

    def test_name_of_a_language(self):
        for folder, terms in ((self.module, TERMS), (self.bridge, {})):
            self.write_file(folder, "german.po", terms)
        self.assertFound("plant/i18n/german.po: is not called", "plant_bridge/i18n/german.po: is not called")

    def test_placeholders(self):
        self.translate(**{"Sending %s": "Wird gesendet", "%(asset)s is late by %(days)s days": "%(assets)s: %(days)s"})
        self.assertFound("placeholders differ: %s", "placeholders differ: %(asset)s %(assets)s")

    def test_comparing(self):
        for source, translation, fault in (
            ("%s h", "%s Std.", None),
            ("%s %%", "%s %", "placeholders"),
            ("50 % of it", "50 % davon", None),
            ("The 10 % rule", "Die 10 %-regel", None),
            ("{{ object.name }} is late", "{{ object.title }} ist spät", "placeholders"),
            ("a <b>big</b> one", "ein <b>großes</b>", None),
            ("a <b>big</b> one", "ein großes", "tags"),
            ('<a href="/web">Here</a>', '<a href="/hier">Hier</a>', "tags"),
            ('<i title="Late"/>', '<i title="Spät"/>', None),
            (" or ", " oder ", None),
            (" or ", "oder", "begins"),
            ("Late.\n", "Spät.", "ends"),
        ):
            found = list(compare(source, translation))
            self.assertEqual(bool(found), bool(fault), (source, translation, found))
            self.assertTrue(not fault or any(fault in line for line in found), found)

    def test_reading_code(self):
        self.assertEqual(set(python_terms(SOURCE)), {"Late", "%(asset)s is late by %(days)s days", "%s h"})
        self.assertEqual(set(script_terms(SCRIPT)), {"All sent", "Don't", "Sending %s"})

    def test_merging(self):
        """Translations stay, what is gone goes, what is new is empty, and doing it again changes nothing."""
        self.translate()
        self.write_template(self.module, [term for term in TERMS if term != "Don't"] + ["New"])
        template = polib.pofile(str(self.module / "i18n" / "plant.pot"))
        merged = merge(template, polib.pofile(str(self.module / "i18n" / "de.po")))
        terms = {entry.msgid: entry.msgstr for entry in polib.pofile(merged)}
        self.assertEqual(terms, {**{term: text for term, text in TERMS.items() if term != "Don't"}, "New": ""})
        self.assertEqual(merge(template, polib.pofile(merged)), merged)

    def test_tidying(self):
        """The same terms make the same file, whenever and in whatever order they were exported."""
        exported = polib.POFile()
        exported.metadata = {"POT-Creation-Date": "2026-11-30", "Content-Type": "text/plain; charset=UTF-8"}
        for term in ("Late", "Early"):
            exported.append(polib.POEntry(msgid=term, occurrences=[("model:b", ""), ("model:a", "")]))
        once = tidy(str(exported), self.module)
        exported.reverse()
        exported.metadata["POT-Creation-Date"] = "2026-12-01"
        self.assertEqual(tidy(str(exported), self.module), once)
        self.assertNotIn("2026", once)

    def test_what_nobody_says_is_left_out(self):
        """Odoo exports some strings near calls of _(…) as well."""
        exported = polib.POFile()
        place = ("code:addons/plant/models/late.py", "0")
        for term, places in (("Late", [place]), ("date_late", [place]), ("Pump", [place, ("model:a", "")])):
            exported.append(polib.POEntry(msgid=term, occurrences=places))
        kept = {entry.msgid: entry.occurrences for entry in polib.pofile(tidy(str(exported), self.module))}
        self.assertEqual(kept, {"Late": [place], "Pump": [("model:a", "")]})


if __name__ == "__main__":
    unittest.main()
