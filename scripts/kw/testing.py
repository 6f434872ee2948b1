"""The three ways to run tests, each on a throw-away database unless KEEP=1."""

import contextlib
import re
import shlex
import sys

from . import process
from .cluster import open_server
from .database import Databases
from .odoo import free_port
from .settings import CACHE, MODULE, REPO, Failure, flag, option, say

KEPT = "keepwisely_kept"  # the database of `make test KEEP=1`
RESULT = re.compile(r"(?:odoo\.tests\.result|suites' result): (\d+) failed, (\d+) error\(s\) of (\d+) tests")
BROKEN = re.compile(r" ERROR \S+ [\w.]+: (?:FAIL|ERROR): (.*)")


@contextlib.contextmanager
def _test_database(with_module=True):
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        if not flag("KEEP"):
            with databases.throw_away(with_module) as database:
                yield databases, database
            return
        database = option("DB", KEPT)
        databases.prepare(database, demo=flag("DEMO"), strict=True)
        yield databases, database


def test():
    """pytest with browser tours; T holds arguments for pytest."""
    with _test_database() as (databases, database):
        odoo = databases.odoo
        options = {name: value for name, value in odoo.options.items() if name != "config"}
        command = [sys.executable, "-m", "pytest", "--odoo-http", f"--odoo-config={odoo.config}", f"--odoo-database={database}",
                   "--odoo-log-level=warn", *(f"--odoo-extra={name}={value}" for name, value in options.items()),
                   f"--rootdir={REPO}", f"--config-file={REPO / 'pytest.ini'}", "-o", f"cache_dir={CACHE / 'pytest'}",
                   *shlex.split(option("T"))]
        paths = [] if any(word.startswith(MODULE) for word in command) else [str(REPO / MODULE)]
        return process.run([*command, *paths], env=odoo.environment())


def test_native():
    """The same tests with Odoo's own runner; TAGS holds its --test-tags."""
    with _test_database() as (databases, database):
        report = _Report()
        databases.odoo.run(
            "server", database, f"--update={MODULE}", f"--test-tags={option('TAGS', '/' + MODULE)}", "--stop-after-init",
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
    modules = [name for name in re.split(r"[ ,]+", option("MODULES")) if name]
    if not modules:
        raise Failure("which modules? Give their names: MODULES=maintenance,stock")
    tags = option("TAGS") or ",".join(f"/{name}" for name in modules)
    with _test_database(with_module=not flag("BASELINE")) as (databases, database):
        report = _Report()
        script = RUN_LOADED.format(modules=modules, tags=tags)
        databases.odoo.run("shell", database, f"--http-port={free_port()}", script=script, on_line=report.line)
        return report.close()


class _Report:
    """Shows a test run's log and reads its outcome from it."""

    def __init__(self):
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
        for test in self.broken:
            print(f"failed: {test}")
        if not self.complete:
            say("Odoo ended before it told a result")
        elif not self.ran:
            say("no test ran")
        print(f"{max(self.ran - self.failed, 0)} passed, {self.failed} failed", flush=True)
        return 0 if self.complete and self.ran and not self.failed else 1
