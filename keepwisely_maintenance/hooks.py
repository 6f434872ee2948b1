"""Set-up on databases that already have years of maintenance in them, and the way out."""

from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.convert import convert_file
from odoo.tools.sql import make_index_name

from . import existing_requests, native_names
from .context import BY_SYSTEM

MODULE = "keepwisely_maintenance"

#: Stages made where the board has none of the state, with the name shown.
NEW_STAGES = (
    ("requested", "Requested", False),
    ("approved", "Approved", False),
    ("assigned", "Assigned", False),
    ("waiting_parts", "Waiting for parts", False),
    ("in_progress", "In progress", False),
    ("completed", "Completed", False),
    ("closed", "Closed", True),
    ("cancelled", "Cancelled", True),
)
ORDER = [state for state, _name, _fold in NEW_STAGES]


def set_up(env):
    """Called from the module's data, before demo data, on installation only."""
    env["maintenance.stage"]._maintenance_understand_all()
    existing_requests.follow_stages(env)
    _create_missing_stages(env)
    native_names.take(env)
    env["maintenance.stage"]._maintenance_ask_what_they_are()
    _number_existing_requests(env)
    number_existing_assets(env)
    _name_reporters(env)
    _create_warehouse_data(env)
    env["res.company"].search([])._create_default_tiers()
    # not when somebody installs again what is installed: that would forget what was written since
    if env["ir.module.module"].search([("name", "=", MODULE)]).state == "to install":
        # Odoo has committed since it read stages that had no state yet
        env["maintenance.request.phase"]._begin_anew()


def _create_missing_stages(env):
    """Add a stage for each state that has none, without changing the order of the others."""
    stages = env["maintenance.stage"].search([])
    board = list(stages)
    for state, name, fold in NEW_STAGES:
        if any(stage.state == state for stage in board):
            continue
        stage = env["maintenance.stage"].create({"name": name, "state": state, "fold": fold})
        env["ir.model.data"].create(
            {
                "module": MODULE,
                "name": f"stage_{state}",
                "model": stage._name,
                "res_id": stage.id,
                "noupdate": True,
            }
        )
        after = [
            index
            for index, other in enumerate(board)
            if other.state and ORDER.index(other.state) < ORDER.index(state)
        ]
        board.insert(after[-1] + 1 if after else 0, stage)
    for sequence, stage in enumerate(board, start=1):
        stage.sequence = sequence * 10


def _number_existing_requests(env):
    _number_existing(env, "maintenance.request", "reference", "WO/", "sequence_work_order")


def number_existing_assets(env):
    _number_existing(env, "maintenance.equipment", "maintenance_number", "A", "sequence_asset")


def _number_existing(env, model, field, prefix, sequence):
    """Give a number to records from before the module, oldest first, per company.

    In SQL: there may be very many, and nothing else of them changes.
    """
    env[model].flush_model()
    numbered = env.execute_query(
        SQL(
            """
            WITH numbered AS (
                SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM %(table)s WHERE %(column)s IS NULL
            )
            UPDATE %(table)s record
               SET %(column)s = %(prefix)s || LPAD(numbered.number::text, GREATEST(5, LENGTH(numbered.number::text)), '0')
              FROM numbered WHERE numbered.id = record.id
         RETURNING numbered.number
            """,
            table=SQL.identifier(env[model]._table),
            column=SQL.identifier(field),
            prefix=prefix,
        )
    )
    used = max((number for (number,) in numbered), default=0)
    sequence = env.ref(f"{MODULE}.{sequence}")
    if used >= sequence.number_next_actual:
        sequence.number_next_actual = used + 1
    env[model].invalidate_model([field])


def _name_reporters(env):
    """Say who reported where hr_maintenance did not: it names only the employee unless the asset is an employee's.

    In SQL: there may be very many, and who reported follows them already.
    """
    if "hr_maintenance" not in env.registry._init_modules:
        return
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            UPDATE maintenance_request request SET owner_user_id = employee.user_id
              FROM hr_employee employee
             WHERE employee.id = request.employee_id AND request.owner_user_id IS NULL AND employee.user_id IS NOT NULL
            """
        )
    )
    env["maintenance.request"].invalidate_model(["owner_user_id"])


def _create_warehouse_data(env):
    """Warehouses from before the module get their operation type."""
    for warehouse in env["stock.warehouse"].search([("maintenance_type_id", "=", False)]):
        values = warehouse._create_or_update_sequences_and_picking_types()
        if values:
            warehouse.write(values)


def uninstall_hook(env):
    """Leave a database that works: documents stay, what they point to stays with them."""
    scrap_gave_way = native_names.scrap_gave_way(env)
    env["mail.notification"].search([("maintenance_is_unwritten", "=", True)])._maintenance_write()
    _release_stages(env)
    _restore_native_screens(env)
    native_names.put_back(env, scrap_gave_way)  # translations come last: they belong to native words
    _release_operation_types(env)
    _release_locations(env)
    _release_to_dos(env)
    _keep_users(env)
    _date_assets(env)
    _count_work_orders(env)
    _drop_indexes(env)
    _let_documents_stay(env)
    forget_foreign_keys(env)
    env["maintenance.requisition.log"]._drop_guard()
    env["maintenance.trace"]._drop_view()
    env["maintenance.part.demand"]._drop_view()


def _release_stages(env):
    """Stages that hold work orders become ordinary stages of the company; the others go now, while they are whole."""
    data = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "maintenance.stage")])
    used = env["maintenance.request"].with_context(active_test=False)._read_group(
        [("stage_id", "in", data.mapped("res_id"))], ["stage_id"]
    )
    used_ids = {stage.id for (stage,) in used}
    data.filtered(lambda row: row.res_id in used_ids).unlink()
    env["maintenance.stage"].browse(data.exists().mapped("res_id")).exists().unlink()


def _release_operation_types(env):
    """Open parts are given back. Types that were used turn into archived internal ones; their
    code goes with the module, and other documents require them."""
    moves = env["stock.move"].search(
        [("maintenance_request_id", "!=", False), ("state", "not in", ("done", "cancel"))]
    )
    # nobody is told that parts are missing or here: those who would be told lose what tells them
    moves.with_context(maintenance_parts_settling=BY_SYSTEM)._action_cancel()
    types = env["stock.picking.type"].with_context(active_test=False).search(
        [("code", "=", "maintenance_operation")]
    )
    env["stock.warehouse"].with_context(active_test=False).search(
        [("maintenance_type_id", "in", types.ids)]
    ).write({"maintenance_type_id": False})
    used = env["stock.move"]._read_group([("picking_type_id", "in", types.ids)], ["picking_type_id"])
    used_types = types.browse(picking_type.id for (picking_type,) in used)
    used_types.write({"code": "internal", "active": False})
    sequences = (types - used_types).sequence_id
    (types - used_types).unlink()
    sequences.unlink()


def _release_locations(env):
    """The Maintenance locations stay when moves point to them, archived: nobody takes them for those of Manufacturing.

    Those with an account come back, as archived ones are left out when the value of stock is closed.
    """
    locations = env["stock.location"].with_context(active_test=False).search([("is_maintenance", "=", True)])
    used = env["stock.move"]._read_group([("location_dest_id", "in", locations.ids)], ["location_dest_id"])
    used_ids = {location.id for (location,) in used}
    used_locations = locations.filtered(lambda location: location.id in used_ids)
    (locations - used_locations).unlink()
    used_locations.is_maintenance = False
    used_locations.filtered("valuation_account_id").active = True


def _restore_native_screens(env):
    """Native menus and actions that were renamed or moved get back what their own files say."""
    menus = env["ir.model.data"].search([("module", "=", "maintenance"), ("model", "=", "ir.ui.menu")])
    menus = env["ir.ui.menu"].browse(menus.mapped("res_id")).exists()
    # what the files leave out is what a new menu has
    menus.write({"group_ids": [Command.clear()], **menus.default_get(["sequence"])})
    for name in ("maintenance_views", "mail_activity_views", "res_config_settings_views"):
        convert_file(env, "maintenance", f"views/{name}.xml", {}, mode="update")


def _release_to_dos(env):
    """To-dos on what stays become ordinary ones, also those that are done; the others go with what they are about."""
    types = env["ir.model.data"].search([("module", "=", MODULE), ("model", "=", "mail.activity.type")])
    todos = env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", types.mapped("res_id"))]
    )
    going = todos.filtered(
        lambda todo: todo.res_model not in env.registry or env.registry[todo.res_model]._original_module == MODULE
    )
    going.unlink()
    (todos - going).activity_type_id = env.ref("mail.mail_activity_data_todo")


def _keep_users(env):
    """Who is a user only by being a technician stays one."""
    technicians = env.ref(f"{MODULE}.group_maintenance_technician").with_context(active_test=False).user_ids
    technicians.group_ids = [Command.link(env.ref("base.group_user").id)]


def _date_assets(env):
    """Odoo wants to know since when an asset is in use: by itself it takes the day on which it was entered."""
    env.flush_all()
    env.cr.execute(SQL("UPDATE maintenance_equipment SET effective_date = create_date::date WHERE effective_date IS NULL"))


def _count_work_orders(env):
    """Odoo keeps on assets how many work orders they have; the module counts them when somebody looks."""
    total, still_open = env["maintenance.equipment"]._maintenance_count_work_orders(Domain("equipment_id", "!=", False))
    env.flush_all()
    env.cr.execute("UPDATE maintenance_equipment SET maintenance_count = 0, maintenance_open_count = 0")
    for asset, count in total.items():
        env.cr.execute(
            SQL(
                "UPDATE maintenance_equipment SET maintenance_count = %s, maintenance_open_count = %s WHERE id = %s",
                count, still_open[asset], asset,
            )
        )


def _drop_indexes(env):
    """Odoo keeps the indexes of columns that stay."""
    for column in ("archive", "name", "priority", "user_id"):
        name = make_index_name("maintenance_request", column)
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))


def _let_documents_stay(env):
    """Work orders of the demo plant stay as those of a company do, and records of the module's models go with their tables.

    Odoo would try to delete each of them, and to halve the number until it knows which of them something points to.
    """
    own = [name for name, model in env.registry.items() if model._original_module == MODULE]
    env["ir.model.data"].search(
        [("module", "=", MODULE), ("model", "in", [*own, "maintenance.request", "stock.move", "purchase.order"])]
    ).unlink()


def forget_foreign_keys(env, module=MODULE):
    """Odoo drops them with their columns and keeps what it noted of them."""
    env.cr.execute(
        SQL(
            """
            DELETE FROM ir_model_constraint noted USING ir_module_module module
             WHERE module.id = noted.module AND module.name = %s AND noted.type = 'f'
            """,
            module,
        )
    )
