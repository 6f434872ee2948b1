"""The clock of the machine jumps, for Odoo and PostgreSQL alike, while a server runs.

libfaketime answers when they ask for the time; where it is not installed this is not tried. A waiting program's own clock
(CLOCK_MONOTONIC) goes on as ever, as on a machine whose time is set.
"""

import contextlib
from glob import glob

from .clicks import CLICKS, crons
from .plant import Wrong, difference

LIBRARY = (glob("/usr/lib/*/faketime/libfaketimeMT.so.1") or [None])[0]
#: A timer of the technician runs an hour longer, and no more than that.
RUNNING = "SELECT COUNT(*) FROM maintenance_labor WHERE is_running"


def rows(plant):
    jumps = (("an hour ahead", "+1h", []), ("an hour back", "-1h", []), ("a month ahead", "+31d", ["schedules", "approvals"]))
    return [(f"the clock jumps {title}", lambda plant, jump=jump, due=due: _jump(plant, jump, due)) for title, jump, due in jumps]


def _jump(plant, jump, due):
    if not LIBRARY:
        return "not tried: libfaketime is not installed"
    with _clock(plant) as turn:
        server = plant.up()
        turn(jump)
        ran = _run_all(plant)
        plant.check_books()
        idle = [name for name in due if ran.get(name) is False]
        if idle:
            raise Wrong(f"nothing was due for {', '.join(idle)}")
        again = [name for name, did in _run_all(plant).items() if did]
        if again:
            raise Wrong(f"done twice on the same day: {', '.join(again)}")
        for click in CLICKS[:5]:
            if problems := _problems(click.act(server.person(click.role), plant)):
                raise Wrong(f"{click.title}: {problems}")
        plant.check_books()
        turn("+0")
        _run_all(plant)
        plant.check_books()
        if plant.up() is not server:
            raise Wrong("the server had to be started again")
    return "libfaketime, for Odoo and PostgreSQL"


def _problems(answer):
    return answer[0] if isinstance(answer, list) and answer else ""


def _run_all(plant):
    """Every scheduled action once; for each whether it did something."""
    did, before = {}, plant.fingerprint()
    admin = plant.up().person("admin")
    for click in crons(plant):
        if problems := _problems(click.act(admin, plant)):
            raise Wrong(f"{click.title}: {problems}")
        after = plant.fingerprint()
        did[click.title.rpartition(" ")[2]] = difference(before, after)
        before = after
    return {name: bool(what) for name, what in did.items()}


@contextlib.contextmanager
def _clock(plant):
    """PostgreSQL and the servers of the block ask a file what the time is; gives what sets it."""
    cluster = plant.databases.server
    file = cluster.folder / "clock"

    def turn(jump):
        file.write_text(f"{jump}\n")
        file.chmod(0o644)

    turn("+0")
    faked = {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
             "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    plant.down()
    try:
        cluster.restart(faked)
        plant.extra = faked
        yield turn
    finally:
        plant.down()
        plant.extra = {}
        cluster.restart({})
