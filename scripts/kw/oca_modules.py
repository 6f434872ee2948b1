"""OCA's modules that WITH= or MODULES= name, unpacked from the wheels that requirements/oca.txt pins."""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .settings import CACHE, REPO, Failure, digest, option, say

LOCK = REPO / "requirements" / "oca.txt"
LIBRARIES = {"queue_job": "openupgradelib"}  # what a module needs besides, from the same lock


def folder_of_named(more=()):
    """Where those are that the command or ``more`` names, with what they build on; None where that is none."""
    locked = pinned()
    words = [*more, *(word for name in ("WITH", "MODULES") for word in re.split(r"[ ,+]+", option(name)))]
    named = set(words) & locked.keys()
    if not named:
        return None
    place = CACHE / f"oca-{digest(LOCK.read_text())}"
    wanted = set(named)
    while missing := sorted(name for name in wanted if not (place / name).is_dir()):
        libraries = [pinned("")[LIBRARIES[name]] for name in missing if name in LIBRARIES]
        _fetch([*(locked[name] for name in missing), *libraries], place)
        manifests = [place / name / "__manifest__.py" for name in missing]
        wanted |= {name for path in manifests for name in ast.literal_eval(path.read_text())["depends"] if name in locked}
    return place


def pinned(prefix="odoo-addon-"):
    """The lines of the lock by the name of the module, with their hashes; of all packages without ``prefix``."""
    blocks = re.findall(r"^(\S+)==(.*(?:\n    --.*)*)", LOCK.read_text(), re.MULTILINE)
    return {
        name.removeprefix(prefix).replace("-", "_"): f"{name}=={lines}" for name, lines in blocks if name.startswith(prefix)
    }


def libraries_of_named():
    """Where Python finds what those modules need besides, if there is anything."""
    place = folder_of_named()
    return place / "python" if place and (place / "python").is_dir() else None


def _fetch(requirements, place):
    say(f"fetching {len(requirements)} of OCA's modules")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("\n".join(requirements) + "\n")
        target = Path(folder) / "unpacked"
        install = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--require-hashes", "--only-binary=:all:",
                   "--target", str(target), "--requirement", str(wanted)]
        if subprocess.run(install).returncode:
            raise Failure("pip could not fetch OCA's modules; see requirements/oca.txt")
        place.mkdir(parents=True, exist_ok=True)
        for addon in (target / "odoo" / "addons").iterdir():
            if not (place / addon.name).exists():
                shutil.move(addon, place / addon.name)
        libraries = [path for path in target.iterdir() if not path.name.startswith("odoo")]
        for library in libraries:
            (place / "python").mkdir(exist_ok=True)
            if not (place / "python" / library.name).exists():
                shutil.move(library, place / "python" / library.name)
