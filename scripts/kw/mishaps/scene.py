# Fed to Odoo's shell, which provides env: a plant that has worked for a while, something to do for each scheduled action, and
# what is clicked when things happen. Prints where it is as JSON.
import datetime
import json

from odoo import fields
from odoo.fields import Command

from odoo.addons.keepwisely_maintenance.tests.house.random_plant import RandomPlant

STEPS = 150
now = fields.Datetime.now()
ago = lambda **span: fields.Datetime.subtract(now, **span)  # noqa: E731
# what people left is waited for by nobody: only what is triggered here runs
env["ir.cron"].search([]).nextcall = fields.Datetime.add(now, years=1)  # noqa: F821
plant = RandomPlant(env, 3)  # noqa: F821
plant.run(STEPS, check_every=STEPS)
env = plant.env
company, asset, technician = plant.company, plant.assets[0], plant.technician
company.write({"approval_reminder_days": 1, "order_review": True, "order_lock_days": 2})
belt = plant.products.filtered(lambda product: product.name == "Belt")


def product(on_hand=0, price=7):
    new = belt.copy({"name": "Belt", "route_ids": [Command.clear()]})
    new.seller_ids = [Command.create({"partner_id": plant.vendors[0].id, "price": price, "delay": 3})]
    if on_hand:
        plant._put_in_stock(new, plant.stock, on_hand)
    return new


def job(quantity, on_hand=0, price=7, ask=True, **values):
    """A work order of the technician with one part."""
    request = env["maintenance.request"].with_user(plant.planner).create(
        {"name": "Squeals", "equipment_id": asset.id, "user_id": technician.id, **values}
    )
    request.action_approve()
    request.action_assign()
    env["stock.move"].with_user(technician).create(
        {"maintenance_request_id": request.id, "product_id": product(on_hand, price).id, "product_uom_qty": quantity}
    )
    if ask:
        request.action_request_parts(offer=False)
    return request.with_env(env)


def ordered(quantity=5):
    requisition = job(quantity).requisition_ids.with_user(plant.buyer)
    requisition.action_order()
    requisition.purchase_order_ids.button_confirm()
    return requisition.with_env(env).purchase_order_ids


def receive(order):
    picking = order.picking_ids.filtered(lambda picking: picking.state != "done").with_user(plant.storekeeper)
    while picking:
        picking.button_validate()
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))


world = {}
# -- Clicks
world["receipt"] = ordered().picking_ids.filtered(lambda picking: picking.state == "assigned").ids
world["release"] = job(4).requisition_ids.ids
world["decision"] = job(100).requisition_ids.ids
done = job(2, on_hand=2, ask=False)
done.with_user(technician).action_start()
env["maintenance.labor"].with_user(technician).create({"maintenance_request_id": done.id, "hours": 1.5})
world["completion"] = done.ids
store = job(3, on_hand=3, ask=False)
world["hand_out"] = store.part_ids.move_line_ids.ids
world["photo"] = store.ids
meter = env["maintenance.meter"].create({"name": "Heat", "code": "HEAT", "equipment_id": asset.id, "kind": "gauge"})
env["maintenance.meter.rule"].create({"meter_id": meter.id, "threshold": 80})
in_a_year = now + datetime.timedelta(days=90)
world["key"] = env["res.users.apikeys"].with_user(plant.planner).sudo()._generate(None, "gateway", in_a_year)
world["team"], world["asset"] = plant.team.name, asset.name
floor, other = job(2, on_hand=5, ask=False), job(1, on_hand=1, ask=False)
tasks = env["maintenance.task"].create([{"maintenance_request_id": floor.id, "name": f"Step {n}"} for n in range(3)])
counter = env["maintenance.meter"].create({"name": "Hours", "code": "HOURS", "equipment_id": asset.id, "kind": "counter"})
world["phone"] = {
    "job": floor.id, "other": other.id, "asset": asset.id, "tasks": tasks.ids, "part": floor.part_ids.id,
    "product": product().id, "meter": counter.id,
}  # fmt: skip
env.flush_all()
# asked for in the morning; what phones say was done since
env.cr.execute("UPDATE maintenance_request SET create_date = %s WHERE id IN %s", [ago(hours=9), (floor | other)._ids])
env.invalidate_all()

# -- Scheduled actions: something to do for each
orders = [ordered(2), ordered(3)]
for order in orders:
    receive(order)
    bill = env["account.move"].browse(order.with_user(plant.finance).action_create_invoice()["res_id"])
    bill.invoice_date = ago(days=5).date()
    bill.with_user(plant.finance).action_post()
    env.flush_all()
    env.cr.execute("UPDATE stock_move SET date = %s WHERE id IN %s", [ago(days=5), order.picking_ids.move_ids._ids])
    env.cr.execute("UPDATE stock_picking SET date_done = %s WHERE id IN %s", [ago(days=5), order.picking_ids._ids])
    env.cr.execute("UPDATE purchase_order SET date_approve = %s WHERE id = %s", [ago(days=9), order.id])
late = ordered(6)
late.order_line.date_planned = ago(days=20)
late.picking_ids.move_ids.filtered(lambda move: move.state != "done").date = ago(days=20)
for worker in (technician, plant.colleague):
    running = job(1, on_hand=1, ask=False, user_id=worker.id)
    running.with_user(worker).action_timer_start()
    running.labor_ids.filtered("is_running").sudo().timer_start = ago(days=1)
schedule = env["maintenance.schedule"].with_user(plant.planner).create(
    {
        "name": "Grease the bearings", "equipment_ids": [Command.set(plant.assets.ids)], "next_date": ago(days=1).date(),
        "interval": 1, "interval_unit": "month",
        "part_ids": [Command.create({"product_id": product(1).id, "product_uom_qty": 2})],
    }
)  # fmt: skip
for _number in range(2):
    emergency = job(100, priority="3").requisition_ids
    emergency.with_user(plant.planner).action_order_emergency("The line stands")
    emergency.sudo().date_emergency_reminder = ago(days=8)
env["maintenance.requisition"].search([("state", "=", "to_approve")]).date_waiting = ago(days=4)
tomorrow = fields.Date.today() + datetime.timedelta(days=1)
for approver, delegate in ((plant.procurement, plant.buyer), (plant.finance, plant.storekeeper)):
    env["maintenance.approval.delegation"].with_user(approver).create(
        {"delegate_id": delegate.id, "date_from": tomorrow, "date_to": tomorrow + datetime.timedelta(days=9)}
    )
plant.procurement.notification_type = "email"
env.flush_all()
env.cr.execute("UPDATE maintenance_approval_delegation SET date_from = date_from - 1")
# what only a price list promises moves on day by day
env.cr.execute(
    "UPDATE maintenance_requisition_line line SET date_expected = date_expected - 3 WHERE is_open"
    " AND NOT EXISTS (SELECT 1 FROM purchase_order_line WHERE requisition_line_id = line.id)"
)
env.cr.execute("DELETE FROM ir_cron_trigger")
env.invalidate_all()
ours = env["ir.model.data"].search([("module", "=", "keepwisely_maintenance"), ("model", "=", "ir.cron")])
world["crons"] = {row.name.removeprefix("ir_cron_"): row.res_id for row in ours.sorted("name")}
world["crons"]["stock"] = env.ref("stock.ir_cron_scheduler_action").id
world["mails"] = env.ref("mail.ir_cron_mail_scheduler_action").id
plant.save()
env.cr.commit()
print("scene:" + json.dumps(world))
