import base64
import binascii

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...const import DONE_STATES
from .scan_photo import clean_photo


class MaintenanceRequestReport(models.Model):
    """A report written in Odoo has what a report from a label has: a photo, and what was reported already."""

    _inherit = "maintenance.request"

    maintenance_new_photo = fields.Binary(
        "New photo", compute="_compute_maintenance_new_photo", inverse="_inverse_maintenance_new_photo", attachment=False,
        help="Is put below the work order: what is wrong, or, once it is done, how it looks now.",
    )  # fmt: skip
    maintenance_more = fields.Text(
        "More about it", compute="_compute_maintenance_more", inverse="_inverse_maintenance_more",
        help="Plain words that become the description. The editor of the description keeps the Tab key for itself.",
    )  # fmt: skip
    maintenance_reported_here = fields.Html(
        "Already reported here", compute="_compute_maintenance_reported_here", sanitize=False,
        help="Open work on the asset, for whoever would report it again.",
    )  # fmt: skip

    # -- Photos -------------------------------------------------------------------------------

    def _compute_maintenance_new_photo(self):
        self.maintenance_new_photo = False

    def _inverse_maintenance_new_photo(self):
        """As on the page of a label, only pixels survive."""
        for request in self.filtered("maintenance_new_photo"):
            try:
                data = base64.b64decode(request.maintenance_new_photo)
            except binascii.Error:
                data = b""
            photo = clean_photo(self.env, data)
            started = request.state not in (False, "requested", "approved", "assigned")
            request._attach_photo(photo, self.env._("Photo of the work") if started else None)

    def _compute_maintenance_more(self):
        self.maintenance_more = False

    def _inverse_maintenance_more(self):
        for request in self.filtered("maintenance_more"):
            request.description = plaintext2html(request.maintenance_more)

    # -- Already reported here ----------------------------------------------------------------

    @api.depends_context("uid", "lang")
    @api.depends("equipment_id")
    def _compute_maintenance_reported_here(self):
        for request in self:
            equipment = request.equipment_id._origin
            jobs = equipment._get_scanned_jobs() - request._origin if equipment else self.browse()
            lines = [job._maintenance_describe_reported(self.env.user) for job in jobs]
            request.maintenance_reported_here = Markup("").join(lines) or False

    def _maintenance_describe_reported(self, user):
        """What it is and where it stands, with a link to it, or, where ``user`` may not read it, to follow it."""
        self.ensure_one()
        if self.with_user(user).has_access("read"):
            address, label = f"/odoo/my-maintenance-reports/{self.id}", self.env._("Show it")
        else:
            address, label = f"/maintenance/report/{self.id}/follow", self.env._("Follow")
        return Markup(
            '<div class="d-flex align-items-center gap-3 border-top py-2"><div class="flex-grow-1 text-break"><b>%s</b>'
            '<div class="text-muted">%s · %s</div></div>'
            '<a class="btn btn-secondary text-nowrap flex-shrink-0" target="_blank" href="%s" aria-label="%s %s">%s</a></div>'
        ) % (self.name, self.reference or "", self.progress_message or "", address, label, self.reference or "", label)

    def _maintenance_find_to_follow(self):
        """The open work that whoever would report it again may follow, with superuser rights; none otherwise."""
        # sudo: whether it may be followed is what is asked here; the asset is read as the user
        asset = self.sudo().exists().equipment_id.with_env(self.env)
        return asset._get_scanned_jobs().filtered(lambda job: job.id in self.ids) if asset else self.sudo().browse()

    # -- Sending ------------------------------------------------------------------------------

    def action_maintenance_send_report(self):
        """What the button *Send the report* does once the form is saved: say thank you and the number."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Thank you. The maintenance team has your report %s.", self.reference or self.name),
            },
        }

    # -- Is it fixed? -------------------------------------------------------------------------

    def _maintenance_find_to_answer(self):
        """The work whose reporter is asked whether it is fixed; none for anybody else."""
        found = self.exists()
        if not found or not found.has_access("read"):
            return self.browse()
        return found.filtered(lambda request: request.user_is_reporter and request.state in DONE_STATES)
