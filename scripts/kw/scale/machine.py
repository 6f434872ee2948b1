"""An Odoo server as it stands on a machine of its own: two HTTP and two cron workers, and all that it logs about them."""

import contextlib
import os
import re
import signal
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import requests

from .. import process
from ..odoo import Log, free_port
from ..settings import Failure

WORKERS = 2
PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
START_TAKES = 180  # seconds at most
#: Told by PostgreSQL when two wrote at once, and done again then; what is not says so elsewhere as well.
DONE_AGAIN = ("could not serialize", "deadlock detected", "could not obtain lock", "duplicate key")
REQUEST = re.compile(r'"[A-Z]+ (?P<path>[^ ?"]+)[^"]*" (?P<status>\d+) - \d+ [\d.]+ [\d.]+ (?P<mode>ro->rw|ro|rw)$')
MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3})")
BEGUN = re.compile(r",\d{3} (\d+) .*: Job .* \((\d+)\) starting\s*$")  # the process, and the scheduled action
ENDED = re.compile(r",\d{3} (\d+) .*: Job .* \((\d+)\) .* \(#loop ")
AGAIN = "tries left, try again in"
FALLEN_BACK = "falling back to read-write cursor"


class Machine:
    def __init__(self, plant, replica, name):
        self.plant, self.replica, self.name = plant, replica, name
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self.requests, self.begun, self.runs = Counter(), {}, []
        self.again = self.fallen_back = 0
        self.errors = []
        self._block = None

    def start(self):
        self.starts += 1
        odoo = self.plant.odoo
        options = {
            "http-port": self.port, "gevent-port": free_port(), "db-filter": f"^{self.plant.database}$", "workers": WORKERS,
            "max-cron-threads": WORKERS, "db_replica_host": self.replica.socket, "db_replica_port": 5432,
            "db_app_name": f"kw-{self.name}", "log-handler": "odoo.addons.base.models.ir_cron:INFO",
            "limit-time-real-cron": 900,
        }  # fmt: skip
        command = odoo.command("server", self.plant.database, *(f"--{option}={value}" for option, value in options.items()))
        self.log = Log(odoo.data_dir / f"log-scale-{self.name}-{self.starts}.txt")
        self.log.__enter__()
        self._block = process.background(command, env=odoo.environment() | {"ODOO_HTTP_SOCKET_TIMEOUT": "60"}, on_line=self._line)
        self.program = self._block.__enter__()
        end = time.monotonic() + START_TAKES
        while time.monotonic() < end and self.program.poll() is None:
            try:
                if requests.get(f"{self.address}/web/login", timeout=60).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.2)
        raise Failure(f"Odoo does not start on machine {self.name}; see {self.log.path}")

    def kill(self):
        """As if its power went."""
        os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()
        self._end()

    def stop(self):
        if self._block:
            self._end()

    def _end(self):
        self._block.__exit__(None, None, None)
        self.errors += [told for told in self.log.complaints if told.startswith(("ERROR", "CRITICAL"))
                        and not (told.startswith("ERROR odoo.sql_db") and any(words in told for words in DONE_AGAIN))]
        self.log.__exit__(None, None, None)
        self._block = None
        for (_process, job), begin in self.begun.items():  # they ended with the machine
            self.runs.append((int(job), begin, time.time(), self.name))
        self.begun = {}

    def _line(self, line):
        self.log.line(line)
        if found := REQUEST.search(line):
            self.requests[found["path"], found["mode"]] += 1
        elif found := BEGUN.search(line):
            self.begun[found.groups()] = _moment(line)
        elif found := ENDED.search(line):
            if begin := self.begun.pop(found.groups(), None):  # else it began before anybody listened
                self.runs.append((int(found[2]), begin, _moment(line), self.name))
        self.again += AGAIN in line
        self.fallen_back += FALLEN_BACK in line

    def usage(self):
        """Of all of its processes: seconds of CPU so far, MB of memory that are theirs alone or their share, and how many."""
        cpu = memory = count = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it is gone
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(stat[2]) == self.program.pid:
                    cpu += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                    memory += int(PSS.search((folder / "smaps_rollup").read_text())[1]) / 1024
                    count += 1
        return cpu, memory, count


def _moment(line):
    day, thousandths = MOMENT.match(line).groups()
    # Odoo logs in UTC, wherever it stands
    return datetime.strptime(f"{day}+0000", "%Y-%m-%d %H:%M:%S%z").timestamp() + int(thousandths) / 1000
