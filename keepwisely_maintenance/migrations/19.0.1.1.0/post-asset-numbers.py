"""Assets from before have no number yet."""

from odoo import SUPERUSER_ID, api

from odoo.addons.keepwisely_maintenance.hooks import number_existing_assets


def migrate(cr, _version):
    number_existing_assets(api.Environment(cr, SUPERUSER_ID, {}))
