"""What `make run`, `make faults` and `make load` stand on. Run by `make lint`; they themselves need Odoo and minutes."""

import ast
import importlib.util
import smtplib
import unittest
from pathlib import Path

from kw.odoo import START

KW = Path(__file__).resolve().parents[1] / "kw"


def _smtp():
    """Without the package around it, which wants PostgreSQL."""
    spec = importlib.util.spec_from_file_location("mishaps_smtp", KW / "mishaps" / "smtp.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestStart(unittest.TestCase):
    def test_odoo_starts_from_a_file_that_can_be_run_again(self):
        tree = ast.parse(START.read_text())
        relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
        self.assertEqual((START.suffix, relative), (".py", []))

    def test_nothing_beside_it_hides_a_package(self):
        self.assertEqual([path.name for path in START.parent.iterdir() if path.name != "__pycache__"], [START.name])


class TestMailServer(unittest.TestCase):
    def setUp(self):
        self.module = _smtp()
        self.server = self.module.MailServer()
        self.addCleanup(self.server.close)

    def _send(self):
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=5) as client:
            client.sendmail("a@example.com", ["b@example.com"], "Subject: Belt\r\n\r\nIt is here.\r\n.\r\n")

    def test_it_takes_and_counts(self):
        self._send()
        self._send()
        self.assertEqual(self.server.taken, {("b@example.com", "Belt"): 2})

    def test_down_slow_and_refusing(self):
        for mode, error in (("refusing", smtplib.SMTPException), ("down", OSError), ("slow", OSError)):
            with self.subTest(mode):
                self.module.SLOW = 8
                self.server.turn(mode)
                with self.assertRaises(error):
                    self._send()
        self.server.turn("ok")
        self._send()
        self.assertEqual(self.server.taken.total(), 1)
