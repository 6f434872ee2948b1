"""Purchase orders that OCA's ``maintenance_request_purchase`` ties to work orders.

The module need not be there. Its field is that of its release 19.0.1.0.0.
"""

from odoo.exceptions import UserError

from .takeover_origin import OVER_STATES
from .takeover_source import Row, TakeoverSource

#: States of an order that may still change what it is for.
OPEN_STATES = ("draft", "sent", "to approve", "purchase")


class OrderSource(TakeoverSource):
    """Lines of orders that are tied to one work order count for it; those tied to several are for people to divide."""

    kind = "purchase_order"
    model = "purchase.order"

    def is_there(self):
        return "maintenance_request_ids" in self.env[self.model]._fields

    def find(self):
        orders = self.env[self.model].search(
            [
                ("maintenance_request_ids", "!=", False),
                ("state", "in", OPEN_STATES),
                ("locked", "=", False),
                ("company_id", "=", self.company.id),
            ],
            order="id",
        )
        return [self._describe(order) for order in orders if self._get_lines(order)]

    def _get_lines(self, order):
        return order.order_line.filtered(
            lambda line: not line.display_type and not line.maintenance_request_id and not line.requisition_line_id
        )

    def _describe(self, order):
        requests = order.maintenance_request_ids
        return Row(
            record=order,
            name=f"{order.name}: {order.partner_id.name}",
            equipment=requests.equipment_id,
            rhythm="",
            day=order.date_planned and self.company._get_plant_day(order.date_planned),
            becomes=self._describe_lines(len(self._get_lines(order)), requests) if len(requests) == 1 else "",
            reason=self._explain(order, requests),
        )

    def _describe_lines(self, count, request):
        if count == 1:
            return self.env._("1 line counts for %s", request.display_name)
        return self.env._("%(count)s lines count for %(work_order)s", count=count, work_order=request.display_name)

    def _explain(self, order, requests):
        if len(requests) > 1:
            return self.env._("It is for several work orders; choose one on each of its lines.")
        if requests.state in OVER_STATES:
            return self.env._("%s is over.", requests.display_name)
        if requests.company_id != order.company_id:
            return self.env._("%s is of another company.", requests.display_name)
        return False

    def take(self, order):
        reason = self._explain(order, order.maintenance_request_ids)
        if reason:
            raise UserError(reason)
        self._get_lines(order).maintenance_request_id = order.maintenance_request_ids
        return order
