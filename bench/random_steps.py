"""Ten thousand random but legal steps, then everything is rolled back.

Run it on a database that `make db` made: `make shell DB=scratch < bench/random_steps.py`. STEPS and SEED in
the environment say how many and which; EVERY says after how many steps everything is checked.
"""

import os
import time

from odoo.addons.keepwisely_maintenance.tests.house.random_plant import RandomPlant, Violation

steps, seed = int(os.environ.get("STEPS", "10000")), int(os.environ.get("SEED", "1"))
start = time.monotonic()
plant = RandomPlant(env, seed)
plant.tell = int(os.environ.get("TELL", "25"))
try:
    plant.run(steps, check_every=int(os.environ.get("EVERY", "10")))
except Violation as violation:
    print(f"VIOLATION {violation}")
    if os.environ.get("TRACEBACK") and violation.__cause__:
        import traceback

        traceback.print_exception(violation.__cause__)
finally:
    env.cr.rollback()

print(f"seed {seed}: {plant.number} steps in {time.monotonic() - start:.0f} s, rolled back")
print(f"{'step':28}{'done':>7}{'refused':>9}{'nothing to do':>15}")
for name in sorted(plant.done | plant.refused | plant.idle):
    print(f"{name:28}{plant.done[name]:7}{plant.refused[name]:9}{plant.idle[name]:15}")
print(f"{'all':28}{plant.done.total():7}{plant.refused.total():9}{plant.idle.total():15}")
print("What was checked, and how often:")
for name, times in sorted(plant.checked.items()):
    print(f"  {times:6}  {name.replace('_', ' ')}")
