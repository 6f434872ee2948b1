"""Readings that a gateway sends, and the bare rows beside them."""

from datetime import datetime, timedelta

from odoo.models import BaseModel

from ..step import Peer, Step

METERS, BATCH = 20, 1000
START = datetime.now() - timedelta(days=2)  # rules do not act on what is over for a week


def _make_meters(place, prefix):
    """Half counters, half gauges with a rule that their readings touch."""
    asset = place.make_assets(1)
    meters = place.env["maintenance.meter"].create(
        [
            {"name": f"{prefix} {n}", "code": f"{prefix}-{n}", "equipment_id": asset.id, "kind": "gauge" if n % 2 else "counter"}
            for n in range(METERS)
        ]
    )
    place.env["maintenance.meter.rule"].create(
        [{"meter_id": meter.id, "threshold": 99.5, "hysteresis": 1} for meter in meters if meter.kind == "gauge"]
    )
    return meters


def _batches(place, size, prefix):
    """Lists of ``(number, meter, moment, value)``, by time, each later than what was sent before."""
    meters = place.once(_make_meters, prefix)
    sent = place.env["maintenance.meter.reading"].search_count([("meter_id", "in", meters.ids)])
    numbers = range(sent, sent + size)
    rows = [
        (n, meters[n % METERS], START + timedelta(minutes=n // METERS, seconds=n % METERS),
         (n // METERS * 37 % 1000) / 10 if n % METERS % 2 else n // METERS / 60)
        for n in numbers
    ]  # fmt: skip
    return [rows[n : n + BATCH] for n in range(0, size, BATCH)]


def _send(place, size):
    """Each batch twice, as a gateway does that got no answer."""
    for rows in _batches(place, size, "sent"):
        items = [
            {"meter": meter.code, "value": value, "date": moment.isoformat() + "Z", "external_id": str(n)}
            for n, meter, moment, value in rows
        ]
        taken = place.click(place.planner, place.env["maintenance.meter"], "ingest_readings", items)
        again = place.click(place.planner, place.env["maintenance.meter"], "ingest_readings", items)
        assert taken["accepted"] == again["duplicates"] == len(rows), (taken, again)


def _create_rows(place, size):
    for rows in _batches(place, size, "bare"):
        values = [
            {"meter_id": meter.id, "value": value, "date": moment, "external_id": str(n), "source": "gateway"}
            for n, meter, moment, value in rows
        ]
        place.count(lambda values=values: BaseModel.create(place.env["maintenance.meter.reading"], values))


STEPS = (
    Step("readings", "{size} readings, each batch of 1,000 twice", _send, {2000: 60, 200: 24},
         (Peer("bare rows, once", _create_rows, "ours"),), rounds=2),
)  # fmt: skip
