"""A step of `make bench` says which of its goals are reached. Run by `make lint`."""

import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

from side_by_side.step import Step


class TestBench(unittest.TestCase):
    def setUp(self):
        self.step = Step("order-list", "list of {size} orders", print, {80: 20}, goal={"queries": 15, "cpu": 0.8, "more": 3})

    def test_goals(self):
        self.assertEqual(self.step.reaches(15, 12, 0.8), {"15 queries": True, "0.8 × CPU": True, "3 more": True})
        self.assertEqual(self.step.reaches(16, 12, 0.81), {"15 queries": False, "0.8 × CPU": False, "3 more": False})

    def test_without_a_peer_only_what_is_known_is_judged(self):
        self.assertEqual(self.step.reaches(16), {"15 queries": False})

    def test_a_step_is_named_by_a_part_of_its_name(self):
        self.assertTrue(self.step.is_wanted([]))
        self.assertTrue(self.step.is_wanted(["receipt", "order"]))
        self.assertFalse(self.step.is_wanted(["receipt"]))
