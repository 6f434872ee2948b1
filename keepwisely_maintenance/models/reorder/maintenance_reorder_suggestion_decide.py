from odoo import models
from odoo.exceptions import UserError

from .stock_warehouse_orderpoint import Decision


class MaintenanceReorderSuggestionDecide(models.Model):
    """What becomes of a suggestion: accepted, changed or rejected, by who may change reorder points."""

    _inherit = "maintenance.reorder.suggestion"

    def action_accept(self, reason=None):
        """Let the reorder points be as suggested; an obsolete one is archived, a missing one made.

        :param str reason: kept with the change.
        :raises AccessError: the user may not change reorder points.
        """
        for suggestion in self._require_open():
            if suggestion.finding == "obsolete":
                suggestion._set_quantities(0.0, 0.0, "accepted", reason)
            else:
                suggestion._set_quantities(suggestion.min_qty, suggestion.max_qty, "accepted", reason)
        return True

    def action_change(self, min_qty, max_qty, reason=None):
        """Set other quantities than the suggested ones.

        :raises UserError: the maximum is below the minimum, or one is negative.
        :raises AccessError: the user may not change reorder points.
        """
        if not 0 <= min_qty <= max_qty:
            raise UserError(self.env._("The maximum is at least the minimum, and neither is negative."))
        for suggestion in self._require_open():
            suggestion._set_quantities(min_qty, max_qty, "changed", reason)
        return True

    def action_reject(self, reason):
        """Leave the reorder points as they are until something else is suggested.

        :raises UserError: there is no reason.
        :raises AccessError: the user may not change reorder points.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the suggestion is rejected."))
        self._require_open()
        self._check_may_decide()
        # sudo: nobody writes suggestions but by deciding on them
        self.sudo().write({"is_rejected": True, "reason": reason})
        for suggestion in self:
            point = suggestion.orderpoint_id
            kept = (point.product_min_qty, point.product_max_qty)
            suggestion._log_change("rejected", kept, kept, reason)
        return True

    def action_open_decide(self):
        """Open the questions on these suggestions."""
        self._require_open()
        wizard = self.env["maintenance.reorder.decide"].create({"suggestion_ids": self.ids})
        return wizard._get_records_action(name=self.env._("Decide on Reorder Points"), target="new")

    def _require_open(self):
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose the reorder points first."))
        for suggestion in self:
            if suggestion.finding == "right":
                raise UserError(self.env._("%s is as suggested; nothing is to be decided.", suggestion.display_name))
        return self

    def _check_may_decide(self):
        """:raises AccessError: the user may not change reorder points of these places."""
        self.orderpoint_id.check_access("write" if self.orderpoint_id else "create")

    def _set_quantities(self, minimum, maximum, kind, reason):
        """Change the reorder point, make it, or archive one that nobody needs. With the rights of the user."""
        decision = Decision(kind, reason)
        points = self.env["stock.warehouse.orderpoint"].with_context(maintenance_reorder_decision=decision)
        point = self.orderpoint_id.with_env(points.env)
        if kind == "accepted" and self.finding == "obsolete":
            point.write({"product_min_qty": 0.0, "product_max_qty": 0.0, "active": False})
        elif point:
            point.write({"product_min_qty": minimum, "product_max_qty": maximum})
        else:
            point = points.create(
                {
                    "product_id": self.product_id.id,
                    "location_id": self.location_id.id,
                    "warehouse_id": self.warehouse_id.id,
                    "company_id": self.company_id.id,
                    "product_min_qty": minimum,
                    "product_max_qty": maximum,
                }
            )
        # sudo: as above
        suggestion = self.sudo()
        vals = {"finding": "right", "is_rejected": False, "reason": False}
        if point.active:
            vals["orderpoint_id"] = point.id
        if kind != "changed":
            vals.update(
                shortages_now=suggestion.shortages_then, shortages_saved=0.0, stock_now=suggestion.stock_then, stock_change=0.0
            )
        suggestion.write(vals)

    def _log_change(self, kind, before, after, reason):
        # sudo: the history of reorder points is the system's
        self.env["maintenance.reorder.change"].sudo().create(
            {
                "suggestion_id": self.id,
                "orderpoint_id": self.orderpoint_id.id,
                "product_id": self.product_id.id,
                "location_id": self.location_id.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "kind": kind,
                "reason": reason,
                "from_min_qty": before[0],
                "from_max_qty": before[1],
                "to_min_qty": after[0],
                "to_max_qty": after[1],
                "suggested_min_qty": self.min_qty,
                "suggested_max_qty": self.max_qty,
            }
        )

    def _apply_by_itself(self):
        """Accept what the company lets change by itself, for the system; what is unsure waits for a person."""
        for suggestion in self:
            if (
                suggestion.finding in ("low", "high")
                and suggestion.certainty != "unsure"
                and not suggestion.is_rejected
                and suggestion.company_id._maintenance_changes_by_itself(suggestion.spare_criticality)
            ):
                suggestion._set_quantities(suggestion.min_qty, suggestion.max_qty, "by_itself", None)
