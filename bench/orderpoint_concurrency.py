"""Schedulers at the same time, and schedulers that are killed, on 2,000 reorder points below their minimum.

Run it on a database of its own, in which it leaves what it made:
``make db DB=bench && make shell DB=bench < bench/orderpoint_concurrency.py`` (some minutes).
Every scheduler is a process with its own connections. After each scene there must be exactly one open line
per reorder point, for the right quantity.
"""

import os
import signal
import subprocess
import time

from odoo.fields import Command

REORDER_POINTS, VENDORS, QUANTITY = 2000, 20, 10
GATE = 20260101  # advisory lock behind which the schedulers wait for each other

CRON = 'env["stock.rule"].run_scheduler(use_new_cursor=True)'
RPC = """
from functools import partial
from odoo.service.model import retrying
retrying(partial(env["stock.rule"].run_scheduler), env)
env.cr.commit()
"""
CHILD = """
import os
print(os.getpid(), flush=True)
with env.registry.cursor() as gate:
    gate.execute("SELECT pg_advisory_xact_lock_shared({gate})")
{code}
"""


class Schedulers:
    """Processes that run a scheduler each and begin at the same moment."""

    def __init__(self, *codes):
        self.processes, self.pids = [], []
        with env.registry.cursor() as gate:
            gate.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
            for code in codes:
                process = subprocess.Popen(
                    ["make", "shell", f"DB={env.cr.dbname}"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                )  # fmt: skip
                process.stdin.write(CHILD.format(gate=GATE, code=code))
                process.stdin.close()
                self.processes.append(process)
            self.pids = [int(process.stdout.readline()) for process in self.processes]
            time.sleep(1)

    def kill_when(self, condition):
        while not condition():
            assert all(process.poll() is None for process in self.processes), "ended before it could be killed"
            time.sleep(0.2)
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def wait(self):
        for process in self.processes:
            process.stdout.read()
            errors = process.stderr.read()
            assert process.wait() == 0, errors


def refresh():
    env.cr.rollback()  # a new snapshot


def open_lines():
    refresh()
    return env["maintenance.requisition.line"].search(
        [("orderpoint_id", "in", orderpoints.ids), ("is_open", "=", True)]
    )


def check(scene, started):
    lines = open_lines()
    wrong = REORDER_POINTS - len(lines.orderpoint_id)
    twice = len(lines) - len(lines.orderpoint_id)
    quantities = set(lines.mapped("product_qty"))
    verdict = "ok" if not wrong and not twice and quantities == {QUANTITY} else "WRONG"
    print(
        f"{scene:52} {len(lines)} open lines on {len(lines.requisition_id)} requisitions, {twice} twice, "
        f"{wrong} lost, quantities {sorted(quantities)}: {verdict}   {time.monotonic() - started:.0f} s",
        flush=True,
    )
    assert verdict == "ok"


def begin_anew():
    open_lines().requisition_id.action_cancel()
    env.cr.commit()
    assert not open_lines()


def scene(title, *codes):
    started = time.monotonic()
    Schedulers(*codes).wait()
    check(title, started)


vendors = env["res.partner"].create([{"name": f"Bench vendor {n}"} for n in range(VENDORS)])
products = env["product.product"].create(
    [
        {
            "name": f"Bench part {n}",
            "is_storable": True,
            "is_spare_part": True,
            "seller_ids": [Command.create({"partner_id": vendors[n % VENDORS].id, "price": 1.0 + n % 7, "delay": 2})],
        }
        for n in range(REORDER_POINTS)
    ]
)
orderpoints = env["stock.warehouse.orderpoint"].create(
    [{"product_id": product.id, "product_min_qty": 2, "product_max_qty": QUANTITY} for product in products]
)
env.cr.commit()

scene("two scheduled actions at once", CRON, CRON)
scene("once more, with nothing to do", CRON)
begin_anew()
scene("two schedulers over the external API at once", RPC, RPC)
begin_anew()

started = time.monotonic()
Schedulers(CRON).kill_when(lambda: time.monotonic() - started > 12)
print(f"killed after 12 s: {len(open_lines())} lines are held", flush=True)
Schedulers(CRON).kill_when(lambda: len(open_lines()) >= 1000)
print(f"killed after the first thousand: {len(open_lines())} lines are held", flush=True)
scene("the next run finishes what two killed ones began", CRON)
begin_anew()

for product in products:
    env["stock.quant"]._update_available_quantity(product, orderpoints.location_id, QUANTITY)
orderpoints._compute_qty_to_order_computed()
for product in products:
    env["stock.quant"]._update_available_quantity(product, orderpoints.location_id, -QUANTITY)
env.cr.commit()
assert not any(orderpoints.mapped("qty_to_order")), "Odoo knows of a need when the scheduler computes it"
scene("used up today, held by the scheduled action of today", CRON)
