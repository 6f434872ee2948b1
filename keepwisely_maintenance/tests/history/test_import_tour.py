from odoo.tests import tagged

from ..browser_common import BrowserCase
from .history_common import HistoryCase


@tagged("post_install", "-at_install")
class TestImportTour(HistoryCase, BrowserCase):
    """A file of the past in the import screen, in a browser."""

    def test_a_file_with_a_bad_row(self):
        self.start_tour(
            "/odoo/action-keepwisely_maintenance.action_bring_in_work_orders", "keepwisely_bring_in_a_file", login="kw_mover"
        )
        orders = self.env["maintenance.request"].search([("reference", "=like", "TOUR-%")])
        self.assertEqual((orders.reference, orders.maintenance_brought_in, orders.labor_hours), ("TOUR-1", True, 3))
