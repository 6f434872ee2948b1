"""Assets from before have no number yet."""

from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    api.Environment(cr, SUPERUSER_ID, {})["maintenance.equipment"]._maintenance_number_all()
