"""Two scheduled actions at once on connections of their own: each due date is made once.

Run it with ``make db DB=bench && make shell DB=bench < bench/schedule_concurrency.py``. It commits, so use a database of
its own.
"""

import threading

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry

SCHEDULES = 60

assets = env["maintenance.equipment"].create([{"name": f"Race asset {n}"} for n in range(SCHEDULES)])
schedules = env["maintenance.schedule"].create(
    [
        {"name": f"Race {n}", "equipment_ids": [Command.set(asset.ids)], "next_date": fields.Date.today()}
        for n, asset in enumerate(assets)
    ]
)
env.cr.commit()
start, outcomes = threading.Barrier(2), []


def run():
    with Registry(env.cr.dbname).cursor() as cr:
        other = api.Environment(cr, SUPERUSER_ID, {})
        other["maintenance.schedule"].search_count([])  # the snapshot is older than what the other one makes
        start.wait()
        try:
            other["maintenance.schedule"]._cron_generate(limit=5)
            outcomes.append("finished")
        except Exception as error:  # the scheduled action is tried again by Odoo
            cr.rollback()
            outcomes.append(type(error).__name__)


threads = [threading.Thread(target=run) for _number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.cr.rollback()
env["maintenance.schedule"]._cron_generate()
counts = sorted(set(schedules.mapped("request_count")))
print(f"{SCHEDULES} schedules, two at once {sorted(outcomes)}: work orders of each {counts}", "ok" if counts == [1] else "WRONG")
