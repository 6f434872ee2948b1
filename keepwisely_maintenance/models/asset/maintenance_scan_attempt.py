from datetime import timedelta
from ipaddress import ip_address

from odoo import api, fields, models
from odoo.tools import hmac

#: Seconds over which attempts are counted.
WINDOW = 3600

#: How many reports without login are taken per window: from one address (a plant may have one
#: for all its phones), for one asset, and altogether.
REPORTS_PER_ADDRESS = 30
REPORTS_PER_ASSET = 12
REPORTS_ALTOGETHER = 300

#: How many codes that lead nowhere one address may try per window.
MISSES_PER_ADDRESS = 60


class MaintenanceScanAttempt(models.Model):
    """What was sent without login, counted so that nobody can flood the plant.

    Rows are only added, so that two workers never wait for each other or undo each other's count.
    The address is stored as a keyed hash: it can be counted and not read.
    """

    _name = "maintenance.scan.attempt"
    _description = "Scan Without Login"
    _log_access = False

    kind = fields.Selection([("report", "Report"), ("miss", "Unknown code")], required=True)
    address = fields.Char(required=True)
    equipment_id = fields.Many2one("maintenance.equipment", "Asset", ondelete="cascade")
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _address_idx = models.Index("(address, kind, date)")
    _date_idx = models.Index("(date)")

    @api.model
    def _has_too_many_misses(self, address):
        """Whether ``address`` tried so many codes that it gets no more answers."""
        return self._count("miss", [("address", "=", self._hide(address))]) >= MISSES_PER_ADDRESS

    @api.model
    def _add_miss(self, address):
        """Remember that ``address`` asked for a code that leads nowhere."""
        self.create({"kind": "miss", "address": self._hide(address)})

    @api.model
    def _take(self, address, equipment):
        """Count a report from ``address`` for ``equipment``.

        :returns: False when there were too many; then nothing is counted.
        """
        hidden = self._hide(address)
        if (
            self._count("report", [("address", "=", hidden)]) >= REPORTS_PER_ADDRESS
            or self._count("report", [("equipment_id", "=", equipment.id)]) >= REPORTS_PER_ASSET
            or self._count("report", []) >= REPORTS_ALTOGETHER
        ):
            return False
        self.create({"kind": "report", "address": hidden, "equipment_id": equipment.id})
        return True

    @api.model
    def _count(self, kind, domain):
        since = fields.Datetime.now() - timedelta(seconds=WINDOW)
        return self.search_count([("kind", "=", kind), ("date", ">", since), *domain], limit=REPORTS_ALTOGETHER)

    @api.model
    def _hide(self, address):
        """A keyed hash of the address; of IPv6 the network of 64 bits, which one household has to itself."""
        try:
            parsed = ip_address(address)
        except ValueError:
            parsed = None
        if parsed and parsed.version == 6:
            address = str(parsed.ipv4_mapped or parsed.exploded[:19])
        return hmac(self.env(su=True), "keepwisely_maintenance.scan", address or "")

    @api.autovacuum
    def _gc_attempts(self):
        self.search([("date", "<", fields.Datetime.now() - timedelta(days=1))]).unlink()
