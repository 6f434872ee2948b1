"""From three lines to approved, from approved to received; OCA's purchase_request with its tier validation beside us."""

from odoo.fields import Command

from ..step import Peer, Step

CHEAP, DEAR = 300.0, 3000.0  # three of them reach one tier, or two
TIERS = (("procurement", 500.0), ("finance", 5000.0))  # as this module ships them


def _write_ours(place, price):
    products = place.take_products(3, price)
    asked = place.click(
        place.technician, place.env["maintenance.requisition"], "create",
        [{"line_ids": [Command.create({"product_id": product.id, "product_qty": 1.0}) for product in products]}],
    )  # fmt: skip
    place.click(place.technician, asked, "action_submit")
    for decider, least in TIERS:
        if least <= 3 * price:
            place.click(getattr(place, decider), asked, "action_approve")
    assert asked.state == "approved", asked.state
    return asked


def _write_oca(place, price):
    place.once(_make_tiers)
    products = place.take_products(3, price)
    lines = [
        {"product_id": product.id, "product_qty": 1.0, "product_uom_id": product.uom_id.id, "estimated_cost": price}
        for product in products
    ]
    asked = place.click(
        place.technician, place.env["purchase.request"], "create", [{"line_ids": [Command.create(line) for line in lines]}]
    )
    place.click(place.technician, asked, "request_validation")
    decider = None
    for name, least in TIERS:
        if least <= 3 * price:
            decider = getattr(place, name)
            place.click(decider, asked, "validate_tier")
    place.click(decider, asked, "button_approved")
    assert asked.state == "approved", asked.state
    return asked


def _make_tiers(place):
    place.env["tier.definition"].create(
        [
            {
                "name": name,
                "model_id": place.env["ir.model"]._get_id("purchase.request"),
                "reviewer_id": getattr(place, name).id,
                "definition_domain": [("estimated_cost", ">=", least)],
                "approve_sequence": True,
                "sequence": -number,
            }
            for number, (name, least) in enumerate(TIERS)
        ]
    )


def _ours(price):
    return lambda place, size: _write_ours(place, price)


def _oca(price):
    return (Peer("OCA", lambda place, size: _write_oca(place, price), "oca"),)


def _receive(place, orders):
    place.click(place.buyer, orders, "button_confirm")
    place.click(place.storekeeper, orders.sudo().picking_ids, "button_validate")


def _order_ours(place, _size):
    asked = _write_ours(place, CHEAP)
    place.forget()  # only what comes now counts
    place.click(place.buyer, asked, "action_order")
    _receive(place, asked.sudo().purchase_order_ids)
    assert asked.state == "done", asked.state


def _order_oca(place, _size):
    asked = _write_oca(place, CHEAP)
    place.forget()  # only what comes now counts
    wizard = place.env["purchase.request.line.make.purchase.order"].with_context(active_model=asked._name, active_ids=asked.ids)
    values = place.click(place.buyer, wizard, "default_get", ["item_ids", "supplier_id"])
    wizard = place.click(place.buyer, wizard, "create", [{**values, "supplier_id": place.vendor.id}])
    place.click(place.buyer, wizard, "make_purchase_order")
    _receive(place, asked.sudo().line_ids.purchase_lines.order_id)
    assert set(asked.sudo().line_ids.mapped("qty_done")) == {1.0}


def _many(place, size):
    """Requisitions of three lines by the batch, of as many vendors' goods as a tenth of them."""
    products = place.take_products(3 * size, CHEAP)
    values = [
        {"line_ids": [Command.create({"product_id": product.id, "product_qty": 1.0}) for product in products[n : n + 3]]}
        for n in range(0, 3 * size, 3)
    ]
    asked = place.click(place.technician, place.env["maintenance.requisition"], "create", values)
    place.click(place.technician, asked, "action_submit")
    place.click(place.procurement, asked, "action_approve")
    place.click(place.buyer, asked, "action_order")
    _receive(place, asked.sudo().purchase_order_ids)
    assert set(asked.mapped("state")) == {"done"}, set(asked.mapped("state"))


STEPS = (
    Step("requisition", "requisition of three lines, one tier, to approved", _ours(CHEAP), {1: 82}, _oca(CHEAP),
         {"queries": 80, "cpu": 0.8}),
    Step("requisition-two", "the same, two tiers", _ours(DEAR), {1: 119}, _oca(DEAR), {"cpu": 0.8}),
    Step("order", "the same, from order to receipt", _order_ours, {1: 271}, (Peer("OCA", _order_oca, "oca"),)),
    Step("requisitions", "{size} requisitions at once, to receipt", _many, {20: 1165, 3: 440}, rounds=2),
)  # fmt: skip
