from odoo import api, fields, models
from odoo.tools import is_html_empty

from ...const import DONE_STATES

#: What phones take and browsers show.
PHOTOS = ("image/jpeg", "image/png", "image/webp", "image/gif")


class MaintenanceRequestTriage(models.Model):
    """What a planner has to see first of a report: whether somebody may get hurt, what was written, the photo."""

    _inherit = "maintenance.request"

    maintenance_is_unsafe = fields.Boolean(
        "Unsafe", tracking=True, copy=False, help="Somebody may get hurt. Such work is at least of high priority."
    )
    maintenance_unsafe_label = fields.Char("Safety", compute="_compute_maintenance_unsafe_label")
    # the description where everybody sees it, beside the native one
    maintenance_description = fields.Html("What was reported", compute="_compute_maintenance_description")
    # what it looked like when it was reported, and what it looks like now
    maintenance_photo_id = fields.Many2one("ir.attachment", "First photo", compute="_compute_maintenance_photos")
    maintenance_last_photo_id = fields.Many2one("ir.attachment", "Latest photo", compute="_compute_maintenance_photos")

    @api.depends("maintenance_is_unsafe", "state")
    @api.depends_context("lang")
    def _compute_maintenance_unsafe_label(self):
        """What is repaired is no longer unsafe."""
        for request in self:
            is_over = request.state in (*DONE_STATES, "cancelled")
            request.maintenance_unsafe_label = request.maintenance_is_unsafe and not is_over and self.env._("Unsafe")

    @api.depends("description")
    def _compute_maintenance_description(self):
        for request in self:
            request.maintenance_description = not is_html_empty(request.description) and request.description

    @api.depends("message_ids")
    def _compute_maintenance_photos(self):
        """The pictures that were sent along; not those of fields, such as signatures."""
        # sudo: whoever reads the work order may see its pictures; one query instead of one for each
        pictures = self.env["ir.attachment"].sudo()
        domain = [
            ("res_model", "=", self._name), ("res_id", "in", self.ids),
            ("mimetype", "in", PHOTOS), ("res_field", "=", False),
        ]  # fmt: skip
        found = {rid: (first, last) for rid, first, last in pictures._read_group(domain, ["res_id"], ["id:min", "id:max"])}
        for request in self:
            first, last = found.get(request._origin.id, (False, False))
            request.maintenance_photo_id, request.maintenance_last_photo_id = first, last

    @api.onchange("maintenance_is_unsafe")
    def _onchange_maintenance_is_unsafe(self):
        if self.maintenance_is_unsafe and (self.priority or "0") < "2":
            self.priority = "2"

    @api.readonly
    def action_maintenance_view_photo(self):
        """Open the photo in its full size."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/web/image/{self.maintenance_photo_id.id}", "target": "new"}
