"""Random decisions on suggested reorder points."""

from odoo.tests import new_test_user

from .random_step import step


class Reorder:
    """Steps of whoever decides how many of each part to keep; mixed into the random plant."""

    @property
    def keeper(self):
        """Who may change reorder points; made when first asked for, as a plant of before has none."""
        login = "plant_keeper"
        found = self.env["res.users"].search([("login", "=", login)])
        group = "stock.group_stock_manager"
        return found or new_test_user(self.env, login=login, groups=group, name="Keeper", notification_type="inbox")

    @step(2)
    def suggest_reorder_points(self):
        self.env["maintenance.reorder.suggestion"]._suggest_at_once()

    @step(4)
    def decide_on_a_reorder_point(self):
        """Accepted, changed or rejected by who may; the reorder point and its history say so."""
        found = self.find("maintenance.reorder.suggestion", ("finding", "not in", (False, "right")))
        suggestion = self.pick(found)
        user, how = self.pick([self.keeper, self.keeper, self.storekeeper]), self.pick(["accept", "accept", "change", "reject"])
        reason, before = self.pick([None, "As the vendor says"]), self._get_quantities(suggestion)
        if how == "accept":
            gone = suggestion.finding == "obsolete"
            kind, wanted = "accepted", (0.0, 0.0) if gone else (suggestion.min_qty, suggestion.max_qty)
        else:
            kind, wanted = ("changed", (2.0, 7.0)) if how == "change" else ("rejected", before)
        self.note(suggestion, suggestion.finding, before, kind, wanted, "by", user)
        refused = user == self.storekeeper or (how == "reject" and not reason)
        with self.refused_when(refused, "may not, or says not why", rights=user == self.storekeeper):
            asked = suggestion.with_user(user)
            getattr(asked, f"action_{how}")(*(wanted if how == "change" else ()), reason)
        self._end_request()
        now = self._get_quantities(suggestion)
        assert now == wanted, f"{wanted} was {kind}, and {now} is there"
        assert suggestion.is_rejected == (how == "reject")
        if how == "reject" or wanted != before:
            change = self.env["maintenance.reorder.change"].search(
                [("product_id", "=", suggestion.product_id.id), ("location_id", "=", suggestion.location_id.id)],
                order="id desc", limit=1,
            )  # fmt: skip
            told = change.kind, change.user_id, change.reason or None, (change.to_min_qty, change.to_max_qty)
            assert told == (kind, user, reason, wanted), f"{kind} by {user.name}, and the history says {told}"

    def _get_quantities(self, suggestion):
        """Minimum and maximum of its place; without a reorder point nothing is asked for."""
        points = self.find(
            "stock.warehouse.orderpoint",
            ("product_id", "=", suggestion.product_id.id), ("location_id", "=", suggestion.location_id.id),
        )  # fmt: skip
        return (points.product_min_qty, points.product_max_qty) if points else (0.0, 0.0)

    def check_that_reorder_points_are_what_their_history_says(self, full):
        """Each change begins where the one before ended, and the last one ends at what is so now."""
        wrong = self.rows(
            """
            SELECT * FROM (
                SELECT change.orderpoint_id, change.kind, change.from_min_qty, change.from_max_qty,
                       LAG(change.to_min_qty) OVER steps AS before_min, LAG(change.to_max_qty) OVER steps AS before_max,
                       LEAD(change.id) OVER steps AS next, change.to_min_qty, change.to_max_qty,
                       CASE WHEN point.active THEN point.product_min_qty ELSE 0 END AS min_now,
                       CASE WHEN point.active THEN point.product_max_qty ELSE 0 END AS max_now
                  FROM maintenance_reorder_change change
                  JOIN stock_warehouse_orderpoint point ON point.id = change.orderpoint_id
                WINDOW steps AS (PARTITION BY change.orderpoint_id ORDER BY change.id)
            ) told
             WHERE ABS(before_min - from_min_qty) > 0.005 OR ABS(before_max - from_max_qty) > 0.005
                OR (next IS NULL AND (ABS(min_now - to_min_qty) > 0.005 OR ABS(max_now - to_max_qty) > 0.005))
            """
        )
        assert not wrong, f"reorder points are not what their history says: {wrong}"
