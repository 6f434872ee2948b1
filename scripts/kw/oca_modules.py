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
PACKAGE = re.compile(r"^odoo-addon-([a-z0-9-]+)==")


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
        _fetch([locked[name] for name in missing], place)
        manifests = [place / name / "__manifest__.py" for name in missing]
        wanted |= {name for path in manifests for name in ast.literal_eval(path.read_text())["depends"] if name in locked}
    return place


def pinned():
    """The lines of the lock by the name of the module, with their hashes."""
    blocks, found = LOCK.read_text().split("\nodoo-addon-"), {}
    for block in ["odoo-addon-" + block for block in blocks[1:]]:
        lines = []
        for line in block.splitlines():
            if line.strip().startswith("#") or not line.strip():
                break
            lines.append(line)
        match = PACKAGE.match(block)
        if match:
            found[match[1].replace("-", "_")] = "\n".join(lines)
    return found


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
