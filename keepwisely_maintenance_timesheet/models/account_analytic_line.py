from odoo import api, models
from odoo.exceptions import UserError

#: What the hours of a work order say about their timesheet.
OF_HOURS = {"date", "employee_id", "maintenance_labor_id", "project_id", "task_id", "unit_amount", "user_id"}


class AccountAnalyticLine(models.Model):
    """Timesheets of work orders follow their hours: corrected and deleted there, and costing what they cost."""

    _inherit = "account.analytic.line"

    def _is_readonly(self):
        return super()._is_readonly() or bool(self.maintenance_labor_id)

    def _check_can_create(self):
        self._maintenance_check_no_hours()
        return super()._check_can_create()

    def _check_can_write(self, values):
        if OF_HOURS & values.keys():
            self._maintenance_check_no_hours()
        result = super()._check_can_write(values)
        if values.get("maintenance_labor_id") and not self.env.su:
            raise UserError(self.env._("Book hours of a work order on the work order; their timesheet follows."))
        return result

    @api.ondelete(at_uninstall=False)
    def _maintenance_unlink_except_hours(self):
        self.filtered("project_id")._maintenance_check_no_hours()

    def _maintenance_check_no_hours(self):
        """:raises UserError: one of these is the hours of a work order, which are entered there."""
        labor = self.maintenance_labor_id[:1]
        if labor and not self.env.su:
            # sudo: whoever sees the timesheet may not see the work order, and is told where to go
            raise UserError(
                self.env._(
                    "These are hours of %s; correct them there, and the timesheet follows.",
                    labor.sudo().maintenance_request_id.display_name,
                )
            )

    def _timesheet_preprocess_get_accounts(self, vals):
        """Hours stay on the accounts that they are charged to."""
        by_system = self.env.su and vals.get("maintenance_labor_id")
        return {} if by_system else super()._timesheet_preprocess_get_accounts(vals)

    def _timesheet_postprocess_values(self, values):
        """Hours of work orders cost what the work order says, not the hourly cost of the employee once more."""
        ours = self.filtered("maintenance_labor_id")
        return {**super(AccountAnalyticLine, self - ours)._timesheet_postprocess_values(values), **{line.id: {} for line in ours}}
