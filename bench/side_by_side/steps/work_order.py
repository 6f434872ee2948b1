"""Parts of a job: from the shelf, asked for, and received for many jobs at once; Odoo's repair orders beside them."""

from odoo.fields import Command

from ..step import Peer, Step


def _shelf(place):
    return place.make_products(3, 5.0, on_hand=1000)


def _broken(place):
    return place.make_products(1, 900.0, on_hand=1000)


def _pumps(place, count=1):
    return place.make_assets(count)


def _work(place, _size):
    parts = place.once(_shelf)
    job = place.click(
        place.planner, place.env["maintenance.request"], "create",
        {
            "name": "Change filters",
            "equipment_id": place.once(_pumps).id,
            "user_id": place.technician.id,
            "part_ids": [Command.create({"product_id": part.id, "product_uom_qty": 2.0}) for part in parts],
        },
    )  # fmt: skip
    place.click(place.planner, job, "action_approve")
    place.click(place.technician, job, "action_start")
    place.click(place.technician, job, "action_complete")
    assert (job.state, job.parts_state) == ("completed", "consumed"), (job.state, job.parts_state)


def _repair(place, _size):
    parts = place.once(_shelf)
    order = place.click(place.storekeeper, place.env["repair.order"], "create", _prepare_repair(place, parts, 2.0))
    place.click(place.storekeeper, order, "action_validate")
    place.click(place.storekeeper, order, "action_repair_start")
    place.click(place.storekeeper, order, "action_repair_end")
    assert order.state == "done" and set(order.move_ids.mapped("state")) == {"done"}, order.state


def _prepare_repair(place, parts, quantity):
    return {
        "product_id": place.once(_broken).id,
        "product_qty": 1.0,
        "user_id": place.storekeeper.id,
        "move_ids": [
            Command.create({"repair_line_type": "add", "product_id": part.id, "product_uom_qty": quantity}) for part in parts
        ],
    }


def _ask(place, _size):
    job = _create_jobs(place, place.once(_pumps), [place.take_products(3, 300.0)])
    place.click(place.technician, job, "action_request_parts")
    assert len(job.sudo().requisition_ids) == 1


def _create_jobs(place, assets, parts):
    """Approved jobs of the technician, one for each of ``assets``, with their ``parts``."""
    jobs = place.env["maintenance.request"].create(
        [
            {
                "name": "Overhaul",
                "equipment_id": asset.id,
                "user_id": place.technician.id,
                "part_ids": [Command.create({"product_id": part.id, "product_uom_qty": 1.0}) for part in products],
            }
            for asset, products in zip(assets, parts, strict=True)
        ]
    )
    jobs.with_user(place.planner).action_approve()
    return jobs


def _receive_for_jobs(place, size):
    jobs = _create_jobs(place, place.once(_pumps, size), place.take_products(size, 1.0))
    jobs.with_user(place.planner).action_request_parts(offer=False)
    asked = jobs.sudo().requisition_ids.with_user(place.buyer)
    asked.action_order()
    asked.purchase_order_ids.button_confirm()
    place.click(place.storekeeper, asked.sudo().purchase_order_ids.picking_ids, "button_validate")
    assert set(jobs.mapped("state")) == {"approved"} and set(jobs.mapped("parts_state")) == {"ready"}


def _receive_for_repairs(place, size):
    parts = place.take_products(size, 1.0)
    repairs = place.env["repair.order"].create([_prepare_repair(place, part, 1.0) for part in parts])
    for repair in repairs:
        repair.action_validate()
    order = place.env["purchase.order"].create(
        {
            "partner_id": place.vendor.id,
            "order_line": [Command.create({"product_id": part.id, "product_qty": 1.0}) for part in parts],
        }
    )
    order.button_confirm()
    place.click(place.storekeeper, order.picking_ids, "button_validate")
    assert set(repairs.move_ids.mapped("state")) == {"assigned"}


STEPS = (
    Step("work-order", "job with three parts on the shelf, create to completed", _work, {1: 176},
         (Peer("Odoo's repair", _repair, "repair"),), {"queries": 180, "cpu": 0.9}),
    Step("ask", "ask for the three parts of a job", _ask, {1: 79}, goal={"queries": 70}),
    Step("receipt", "receipt of {size} lines for as many jobs", _receive_for_jobs, {80: 1040, 5: 195},
         (Peer("Odoo's, for repairs", _receive_for_repairs, "repair"),), {"queries": 1400, "cpu": 1.0}, rounds=2),
)  # fmt: skip
