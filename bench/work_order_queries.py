"""Count the SQL queries of one work order with three parts: confirm, reserve, done.

Run it with ``make db DB=bench && make shell DB=bench < bench/work_order_queries.py``. The limits are what a
native repair order with three parts takes; the aim is half of them. Everything is rolled back.
"""

from odoo.fields import Command

LIMITS = {"confirm": 50, "reserve": 54, "done": 72}


def measure(label, function):
    env.flush_all()
    env.invalidate_all()
    queries = env.cr.sql_log_count
    function()
    env.flush_all()
    count = env.cr.sql_log_count - queries
    verdict = "ok" if count <= LIMITS[label] else "TOO MANY"
    print(f"{label:8} {count:4} queries (limit {LIMITS[label]}, aim {LIMITS[label] // 2}) {verdict}")


planner, technician = (
    env["res.users"].with_context(no_reset_password=True).create(
        {"name": login, "login": f"bench_{login}", "group_ids": [Command.set([env.ref(group).id])]}
    )
    for login, group in (
        ("planner", "maintenance.group_equipment_manager"),
        ("technician", "keepwisely_maintenance.group_maintenance_technician"),
    )
)
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
products = env["product.product"].create(
    [{"name": f"Bench part {n}", "is_storable": True, "is_spare_part": True, "standard_price": 5.0} for n in range(3)]
)
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 100)
asset = env["maintenance.equipment"].create({"name": "Bench asset"})


def new_work_order():
    return env["maintenance.request"].with_user(planner).create(
        {
            "name": "Bench",
            "equipment_id": asset.id,
            "user_id": technician.id,
            "part_ids": [Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products],
        }
    )


# caches that a running server has
warm = new_work_order()
warm.action_approve()
warm.with_user(technician).action_start()
warm.with_user(technician).action_complete()

request = new_work_order()
reserve = env["stock.move"]._action_assign.__func__
type(env["stock.move"])._action_assign = lambda self, force_qty=False: None  # what approving confirms, without reserving
measure("confirm", request.action_approve)
del type(env["stock.move"])._action_assign
measure("reserve", lambda: request.sudo().part_ids._action_assign())
assert request.parts_state == "ready", request.parts_state
request.with_user(technician).action_start()
env.flush_all()
measure("done", request.with_user(technician).action_complete)
assert request.parts_state == "consumed", request.parts_state

both = new_work_order()
LIMITS["both"] = LIMITS["confirm"] + LIMITS["reserve"]
measure("both", both.action_approve)
env.cr.rollback()
