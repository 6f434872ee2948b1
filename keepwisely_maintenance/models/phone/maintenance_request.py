import secrets
from datetime import UTC, datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import hmac

from ..work_order.res_users import TECHNICIANS
from .maintenance_phone_command_forget import KEPT

#: Characters of a mark.
MARK = 20

#: Days after which an unchanged work order is given with a new mark.
WEEK = 7


def get_today():
    """A number for the day, whatever the plant."""
    return datetime.now(UTC).toordinal()


def get_week():
    return get_today() // WEEK


def is_phone():
    """Whether the request comes from a browser on a phone, which says *Mobi* (MDN, Browser detection using the user agent)."""
    return bool(request) and "Mobi" in (request.httprequest.user_agent.string or "")


class MaintenanceRequest(models.Model):
    """What the server has shown to somebody on a phone bears a mark, so that what they did on it is known to be theirs to do
    then, although the work order may be another team's when they send it."""

    _inherit = "maintenance.request"

    @api.readonly
    def action_maintenance_open_work_page(self):
        """The page for work on the floor, with this work order open."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/maintenance/work#job={self.id}", "target": "self"}

    def _get_access_action(self, access_uid=None, force_website=False):
        """On a phone e-mails and notifications lead to the page for work on the floor, where that has the work order."""
        if is_phone() and access_uid and self.env["res.users"].browse(access_uid).has_group(TECHNICIANS):
            on_page = self.env["maintenance.phone"].with_user(access_uid)._get_domain()
            if self.with_user(access_uid).search_count(Domain("id", "=", self.id) & on_page, limit=1):
                return self.action_maintenance_open_work_page()
        return super()._get_access_action(access_uid=access_uid, force_website=force_website)

    def _maintenance_phone_mark(self, digest):
        """The version of the work order for the phone of the user: what it says, whose it is, the day, and the mark of all."""
        self.ensure_one()
        # sudo: whose it is, is said to whoever it is shown to
        version = f"{digest}.{self.sudo().user_id.id or 0}.{get_today()}"
        return f"{version}.{self._maintenance_phone_sign(version)}"

    def _maintenance_phone_sign(self, version):
        # the superuser reads the key of the database
        return hmac(self.env(su=True), "maintenance-phone", (self.env.uid, self.id, version))[:MARK]

    def _maintenance_phone_was_shown(self, version):
        """Whether the server has given this very version of the work order to the user, no longer ago than phones keep it."""
        self.ensure_one()
        said, _dot, mark = version.rpartition(".")
        if not secrets.compare_digest(mark.encode(), self._maintenance_phone_sign(said).encode()):
            return False
        # sudo: a setting of the company, not a secret
        days = KEPT * self.env.company.sudo().maintenance_phone_days + WEEK
        return get_today() - int(said.rpartition(".")[2]) <= days

    def _maintenance_phone_was_mine(self, version):
        """Whether it was the user's in the version that their phone had."""
        self.ensure_one()
        return self._maintenance_phone_was_shown(version) and version.split(".")[1] == str(self.env.uid)
