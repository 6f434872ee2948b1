from dataclasses import dataclass

from odoo import api, models

#: What the history of reorder points is about.
QUANTITIES = ("product_min_qty", "product_max_qty")


@dataclass(frozen=True)
class Decision:
    """How a change came about. In the context of what decides; an object, since nobody can send one over the network."""

    kind: str
    reason: str | None = None


class StockWarehouseOrderpoint(models.Model):
    """Every change of minimum and maximum of a spare part is kept, whatever way it came."""

    _inherit = "stock.warehouse.orderpoint"

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        points._maintenance_log_quantities(dict.fromkeys(points, (0.0, 0.0)))
        return points

    def write(self, vals):
        before = {}
        if {*QUANTITIES, "active"} & vals.keys():
            before = {point: point._maintenance_get_quantities() for point in self}
        result = super().write(vals)
        self._maintenance_log_quantities(before)
        return result

    def _maintenance_get_quantities(self):
        """Minimum and maximum; what is archived asks for nothing."""
        self.ensure_one()
        return (self.product_min_qty, self.product_max_qty) if self.active else (0.0, 0.0)

    def _maintenance_log_quantities(self, before):
        """Keep who changed what from what, with what was suggested then.

        :param dict before: minimum and maximum of each reorder point, in its unit.
        """
        after = {point: point._maintenance_get_quantities() for point in before if point.product_id.is_spare_part}
        changed = [point for point, quantities in after.items() if quantities != before[point]]
        if not changed:
            return
        decision = self.env.context.get("maintenance_reorder_decision")
        if not isinstance(decision, Decision):
            decision = Decision("by_hand")
        # sudo: the history is the system's, and what was suggested is told to whoever reads it
        suggestions = self.env["maintenance.reorder.suggestion"].sudo()
        found = {
            (suggestion.product_id, suggestion.location_id): suggestion
            for suggestion in suggestions.search(
                [
                    ("product_id", "in", [point.product_id.id for point in changed]),
                    ("location_id", "in", [point.location_id.id for point in changed]),
                ]
            )
        }
        self.env["maintenance.reorder.change"].sudo().create(
            [
                {
                    "suggestion_id": (suggestion := found.get((point.product_id, point.location_id), suggestions)).id,
                    "orderpoint_id": point.id,
                    "product_id": point.product_id.id,
                    "location_id": point.location_id.id,
                    "company_id": point.company_id.id,
                    "user_id": self.env.uid,
                    "kind": decision.kind,
                    "reason": decision.reason,
                    "from_min_qty": before[point][0],
                    "from_max_qty": before[point][1],
                    "to_min_qty": after[point][0],
                    "to_max_qty": after[point][1],
                    "suggested_min_qty": suggestion.min_qty,
                    "suggested_max_qty": suggestion.max_qty,
                }
                for point in changed
            ]
        )
        for point in changed if decision.kind == "by_hand" else ():
            suggestion = found.get((point.product_id, point.location_id))
            if suggestion and suggestion.date_made and point.active:
                suggestion._follow(point)
