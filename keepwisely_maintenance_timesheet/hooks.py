from odoo.addons.keepwisely_maintenance.hooks import forget_foreign_keys


def uninstall_hook(env):
    """Hours of work orders are plain analytic items again: once corrected, timesheets would cost what the employee costs."""
    sheets = env["account.analytic.line"].search([("maintenance_labor_id", "!=", False), ("project_id", "!=", False)])
    idle = sheets.filtered(lambda item: not item.amount)
    for item in sheets - idle:
        item.write(item.maintenance_labor_id._prepare_timesheet_vals())
    # without a cost they were for the timesheet alone
    idle.unlink()
    forget_foreign_keys(env, "keepwisely_maintenance_timesheet")
