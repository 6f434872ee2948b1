from odoo import api, models

from .res_users import PLANNERS, TECHNICIANS


class MaintenanceRequestPhone(models.Model):
    """The form of a work order in the order of the work: on every phone, and wherever somebody works and does not plan."""

    _inherit = "maintenance.request"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """What is to be done comes first, see `maintenance_request_phone_views.xml`."""
        if view_type == "form" and (options.get("mobile") or self._maintenance_only_works()):
            if self._maintenance_is_native_form(view_id):
                view_id = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_phone").id
        return super()._get_view(view_id, view_type, **options)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        return (*super()._get_view_cache_key(view_id, view_type, **options), self._maintenance_only_works())

    @api.model
    def _maintenance_only_works(self):
        user = self.env.user
        return user.has_group(TECHNICIANS) and not user.has_group(PLANNERS)

    @api.model
    def _maintenance_is_native_form(self, view_id):
        native = self.env.ref("maintenance.hr_equipment_request_view_form").id
        if not view_id and not self.env.context.get("form_view_ref"):
            # sudo: views are not for users to read
            view_id = self.env["ir.ui.view"].sudo().default_view(self._name, "form")
        return view_id == native
