"""Count the SQL queries of the requisition path in a batch: create to approved, order, confirm, receive.

Run it with ``make db DB=bench && make shell DB=bench < bench/requisition_queries.py``. It prints queries
per requisition of three lines, for 200 requisitions spread over 20 vendors, and rolls everything back.
"""

import time

from odoo.fields import Command

REQUISITIONS, VENDORS, LINES = 200, 20, 3
LIMITS = {"create to approved": 40, "order": 30, "confirm": 15, "receive": 45}


def new_user(login, *groups):
    return env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": login,
            "login": f"bench_{login}",
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
        }
    )


def measure(label, function, *args):
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.monotonic()
    result = function(*args)
    env.flush_all()
    env.cr.precommit.run()
    per_requisition = (env.cr.sql_log_count - queries) / REQUISITIONS
    limit = LIMITS[label]
    verdict = "ok" if per_requisition <= limit else "TOO MANY"
    seconds = time.monotonic() - started
    print(f"{label:20} {per_requisition:6.1f} queries each (limit {limit}) {verdict}   {seconds:.1f} s in all")
    return result


technician = new_user("technician", "keepwisely_maintenance.group_maintenance_technician")
approver = new_user("approver", "purchase.group_purchase_manager")
buyer = new_user("buyer", "purchase.group_purchase_user")
storekeeper = new_user("storekeeper", "stock.group_stock_user")
vendors = env["res.partner"].create([{"name": f"Bench vendor {n}"} for n in range(VENDORS)])
products = env["product.product"].create(
    [
        {
            "name": f"Bench part {vendor.name} {n}",
            "is_storable": True,
            "is_spare_part": True,
            "seller_ids": [Command.create({"partner_id": vendor.id, "price": 200.0, "delay": 2})],
        }
        for vendor in vendors
        for n in range(LINES)
    ]
)
by_vendor = {vendor: products[n * LINES : (n + 1) * LINES] for n, vendor in enumerate(vendors)}


def create_to_approved():
    requisitions = env["maintenance.requisition"].with_user(technician).create(
        [
            {
                "line_ids": [
                    Command.create({"product_id": product.id, "product_qty": 1.0})
                    for product in by_vendor[vendors[n % VENDORS]]
                ]
            }
            for n in range(REQUISITIONS)
        ]
    )
    requisitions.action_submit()
    requisitions.with_user(approver).action_approve()
    return requisitions


def receive(orders):
    pickings = orders.with_user(storekeeper).sudo(False).picking_ids
    pickings.button_validate()


requisitions = measure("create to approved", create_to_approved)
assert set(requisitions.mapped("state")) == {"approved"}, set(requisitions.mapped("state"))
bought = requisitions.with_user(buyer)
measure("order", bought.action_order)
orders = bought.purchase_order_ids
assert len(orders.order_line) == REQUISITIONS * LINES
measure("confirm", orders.button_confirm)
measure("receive", receive, orders)
assert set(requisitions.mapped("state")) == {"done"}
print(f"{len(orders)} orders with {len(orders.order_line)} lines")
env.cr.rollback()
