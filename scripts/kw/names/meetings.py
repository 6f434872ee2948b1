"""Where a name of ours is somebody else's too."""

from typing import NamedTuple

from .prefixes import PUBLIC
from .views import view_meetings


class Meeting(NamedTuple):
    kind: str
    name: str
    place: str  # in our addon
    other: str  # the addon it meets
    finding: str

    def __str__(self):
        return f"{self.place}: {self.kind} {self.name} {self.finding}"


def find_meetings(universe):
    """All meetings, sorted; none is found twice."""
    found = set()
    for name in universe.ours:
        found.update(_models(universe, name))
        for model in universe.addons[name].models:
            found.update(_members(universe, name, model))
        found.update(_relations(universe, name))
        found.update(_shared(universe, name))
        found.update(Meeting("view", *meeting) for meeting in view_meetings(universe, name))
    return sorted(found)


def _models(universe, name):
    ours = {model: content["new"] for model, content in universe.addons[name].models.items() if content["new"]}
    for other in sorted(set(universe.addons) - {name}):
        for model, content in universe.addons[other].models.items():
            if content["new"] and model in ours:
                yield Meeting("model", model, f"{name}/{ours[model]}", other, f"is a model of {other}, too ({content['new']})")


def _members(universe, name, model):
    family = universe.family(model)
    known = universe.defined(universe.closure(name) - {name}, family)
    strange = universe.defined(universe.others(name), family)
    for member, info in universe.members(name, model).items():
        label, place = f"{model}.{member}", f"{name}/{info['place']}"
        if member in known:
            yield from _override(label, place, info, known[member], model in universe.made_by_us)
        elif member not in PUBLIC:
            for other, where, theirs in strange.get(member, ()):
                on = "" if where == model else f" (on {where})"
                yield Meeting(info["kind"], label, place, other, f"is a {theirs['kind']} of {other}, too{on}: {theirs['place']}")
        for other, _where, theirs in strange.get(member, ()):
            for value in set(info.get("adds", ())) & set(theirs.get("adds", ())):
                yield Meeting("selection", f"{label}={value}", place, other, f"is added by {other}, too: {theirs['place']}")


def _override(label, place, info, natives, is_our_model):
    """What a dependency defines may be extended; a field by one of its type, a method by one that goes on or says why not."""
    other, _model, native = natives[0]
    kinds = {theirs["kind"] for _addon, _where, theirs in natives}
    if info["kind"] not in kinds and {info["kind"], *kinds} != {"attribute", "method"}:
        yield Meeting(info["kind"], label, place, other, f"hides a {native['kind']} of {other}: {native['place']}")
    elif info["kind"] == "field":
        types = {theirs.get("type") for _addon, _where, theirs in natives}
        if info["type"] not in types:
            yield Meeting("field", label, place, other, f"is a {native.get('type')} of {other}: {native['place']}")
    elif info["kind"] == "method" and not info["explained"] and not is_our_model:
        yield Meeting("method", label, place, other,
                      f"replaces that of {other} without super() and without a docstring that says why: {native['place']}")


def _tables(addon):
    for model, content in addon.models.items():
        for member, info in content["members"].items():
            if info.get("relation"):
                yield info["relation"], f"{model}.{member}", info["place"]


def _relations(universe, name):
    theirs = {}
    for other in sorted(set(universe.addons) - set(universe.ours)):
        for table, field, place in _tables(universe.addons[other]):
            theirs.setdefault(table, (other, field, place))
    for table, field, place in _tables(universe.addons[name]):
        if table in theirs:
            other, their_field, their_place = theirs[table]
            yield Meeting("relation table", table, f"{name}/{place}", other,
                          f"of {field} is that of {their_field} of {other}, too: {their_place}")


#: Ways of Odoo's own to say things in a context; they end in the name of a field or filter, which is checked as such.
NATIVE_KEYS = ("default_", "search_default_")
#: Kinds of names that a dependency gives and we use; the others must not even meet those of a dependency.
MAY_BE_NATIVE = ("context key", "config parameter", "sequence code")


def _shared(universe, name):
    known = universe.closure(name) - {name}
    for kind, ours in universe.addons[name].shared.items():
        for key, place in ours.items():
            native = [other for other in known if key in universe.addons[other].shared.get(kind, ())]
            if kind in MAY_BE_NATIVE and (native or key.startswith(NATIVE_KEYS)):
                continue
            for other in [*native, *universe.others(name)]:
                theirs = universe.addons[other].shared.get(kind, {})
                if key in theirs:
                    yield Meeting(kind, key, f"{name}/{place}", other, f"is one of {other}, too: {theirs[key]}")
