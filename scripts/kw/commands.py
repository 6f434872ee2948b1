"""The targets of the Makefile that work on one database."""

import shlex
import subprocess
import sys
import threading
import time
import urllib.request
from urllib.error import URLError

from .cluster import open_server
from .database import Databases
from .odoo import START, port_is_taken
from .settings import REPO, Failure, flag, option, say

LIVE = 3  # so far is the port of live updates from that of Odoo, as natively


def _database():
    name = option("DB")
    if not name:
        raise Failure("which database? Give its name: DB=…")
    return name


def db():
    """Create a database with the module in it, in place of one of that name."""
    server = open_server("run")
    with server.running():
        Databases(server).create(_database(), demo=flag("DEMO"))
    return 0


def update():
    server = open_server("run")
    with server.running():
        databases = Databases(server)
        databases.require(_database())
        databases.upgrade(_database())
    return 0


def shell():
    """Odoo's shell: Python from standard input, and nothing on standard output but what it prints."""
    server = open_server("run")
    with server.running():
        databases = Databases(server)
        databases.require(_database())
        if not databases.is_current(_database()):
            say(f"note: the module has changed since it was installed in {_database()}; make update DB={_database()}")
        return databases.odoo.run(
            "shell", _database(), "--no-http", "--log-level=warn", "--shell-interface=python", interactive=sys.stdin.isatty())


def psql():
    server = open_server("run")
    with server.running():
        Databases(server).require(_database())
        return subprocess.run(["psql", "-X", "-d", _database(), *shlex.split(option("ARGS"))]).returncode


def rehearse():
    """Load a folder of files into a copy of a database, and compare figures."""
    files, login = option("FILES"), option("LOGIN", "admin")
    if not files:
        raise Failure("which files? Give their folder: FILES=…")
    server = open_server("run")
    with server.running():
        databases = Databases(server)
        databases.require(_database())
        odoo = databases.odoo
        options = [f"--{name}={value}" for name, value in odoo.options.items() if name != "addons-path"]
        command = [
            sys.executable, str(START), f"--addons-path={odoo.options['addons-path']}", "maintenance_rehearse",
            f"--database={_database()}", f"--files={files}", f"--login={login}", *shlex.split(option("ARGS")), *options,
        ]  # fmt: skip
        return subprocess.run(command, env=odoo.environment()).returncode


def run():
    """Serve a database, made with demo data when there is none of that name, until Ctrl-C."""
    database, port = option("DB", "keepwisely"), int(option("PORT", "8069"))
    if port_is_taken(port):
        raise Failure(f"something else listens on port {port}; take another one with PORT=")
    server = open_server("run")
    with server.running():
        databases = Databases(server)
        databases.prepare(database, demo=flag("DEMO", default=True))
        threading.Thread(target=_announce, args=(database, port, databases.has_demo(database)), daemon=True).start()
        # live updates: used with --workers only, and not the same for two servers
        live = f"--gevent-port={port + LIVE}"
        args = [f"--http-port={port}", live, "--no-database-list", f"--db-filter=^{database}$", *shlex.split(option("ARGS"))]
        return databases.odoo.run("server", database, *args)


def _announce(database, port, demo):
    address = f"http://127.0.0.1:{port}"
    for _second in range(180):
        try:
            urllib.request.urlopen(f"{address}/web/login", timeout=60).close()
            break
        except (URLError, OSError):
            time.sleep(1)
    else:
        say(f"Odoo does not answer on {address} yet")
        return
    lines = ["", f"  {address}   (database {database}, Ctrl-C stops everything)", ""]
    if "--workers" in option("ARGS"):
        lines[1:1] = [f"  http://127.0.0.1:{port + LIVE}   the same with live updates, by one process"]
    lines.append(f"  {'admin':12} everything; password: admin")
    for line in _demo_people() if demo else ():
        login, role = line.split(maxsplit=1)
        lines.append(f"  {login:12} {role.strip()}; password: {login}")
    print(*lines, "", sep="\n", flush=True)


def _demo_people():
    lines = (REPO / "scripts" / "logins.txt").read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
