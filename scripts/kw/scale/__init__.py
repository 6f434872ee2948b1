"""`make scale`: a plant on two Odoo servers, with one PostgreSQL and a streaming replica, as docs/scaling.md says it is run.

Both servers have two HTTP and two cron workers, one folder of files, and read from the replica. People of all roles click on
both while the scheduler of both is called all the time; then one server is killed, and then the replica. Nothing may be lost or
done twice, reads have to come from the replica, and in the end the books have to agree. All of it is on 127.0.0.1.
"""

import contextlib
import os

from ..cluster import OwnServer
from ..database import Databases
from ..matrix_client import Refused
from ..mishaps.plant import Plant, Wrong
from ..settings import Failure, option, say
from . import steps
from .replica import Replica
from .site import Site


def scale():
    if os.environ.get("PGHOST"):
        raise Failure("the replica needs a PostgreSQL of its own beside it: unset PGHOST")
    primary = OwnServer("scale")
    with primary.running():
        replica = Replica(primary)
        replica.forget()  # what a run that was killed left would hold up every commit
        databases = Databases(primary)
        databases.drop_orphans()
        plant = Plant(databases, "keepwisely_scale")
        plant.prepare()
        with contextlib.ExitStack() as stack:
            stack.callback(databases.drop, plant.database)
            plant.renew()
            stack.enter_context(replica.running())
            site = stack.enter_context(Site(plant, replica))
            failed = sum(not _holds(site, title, step) for title, step in steps.ALL)
    print(f"\n{len(steps.ALL) - failed} ok, {failed} failed", flush=True)
    return 1 if failed else 0


def _holds(site, title, step):
    """Whether all was right; one line says so, or what was not."""
    try:
        remark = step(site)
    except (Wrong, Refused, OSError) as wrong:
        print(f"{title}: {wrong}", flush=True)
        return False
    print(f"{title}: ok ({remark})", flush=True)
    if option("TIMES"):
        say(site.tell_times())
    return True
