from odoo import fields, models


class MaintenanceTeam(models.Model):
    _inherit = "maintenance.team"

    maintenance_timesheet_project_id = fields.Many2one(
        "project.project", "Project for hours",
        domain="[('allow_timesheets', '=', True), ('is_template', '=', False)]",
        help="Hours on work orders of this team are timesheets on this project; empty: on the company's.",
    )  # fmt: skip

    def _maintenance_get_timesheet_project(self, company, chosen):
        """Which project takes timesheets of ``company``: ``chosen``, else the team's (one or none), else the company's.

        Possibly none.
        """
        # sudo: who books hours has no rights on projects
        own, common = self.sudo().maintenance_timesheet_project_id, company.sudo().maintenance_timesheet_project_id
        return (chosen | own | common).filtered(
            lambda project: project.active and project.allow_timesheets and project.company_id in (company, company.browse())
        )[:1]
