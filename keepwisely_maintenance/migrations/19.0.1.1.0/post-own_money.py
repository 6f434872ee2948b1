"""Nobody decides on their own money: whose values stand on what is asked for is taken from the history."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

SHIPPED = "('requisition_id.requester_id', '!=', user.id), ('requisition_id.emergency_user_id', '!=', user.id), "
NOBODY = (
    "'|', ('company_id.maintenance_allow_own_decisions', '=', True), ('requisition_id.author_ids', 'not in', user.ids), "
)

#: What the history calls a change, by the author that it makes.
KINDS = {
    "item_author_id": "item",
    "quantity_author_id": "quantity",
    "vendor_author_id": "vendor",
    "price_author_id": "price",
    "new_price_author_id": "price_asked",
}


def migrate(cr, _version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("keepwisely_maintenance.rule_decision_create", raise_if_not_found=False)
    if rule:  # also one that the company has changed, as far as it still stands there
        rule.domain_force = rule.domain_force.replace(SHIPPED, NOBODY)
    for author, kind in KINDS.items():
        kinds = [kind] if kind == "price_asked" else [kind, "line_added"]
        cr.execute(
            SQL(
                """
                UPDATE maintenance_requisition_line line SET %(author)s = latest.user_id
                  FROM (SELECT DISTINCT ON (line_id) line_id, user_id FROM maintenance_requisition_log
                         WHERE kind = ANY(%(kinds)s) AND line_id IS NOT NULL ORDER BY line_id, id DESC) latest
                 WHERE latest.line_id = line.id AND line.%(author)s IS NULL AND latest.user_id != %(root)s
                   AND (%(kind)s != 'price_asked' OR line.new_price_unit != 0)
                """,
                author=SQL.identifier(author),
                kinds=kinds,
                kind=kind,
                root=SUPERUSER_ID,
            )
        )
    env.invalidate_all()
