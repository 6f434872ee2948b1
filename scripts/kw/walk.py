"""`make walk`: people in random plants take thousands of steps, and nothing may disagree after any of them.

Each seed has a copy of the database DB= to itself, committed whenever it was checked. Started again, it goes on from
there, also after what stopped it was mended. The log says with which code of the module a seed took which steps.
"""

import fcntl
import json
import os

from .cluster import open_server
from .database import Databases
from .settings import CACHE, REPO, flag, module_fingerprint, option, say

LOG = CACHE / "walks.log"
SCRIPT = REPO / "bench" / "random_steps.py"
SEEDS = " ".join(str(7001 + number) for number in range(10))


def walk():
    """The seeds one after the other; those that are finished with the module as it is are not walked again."""
    seeds, steps = [int(seed) for seed in option("SEEDS", SEEDS).split()], int(option("STEPS", "10000"))
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        plant = option("DB", "keepwisely_walk")
        databases.prepare(plant, demo=False)
        for seed in seeds:
            _walk(databases, plant, seed, steps)
    return _tell(seeds, steps)


def _walk(databases, plant, seed, steps):
    if not flag("AGAIN") and _is_finished(seed, steps):
        say(f"seed {seed} has walked already; AGAIN=1 walks it once more")
        return
    database = f"{plant}_{seed}"
    with (CACHE / f"{database}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"seed {seed} is being walked by another run")
            return
        if flag("AGAIN") or not databases.exists(database):
            databases.copy(plant, database)
        databases.prepare(database, demo=False)
        os.environ.update(SEED=str(seed), STEPS=str(steps), LOG=str(LOG), CODE=module_fingerprint())
        databases.odoo.run(
            "shell", database, "--no-http", "--log-level=warn", script=SCRIPT.read_text(),
            on_line=lambda line: print(line, flush=True))
        if _is_finished(seed, steps):
            databases.drop(database)


def _read(seed):
    """What the log knows about a seed since it last began."""
    entries = []
    for entry in map(json.loads, LOG.read_text().splitlines() if LOG.exists() else ()):
        if entry["seed"] == seed:
            entries = [entry] if entry["state"] == "begun" else [*entries, entry]
    return entries


def _is_finished(seed, steps):
    last = (_read(seed) or [{}])[-1]
    return last.get("state") == "done" and last["step"] >= steps and last["code"] == module_fingerprint()


def _tell(seeds, steps):
    """:returns: 0 when all seeds are through, else 1."""
    through, code = True, module_fingerprint()
    print(f"{'seed':>6}{'steps':>9}{'since the module changed':>27}  outcome")
    for seed in seeds:
        entries = _read(seed)
        last = entries[-1] if entries else {"step": 0, "state": "not begun", "code": None, "what": ""}
        before = max((entry["step"] for entry in entries if entry["code"] != code), default=0)
        since = max(last["step"] - before, 0) if last["code"] == code else 0
        print(f"{seed:6}{last['step']:9,}{since:27,}  {last['state']} {last['what']}")
        through = through and last["state"] == "done" and last["step"] >= steps
    return 0 if through else 1
