"""People who have nothing to do with maintenance, in a database with the module and in one without."""

from odoo.fields import Command

from ..step import Peer, Step


def _prepare_lines(products, quantity):
    return [Command.create({"product_id": product.id, quantity: 2.0}) for product in products]


def _buy(place, size):
    products = place.take_products(size, 20.0, is_spare_part=False)
    order = place.click(
        place.buyer, place.env["purchase.order"], "create",
        {"partner_id": place.vendor.id, "order_line": _prepare_lines(products, "product_qty")},
    )  # fmt: skip
    place.click(place.buyer, order, "button_confirm")
    place.click(place.storekeeper, order.sudo().picking_ids, "button_validate")
    assert order.sudo().order_line.mapped("qty_received") == [2.0] * size


def _sell(place, size):
    products = place.take_products(size, 20.0, on_hand=5, is_spare_part=False)
    order = place.click(
        place.seller, place.env["sale.order"], "create",
        {"partner_id": place.vendor.id, "order_line": _prepare_lines(products, "product_uom_qty")},
    )  # fmt: skip
    place.click(place.seller, order, "action_confirm")
    place.click(place.storekeeper, order.sudo().picking_ids, "button_validate")
    assert order.sudo().order_line.mapped("qty_delivered") == [2.0] * size


STEPS = (
    Step("purchase", "plain purchase of {size} lines, to receipt", _buy, {10: 355, 3: 238},
         (Peer("without the module", _buy, "native"),)),
    Step("sale", "plain sale of {size} lines, to delivery", _sell, {10: 372, 3: 254},
         (Peer("without the module", _sell, "native"),), needs="sale.order"),
)  # fmt: skip
