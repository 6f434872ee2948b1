"""Send 100,000 readings in batches, and the same ones again; measure rate, queries and memory.

Run it with ``make db DB=bench && make shell DB=bench < bench/meter_ingest.py`` (a minute). The same rows are also
created through the ORM, once as people's readings are (with the same checks) and once bare (nothing but
the rows), for comparison. Everything is rolled back.
"""

import resource
import time
from datetime import datetime, timedelta

from odoo.models import BaseModel

METERS, READINGS, BATCH = 20, 100_000, 1_000
START = datetime(2026, 1, 1)

asset = env["maintenance.equipment"].create({"name": "Bench asset"})
Meter, Reading = env["maintenance.meter"], env["maintenance.meter.reading"]


def make_meters(prefix):
    """Half counters, half gauges; every other one with a rule that its readings touch."""
    meters = Meter.create(
        [
            {
                "name": f"{prefix} {n}",
                "code": f"{prefix}-{n}",
                "equipment_id": asset.id,
                "kind": "gauge" if n % 2 else "counter",
            }
            for n in range(METERS)
        ]
    )
    env["maintenance.meter.rule"].create(
        [
            {"meter_id": meter.id, "threshold": 99.5, "hysteresis": 1}
            for meter in meters
            if meter.kind == "gauge"
        ]
    )
    return meters


def rows():
    """``(number, which meter, moment, value)``, by time."""
    for number in range(READINGS):
        turn, which = divmod(number, METERS)
        moment = START + timedelta(minutes=turn, seconds=which)
        yield number, which, moment, (turn * 37 % 1000) / 10 if which % 2 else turn / 60


def batches(items):
    return [items[n : n + BATCH] for n in range(0, READINGS, BATCH)]


def measure(label, function, items):
    env.flush_all()
    env.invalidate_all()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, started = env.cr.sql_log_count, time.monotonic()
    for batch in batches(items):
        function(batch)
        env.flush_all()
        env.invalidate_all()
    seconds = time.monotonic() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    per_batch = (env.cr.sql_log_count - queries) / (READINGS / BATCH)
    print(
        f"{label:24} {READINGS / seconds:8,.0f} readings/s   {per_batch:7.1f} queries per batch of {BATCH}   "
        f"peak memory +{grown:.0f} MB",
        flush=True,
    )
    return seconds


def state():
    env.invalidate_all()
    env.cr.execute("SELECT count(*), sum(id), sum(value), sum(delta), max(write_date) FROM maintenance_meter_reading")
    meters = Meter.search([]).read(["value", "value_date", "counted", "total"])
    return env.cr.fetchall(), meters, env["maintenance.request"].search_count([])


make_meters("B")
sent = [
    {"meter": f"B-{which}", "value": value, "date": moment.isoformat() + "Z", "external_id": str(number)}
    for number, which, moment, value in rows()
]
answers = []
ingest = measure("ingest_readings", lambda batch: answers.append(Meter.ingest_readings(batch)), sent)
assert sum(answer["accepted"] for answer in answers) == READINGS, answers[0]
print(f"    work orders opened: {sum(len(answer['work_orders']) for answer in answers)}")
before, answers = state(), []
measure("the same again", lambda batch: answers.append(Meter.ingest_readings(batch)), sent)
assert sum(answer["duplicates"] for answer in answers) == READINGS
assert state() == before, "the same batches again changed something"
print("    nothing changed")

for label, prefix, create in (
    ("ORM create", "C", Reading.create),
    ("ORM create, bare", "D", lambda batch: BaseModel.create(Reading, batch)),
):
    meters = make_meters(prefix)
    vals_list = [
        {"meter_id": meters[which].id, "value": value, "date": moment, "external_id": str(number), "source": "gateway"}
        for number, which, moment, value in rows()
    ]
    seconds = measure(label, create, vals_list)
    print(f"    ingest_readings takes {ingest / seconds:.2f} of its time")
env.cr.rollback()
