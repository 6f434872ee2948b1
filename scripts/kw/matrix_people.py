# Fed to Odoo's shell, which provides env: people of every role with an API key each, an asset, parts with a vendor; new ones
# each time, as ROUND counts.
import datetime
import json
import os

from odoo.fields import Command

GROUPS = {
    "operator": "base.group_user",
    "technician": "keepwisely_maintenance.group_maintenance_technician",
    "planner": "maintenance.group_equipment_manager",
    "buyer": "purchase.group_purchase_user",
    "storekeeper": "stock.group_stock_user",
    "procurement": "purchase.group_purchase_manager",
    "finance": "account.group_account_manager",
}
in_an_hour = datetime.datetime.now() + datetime.timedelta(hours=1)
ROUND = os.environ["ROUND"]
plant = env["res.company"].search([("name", "=", "Matrix plant")]) or env.company  # noqa: F821
env = env(context=dict(env.context, no_reset_password=True, allowed_company_ids=plant.ids))  # noqa: F821
installed = dict(env["res.lang"].get_installed())
languages = [code for code in ("en_US", "de_DE", "fr_FR") if code in installed]
ours = "is_spare_part" in env["product.product"]
roles = {role: group for role, group in GROUPS.items() if ours or role != "technician"}
world = {"people": {"admin": {"login": "admin", "password": "admin"}}}
users = {"admin": env.ref("base.user_admin")}
for role, group in roles.items():
    login = f"matrix{ROUND}_{role}"
    users[role] = env["res.users"].create({
        "name": role.title(), "login": login, "password": login, "email": f"{login}@example.com",
        "group_ids": [Command.link(env.ref(group).id)], "lang": languages[list(GROUPS).index(role) % len(languages)],
        "company_id": plant.id, "company_ids": [Command.set(plant.ids)],
    })
    world["people"][role] = {"login": login, "password": login}
if "hr.employee" in env:  # the operator who reports in the story has to be nobody's employee
    assert not env["hr.employee"].search_count([("user_id", "=", users["operator"].id)])
for role, user in users.items():
    world["people"][role]["key"] = env["res.users.apikeys"].with_user(user).sudo()._generate(None, "matrix", in_an_hour)
team = env["maintenance.team"].create({"name": f"Mechanics {ROUND}"})
if ours:
    if "maintenance_hourly_cost" in env["res.users"]:  # it had another name once
        users["technician"].maintenance_hourly_cost = 40.0
    team.member_ids = users["technician"]
asset = env["maintenance.equipment"].create({"name": f"Conveyor {ROUND}", "maintenance_team_id": team.id})
vendor = env["res.partner"].create({"name": f"Bearings {ROUND}"})
part, belt, paper = env["product.product"].create([{
    "name": f"{name} {ROUND}", "is_storable": True, "standard_price": 800.0,
    "seller_ids": [Command.create({"partner_id": vendor.id, "price": 800.0, "delay": 3})],
} for name in ("Bearing 6204", "Belt", "Paper")])
if ours:
    (part | belt).is_spare_part = True
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
env["stock.quant"]._update_available_quantity(part, warehouse.lot_stock_id, 1)
env["stock.quant"]._update_available_quantity(belt, warehouse.lot_stock_id, 3)
env.cr.commit()
world |= {"asset": asset.id, "part": part.id, "belt": belt.id, "paper": paper.id, "vendor": vendor.id}
print("matrix:" + json.dumps(world))
