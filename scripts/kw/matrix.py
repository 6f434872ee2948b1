"""`make beside`: other modules of Odoo and this one in a database, in both orders, from installation to uninstallation."""

import ast
import itertools
import json
import os
import re
from pathlib import Path

from . import beside_story
from .beside_client import UNREAD, Person, Refused
from .beside_leftovers import compare, snapshot
from .cluster import open_server
from .database import Databases
from .odoo import Log
from .settings import MODULE, REPO, Failure, flag, option, say

STEPS = ("install", "start", "login", "story", "jobs", "menus", "upgrade", "uninstall", "leftovers",
         "start again", "buy", "menus again")
ORDERS = ("before", "after")
UNINSTALL = f"env['ir.module.module'].search([('name', '=', {MODULE!r})]).button_immediate_uninstall()"  # the button's method
# Not in `everything`: other countries' books, tests, themes, payment providers, devices, services, Python packages we lack.
NOT_EVERYTHING = re.compile(
    "l10n_|test_|theme_|payment_|cloud_storage|iot_|auth_ldap|account_peppol|sms_twilio|google_|microsoft_"
    "|.*(_test|tax_python|adyen|dpopay|glory_cash|imin|mercado|pine_labs|qfpay|razorpay|stripe|viva_com|gelato|mondialrelay)")


def beside():
    server = open_server("test")
    rows = []
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        for companions in _companions(option("MODULES")):
            try:
                rows += Companions(databases, companions, demo=flag("DEMO")).rows(_orders())
            except Failure as failure:  # the other sets may do better
                rows.append(Row(companions[0], "-", set()))
                rows[-1].note("install", [str(failure)])
    _print(rows)
    return int(any(row.failures for row in rows))


def _orders():
    order = option("ORDER", "both")
    if order not in (*ORDERS, "both"):
        raise Failure("ORDER is before, after or both: when the other modules are installed")
    return ORDERS if order == "both" else (order,)


def _companions(text):
    """Sets of modules, each for a database of its own."""
    lines = re.split(r"[ ,]+", text.strip(" ,"))
    if not text:
        raise Failure('beside what? MODULES="mrp,hr+repair", or MODULES=all for the list in scripts/companions.txt')
    if lines == ["all"]:
        lines = (REPO / "scripts" / "companions.txt").read_text().splitlines()
        lines = [line for line in lines if line and not line.startswith("#")]
    return [(line, _everything() if line == "everything" else line.split("+")) for line in lines]


def _everything():
    manifests = (Path(os.environ["KW_ODOO"]) / "odoo" / "addons").glob("*/__manifest__.py")
    content = {path.parent.name: ast.literal_eval(path.read_text()) for path in manifests}
    return sorted(name for name, manifest in content.items()
                  if manifest.get("installable", True) and not NOT_EVERYTHING.match(name))


class Companions:
    """A set of modules; its database without ours is what ours is compared with and is cloned from."""

    def __init__(self, databases, companions, demo):
        self.databases, self.demo = databases, demo
        self.name, self.modules = companions
        self.alone, self.database = (f"keepwisely_test_{os.getpid()}_{use}" for use in ("alone", "beside"))

    def rows(self, orders):
        title = f"{self.name}{' (demo)' if self.demo else ''}"
        template = self.databases.template(self.demo)
        try:
            say(f"{title}: installing what it is compared with")
            self.databases.clone(template, self.alone)
            code, log = self.databases.odoo.change_modules(self.alone, f"--init={','.join(self.modules)}")
            if code:
                raise Failure(f"{title} does not install without {MODULE} either; see {log.path}")
            before = snapshot(self.databases.query, self.alone)
            known = set(log.complaints) | self._failures_without(before)
            return [self._row(Row(title, order, known), before, template) for order in orders]
        finally:
            self.databases.drop(self.alone)

    def _failures_without(self, before):
        """What Odoo itself complains about at the start and in its menus."""
        row = Row(self.name, "without", set())
        try:
            self.databases.clone(self.alone, self.database)
            Life(self.databases, self.database, row, before).without()
        finally:
            self.databases.drop(self.database)
        failures = {failure.split(": ", 1)[1] for failure in row.failures}
        for failure in sorted(failures):
            say(f"without {MODULE}: {failure}")
        return {failure for failure in failures if UNREAD not in failure}

    def _row(self, row, before, template):
        say(f"{row.title}, {row.order} {MODULE}")
        try:
            self.databases.clone(self.alone if row.order == "before" else template, self.database)
            Life(self.databases, self.database, row, before).live(self.modules)
        except Failure as failure:
            row.note("start", [str(failure)])
        finally:
            self.databases.drop(self.database)
        for failure in row.failures:
            say(f"failed: {failure}")
        return row


class Row:
    """What came of a database: steps done and what failed in them."""

    def __init__(self, title, order, known):
        self.title, self.order = title, order
        self.known = known  # complaints that come without our module as well
        self.steps, self.failures = {}, []

    def note(self, step, failures, remark="ok"):
        failures = [failure for failure in failures if failure not in self.known]
        self.failures += [f"{step}: {failure}" for failure in failures]
        failed = sum(failure.startswith(f"{step}: ") for failure in self.failures)
        self.steps[step] = f"{failed} failed" if failed else remark
        return not failures


class Life:
    """One database from installation to uninstallation."""

    def __init__(self, databases, database, row, before):
        self.databases, self.odoo, self.database = databases, databases.odoo, database
        self.row, self.before = row, before

    def live(self, modules):
        installed = self._change("install", f"--init={MODULE}")
        if self.row.order == "after":
            installed = installed and self._change("install", f"--init={','.join(modules)}")
        if not installed:
            return
        self.world = self._people()
        self._serve("start", "menus", {"story": beside_story.bearing_story, "jobs": beside_story.scheduled_actions})
        self._change("upgrade", f"--update={MODULE}")
        if self._uninstall():
            self.row.note("leftovers", compare(self.before, snapshot(self.databases.query, self.database)))
            self._serve("start again", "menus again", {"buy": beside_story.native_acts})

    def without(self):
        self.world = self._people()
        self._serve("start", "menus", {})

    def _change(self, step, how):
        code, log = self.odoo.change_modules(self.database, how)
        return self._note(step, code, log)

    def _note(self, step, code, log):
        complaints = log.complaints or (["\n".join(log.path.read_text().splitlines()[-5:])] if code else [])
        self.row.note(step, complaints)
        return not code

    def _people(self):
        script = (Path(__file__).parent / "beside_people.py").read_text()
        found = []
        with Log(self.odoo.data_dir / f"log-{self.database}-people.txt") as log:

            def line(text):
                found.extend([text[len("beside:"):]] if text.startswith("beside:") else [])
                log.line(text)

            self.odoo.run("shell", self.database, "--no-http", script=script, on_line=line)
        if not found:
            raise Failure(f"no people could be made, see {log.path}")
        return json.loads(found[0]) | {"module": MODULE}

    def _uninstall(self):
        return self._note("uninstall", *self.odoo.script(self.database, UNINSTALL))

    def _serve(self, start, menus, acts):
        with self.odoo.serving(self.database) as (address, log):
            people = {role: Person(address, **who) for role, who in self.world["people"].items()}
            problems = list(itertools.chain.from_iterable(_tried(person.log_in) for person in people.values()))
            started = self.row.note(start, _new(log))
            if not self.row.note("login", problems, f"{len(people)} ok") or not started:
                return
            for step, act in acts.items():
                self.row.note(step, _tried(act, people, self.world) + _new(log))
            opened, failures = 0, []
            for role, person in people.items():
                number, failed = person.open_menus(every_view=role == "admin")
                opened, failures = opened + number, failures + failed
            self.row.note(menus, failures + _new(log), f"{opened} ok")


def _tried(act, *args):
    try:
        act(*args)
    except (Refused, beside_story.Wrong, OSError) as error:
        return [f"{error}"]
    return []


def _new(log):
    """What the server has complained about since the last look."""
    complaints, log.complaints = log.complaints, []
    return complaints


def _print(rows):
    for row in rows:
        if row.failures:
            print(f"\n{row.title}, installed {row.order} {MODULE}:")
            for failure in row.failures:
                print(f"  {failure}")
    table = [("modules", "installed", *STEPS)]
    table += [(row.title, row.order, *(row.steps.get(step, "-") for step in STEPS)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print()
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    failed = sum(bool(row.failures) for row in rows)
    print(f"\n{len(rows) - failed} ok, {failed} failed", flush=True)
