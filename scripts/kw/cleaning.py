"""`make clean`: what can be made again goes; with ALL=1 the databases of `make run` and `make db` and Odoo itself go, too."""

import contextlib
import fcntl
import shutil

from .settings import CACHE, flag, say, server_folder

AGAIN = ("data-test", "data-faults", "pycache", "pytest", "ruff", "names-*.json", "*.tmp.*", "*.log")
ALL = ("odoo", "python-*", "data-*", "postgresql", "*.lock")  # by name: the cache folder may be one that holds other things


def clean():
    servers, names = (["test", "faults"], AGAIN) if not flag("ALL") else (["test", "faults", "run"], AGAIN + ALL)
    if CACHE.exists():
        with contextlib.ExitStack() as locks:
            for kind in servers:
                if not _unused(kind, locks):
                    say(f"the PostgreSQL server for {kind} is in use; stop what uses it first")
                    return 1
            for kind in servers:
                _remove(server_folder(kind))
            for name in names:
                for path in CACHE.glob(name):
                    _remove(path)
    return 0


def _unused(kind, locks):
    lock = server_folder(kind) / "users.lock"
    if lock.exists():
        try:
            fcntl.flock(locks.enter_context(lock.open()), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _remove(path):
    if path.is_dir():
        print(f"removing {path}")
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
