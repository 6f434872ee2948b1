"""What `make dist` packs: the modules as they are in the repository, and the same zip twice. Run by `make lint`."""

import tempfile
import unittest
import zipfile
from pathlib import Path

from kw.packing import build
from kw.settings import MODULE, REPO, manifest, module_folders


class TestDist(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = self.folder / "one.zip"
        build(self.path)

    def test_every_file_that_a_manifest_names(self):
        packed = set(zipfile.ZipFile(self.path).namelist())
        for folder in module_folders():
            data = manifest(folder).get("data", []) + manifest(folder).get("demo", [])
            wanted = {f"{folder.name}/{name}" for name in ["__init__.py", "__manifest__.py", *data]}
            self.assertFalse(wanted - packed)
        self.assertFalse([name for name in packed if "__pycache__" in name or name.endswith(".pyc")])
        self.assertEqual({name.partition("/")[0] for name in packed}, {folder.name for folder in module_folders()})

    def test_as_in_the_repository(self):
        with zipfile.ZipFile(self.path) as packed:
            self.assertEqual(packed.read(f"{MODULE}/LICENSE"), (REPO / "LICENSE").read_bytes())
            name = f"{MODULE}/__manifest__.py"
            self.assertEqual(packed.read(name), (REPO / name).read_bytes())

    def test_the_same_twice(self):
        again = self.folder / "two.zip"
        build(again)
        self.assertEqual(self.path.read_bytes(), again.read_bytes())
