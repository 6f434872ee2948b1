"""One word for one thing: names of Odoo's that nobody has changed become ours; open reports that said so are unsafe."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.keepwisely_maintenance import native_names


def migrate(cr, _version):
    cr.execute(
        SQL(
            """
            UPDATE maintenance_request SET maintenance_is_unsafe = TRUE
             WHERE reported_via IN ('scan', 'scan_public') AND state NOT IN ('completed', 'closed', 'cancelled')
               AND description LIKE '%%<b>It is unsafe.</b>%%'
            """
        )
    )
    native_names.take(api.Environment(cr, SUPERUSER_ID, {}))
