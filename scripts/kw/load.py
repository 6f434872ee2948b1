"""`make load`: people of all roles click for some minutes, with Locust, on Odoo's processes; then the books have to agree.

Everything is on 127.0.0.1, in a throw-away database. Errors have to be none; refusals are counted, as two people reach for the
same thing all the time, and so is how often Odoo tried again because two wrote at once.
"""

import json
import os
import shlex
import tempfile
import time
from pathlib import Path

import requests
import websocket

from . import process
from .cluster import open_server
from .database import Databases
from .matrix_client import Person
from .odoo import Log, free_port
from .settings import REPO, Failure, option, say

HERE = Path(__file__).parent
SCENE, USERS = HERE / "load_scene.py", HERE / "load_users.py"
BOOKS = REPO / "bench" / "books.py"
AGAIN = "tries left, try again in"
LIVE_WITHIN = 30  # seconds until a live update has to be there


def load():
    users, minutes = int(option("USERS", "50")), float(option("MINUTES", "5"))
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        with databases.throw_away() as database:
            world = _prepare(databases, database, users)
            with _serving(databases, database) as served:
                figures = _click(served, world, users, minutes)
                live = _is_live(served, world)
            lines = []
            ask = ("shell", database, "--no-http", "--log-level=critical")
            databases.odoo.run(*ask, script=BOOKS.read_text(), on_line=lines.append)
    return _tell(figures, served.again, live, [line for line in lines if line.startswith(("DISAGREE", "the books"))])


def _prepare(databases, database, users):
    say(f"making a plant with {users} people")
    os.environ["USERS"] = str(users)
    lines = []
    code = databases.odoo.run("shell", database, "--no-http", "--log-level=warn", script=SCENE.read_text(), on_line=lines.append)
    told = next((line for line in lines if line.startswith("scene:")), None)
    if code or not told:
        raise Failure("the plant cannot be made:\n" + "\n".join(lines[-20:]))
    return json.loads(told.removeprefix("scene:"))


class _serving:
    """Odoo with processes as it advises, one for the scheduler and one for live updates."""

    def __init__(self, databases, database):
        self.odoo, self.database = databases.odoo, database
        self.port, self.live, self.again = free_port(), free_port(), 0
        self.address, self.live_address = (f"http://127.0.0.1:{port}" for port in (self.port, self.live))
        self._log = Log(self.odoo.data_dir / "log-load.txt")

    def _line(self, line):
        self._log.line(line)
        self.again += AGAIN in line

    def __enter__(self):
        workers = 2 * len(os.sched_getaffinity(0)) + 1  # as Odoo advises; eight connections may wait for each
        command = self.odoo.command(
            "server", self.database, f"--http-port={self.port}", f"--gevent-port={self.live}", f"--workers={workers}",
            f"--db-filter=^{self.database}$", "--max-cron-threads=1", *shlex.split(option("ARGS")))
        self._log.__enter__()
        # no proxy stands before it, and people who share a machine with it are slow to say what they want
        patient = {"ODOO_HTTP_SOCKET_TIMEOUT": "60"}
        self._program = process.background(command, env=self.odoo.environment() | patient, on_line=self._line)
        self._program.__enter__()
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                if requests.get(f"{self.address}/web/login", timeout=60).status_code == 200:
                    return self
            except requests.RequestException:
                time.sleep(0.2)
        self.__exit__(None, None, None)
        raise Failure(f"Odoo does not start; see {self._log.path}")

    def __exit__(self, *exception):
        self._program.__exit__(*exception)
        self._log.__exit__(*exception)


def _click(served, world, users, minutes):
    say(f"{users} people click for {minutes:g} minutes")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "people.json"
        file.write_text(json.dumps(world))
        command = [
            os.environ["KW_LOAD_PYTHON"], "-m", "locust", "--headless", f"--locustfile={USERS}", f"--host={served.address}",
            f"--users={users}", f"--spawn-rate={max(users / 20, 1)}", f"--run-time={round(minutes * 60)}s", "--stop-timeout=60",
            "--only-summary", "--loglevel=WARNING", "--exit-code-on-error=0",
        ]  # fmt: skip
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        lines = []
        process.run(command, env=env | {"KW_LOAD": str(file)}, on_line=lines.append)
        if option("TIMES"):
            print(*lines, sep="\n")
        figures = file.with_suffix(".figures")
        if not figures.exists():
            raise Failure("Locust ended without figures:\n" + "\n".join(lines[-15:]))
        return json.loads(figures.read_text())


def _is_live(served, world):
    """Whether what happens on one process arrives in a browser that is connected to that for live updates."""
    login = world["people"]["planner"][0]
    person = Person(served.address, login, login)
    person.log_in()
    cookie = "; ".join(f"{entry.name}={entry.value}" for entry in person.web.cookies)
    address = served.live_address.replace("http", "ws")
    connection = websocket.create_connection(
        f"{address}/websocket", cookie=cookie, origin=served.live_address, timeout=LIVE_WITHIN)
    try:
        connection.send(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}))
        time.sleep(1)
        [job] = person.call("maintenance.request", "create", [{"name": "Live", "equipment_id": world["assets"][0]}])
        person.call("maintenance.request", "activity_schedule", [job], summary="Live", user_id=person.context["uid"])
        end = time.monotonic() + LIVE_WITHIN
        while time.monotonic() < end:
            if "mail.activity/updated" in connection.recv():
                return True
        return False
    except websocket.WebSocketException as error:
        say(f"no live update: {error}")
        return False
    finally:
        connection.close()


def _tell(figures, again, live, books):
    rows, errors = figures["rows"], figures["errors"]
    print(f"{'action':28}{'times':>7}{'p50 s':>9}{'p95 s':>9}{'refused':>9}{'errors':>8}")
    for name, row in rows.items():
        print(f"{name:28}{row['count']:7}{row['p50']:9.2f}{row['p95']:9.2f}{row['refused']:9}{row['errors']:8}")
    total = {name: sum(row[name] for row in rows.values()) for name in ("count", "refused")}
    print(f"{'all':28}{total['count']:7}{'':18}{total['refused']:9}{sum(errors.values()):8}")
    print(f"tried again because two wrote at once: {again}")
    print(f"live updates arrive: {'yes' if live else 'NO'}")
    for error, count in errors.items():
        print(f"ERROR {count} times: {error}")
    print(*books or ["DISAGREE the books could not be looked at"], sep="\n", flush=True)
    return 0 if rows and not errors and live and books == ["the books agree"] else 1
