"""Where things are. scripts/run has set KEEPWISELY_CACHE, KW_ODOO, KW_ODOO_ID and KW_PG_BIN."""

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
MODULE = "keepwisely_maintenance"
MODULE_DIR = REPO / MODULE
CACHE = Path(os.environ["KEEPWISELY_CACHE"]).absolute()
LOCK_FILE = REPO / "requirements" / "odoo.txt"


class Failure(Exception):
    """Something the reader has to know; shown as one line, without a traceback."""


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def option(name, default=""):
    """A variable given to make; an empty one counts as not given."""
    return os.environ.get(name) or default


def flag(name, default=False):
    value = option(name).lower()
    return default if not value else value not in ("0", "no", "false")


def digest(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def server_folder(kind):
    """Where a private PostgreSQL server has its data, log, locks and socket."""
    if os.getuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in [CACHE, *CACHE.parents]):
        # PostgreSQL refuses to run as root, and the user it then runs as could not reach a cache in root's home
        return Path("/var/lib/keepwisely") / digest(str(CACHE)) / kind
    return CACHE / "postgresql" / kind


def manifest(folder=MODULE_DIR):
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def dependencies():
    return sorted(manifest()["depends"])


def repository_files():
    """What is in the checkout: tracked files and new ones that git would not ignore."""
    git = subprocess.run(["git", "ls-files", "-zco", "--exclude-standard"], cwd=REPO, capture_output=True, text=True)
    if git.returncode == 0:
        names = [REPO / name for name in git.stdout.split("\0") if name]
    else:  # an unpacked archive
        names = [path for path in REPO.rglob("*") if ".git" not in path.parts and "__pycache__" not in path.parts]
    return sorted({path for path in names if path.is_file()})


def module_folders():
    """The module and the bridges to other modules that may stand beside it."""
    return [MODULE_DIR, *sorted(manifest.parent for manifest in REPO.glob(f"{MODULE}_*/__manifest__.py"))]


def module_fingerprint():
    """Changes with every file of the modules that an upgrade could be about: not tests and texts about it."""
    content = hashlib.sha256()
    for folder in module_folders():
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and inside.parts[0] not in ("tests", "readme") and "__pycache__" not in inside.parts:
                content.update(f"{path.relative_to(REPO)}\0".encode() + path.read_bytes())
    return content.hexdigest()[:16]
