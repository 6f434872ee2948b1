"""Ten thousand random but legal steps; `make walk` runs this for one seed after the other.

By itself, on a database that `make db` made: `make shell DB=scratch < bench/random_steps.py`. STEPS and SEED in the
environment say how many and which, EVERY after how many steps is checked, TELL how many a violation tells. Everything
is rolled back, unless LOG names a file: then the plant is committed whenever it was checked, and goes on from there;
every few hundred steps this file gets a line.
"""

import gc
import json
import os
import time
import traceback

from odoo.addons.keepwisely_maintenance.tests.house.random_plant import RandomPlant, Violation

LEG = 250  # steps between two lines in the log

steps, seed, log = int(os.environ.get("STEPS", "10000")), int(os.environ.get("SEED", "1")), os.environ.get("LOG")
gc.collect()
gc.freeze()  # what is loaded stays; looking at it again and again takes a tenth of the time
start = time.monotonic()
plant = (log and RandomPlant.saved(env)) or RandomPlant(env, seed)
plant.tell = int(os.environ.get("TELL", "25"))
first = plant.number


def keep(state, what=""):
    if log:
        facts = {"seed": seed, "step": plant.number, "state": state, "code": os.environ.get("CODE"), "what": what}
        with open(log, "a") as file:
            print(json.dumps(facts), file=file)


def commit():
    plant.save()
    env.cr.commit()


if not first:
    keep("begun")
state = "broken"
try:
    while plant.number < steps:
        leg = time.monotonic(), plant.number
        plant.run(
            min(LEG - plant.number % LEG, steps - plant.number),
            check_every=int(os.environ.get("EVERY", "10")),
            keep=commit if log else None,
        )
        keep("walking")
        pace = (plant.number - leg[1]) / (time.monotonic() - leg[0])
        print(f"seed {seed}: step {plant.number:,} of {steps:,}, {pace:.1f} steps/s", flush=True)
    state = "done"
    keep(state)
except Violation as violation:
    print(f"VIOLATION {violation}")
    traceback.print_exception(violation.__cause__)
    keep(state, str(violation).partition("\n")[0])
finally:
    env.cr.rollback()

print(f"seed {seed}: {state}, {plant.number - first:,} steps in {time.monotonic() - start:.0f} s")
print(f"{'step':28}{'done':>7}{'refused':>9}{'nothing to do':>15}")
for name in sorted(plant.done | plant.refused | plant.idle):
    print(f"{name:28}{plant.done[name]:7}{plant.refused[name]:9}{plant.idle[name]:15}")
print(f"{'all':28}{plant.done.total():7}{plant.refused.total():9}{plant.idle.total():15}")
print("What was checked, and how often:")
for name, times in sorted(plant.checked.items()):
    print(f"  {times:6}  {name.replace('_', ' ')}")
