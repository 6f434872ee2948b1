"""CPU and memory that a program takes, and PostgreSQL for it, read from /proc while it runs."""

import contextlib
import os
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = %s"


class Usage:
    """`watch` is told the program's number; figures are final after the block."""

    def __init__(self, databases, database):
        self.databases, self.database = databases, database
        self.cpu, self.backends, self.memory = 0, {}, 0
        self._program = None
        self._over = threading.Event()

    def __enter__(self):
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_exception):
        self._over.set()
        self._watcher.join()

    def watch(self, pid):
        self._program = pid

    def __str__(self):
        return f"{self.cpu:.0f} s, {self.memory / 1024:.0f} MB; PostgreSQL {sum(self.backends.values()):.0f} s"

    def complaints(self, seconds, megabytes):
        if not self.cpu:
            return ["nothing could be measured"]
        too_much = self.cpu > seconds or self.memory > megabytes * 1024
        return [f"takes {self}, more than {seconds} s of CPU or {megabytes} MB"] if too_much else []

    def _watch(self):
        while not self._over.wait(0.2):
            if self._program:
                self.cpu = _cpu_of(self._program) or self.cpu
                with contextlib.suppress(OSError):
                    peak = (Path("/proc") / str(self._program) / "status").read_text().partition("VmHWM:")[2].split()
                    self.memory = max(self.memory, int(peak[0]) if peak else 0)
            if self.databases.server.own:  # another server's numbers are another machine's
                for (pid,) in self.databases.query(BACKENDS, self.database):
                    self.backends[pid] = _cpu_of(pid) or self.backends.get(pid, 0)


def _cpu_of(pid):
    """Seconds so far; 0 when the program is gone."""
    try:
        stat = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(stat[11]) + int(stat[12])) / TICKS
