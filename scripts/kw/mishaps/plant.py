"""The plant that things happen to: its database, cloned for each of them, its server, and what has to hold afterwards."""

import contextlib
import json
import os
import re
import signal
import time
from pathlib import Path

import psycopg2
import requests

from .. import process
from ..matrix_client import Person
from ..odoo import Log, free_port, port_is_taken
from ..settings import REPO, Failure, digest, module_fingerprint, say

HERE = Path(__file__).parent
SCENE = (HERE / "scene.py").read_text()
BOOKS = (REPO / "bench" / "books.py").read_text()
COUNTED = re.compile(r"kw_mishap: statements (\d+), commits (\d+)")
START_TAKES = 120  # seconds at most

#: What a click leaves, whatever the ids and the moments are.
TABLES = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')
       AND table_name ~ '^(maintenance_|stock_(move|picking|quant|lot|scrap)|purchase_|account_(move|analytic_line)|mail_(activity|message|mail|notification|tracking)|product_supplier)'
     ORDER BY 1, ordinal_position
"""  # noqa: E501
OF_THE_MOMENT = re.compile(r"hours|duration|delay|date|price_total_cc|sequence|_id$|^id$|color|write_uid|cost_per|timer")


class Wrong(Exception):
    """Something was lost, is there twice, or does not agree."""


class Plant:
    def __init__(self, databases, name="keepwisely_faults"):
        self.databases, self.odoo, self.template = databases, databases.odoo, name
        self.database = f"keepwisely_test_{os.getpid()}"
        self.server, self._stack = None, contextlib.ExitStack()
        self.servers = 0
        self.extra = {}  # further variables of the environment of servers

    def prepare(self):
        """A plant of the code as it is, kept for the next time."""
        scene = self.odoo.data_dir / "scene.json"
        code = digest(module_fingerprint(), SCENE)
        if scene.exists() and self.databases.exists(self.template):
            kept = json.loads(scene.read_text())
            if kept["code"] == code:
                self.world = kept
                return
        say("making a plant: half a year of random steps, and what is to be clicked")
        self.databases.create(self.template, demo=False)
        lines = []
        code_of_shell = self.odoo.run("shell", self.template, "--no-http", "--log-level=warn", script=SCENE, on_line=lines.append)
        told = next((line for line in lines if line.startswith("scene:")), None)
        if code_of_shell or not told:
            raise Failure("the scene cannot be made:\n" + "\n".join(lines[-30:]))
        self.world = {**json.loads(told.removeprefix("scene:")), "code": code}
        scene.write_text(json.dumps(self.world))

    # -- Databases -------------------------------------------------------------------------------------

    def renew(self):
        """The plant as it was before anything happened; a server that runs goes on with it."""
        self.databases.drop(self.database)
        self.databases.clone(self.template, self.database)

    def sql(self, text, *params):
        return self.databases.query(text, *params, database=self.database)

    def fingerprint(self):
        """Counts, sums and states of everything that work leaves."""
        columns = {}
        for table, column, kind in self.sql(TABLES):
            columns.setdefault(table, []).append((column, kind))
        found = {}
        for table, named in columns.items():
            asked = ["COUNT(*)::text"]
            for column, kind in named:
                if OF_THE_MOMENT.search(column):
                    continue
                if kind in ("double precision", "numeric", "integer"):
                    asked.append(f"'{column}=' || COALESCE(ROUND(SUM(\"{column}\")::numeric, 2), 0)::text")
                elif kind == "boolean":
                    asked.append(f"'{column}=' || COUNT(*) FILTER (WHERE \"{column}\")::text")
                elif "state" in column:
                    asked.append(f"'{column}=' || COALESCE((SELECT string_agg(s || ':' || n, ',' ORDER BY s) FROM"
                                 f" (SELECT \"{column}\" AS s, COUNT(*) AS n FROM {table} GROUP BY 1) x), '')")
            [row] = self.sql(f"SELECT {', '.join(asked)} FROM {table}")
            found[table] = row
        return found

    def check_books(self, database=None):
        """:raises Wrong: the books do not agree."""
        if not database:
            answer = requests.get(f"{self.up().address}/kw_mishap/books", timeout=600)
            lines = answer.text.splitlines()
            looked, wrong = lines[:1] == ["looked"], lines[1:]
        else:
            lines = []
            self.odoo.run("shell", database, "--no-http", "--log-level=critical", script=BOOKS, on_line=lines.append)
            wrong = [line.removeprefix("DISAGREE ") for line in lines if line.startswith("DISAGREE ")]
            looked = bool(wrong) or "the books agree" in lines
        if wrong or not looked:
            raise Wrong("; ".join(wrong) or f"the books could not be looked at: {' | '.join(lines[-4:])}")

    @contextlib.contextmanager
    def holding(self, table):
        """Somebody else holds a lock: whoever writes there waits."""
        other = psycopg2.connect(dbname=self.database)
        try:
            with other.cursor() as cr:
                cr.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
        finally:
            other.close()

    def wait_until_somebody_waits(self):
        for _wait in range(300):
            if self.sql("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"):
                return
            time.sleep(0.1)
        raise Wrong("the click never came to where it was to be cut off")

    # -- Server -----------------------------------------------------------------------------------------

    def up(self):
        """A server that runs: the one of before, or a new one where that was killed or is none."""
        if not self.server or self.server.program.poll() is not None:
            self.down()
            self.server = self._stack.enter_context(self.serving())
        return self.server

    def down(self):
        self._stack.close()
        self.server = None

    @contextlib.contextmanager
    def serving(self, *args, wrap=()):
        """A server of its own on the database for as long as the block runs."""
        server = Server(self, args, wrap)
        with server.log, process.background(server.command, env=server.environment, on_line=server.line) as program:
            server.program = program
            server.wait()
            yield server


class Server:
    """One process of Odoo; `died` once it has been killed."""

    def __init__(self, plant, args, wrap):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        odoo = plant.odoo
        options = (f"--http-port={self.port}", f"--db-filter=^{plant.database}$", "--max-cron-threads=0",
                   "--load=base,rpc,web,kw_mishap", *args)
        with _hook(odoo):
            self.command = [*wrap, *odoo.command("server", plant.database, *options)]
        self.environment = odoo.environment() | plant.extra
        plant.servers += 1
        self.log = Log(odoo.data_dir / f"log-mishaps-{plant.servers:03}.txt")
        self.counts = []

    def line(self, line):
        self.log.line(line)
        if found := COUNTED.search(line):
            self.counts.append((int(found[1]), int(found[2])))

    def wait(self):
        end = time.monotonic() + START_TAKES
        while time.monotonic() < end and self.program.poll() is None:
            if port_is_taken(self.port):
                with contextlib.suppress(requests.RequestException):
                    if requests.get(f"{self.address}/web/login", timeout=60).status_code == 200:
                        return
            time.sleep(0.1)
        raise Failure(f"Odoo does not start; see {self.log.path}")

    def person(self, role):
        login = f"plant_{role}" if role != "admin" else "admin"
        person = Person(self.address, login, login)
        person.log_in()
        return person

    def last_counts(self):
        """Statements and commits of the request that was counted last; its line may be on its way."""
        for _wait in range(100):
            if self.counts:
                return self.counts.pop()
            time.sleep(0.05)
        raise Failure(f"nothing was counted; see {self.log.path}")

    def has_died(self, seconds=10):
        with contextlib.suppress(Exception):
            return self.program.wait(seconds) == -signal.SIGKILL
        return False

    def seen(self, path):
        """Where the server sees ``path``, also when it has another file system there."""
        return Path(f"/proc/{self.program.pid}/root") / path.relative_to("/")


@contextlib.contextmanager
def _hook(odoo):
    """The module that kills is found beside ours, in these servers only."""
    native = odoo.hooks
    odoo.hooks = [HERE / "hook"]
    try:
        yield
    finally:
        odoo.hooks = native


def difference(before, after, most=6):
    """What two fingerprints say differently, in words."""
    told = []
    for table in sorted(before.keys() | after.keys()):
        one, other = before.get(table, ()), after.get(table, ())
        if one != other:
            told.append(f"{table}: " + ", ".join(f"{a} ≠ {b}" for a, b in zip(one, other, strict=False) if a != b))
    return "; ".join(told[:most]) + (" …" if len(told) > most else "")
