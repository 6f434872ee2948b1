"""What `make test T=` means: which tests, and in how many processes."""

import os
import re
import shlex
from itertools import takewhile
from pathlib import Path

from .settings import MODULE, MODULE_DIR, REPO, Failure, option

TESTS = MODULE_DIR / "tests"
# With these a run is about a few tests, or about one process: clones and another Odoo would cost more than they save.
FEW = ("-k", "-m", "-s", "--capture", "--co", "--deselect", "--lf", "--last-failed", "--pdb", "--sw", "--stepwise", "--trace")
FILES_WORTH_A_PROCESS = 3
BROWSER = re.compile(r"\b(BrowserCase|ScanCase|PageCase)\b")


class Selection:
    """T may begin with rooms (`approval`) and paths; the rest is for pytest. Nothing named means all tests."""

    def __init__(self):
        if option("J") and (not option("J").isdecimal() or not int(option("J"))):
            raise Failure(f"J={option('J')} is no number of processes; J=1 is the smallest")
        words = shlex.split(option("T"))
        named = list(takewhile(lambda word: not word.startswith("-"), words))
        self.options = words[len(named):]
        self.paths = [_path(word) for word in named]

    def default_to(self, modules):
        """Select all tests of these modules where T names none."""
        if not self.paths and not any(word.startswith(MODULE) for word in self.options):
            self.paths = [str(REPO / module) for module in modules]

    @property
    def files(self):
        given = (Path(path.partition("::")[0]) for path in self.paths)
        return [file for path in given for file in ([path] if path.is_file() else path.rglob("test_*.py"))]

    @property
    def uses_browser(self):
        return any(BROWSER.search(file.read_text()) for file in self.files)

    @property
    def processes(self):
        """J, or as many as there are cores where there is enough to do for them."""
        if option("J"):
            return int(option("J"))
        few = any(word.startswith(FEW) for word in self.options) or any("::" in path for path in self.paths)
        return 1 if few else max(1, min(len(os.sched_getaffinity(0)), len(self.files) // FILES_WORTH_A_PROCESS))


def _rooms():
    return sorted(path.name for path in TESTS.iterdir() if any(path.glob("test_*.py")))


def _path(word):
    if (TESTS / word).is_dir():
        return str(TESTS / word)
    if (REPO / word.partition("::")[0]).exists():
        return str(REPO / word)
    rooms = f"; rooms are {', '.join(_rooms())}" if _rooms() else ""
    raise Failure(f"T={word} names no tests: there is no such folder in {TESTS.relative_to(REPO)} and no such file{rooms}")
