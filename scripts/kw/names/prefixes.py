"""Names that we give on others' models begin with `maintenance_`, but for those of before that rule, which may only get fewer."""

import re

#: Members that Odoo itself looks for on every model; two addons that have them do not meet.
PUBLIC = {"_inherits", "init"}
#: What may stand before the prefix: how Odoo's people name a method by what it does.
ROLES = ("compute", "inverse", "search", "onchange", "check", "default", "selection", "cron", "action", "get", "prepare",
         "read_group", "group_expand", "unlink_except", "is", "has", "can")
ROLE = re.compile(rf"^_?(?:(?:{'|'.join(ROLES)})_)?")


def is_prefixed(member):
    rest = ROLE.sub("", member, count=1)
    return rest.startswith("maintenance_") or member.lstrip("_").startswith("maintenance_")


def names_of_ours(universe):
    """What we add to others' models, extensions of native members apart: {"field stock.move.x": place}."""
    found = {}
    for name in universe.ours:
        known_addons = universe.closure(name) - set(universe.ours)
        for model in universe.addons[name].models:
            if model in universe.made_by_us:
                continue
            known = universe.defined(known_addons, universe.family(model))
            for member, info in universe.addons[name].models[model]["members"].items():
                if member not in known and member not in PUBLIC and not is_prefixed(member):
                    found[f"{info['kind']} {model}.{member}"] = f"{name}/{info['place']}"
        for kind, ours in universe.addons[name].shared.items():
            if kind in ("action path", "context key", "config parameter", "sequence code"):
                for key, place in ours.items():
                    native = any(key in universe.addons[other].shared.get(kind, ()) for other in known_addons)
                    prefixed = key.replace("-", "_").replace(".", "_").startswith(("maintenance_", "keepwisely_maintenance_"))
                    if not prefixed and not native and not key.startswith(("default_", "search_default_")):
                        found[f"{kind} {key}"] = f"{name}/{place}"
    return found
