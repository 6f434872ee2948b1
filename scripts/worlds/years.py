# Fed to Odoo's shell: five years of native maintenance, and of what else is installed: employees with their equipment,
# agreements that are being called off, products made in house.
import datetime

from odoo.fields import Command

env = env(context=dict(env.context, no_reset_password=True))  # noqa: F821
now = datetime.datetime.now()
Asset, Request = env["maintenance.equipment"], env["maintenance.request"]
vendor = env["res.partner"].create({"name": "Vendor of many years"})
category = env["maintenance.equipment.category"].create({"name": "Presses of many years"})
employees = env["hr.employee"].create([{"name": f"Employee {n}"} for n in range(8)]) if "hr.employee" in env else ()
assets = Asset.create([{
    "name": f"Press {n}", "serial_no": f"S-{n}", "category_id": category.id, "partner_id": vendor.id,
    "effective_date": (now - datetime.timedelta(days=1800 - n)).date(),
    **({"equipment_assign_to": "employee", "employee_id": employees[n % len(employees)].id} if employees else {}),
} for n in range(40)])
stages = env["maintenance.stage"].search([])
for n in range(300):
    day = now - datetime.timedelta(days=6 * n)
    request = Request.create({
        "name": f"Job {n}", "equipment_id": assets[n % len(assets)].id, "request_date": day.date(),
        "schedule_date": day + datetime.timedelta(days=2), "stage_id": stages[n % len(stages)].id, "priority": str(n % 4),
        "maintenance_type": "preventive" if n % 3 == 0 else "corrective", "duration": n % 8,
    })
    if n % 30 == 0 and not request.stage_id.done:
        request.write(
            {"maintenance_type": "preventive", "recurring_maintenance": True, "repeat_interval": 3, "repeat_unit": "month"})
belt, oil = env["product.product"].create(
    [{"name": name, "is_storable": True, "standard_price": 40.0} for name in ("Belt of many years", "Oil of many years")])
for n in range(20):
    order = env["purchase.order"].create({
        "partner_id": vendor.id,
        "order_line": [Command.create({"product_id": belt.id, "product_qty": n + 1, "price_unit": 40.0})]})
    order.button_confirm()
    if n % 2:
        order.picking_ids.button_validate()
if "purchase.requisition" in env:
    agreement = env["purchase.requisition"].create({
        "vendor_id": vendor.id, "requisition_type": "blanket_order", "date_end": (now + datetime.timedelta(days=300)).date(),
        "line_ids": [Command.create({"product_id": oil.id, "product_qty": 500, "price_unit": 38.0})]})
    agreement.action_confirm()
    called = env["purchase.order"].create({"partner_id": vendor.id, "requisition_id": agreement.id, "order_line": [
        Command.create({"product_id": oil.id, "product_qty": 20, "price_unit": 38.0})]})
    called.button_confirm()
if "mrp.production" in env:
    gearbox = env["product.product"].create({"name": "Gearbox of many years", "is_storable": True})
    bom = env["mrp.bom"].create({
        "product_tmpl_id": gearbox.product_tmpl_id.id,
        "bom_line_ids": [Command.create({"product_id": belt.id, "product_qty": 2})]})
    for _number in range(3):
        production = env["mrp.production"].create({"product_id": gearbox.id, "product_qty": 1, "bom_id": bom.id})
        production.action_confirm()
env.cr.commit()
