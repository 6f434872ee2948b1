"""What people do in the matrix: the bearing story, ordinary purchasing, and ordinary maintenance once the module is gone."""

import datetime

WORK_ORDER, REQUISITION, MOVE = "maintenance.request", "maintenance.requisition", "stock.move"


class Wrong(Exception):
    """Odoo answered, but not what it should."""


def _expect(what, found, wanted):
    if found != wanted:
        raise Wrong(f"{what}: {found}, not {wanted}")


def _read(person, model, record, *fields):
    [values] = person.api(model, "read", [record], fields=list(fields))
    return tuple(values[name] for name in fields)


def bearing_story(people, world):
    """Report, missing parts, requisition, approval, order, receipt in two halves, ready, completed, cost."""
    operator, technician, planner, buyer = (people[role] for role in ("operator", "technician", "planner", "buyer"))
    operator.api(WORK_ORDER, "create", vals_list=[{"name": "A smell of oil somewhere"}])
    [job] = operator.api(WORK_ORDER, "create", vals_list=[{"name": "Squealing", "equipment_id": world["asset"]}])
    _expect("after the report", _read(operator, WORK_ORDER, job, "state"), ("requested",))
    planner.api(WORK_ORDER, "action_approve", [job])
    planner.api(WORK_ORDER, "write", [job], vals={"user_id": technician.context["uid"]})
    planner.api(WORK_ORDER, "action_assign", [job])
    [part] = technician.api(MOVE, "create", vals_list=[
        {"maintenance_request_id": job, "product_id": world["part"], "product_uom_qty": 3}])
    technician.api(WORK_ORDER, "action_request_parts", [job])
    state, parts, requisitions = _read(technician, WORK_ORDER, job, "state", "parts_state", "requisition_ids")
    _expect("after asking for the part", (state, parts), ("waiting_parts", "requested"))
    [requisition] = requisitions
    _expect("the requisition", _read(buyer, REQUISITION, requisition, "state", "amount_total"), ("to_approve", 1600.0))
    people["procurement"].api(REQUISITION, "action_approve", [requisition])
    buyer.api(REQUISITION, "action_order", [requisition])
    [[order]] = _read(buyer, REQUISITION, requisition, "purchase_order_ids")
    _confirm(people, order)
    _receive(people, order, partly=1)
    _expect("after half of the receipt", _read(technician, WORK_ORDER, job, "state"), ("waiting_parts",))
    _receive(people, order)
    _expect("after the receipt", _read(technician, WORK_ORDER, job, "state", "parts_state"), ("assigned", "ready"))
    technician.api(WORK_ORDER, "action_start", [job])
    technician.api("maintenance.labor", "create", vals_list=[{"maintenance_request_id": job, "hours": 1.5}])
    technician.api(WORK_ORDER, "action_complete", [job])
    planner.api(WORK_ORDER, "action_close", [job])
    state, labor, parts, total = _read(planner, WORK_ORDER, job, "state", "labor_cost", "parts_cost", "total_cost")
    _expect("closed, with its hours", (state, labor), ("closed", 60.0))
    _expect("cost of the parts", parts, 2400.0)
    _expect("cost of the work order", total, labor + parts)
    _expect("the part", _read(technician, MOVE, part, "state", "quantity"), ("done", 3.0))


def scheduled_actions(people, world):
    """Run those of the module and Odoo's scheduler once, as an administrator does by hand."""
    admin = people["admin"]
    ours_or_scheduler = ["|", ["module", "=", world["module"]], ["name", "=", "ir_cron_scheduler_action"]]
    domain = [["model", "=", "ir.cron"], *ours_or_scheduler]
    for row in admin.api("ir.model.data", "search_read", domain=domain, fields=["res_id"]):
        admin.api("ir.cron", "method_direct_trigger", [row["res_id"]])


def native_purchase(people, world):
    """Order, receive and pay as Odoo has it without the module."""
    buyer, finance = people["buyer"], people["finance"]
    line = [0, 0, {"product_id": world["paper"], "product_qty": 3, "price_unit": 800.0}]
    [order] = buyer.api("purchase.order", "create", vals_list=[{"partner_id": world["vendor"], "order_line": [line]}])
    _confirm(people, order)
    _receive(people, order)
    buyer.api("purchase.order", "action_create_invoice", [order])
    [[bill]] = _read(buyer, "purchase.order", order, "invoice_ids")
    finance.api("account.move", "write", [bill], vals={"invoice_date": str(datetime.date.today())})
    finance.api("account.move", "action_post", [bill])
    _expect("the bill", _read(finance, "account.move", bill, "state", "amount_untaxed"), ("posted", 2400.0))
    _expect("what is billed", _read(buyer, "purchase.order", order, "invoice_status"), ("invoiced",))


def leave_parts_waiting(people, world):
    """Leave one work order with its part reserved, and one that waits for parts on order."""
    operator, technician, planner, buyer = (people[role] for role in ("operator", "technician", "planner", "buyer"))
    for quantity, wanted in ((1, ("assigned", "ready")), (5, ("waiting_parts", "requested"))):
        [job] = operator.api(WORK_ORDER, "create", vals_list=[{"name": f"Wants {quantity}", "equipment_id": world["asset"]}])
        planner.api(WORK_ORDER, "action_approve", [job])
        planner.api(WORK_ORDER, "write", [job], vals={"user_id": technician.context["uid"]})
        planner.api(WORK_ORDER, "action_assign", [job])
        technician.api(MOVE, "create", vals_list=[
            {"maintenance_request_id": job, "product_id": world["belt"], "product_uom_qty": quantity}])
        if quantity > 1:
            technician.api(WORK_ORDER, "action_request_parts", [job])
        _expect(f"the work order that wants {quantity}", _read(technician, WORK_ORDER, job, "state", "parts_state"), wanted)
    [[requisition]] = _read(technician, WORK_ORDER, job, "requisition_ids")
    people["procurement"].api(REQUISITION, "action_approve", [requisition])
    buyer.api(REQUISITION, "action_order", [requisition])
    [[world["order"]]] = _read(buyer, REQUISITION, requisition, "purchase_order_ids")
    _confirm(people, world["order"])


def native_acts(people, world):
    """Purchase, report and repair as Odoo has it without the module, and receive what was on order when it went."""
    native_purchase(people, world)
    if "order" in world:
        _receive(people, world["order"])
    planner = people["planner"]  # beside Employees, Odoo itself lets nobody else report who is no employee
    [job] = planner.api(WORK_ORDER, "create", vals_list=[{"name": "Squealing again"}])
    [stage] = planner.api("maintenance.stage", "search", domain=[["done", "=", True]], limit=1)
    planner.api(WORK_ORDER, "write", [job], vals={"stage_id": stage})


def _confirm(people, order):
    people["buyer"].api("purchase.order", "button_confirm", [order])
    _expect("the order", _read(people["buyer"], "purchase.order", order, "state"), ("purchase",))


def _receive(people, order, partly=0):
    """What is still to come, or only so many of it; a backorder is made for the rest."""
    storekeeper = people["storekeeper"]
    [pickings] = _read(people["buyer"], "purchase.order", order, "picking_ids")
    for picking in storekeeper.api("stock.picking", "search", domain=[["id", "in", pickings], ["state", "!=", "done"]]):
        if partly:
            [move] = storekeeper.api(MOVE, "search", domain=[["picking_id", "=", picking]])
            storekeeper.api(MOVE, "write", [move], vals={"quantity": partly, "picked": True})
        storekeeper.api("stock.picking", "button_validate", [picking], context={"skip_backorder": True})
        _expect("the receipt", _read(storekeeper, "stock.picking", picking, "state"), ("done",))
