"""`make bench`: what our steps take beside those of Odoo and OCA, in one process; bench/README.md says how to read it."""

import os
import re

from .cluster import open_server
from .database import Databases
from .oca_modules import folder_of_named
from .settings import MODULE, REPO, Failure, digest, flag, module_fingerprint, option, say

BENCH = REPO / "bench"
COMMON = ["sale_stock"]  # in every database, for a plain user's sale
#: Each in a database of its own, so that nobody pays for what another one adds to Odoo.
PEERS = {"repair": ["repair"], "oca": ["purchase_request_tier_validation", "maintenance_plan"]}
FEW, MORE, MOST = 1_000, 5_000, 200_000  # work orders between which our steps may not grow
RUN = """
import sys
sys.path.insert(0, {folder!r})
from at_once.play import play
from at_once.scenes import SCENES
from side_by_side.steps import STEPS
from side_by_side.table import run
names = [step.name for step in STEPS] + [scene.__name__ for scene in SCENES]
if not all(any(word in name for name in names) for word in {words!r}):
    sys.exit("ROWS names what is not there; there are " + ", ".join(names))
wrong = run({places!r}, {plants!r}, {words!r}, {rounds!r}) + play({stage!r}, {words!r})
print("", *wrong, f"{{len(wrong)}} wrong", sep="\\n")
sys.exit(bool(wrong))
"""


def bench():
    server = open_server("test")
    with server.running():
        databases = Databases(server)
        databases.drop_orphans()
        places = _places(databases)
        plants = _plants(databases, places["ours"], [FEW, MOST if flag("SCALE") else MORE])
        words, rounds = re.findall(r"[^\s,]+", option("ROWS")), int(option("ROUNDS", "10"))
        if "oca" in places:
            databases.odoo.modules = PEERS["oca"]  # one process, so their code is on the way for all databases
        with databases.clones(places["ours"], 1) as stage:
            script = RUN.format(
                folder=str(BENCH), places=places, plants=plants, words=words, rounds=rounds, stage=f"{stage}0")
            return databases.odoo.run("shell", places["ours"], "--no-http", "--log-level=error", script=script)


def _places(databases):
    """The names of the databases: ours, Odoo's alone, and the peers' as far as they can be had."""
    template = databases.template(demo=False)
    native, ours = "keepwisely_bench_native", "keepwisely_bench_ours"
    databases.derive(native, template, digest(template, *COMMON), COMMON)
    databases.derive(ours, native, digest(template, *COMMON, module_fingerprint()), [MODULE])
    places = {"ours": ours, "native": native}
    for peer, modules in PEERS.items():
        databases.odoo.modules = modules
        try:
            key = digest(template, *COMMON, *modules, str(folder_of_named(modules)))  # a folder for each lock
            databases.derive(f"keepwisely_bench_{peer}", native, key, modules)
            places[peer] = f"keepwisely_bench_{peer}"
        except Failure as failure:
            say(f"{peer} is not available: {failure}")
        databases.odoo.modules = []
    return places


def _plants(databases, origin, sizes):
    """Copies of ``origin`` with so many work orders in them, by their number."""
    script, plants = (BENCH / "plant.py").read_text(), {}
    for size in sizes:
        os.environ["WORK_ORDERS"] = str(size)
        plants[size] = f"keepwisely_bench_{size}"
        databases.derive(plants[size], origin, digest(module_fingerprint(), script), script=script)
    return plants
