from odoo.addons.keepwisely_maintenance.hooks import forget_foreign_keys


def post_init_hook(env):
    """Of Odoo's own reasons for a stop, a failure of the equipment is one for maintenance."""
    # looked for, as somebody may have deleted it
    failure = env.ref("mrp.block_reason1", raise_if_not_found=False)
    if failure:
        failure.maintenance_reports_problem = True


def uninstall_hook(env):
    """Without the bridge nobody would take its blocks off the calendars, nor lost production off the downtimes."""
    env["resource.calendar.leaves"].search(
        ["|", ("maintenance_request_id", "!=", False), ("maintenance_downtime_id", "!=", False)]
    ).unlink()
    periods = env["maintenance.downtime"].search([("maintenance_lost_cost", "!=", 0)])
    periods.maintenance_production_hourly_cost = 0.0
    env.flush_all()
    forget_foreign_keys(env, "keepwisely_maintenance_mrp")
