"""One database's life with the module, from the installation until it has gone a second time."""

import itertools
import json
import os
import re
from pathlib import Path

from . import matrix_code, matrix_story
from .matrix_client import UNREAD, Person, Refused  # noqa: F401
from .matrix_leftovers import compare, snapshot
from .odoo import Log
from .settings import MODULE, REPO, Failure
from .usage import Usage

STEPS = ("install", "before", "start", "login", "story", "jobs", "purchase", "waiting", "menus", "upgrade", "uninstall", "told",
         "leftovers", "natively", "native purchase", "native menus", "install 2", "start 2", "story 2", "menus 2", "uninstall 2",
         "leftovers 2")
UNINSTALL = f"env['ir.module.module'].search([('name', '=', {MODULE!r})]).button_immediate_uninstall()"  # the button's method
# What people would find in their inbox or among their to-dos because the module goes
TOLD = """SELECT concat_ws(' ', model, res_id, subject, left(regexp_replace(body, '<[^>]*>', '', 'g'), 100))
            FROM mail_message WHERE id > (SELECT max FROM matrix_told WHERE what = 'mail_message')
             AND (model LIKE 'maintenance.%%' OR model LIKE 'purchase.%%' OR model LIKE 'stock.%%')
       UNION ALL SELECT concat_ws(' ', 'to-do', res_model, res_id, summary) FROM mail_activity
           WHERE id > (SELECT max FROM matrix_told WHERE what = 'mail_activity')"""
NOTE = """CREATE TABLE matrix_told AS SELECT 'mail_message' AS what, coalesce(max(id), 0) AS max FROM mail_message
          UNION ALL SELECT 'mail_activity', coalesce(max(id), 0) FROM mail_activity"""
MOST_CPU, MOST_MEMORY = 60, 600  # seconds of Odoo's CPU and megabytes, over the world `requests`

#: What becomes of demo data, whichever module brought them: Odoo tries to delete them, one at last, and keeps what others
#: point to under its name; shelves that are counted become one.
DEMO_STAYS = re.compile(rf"ERROR odoo\.sql_db: bad query: b'DELETE FROM|xml id (left: {MODULE}|gone: \w+\.stock_inventory_)")


class Life:
    def __init__(self, databases, database, row, line, before, origin):
        self.databases, self.odoo, self.database = databases, databases.odoo, database
        self.row, self.line, self.before, self.origin = row, line, before, origin
        self.round = 0

    def live(self):
        old = self.row.order if self.row.order in matrix_code.commits() else None
        self.databases.clone(self.origin, self.database)
        if not self._install(old):
            return
        with self._code(old):
            self._people()
        if old:
            self._work_as_it_was(old)
            self._change("upgrade", f"--update={MODULE}")
            self._people()
        self._serve("start", "menus", {
            "story": matrix_story.bearing_story, "jobs": matrix_story.scheduled_actions,
            "purchase": matrix_story.native_purchase, "waiting": matrix_story.leave_parts_waiting})
        if not old:
            self._change("upgrade", f"--update={MODULE}")
        self.databases.query(NOTE, database=self.database)
        uninstalled = self._uninstall("uninstall")
        self.row.note("told", [told for (told,) in self.databases.query(TOLD, database=self.database)])
        self.databases.query("DROP TABLE matrix_told", database=self.database)
        if not uninstalled:
            return
        self._leftovers("leftovers")
        self._serve("natively", "native menus", {"native purchase": matrix_story.native_acts})
        if self._change("install 2", f"--init={MODULE}"):
            self._people()
            self._serve("start 2", "menus 2", {"story 2": matrix_story.bearing_story})
            if self._uninstall("uninstall 2"):
                self._leftovers("leftovers 2")

    def without(self):
        self.databases.clone(self.origin, self.database)
        self._people()
        self._serve("start", "menus", {})

    def _install(self, old):
        with self._code(old):
            installed = self._measured() if "requests" in self.line.worlds else self._change("install", f"--init={MODULE}")
            if self.row.order == "after":
                installed = installed and self._change("install", f"--init={','.join(self.line.modules)}")
        return installed

    def _measured(self):
        """Install, and once more where it took too much: a busy machine makes work longer, never shorter."""
        for again in (True, False):
            with Usage(self.databases, self.database) as usage:
                installed = self._change("install", f"--init={MODULE}", on_start=usage.watch)
            took_too_much = usage.complaints(MOST_CPU, MOST_MEMORY)
            if not took_too_much or not again:
                break
            self.databases.drop(self.database)
            self.databases.clone(self.origin, self.database)
        self.row.note("install", took_too_much, str(usage))
        return installed

    def _code(self, old):
        return self.odoo.with_code(matrix_code.folder_of(old) if old else REPO)

    def _work_as_it_was(self, old):
        """Leave behind what the older module makes of the story; what it could not do yet is no failure of this one."""
        with self._code(old), self.odoo.serving(self.database) as (address, _log):
            people = self._persons(address)
            problems = list(itertools.chain.from_iterable(_tried(person.log_in) for person in people.values()))
            problems = problems or _tried(matrix_story.bearing_story, people, self.world)
        self.row.note("before", [], "otherwise" if problems else "ok")

    def _change(self, step, how, **more):
        code, log = self.odoo.change_modules(self.database, how, **more)
        return self._note(step, code, log)

    def _note(self, step, code, log):
        complaints = log.complaints or (["\n".join(log.path.read_text().splitlines()[-5:])] if code else [])
        self.row.note(step, complaints)
        return not code

    def _people(self):
        """People of every role, new ones each time, and what they work on."""
        self.round += 1
        os.environ["ROUND"] = str(self.round)
        script = (Path(__file__).parent / "matrix_people.py").read_text()
        found = []
        with Log(self.odoo.data_dir / f"log-{self.database}-people.txt") as log:

            def line(text):
                found.extend([text[len("matrix:"):]] if text.startswith("matrix:") else [])
                log.line(text)

            self.odoo.run("shell", self.database, "--no-http", script=script, on_line=line)
        if not found:
            raise Failure(f"no people could be made, see {log.path}")
        self.world = json.loads(found[0]) | {"module": MODULE}

    def _uninstall(self, step):
        code, log = self.odoo.script(self.database, UNINSTALL)
        log.complaints = self._without_demo(log.complaints)
        return self._note(step, code, log)

    def _leftovers(self, step):
        self.row.note(step, self._without_demo(compare(self.before, snapshot(self.databases.query, self.database))))

    def _without_demo(self, complaints):
        return [line for line in complaints if "demo" not in self.line.worlds or not DEMO_STAYS.match(line)]

    def _persons(self, address):
        return {role: Person(address, **who) for role, who in self.world["people"].items()}

    def _serve(self, start, menus, acts):
        with self.odoo.serving(self.database) as (address, log):
            people = self._persons(address)
            problems = list(itertools.chain.from_iterable(_tried(person.log_in) for person in people.values()))
            started = self.row.note(start, _new(log))
            if not self.row.note("login", problems, f"{len(people)} ok") or not started:
                return
            for step, act in acts.items():
                self.row.note(step, _tried(act, people, self.world) + _new(log))
            opened, failures = 0, []
            for person in people.values():
                number, failed = person.open_menus()
                opened, failures = opened + number, failures + [text.replace(f"matrix{self.round}_", "") for text in failed]
            self.row.note(menus, failures + _new(log), f"{opened} ok")


def _tried(act, *args):
    try:
        act(*args)
    except (Refused, matrix_story.Wrong, OSError) as error:
        return [f"{error}"]
    return []


def _new(log):
    """What the server has complained about since the last look."""
    complaints, log.complaints = log.complaints, []
    return complaints
