"""No name of ours may meet another's: what we define on models that are not ours, and other names that all addons share,
against all addons of the Odoo that `make` unpacked and a locked list of OCA's modules."""

from ..settings import REPO
from .addon import read_folder
from .meetings import find_meetings
from .oca import covered, fetch, oca_addons
from .odoo_addons import odoo_addons
from .prefixes import names_of_ours
from .universe import Universe

LISTS = REPO / "scripts" / "names"
ALLOWED, BEFORE = LISTS / "allowed.txt", LISTS / "before.txt"
#: How many names before.txt holds at most. It may only get smaller: new names begin with maintenance_.
AT_MOST = 716


def universe_of(folders, others):
    """Our addons in `folders` among the `others` (AddonNames)."""
    ours = [addon for addon in map(read_folder, sorted(folders)) if addon]
    return Universe([*others, *ours], [addon.name for addon in ours])


def our_folders():
    return [path.parent for path in REPO.glob("keepwisely_maintenance*/__manifest__.py")]


def check():
    """Lines that say what meets; none when all is well."""
    universe = universe_of(our_folders(), [*odoo_addons(), *oca_addons()])
    found = list(unlike_the_list(find_meetings(universe), _lines(ALLOWED)))
    found += unlike_before(names_of_ours(universe), _lines(BEFORE))
    missing = sorted(relevant(universe) - covered())
    if missing:
        found.append(f"scripts/names/oca.json knows nothing about {', '.join(missing)}: make names")
    return found


def relevant(universe):
    """Models and views that are not ours and that we extend."""
    found = set()
    for name in universe.ours:
        found |= universe.addons[name].models.keys() - universe.made_by_us
        found |= {view["inherit"] for view in universe.addons[name].views if view["inherit"]}
    return {item for item in found if item.split(".")[0] not in universe.ours}


def unlike_the_list(meetings, lines):
    """Meetings that are not allowed, and lines of the list that allow nothing."""
    allowed = {}
    for line in lines:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not parts[2]:
            yield f"scripts/names/allowed.txt: not `kind name | addons | reason`: {line}"
            continue
        allowed.update(dict.fromkeys(((parts[0], other) for other in parts[1].split()), line))
    used = set()
    for meeting in meetings:
        key = f"{meeting.kind} {meeting.name}", meeting.other
        if key in allowed:
            used.add(key)
        else:
            yield str(meeting)
    for what, other in sorted(allowed.keys() - used):
        yield f"scripts/names/allowed.txt: {what} does not meet {other} (any more); take it out"


def unlike_before(names, lines, at_most=AT_MOST):
    """Names that do not begin with maintenance_ and were not there before; lines of names that are gone."""
    before = set(lines)
    for name, place in sorted(names.items()):
        if name not in before:
            yield f"{place}: {name}: a new name that all addons share begins with maintenance_"
    for name in sorted(before - names.keys()):
        yield f"scripts/names/before.txt: {name} is gone; take it out (make names does)"
    if len(before) > at_most:
        yield f"scripts/names/before.txt: {len(before)} names instead of {at_most} at most; the list may only get shorter"


def _lines(path):
    lines = path.read_text().splitlines() if path.exists() else []
    return [line for line in lines if line.strip() and not line.startswith("#")]


def names():
    """The target `make names`: read OCA's names anew, and take names that are gone out of the list of those before."""
    odoo = odoo_addons()
    universe = universe_of(our_folders(), odoo)
    gone = set(_lines(BEFORE)) - names_of_ours(universe).keys()
    if gone:
        BEFORE.write_text("".join(line for line in BEFORE.read_text().splitlines(True) if line.rstrip("\n") not in gone))
    fetch(odoo, our_folders, relevant(universe), universe_of)
    return 0
