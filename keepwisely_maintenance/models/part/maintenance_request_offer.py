from collections import defaultdict

from odoo import api, models
from odoo.fields import Command

from ...const import RFQ_STATES
from ...words import format_number


class MaintenanceRequestOffer(models.Model):
    """Before something is asked for: what is on the shelf instead, or on its way anyway."""

    _inherit = "maintenance.request"

    @api.depends(
        "part_ids.join_ids.quantity",
        "part_ids.join_ids.purchase_line_id.product_qty",
        "part_ids.join_ids.purchase_line_id.order_id.state",
        "part_ids.join_ids.purchase_line_id.move_ids.state",
        "part_ids.join_ids.purchase_line_id.move_ids.quantity",
        "part_ids.join_ids.purchase_line_id.move_ids.product_uom_qty",
        "part_ids.join_ids.requisition_line_id.state",
        "part_ids.join_ids.requisition_line_id.product_qty",
        "part_ids.join_ids.requisition_line_id.qty_ordered",
        "part_ids.join_ids.requisition_line_id.qty_received",
    )
    def _compute_parts_state(self):
        return super()._compute_parts_state()

    @api.depends(
        "part_ids.join_ids.quantity",
        "part_ids.join_ids.purchase_line_id.date_planned",
        "part_ids.join_ids.purchase_line_id.move_ids.date",
        "part_ids.join_ids.requisition_line_id.date_expected",
    )
    def _compute_parts_ready_date(self):
        return super()._compute_parts_ready_date()

    def _offer_other_ways(self):
        """An action that lets the user choose what can be had otherwise, or False when there is nothing."""
        self.ensure_one()
        # sudo: technicians cannot read what is on order
        parts = self.sudo().part_ids
        lacking = {part: part._get_uncovered_qty() for part in parts if part._get_uncovered_qty() > 0}
        offer = self._create_offer(lacking)
        return offer and offer._get_records_action(name=self.env._("Before you ask"), target="new")

    def _create_offer(self, lacking, only_alternates=False):
        """The choices for parts of this work order, or False when there are none.

        :param dict lacking: what is to be had, in the unit of the part, by part.
        """
        vals_list, taken, parts = [], defaultdict(float), [*lacking]
        sources = parts[0].union(*parts)._get_join_sources() if parts and not only_alternates else {}
        for part, quantity in lacking.items():
            vals_list += part._prepare_offer_lines(quantity, taken, sources.get(part, ()))
        if not vals_list:
            return False
        return self.env["maintenance.part.offer"].create(
            {
                "maintenance_request_id": self.id,
                "asks_rest": not only_alternates,
                "note": not only_alternates and self._describe_drafts(lacking),
                "line_ids": [Command.create(vals) for vals in vals_list],
            }
        )

    def _describe_drafts(self, parts):
        """What stands on orders that nobody has placed yet; it cannot be joined, but it is good to know."""
        sentences = []
        for part in parts:
            purchases = part.env["purchase.order.line"].search(
                [
                    ("product_id", "=", part.product_id.id),
                    ("requisition_line_id", "=", False),
                    ("order_id.state", "in", RFQ_STATES),
                    ("order_id.picking_type_id.warehouse_id", "=", part.warehouse_id.id),
                ]
            )
            sentences += [
                self.env._(
                    "%(order)s has %(quantity)s × %(product)s but is not placed yet.",
                    order=purchase.order_id.name,
                    quantity=format_number(self.env, purchase.product_uom_qty),
                    product=part.product_id.name,
                )
                for purchase in purchases
            ]
        return " ".join(dict.fromkeys(sentences))
