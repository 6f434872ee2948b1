"""`make lint`: every check prints what it found and nothing else; one line at the end sums them up. CHECKS names some only."""

import ast
import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from lxml import etree

from . import days as kw_days
from . import names as kw_names
from . import sudo as kw_sudo
from .docs import find_wrong_docs
from .rooms import find_wrong_arrows
from .settings import CACHE, REPO, module_folders, option, repository_files
from .term_files import find_wrong_terms


def lint():
    files, chosen = repository_files(), option("CHECKS").split()
    failed = []
    for check in (ruff, pylint, xml, access_rights, manifest, rooms, sudo, days, docs, terms, names, checks_themselves,
                  shell_scripts, ways_to_odoo, compose, hosts):
        if chosen and check.__name__ not in chosen:
            continue
        print(f"--- {check.__name__}: {check.__doc__}", flush=True)
        if not check(files):
            failed.append(check.__name__)
    print(f"lint: {', '.join(failed)} failed" if failed else f"lint: {len(files)} files, nothing found")
    return 1 if failed else 0


def _of(files, pattern, *folders):
    """Those whose name is like ``pattern``, in these folders; by default in the module and its bridges."""
    return [path for path in files if path.match(pattern) and any(map(path.is_relative_to, folders or module_folders()))]


def _run(*command):
    return subprocess.run([str(part) for part in command], cwd=REPO, stdin=subprocess.DEVNULL).returncode == 0


def _tool(name, *args):
    return _run(Path(sys.executable).with_name(name) if shutil.which(Path(sys.executable).with_name(name)) else name, *args)


def _report(findings):
    for path, finding in findings:
        print(f"{path.relative_to(REPO)}: {finding}")
    return not findings


def ruff(_files):
    """style and likely bugs in Python"""
    return _run(sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "--cache-dir", CACHE / "ruff", ".")


def pylint(_files):
    """Odoo's and OCA's rules"""
    # The module's README stands at the top of the repository, and a model may be extended in several files, one for each
    # concern. (A disable in .pylintrc is no use: the enable there would win.)
    left_out = "--disable=missing-readme,consider-merging-classes-inherited"
    command = (sys.executable, "-m", "pylint", f"--rcfile={REPO / '.pylintrc'}", "--score=n", "--jobs=2")
    # Nobody translates tests; pylint-odoo knows that only of files that stand directly in tests/, not in its folders.
    tests = [folder / "tests" for folder in module_folders()]
    results = [_run(*command, left_out, f"--ignore-paths={tests[0]}/.*/.*", *module_folders()),
               _run(*command, f"{left_out},translation-required", *filter(Path.is_dir, tests))]
    return all(results)


def xml(files):
    """well-formed, and no identifier twice in a file"""
    findings = []
    for path in _of(files, "*.xml"):
        try:
            tree = etree.parse(str(path))
        except etree.XMLSyntaxError as error:
            findings.append((path, error))
            continue
        # the same identifier in two <data> blocks is how a record is changed on purpose after loading
        for block in [tree.getroot(), *tree.getroot().findall("data")]:
            ids = Counter(node.get("id") for node in block if isinstance(node.tag, str) and node.get("id"))
            findings += [(path, f"identifier {name} stands here {count} times") for name, count in ids.items() if count > 1]
    return _report(findings)


# beginnings of data files that the manifest does not load; tables of other systems' headings are read by the code beside them
LOADED_OTHERWISE = ("static/", "tests/", "i18n/", "migrations/", "models/history/headers/")
ACCESS_COLUMNS = ["id", "name", "model_id:id", "group_id:id", "perm_read", "perm_write", "perm_create", "perm_unlink"]


def access_rights(files):
    """CSV files: a header, as many cells as columns, no identifier twice"""
    findings = []
    for path in _of(files, "*.csv"):
        if path.relative_to(REPO).as_posix().partition("/")[2].startswith(LOADED_OTHERWISE):
            continue
        with path.open(newline="", encoding="utf-8") as content:
            header, *rows = list(csv.reader(content)) or [[]]
        if "id" not in header or len(set(header)) < len(header):
            findings.append((path, f"odd header: {','.join(header)}"))
            continue
        if path.name == "ir.model.access.csv" and set(header) != set(ACCESS_COLUMNS):
            findings.append((path, f"access rights need the columns {','.join(ACCESS_COLUMNS)}"))
        findings += [(path, f"line {n} has {len(row)} cells") for n, row in enumerate(rows, 2) if row and len(row) != len(header)]
        ids = Counter(row[header.index("id")] for row in rows if len(row) == len(header))
        findings += [(path, f"identifier {name} stands here {count} times") for name, count in ids.items() if count > 1]
    return _report(findings)


def manifest(files):
    """the data files it lists exist, and no data file is left out"""
    findings = []
    for folder in module_folders():
        path = folder / "__manifest__.py"
        content = ast.literal_eval(path.read_text())
        listed = {name for key in ("data", "demo", "init_xml", "update_xml") for name in content.get(key, ())}
        present = {str(file.relative_to(folder)) for pattern in ("*.xml", "*.csv") for file in _of(files, pattern, folder)}
        absent = sorted(name for name in listed - present if name.endswith((".xml", ".csv")))
        forgotten = sorted(name for name in present - listed if not name.startswith(LOADED_OTHERWISE))
        findings += [(path, f"lists {name}, which is not there") for name in absent]
        findings += [(path, f"does not list {name}") for name in forgotten]
    return _report(findings)


def names(_files):
    """no name of ours is one of Odoo's addons' or OCA's"""
    findings = kw_names.check()
    print(*findings, sep="\n", end="\n" if findings else "")
    return not findings


def checks_themselves(_files):
    """the checks of names, docs, days, terms and superuser rights find each kind of error that is planted"""
    return _run(sys.executable, "-m", "unittest", "discover", "--quiet", "-s", "scripts/tests", "-t", "scripts")


def rooms(_files):
    """each room knows only those that scripts/kw/rooms.py lists"""
    return _report(find_wrong_arrows())


def sudo(_files):
    """whatever goes on with superuser rights stands in scripts/sudo_paths.txt, with what it checks"""
    findings = list(kw_sudo.check())
    print(*findings, sep="\n", end="\n" if findings else "")
    return not findings


def days(_files):
    """a day is a day in the plant, or scripts/days.txt says why not"""
    findings = list(kw_days.check())
    print(*findings, sep="\n", end="\n" if findings else "")
    return not findings


def docs(files):
    """links and anchors lead somewhere, files that are named exist, text wraps at 100"""
    return _report(sorted(find_wrong_docs(files)))


def terms(_files):
    """templates of translations have the terms of the code, and translations all of their terms and placeholders"""
    return _report(sorted(find_wrong_terms()))


def shell_scripts(files):
    """shellcheck"""
    scripts = [path for path in files if path.suffix == ".sh" or path.read_bytes()[:40].startswith(b"#!/usr/bin/env bash")]
    return _tool("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *scripts)


def ways_to_odoo(_files):
    """getting Odoo, tried with stand-ins for Debian and git"""
    return _run(REPO / "scripts" / "selftest.sh")


def compose(_files):
    """each docker-compose*.yml against the Compose specification, and each builds the image of the Dockerfile"""
    paths = sorted(REPO.glob("docker-compose*.yml"))
    builds = _report([(path, "has no `build: .`") for path in paths if "\n  build: ." not in path.read_text(encoding="utf-8")])
    valid = _run(sys.executable, "-m", "check_jsonschema", "--quiet", "--builtin-schema", "vendor.compose-spec", *paths)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], **quiet).returncode == 0:
        for path in paths:
            valid = _run("docker", "compose", "--file", path, "config", "--quiet") and valid
    return valid and builds


def hosts(files):
    """no package mirror or index of this machine is named anywhere"""
    questions = (["apt-get", "indextargets", "--format", "$(SITE)"], ["npm", "config", "get", "registry"],
                 [sys.executable, "-m", "pip", "config", "get", "global.index-url"])
    answers = ""
    for question in questions:
        if shutil.which(question[0]):
            answers += subprocess.run(question, capture_output=True, text=True).stdout
    names = set(re.findall(r"^\w[\w+]*://(?:[^/:@\s]*@)?([^/:\s]+)", answers, re.M)) - {"localhost", "127.0.0.1"}
    named = re.compile("|".join([*map(re.escape, names), r"^\s*--(?:extra-)?index-url", r"^\s*--find-links"]), re.M)
    findings = []
    for path in files:
        if path == Path(__file__).resolve():
            continue
        found = named.search(path.read_text(encoding="utf-8", errors="ignore"))
        if found:
            findings.append((path, f"names {found[0].strip()}"))
    return _report(findings)


