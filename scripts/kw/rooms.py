"""Which room of the module may know which, and whether it keeps to that.

Rooms meet in two ways: a file imports from another, or it names a record of another, as in
``self.env["maintenance.budget"]``, ``_inherit`` or the other end of a field. Both are arrows. What all
rooms share without knowing each other stands in ``const.py`` and ``context.py``.
"""

import ast

from .settings import MODULE, MODULE_DIR

#: Each room with those it may know, in the order in which models/__init__.py loads them. A room that is loaded later
#: may be known by the names of its records only: an import would load it too early, and turn the order of overrides.
#: Why these six know a later one: a part says what was asked for it; the state of a requisition follows from tiers and
#: decisions; approvers see what a job cost so far; the review of orders reads promises in the history, and traced
#: documents open it; a meter says when the next job of its schedules is due.
ARROWS = {
    "company": "",
    "work_order": "company",
    "asset": "company work_order",
    "part": "company requisition",
    "requisition": "company part approval",
    "approval": "company part requisition cost",
    "purchase": "company part requisition audit",
    "cost": "work_order asset requisition approval audit",
    "meter": "company cost preventive",
    "preventive": "work_order meter",
    "kpi": "work_order asset cost meter",
    "audit": "company requisition approval",
    "history": "company work_order asset requisition cost preventive kpi meter",
    "reorder": "requisition preventive",
    "phone": "work_order asset meter",
}

ORDER = list(ARROWS)

#: Kinds of code: none may import from one that comes after it.
KINDS = ("hooks", "models", "report", "wizard", "controllers", "tests")


def find_wrong_arrows():
    """``(path, what is wrong)`` of each arrow that is not allowed, and of each allowed one that nothing needs."""
    findings = []
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for kind in KINDS for path in _files(kind)}
    homes = {}  # of records: the room that defines them
    for path, tree in trees.items():
        for name in _defined_records(tree):
            homes[name] = _room(path)
    used = set()
    for path, tree in trees.items():
        kind, room = _kind(path), _room(path)
        for line, module in _imports(path, tree):
            if module[0] in KINDS and KINDS.index(module[0]) > KINDS.index(kind):
                findings.append((path, f"line {line}: {kind} must not import from {module[0]}"))
            there = module[1] if len(module) > 1 and module[1] in ARROWS else None
            if room and there and kind != "tests" and ORDER.index(there) > ORDER.index(room):
                findings.append((path, f"line {line}: {room} is loaded before {there}, so it must not import from there"))
            else:
                findings += _judge(path, line, room, there, ".".join(module), used)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                findings += _judge(path, node.lineno, room, homes.get(node.value), node.value, used)
    here = MODULE_DIR / "models" / "__init__.py"
    order = [alias.name for node in ast.parse(here.read_text()).body if isinstance(node, ast.ImportFrom) for alias in node.names]
    if order != ORDER:
        findings.append((here, f"loads {', '.join(order)}; scripts/kw/rooms.py lists {', '.join(ARROWS)}"))
    findings += [(here.parent / room, f"does not need {there} any more: take the arrow out of scripts/kw/rooms.py")
                 for room, known in ARROWS.items() for there in known.split() if (room, there) not in used]
    return findings


def _judge(path, line, room, there, what, used):
    if not room or not there or room == there or _kind(path) == "tests":
        return []
    used.add((room, there))
    if there in ARROWS[room].split():
        return []
    return [(path, f"line {line}: {room} must not know {there} ({what}), see scripts/kw/rooms.py")]


def _files(kind):
    place = MODULE_DIR / kind
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def _kind(path):
    return path.relative_to(MODULE_DIR).parts[0].removesuffix(".py")


def _room(path):
    """The room that a file stands in; none for what stands beside them."""
    parts = path.relative_to(MODULE_DIR).parts
    return parts[1] if len(parts) == 3 and parts[1] in ARROWS else None


def _imports(path, tree):
    """``(line, module below ours as a tuple of names)`` of everything that a file imports from the module."""
    here = path.relative_to(MODULE_DIR).with_suffix("").parts
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        names = (node.module or "").split(".") if node.module else []
        if node.level:
            names = [*here[: len(here) - node.level], *names]
        elif names[:3] == ["odoo", "addons", MODULE]:
            names = names[3:]
        else:
            continue
        for alias in node.names:
            yield node.lineno, (*names, alias.name)


def _defined_records(tree):
    """Names of the models that a file brings into being, not of those that it extends."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            values = {
                member.targets[0].id: ast.literal_eval(member.value)
                for member in node.body
                if isinstance(member, ast.Assign) and getattr(member.targets[0], "id", "") in ("_name", "_inherit")
            }
            if "_name" in values and values["_name"] not in values.get("_inherit", ()):
                yield values["_name"]
