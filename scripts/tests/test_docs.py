"""The check of the documentation finds each kind of error, and nothing where there is none. Run by `make lint`."""

import tempfile
import unittest
from pathlib import Path

from kw.docs import find_wrong_docs

GOOD = """# One page

See [the other](docs/other.md#who-does-what), [below](#one-page), [Odoo](https://odoo.com/x#y) and
![a picture](docs/images/board.png). `models/<room>/` holds `job.py`, `…_job.py` and `docs/`;
`create/write` is no file, `*.py` and `.py` none in particular, and `/json/2` an address.

| a table | may be long, because nobody can wrap a row of a table in Markdown, however long it has become |
| --- | --- |

    code = "may be long too, and names [nothing](nowhere.md) of ours, whatever it says here, even `gone.py` and more"

```
as may this, and names [nothing](nowhere.md) of ours, whatever it says here, even `gone.py` and a bit more
```
"""


class TestDocs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.write("docs/other.md", "# Other\n\n## Who does *what*?\n\n## Who does what\n")
        self.write("docs/images/board.png", "")
        self.write("keepwisely_maintenance/models/part/job.py", '"""See docs/other.md."""\n')
        self.write("keepwisely_maintenance/models/part/old_job.py", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def found(self, page="", name="README.md"):
        self.write(name, page)
        files = sorted(path for path in self.root.rglob("*") if path.is_file())
        return [f"{path.relative_to(self.root)}: {wrong}" for path, wrong in find_wrong_docs(files, self.root)]

    def assertFinds(self, page, wrong, name="README.md"):
        self.assertEqual(self.found(page, name), [f"{name}: {wrong}"])

    def test_nothing_to_find(self):
        self.assertEqual(self.found(GOOD), [])

    def test_dead_link(self):
        self.assertFinds("# A\n\n[x](docs/gone.md)\n", "line 3: the link docs/gone.md leads nowhere")
        self.assertFinds('<img src="gone.png" alt="x">\n', "line 1: the link gone.png leads nowhere")

    def test_link_out_of_the_repository(self):
        self.assertFinds("[x](../elsewhere.md)\n", "line 1: the link ../elsewhere.md leads nowhere")

    def test_links_start_at_the_page(self):
        self.assertEqual(self.found("[x](../docs/other.md#other), `images/`\n", "docs/page.md"), [])
        self.assertFinds("[x](docs/other.md)\n", "line 1: the link docs/other.md leads nowhere", "docs/page.md")

    def test_dead_anchor(self):
        self.assertFinds("[x](docs/other.md#gone)\n", "line 1: docs/other.md has no heading for the link docs/other.md#gone")
        self.assertFinds("# A\n[x](#b)\n", "line 2: README.md has no heading for the link #b")

    def test_second_heading_of_the_same_words(self):
        self.assertEqual(self.found("[x](docs/other.md#who-does-what-1)\n"), [])
        self.assertFinds("[x](docs/other.md#who-does-what-2)\n",
                         "line 1: docs/other.md has no heading for the link docs/other.md#who-does-what-2")

    def test_file_that_is_gone(self):
        for name in ("gone.py", "models/part/gone.py", "models/gone/", "docs/part/job.py", "gone/<room>/"):
            with self.subTest(name):
                self.assertFinds(f"`job.py` and `make x T={name}`\n", f"line 1: there is no {name}")

    def test_file_named_over_two_lines(self):
        self.assertEqual(self.found("`cat\njob.py`, `then`\n"), [])
        self.assertFinds("`cat\ngone.py`, `then`\n", "line 1: there is no gone.py")

    def test_changelog_names_what_is_gone(self):
        self.assertEqual(self.found("`gone.py`\n", "CHANGELOG.md"), [])
        self.assertFinds("[x](gone.md)\n", "line 1: the link gone.md leads nowhere", "CHANGELOG.md")

    def test_long_line(self):
        self.assertEqual(self.found("word " * 20 + "\n"), [])
        self.assertFinds("word " * 20 + "w\n", "line 1 has 101 characters, more than 100")
        self.assertFinds("- text\n    " + "word " * 20 + "\n", "line 2 has 104 characters, more than 100")

    def test_page_named_in_code(self):
        self.write("Makefile", "# docs/gone.md explains it\n")
        self.assertEqual(self.found(), ["Makefile: there is no docs/gone.md"])


if __name__ == "__main__":
    unittest.main()
