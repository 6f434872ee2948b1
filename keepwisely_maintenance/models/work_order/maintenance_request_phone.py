from odoo import api, models


class MaintenanceRequestPhone(models.Model):
    """What a phone shows of a work order."""

    _inherit = "maintenance.request"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """A phone gets the form in the order of the work, see `maintenance_request_phone_views.xml`."""
        if view_type == "form" and options.get("mobile") and self._maintenance_is_native_form(view_id):
            view_id = self.env.ref("keepwisely_maintenance.maintenance_request_view_form_phone").id
        return super()._get_view(view_id, view_type, **options)

    @api.model
    def _maintenance_is_native_form(self, view_id):
        native = self.env.ref("maintenance.hr_equipment_request_view_form").id
        if not view_id and not self.env.context.get("form_view_ref"):
            # sudo: views are not for users to read
            view_id = self.env["ir.ui.view"].sudo().default_view(self._name, "form")
        return view_id == native
