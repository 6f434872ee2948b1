from odoo import api, models


class ReportAssetLabel(models.AbstractModel):
    """Sheets of labels with QR codes."""

    _name = "report.keepwisely_maintenance.report_asset_label"
    _description = "Labels of Assets"

    @api.model
    def _get_report_values(self, docids, data=None):
        """The assets; whoever prints labels that no phone can open is told so on the screen."""
        assets = self.env["maintenance.equipment"].browse(docids)
        if warning := assets[:1]._maintenance_describe_label_address():
            message = {"title": self.env._("Labels"), "message": warning, "type": "warning", "sticky": True}
            self.env.user._bus_send("simple_notification", message)
        self.env["maintenance.first.step"]._maintenance_tell("first_step_labels")
        return {"doc_ids": docids, "doc_model": assets._name, "docs": assets}
