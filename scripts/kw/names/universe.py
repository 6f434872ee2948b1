"""All addons at once: who depends on whom, which models share their members."""


class Universe:
    """`addons`: AddonNames by name, ours among them; `ours`: names of ours."""

    def __init__(self, addons, ours):
        self.addons = {addon.name: addon for addon in addons}
        self.ours = [name for name in ours if name in self.addons]
        self.made_by_us = {
            model for name in self.ours for model, content in self.addons[name].models.items() if content["new"]
        } - {model for name, addon in self.addons.items() if name not in self.ours
             for model, content in addon.models.items() if content["new"]}
        self._parents, self._heirs, self._delegates, self._closures = {}, {}, {}, {}
        for addon in self.addons.values():
            for model, content in addon.models.items():
                for parent in content["parents"]:
                    self._parents.setdefault(model, set()).add(parent)
                    self._heirs.setdefault(parent, set()).add(model)
                for parent in content["delegates"]:
                    self._delegates.setdefault(model, set()).add(parent)
                    self._delegates.setdefault(parent, set()).add(model)

    def closure(self, name):
        """The addon and everything that it depends on."""
        if name not in self._closures:
            depends = {known: addon.depends for known, addon in self.addons.items()}
            self._closures[name] = frozenset(self._reach({name}, depends) & self.addons.keys())
        return self._closures[name]

    def others(self, name):
        """Addons that may be installed beside ours called `name` without being among its dependencies."""
        return sorted(set(self.addons) - self.closure(name) - set(self.ours)) + sorted(
            ours for ours in self.ours if ours not in self.closure(name) and name not in self.closure(ours))

    def family(self, model):
        """Models whose members end up on `model`, or to which those of `model` go: parents, heirs, delegates."""
        up = self._reach({model}, self._parents)
        delegates = self._delegates.get(model, set())
        # those that inherit a mixin of ours are asked themselves
        heirs = set() if model in self.made_by_us else self._reach({model}, self._heirs)
        return up | heirs | delegates | self._reach(delegates, self._parents) | {"base"}

    @staticmethod
    def _reach(start, edges):
        found, todo = set(), list(start)
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo += edges.get(current, ())
        return found

    def members(self, name, model):
        """What our addon `name` brings to `model`: its own members and those of mixins that are ours."""
        ours = self.addons[name].models[model]
        found = {}
        for parent in sorted(self._reach(ours["parents"], self._parents) & self.made_by_us):
            for owner in self.ours:
                if parent in self.addons[owner].models:
                    found.update(self.addons[owner].models[parent]["members"])
        return found | ours["members"]

    def defined(self, names, models):
        """Members of any of these models in these addons: {member: [(addon, model, info)]}."""
        found = {}
        for name in names:
            addon = self.addons[name]
            for model in models & addon.models.keys():
                for member, info in addon.models[model]["members"].items():
                    found.setdefault(member, []).append((name, model, info))
        return found
