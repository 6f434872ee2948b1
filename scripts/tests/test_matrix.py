"""What `make matrix` lives through and compares by. Run by `make lint`; the rows themselves need Odoo and hours."""

import os
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from kw import matrix_code, matrix_rows
from kw.matrix_leftovers import compare
from kw.settings import MODULE, Failure
from kw.usage import Usage


class TestRows(unittest.TestCase):
    def setUp(self):
        self.commits = mock.patch.object(matrix_code, "commits", return_value={"upgraded": "abc", "tagged": ""})
        self.commits.start()
        self.addCleanup(self.commits.stop)
        for name in ("ROWS", "ORDER"):
            os.environ.pop(name, None)

    def test_modules_and_worlds(self):
        row = matrix_rows.Line("* mrp+hr @ stages demo")
        self.assertEqual((row.modules, row.worlds, row.short), (["mrp", "hr"], ["stages", "demo"], True))
        self.assertEqual(matrix_rows.Line("alone").modules, [])
        with self.assertRaises(Failure):
            matrix_rows.Line("alone @ nowhere")

    def test_a_world_is_there_before_the_module(self):
        self.assertEqual(matrix_rows.Line("mrp").orders, ["before", "after", "upgraded"])
        self.assertEqual(matrix_rows.Line("mrp @ demo").orders, ["before", "after", "upgraded"])
        for text in ("mrp @ stages", "alone", "alone @ demo"):
            self.assertEqual(matrix_rows.Line(text).orders, ["before", "upgraded"], text)

    def test_which_rows(self):
        mrp, alone = matrix_rows.Line("* mrp+hr"), matrix_rows.Line("alone")
        oca = matrix_rows.Line("maintenance_plan", by_itself=True)
        for wanted, found in (("", [mrp, alone]), ("short", [mrp]), ("each", [oca]), ("hr, alone", [mrp, alone]),
                              ("maintenance_plan", [oca]), ("maintenance", [])):
            with self.subTest(wanted=wanted):
                self.assertEqual([row for row in (mrp, alone, oca) if row.is_in(wanted)], found)

    def test_the_list_names_modules_that_are_there(self):
        theirs = {path.parent.name for path in (Path(os.environ["KW_ODOO"]) / "odoo" / "addons").glob("*/__manifest__.py")}
        rows = matrix_rows.listed()
        known = theirs | set(matrix_rows.pinned())
        self.assertFalse({name for row in rows for name in row.modules} - known)
        titles = Counter(row.title for row in rows if not row.by_itself)
        self.assertFalse([title for title, count in titles.items() if count > 1])

    def test_a_row_is_done_again_when_its_world_changes(self):
        with tempfile.TemporaryDirectory() as name, mock.patch.object(matrix_rows, "WORLDS", Path(name)):
            world = Path(name) / "strange.py"
            codes = set()
            for text in ("1", "2", "1"):
                world.write_text(text)
                codes |= {matrix_rows.Line("alone @ strange").code, matrix_rows.Line("alone").code}
        self.assertEqual(len(codes), 3)


class TestCode(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.repo = Path(folder.name)
        self.git("init", "-q")

    def git(self, *command):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", self.repo, *who, *command], check=True, capture_output=True)

    def commit(self, path, text="1"):
        (self.repo / path).parent.mkdir(parents=True, exist_ok=True)
        (self.repo / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return subprocess.run(["git", "-C", self.repo, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()

    def commits(self):
        matrix_code.commits.cache_clear()
        return matrix_code.commits(self.repo)

    def test_the_commit_before(self):
        self.commit("README")
        self.commit(f"{MODULE}/a.py")
        self.assertEqual(self.commits(), {"upgraded": "", "tagged": ""}, "before that there was no module")
        second = self.commit(f"{MODULE}/a.py", "2")
        third = self.commit(f"{MODULE}/a.py", "3")
        self.assertEqual(self.commits()["upgraded"], second)
        (self.repo / MODULE / "a.py").write_text("4")
        self.assertEqual(self.commits()["upgraded"], third, "what is not committed comes after the last commit")

    def test_commits_without_the_module_do_not_count(self):
        first = self.commit(f"{MODULE}/a.py")
        self.commit(f"{MODULE}/a.py", "2")
        self.commit("README")
        self.assertEqual(self.commits()["upgraded"], first)

    def test_the_first_tag_with_the_module(self):
        self.commit("README")
        self.git("tag", "nothing")
        tagged = self.commit(f"{MODULE}/a.py")
        self.git("tag", "19.0.1.0.0")
        self.commit(f"{MODULE}/a.py", "2")
        self.git("tag", "19.0.1.1.0")
        self.assertEqual(self.commits()["tagged"], tagged)

    def test_the_first_version_of_a_clone_without_tags(self):
        manifest = f"{MODULE}/__manifest__.py"
        self.commit(manifest, '{"version": "1"}')
        self.assertEqual(self.commits()["tagged"], "", "there is only one")
        last = self.commit(f"{MODULE}/a.py")
        self.commit(manifest, '{"version": "2"}')
        self.commit(manifest, '{"version": "3"}')
        self.assertEqual(self.commits()["tagged"], last)

    def test_the_modules_as_they_were(self):
        self.commit(f"{MODULE}/a.py", "old")
        self.commit(f"{MODULE}/a.py", "new")
        self.commits()
        with tempfile.TemporaryDirectory() as cache, mock.patch.object(matrix_code, "CACHE", Path(cache)):
            place = matrix_code.folder_of("upgraded", self.repo)
            self.assertEqual((place / MODULE / "a.py").read_text(), "old")
            self.assertEqual(matrix_code.folder_of("upgraded", self.repo), place)


class TestCatalogue(unittest.TestCase):
    def test_what_is_left_and_what_is_gone(self):
        before = {"index": Counter(["a"]), "menu": Counter({"Teams for Planner": 1, "Stages": 2})}
        after = {"index": Counter(["a", "b"]), "menu": Counter({"Teams": 1, "Stages": 1})}
        self.assertEqual(
            compare(before, after), ["index left: b", "menu left: Teams", "menu gone: Stages", "menu gone: Teams for Planner"])


class TestUsage(unittest.TestCase):
    def test_what_a_program_takes(self):
        databases = SimpleNamespace(server=SimpleNamespace(own=False))
        with Usage(databases, "none") as usage:
            usage.watch(os.getpid())
            end = time.process_time() + 0.6
            while time.process_time() < end:
                pass
        self.assertTrue(usage.complaints(0.05, 1000000))
        self.assertTrue(usage.complaints(1000000, 1))
        self.assertFalse(usage.complaints(1000000, 1000000))

    def test_nothing_measured_is_no_success(self):
        databases = SimpleNamespace(server=SimpleNamespace(own=False))
        with Usage(databases, "none") as usage:
            pass
        self.assertTrue(usage.complaints(60, 600))
