"""The module as it was: the commit before what stands in the folder, and the first version."""

import functools
import subprocess
import tempfile
from pathlib import Path

from .settings import CACHE, MODULE, REPO, module_folders


def _git(*command, folder=REPO):
    found = subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True)
    return found.stdout.strip() if not found.returncode else ""


@functools.cache
def commits(repo=REPO):
    """The commit to upgrade from by the order that it makes; empty where there is none."""
    folders = sorted({MODULE, *(folder.name for folder in module_folders())})
    if _git("status", "--porcelain", "--", *folders, folder=repo):
        before = _git("rev-parse", "HEAD", folder=repo)
    else:
        changed = _git("log", "-1", "--first-parent", "--format=%H", "--", *folders, folder=repo)
        before = changed and _git("rev-parse", "--verify", "--quiet", f"{changed}^", folder=repo)
    tags = [tag for tag in _git("tag", "--sort=creatordate", folder=repo).splitlines()
            if _git("ls-tree", "--name-only", tag, MODULE, folder=repo)]
    return {"upgraded": before if before and _git("ls-tree", "--name-only", before, MODULE, folder=repo) else "",
            "tagged": _git("rev-parse", f"{tags[0]}^{{commit}}", folder=repo) if tags else _first_version(repo)}


def _first_version(repo):
    """The last commit before the manifest named a second version; a clone may come without tags."""
    named = _git("log", "--format=%H", '-G"version":', "--", f"{MODULE}/__manifest__.py", folder=repo).split()
    return _git("rev-parse", f"{named[-2]}^", folder=repo) if len(named) > 1 else ""


def orders():
    return ["before", "after", *(order for order, commit in commits().items() if commit)]


def missing():
    why = {"upgraded": "git knows no commit before this one", "tagged": "there is no version before this one"}
    return {order: why[order] for order, commit in commits().items() if not commit}


def folder_of(order, repo=REPO):
    """The modules as they were in that commit."""
    commit = commits(repo)[order]
    place = CACHE / f"code-{commit[:16]}"
    if not place.is_dir():
        names = [name for name in _git("ls-tree", "--name-only", commit, folder=repo).splitlines() if name.startswith(MODULE)]
        with tempfile.TemporaryDirectory(dir=CACHE) as new:
            archive = subprocess.run(["git", "-C", str(repo), "archive", commit, *names], stdout=subprocess.PIPE, check=True)
            subprocess.run(["tar", "-x", "-C", new], input=archive.stdout, check=True)
            Path(new).rename(place)
            Path(new).mkdir()  # for who cleans up
    return place
