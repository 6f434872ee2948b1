"""Every way on which something from outside goes on with superuser rights stands in scripts/sudo_paths.txt.

From outside come the arguments of whatever may be called over the network, keys of the context, the records that it is
called on and what a user filled into a wizard. They are followed through the code, also into private methods of ours,
to where records are changed with ``sudo()``. It is code that is read, so the way is seen and not whether its checks are
right: that is said in the list, by people.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass, field

from .settings import MODULE_DIR, REPO, module_folders

LIST = REPO / "scripts" / "sudo_paths.txt"

#: What is known of a value: it was given from outside, it is (of) the records of the call, it acts with superuser
#: rights, and it brings no default_… of the caller along.
VALUES, RECORDS, SUPER, CLEAN = "values", "records", "super", "clean"

#: Changes, whatever they are called on.
CHANGES = {"create", "write", "unlink", "copy", "update", "web_save", "load", "toggle_active"}

#: Beginnings of names of methods that change records, natively as well.
CHANGING = ("action_", "button_", "activity_", "message_", "_action_", "_run", "_trigger", "_message_", "_insert", "_generate",
            "_update_", "_do_", "_assign", "_merge", "do_", "_perform", "_create", "_write", "_unlink", "_set_")
READING = {"activity_search", "message_format", "_message_get_suggested_recipients", "_create_uid"}

#: Of these, what creates records, in native code as well; it would give them the caller's defaults.
BRINGING = {"create", "copy", "load", "web_save", "_insert_readings"}
ENGINE = ("_action_", "_run", "_trigger", "button_", "do_", "_do_")

#: Puts something into a list, set or dict.
COLLECTING = {"append", "extend", "add", "update", "setdefault", "insert"}

#: Says nothing about the records it is given.
PLAIN = {"len", "bool", "str", "int", "float", "isinstance", "any", "all", "sum", "round", "repr", "hasattr", "format_date"}

#: What is asked of the environment comes from the session, not from the caller.
OF_SESSION = {"user", "uid", "company", "companies", "cr", "registry", "lang"}

FLAGS = frozenset


@dataclass(frozen=True)
class Method:
    model: str
    name: str
    node: ast.FunctionDef = field(compare=False, hash=False)
    is_wizard: bool = False
    is_entry: bool = False

    def __str__(self):
        return f"{self.model}.{self.name}"


def find_paths(folder=MODULE_DIR):
    """Ways by entry: ``{"stock.move.write": {"values → stock.move.write: write"}}``."""
    folders = module_folders() if folder == MODULE_DIR else [folder]
    methods = [method for each in folders for path in sorted(each.rglob("*.py")) if path.relative_to(each).parts[0] in
               ("models", "wizard", "report", "controllers") for method in _read(path)]
    by_name = defaultdict(list)
    for method in methods:
        by_name[method.name].append(method)
    paths = defaultdict(set)
    for method in methods:
        if method.is_entry:
            names = [arg.arg for arg in _arguments(method.node)]
            given = {name: FLAGS([VALUES]) for name in names[1:]}
            given[names[0]] = FLAGS([RECORDS])
            found = _Walk(by_name).follow(method, given)
            if found:
                paths[str(method)] |= found
    return dict(paths)


def check(folder=MODULE_DIR, listed=None):
    """Sentences about ways that are not in the list, and of entries of it that are gone or say nothing."""
    text = LIST.read_text(encoding="utf-8").splitlines() if listed is None else listed
    known = {}
    for line in text:
        if line.strip() and not line.startswith("#"):
            name, _bar, why = line.partition("|")
            known[name.strip()] = why.strip()
    # an entry with whose arguments nothing was done so far is looked at again when something is
    paths = {
        f"{entry} ({VALUES if any(path.startswith(VALUES) for path in found) else RECORDS})": found
        for entry, found in find_paths(folder).items()
    }
    for name in sorted(paths):
        ways = sorted(path for path in paths[name] if path.startswith(name.rpartition("(")[2].rstrip(")")))
        if name not in known:
            yield f"{name} goes on as superuser, {'; '.join(ways)}: say in {LIST.name} what it checks"
        elif not known[name]:
            yield f"{LIST.name}: {name} does not say what it checks"
        for path in sorted(paths[name]):
            if path.startswith("defaults"):
                yield f"{name} takes the caller's default_… along, {path}: begin with sudo(), which leaves it behind"
    for name in sorted(known.keys() - paths.keys()):
        yield f"{LIST.name}: {name} does not go on as superuser any more; take it out"


# -- Reading -----------------------------------------------------------------------------------------------------------


def _read(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for cls in tree.body:
        if not isinstance(cls, ast.ClassDef):
            continue
        values = {}
        for member in cls.body:
            if isinstance(member, ast.Assign) and getattr(member.targets[0], "id", "") in ("_name", "_inherit"):
                values[member.targets[0].id] = ast.literal_eval(member.value)
        inherit = values.get("_inherit")
        model = values.get("_name") or (inherit if isinstance(inherit, str) else inherit and inherit[0]) or cls.name
        bases = {ast.unparse(base).rpartition(".")[2] for base in cls.bases}
        is_controller = "Controller" in bases
        inverses = {keyword.value.value for node in ast.walk(cls) if isinstance(node, ast.Call) for keyword in node.keywords
                    if keyword.arg == "inverse" and isinstance(keyword.value, ast.Constant)}
        if not values and not is_controller:
            continue
        for node in cls.body:
            if isinstance(node, ast.FunctionDef) and node.args.args:
                marks = {ast.unparse(mark).rpartition(".")[2].partition("(")[0] for mark in node.decorator_list}
                public = "route" in marks if is_controller else (
                    (not node.name.startswith("_") and not marks & {"private", "property"}) or node.name in inverses)
                yield Method(model, node.name, node, "TransientModel" in bases, public)


def _arguments(node):
    args = node.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, (args.vararg, args.kwarg))]


# -- Following ---------------------------------------------------------------------------------------------------------


class _Walk:
    """What is done with what one entry was given."""

    def __init__(self, by_name):
        self.by_name = by_name
        self.seen = set()

    def follow(self, method, given):
        key = (id(method.node), tuple(sorted(given.items(), key=lambda item: item[0])))
        if key in self.seen or len(self.seen) > 400:
            return set()
        self.seen.add(key)
        body = _Body(self, method, dict(given))
        # twice, so that what a loop makes of a variable is known at its beginning
        body.run(method.node.body)
        body.run(method.node.body)
        return body.found


class _Body:
    """One method with what its names stand for."""

    def __init__(self, walk, method, names):
        self.walk, self.method, self.names = walk, method, names
        self.first = method.node.args.args[0].arg
        self.found = set()
        self.models = {self.first: method.model}

    def model_of(self, node):
        """Which model's records an expression stands for, where that is plain to see."""
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr not in ("mapped", "grouped"):
            node = node.func.value
        if isinstance(node, ast.Name):
            return self.models.get(node.id)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and ast.unparse(node.value).endswith("env"):
            return node.slice.value
        return None

    def run(self, statements):
        for node in statements:
            getattr(self, f"do_{type(node).__name__}", self.do_other)(node)

    def do_other(self, node):
        for _name, value in ast.iter_fields(node):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.expr):
                    self.of(each)
                elif isinstance(each, ast.stmt):
                    self.run([each])
                elif isinstance(each, ast.excepthandler):
                    self.run(each.body)

    def do_FunctionDef(self, node):
        self.run(node.body)

    def do_Assign(self, node):
        flags = self.of(node.value)
        for target in node.targets:
            self.bind(target, flags)
            if isinstance(target, ast.Name):
                self.models[target.id] = self.model_of(node.value)

    def do_AnnAssign(self, node):
        if node.value:
            self.bind(node.target, self.of(node.value))

    def do_AugAssign(self, node):
        self.bind(node.target, self.of(node.value) | self.of(node.target))

    def do_If(self, node):
        self.of(node.test)
        before = dict(self.names)
        self.run(node.body)
        after, self.names = self.names, before
        self.run(node.orelse)
        ended = isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue)) if node.body else False
        for name, flags in ({} if ended else after).items():
            here = self.names.get(name, FLAGS())
            both = flags | here
            # clean is only what is clean on both ways
            self.names[name] = both if CLEAN in flags & here or name not in before else both - {CLEAN} | (flags & {CLEAN}
                                                                               if SUPER not in here else FLAGS())

    def do_For(self, node):
        self.bind(node.target, self.of(node.iter))
        if isinstance(node.target, ast.Name):
            self.models[node.target.id] = self.model_of(node.iter)
        self.run(node.body)
        self.run(node.orelse)

    def do_With(self, node):
        for item in node.items:
            flags = self.of(item.context_expr)
            if item.optional_vars:
                self.bind(item.optional_vars, flags)
        self.run(node.body)

    def bind(self, target, flags):
        if isinstance(target, ast.Name):
            self.names[target.id] = flags
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each in target.elts:
                self.bind(each, flags)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, flags)
        elif isinstance(target, ast.Attribute):
            self.change(self.of(target.value), flags, f"{target.attr} =")
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self.names[target.value.id] = self.names.get(target.value.id, FLAGS()) | (flags & {VALUES})

    def change(self, receiver, given, what, brings_defaults=False):
        """Something is changed: on which way it came here."""
        if SUPER not in receiver:
            return
        come = (given | receiver) & {VALUES, RECORDS}
        for kind in come:
            self.found.add(f"{kind} → {self.method}: {what}")
        if brings_defaults and CLEAN not in receiver:
            self.found.add(f"defaults → {self.method}: {what}")

    # -- Expressions

    def of(self, node):
        """The flags of an expression; what it does is followed."""
        return getattr(self, f"of_{type(node).__name__}", self.of_other)(node)

    def of_other(self, node):
        flags = FLAGS()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                flags |= self.of(child)
        return flags

    def of_Constant(self, _node):
        return FLAGS()

    def of_Compare(self, node):
        self.of_other(node)
        return FLAGS()

    def of_JoinedStr(self, node):
        return self.of_other(node) & {VALUES}

    def of_Lambda(self, node):
        return FLAGS()

    def of_Name(self, node):
        return self.names.get(node.id, FLAGS())

    def of_IfExp(self, node):
        self.of(node.test)
        return self.of(node.body) | self.of(node.orelse)

    def of_Dict(self, node):
        flags = FLAGS()
        for each in (*filter(None, node.keys), *node.values):
            flags |= self.of(each)
        return flags & {VALUES, RECORDS}

    def of_Attribute(self, node):
        flags = self.of(node.value)
        if node.attr == "env" or (isinstance(node.value, ast.Attribute) and node.value.attr == "env"):
            if node.attr == "context":
                return FLAGS([VALUES])
            return flags & {SUPER, CLEAN}
        if self.method.is_wizard and isinstance(node.value, ast.Name) and node.value.id == self.first:
            return flags | {VALUES}
        return flags

    def comprehension(self, node, *parts):
        before = dict(self.names)
        flags = FLAGS()
        for generator in node.generators:
            given = self.of(generator.iter)
            self.bind(generator.target, given)
            for test in generator.ifs:
                self.of(test)
        for part in parts:
            flags |= self.of(part)
        self.names = before
        return flags

    def of_ListComp(self, node):
        return self.comprehension(node, node.elt)

    of_SetComp = of_GeneratorExp = of_ListComp

    def of_DictComp(self, node):
        return self.comprehension(node, node.key, node.value) & {VALUES, RECORDS}

    def of_Call(self, node):
        args = [(None, self.of(arg)) for arg in node.args]
        args += [(keyword.arg, self.of(keyword.value)) for keyword in node.keywords]
        given = FLAGS().union(*(flags for _name, flags in args))
        if isinstance(node.func, ast.Name):
            return self.of_function(node, node.func.id, given)
        if not isinstance(node.func, ast.Attribute):
            return self.of(node.func) | given
        receiver, name = self.of(node.func.value), node.func.attr
        text = ast.unparse(node)
        if name == "env":
            lifted = "su=True" in text or "SUPERUSER_ID" in text
            return (receiver & {SUPER, CLEAN}) | ({SUPER} if lifted else FLAGS()) | (
                {CLEAN} if "context=" in text or "su=True" in text else FLAGS())
        if name == "sudo":
            lifted = not node.args or not isinstance(node.args[0], ast.Constant) or node.args[0].value
            # which leaves the caller's default_… behind
            return receiver | {SUPER, CLEAN} if lifted else receiver - {SUPER}
        if name == "with_user":
            return receiver | {SUPER} if "SUPERUSER_ID" in text else receiver - {SUPER}
        if name == "with_env":
            return receiver - {SUPER, CLEAN} | (given & {SUPER, CLEAN})
        if name == "with_context":
            return receiver | {CLEAN} if "clean_context" in text else receiver
        if name in ("browse", "search", "concat", "union"):
            return receiver | given
        if name == "_":
            return FLAGS()
        if (name in CHANGES or (name.startswith(CHANGING) and name not in READING)) and not (
                name in COLLECTING and isinstance(node.func.value, ast.Name) and SUPER not in receiver):
            self.change(receiver, given, name, name in BRINGING or name.startswith(ENGINE) or (
                name == "write" and VALUES in given))
        if name in CHANGES:
            return receiver
        if name in COLLECTING and isinstance(node.func.value, ast.Name):
            self.bind(node.func.value, receiver | (given & {VALUES, RECORDS}))
        callees = self.walk.by_name.get(name, ())
        model = self.model_of(node.func.value)
        callees = [callee for callee in callees if callee.model == model] or callees
        for callee in callees:
            self.follow(callee, receiver, args)
        return receiver | (given & {VALUES, RECORDS})

    def of_function(self, node, name, given):
        if name == "super":
            return self.of(node.args[1]) if len(node.args) > 1 else self.names.get(self.first, FLAGS())
        if name in PLAIN:
            return FLAGS()
        return given

    def follow(self, callee, receiver, args):
        """Into a private method of ours, with what it is given."""
        if (callee.is_entry and not callee.name.startswith("_")) or callee.name.startswith("_compute_"):
            return  # stands for itself, or is native where somebody calls it
        names = [arg.arg for arg in _arguments(callee.node)]
        passed = {names[0]: receiver}
        for place, (name, flags) in enumerate(args, 1):
            if name in names or (name is None and place < len(names)):
                passed[name or names[place]] = flags & {VALUES, RECORDS, SUPER, CLEAN}
        if any(flags & {VALUES, RECORDS} for flags in passed.values()):
            self.found |= self.walk.follow(callee, {name: flags for name, flags in passed.items() if flags})
