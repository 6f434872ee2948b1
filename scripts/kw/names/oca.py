"""What OCA's modules name, as far as it concerns us: read from their wheels by `make names`, kept in one small file."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree

from ..settings import REPO, Failure, say
from .addon import AddonNames, read_wheel
from .views import Tree

LOCK = REPO / "requirements" / "oca.txt"
KEPT = REPO / "scripts" / "names" / "oca.json"
#: What anchors are found by; no other attribute of OCA's views is kept.
ANCHORS = {
    "name", "id", "class", "position", "expr", "mode", "add", "remove", "separator", "string", "for", "t-call", "t-if", "t-name",
}


def oca_addons():
    return [AddonNames.from_dict(content) for content in _kept()["addons"]]


def covered():
    return set(_kept()["covers"])


def _kept():
    return json.loads(KEPT.read_text()) if KEPT.exists() else {"covers": [], "addons": []}


def fetch(odoo, ours, covers, universe_of):
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--require-hashes", "--only-binary=:all:",
                    "--dest", folder, "--requirement", str(LOCK)]
        if subprocess.run(download).returncode:
            raise Failure("pip could not fetch the modules in requirements/oca.txt")
        addons = [addon for wheel in sorted(Path(folder).glob("*.whl")) for addon in read_wheel(wheel)]
    universe = universe_of(ours(), [*odoo, *addons])
    models = {relative for model in covers | universe.made_by_us for relative in universe.family(model)}
    tree = Tree(universe)
    roots = {tree.root(tree.views[view]) for view in covers & tree.views.keys()}
    for addon in addons:
        _forget_models(addon, models)
        addon.views = [_bare(view) for view in addon.views if tree.root(view) in roots]
    lines = ",\n".join(json.dumps(addon.__dict__, sort_keys=True) for addon in addons)
    KEPT.write_text(f'{{"covers": {json.dumps(sorted(covers))}, "addons": [\n{lines}\n]}}\n')
    say(f"scripts/names/oca.json: names of {len(addons)} modules")


def _forget_models(addon, models):
    """Keep of other models only that they exist, what they are made of and which tables they use."""
    for model, content in addon.models.items():
        if model not in models:
            content["members"] = {name: info for name, info in content["members"].items() if info.get("relation")}


def _bare(view):
    """The view without what no anchor looks at: texts, conditions, looks."""
    root = etree.fromstring(view["arch"])
    for node in root.iter(etree.Element):
        node.tail = None
        if node.tag != "attribute" and (node.text or "").strip() != "$0":
            node.text = None
        for name in set(node.attrib) - ANCHORS:
            del node.attrib[name]
    return view | {"arch": etree.tostring(root, encoding="unicode")}
