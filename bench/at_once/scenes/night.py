"""Schedulers and gateways at once, and a scheduler that is killed."""

from datetime import datetime, timedelta

from odoo import SUPERUSER_ID, fields
from odoo.fields import Command

from ..stage import Wrong, scene

POINTS = 1200  # Odoo's scheduler commits after each thousand
GATEWAYS, TURNS, BATCH = 3, 4, 200
START = datetime.now() - timedelta(hours=1)  # rules do not act on what is over for a week


@scene
def schedulers(stage):
    """Two schedulers run."""
    with stage.commit() as env:
        product = stage.belt.copy({"name": "Filter"})
        product.seller_ids = [(0, 0, {"partner_id": stage.plant.vendors[0].id, "price": 7, "delay": 3})]
        stage.plant.products |= product
        env["stock.warehouse.orderpoint"].create(
            {"product_id": product.id, "location_id": stage.plant.stock.id, "product_min_qty": 3, "product_max_qty": 9}
        )
        ids = product.ids
    outcomes = stage.at_once(*((SUPERUSER_ID, lambda env: env["stock.rule"].run_scheduler()) for _number in range(2)))
    with stage.commit() as env:
        lines = env["maintenance.requisition.line"].search([("product_id", "in", ids)])
        if lines.mapped("product_qty") != [9]:
            raise Wrong(f"held {lines.mapped('product_qty')}")
    return stage.winners(outcomes, 2, 2)


@scene
def scheduler_and_ask(stage):
    """The scheduler runs while a technician asks for a part that has a reorder point."""
    with stage.commit() as env:
        request = stage.job(5, ask=False)
        product = request.part_ids.product_id
        env["stock.warehouse.orderpoint"].create(
            {"product_id": product.id, "location_id": stage.plant.stock.id, "product_min_qty": 3, "product_max_qty": 9}
        )
        user, ids, job_ids = stage.plant.technician.id, product.ids, request.ids
    outcomes = stage.at_once(
        (SUPERUSER_ID, lambda env: env["stock.rule"].run_scheduler()),
        (user, lambda env: env["maintenance.request"].browse(job_ids).action_request_parts(offer=False)),
    )
    with stage.commit() as env:
        lines = env["maintenance.requisition.line"].search([("product_id", "in", ids)])
        if sum(lines.mapped("product_qty")) not in (14, 19):
            raise Wrong(f"held {lines.mapped('product_qty')}")
    return stage.winners(outcomes, 2, 2)


@scene
def killed_scheduler(stage):
    """A scheduler is killed after the first thousand, and the next one goes on."""
    with stage.commit() as env:
        vendor = stage.plant.vendors[0].id
        products = env["product.product"].create(
            [
                {
                    "name": f"Filter {n}",
                    "is_storable": True,
                    "is_spare_part": True,
                    "seller_ids": [Command.create({"partner_id": vendor, "price": 1.0, "delay": 2})],
                }
                for n in range(POINTS)
            ]
        )
        values = {"location_id": stage.plant.stock.id, "product_min_qty": 2, "product_max_qty": 10}
        env["stock.warehouse.orderpoint"].create([{"product_id": product.id, **values} for product in products])
        stage.plant.products |= products
        ids = products.ids

    def count_some():
        with stage.commit() as env:
            return env["maintenance.requisition.line"].search_count([("product_id", "in", ids)]) % POINTS

    held = stage.kill_when(lambda env: env["stock.rule"].run_scheduler(use_new_cursor=True), count_some)
    with stage.commit() as env:
        env["stock.rule"].run_scheduler(use_new_cursor=True)
        lines = env["maintenance.requisition.line"].search([("product_id", "in", ids)])
        if sorted(lines.product_id.ids) != sorted(ids) or lines.mapped("product_qty") != [10] * POINTS:
            raise Wrong(f"{len(lines)} lines for {len(lines.product_id)} of {POINTS} products")
    return [(f"killed when {held} lines were held", 1)]


@scene
def preventive(stage):
    """Two scheduled actions make what is due."""
    with stage.commit() as env:
        assets = env["maintenance.equipment"].create([{"name": f"Pump {n}"} for n in range(20)])
        ids = env["maintenance.schedule"].create(
            [
                {"name": "Inspection", "equipment_ids": [Command.set(asset.ids)], "next_date": fields.Date.today()}
                for asset in assets
            ]
        ).ids
    outcomes = stage.at_once(
        *((SUPERUSER_ID, lambda env: env["maintenance.schedule"]._cron_generate(limit=5)) for _number in range(2))
    )
    with stage.commit() as env:
        env["maintenance.schedule"]._cron_generate()
        counts = env["maintenance.schedule"].browse(ids).mapped("request_count")
        if set(counts) != {1}:
            raise Wrong(f"work orders of each: {counts}")
    return outcomes


@scene
def gateways(stage):
    """Three gateways send the same readings, and the last of their own are too hot."""
    with stage.commit() as env:
        asset, prefix = env["maintenance.equipment"].create({"name": "Crowded asset"}), f"G{stage.played}"
        counter, gauge = env["maintenance.meter"].create(
            [
                {"name": "Strokes", "code": f"{prefix}-C", "equipment_id": asset.id},
                {"name": "Heat", "code": f"{prefix}-G", "equipment_id": asset.id, "kind": "gauge"},
            ]
        )
        rule_id = env["maintenance.meter.rule"].create({"meter_id": gauge.id, "threshold": 80, "consecutive": GATEWAYS}).id
        counter_id = counter.id
    outcomes = []
    for turn in range(TURNS):
        batches = [_prepare_batch(prefix, gateway, turn) for gateway in range(GATEWAYS)]
        outcomes += stage.at_once(
            *(
                (SUPERUSER_ID, lambda env, batch=batch: _send(env["maintenance.meter"], batch))
                for batch in batches
            )
        )
    with stage.commit() as env:
        counter = env["maintenance.meter"].browse(counter_id)
        jobs = env["maintenance.request"].search_count([("meter_rule_id", "=", rule_id)])
        readings = env["maintenance.meter.reading"].search_count([("meter_id", "=", counter_id)])
        if (readings, counter.value, counter.counted, jobs) != (TURNS * BATCH, TURNS * BATCH - 1, TURNS * BATCH - 1, 1):
            raise Wrong(f"{readings} readings up to {counter.value}, {counter.counted} counted, {jobs} work orders")
    return outcomes


def _prepare_batch(prefix, gateway, turn):
    """Readings of the counter that all send, and one of the gauge that nobody else has."""
    def item(meter, number, value, external_id):
        moment = (START + timedelta(seconds=number)).isoformat()
        return {"meter": f"{prefix}-{meter}", "value": value, "date": moment, "external_id": external_id}

    numbers = range(turn * BATCH, (turn + 1) * BATCH)
    hot = item("G", turn * GATEWAYS + gateway, 90 if turn == TURNS - 1 else 60, f"{gateway}-{turn}")
    return [*(item("C", number, number, str(number)) for number in numbers), hot]


def _send(meters, batch):
    errors = meters.ingest_readings(batch)["errors"]
    if errors:
        raise Wrong(f"not taken: {errors[:3]}")
