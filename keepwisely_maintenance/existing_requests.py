"""What the installation says about requests from before the module: there may be very many, so it is said in few statements.

What is written here is what the fields would compute of such a request, which has no parts, no schedule and no stamps.
"""

from odoo.tools import SQL
from odoo.tools.sql import create_column, table_columns

TABLE = "maintenance_request"
#: Columns that are the same for all of them: type and value.
SAME = {
    "analytic_distribution": ("jsonb", None),
    "state": ("varchar", None),  # follows once the stages are understood
    "waiting_for": ("varchar", None),
    "phase": ("varchar", None),
    "maintenance_asset_names": ("varchar", None),
    "maintenance_is_answer_due": ("bool", False),  # nobody is asked about it
    "parts_state": ("varchar", "none"),
    "parts_ready_date": ("date", None),
    "schedule_tolerance": ("int4", 0),
    "schedule_latest_date": ("date", None),
    "is_done_in_time": ("bool", False),
    "is_done_as_planned": ("bool", False),
    "reported_via": ("varchar", "odoo"),
    "reported_status": ("varchar", "running"),
}
#: Fields that follow from the stage alone.
BY_STAGE = ("state", "waiting_for", "phase")


def pre_init_hook(env):
    """Make the columns of requests and fill them, before Odoo makes them and computes each of their values by itself."""
    known = table_columns(env.cr, TABLE)
    for name, (kind, value) in SAME.items():
        if name in known:
            continue
        if value is None:
            create_column(env.cr, TABLE, name, kind)
            continue
        # with a default no row is rewritten; the default is for these rows only
        column = SQL("ALTER TABLE %s", SQL.identifier(TABLE)), SQL.identifier(name)
        env.cr.execute(SQL("%s ADD COLUMN %s %s DEFAULT %s", *column, SQL(kind), value))
        env.cr.execute(SQL("%s ALTER COLUMN %s DROP DEFAULT", *column))
    if not {"maintenance_person_id", "warehouse_id"} & known.keys():
        _fill_people_and_warehouses(env)


def _fill_people_and_warehouses(env):
    """Work stays with whoever has it, whether they may still do it or not, in the asset's warehouse or its company's first."""
    for name in ("maintenance_person_id", "warehouse_id"):
        create_column(env.cr, TABLE, name, "int4")
    env.cr.execute(
        SQL(
            """
            UPDATE maintenance_request request
               SET maintenance_person_id = technician.partner_id,
                   warehouse_id = COALESCE(own.id, first.id)
              FROM maintenance_request filled
              LEFT JOIN res_users technician ON technician.id = filled.user_id
              LEFT JOIN maintenance_equipment asset ON asset.id = filled.equipment_id
              LEFT JOIN stock_location place ON place.id = asset.location_id
              LEFT JOIN stock_warehouse own ON own.id = place.warehouse_id AND own.company_id = filled.company_id
              LEFT JOIN (
                    SELECT DISTINCT ON (company_id) company_id, id
                      FROM stock_warehouse WHERE active ORDER BY company_id, sequence, id
                   ) first ON first.company_id = filled.company_id
             WHERE filled.id = request.id
            """
        )
    )


def follow_stages(env):
    """Requests take what their stage says in one statement for each stage, not one after the other."""
    requests = env["maintenance.request"]
    for stage in env["maintenance.stage"].search([("state", "!=", False)]):
        sample = requests.new({"stage_id": stage.id})
        taken = env.execute_query(
            SQL(
                "UPDATE maintenance_request SET %s WHERE stage_id = %s AND state IS NULL RETURNING id",
                SQL(", ").join(SQL("%s = %s", SQL.identifier(name), sample[name] or None) for name in BY_STAGE),
                stage.id,
            )
        )
        taken = requests.browse(id_ for (id_,) in taken)
        for name in (*BY_STAGE, "maintenance_is_answer_due"):
            env.remove_to_compute(requests._fields[name], taken)
    requests.invalidate_model([*BY_STAGE, "maintenance_is_answer_due"], flush=False)
