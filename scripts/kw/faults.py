"""A plugin for pytest: puts one small fault after the other into the module and says which ones the tests notice.

    make test J=1 T="requisition -p kw.faults --draw=7:20"            20 places of the room's models by the seed 7
    make test J=1 T="part requisition -p kw.faults --faults=FILE"     faults written down by hand

A file of faults holds JSON: lists of path below the module, what stands there (once), and what shall stand there instead.
A fault lives in memory alone: the code of a method is exchanged while its tests run. First all tests run without a fault,
to see which of them reach which lines (kept from draw to draw with --reached=FOLDER); then those run, the room's own first,
until one fails. Of many that reach a line some run: those whose file is called like the faulty one, of the others evenly
chosen ones. What these miss counts as unnoticed.

With --nearest=NUMBER no test runs beforehand: of all tests of T those few run that name most of what the faulty method
names, rare names first. That is quick and counts too little rather than too much: a test that none of them is might notice.
"""

import ast
import inspect
import json
import linecache
import random
import re
import signal
import sys
from collections import Counter
from contextlib import ExitStack
from functools import cache
from itertools import zip_longest
from math import log
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from .settings import MODULE, REPO, digest, option

HITS = set()
HITS_OF_CLASS = {}  # what the scene of a class reaches, before its first test
MOST = 40  # tests of the room, and as many of others
COMMON = {"maintenance", "test", "request", "line", "order", "stock", "move", "res"}  # words of names that tell nothing apart
PATIENCE = 300  # seconds: a test that takes longer has met a fault that never ends
WORD = re.compile(r"[A-Za-z_]\w{3,}")
HIT = "__import__({!r}, fromlist=['HITS']).HITS.add({!r})"
OPPOSITE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
DROPPED = {"sudo", "filtered", "sorted", "filtered_domain", "with_company", "with_context", "round"}
FETCHING = {"fetch", "search_fetch"}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
OPERATORS = {"=": "!=", "!=": "=", "in": "not in", "not in": "in", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}


class Fault:
    def __init__(self, path, label, tree, line=0):
        self.path, self.label, self.line = path, label, line
        self.codes = dict(_changed(ast.parse(path.read_text()), tree, path))
        name = ".".join(path.relative_to(REPO).with_suffix("").parts)
        self.functions = [
            (function, self.codes[function.__code__.co_qualname, function.__code__.co_firstlineno])
            for function in _functions(sys.modules[f"odoo.addons.{name}"], path)
            if (function.__code__.co_qualname, function.__code__.co_firstlineno) in self.codes
        ]

    def __enter__(self):
        self.originals = [function.__code__ for function, _code in self.functions]
        for function, code in self.functions:
            function.__code__ = code

    def __exit__(self, *_error):
        for (function, _code), original in zip(self.functions, self.originals, strict=True):
            function.__code__ = original


def _changed(before, after, path):
    olds, news = (dict(_codes(compile(tree, str(path), "exec"))) for tree in (before, after))
    return ((key, code) for key, code in news.items() if code != olds.get(key))


def _codes(code):
    """The code of the functions and methods below ``code``, by name and line; what stands in a method goes with it."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield (inner.co_qualname, inner.co_firstlineno), inner
            if not inner.co_flags & inspect.CO_OPTIMIZED:
                yield from _codes(inner)


def _functions(module, path):
    for owner in (module, *filter(inspect.isclass, vars(module).values())):
        for value in vars(owner).values():
            if type(value) not in (FunctionType, classmethod, staticmethod, property):
                continue  # among them objects that answer to no question outside of a request
            function = inspect.unwrap(getattr(value, "__func__", getattr(value, "fget", value)))
            if isinstance(function, FunctionType) and function.__code__.co_filename == str(path):
                yield function


def _written_down(path):
    for name, old, new in json.loads(Path(path).read_text()):
        file = REPO / MODULE / name
        source = file.read_text()
        if source.count(old) != 1:
            raise pytest.UsageError(f"{name} has {source.count(old)} of {old!r}, not one")
        line = source[: source.index(old)].count("\n") + 1
        yield Fault(file, f"{name}:{line} {old.strip()} -> {new.strip()}", ast.parse(source.replace(old, new)), line)


def _drawn(draw):
    seed, count, *only = map(int, draw.split(":"))
    named = [word for word in option("T").split() if (REPO / MODULE / "models" / word).is_dir()]
    models = REPO / MODULE / "models"
    files = sorted(file for room in named or ["."] for file in (models / room).rglob("*.py") if file.name != "__init__.py")
    places = [(file, number) for file in files for number in range(len(_places(ast.parse(file.read_text()))))]
    for file, number in random.Random(seed).sample(places, min(count, len(places)))[slice(*only) if only else slice(None)]:
        tree = ast.parse(file.read_text())
        node, field, index = _places(tree)[number]
        old, line = ast.unparse(node), node.lineno
        _break(node, field, index)
        label = f"{file.relative_to(models)}:{line} {old.splitlines()[0]} -> {ast.unparse(node).splitlines()[0]}"
        yield Fault(file, label, tree, line)


def _places(tree):
    """What can be broken inside of methods: tuples of node, field and what to do."""
    places = []
    for method in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        nodes = [inner for statement in method.body for inner in ast.walk(statement)]
        # [:2] for [:1], limit=2 for limit=1: the same where there is but one
        first_of_many = {
            inner
            for node in nodes
            if isinstance(node, ast.Slice) or getattr(node, "arg", 0) == "limit"
            for inner in ast.walk(node)
        }
        # what is read beforehand is read all the same, only later
        beforehand = {
            inner
            for node in nodes
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FETCHING
            for argument in node.args[node.func.attr == "search_fetch" :]
            for inner in ast.walk(argument)
        }
        for node in nodes:
            if node in beforehand or (isinstance(node, ast.Expr) and _only_prepares(node.value)):
                continue
            if isinstance(node, (ast.If, ast.IfExp)):
                places.append((node, "test", "not"))
            elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
                places.append((node, "ops", 0))
            elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in OPPOSITE:
                places.append((node, "op", None))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DROPPED:
                places.append((node, "func", "drop"))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
                places.append((node.func, "id", SWAPPED[node.func.id]))
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and "ensure_one" not in ast.dump(node):
                places.append((node, "value", "skip"))
            elif isinstance(node, (ast.List, ast.Set)) and len(node.elts) > 1:
                places += [(node, "elts", index) for index in range(len(node.elts))]
            elif isinstance(node, ast.Dict) and len(node.keys) > 1:
                places += [(node, "keys", index) for index in range(len(node.keys))]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in OPERATORS:
                places.append((node, "value", OPERATORS[node.value]))
            elif isinstance(node, ast.Constant) and type(node.value) is int and node not in first_of_many:
                places.append((node, "value", node.value + 1))
    return places


def _only_prepares(call):
    """Whether a statement reads beforehand or writes to the log of the server, and nothing else."""
    function = getattr(call, "func", None)
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr in {*FETCHING, "mapped"} or getattr(function.value, "id", "") == "_logger"


def _break(node, field, how):
    if how == "not":
        node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
    elif how == "drop":
        value = node.func.value  # of x.sudo() remains x
        node.__class__, node.__dict__ = value.__class__, value.__dict__
    elif how == "skip":
        node.value = ast.copy_location(ast.Constant(None), node)
    elif field == "ops":
        node.ops[how] = OPPOSITE[type(node.ops[how])]()
    elif field == "op":
        node.op = OPPOSITE[type(node.op)]()
    elif field in ("elts", "keys"):
        for items in (node.elts,) if field == "elts" else (node.keys, node.values):
            del items[how]
    else:
        setattr(node, field, how)
    ast.fix_missing_locations(node)


def _get_blocks(path, tree):
    """``{name: statements}`` of what is run as a whole in the methods of a file."""
    blocks, seen, counts = {}, set(), Counter()
    for method in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(method):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block and id(block) not in seen:
                    seen.add(id(block))
                    counts[method.name] += 1
                    blocks[f"{path.relative_to(REPO / MODULE / 'models')} {method.name} {counts[method.name]}"] = block
    return blocks


def _get_block(path, line):
    """The name of the innermost block around a line."""
    return max(
        (block[0].lineno, name)
        for name, block in _get_blocks(path, ast.parse(path.read_text())).items()
        if block[0].lineno <= line <= block[-1].end_lineno
    )[1]


def _probe(path):
    """The methods of a file as they are, but telling which of their blocks they reach."""
    tree = ast.parse(path.read_text())
    for name, block in _get_blocks(path, tree).items():
        statement = ast.parse(HIT.format(__name__, name)).body[0]
        for part in ast.walk(statement):
            if hasattr(part, "lineno"):
                part.lineno = part.end_lineno = block[0].lineno
        block.insert(0, statement)
    return Fault(path, "", tree)


def pytest_addoption(parser):
    parser.addoption("--draw", help="SEED:COUNT faults drawn in the models of the rooms of T; SEED:COUNT:FIRST:LAST some of them")
    parser.addoption("--faults", help="a file of faults written down by hand")
    parser.addoption("--nearest", type=int, help="so many tests that name what the faulty method names, and none beforehand")
    parser.addoption("--reached", help="a folder that keeps which test reaches what, for the next draw")


def pytest_runtestloop(session):
    config = session.config.option
    if config.collectonly:
        return None
    faults = list(_written_down(config.faults) if config.faults else _drawn(config.draw))
    if config.nearest:
        choose, kind = _Nearest(session.items, config.nearest).choose, "nearest tests"
    else:
        choose, kind = _Reaching(session.items, config.reached and Path(config.reached)).choose, "tests that reach it"
    unnoticed = 0
    for fault in faults:
        items = choose(fault)
        noticed, left = None, items
        while left and not noticed:
            with fault:
                noticed = next((item for item, after in zip_longest(left, left[1:]) if _fails(item, after)), None)
                session._setupstate.teardown_exact(None)
            left = left[left.index(noticed) + 1 :] if noticed else []
            if noticed and config.nearest and _fails(noticed, None):
                print(f"fails without a fault: {noticed.nodeid}", flush=True)
                noticed = None
        unnoticed += not noticed
        told = f"noticed by {noticed.name}" if noticed else f"UNNOTICED by {len(items)} {kind}"
        print(f"{fault.label}: {told}", flush=True)
    print(f"{len(faults) - unnoticed} of {len(faults)} faults noticed", flush=True)
    return True


class _Nearest:
    """Chooses tests by what they name, themselves or in the helpers of their class that they call."""

    def __init__(self, items, number):
        self.number = number
        self.names = {item: _get_names(item) for item in items}
        counts = Counter(name for names in self.names.values() for name in names)
        self.weights = {name: log(len(items) / count) for name, count in counts.items()}

    def choose(self, fault):
        tree = ast.parse(fault.path.read_text())
        method = max(
            (node for node in ast.walk(tree)
             if isinstance(node, ast.FunctionDef) and node.lineno <= fault.line <= node.end_lineno),
            key=lambda node: node.lineno,
        )
        named = set(WORD.findall(ast.unparse(method)))
        around = set(WORD.findall(fault.path.read_text()))

        def distance(item):
            names = self.names[item]
            near = sum(self.weights[name] * (1.0 if name in named else 0.2) for name in names & around)
            alike = len(_words(item.path) & _words(fault.path)) + (item.path.parent.name == fault.path.parent.name)
            return -near / (30 + len(names)) ** 0.5 * (1 + alike)

        chosen = sorted(self.names, key=distance)[: self.number]
        # what shares a scene runs together, the nearest first
        return sorted(chosen, key=lambda item: min(chosen.index(other) for other in chosen if other.cls is item.cls))


def _get_names(item):
    sources, known = [_get_source(inspect.unwrap(item.function).__code__)], set()
    for source in sources:
        for name in re.findall(r"self\.(_\w+)\(", source):
            helper = getattr(item.cls, name, None)
            if name not in known and inspect.isfunction(helper):
                known.add(name)
                sources.append(_get_source(inspect.unwrap(helper).__code__))
    return set(WORD.findall("\n".join(sources)))


@cache
def _get_source(code):
    """As `inspect` does, which takes minutes for all tests; up to the next line that is no deeper."""
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    depth, end, begun = len(lines[0]) - len(lines[0].lstrip()), 0, False
    for line in lines:
        is_deeper = line[: depth + 1].isspace()
        if begun and not is_deeper and line[depth] != ")":
            break
        begun, end = begun or is_deeper, end + 1
    return "".join(lines[:end])


class _Reaching:
    """Chooses tests that reach the line, the room's own first."""

    def __init__(self, items, folder):
        self.items, self.reached = items, _find_reached(items, folder)

    def choose(self, fault):
        block = _get_block(fault.path, fault.line)
        reaching = [item for item in self.items if block in self.reached.get(item.nodeid, ())]
        own = [item for item in reaching if item.path.parent.name == fault.path.parent.name]
        return _some(own, fault) + _some([item for item in reaching if item not in own], fault)


def _find_reached(items, folder):
    """``{test: blocks that it reaches}``; what is known in ``folder`` of the tests of a file as it is, is not looked at again."""
    reached, files = {}, {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    probes = [_probe(path) for path in (REPO / MODULE / "models").rglob("*.py") if path.name != "__init__.py"]
    for path, group in files.items():
        known = folder and folder / f"{path.parent.name}-{path.stem}-{digest(path.read_text())}.json"
        if known and known.exists():
            found = json.loads(known.read_text())
        else:
            found = {}
            with ExitStack() as probing:
                for probe in probes:
                    probing.enter_context(probe)
                for item, following in zip_longest(group, group[1:]):
                    HITS.clear()
                    if _fails(item, following):
                        print(f"fails without a fault: {item.nodeid}", flush=True)
                    else:
                        found[item.nodeid] = sorted(HITS | HITS_OF_CLASS.get(item.cls, set()))
                items[0].session._setupstate.teardown_exact(None)
            if known:
                folder.mkdir(parents=True, exist_ok=True)
                known.write_text(json.dumps(found))
        reached |= {nodeid: set(blocks) for nodeid, blocks in found.items()}
    return reached


def _some(items, fault):
    called_alike = [item for item in items if _words(item.path) & _words(fault.path)][:MOST]
    others = [item for item in items if item not in called_alike]
    rest = MOST - len(called_alike)
    return called_alike + (others[:: -(-len(others) // rest) or 1] if rest else [])


def _words(path):
    return {word.removesuffix("s") for word in path.stem.split("_")} - COMMON - {path.parent.name}


def pytest_runtest_call(item):
    HITS_OF_CLASS.setdefault(item.cls, set(HITS))


def _fails(item, following):
    signal.signal(signal.SIGALRM, lambda *_args: pytest.fail(f"{item.name} takes longer than {PATIENCE} s"))
    signal.alarm(PATIENCE)
    try:
        return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))
    finally:
        signal.alarm(0)
