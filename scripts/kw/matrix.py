"""`make matrix`: the module's whole life in many databases, each with other modules and another past; `make beside` likewise.

A row of scripts/matrix.txt is lived through once for each order in which its modules can come. What is done with the code as
it is stands in a log and is not done again.
"""

import json
import os
import re

from . import matrix_code
from .cluster import open_server
from .database import Databases
from .matrix_leftovers import snapshot
from .matrix_life import STEPS, UNREAD, Life
from .matrix_rows import ORDERS, WORLDS, Line, listed
from .settings import CACHE, MODULE, Failure, flag, option, say

LOG = CACHE / "matrix.log"


def matrix():
    return _live([line for line in listed() if line.is_in(option("ROWS"))], resume=not flag("AGAIN"))


def beside():
    """The same for modules that are named, before and after ours, every time."""
    texts = re.split(r"[ ,]+", option("MODULES").strip(" ,"))
    if not option("MODULES"):
        raise Failure('beside what? MODULES="mrp,hr+repair"')
    lines = [Line(f"{text} @ demo" if flag("DEMO") else text) for text in texts]
    return _live(lines, resume=False, orders=("before", "after"))


def _live(lines, resume, orders=ORDERS):
    if not lines:
        raise Failure(f"no row is called {option('ROWS')}; they are in scripts/matrix.txt")
    for order, why in matrix_code.missing().items():
        say(f"nothing is {order}: {why}")
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        rows = []
        for line in lines:
            wanted = [order for order in line.orders if order in orders]
            done = _done(line) if resume else {}
            for order in wanted:
                if order in done:
                    say(f"{line.title}, {order}: done already; AGAIN=1 does it once more")
            new = Company(databases, line).rows([order for order in wanted if order not in done])
            rows += [done.get(order) or new[order] for order in wanted]
    _print(rows)
    return int(any(row.failures for row in rows))


def _done(line):
    """What the log knows of this row with the code as it is; a row that failed is lived again."""
    found = {}
    for entry in map(json.loads, LOG.read_text().splitlines() if LOG.exists() else ()):
        if entry["title"] == line.title and entry["code"] == line.code:
            row = found[entry["order"]] = Row(line.title, entry["order"])
            row.steps, row.failures = entry["steps"], entry["failures"]
    return {order: row for order, row in found.items() if not row.failures}


class Company:
    """What a row's database is without our module: ours is compared with it and mostly cloned from it."""

    def __init__(self, databases, line):
        self.databases, self.line = databases, line
        self.alone, self.database, self.without = (f"keepwisely_test_{os.getpid()}_{use}" for use in ("alone", "life", "without"))
        self._known = None

    def rows(self, orders):
        if not orders:
            return {}
        rows = {order: Row(self.line.title, order, self.known) for order in orders}
        template = self.databases.template("demo" in self.line.worlds)
        self.databases.odoo.modules = self.line.modules
        try:
            before = self._prepare(template)
            for order, row in rows.items():
                self._live(row, before, self.alone if order != "after" else template)
        except Failure as failure:  # other rows may do better
            for row in rows.values():
                row.steps["install"] = row.steps.get("install", "failed")
                row.failures.append(f"install: {failure}")
        finally:
            self.databases.odoo.modules = []
            self.databases.drop(self.alone)
        return rows

    def _prepare(self, template):
        say(f"{self.line.title}: what it is compared with")
        self.databases.clone(template, self.alone)
        if self.line.modules:
            code, log = self.databases.odoo.change_modules(self.alone, f"--init={','.join(self.line.modules)}")
            self.complaints = set(log.complaints)
            if code:
                raise Failure(f"{self.line.title} does not install without {MODULE} either; see {log.path}")
        else:
            self.complaints = set()
        for world in self.line.worlds:
            if world != "demo":
                code, log = self.databases.odoo.script(self.alone, (WORLDS / f"{world}.py").read_text())
                if code:
                    raise Failure(f"the world {world} cannot be made; see {log.path}")
        return snapshot(self.databases.query, self.alone)

    def _live(self, row, before, origin):
        say(f"{row.title}, {row.order}")
        try:
            Life(self.databases, self.database, row, self.line, before, origin).live()
        except Failure as failure:
            row.failures.append(f"start: {failure}")
        finally:
            self.databases.drop(self.database)
        for failure in row.failures:
            say(f"failed: {failure}")
        with LOG.open("a") as log:
            log.write(json.dumps({"title": row.title, "order": row.order, "code": self.line.code,
                                  "steps": row.steps, "failures": row.failures}) + "\n")

    def known(self):
        """What Odoo itself complains about without our module, at the installation, at the start, in its menus; asked for
        only when something has failed."""
        if self._known is None:
            row = Row(self.line.title, "without")
            try:
                Life(self.databases, self.without, row, self.line, {}, self.alone).without()
            finally:
                self.databases.drop(self.without)
            failures = {failure.split(": ", 1)[1] for failure in row.failures}
            for failure in sorted(failures):
                say(f"without {MODULE}: {failure}")
            self._known = self.complaints | {failure for failure in failures if UNREAD not in failure}
        return self._known


class Row:
    """What came of a database: steps done and what failed in them."""

    def __init__(self, title, order, known=set):
        self.title, self.order, self.known = title, order, known
        self.steps, self.failures = {}, []

    def note(self, step, failures, remark="ok"):
        if failures:
            failures = [failure for failure in failures if failure not in self.known()]
        self.failures += [f"{step}: {failure}" for failure in failures]
        failed = sum(failure.startswith(f"{step}: ") for failure in self.failures)
        self.steps[step] = f"{failed} failed" if failed else remark
        return not failures


def _print(rows):
    for row in rows:
        if row.failures:
            print(f"\n{row.title}, {row.order}:")
            for failure in row.failures:
                print(f"  {failure}")
    table = [("modules @ worlds", "order", *STEPS)]
    table += [(_shortened(row.title), row.order, *(row.steps.get(step, "-") for step in STEPS)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print()
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    failed = sum(bool(row.failures) for row in rows)
    print(f"\n{len(rows) - failed} ok, {failed} failed", flush=True)


def _shortened(title):
    return title if len(title) <= 60 else f"{title[:59]}…"
