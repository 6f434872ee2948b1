"""A plugin for pytest: puts one small fault after the other into the module and says which ones the tests notice.

    make test J=1 T="requisition -p kw.faults --draw=7:20"            20 places of the room's models by the seed 7
    make test J=1 T="part requisition -p kw.faults --faults=FILE"     faults written down by hand

A file of faults holds JSON: lists of path below the module, what stands there (once), and what shall stand there instead.
A fault lives in memory alone: the code of a method is exchanged while its tests run. First all tests run without a fault,
to see which of them reach which place; then those run until one fails.
"""

import ast
import inspect
import json
import random
import sys
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from .settings import MODULE, REPO, option

HITS = set()
HIT = "__import__({!r}, fromlist=['HITS']).HITS.add({!r})"
OPPOSITE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip
DROPPED = {"sudo", "filtered", "sorted", "filtered_domain", "with_company", "round"}


class Fault:
    def __init__(self, path, label, tree):
        self.path, self.label = path, label
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
        yield Fault(file, f"{name}:{line} {old.strip()} -> {new.strip()}", ast.parse(source.replace(old, new)))


def _drawn(draw):
    seed, count = map(int, draw.split(":"))
    named = [word for word in option("T").split() if (REPO / MODULE / "models" / word).is_dir()]
    models = REPO / MODULE / "models"
    files = sorted(file for room in named or ["."] for file in (models / room).rglob("*.py") if file.name != "__init__.py")
    places = [(file, number) for file in files for number in range(len(_places(ast.parse(file.read_text()))))]
    for file, number in random.Random(seed).sample(places, min(count, len(places))):
        tree = ast.parse(file.read_text())
        node, field, index = _places(tree)[number]
        old = ast.unparse(node)
        _break(node, field, index)
        label = f"{file.relative_to(models)}:{node.lineno} {old.splitlines()[0]} -> {ast.unparse(node).splitlines()[0]}"
        yield Fault(file, label, tree)


def _places(tree):
    """What can be broken inside of methods: tuples of node, field and what to do."""
    places = []
    for method in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in (inner for statement in method.body for inner in ast.walk(statement)):
            if isinstance(node, (ast.If, ast.IfExp)):
                places.append((node, "test", "not"))
            elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
                places.append((node, "ops", 0))
            elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in OPPOSITE:
                places.append((node, "op", None))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in DROPPED:
                places.append((node, "func", "drop"))
    return places


def _break(node, field, how):
    if how == "not":
        node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
    elif how == "drop":
        value = node.func.value  # of x.sudo() remains x
        node.__class__, node.__dict__ = value.__class__, value.__dict__
    elif field == "ops":
        node.ops[how] = OPPOSITE[type(node.ops[how])]()
    else:
        node.op = OPPOSITE[type(node.op)]()
    ast.fix_missing_locations(node)


def _probe(fault, number):
    """``fault``'s methods as they are, but telling that they were reached."""
    tree = ast.parse(fault.path.read_text())
    wanted = {line for _name, line in fault.codes}
    for node in ast.walk(tree):
        first = min([node.lineno, *(found.lineno for found in node.decorator_list)]) if isinstance(node, ast.FunctionDef) else 0
        if first in wanted:
            statement = ast.parse(HIT.format(__name__, number)).body[0]
            for part in ast.walk(statement):
                if hasattr(part, "lineno"):
                    part.lineno = part.end_lineno = node.body[0].lineno
            node.body.insert(1 if ast.get_docstring(node) else 0, statement)
    return Fault(fault.path, "", tree)


def pytest_addoption(parser):
    parser.addoption("--draw", help="SEED:COUNT faults drawn at random in the models of the rooms that T names")
    parser.addoption("--faults", help="a file of faults written down by hand")


def pytest_runtestloop(session):
    config = session.config.option
    if config.collectonly:
        return None
    faults = list(_written_down(config.faults) if config.faults else _drawn(config.draw))
    reaching = {number: [] for number in range(len(faults))}
    for number, fault in enumerate(faults):
        _probe(fault, number).__enter__()  # one upon the other: two places of one method tell as one
    for item, following in zip_longest(session.items, session.items[1:]):
        HITS.clear()
        if not _fails(item, following):
            methods = {id(function) for number in HITS for function, _code in faults[number].functions}
            for number, fault in enumerate(faults):
                if methods & {id(function) for function, _code in fault.functions}:
                    reaching[number].append(item)
        else:
            print(f"fails without a fault: {item.nodeid}", flush=True)
    unnoticed = 0
    for number, fault in enumerate(faults):
        items = reaching[number]
        with fault:
            noticed = next((item for item, after in zip_longest(items, items[1:]) if _fails(item, after)), None)
            session._setupstate.teardown_exact(None)
        unnoticed += not noticed
        told = f"noticed by {noticed.name}" if noticed else f"UNNOTICED by {len(items)} tests that reach it"
        print(f"{fault.label}: {told}", flush=True)
    print(f"{len(faults) - unnoticed} of {len(faults)} faults noticed", flush=True)
    return True


def _fails(item, following):
    return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))
