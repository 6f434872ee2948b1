"""Screens that buyers open all day, as their web client reads them."""

from lxml import etree

from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from ..client import specification
from ..step import Peer, Step


def _open_list(place, action, make_rows, size):
    """The first page of what an action of Odoo's window shows to the buyer."""
    place.once(make_rows, size)
    model, spec = place.once(_read_list, action)
    found = place.click(place.buyer, model, "web_search_read", [], spec, order="id desc", limit=size, count_limit=10001)
    assert len(found["records"]) == size


def _read_list(place, action):
    action = place.env.ref(action)
    view = next((view for view, kind in action.views if kind == "list"), None)
    model = place.env[action.res_model]
    return model, specification(model.with_user(place.buyer), "list", view)


def _make_requisitions(place, size):
    products = place.make_products(3, 300.0)
    jobs = place.env["maintenance.request"].create(
        [{"name": f"Overhaul {n}", "equipment_id": asset.id} for n, asset in enumerate(place.make_assets(size))]
    )
    asked = place.env["maintenance.requisition"].with_user(place.technician).create(
        [
            {"line_ids": [
                Command.create({"product_id": product.id, "product_qty": 1.0, "maintenance_request_id": job.id})
                for product in products
            ]}
            for job in jobs
        ]
    )  # fmt: skip
    asked.action_submit()


def _make_oca_requests(place, size):
    products = place.make_products(3, 300.0)
    place.env["purchase.request"].with_user(place.technician).create(
        [{"line_ids": [Command.create({"product_id": product.id, "product_qty": 1.0}) for product in products]}] * size
    )


def _make_orders(place, size):
    """Orders of three lines; with the module each for a job."""
    products, links = place.make_products(3, 300.0), [{}] * size
    if place.has_module:
        jobs = place.env["maintenance.request"].create(
            [{"name": f"Overhaul {n}", "equipment_id": asset.id} for n, asset in enumerate(place.make_assets(size))]
        )
        links = [{"maintenance_request_id": job.id} for job in jobs]
    place.env["purchase.order"].create(
        [
            {
                "partner_id": place.vendor.id,
                "user_id": place.buyer.id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": 1.0, **link}) for product in products],
            }
            for link in links
        ]
    )


def _open_requisitions(place, size):
    _open_list(place, "keepwisely_maintenance.action_requisitions", _make_requisitions, size)


def _open_oca_requests(place, size):
    _open_list(place, "purchase_request.purchase_request_form_action", _make_oca_requests, size)


def _open_orders(place, size):
    _open_list(place, "purchase.purchase_rfq", _make_orders, size)


def _make_product(place):
    """A product with a minimum; with the module a part that fits an asset and has an alternate."""
    product, other = place.make_products(2, 300.0, on_hand=5)
    place.env["stock.warehouse.orderpoint"].create({"product_id": product.id, "product_min_qty": 2, "product_max_qty": 9})
    if place.has_module:
        product.product_tmpl_id.write({"alternate_product_ids": other.ids, "fits_equipment_ids": place.make_assets(1).ids})
    return product.product_tmpl_id, specification(product.product_tmpl_id.with_user(place.buyer), "form")


def _open_product(place, _size):
    product, spec = place.once(_make_product)
    place.click(place.buyer, product, "web_read", spec)


def _open_menu(place, action, size):
    """What an entry of the menu opens for the planner: the first page, with the filters it begins with."""
    model, spec, domain = place.once(_read_menu, action)
    place.click(place.planner, model, "web_search_read", domain, spec, limit=size, count_limit=10001)


def _read_menu(place, action):
    action = place.env.ref(action)
    model = place.env[action.res_model]
    view = next(view for view, kind in action.views if kind == "list")
    chosen = {name.removeprefix("search_default_") for name in safe_eval(action.context)}
    filters = etree.fromstring(model.get_view(action.search_view_id.id, "search")["arch"]).iter("filter")
    domain = [part for node in filters if node.get("name") in chosen for part in safe_eval(node.get("domain"))]
    return model, specification(model.with_user(place.planner), "list", view), domain


def _open_trace(place, size):
    place.once(_make_orders, size)
    _open_menu(place, "keepwisely_maintenance.action_trace", size)


STEPS = (
    Step("request-to-payment", "first {size} rows of request to payment", _open_trace, {80: 18, 5: 18}),
    Step("requisition-list", "list of {size} requisitions", _open_requisitions, {80: 16, 5: 16},
         (Peer("OCA", _open_oca_requests, "oca"),), {"queries": 15}),
    Step("order-list", "list of {size} purchase orders", _open_orders, {80: 12, 5: 12},
         (Peer("Odoo's", _open_orders, "native"),), {"more": 3}),
    Step("product", "product form of a buyer", _open_product, {1: 42}, (Peer("Odoo's", _open_product, "native"),), {"cpu": 1.1}),
)  # fmt: skip
