"""Count the SQL queries of the scheduler on 2,000 reorder points below their minimum.

Run it with ``make db DB=bench && make shell DB=bench < bench/orderpoint_queries.py``. It runs the whole
native scheduler (`stock.rule.run_scheduler`) once on products that are not spare parts, for which Odoo
writes requests for quotation, and once on spare parts, which are held as requisitions; then again, when
there is nothing left to do. It prints queries per reorder point and rolls everything back. Odoo without
this module takes 9.2 and 1.05; here a run looks for the same rules once.
"""

import time

from odoo.fields import Command

REORDER_POINTS, VENDORS = 2000, 20
LIMITS = {"hold": 5.0, "rerun": 1.1}


def measure(label, function, *args):
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.monotonic()
    function(*args)
    env.flush_all()
    env.cr.precommit.run()
    each = (env.cr.sql_log_count - queries) / REORDER_POINTS
    limit = LIMITS.get(label.split()[-1])
    verdict = "" if limit is None else f"(limit {limit}) {'ok' if each <= limit else 'TOO MANY'}"
    print(f"{label:24} {each:6.2f} queries each {verdict}   {time.monotonic() - started:.1f} s in all")
    return each


def create_reorder_points(prefix, is_spare_part):
    """Reorder points from 2 to 10 of as many products without stock, spread evenly over the vendors."""
    vendors = env["res.partner"].create([{"name": f"{prefix} vendor {n}"} for n in range(VENDORS)])
    products = env["product.product"].create(
        [
            {
                "name": f"{prefix} {n}",
                "is_storable": True,
                "is_spare_part": is_spare_part,
                "seller_ids": [
                    Command.create({"partner_id": vendors[n % VENDORS].id, "price": 1.0 + n % 7, "delay": 2 + n % 5})
                ],
            }
            for n in range(REORDER_POINTS)
        ]
    )
    return env["stock.warehouse.orderpoint"].create(
        [{"product_id": product.id, "product_min_qty": 2, "product_max_qty": 10} for product in products]
    )


def scheduler():
    env["stock.rule"].run_scheduler()


# nothing else is measured along
env["stock.warehouse.orderpoint"].search([]).active = False

native = create_reorder_points("Paper", is_spare_part=False)
order = measure("native: order", scheduler)
measure("native: nothing to do", scheduler)
bought = env["purchase.order.line"].search([("orderpoint_id", "in", native.ids)])
assert len(bought) == REORDER_POINTS
native.active = False

held = create_reorder_points("Part", is_spare_part=True)
hold = measure("spare parts: hold", scheduler)
lines = env["maintenance.requisition.line"].search([("orderpoint_id", "in", held.ids)])
assert len(lines) == REORDER_POINTS and set(lines.mapped("product_qty")) == {10.0}
assert len(lines.orderpoint_id) == REORDER_POINTS
measure("spare parts: rerun", scheduler)
assert lines == env["maintenance.requisition.line"].search([("orderpoint_id", "in", held.ids)])
print(f"{len(lines.requisition_id)} requisitions; holding takes {hold / order:.0%} of the queries of ordering")
env.cr.rollback()
