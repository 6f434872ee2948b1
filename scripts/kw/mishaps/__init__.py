"""`make faults`: servers, databases, disks, mail and clocks that fail under a plant; nothing may be lost, doubled or disagree.

Each mishap has a fresh copy of one plant and prints one line. PostgreSQL is a server of its own, as it is killed as well.
"""

import os
import time

from ..cluster import OwnServer
from ..database import Databases
from ..matrix_client import Refused
from ..settings import Failure, option, say
from . import backup, clock, disk, killed, mail, postgres
from .plant import Plant, Wrong

ALL = (killed, postgres, disk, mail, clock, backup)


def faults():
    if os.environ.get("PGHOST"):
        raise Failure("PostgreSQL is killed as well: unset PGHOST, it runs on a server of its own")
    wanted = option("T").split()
    server = OwnServer("faults")
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        plant = Plant(databases)
        plant.prepare()
        rows = [(title, act) for kind in ALL for title, act in kind.rows(plant)]
        chosen = [(title, act) for title, act in rows if not wanted or any(word in title for word in wanted)]
        if not chosen:
            raise Failure(f"T={option('T')} names none; titles are: {', '.join(title for title, _act in rows)}")
        try:
            failed = sum(not _happens(plant, title, act) for title, act in chosen)
        finally:
            plant.down()
            plant.databases.drop(plant.database)
    print(f"\n{len(chosen) - failed} ok, {failed} failed", flush=True)
    return 1 if failed else 0


def _happens(plant, title, act):
    """Whether all was right; one line says so, or what was not."""
    start = time.monotonic()
    try:
        plant.renew()
        remark = act(plant)
    except (Wrong, Refused, OSError) as wrong:
        print(f"{title}: {wrong}", flush=True)
        return False
    print(f"{title}: ok{f' ({remark})' if remark else ''}", flush=True)
    if option("TIMES"):
        say(f"{time.monotonic() - start:.0f} s")
    return True
