"""Random steps of those who ask, approve and buy: requisitions and purchase orders."""

from odoo.fields import Command

from .random_jobs import UNDER_WAY
from .random_step import step

RFQ = ("draft", "sent")


class Buying:
    """Steps on requisitions and purchase orders; mixed into the random plant."""

    # -- Targets --------------------------------------------------------------------------------------

    def requisitions(self, *states):
        return self.find("maintenance.requisition", ("state", "in", states), limit=60)

    def orders(self, *states):
        return self.find(
            "purchase.order", ("partner_id", "in", self.vendors.ids), ("state", "in", states), limit=40
        ).with_user(self.buyer)

    def order_lines(self, *states):
        return self.orders(*states).order_line

    def is_on_order(self, requisitions):
        orders = requisitions.line_ids.purchase_line_ids.order_id
        return any(order.state != "cancel" for order in orders)

    def owner_or_buyer(self, requisition):
        """A storekeeper's delivery may raise a requisition, too; it is the buyers' then."""
        owners = {self.technician, self.colleague, self.planner} & {requisition.requester_id}
        return self.pick([*owners, self.buyer])

    # -- Asking ---------------------------------------------------------------------------------------

    @step(5)
    def ask_by_hand(self):
        user = self.pick([self.technician, self.planner, self.buyer])
        requisition = self.env["maintenance.requisition"].with_user(user).create(
            {"line_ids": [Command.create(self._line_vals(user)) for _line in range(self.random.randint(1, 3))]}
        )
        self.note(requisition.sudo(), requisition.sudo().line_ids.mapped("name"))
        # a part that takes such a line later may want less of it
        self.raised_by_hand |= set(requisition.sudo().line_ids.ids)
        if self.chance(0.8):
            requisition.action_submit()

    def _line_vals(self, user):
        vals = {"product_qty": self.random.randint(1, 15)}
        what = self.random.random()
        if what < 0.2:
            vals["name"] = "Bracket made to measure"
        else:
            vals["product_id"] = (self.crane if what < 0.35 else self.pick(self.products)).id
        jobs = self.jobs("requested", *UNDER_WAY)
        if jobs and self.chance(0.6):
            vals["maintenance_request_id"] = self.pick(jobs).id
        if user != self.technician and self.chance(0.5):
            vals |= {"price_unit": self.random.randint(1, 400), "partner_id": self.pick(self.vendors).id}
        return vals

    @step(3)
    def submit(self):
        requisition = self.pick(self.requisitions("draft"))
        self.note(requisition)
        nothing = not requisition.line_ids.filtered(lambda line: not line.is_cancelled)
        with self.refused_when(nothing, "nothing is on it"):
            requisition.with_user(self.owner_or_buyer(requisition)).action_submit()

    @step(5)
    def price(self):
        requisition = self.pick(self.requisitions("draft").filtered("has_unpriced_line"))
        self.note(requisition)
        for line in requisition.line_ids.filtered(lambda line: not line.is_cancelled and not line.price_unit):
            line.with_user(self.buyer).write(
                {"price_unit": self.random.randint(1, 90), "partner_id": self.pick(self.vendors).id}
            )
        requisition.with_user(self.buyer).action_submit()

    @step(4)
    def choose_vendor(self):
        lines = self.requisitions("approved").line_ids.filtered(lambda line: line.state == "approved")
        line = self.pick(lines.filtered(lambda line: not line.partner_id))
        self.note(line.requisition_id, line)
        line.with_user(self.buyer).partner_id = self.pick(self.vendors)

    @step(2)
    def change_line(self):
        lines = self.requisitions("draft", "to_approve", "approved").line_ids
        line = self.pick(lines.filtered(lambda line: not line.is_cancelled))
        self.note(line.requisition_id, line.name)
        asked = line.requisition_id.state != "draft"
        with self.refused_when(asked and self.is_on_order(line.requisition_id), "it is on an order"):
            line.with_user(self.buyer).product_qty = self.random.randint(1, 15)
        self.raised_by_hand.add(line.id)

    @step(1)
    def delete_draft(self):
        requisition = self.pick(self.requisitions("draft", "cancelled"))
        self.note(requisition)
        is_kept = bool(requisition.decision_ids or requisition.line_ids.purchase_line_ids)
        with self.refused_when(is_kept, "it was decided on, or ordered"):
            requisition.with_user(self.owner_or_buyer(requisition)).unlink()

    @step(2)
    def cancel_requisition(self):
        requisition = self.pick(self.requisitions("draft", "to_approve", "approved", "ordered", "rejected"))
        self.note(requisition)
        with self.refused_when(self.is_on_order(requisition), "it is on an order"):
            requisition.with_user(self.owner_or_buyer(requisition)).action_cancel()

    @step(2)
    def take_requisition_back(self):
        requisition = self.pick(self.requisitions("to_approve", "approved", "rejected", "cancelled"))
        self.note(requisition, requisition.state)
        over = requisition.line_ids.maintenance_request_id.filtered(lambda job: job.state in ("closed", "cancelled"))
        alive = not over or not requisition.line_ids.filtered(
            lambda line: line.maintenance_request_id in over and not line.is_cancelled
        )
        with self.refused_when(self.is_on_order(requisition) or not alive, "it is on an order, or the job is over"):
            requisition.with_user(self.owner_or_buyer(requisition)).action_draft()

    # -- Deciding -----------------------------------------------------------------------------------------

    @step(12)
    def decide(self):
        requisition = self.pick(self.requisitions("to_approve"))
        user = self.pick(
            (self.procurement | self.finance).filtered(
                lambda user: user in requisition.current_tier_id._get_approvers()
            )
        )
        approves = self.chance(0.85)
        self.note(requisition, "approved by" if approves else "rejected by", user)
        decide = requisition.with_user(user)
        with self.refused_when(user in requisition.author_ids, "one's own"):
            if approves:
                decide.action_approve()
                if requisition.state != "to_approve":
                    self.note_decided(requisition)
            else:
                decide.action_reject("Too dear")

    @step(1)
    def decide_without_right(self):
        requisition = self.pick(self.requisitions("draft", "to_approve", "approved", "ordered"))
        with self.refused_when(True, "not theirs to decide"):
            requisition.with_user(self.pick([self.technician, self.planner, self.buyer])).action_approve()

    # -- Ordering -------------------------------------------------------------------------------------

    @step(16)
    def order(self):
        requisition = self.pick(self.requisitions("approved"))
        self.note(requisition)
        lines = requisition.line_ids.filtered(lambda line: line.state == "approved")
        refused = not lines or not all(line.partner_id for line in lines)
        with self.refused_when(refused, "a vendor is missing, or all is ordered"):
            requisition.with_user(self.buyer).action_order()

    @step(1)
    def order_too_early(self):
        requisition = self.pick(self.requisitions("draft", "to_approve", "rejected", "cancelled"))
        with self.refused_when(True, "it is not approved"):
            requisition.with_user(self.buyer).action_order()

    @step(14)
    def confirm(self):
        order = self.pick(self.orders(*RFQ))
        self.note(order)
        lines = order.sudo().order_line.requisition_line_id
        # what buyers changed, or what is bought again in packs, may be more than was approved
        changed = order.sudo().order_line & self.changed_by_buyer
        again = lines.filtered(lambda line: len(line.purchase_line_ids) > 1)
        asked = lines.requisition_id.filtered(lambda requisition: requisition.state in ("to_approve", "draft", "rejected"))
        own = order.sudo().order_line._maintenance_get_direct()  # may have been refused before
        with self.refused_when(None if changed or again or asked or own else False, "it is more than was approved"):
            order.button_confirm()

    @step(3)
    def ask_for_new_price(self):
        order = self.pick(self.orders(*RFQ).filtered("exceeds_approval"))
        self.note(order)
        lines = order.sudo().order_line.requisition_line_id
        wizard = self.env["maintenance.price.approval"].with_user(self.buyer).create(
            {"order_id": order.id, "reason": "Steel is dearer"}
        )
        dearer = wizard.sudo().line_ids.filtered(lambda row: row.new_amount > row.approved_amount + 0.005)
        elsewhere = lines.filtered(lambda line: line._is_other_vendor(order.sudo()))
        waiting = (dearer.line_id | elsewhere).requisition_id.filtered(
            lambda requisition: not requisition.approved_revision
            or requisition.state not in ("approved", "ordered", "done")
        )
        with self.refused_when(not (dearer or elsewhere) or bool(waiting), "nothing is dearer, or it is being decided on"):
            wizard.action_ask()
        self.raised_by_hand |= set(lines.ids)

    @step(1)
    def turn_to_another_vendor(self):
        order = self.pick(self.orders(*RFQ))
        vendor = self.pick(self.vendors)
        self.note(order, "→", vendor)
        order.partner_id = vendor
        self.changed_by_buyer |= order.sudo().order_line

    @step(2)
    def order_in_emergency(self):
        requisition = self.pick(
            self.requisitions("to_approve").filtered(
                lambda requisition: set(requisition.line_ids.mapped("maintenance_request_id.priority")) == {"3"}
            )
        )
        lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled)
        others = lines.filtered(lambda line: line.maintenance_request_id.priority != "3")
        refused = (
            others or requisition.approved_revision or requisition.date_emergency or not all(lines.mapped("partner_id"))
        )
        self.note(requisition)
        with self.refused_when(bool(refused), "a vendor is missing, or it was ordered already"):
            requisition.with_user(self.planner).action_order_emergency("The line stands")
        self.emergency |= set(requisition.line_ids.ids)

    @step(2)
    def change_request_quantity(self):
        line = self.pick(self.order_lines(*RFQ))
        quantity = self.random.randint(1, 20)
        self.note(line.order_id, line.product_id, f"{line.product_qty:g} → {quantity}")
        line.product_qty = quantity
        self.changed_by_buyer |= line.sudo()

    @step(1)
    def add_line_of_ones_own(self):
        order = self.pick(self.orders(*RFQ))
        self.note(order)
        order.order_line = [
            Command.create({"product_id": self.pick(self.products).id, "product_qty": self.random.randint(1, 9)})
        ]

    @step(3)
    def change_order_quantity(self):
        order = self.pick(self.orders("purchase").filtered(lambda order: not order.locked))
        line = self.pick(order.order_line.filtered(lambda line: line.product_id.type == "consu"))
        quantity = self.random.randint(max(int(line.qty_received) - 1, 0), int(line.qty_received) + 12)
        self.note(order, line.product_id, f"{line.product_qty:g} → {quantity}, received {line.qty_received:g}")
        # below what is here, native code prepares the return of the rest; what was given up, or went back for a refund, it
        # orders again up to the new one
        moves = line.sudo().move_ids.filtered(
            lambda move: move.state != "cancel" and (move.to_refund or not move.origin_returned_move_id)
        )
        coming = sum(
            (move.quantity if move.state == "done" else move.product_uom_qty)
            * ((move.location_id.usage == "supplier") - (move.location_dest_id.usage == "supplier"))
            for move in moves
        )
        more = quantity > min(line.product_qty, line.product_id.uom_id._compute_quantity(coming, line.product_uom_id))
        # natively a price that is the price list's, or came with the line, is read there again: then less may cost more
        draft = line.new(origin=line)
        draft.product_qty = quantity
        more = more or draft.price_subtotal > line.price_subtotal
        before, came = line.product_qty, max(line.qty_received, line.qty_invoiced)
        with self.refused_when(None if more else False, "it is more than was approved"):
            line.product_qty = quantity
        self.changed_by_buyer |= line.sudo()
        if before < quantity <= came:
            self.told.setdefault(line.id, before)
        elif quantity > came:
            self.told.pop(line.id, None)

    @step(2)
    def cancel_order(self):
        order = self.pick(self.orders(*RFQ, "purchase"))
        self.note(order, order.state)
        billed = any(bill.state not in ("cancel", "draft") for bill in order.sudo().invoice_ids)
        with self.refused_when(order.locked or billed, "it is locked or billed"):
            order.button_cancel()

    @step(2)
    def set_order_back(self):
        order = self.pick(self.orders("cancel").filtered("order_line"))
        self.note(order)
        lines = order.sudo().order_line.filtered("requisition_line_id")
        needless = lines.filtered(lambda line: not self._is_wanted_again(line))
        with self.refused_when(bool(needless), "a line is not needed any more"):
            order.button_draft()
        self.changed_by_buyer |= order.sudo().order_line

    def _is_wanted_again(self, purchase):
        """Whether what a line of a cancelled order served may still be ordered, and is on no other order."""
        line = purchase.requisition_line_id
        others = (line.purchase_line_ids - purchase).filtered(lambda other: other.order_id.state != "cancel")
        return not others and line.product_qty > line.qty_ordered and (
            line.state == "approved" or (line.is_open and line.requisition_id.is_emergency_due)
        )

    @step(1)
    def delete_order(self):
        order = self.pick(self.orders("cancel"))
        self.note(order)
        order.with_user(self.procurement).unlink()

    @step(1)
    def delete_request_line(self):
        line = self.pick(self.order_lines(*RFQ, "cancel"))
        self.note(line.order_id, line.product_id)
        with self.refused_when("done" in line.sudo().move_ids.mapped("state"), "some of it came"):
            line.unlink()

    @step(2)
    def move_line(self):
        """To another request of the same vendor, or to a new one."""
        line = self.pick(self.order_lines(*RFQ))
        order = line.order_id
        others = self.orders(*RFQ).filtered(
            lambda other: other != order
            and (other.partner_id, other.currency_id) == (order.partner_id, order.currency_id)
            and other.picking_type_id == order.picking_type_id
        )
        other = self.pick(others) if others and self.chance(0.6) else order.copy({"order_line": False})
        self.note(line.product_id, order, "→", other)
        line.order_id = other

    @step(2)
    def merge(self):
        orders = self.orders(*RFQ)
        groups = orders.grouped(lambda order: order._prepare_grouped_data(order)).values()
        group = self.pick([group for group in groups if len(group) > 1])
        self.note(group.mapped("name"))
        group.action_merge()

    @step(1)
    def lock_or_unlock(self):
        order = self.pick(self.orders("purchase"))
        self.note(order, order.locked)
        if order.locked:
            order.button_unlock()
        else:
            order.button_lock()

    @step(3)
    def confirm_service(self):
        """The technician, on the work order."""
        lines = self.jobs(*UNDER_WAY).requisition_line_ids.filtered(lambda line: line.is_open and line._is_confirmed())
        line = self.pick(lines.filtered(lambda line: "manual" in line.purchase_line_ids.mapped("qty_received_method")))
        left = sum(
            purchase.product_qty - purchase.qty_received
            for purchase in line.purchase_line_ids
            if purchase.order_id.state == "purchase" and purchase.qty_received_method == "manual"
        )
        self.note(line.maintenance_request_id, line.name)
        with self.refused_when(left <= 0, "all is here"):
            line.with_user(self.technician).action_receive()

    @step(3)
    def receive_service(self):
        lines = self.order_lines("purchase").filtered(
            lambda line: line.qty_received_method == "manual" and line.qty_received < line.product_qty
        )
        line = self.pick(lines)
        self.note(line.order_id, line.name)
        line.qty_received = self.pick([line.product_qty, self.random.randint(1, int(line.product_qty) or 1)])

    # -- What is not needed any more ----------------------------------------------------------------------

    @step(3)
    def keep_for_stock(self):
        lines = self.requisitions("approved", "ordered").line_ids.filtered(
            lambda line: line.is_open and line.maintenance_request_id and line.purchase_line_ids
        )
        line = self.pick(lines)
        self.note(line.requisition_id, line.name)
        with self.refused_when(bool(line._get_changing()), "something else is being decided on"):
            line.with_user(self.pick([self.buyer, self.planner])).action_keep_for_stock()
        self.raised_by_hand.add(line.id)

    @step(3)
    def redirect(self):
        lines = self.requisitions("approved", "ordered").line_ids.filtered(
            lambda line: line.is_open and line.purchase_line_ids and line.product_id.is_storable
        )
        line = self.pick(lines)
        part = self.pick(self.open_parts().filtered(lambda part: part.product_id == line.product_id))
        self.note(line.requisition_id, line.name, "→", part.maintenance_request_id)
        refused = not part._get_missing_qty() or line._get_changing()
        with self.refused_when(bool(refused), "it lacks nothing, or something else is being decided on"):
            line.with_user(self.pick([self.buyer, self.planner])).action_redirect(part.id)
        # it may be more than the other job wants
        self.raised_by_hand.add(line.id)
