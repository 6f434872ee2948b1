"""The check of superuser rights finds each way that is planted, and none where there is none. Run by `make lint`."""

import tempfile
import unittest
from pathlib import Path
from textwrap import indent

from kw.sudo import check, find_paths

MODEL = """from odoo import SUPERUSER_ID, api, fields, models


class Planted(models.{kind}):
    _name = "planted"

{body}
"""


class TestSudo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "models").mkdir()

    def plant(self, body, kind="Model"):
        (self.folder / "models" / "planted.py").write_text(MODEL.format(kind=kind, body=indent(body, "    ")))
        return find_paths(self.folder)

    def assertWay(self, way, name, body, kind="Model"):
        self.assertIn(way, self.plant(body, kind).get(f"planted.{name}", ()))

    def test_values(self):
        self.assertWay("values → planted.write: write", "write",
                       "def write(self, vals):\n    return super(Planted, self.sudo()).write(vals)")
        self.assertWay("values → planted.write: write", "write",
                       "def write(self, vals):\n    if vals:\n        self = self.sudo()\n    return super().write(dict(vals))")
        self.assertWay("values → planted.create: create", "create",
                       "def create(self, vals_list):\n    rows = [{**vals, 'a': 1} for vals in vals_list]\n"
                       "    return self.env['other'].sudo().create(rows)")
        self.assertWay("values → planted.action_name: name =", "action_name",
                       "def action_name(self, name):\n    for each in self.sudo():\n        each.name = name")

    def test_ids_and_records(self):
        self.assertWay("values → planted.action_drop: unlink", "action_drop",
                       "def action_drop(self, other_id):\n    self.env['other'].sudo().browse(other_id).unlink()")
        self.assertWay("records → planted.action_drop: _action_cancel", "action_drop",
                       "def action_drop(self):\n    self.sudo().move_ids.filtered('x')._action_cancel()")

    def test_through_private_methods(self):
        self.assertWay("values → planted._apply: write", "action_apply",
                       "def action_apply(self, vals):\n    return self._prepare(vals)\n\n"
                       "def _prepare(self, given):\n    return self.sudo()._apply({'lines': given})\n\n"
                       "def _apply(self, vals):\n    self.write(vals)")

    def test_context_wizard_route_and_inverse(self):
        self.assertWay("values → planted.action_go: write", "action_go",
                       "def action_go(self):\n    self.env['other'].sudo().write({'a': self.env.context.get('a')})")
        self.assertWay("values → planted.action_go: write", "action_go",
                       "def action_go(self):\n    self.line_ids.sudo().write({'a': 1})", "TransientModel")
        self.assertWay("records → planted._inverse_hours: create", "_inverse_hours",
                       "hours = fields.Float(inverse='_inverse_hours')\n\n"
                       "def _inverse_hours(self):\n    self.env['other'].sudo().create({'hours': self.hours})")

    def test_other_ways_to_superuser_rights(self):
        for lifted in ("self.with_user(SUPERUSER_ID)", "self.with_env(self.env(su=True))", "self.env(su=True)['other'].browse()"):
            with self.subTest(lifted=lifted):
                self.assertWay("values → planted.write: write", "write", f"def write(self, vals):\n    {lifted}.write(vals)")

    def test_defaults_come_along(self):
        body = "def action_go(self):\n    return self.{}.create({{'a': self.id}})"
        self.assertWay("defaults → planted.action_go: create", "action_go", body.format("with_user(SUPERUSER_ID)"))
        self.assertNotIn("defaults → planted.action_go: create", self.plant(body.format("sudo()"))["planted.action_go"])
        self.plant(body.format("with_user(SUPERUSER_ID)"))
        self.assertIn("default_", "".join(check(self.folder, ["planted.action_go (records) | Nothing."])))

    def test_nothing_where_there_is_nothing(self):
        for body in (
            "def write(self, vals):\n    return super().write(vals)",
            "def action_read(self):\n    return self.sudo().mapped('name')",
            "def action_own(self, vals):\n    self.sudo().sudo(False).write(vals)",
            "def action_back(self, vals):\n    self.sudo().with_env(self.env).write(vals)",
            "def _private(self, vals):\n    self.sudo().write(vals)",
            "@api.private\ndef closed(self, vals):\n    self.sudo().write(vals)",
            "def action_name(self):\n    if self.sudo().name == 'x':\n        self.name = 'y'",
        ):
            with self.subTest(body=body):
                self.assertEqual(self.plant(body), {})

    def test_list(self):
        self.plant("def write(self, vals):\n    return super(Planted, self.sudo()).write(vals)")
        listed = ["# why", "", "planted.write (values) | Only the planner's own."]
        self.assertEqual(list(check(self.folder, listed)), [])
        self.assertIn("say in sudo_paths.txt", *check(self.folder, []))
        self.assertIn("does not say", *check(self.folder, ["planted.write (values) |"]))
        # with whose arguments nothing was done when it was looked at
        self.assertEqual(len(list(check(self.folder, ["planted.write (records) | Own values."]))), 2)
        self.assertIn("take it out", *check(self.folder, [*listed, "planted.gone (values) | Nobody."]))


if __name__ == "__main__":
    unittest.main()
