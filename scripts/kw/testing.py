"""The three ways to run tests, each on a throw-away database unless KEEP=1."""

import contextlib
import os
import re
import sys
from pathlib import Path

from . import process, workers
from .cluster import open_server
from .database import Databases
from .odoo import free_port
from .selection import Selection
from .settings import CACHE, MODULE, REPO, Failure, flag, option, say

NO_TESTS = 5  # how pytest ends when it ran none
KEPT = "keepwisely_kept"  # the database of `make test KEEP=1`
RESULT = re.compile(r"(?:odoo\.tests\.result|suites' result): (\d+) failed, (\d+) error\(s\) of (\d+) tests")
BROKEN = re.compile(r" ERROR \S+ [\w.]+: (?:FAIL|ERROR): (.*)")


@contextlib.contextmanager
def _test_database(with_module=True, modules=()):
    """A database with MODULES, too; those that are missing are installed after this module."""
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        with _module_database(databases, with_module) as database:
            databases.add(database, [*_words("WITH"), *modules])
            yield databases, database


def _words(name):
    return [word for word in re.split(r"[ ,]+", option(name)) if word]


@contextlib.contextmanager
def _module_database(databases, with_module):
    if not flag("KEEP"):
        with databases.throw_away(with_module) as database:
            yield database
    else:
        database = option("DB", KEPT)
        if with_module:
            databases.prepare(database, demo=flag("DEMO"), strict=True)
        else:
            database += "_baseline"
            if not databases.exists(database):
                databases.clone(databases.template(demo=flag("DEMO")), database)
        yield database


def test():
    """pytest with browser tours, in several processes; T says which tests, and holds arguments for pytest."""
    selection = Selection()  # complains before a database is made
    with _test_database() as (databases, database):
        selection.default_to(databases.modules(database))
        if selection.uses_browser:
            databases.warm_up(database)
        # also for one process: a kept database stays as it is, whatever tests commit and however they end
        with databases.clones(database, selection.processes) as clones:
            code = _pytest(databases.odoo, clones, selection)
        if code == NO_TESTS:
            say(f"no test is what T={option('T')} asks for")
        return code


def _pytest(odoo, clones, selection):
    options = {name: value for name, value in odoo.options.items() if name != "config"}
    environment = odoo.environment()
    environment["PYTHONPATH"] += f"{os.pathsep}{REPO / 'scripts'}"  # for the plugin
    return process.run(
        [sys.executable, "-m", "pytest", "--odoo-http", f"--odoo-config={odoo.config}", f"--odoo-database={clones}",
         "--odoo-log-level=warn", *(f"--odoo-extra={name}={value}" for name, value in options.items()),
         f"--rootdir={REPO}", f"--config-file={REPO / 'pytest.ini'}", "-o", f"cache_dir={CACHE / 'pytest'}",
         *workers.arguments(selection.processes), *selection.options, *selection.paths], env=environment)


def test_native():
    """The same tests with Odoo's own runner; TAGS holds its --test-tags."""
    with _test_database() as (databases, database):
        report = _Report()
        tags = option("TAGS") or ",".join(f"/{name}" for name in databases.modules(database))
        databases.odoo.run(
            "server", database, f"--update={MODULE}", f"--test-tags={tags}", "--stop-after-init",
            f"--http-port={free_port()}", on_line=report.line)
        return report.close()


# Updating MODULES with tests enabled would run their at-install tests before this module's code is loaded, as those come
# first in the order of loading. Odoo's shell runs both kinds with every module loaded.
RUN_LOADED = """
from odoo.tests.shell import run_tests
modules = {modules!r}
missing = set(modules) - env.registry._init_modules
if missing:
    raise SystemExit(f"not installed, so not tested: {{', '.join(sorted(missing))}}")
report = run_tests(env, {tags!r}, modules)
print("suites' result:", report)
"""


def test_odoo():
    """Odoo's own suites of MODULES, at-install and post-install ones, with this module installed and loaded."""
    modules = _words("MODULES")
    if not modules:
        raise Failure("which modules? Give their names: MODULES=maintenance,stock")
    tags = option("TAGS") or ",".join(f"/{name}" for name in modules)
    with _test_database(with_module=not flag("BASELINE"), modules=modules) as (databases, database):
        installed = databases.query("SELECT name FROM ir_module_module WHERE state = 'installed'", database=database)
        report = _Report({name for (name,) in installed})
        script = RUN_LOADED.format(modules=modules, tags=tags)
        databases.odoo.run("shell", database, f"--http-port={free_port()}", script=script, on_line=report.line)
        return report.close()


def _known_failures(installed):
    """Tests of Odoo's suites that are expected to fail beside the modules that are ``installed``, with the reason."""
    lines = (Path(__file__).parent.parent / "odoo_suites.txt").read_text().splitlines()
    known = dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    named = {test.partition(" beside ")[::2]: reason for test, reason in known.items()}
    return {test: reason for (test, companion), reason in named.items() if not companion or companion in installed}


class _Report:
    """Shows a test run's log and reads its outcome from it."""

    def __init__(self, installed=()):
        self.installed = installed
        self.ran = self.failed = 0
        self.complete = False
        self.broken = []

    def line(self, line):
        print(line, flush=True)
        if found := RESULT.search(line):
            failures, errors, self.ran = map(int, found.groups())
            self.failed = failures + errors
            self.complete = True
        elif found := BROKEN.search(line):
            self.broken.append(found[1])

    def close(self):
        known = _known_failures(self.installed)
        unexpected = []
        for test in self.broken:
            reason = next((reason for name, reason in known.items() if name in test), None)
            print(f"expected to fail: {test}: {reason}" if reason else f"failed: {test}")
            if not reason:
                unexpected.append(test)
        if not self.complete:
            say("Odoo ended before it told a result")
        elif not self.ran:
            say("no test ran")
        expected = len(self.broken) - len(unexpected)
        failed = max(self.failed - expected, 0)
        print(f"{max(self.ran - self.failed, 0)} passed, {failed} failed", flush=True)
        if expected:
            print(f"and {expected} failed as expected, see scripts/odoo_suites.txt")
        return 0 if self.complete and self.ran and not failed else 1
