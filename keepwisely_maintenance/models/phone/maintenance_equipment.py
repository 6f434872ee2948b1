import hashlib

from odoo import models

#: Hexadecimal digits of the mark of a label.
MARK = 16


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    def _maintenance_phone_get_label_mark(self):
        """By which a phone knows a label that it scans; the code itself, by which anybody reports, stays off the phones."""
        self.ensure_one()
        # sudo: the code is for planners to read; nobody gets back to it from its mark
        token = self.sudo().scan_token
        return hashlib.sha256(token.encode()).hexdigest()[:MARK] if token else ""
