# Fed to Odoo's shell, which provides env: a plant that has worked for a while, and USERS people of all roles who can log in.
import json
import os

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.keepwisely_maintenance.tests.house.random_plant import ROLES, RandomPlant

#: How many of a hundred people have each role.
SHARES = {"operator": 36, "technician": 30, "planner": 10, "buyer": 8, "storekeeper": 8, "procurement": 4, "finance": 4}
STEPS = 100
plant = RandomPlant(env, 2)  # noqa: F821
plant.run(STEPS, check_every=STEPS)
env = plant.env
wanted = int(os.environ["USERS"])
counts = {role: max(1, round(wanted * share / 100)) for role, share in SHARES.items()}
counts["operator"] += max(wanted - sum(counts.values()), 0)
people = {}
for role, count in counts.items():
    users = env["res.users"]
    for number in range(count):
        users |= new_test_user(
            env, login=f"load_{role}_{number}", groups=ROLES[role], name=f"{role.title()} {number}", notification_type="inbox"
        )
    people[role] = users.mapped("login")
    if role == "technician":
        users.maintenance_hourly_cost = 40.0
        plant.team.member_ids = [Command.link(user.id) for user in users]
for product in plant.products.filtered(lambda product: product.name in ("Seal", "Filter", "Bearing")):
    plant._put_in_stock(product, plant.stock, 100)
parts = plant.products.filtered(lambda product: product.name in ("Seal", "Filter", "Bearing", "Belt", "Gear", "Turbine"))
meter = env["maintenance.meter"].create({"name": "Heat", "code": "LOAD", "equipment_id": plant.assets[0].id, "kind": "gauge"})
env.cr.commit()
print("scene:" + json.dumps({"people": people, "assets": plant.assets.ids, "parts": parts.ids, "team": plant.team.id}))
