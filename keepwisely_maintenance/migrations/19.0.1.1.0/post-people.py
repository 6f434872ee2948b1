"""Crews see their work orders, rates stand on people, and to-dos that repeat the board go."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists

#: Rules of technicians, with the way from their model to the work order.
RULES = {
    "rule_request_technician": "",
    "rule_task_technician": "maintenance_request_id.",
    "rule_labor_technician": "maintenance_request_id.",
    "rule_request_phase_technician": "maintenance_request_id.",
    "rule_requisition_technician_read": "line_ids.maintenance_request_id.",
    "rule_requisition_line_technician_read": "maintenance_request_id.",
    "rule_requisition_log_technician": "requisition_id.line_ids.maintenance_request_id.",
    "rule_decision_technician": "requisition_id.line_ids.maintenance_request_id.",
}

SHIPPED = (
    "'|', ('PATH.maintenance_crew_ids', 'in', user.partner_id.ids), '|', ('PATH.user_id', '=', user.id), "
    "'|', ('PATH.maintenance_team_id.member_ids', '=', False), ('PATH.maintenance_team_id.member_ids', 'in', user.ids)"
)
#: The same, of which PostgreSQL reads the crews once and not for each work order.
OF_TEAMS = "('PATH.maintenance_is_for_my_teams', '=', True)"


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, path in RULES.items():
        rule = env.ref(f"keepwisely_maintenance.{name}", raise_if_not_found=False)
        old, new = SHIPPED.replace("PATH.", path), OF_TEAMS.replace("PATH.", path)
        # also one that the company has changed
        if not rule or new in rule.domain_force or not rule.domain_force.startswith("["):
            continue
        if "maintenance_crew_ids" not in rule.domain_force:
            crew = f"('{path}maintenance_crew_ids', 'in', user.partner_id.ids)"
            rule.domain_force = f"['|', {crew}, {rule.domain_force[1:]}"
        rule.domain_force = rule.domain_force.replace(old, new)
    _move_rates(cr)
    planned = env.ref("maintenance.mail_act_maintenance_request", raise_if_not_found=False)
    if planned:
        env["mail.activity"].search([("activity_type_id", "=", planned.id), ("automated", "=", True)]).unlink()
    env.invalidate_all()


def _move_rates(cr):
    """Rates of technicians go to their contacts; the old column and its index go, which leaving would not find."""
    if not column_exists(cr, "res_users", "maintenance_hourly_cost"):
        return
    cr.execute(
        SQL(
            """
            UPDATE res_partner person SET maintenance_hourly_cost = users.maintenance_hourly_cost
              FROM res_users users
             WHERE users.partner_id = person.id AND person.maintenance_hourly_cost IS NULL
               AND users.maintenance_hourly_cost IS NOT NULL
            """
        )
    )
    cr.execute(SQL("ALTER TABLE res_users DROP COLUMN maintenance_hourly_cost"))
