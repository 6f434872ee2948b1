"""Beside Employees: assets of departments are for everybody again, and reports get back who made them."""

from odoo import SUPERUSER_ID, api

from odoo.addons.keepwisely_maintenance.hooks import _name_reporters

SHIPPED = "[('owner_user_id', '=', False)]"


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _name_reporters(env)
    rule = env.ref("keepwisely_maintenance.rule_equipment_reader", raise_if_not_found=False)
    if rule and rule.domain_force == SHIPPED:  # not one that the company has changed
        rule.domain_force = (
            "['|', ('owner_user_id', '=', False), ('equipment_assign_to', '!=', 'employee')] "
            f"if 'equipment_assign_to' in user.env['maintenance.equipment'] else {SHIPPED}"
        )
