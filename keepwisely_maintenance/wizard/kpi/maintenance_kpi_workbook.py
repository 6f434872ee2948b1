from base64 import b64encode

from odoo import fields, models


class MaintenanceKpiWorkbook(models.TransientModel):
    """Says for which period and teams the workbook of key figures is made."""

    _name = "maintenance.kpi.workbook"
    _description = "Workbook of Key Figures"

    months = fields.Integer("Last months", required=True, default=lambda self: self.env["maintenance.kpi"]._get_month_count())
    team_ids = fields.Many2many(
        "maintenance.team", string="Teams", help="All teams when empty.",
        default=lambda self: self.env["maintenance.kpi"]._get_teams(),
    )  # fmt: skip
    content = fields.Binary(readonly=True, attachment=False)

    def action_download(self):
        """Make the workbook of all figures that the user may see, and hand it to the browser.

        :raises UserError: the number of months is not from 1 to 120.
        """
        self.ensure_one()
        # -1 is no number of months either, and 0 is none that was forgotten
        kpis = self.env["maintenance.kpi"].with_context(kpi_months=self.months or -1, kpi_team_ids=self.team_ids.ids)
        self.content = b64encode(kpis.search([("active", "=", True)])._get_workbook())
        name = self.env._("Key figures %s", self.env.company._get_plant_day())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{name}.xlsx?download=true",
            "target": "download",
        }
