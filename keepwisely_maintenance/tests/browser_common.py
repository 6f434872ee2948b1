from odoo.tests import HttpCase

from .common import MaintenanceCase

#: Seconds for what a browser is to do where a machine is slow or has other work, too.
PATIENCE = 300


class BrowserCase(MaintenanceCase, HttpCase):
    """Tests with a browser: slow is not wrong."""

    test_cursor_lock_timeout = 60

    def browser_js(self, *args, timeout=PATIENCE, **options):
        return super().browser_js(*args, timeout=timeout, **options)

    def start_tour(self, *args, timeout=PATIENCE, **options):
        return super().start_tour(*args, timeout=timeout, **options)
