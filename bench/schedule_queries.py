"""Count the SQL queries of 1,000 schedules that are due on one day, in one run of the scheduled action.

Run it with ``make db DB=bench && make shell DB=bench < bench/schedule_queries.py``. The limit is 8 queries for each
work order. Everything is rolled back.
"""

import time
from unittest.mock import patch

from odoo import Command, fields

LIMIT, SCHEDULES = 8, 1000
#: Reserving a part takes native code 8 more.

planner = env["res.users"].with_context(no_reset_password=True).create(
    {"name": "planner", "login": "bench_planner", "group_ids": [Command.set([env.ref("maintenance.group_equipment_manager").id])]}
)
part = env["product.product"].create({"name": "Bench filter", "is_storable": True, "is_spare_part": True, "standard_price": 5.0})
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["stock.quant"]._update_available_quantity(part, warehouse.lot_stock_id, 10000)
assets = env["maintenance.equipment"].create([{"name": f"Bench asset {n}"} for n in range(SCHEDULES)])


def measure(label, values, limit=LIMIT):
    """One run for 1,000 schedules, each for an asset of its own, with two tasks."""
    tasks = [Command.create({"name": name, "is_mandatory": True}) for name in ("Lock out", "Grease")]
    schedules = env["maintenance.schedule"].with_user(planner).create(
        [
            {
                "name": f"Bench {n}",
                "equipment_ids": [Command.set(asset.ids)],
                "next_date": fields.Date.today(),
                "task_ids": tasks,
                **values,
            }
            for n, asset in enumerate(assets)
        ]
    )
    env.flush_all()
    # messages of what was changed above
    env.cr.precommit.run()
    env.invalidate_all()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    # the scheduled action commits after each batch
    with patch.object(type(env.cr), "commit", lambda cursor: env.flush_all()):
        env["maintenance.schedule"]._cron_generate()
    seconds, count = time.perf_counter() - begin, (env.cr.sql_log_count - queries) / SCHEDULES
    made = len(schedules.request_ids)
    verdict = "ok" if count <= limit and made == SCHEDULES else "TOO MANY"
    print(f"{label:34} {made} work orders, {count:.1f} queries each (limit {limit}), {seconds:.1f} s {verdict}")
    queries = env.cr.sql_log_count
    with patch.object(type(env.cr), "commit", lambda cursor: env.flush_all()):
        env["maintenance.schedule"]._cron_generate()
    more, count = len(schedules.request_ids) - made, env.cr.sql_log_count - queries
    print(f"{'  again, with nothing due':34} {more} work orders, {count} queries")
    schedules.active = False
    env.flush_all()


measure("to be approved", {})
measure("approved beforehand", {"is_pre_approved": True})
measure("approved, technician", {"is_pre_approved": True, "user_id": planner.id})
with_part = {"is_pre_approved": True, "part_ids": [Command.create({"product_id": part.id})]}
measure("approved, a part from the shelf", with_part, limit=LIMIT * 2)
env.cr.rollback()
