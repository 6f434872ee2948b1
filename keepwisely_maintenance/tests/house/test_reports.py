from odoo.tests import tagged
from odoo.tests.common import TransactionCase


@tagged("post_install", "-at_install")
class TestReports(TransactionCase):
    def test_no_report_is_compiled_before_it_runs(self):
        """Compiling the year ahead took longer than everything else of it."""
        reports = [
            model for model in self.env.registry.values()
            if not model._auto and not model._abstract and model._original_module == "keepwisely_maintenance"
        ]  # fmt: skip
        self.assertGreaterEqual(len(reports), 6)
        for report in reports:
            with self.subTest(report=report._name), self.cr.savepoint():
                self.cr.execute("SET LOCAL jit = on")
                self.env[report._name].search([], limit=1)
                self.cr.execute("SHOW jit")
                self.assertEqual(self.cr.fetchone(), ("off",))
