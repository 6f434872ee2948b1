from unittest.mock import patch

from odoo.tests import tagged

from ..common import MaintenanceCase


@tagged("post_install", "-at_install")
class TestLabelAddress(MaintenanceCase):
    """Labels whose address no phone can reach are not printed unnoticed."""

    def _set_address(self, address):
        self.env["ir.config_parameter"].set_param("web.base.url", address)

    def test_which_addresses_phones_reach(self):
        asset = self.conveyor.with_user(self.planner)
        for address in (
            "http://localhost:8069", "http://127.0.0.1:8069", "http://127.1.2.3", "http://[::1]:8069", "http://odoo:8069",
            "http://0.0.0.0:8069", "http://plant.localhost",
        ):  # fmt: skip
            self._set_address(address)
            asset.invalidate_recordset()
            self.assertIn("web.base.url", asset.maintenance_label_warning, address)
            self.assertIn(address, asset.maintenance_label_warning)
        for address in ("https://odoo.example.com", "http://192.168.1.20:8069", "http://odoo.plant.local", "http://[2001:db8::1]"):
            self._set_address(address)
            asset.invalidate_recordset()
            self.assertFalse(asset.maintenance_label_warning, address)

    def test_settings_say_it(self):
        self._set_address("http://localhost:8069")
        self.assertTrue(self.env["res.config.settings"].create({}).maintenance_label_warning)

    def test_who_prints_is_told(self):
        report = self.env["ir.actions.report"].with_user(self.planner)
        for address, told in (("http://localhost:8069", 1), ("https://odoo.example.com", 0)):
            self._set_address(address)
            with patch.object(type(self.env["res.users"]), "_bus_send") as send:
                report._render_qweb_html("keepwisely_maintenance.report_asset_label", self.conveyor.ids)
            self.assertEqual(send.call_count, told, address)
