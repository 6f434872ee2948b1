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
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


@contextlib.contextmanager
def _test_database():
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        if not flag("KEEP"):
            with databases.throw_away() as database:
                yield databases, database
            return
        database = option("DB", KEPT)
        if not databases.exists(database):
            databases.create(database, demo=flag("DEMO"), strict=True)
        elif not databases.is_current(database):
            databases.upgrade(database, strict=True)
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
        code = databases.odoo.run(
            "server", database, f"--update={MODULE}", f"--test-tags={option('TAGS', '/' + MODULE)}", "--stop-after-init",
            f"--http-port={free_port()}", on_line=report.line)
        return report.close(code)


ALL_LOADED = """
from odoo.tests.shell import run_tests
report = run_tests(env, {tags!r}, {modules!r})
raise SystemExit(0 if report.wasSuccessful() and report.testsRun else 1)
"""


def test_odoo():
    """Odoo's own suites of MODULES, at-install and post-install ones, with this module installed and loaded."""
    modules = [name for name in re.split(r"[ ,]+", option("MODULES")) if name]
    if not modules:
        raise Failure("which modules? Give their names: MODULES=maintenance,stock")
    raise NotImplementedError


class _Report:
    """Shows a test run's log and reads its outcome from it."""

    def __init__(self):
        self.ran = self.failed = 0

    def line(self, line):
        print(line, flush=True)
        if found := RESULT.search(line):
            failures, errors, self.ran = map(int, found.groups())
            self.failed = failures + errors

    def close(self, code):
        if not self.ran:
            say("no test ran")
            code = code or 1
        print(f"{self.ran - self.failed} passed, {self.failed} failed", flush=True)
        return code
