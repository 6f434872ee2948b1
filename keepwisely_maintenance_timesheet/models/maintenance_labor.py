from odoo import models
from odoo.fields import Domain


class MaintenanceLabor(models.Model):
    """One analytic item of the hours is their timesheet; hours that cost nothing get an item for it."""

    _inherit = "maintenance.labor"

    def _charge(self):
        result = super()._charge()
        # sudo: who books hours has no rights on analytic items, employees and projects
        for labor in self.sudo().filtered(lambda labor: not labor.maintenance_brought_in):
            labor._settle_timesheet()
        return result

    def _get_distribution_to_charge(self):
        """The project pays where the work order charges no account."""
        return super()._get_distribution_to_charge() or self._get_timesheet_distribution()

    def _is_charged_by(self, distribution):
        return super()._is_charged_by(distribution or self._get_timesheet_distribution())

    def _get_timesheet_distribution(self):
        project = self._get_timesheet_project()
        return project._get_analytic_distribution() if project and self._get_timesheet_employee() else {}

    def _settle_timesheet(self):
        """Make one item of the hours the timesheet of whoever worked them, or none where that cannot be."""
        self.ensure_one()
        items = self.analytic_line_ids
        project = self._get_timesheet_project()
        employee = project and self._get_timesheet_employee()
        if not (employee and self.hours):
            # without these nothing would be left of an item that was for the timesheet alone
            items.filtered(lambda item: item.project_id and not item.amount).unlink()
            self.analytic_line_ids.filtered("project_id").write(self._prepare_timesheet_vals())
            return
        sheet = items.filtered("project_id")[:1] or items.sorted("id")[:1]
        if not sheet:
            accounts = {name: project[name].id for name in project._get_plan_fnames() if project[name]}
            sheet = items.create(self._prepare_analytic_line_values(accounts, 0.0, self.hours))
        (items - sheet).filtered("project_id").write(self._prepare_timesheet_vals())
        if (sheet.project_id, sheet.employee_id) != (project, employee):
            sheet.write(self._prepare_timesheet_vals(project, employee))

    def _prepare_timesheet_vals(self, project=None, employee=None):
        """What makes an analytic item a timesheet; without a project, what makes it one no more."""
        return {
            "project_id": project.id if project else False,
            "employee_id": employee.id if employee else False,
            "task_id": False,
            "user_id": self.user_id.id,
            "maintenance_labor_id": self.id,
        }

    def _get_timesheet_project(self):
        """Where the hours stand already, else what the work order, the team or the company says now; possibly none."""
        self.ensure_one()
        # sudo: as above
        request = self.maintenance_request_id.sudo()
        return self.sudo().analytic_line_ids.project_id[:1] or request.maintenance_team_id._maintenance_get_timesheet_project(
            request.company_id, request.maintenance_project_id
        )

    def _get_timesheet_employee(self):
        """The employee of the work order's company who is the person, by login or else by contact; possibly none."""
        self.ensure_one()
        # sudo: as above
        employees = self.env["hr.employee"].sudo()
        theirs = Domain("work_contact_id", "=", self.person_id.id)
        if self.user_id:
            theirs |= Domain("user_id", "=", self.user_id.id)
        found = employees.search(theirs & Domain("company_id", "=", self.maintenance_request_id.sudo().company_id.id), order="id")
        by_login = found.filtered(lambda employee: employee.user_id and employee.user_id == self.user_id)
        # whoever has left keeps the timesheets they have
        kept = self.sudo().analytic_line_ids.employee_id.filtered(
            lambda employee: not employee.active and self.person_id in (employee.work_contact_id | employee.user_id.partner_id)
        )
        return (by_login or found or kept)[:1]
