"""Purchase requests (OCA's ``purchase_request``) on their way to requisitions.

The module need not be there. Its models and fields are those of its release 19.0.1.0.3.
"""

from odoo.exceptions import UserError
from odoo.fields import Command

from .takeover_source import Row, TakeoverSource

#: States of a purchase request of which something may still have to be bought.
OPEN_STATES = ("draft", "to_approve", "approved", "in_progress")


class PurchaseRequestSource(TakeoverSource):
    """What open purchase requests still ask for becomes requisitions, in the name of who asked; the requests are done.

    An approval there is none here: what was submitted is submitted to the tiers of the company.
    """

    kind = "purchase_request"
    model = "purchase.request"

    def find(self):
        requests = self.env[self.model].search(
            [("state", "in", OPEN_STATES), ("company_id", "in", [self.company.id, False])], order="id"
        )
        known = self.env["maintenance.requisition"]._find_taken_over(requests)
        return [self._describe(request, known.get(request.id)) for request in requests]

    def _describe(self, request, known):
        lines = self._get_rest(request)
        return Row(
            record=request,
            name=f"{request.name}: {request.description}" if request.description else request.name,
            equipment=self.env["maintenance.equipment"],
            rhythm="",
            day=min((line.date_required for line in lines if line.date_required), default=False),
            becomes=self._describe_requisition(len(lines), request.state == "draft"),
            reason=self._explain(request, lines, known),
        )

    def _describe_requisition(self, count, is_draft):
        if is_draft:
            one, many = self.env._("Draft requisition with 1 line"), self.env._("Draft requisition with %s lines", count)
        else:
            one = self.env._("Requisition with 1 line, which your tiers decide on")
            many = self.env._("Requisition with %s lines, which your tiers decide on", count)
        return one if count == 1 else many

    def _get_rest(self, request):
        """Lines of which something is on no order, with how much."""
        rest = {}
        for line in request.line_ids.filtered(lambda line: not line.cancelled).sorted("id"):
            quantity = line.product_qty - line.purchased_qty
            unit = line.product_uom_id or line.product_id.uom_id
            if not (unit.is_zero(quantity) if unit else not quantity) and quantity > 0:
                rest[line] = quantity
        return rest

    def _explain(self, request, lines, known):
        if known:
            return self.env._("It is the requisition %s already.", known.name)
        if not lines:
            return self.env._("Nothing on it is still to be ordered.")
        nameless = [line for line in lines if not line.product_id and not line.name]
        if nameless:
            return self.env._("A line of it says neither product nor description.")
        if not request.requested_by.active:
            return self.env._("%s, who asked for it, has left; let somebody else ask.", request.requested_by.name)
        return False

    def take(self, request):
        requisitions = self.env["maintenance.requisition"]
        rest = self._get_rest(request)
        reason = self._explain(request, rest, requisitions._find_taken_over(request).get(request.id))
        if reason:
            raise UserError(reason)
        was_draft = request.state == "draft"
        # sudo: who asked there asks here, and is no other; the procurement that a line holds goes on with it. Who takes it
        # over has written the lines, and decides on none of them
        requisition = requisitions.sudo().create(self._prepare_requisition(request, rest)).sudo(False)
        # with their own rights: the request asks for nothing any more
        request.write({"state": "done"})
        requisition._tell_origin(request)
        if not was_draft:
            requisition.action_submit()
        return requisition

    def _prepare_requisition(self, request, rest):
        company = request.company_id or self.company
        return {
            "company_id": company.id,
            "requester_id": request.requested_by.id,
            "date_required": min((line.date_required for line in rest if line.date_required), default=False),
            "reason": "\n".join(filter(None, [request.description, request.origin])),
            "line_ids": [Command.create(self._prepare_line(line, quantity)) for line, quantity in rest.items()],
            "origin_name": request.name,
            "origin_model": request._name,
            "origin_id": request.id,
        }

    def _prepare_line(self, line, quantity):
        product, company = line.product_id, line.request_id.company_id or self.company
        # the procurement that it came of, as far as it is one of the same product here
        point = line.orderpoint_id.filtered(lambda found: found.product_id == product and found.company_id == company)
        waiting = line.move_dest_ids.filtered(
            lambda move: move.product_id == product and move.company_id == company and move.state not in ("done", "cancel")
        )
        vals = {
            "product_id": line.product_id.id,
            "product_qty": quantity,
            "product_uom_id": (line.product_uom_id or line.product_id.uom_id or self.env.ref("uom.product_uom_unit")).id,
            "date_required": line.date_required,
            "orderpoint_id": point.id,
            "location_id": point.location_id.id,
            "move_dest_ids": [Command.set(waiting.ids)],
            "origin": line.request_id.name,
        }
        if not line.product_id or line.specifications:
            vals["name"] = " – ".join(filter(None, [line.name or line.product_id.display_name, line.specifications]))
        if line.estimated_cost and line.product_qty and not line.product_id.seller_ids:
            vals["price_unit"] = line.estimated_cost / line.product_qty
        return vals
