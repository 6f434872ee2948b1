"""Whether our views and others' catch each other's nodes.

Each addon that changes a view which we change is put beside us, in both orders: an anchor of ours must find the node that it
finds without the other addon, an anchor of theirs the one that it finds without us. And every named node of the native view
must still be the first of its name behind our changes, so that addons nobody knows find it, too.
"""

import copy
import re

from .combine import NUMBER, ORIGIN, apply, base_arch, specs_of

#: Nodes by whose names others anchor; fields apart, whose names are checked as fields.
NAMED = {"page", "group", "button", "filter", "setting", "block", "app", "div", "notebook", "searchpanel"}
#: A predicate of an anchor that says which of several nodes by its number.
COUNTED = re.compile(r"\[(\d+|last\(\))\]")
#: Odoo's default; views of a higher one are applied later.
USUAL_PRIORITY = 16


def view_meetings(universe, name):
    """Yields (our view, place, other addon, finding)."""
    tree = Tree(universe)
    ours = universe.addons[name]
    roots = {}
    for view in ours.views:
        root = tree.root(view)
        if root and tree.owner[root] not in universe.ours:
            roots.setdefault(root, []).append(view)
    known = universe.closure(name) - {name}
    for root, views in sorted(roots.items()):
        yield from _Root(universe, tree, name, root, known, views).meetings()


class Tree:
    def __init__(self, universe):
        self.views = {view["id"]: view for addon in universe.addons.values() for view in addon.views}
        self.owner = {view["id"]: addon.name for addon in universe.addons.values() for view in addon.views}
        self.by_root = {}
        for view in self.views.values():
            root = self.root(view)
            if root:
                self.by_root.setdefault(root, []).append(view)

    def root(self, view):
        """The view at the top of the inheritance, primary ones on the way included; None when it is not known."""
        seen = set()
        while view["inherit"]:
            if view["id"] in seen or view["inherit"] not in self.views:
                return None
            seen.add(view["id"])
            view = self.views[view["inherit"]]
        return view["id"]


class _Root:
    """One native view that we change, directly or by way of another view."""

    def __init__(self, universe, tree, name, root, known, views):
        self.universe, self.tree, self.name, self.root, self.known = universe, tree, name, root, known
        self.views = {view["id"]: view for view in views}

    def _combine(self, *groups):
        """The native view and what these groups of addons, loaded in this order, make of it: (arch, what each anchor found).

        Primary views among it are made, too; the arch is that of the root.
        """
        rank = {addon: number for number, group in enumerate(groups) for addon in group}
        views = [view for view in self.tree.by_root[self.root] if self.tree.owner[view["id"]] in rank]
        order = {view["id"]: number for number, view in enumerate(views)}
        extensions = {}
        for view in views:
            if not view["primary"]:
                extensions.setdefault(self._top(view), []).append(view)
        # Odoo: level by level, by priority and then by id, which grows in the order of loading
        for below in extensions.values():
            below.sort(key=lambda view: (
                self._depth(view), view["priority"], rank[self.tree.owner[view["id"]]], order[view["id"]]))
        archs, found = {}, {}

        def make(top):
            if top["id"] not in archs:
                arch = self._base() if top["id"] == self.root else copy.deepcopy(make(self.tree.views[self._top(top)]))
                itself = [] if top["id"] == self.root else [top]
                for view in [*itself, *extensions.get(top["id"], ())]:
                    here = {}
                    arch = apply(arch, specs_of(self.tree.owner[view["id"]], view), here)
                    found.update((number, (view["id"], what)) for number, what in here.items())
                archs[top["id"]] = arch
            return archs[top["id"]]

        for view in views:
            if view["primary"]:
                make(view)
        return make(self.tree.views[self.root]), found

    def _base(self):
        return base_arch(self.tree.owner[self.root], self.tree.views[self.root])

    def _top(self, view):
        """The primary view that this one extends, directly or by way of others; of a primary one, that which it is made from."""
        view = self.tree.views[view["inherit"]]
        while not view["primary"]:
            view = self.tree.views[view["inherit"]]
        return view["id"]

    def _depth(self, view):
        return 0 if view["primary"] else 1 + self._depth(self.tree.views[view["inherit"]])

    def meetings(self):
        yield from self._counted()
        native, _found = self._combine(self.known)
        arch, alone = self._combine(self.known, [self.name])
        yield from self._native_nodes(native, arch)
        native_names = {(node.tag, node.get("name")) for node in native.iter()}
        added = self._added(arch, {self.name}) - native_names
        for other in self.universe.others(self.name):
            if any(self.tree.owner[view["id"]] == other for view in self.tree.by_root[self.root]):
                yield from self._beside(other, alone, added)

    def _place(self, view_id):
        return f"{self.name}/{self.views[view_id]['place']}" if view_id in self.views else self.name

    def _counted(self):
        """Anchors that count nodes: another addon's node moves the count. The very first or last place may be meant."""
        for view in self.views.values():
            for spec in specs_of(self.name, view).iter("xpath"):
                expr = spec.get("expr") or ""
                counts = COUNTED.findall(expr)
                if counts and (spec.get("position"), counts) not in (("before", ["1"]), ("after", ["last()"])):
                    owner = self.tree.owner[self.root]
                    yield f"{view['id']} {expr}", self._place(view["id"]), owner, "counts nodes: say by a name which one is meant"

    def _native_nodes(self, native, arch):
        early_arch, left = self._early(), {node.get(NUMBER) for node in arch.iter()}
        early = {node.get(NUMBER) for node in early_arch.iter()}
        early_names = {(node.tag, node.get("name")) for node in early_arch.iter()}
        first = {}
        for node in arch.iter():
            first.setdefault((node.tag, node.get("name")), node)
        seen = set()
        for node in native.iter():
            key = node.tag, node.get("name")
            if not key[1] or key in seen:
                continue
            seen.add(key)
            label = f"{self.root} //{key[0]}[@name='{key[1]}']"
            if node.get(NUMBER) not in early and key not in early_names:
                finding = "is taken out before others can anchor there: give the view a priority above 16"
                yield label, self.name, node.get(ORIGIN), finding
            elif node.get(NUMBER) in left and first[key].get(ORIGIN) == self.name:
                finding = "is ours before it is the native one: whoever anchors there catches ours"
                yield label, self.name, node.get(ORIGIN), finding

    def _early(self):
        """What a view of usual priority, loaded after ours, finds."""
        late = {view["id"] for view in self.views.values() if view["priority"] > USUAL_PRIORITY}
        kept, self.tree.by_root[self.root] = self.tree.by_root[self.root], [
            view for view in self.tree.by_root[self.root] if view["id"] not in late]
        try:
            arch, _found = self._combine(self.known, [self.name])
        finally:
            self.tree.by_root[self.root] = kept
        return arch

    @staticmethod
    def _added(arch, addons):
        return {(node.tag, node.get("name")) for node in arch.iter()
                if node.get(ORIGIN) in addons and node.tag in NAMED and node.get("name")}

    def _beside(self, other, alone, added):
        theirs = self.universe.closure(other) - self.known - {self.name}
        arch, without_us = self._combine(self.known, theirs)
        for tag, node_name in sorted(added & self._added(arch, {other})):
            yield f"{self.root} //{tag}[@name='{node_name}']", self.name, other, f"is added by {other}, too"
        for order in ((self.known, [self.name], theirs), (self.known, theirs, [self.name])):
            arch, both = self._combine(*order)
            left = {node.get(NUMBER) for node in arch.iter()}
            for number, (view_id, now) in both.items():
                owner = self.tree.owner[view_id]
                if owner not in (self.name, other):
                    continue
                before = (alone if owner == self.name else without_us).get(number, (None, None))[1]
                if before is None or before.number in (None, now.number) or self._succeeds(now, before, left):
                    continue
                catches = f"catches a node of {now.origin}" if now.number else "finds nothing any more"
                if owner == self.name:
                    yield f"{view_id} {now.anchor}", self._place(view_id), other, f"{catches} beside {other}"
                else:
                    yield f"{view_id} {now.anchor}", self.name, other, f"of {other} {catches} beside us"

    @staticmethod
    def _succeeds(now, before, left):
        """Whether a node took the place and the name of the one that was found before, which is gone."""
        return before.number not in left and now.name and (now.tag, now.name) == (before.tag, before.name)
