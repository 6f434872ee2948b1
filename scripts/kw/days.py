"""A day is a day in the plant: whatever makes a day of a moment asks ``res.company`` which day it was there.

Found is what takes the day in UTC or in the time zone of whoever looks, in Python and in SQL. What is right all the same
stands in scripts/days.txt with its reason. Screens are left out: their filters count in the time zone of who looks.
"""

import ast
import re

from .settings import MODULE_DIR, REPO, module_folders

LIST = REPO / "scripts" / "days.txt"
KINDS = ("controllers", "models", "report", "wizard")

#: Methods that take a day from a moment or from the clock, by how many arguments they have then.
RAW = {"today": {0, 1}, "context_today": {0, 1, 2}, "context_timestamp": {2}, "to_date": {1}, "date": {0}}

#: SQL that makes a day of something; a zone named right before makes it one of a place.
SQL_DAY = re.compile(r"::date\b(?!\[)|\bdate_trunc\(|\bCURRENT_DATE\b", re.I)
IN_PLACE = re.compile(r"(AT TIME ZONE\s+(?!'UTC'\s*\))[^;]{1,80}\)|\bNULL|%s|%\(\w+\)s)$", re.I)


def check(folder=MODULE_DIR, listed=None):
    """Sentences about raw days that are not in the list, and of entries of it that nothing needs or that say nothing."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if listed is None else listed
    known = {}
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, _bar, why = line.partition("|")
            known[name.strip()] = why.strip()
    found = {}
    # a place in a bridge begins with its name
    folders = module_folders() if folder == MODULE_DIR else [folder]
    for path in sorted(path for each in folders for kind in KINDS for path in (each / kind).rglob("*.py")):
        place = str(path.relative_to(folder if path.is_relative_to(folder) else REPO))
        for name, what in _find(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(f"{place} {name}", []).append(what)
    for name, what in sorted(found.items()):
        if name not in known:
            yield f"{name}: {', '.join(what)} need not be the plant's day; use _get_plant_day, or say why in {LIST.name}"
        elif not known[name]:
            yield f"{LIST.name}: {name} does not say why"
    for name in sorted(known.keys() - found.keys()):
        yield f"{LIST.name}: {name} takes no such day any more; take it out"


def _find(tree, name="(module)"):
    """``(function, what it does)`` of each raw day."""
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    yield from _walk(tree, name, texts)


def _walk(node, name, texts):
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, (ast.FunctionDef, ast.ClassDef)) else name
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            if len(child.args) in RAW.get(child.func.attr, ()):
                yield name, f"{child.func.attr}()"
        elif isinstance(child, ast.keyword) and getattr(child.value, "attr", "") in ("today", "context_today"):
            yield name, f"{child.arg}={child.value.attr}"
        elif isinstance(child, ast.Constant) and isinstance(child.value, str) and id(child) not in texts:
            for match in SQL_DAY.finditer(child.value):
                if match[0] != "::date" or not IN_PLACE.search(child.value[: match.start()]):
                    yield name, match[0]
        yield from _walk(child, inside, texts)
