"""Runs the target of the Makefile that is given as the argument; scripts/run has prepared everything."""

import importlib
import os
import signal
import sys

from . import process
from .settings import Failure, say

TARGETS = {
    **dict.fromkeys(["db", "update", "shell", "psql", "run", "rehearse"], "commands"),
    **dict.fromkeys(["test", "test_native", "test_odoo"], "testing"),
    "matrix": "matrix",
    "beside": "matrix",
    "bench": "bench",
    "walk": "walk",
    "faults": "mishaps",
    "load": "load",
    "scale": "scale",
    "pictures": "pictures",
    "dist": "dist",
    "lint": "lint",
    "names": "names",
    "terms": "terms",
    "clean": "cleaning",
}


def main(target):
    os.umask(0o022)
    process.handle_signals()
    try:
        # imported only now: lint and clean run in other environments than Odoo
        return getattr(importlib.import_module(f".{TARGETS[target]}", __package__), target)()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except process.Stopped as stopped:
        say("stopped")
        ctrl_c_is_the_way_to_end_it = target == "run" and stopped.signum == signal.SIGINT
        return 0 if ctrl_c_is_the_way_to_end_it else 128 + stopped.signum


sys.exit(main(sys.argv[1].replace("-", "_")))
