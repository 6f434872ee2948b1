# Fed to Odoo's shell, which provides env: people of every role with an API key each, an asset, parts with a vendor.
import datetime
import json

from odoo.fields import Command

ROLES = {
    "operator": "base.group_user",
    "technician": "keepwisely_maintenance.group_maintenance_technician",
    "planner": "maintenance.group_equipment_manager",
    "buyer": "purchase.group_purchase_user",
    "storekeeper": "stock.group_stock_user",
    "procurement": "purchase.group_purchase_manager",
    "finance": "account.group_account_manager",
}
in_an_hour = datetime.datetime.now() + datetime.timedelta(hours=1)
env = env(context=dict(env.context, no_reset_password=True))  # noqa: F821
ours = "is_spare_part" in env["product.product"]
if not ours:
    del ROLES["technician"]
world = {"people": {"admin": {"login": "admin", "password": "admin"}}}
users = {"admin": env.ref("base.user_admin")}
for role, group in ROLES.items():
    login = f"beside_{role}"
    users[role] = env["res.users"].create({
        "name": role.title(), "login": login, "password": login, "email": f"{login}@example.com",
        "group_ids": [Command.link(env.ref(group).id)],
    })
    world["people"][role] = {"login": login, "password": login}
if "hr.employee" in env:  # the operator who reports in the story has to be nobody's employee
    assert not env["hr.employee"].search_count([("user_id", "=", users["operator"].id)])
for role, user in users.items():
    world["people"][role]["key"] = env["res.users.apikeys"].with_user(user).sudo()._generate(None, "beside", in_an_hour)
team = env["maintenance.team"].create({"name": "Beside mechanics"})
if ours:
    users["technician"].maintenance_hourly_cost = 40.0
    team.member_ids = users["technician"]
asset = env["maintenance.equipment"].create({"name": "Beside conveyor", "maintenance_team_id": team.id})
vendor = env["res.partner"].create({"name": "Beside bearings"})
part = env["product.product"].create({
    "name": "Beside bearing 6204", "is_storable": True, "standard_price": 800.0,
    "seller_ids": [Command.create({"partner_id": vendor.id, "price": 800.0, "delay": 3})],
})
if ours:
    part.is_spare_part = True
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["stock.quant"]._update_available_quantity(part, warehouse.lot_stock_id, 1)
env.cr.commit()
print("beside:" + json.dumps(world | {"asset": asset.id, "part": part.id, "vendor": vendor.id}))
