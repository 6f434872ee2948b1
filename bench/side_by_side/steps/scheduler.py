"""What the scheduler does at night: reorder points below their minimum, preventive work that is due."""

from odoo import fields
from odoo.fields import Command

from ..step import Peer, Step


def _reorder(place, size, **values):
    """The whole scheduler, and once more with nothing left to do."""
    place.env["stock.warehouse.orderpoint"].search([("active", "=", True)]).active = False
    products = place.take_products(size, 5.0, **values)
    points = place.env["stock.warehouse.orderpoint"].create(
        [{"product_id": product.id, "product_min_qty": 2, "product_max_qty": 10} for product in products]
    )
    for _time in range(2):
        place.click(place.env.user, place.env["stock.rule"], "run_scheduler")
    return points


def _hold(place, size):
    lines = place.env["maintenance.requisition.line"].search([("orderpoint_id", "in", _reorder(place, size).ids)])
    assert lines.mapped("product_qty") == [10.0] * size


def _buy(place, size):
    lines = place.env["purchase.order.line"].search([("orderpoint_id", "in", _reorder(place, size).ids)])
    assert lines.mapped("product_qty") == [10.0] * size


def _request(place, size):
    points = _reorder(place, size, purchase_request=True)
    lines = place.env["purchase.request.line"].search([("orderpoint_id", "in", points.ids)])
    assert lines.mapped("product_qty") == [10.0] * size


def _run_schedules(place, size, **values):
    schedules = place.env["maintenance.schedule"].with_user(place.planner).create(
        [
            {
                "name": f"Inspection {n}",
                "equipment_ids": [Command.set(asset.ids)],
                "next_date": fields.Date.today(),
                "task_ids": [Command.create({"name": name, "is_mandatory": True}) for name in ("Lock out", "Grease")],
                **values,
            }
            for n, asset in enumerate(place.once(_make_assets, size))
        ]
    )
    place.run_cron(place.env["maintenance.schedule"], "_cron_generate")
    assert len(schedules.sudo().request_ids) == size, len(schedules.sudo().request_ids)
    schedules.active = False


def _make_assets(place, size):
    return place.make_assets(size)


def _run_with_parts(place, size):
    part = place.once(_make_part)
    _run_schedules(place, size, is_pre_approved=True, part_ids=[Command.create({"product_id": part.id})])


def _make_part(place):
    return place.make_products(1, 5.0, on_hand=100000)


def _run_plans(place, size):
    plans = place.env["maintenance.plan"].create(
        [
            {
                "name": f"Inspection {n}",
                "equipment_id": asset.id,
                "interval": 3,
                "interval_step": "month",
                "maintenance_plan_horizon": 0,
            }
            for n, asset in enumerate(place.once(_make_assets, size))
        ]
    )
    place.run_cron(place.env["maintenance.equipment"], "_cron_generate_requests")
    assert len(plans.maintenance_ids) == size, len(plans.maintenance_ids)
    plans.active = False


PLANS = (Peer("OCA", _run_plans, "oca"),)
STEPS = (
    Step("reorder", "{size} reorder points, and again", _hold, {100: 150, 10: 148},
         (Peer("Odoo's", _buy, "native"), Peer("OCA", _request, "oca")), rounds=2),
    Step("preventive", "{size} schedules due", _run_schedules, {100: 165, 10: 70}, PLANS, rounds=2),
    Step("preventive-part", "the same, approved beforehand, with a part", _run_with_parts, {100: 512, 10: 175}, rounds=2),
)  # fmt: skip
