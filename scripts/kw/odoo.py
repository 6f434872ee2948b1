"""Odoo's command line, and what its log says."""

import contextlib
import os
import re
import socket
import sys
import time
from pathlib import Path

from . import process
from .oca_modules import folder_of_named, libraries_of_named
from .settings import CACHE, REPO

START = REPO / "scripts" / "start" / "main.py"

# Loggers that warn about this machine, not about the module: no network, an address without a geography.
QUIET = ("odoo.addons.partner_autocomplete:ERROR", "odoo.addons.iap:ERROR", "odoo.addons.iap.tools.iap_tools:CRITICAL",
         "odoo.addons.base.models.ir_cron:WARNING")
CONFIG = "[options]\nlist_db = False\n"

LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[\w.]+): (?P<text>.*)")
LOADING = re.compile(r"Loading module (\w+) \((\d+)/(\d+)\)")


class Odoo:
    """Runs Odoo's commands against the databases of one server."""

    def __init__(self, server):
        self.code, self.modules = REPO, []  # where the module's folder is; modules that may be OCA's
        self.hooks = []  # folders of what only some servers load
        self.data_dir = CACHE / f"data-{server.name}"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.config = self.data_dir / "odoo.conf"
        if not self.config.exists() or self.config.read_text() != CONFIG:
            new = self.config.with_suffix(f".{os.getpid()}")
            new.write_text(CONFIG)
            new.replace(self.config)

    def filestore(self, database):
        return self.data_dir / "filestore" / database

    @property
    def options(self):
        """What every way to start Odoo needs; no file of the user's own is read."""
        folders = [self.code, folder_of_named(self.modules), *self.hooks]
        return {
            "config": str(self.config), "addons-path": ",".join(map(str, filter(None, folders))),
            "data-dir": str(self.data_dir),
            "http-interface": "127.0.0.1", "log-handler": ",".join(QUIET),
        }

    def environment(self):
        drop = ("ODOO_RC", "OPENERP_SERVER", "PGDATABASE", "PYTHONDONTWRITEBYTECODE", "PYTHONSTARTUP")
        env = {name: value for name, value in os.environ.items() if name not in drop}
        # Compiled code goes to the cache: fast starts without leaving __pycache__ in the checkout.
        path = os.pathsep.join(map(str, filter(None, (os.environ["KW_ODOO"], libraries_of_named()))))
        return env | {"PYTHONPATH": path, "PYTHONPYCACHEPREFIX": str(CACHE / "pycache")}

    def command(self, command, database, *args):
        options = [f"--{name}={value}" for name, value in self.options.items()]
        return [sys.executable, str(START), command, f"--database={database}", *options, *args]

    def run(self, command, database, *args, **how):
        return process.run(self.command(command, database, *args), env=self.environment(), **how)

    @contextlib.contextmanager
    def with_code(self, folder):
        """The module from another folder for as long as the block runs."""
        code, self.code = self.code, folder
        try:
            yield
        finally:
            self.code = code

    def change_modules(self, database, *args, **how):
        """Install or update modules; returns (exit code, what it logged)."""
        with Log(self.data_dir / f"log-{database}.txt") as log:
            return self.run("server", database, *args, "--stop-after-init", "--no-http", on_line=log.line, **how), log

    @contextlib.contextmanager
    def serving(self, database):
        """A new server process on the database; gives (its address, its log so far)."""
        port = free_port()
        command = self.command("server", database, f"--http-port={port}", f"--db-filter=^{database}$", "--max-cron-threads=0")
        with Log(self.data_dir / f"log-{database}-server.txt") as log:
            with process.background(command, env=self.environment(), on_line=log.line) as server:
                while not port_is_taken(port) and server.poll() is None:
                    time.sleep(0.2)
                yield f"http://127.0.0.1:{port}", log

    def script(self, database, script, *args):
        """Run Python in Odoo's shell; returns (exit code, what it logged)."""
        with Log(self.data_dir / f"log-{database}-script.txt") as log:
            return self.run("shell", database, "--no-http", *args, script=script, on_line=log.line), log


class Log:
    """Keeps Odoo's log in a file, shows how far it has come, and collects its warnings and errors."""

    def __init__(self, path: Path):
        self.path = path
        self.complaints = []
        self._in_complaint = False

    def __enter__(self):
        self._file = self.path.open("w")
        return self

    def __exit__(self, *_exception):
        self._file.close()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def line(self, line):
        self._file.write(line + "\n")
        entry = LOG_LINE.match(line)
        if entry:
            self._in_complaint = entry["level"] in ("WARNING", "ERROR", "CRITICAL")
            if self._in_complaint:
                self.complaints.append(f"{entry['level']} {entry['logger']}: {entry['text']}")
            elif step := LOADING.search(entry["text"]):
                self._progress(*step.groups())
        elif self._in_complaint:
            self.complaints[-1] += "\n" + line

    @staticmethod
    def _progress(module, number, total):
        if sys.stderr.isatty():
            print(f"\r\033[K    {number}/{total} {module}", end="", file=sys.stderr, flush=True)
        elif int(number) % 10 == 0 or number == total:
            print(f"    {number}/{total} modules", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
