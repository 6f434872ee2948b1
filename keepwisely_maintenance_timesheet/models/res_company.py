from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    maintenance_timesheet_project_id = fields.Many2one(
        "project.project", "Project for hours on work orders",
        domain="[('allow_timesheets', '=', True), ('is_template', '=', False), ('company_id', 'in', (False, id))]",
        help="Hours that employees book on work orders are their timesheets on this project, unless their team has its own. "
        "Empty: no timesheets.",
    )  # fmt: skip


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    maintenance_timesheet_project_id = fields.Many2one(
        related="company_id.maintenance_timesheet_project_id", readonly=False,
        domain="[('allow_timesheets', '=', True), ('is_template', '=', False), ('company_id', 'in', (False, company_id))]",
    )  # fmt: skip
