"""Gateways that send the same and different batches at the same moment, over connections of their own.

Run it on a database of its own, in which it leaves what it made:
``make db DB=bench && make shell DB=bench < bench/meter_concurrency.py``. Every reading must be there once, every
use must be counted once, and one breach must open one work order.
"""

import threading
from datetime import datetime, timedelta
from functools import partial

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying

GATEWAYS, ROUNDS, BATCH = 3, 10, 200
START = datetime(2026, 1, 1)

asset = env["maintenance.equipment"].create({"name": "Crowded asset"})
counter, gauge = env["maintenance.meter"].create(
    [
        {"name": "Strokes", "code": "CONC-C", "equipment_id": asset.id},
        {"name": "Heat", "code": "CONC-G", "equipment_id": asset.id, "kind": "gauge"},
    ]
)
rule = env["maintenance.meter.rule"].create({"meter_id": gauge.id, "threshold": 80, "consecutive": GATEWAYS})
env.cr.commit()


def item(code, number, value, external_id):
    moment = (START + timedelta(seconds=number)).isoformat()
    return {"meter": code, "value": value, "date": moment, "external_id": external_id}


def batch_of(gateway, turn):
    """Counter readings that all send, gauge readings of its own, the last of which are too hot."""
    numbers = range(turn * BATCH, (turn + 1) * BATCH)
    same = [item("CONC-C", number, number, str(number)) for number in numbers]
    own = item("CONC-G", turn * GATEWAYS + gateway, 90 if turn == ROUNDS - 1 else 60, f"{gateway}-{turn}")
    return [*same, own]


def send(gateway, barrier, answers):
    for turn in range(ROUNDS):
        barrier.wait()
        with env.registry.cursor() as cr:
            own = api.Environment(cr, SUPERUSER_ID, {})
            call = partial(own["maintenance.meter"].ingest_readings, batch_of(gateway, turn))
            answers.append(retrying(call, own))


barrier, answers = threading.Barrier(GATEWAYS), []
threads = [threading.Thread(target=send, args=(gateway, barrier, answers)) for gateway in range(GATEWAYS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

env.cr.rollback()
env.invalidate_all()
assert len(answers) == GATEWAYS * ROUNDS, "a gateway got no answer"
assert not any(answer["errors"] for answer in answers), answers
accepted = sum(answer["accepted"] for answer in answers)
duplicates = sum(answer["duplicates"] for answer in answers)
assert accepted == ROUNDS * (BATCH + GATEWAYS), accepted
assert duplicates == ROUNDS * BATCH * (GATEWAYS - 1), duplicates
assert env["maintenance.meter.reading"].search_count([("meter_id", "=", counter.id)]) == ROUNDS * BATCH
assert (counter.value, counter.counted) == (ROUNDS * BATCH - 1, ROUNDS * BATCH - 1), (counter.value, counter.counted)
requests = env["maintenance.request"].search([("meter_rule_id", "=", rule.id)])
assert len(requests) == 1 and sum(len(answer["work_orders"]) for answer in answers) == 1, requests
print(f"{GATEWAYS} gateways, {ROUNDS} batches each at the same moment: {accepted} taken once, {duplicates} duplicates, ok")
