"""What is translated: i18n/<module>.pot and i18n/<language>.po of each module. `make lint` checks them without Odoo."""

import ast
import re
from collections import Counter

import polib
from lxml import etree

from .settings import REPO, module_folders

#: What a .po is called: de, pt_BR.
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2}|_\d{3})?(@\w+)?")

#: What is put in when the sentence is said: %s, %(name)s, %.1f, %%, {name}, {{ name }}, ${name}.
PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[sdifgr]|%[\d.]*[sdifgr]\b|%%|\$?\{\{?[^{}]*\}\}?")
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>")
ATTRIBUTE = re.compile(r"([\w-]+)=(\"[^\"]*\"|'[^']*')")

#: Attributes whose values are words.
WORDS = ("title", "alt", "placeholder", "aria-label", "string", "help", "label", "confirm")

PYTHON, SCRIPT = "odoo-python", "odoo-javascript"
#: A literal of JavaScript within _t(…), pieces of which may be joined by +.
CALL = re.compile(r"\b_t\(\s*((?:(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\$])*`)\s*\+?\s*)+)")
LITERAL = re.compile(r"([\"'`])((?:\\.|(?!\1).)*)\1", re.S)


def template_of(folder):
    return folder / "i18n" / f"{folder.name}.pot"


def read(path):
    return polib.pofile(path.read_text(encoding="utf-8"))


def translations_of(folder):
    """The .po files of a module, by language."""
    return {path.stem: path for path in sorted((folder / "i18n").glob("*.po"))}


def find_renamed(folder):
    """Fields of records of other modules to which the data files give a value: (xmlid, field)."""
    found = set()
    for path in folder.rglob("*.xml"):
        if path.relative_to(folder).parts[0] not in ("static", "tests", "demo"):
            for record in etree.parse(path).iterfind(".//record"):
                xmlid = record.get("id", "")
                if "." in xmlid and not xmlid.startswith(f"{folder.name}."):
                    found |= {(xmlid, field.get("name")) for field in record.iterfind("field")}
    return sorted(found)


# -- Writing: the same terms make the same file --------------------------------------------------------------------------


def tidy(content, folder):
    """What Odoo exported of a module, without its dates and in an order of its own.

    Odoo also takes the first string in parentheses that follow upon a call of _(…) for a term; nobody says these.
    """
    exported = polib.pofile(content)
    said = _read_code(folder)
    for entry in exported:
        odd = {path for path in _files(entry, folder) if path in said and entry.msgid not in said[path]}
        entry.occurrences = [place for place in entry.occurrences if _file(place, folder) not in odd]
    entries = [entry for entry in exported if entry.occurrences]
    return _write(exported.header, _without_dates(exported.metadata), entries)


def merge(template, translated):
    """The text of a .po with the terms of ``template`` and, where they are the same, the translations there were."""
    known = {entry.msgid: entry.msgstr for entry in translated if not entry.obsolete and "fuzzy" not in entry.flags}
    entries = [
        polib.POEntry(
            msgid=entry.msgid, msgstr=known.get(entry.msgid, ""), comment=entry.comment, occurrences=entry.occurrences
        )
        for entry in template
    ]
    return _write(translated.header or template.header, _without_dates(translated.metadata), entries)


def _without_dates(metadata):
    return {name: value for name, value in metadata.items() if not name.endswith("-Date")}


def _write(header, metadata, entries):
    file = polib.POFile()
    file.header, file.metadata = header, metadata
    for entry in sorted(entries, key=lambda entry: entry.msgid):
        entry.occurrences = sorted(set(entry.occurrences))
        file.append(entry)
    return f"{file}"


# -- Checking ------------------------------------------------------------------------------------------------------------


def find_wrong_terms(root=REPO, folders=None):
    """``(path, what is wrong)``: terms of the code that the template lacks, and translations that do not fit it."""
    folders = module_folders() if folders is None else folders
    languages = set().union(*(translations_of(folder) for folder in folders))
    for folder in folders:
        path = template_of(folder)
        if not path.exists():
            yield path, "is not there: make terms"
            continue
        template = read(path)
        yield from ((path, finding) for finding in _compare_code(folder, template, root))
        translations = translations_of(folder)
        for language in sorted(languages - translations.keys()):
            yield folder / "i18n" / f"{language}.po", "is not there, and other modules are translated into this language"
        for language, file in translations.items():
            if not LANGUAGE.fullmatch(language):
                yield file, "is not called like a language"
            yield from ((file, finding) for finding in find_wrong_translations(template, read(file)))


def find_wrong_translations(template, translated):
    """What does not fit in a .po, in sentences."""
    wanted = {entry.msgid for entry in template}
    entries = [entry for entry in translated if not entry.obsolete]
    counts = Counter(entry.msgid for entry in entries)
    yield from (f"“{_short(term)}” is missing: make terms" for term in sorted(wanted - counts.keys()))
    yield from (f"“{_short(term)}” is not translated any more: make terms" for term in sorted(counts.keys() - wanted))
    yield from (f"“{_short(term)}” stands there {count} times" for term, count in counts.items() if count > 1)
    for entry in entries:
        if entry.msgid not in wanted:
            continue
        if not entry.msgstr.strip():
            yield f"“{_short(entry.msgid)}” has no translation"
            continue
        if "fuzzy" in entry.flags:
            yield f"“{_short(entry.msgid)}” is fuzzy"
        yield from (f"“{_short(entry.msgid)}”: {fault}" for fault in compare(entry.msgid, entry.msgstr))


def compare(source, translation):
    """What a translation has otherwise than it must be."""
    for name, find in (("placeholders", _placeholders), ("tags", _tags)):
        there, here = find(source), find(translation)
        if there != here:
            differ = [*(there - here).elements(), *(here - there).elements()]
            yield f"{name} differ: {' '.join(sorted(differ))}"
    for name, pattern in (("begins", r"\A\s*"), ("ends", r"\s*\Z")):
        there, here = (re.search(pattern, text)[0] for text in (source, translation))
        if there != here:
            yield f"{name} with other blanks or line breaks"


def _placeholders(text):
    """How often each stands there; one with a name may stand there several times, since a sentence may need it twice."""
    found = Counter(PLACEHOLDER.findall(text))
    formatted = any(placeholder != "%%" and placeholder.startswith("%") for placeholder in found)
    named = {placeholder for placeholder in found if placeholder.startswith("%(")}
    return Counter(
        {
            placeholder: 1 if placeholder in named else count
            for placeholder, count in found.items()
            if placeholder != "%%" or formatted
        }
    )


def _tags(text):
    """Tags with the attributes that are no words."""
    found = Counter()
    for slash, name, attributes in TAG.findall(text):
        kept = sorted(f"{key}={value}" for key, value in ATTRIBUTE.findall(attributes) if key not in WORDS)
        found[f"<{slash}{' '.join([name, *kept])}>"] += 1
    return found


def _compare_code(folder, template, root):
    """Terms of Python and JavaScript that the template lacks, or has although nobody says them any more."""
    said = _read_code(folder)
    known = {entry.msgid: _files(entry, folder) for entry in template}
    for path, terms in said.items():
        for term in sorted(terms):
            if path not in known.get(term, ()):
                yield f"lacks “{_short(term)}” of {path.relative_to(root)}: make terms"
    for term, files in known.items():
        for path in sorted(files):
            if path.suffix in (".py", ".js") and term not in said.get(path, ()):
                yield f"has “{_short(term)}”, which {path.relative_to(root)} does not say any more: make terms"


def _read_code(folder):
    """The terms of each file of Python and JavaScript."""
    said = {}
    for path in sorted(folder.rglob("*.py")):
        said[path] = {term for term in python_terms(path.read_text(encoding="utf-8")) if is_exported(term)}
    for path in sorted((folder / "static" / "src").rglob("*.js")):
        said[path] = {term for term in script_terms(path.read_text(encoding="utf-8")) if is_exported(term)}
    return said


def _files(entry, folder):
    """Files of the module that say it."""
    return {path for path in (_file(place, folder) for place in entry.occurrences) if path}


def _file(place, folder):
    name, beginning = place[0], f"code:addons/{folder.name}/"
    return folder / name[len(beginning) :] if name.startswith(beginning) else None


def is_exported(term):
    """Odoo leaves out what has hardly a letter."""
    return len(re.sub(r"\W+", "", term.strip())) > 1


def python_terms(source):
    """Literals within _(…), env._(…) and _lt(…)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("_", "_lt") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def script_terms(source):
    """Literals within _t(…)."""
    for match in CALL.finditer(source):
        yield "".join(
            re.sub(r"\\(.)", lambda sign: {"n": "\n", "t": "\t"}.get(sign[1], sign[1]), text)
            for _quote, text in LITERAL.findall(match[1])
        )


def _short(term):
    text = " ".join(term.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
