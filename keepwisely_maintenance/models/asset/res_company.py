from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    scan_without_login = fields.Boolean(
        "Reports without login",
        help="Whoever scans the label of an asset can report a problem without logging in. They see the name of the "
        "asset and nothing else.",
    )
    maintenance_number_in_names = fields.Boolean(
        "Asset number in names", help="An asset is shown as [A00012] Conveyor 2, wherever it is named."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    scan_without_login = fields.Boolean(related="company_id.scan_without_login", readonly=False)
    maintenance_number_in_names = fields.Boolean(related="company_id.maintenance_number_in_names", readonly=False)
    maintenance_label_warning = fields.Char("Warning about labels", compute="_compute_maintenance_label_warning")

    def _compute_maintenance_label_warning(self):
        self.maintenance_label_warning = self.env["maintenance.equipment"]._maintenance_describe_label_address()
