import contextlib
import sys
import unittest
from pathlib import Path

from odoo.tests import TransactionCase, tagged

BENCH = Path(__file__).resolve().parents[3] / "bench"


@contextlib.contextmanager
def _imported():
    """What is beside the module in the repository, not in the module."""
    sys.path.insert(0, str(BENCH))
    try:
        from side_by_side import place, steps, table

        yield place.Place, table.Told, steps.STEPS
    finally:
        sys.path.remove(str(BENCH))


@tagged("post_install", "-at_install")
@unittest.skipUnless(BENCH.is_dir(), "without the repository around it")
class TestBench(TransactionCase):
    """The short form of ``make bench``: the queries of its steps, small, without the peers."""

    def test_no_step_takes_more_queries_than_it_did(self):
        with _imported() as (Place, Told, steps):
            for step in (step for step in steps if step.needs in self.env):
                with self.subTest(step=step.name), contextlib.ExitStack() as stack:
                    stack.callback(self._forget, stack.enter_context(self.env.cr.savepoint()))
                    size, most = list(step.limits.items())[-1]
                    told = Told(Place(self.env, times=2), step.story, size)
                    told.tell(counts=False)
                    told.tell()
                    self.assertLessEqual(told.queries, most, f"{told.clicks} queries")
                    self.assertGreater(told.queries, 0)

    def _forget(self, savepoint):
        self.env.cr.precommit.clear()
        savepoint.rollback()
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_all_caches()
