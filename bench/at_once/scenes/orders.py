"""Two people ask, decide, order and receive at once."""

from ..stage import Wrong, scene


@scene
def order(stage):
    """Two buyers order the same requisition."""
    with stage.commit():
        requisition = stage.job(5).requisition_ids
        users, ids = (stage.plant.buyer.id, stage.plant.second_buyer.id), requisition.ids
    outcomes = stage.at_once(
        *((user, lambda env: env["maintenance.requisition"].browse(ids).action_order()) for user in users)
    )
    with stage.commit() as env:
        line = env["maintenance.requisition"].browse(ids).line_ids
        if len(line.purchase_line_ids) != 1 or line.qty_ordered != 5:
            raise Wrong(f"ordered {line.qty_ordered} on {len(line.purchase_line_ids)} lines")
    return stage.winners(outcomes, 1, 1)


@scene
def ask(stage):
    """Two people ask for the parts of the same work order."""
    with stage.commit():
        ids = stage.job(5, ask=False).ids
        users = (stage.plant.technician.id, stage.plant.colleague.id, stage.plant.planner.id)
    outcomes = stage.at_once(
        *((user, lambda env: env["maintenance.request"].browse(ids).action_request_parts(offer=False))
            for user in users)
    )
    with stage.commit() as env:
        lines = env["maintenance.request"].browse(ids).requisition_line_ids
        if lines.mapped("product_qty") != [5]:
            raise Wrong(f"asked for {lines.mapped('product_qty')}")
    return stage.winners(outcomes, 3, 3)


@scene
def approve(stage):
    """Two approvers of the same tier decide, one for and one against."""
    with stage.commit():
        requisition = stage.job(100).requisition_ids
        users, ids = (stage.plant.procurement.id, stage.plant.second_procurement.id), requisition.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_approve()),
        (users[1], lambda env: env["maintenance.requisition"].browse(ids).action_reject("Too dear")),
    )
    with stage.commit() as env:
        requisition = env["maintenance.requisition"].browse(ids)
        if len(requisition.decision_ids) != 1:
            raise Wrong(f"{len(requisition.decision_ids)} decisions")
    return stage.winners(outcomes, 1, 1)


@scene
def approve_and_withdraw(stage):
    """One approves what the requester withdraws."""
    with stage.commit():
        requisition = stage.job(100).requisition_ids
        users, ids = (stage.plant.procurement.id, stage.plant.planner.id), requisition.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_approve()),
        (users[1], lambda env: env["maintenance.requisition"].browse(ids).action_cancel()),
    )
    with stage.commit() as env:
        if env["maintenance.requisition"].browse(ids).state != "cancelled":
            raise Wrong("withdrawn and not cancelled")
    return stage.winners(outcomes, 1, 2)


@scene
def order_and_lower(stage):
    """A buyer orders what the technician needs less of."""
    with stage.commit():
        request = stage.job(8)
        users = (stage.plant.buyer.id, stage.plant.technician.id)
        ids, part_ids = request.requisition_ids.ids, request.part_ids.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["maintenance.requisition"].browse(ids).action_order()),
        (users[1], lambda env: env["stock.move"].browse(part_ids).write({"product_uom_qty": 3})),
    )
    with stage.commit() as env:
        line = env["maintenance.requisition"].browse(ids).line_ids
        if (line.product_qty, line.purchase_line_ids.product_qty) != (3, 3):
            raise Wrong(f"asked for {line.product_qty}, ordered {line.purchase_line_ids.mapped('product_qty')}")
    return stage.winners(outcomes, 2, 2)


@scene
def confirm_and_cancel(stage):
    """A buyer confirms the order of a job that the planner cancels."""
    with stage.commit():
        request = stage.job(8)
        request.requisition_ids.with_user(stage.plant.buyer).action_order()
        users = (stage.plant.buyer.id, stage.plant.planner.id)
        ids, job_ids = request.requisition_ids.purchase_order_ids.ids, request.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["purchase.order"].browse(ids).button_confirm()),
        (users[1], lambda env: env["maintenance.request"].browse(job_ids).archive_equipment_request()),
    )
    with stage.commit() as env:
        order = env["purchase.order"].browse(ids)
        told = stage.plant._buyer_was_told(order)
        # cancelled first: taken off the order, which may stand for other jobs
        ordered = order.order_line.filtered(lambda line: line.maintenance_request_id.id in job_ids)
        if told != bool(ordered and order.state == "purchase"):
            raise Wrong(f"the order is {order.state}, its buyer was {'' if told else 'not '}told")
    return stage.winners(outcomes, 1, 2)


@scene
def receive(stage):
    """Two storekeepers validate the same receipt."""
    with stage.commit():
        request = stage.job(5)
        requisition = request.requisition_ids.with_user(stage.plant.buyer)
        requisition.action_order()
        requisition.purchase_order_ids.button_confirm()
        users = (stage.plant.storekeeper.id, stage.plant.second_storekeeper.id)
        ids, job_ids = requisition.purchase_order_ids.sudo().picking_ids.ids, request.ids
    outcomes = stage.at_once(*((user, lambda env: env["stock.picking"].browse(ids).button_validate()) for user in users))
    with stage.commit() as env:
        request = env["maintenance.request"].browse(job_ids)
        told = request.message_ids.filtered(lambda message: "All parts are here" in (message.body or ""))
        facts = (request.part_ids.product_id.qty_available, request.part_ids.quantity, request.state, len(told))
        if facts != (5, 5, "assigned", 1):
            raise Wrong(f"on hand, reserved, job and times told are {facts}")
    return stage.winners(outcomes, 1, 2)


@scene
def receive_and_cancel(stage):
    """Parts arrive for a job that the planner cancels."""
    with stage.commit():
        request = stage.job(5)
        requisition = request.requisition_ids.with_user(stage.plant.buyer)
        requisition.action_order()
        requisition.purchase_order_ids.button_confirm()
        users = (stage.plant.storekeeper.id, stage.plant.planner.id)
        ids, job_ids = requisition.purchase_order_ids.sudo().picking_ids.ids, request.ids
    outcomes = stage.at_once(
        (users[0], lambda env: env["stock.picking"].browse(ids).button_validate()),
        (users[1], lambda env: env["maintenance.request"].browse(job_ids).archive_equipment_request()),
    )
    with stage.commit() as env:
        product = env["maintenance.request"].browse(job_ids).part_ids.product_id
        if (product.qty_available, product.free_qty) != (5, 5):
            raise Wrong(f"{product.qty_available} on hand, {product.free_qty} free")
    return stage.winners(outcomes, 2, 2)
