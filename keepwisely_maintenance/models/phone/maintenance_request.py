import secrets

from odoo import models
from odoo.tools import hmac

#: Characters of a mark.
MARK = 20


class MaintenanceRequest(models.Model):
    """What the server has shown to somebody on a phone bears a mark, so that what they did on it is known to be theirs to do
    then, although the work order may be another team's when they send it."""

    _inherit = "maintenance.request"

    def _maintenance_phone_mark(self, digest):
        """The version of the work order for the phone of the user: what it says, whose it is, and the mark of both."""
        self.ensure_one()
        version = f"{digest}.{self.sudo().user_id.id or 0}"
        return f"{version}.{self._maintenance_phone_sign(version)}"

    def _maintenance_phone_sign(self, version):
        # the superuser reads the key of the database
        return hmac(self.env(su=True), "maintenance-phone", (self.env.uid, self.id, version))[:MARK]

    def _maintenance_phone_was_shown(self, version):
        """Whether the server has given this very version of the work order to the user."""
        self.ensure_one()
        said, _dot, mark = version.rpartition(".")
        return secrets.compare_digest(mark.encode(), self._maintenance_phone_sign(said).encode())

    def _maintenance_phone_was_mine(self, version):
        """Whether it was the user's in the version that their phone had."""
        self.ensure_one()
        return self._maintenance_phone_was_shown(version) and version.split(".")[1] == str(self.env.uid)
