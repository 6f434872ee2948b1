"""What must hold in the random plant after every step, worked out in other ways than the module does."""

from collections import defaultdict

from odoo.tools import SQL

from .random_jobs import UNDER_WAY
from .random_step import step

#: Half of the smallest quantity that is counted.
NOTHING = 0.005

STORED = {
    "maintenance.request": ("state", "parts_state", "parts_ready_date"),
    "maintenance.requisition": ("state", "amount_total", "current_tier_id"),
    "maintenance.requisition.line": (
        "qty_to_buy", "qty_ordered", "qty_received", "state", "is_open", "price_subtotal", "date_expected",
    ),
    "purchase.order.line": ("qty_received", "maintenance_request_id", "equipment_id"),
}  # fmt: skip

PURCHASES_SQL = """
    SELECT pol.requisition_line_id, po.state, pol.qty_received_method, pol.product_qty, pol.qty_received, unit.factor,
           COALESCE(SUM(move.quantity * move_unit.factor)
               FILTER (WHERE move.state = 'done' AND source.usage = 'supplier'), 0) AS came,
           COALESCE(SUM(move.quantity * move_unit.factor)
               FILTER (WHERE move.state = 'done' AND dest.usage = 'supplier'), 0) AS went_back,
           -- natively a lowered quantity that cannot be taken off the receipt is to be sent back
           GREATEST(0, COALESCE(SUM(move.product_uom_qty * move_unit.factor
                                    * CASE WHEN source.usage = 'supplier' THEN 1
                                           WHEN dest.usage = 'supplier' AND move.origin_returned_move_id IS NULL THEN -1
                                           ELSE 0 END)
               FILTER (WHERE move.state NOT IN ('done', 'cancel')), 0)) AS on_its_way
      FROM purchase_order_line pol
      JOIN purchase_order po ON po.id = pol.order_id
      JOIN uom_uom unit ON unit.id = pol.product_uom_id
      LEFT JOIN stock_move move ON move.purchase_line_id = pol.id AND move.product_id = pol.product_id
      LEFT JOIN uom_uom move_unit ON move_unit.id = move.product_uom
      LEFT JOIN stock_location source ON source.id = move.location_id
      LEFT JOIN stock_location dest ON dest.id = move.location_dest_id
     WHERE pol.requisition_line_id IS NOT NULL
     GROUP BY pol.id, po.id, unit.id
"""


def differ(one, other):
    return abs(one - other) > NOTHING


class Checks:
    """What must hold; mixed into the random plant."""

    #: Stored fields that must not be stale, by model.
    stored = STORED
    #: The plant's day at the last check.
    day = None

    def check_all(self, full):
        """Check everything that must hold.

        :param bool full: also what was over long ago.
        :raises AssertionError: something does not agree.
        """
        self.env.invalidate_all()
        for name in dir(type(self)):
            if name.startswith("check_that_"):
                getattr(self, name)(full)
                self.checked[name] += 1

    def rows(self, query, *args):
        self.env.cr.execute(SQL(query, *args))
        return self.env.cr.dictfetchall()

    def recent(self, model, full, *domain):
        return self.find(model, *domain, limit=None if full else 40)

    def find(self, model, *domain, limit=None):
        """All records of ``model``, or the latest ``limit``, of the plant's company."""
        domain = list(domain)
        if "company_id" in self.env[model]._fields:
            domain.append(("company_id", "in", (self.env.company.id, False)))
        return self.env[model].search(domain, order="id desc", limit=limit)

    def jobs(self, *states):
        return self.find("maintenance.request", ("maintenance_team_id", "in", self.team.ids), ("state", "in", states))

    def awaited(self, request):
        """Services and one-off parts that the job waits for."""
        return request.requisition_line_ids.filtered(
            lambda line: line.is_blocking and not line.part_move_ids and line.state not in ("done", "cancelled")
        )

    def is_missing(self, part):
        return (
            not part.picked
            and part.state in ("draft", "confirmed", "waiting", "partially_available", "assigned")
            and part.product_uom.compare(part.quantity, part.product_uom_qty) < 0
        )

    # -- Requisitions and orders ------------------------------------------------------------------------

    def check_that_quantities_follow_orders(self, full):
        ordered, received, has_orders = defaultdict(float), defaultdict(float), set()
        for row in self.rows(PURCHASES_SQL):
            line = row["requisition_line_id"]
            has_orders.add(line)
            if row["qty_received_method"] == "stock_moves":
                here, coming = row["came"] - row["went_back"], row["on_its_way"]
            else:
                here = row["qty_received"] * row["factor"]
                coming = max(row["product_qty"] * row["factor"] - here, 0)
            if row["state"] == "cancel":
                coming = 0
            elif row["state"] != "purchase":
                coming = max(row["product_qty"] * row["factor"] - here, 0)
            ordered[line] += here + coming
            received[line] += here
        for row in self.rows(
            """
            SELECT line.id, line.qty_ordered, line.qty_received, line.state, line.is_open, line.is_cancelled,
                   line.product_qty, line.maintenance_request_id, unit.factor, requisition.state AS asked, requisition.name,
                   requisition.approved_revision AS was_approved,
                   COUNT(part.id) AS parts, COUNT(part.id) FILTER (WHERE part.state NOT IN ('done', 'cancel')) AS open_parts
              FROM maintenance_requisition_line line
              JOIN maintenance_requisition requisition ON requisition.id = line.requisition_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              LEFT JOIN maintenance_requisition_line_part_rel rel ON rel.line_id = line.id
              LEFT JOIN stock_move part ON part.id = rel.move_id
             GROUP BY line.id, requisition.id, unit.id
            """
        ):
            on_order, here = ordered[row["id"]] / row["factor"], received[row["id"]] / row["factor"]
            name = f"{row['name']}, line {row['id']}"
            assert not differ(row["qty_ordered"], on_order), f"{name}: ordered {row['qty_ordered']}, really {on_order}"
            assert not differ(row["qty_received"], here), f"{name}: received {row['qty_received']}, really {here}"
            wanted = row["product_qty"]
            used = row["maintenance_request_id"] and row["parts"] and not row["open_parts"]
            if used and row["id"] in has_orders:
                wanted = min(wanted, on_order)
            state = row["asked"]
            if row["is_cancelled"]:
                state = "cancelled"
            elif row["was_approved"] and here > NOTHING and here > wanted - NOTHING:
                state = "done"  # also while a new price is asked for the rest
            elif state in ("approved", "ordered", "done"):
                state = (
                    "done" if here > wanted - NOTHING else "ordered" if on_order > wanted - NOTHING else "approved"
                )
            assert row["state"] == state, f"{name}: is {row['state']}, really {state}"
            is_open = state in ("draft", "to_approve", "approved", "ordered")
            assert row["is_open"] == is_open, f"{name}: open is {row['is_open']} in {state}"

    def check_that_requisitions_follow_decisions_and_lines(self, full):
        for requisition in self.recent("maintenance.requisition", full):
            lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled)
            now = requisition.decision_ids.filtered(lambda made, now=requisition.revision: made.revision == now)
            states = set(lines.mapped("state"))
            live = requisition.line_ids.purchase_line_ids.filtered(lambda line: line.order_id.state != "cancel")
            # ordered first and refused after: it stays ordered
            emergency = requisition.date_emergency and live
            if requisition.date_cancelled:
                expected = "cancelled"
            elif not requisition.date_submitted:
                expected = "draft"
            elif "rejected" in now.mapped("decision") and not (requisition.approved_revision or emergency):
                expected = "rejected"
            elif requisition.tier_ids - now.tier_id and "rejected" not in now.mapped("decision"):
                expected = "to_approve"
            elif not lines:
                expected = "cancelled" if requisition.line_ids else "approved"
            elif states == {"done"}:
                expected = "done"
            else:
                expected = "approved" if "approved" in states else "ordered"
            assert requisition.state == expected, f"{requisition.name} is {requisition.state}, really {expected}"
            if expected in ("approved", "ordered", "done") and lines:
                assert now, f"{requisition.name} is {expected} and nobody decided"
            # a request for quotation may ask for itself, or again where more came together; then it cannot be placed
            placed = live.filtered(lambda line: line.order_id.state == "purchase")
            too_early = expected in ("draft", "to_approve", "rejected") and not (
                requisition.date_emergency or requisition.approved_revision
            )
            assert not (too_early and placed), f"{requisition.name} is {expected} and on {placed.order_id.mapped('name')}"

    def check_that_purchase_lines_fit_what_they_serve(self, full):
        wrong = self.rows(
            """
            SELECT pol.id, po.name
              FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id
              JOIN maintenance_requisition_line line ON line.id = pol.requisition_line_id
             WHERE pol.product_id IS DISTINCT FROM line.product_id AND line.product_id IS NOT NULL
                OR pol.maintenance_request_id IS DISTINCT FROM line.maintenance_request_id
                OR po.company_id <> line.company_id
            """
        )
        assert not wrong, f"purchase lines serve something else: {wrong}"
        parts = self.rows(
            """
            SELECT line.id, move.id AS part
              FROM maintenance_requisition_line_part_rel rel
              JOIN maintenance_requisition_line line ON line.id = rel.line_id
              JOIN stock_move move ON move.id = rel.move_id
             WHERE move.product_id <> line.product_id OR move.maintenance_request_id IS NULL
            """
        )
        assert not parts, f"requisition lines for other parts: {parts}"

    def check_that_nothing_is_stale(self, full):
        """Compute stored fields again and compare.

        What is promised by a price list alone is looked at once a day; confirming an order writes price lists. Long walks
        go on after midnight, when the scheduler moves what was expected yesterday.
        """
        today = self.company._get_plant_day()
        by_list = [("purchase_line_ids", "=", False)] if today == self.day else []
        self.day = today
        promised = self.find("maintenance.requisition.line", ("is_open", "=", True), *by_list)
        self.env.add_to_compute(promised._fields["date_expected"], promised)
        promised.mapped("date_expected")
        for model, names in self.stored.items():
            records = self.recent(model, full)
            before = {name: [record[name] for record in records] for name in names}
            for name in names:
                self.env.add_to_compute(records._fields[name], records)
            for name in names:
                for record, was in zip(records, before[name], strict=True):
                    same = not differ(was, record[name]) if isinstance(was, float) else was == record[name]
                    assert same, f"{record.display_name} ({record}): {name} is {was}, really {record[name]}"

    # -- Stock --------------------------------------------------------------------------------------------

    def check_that_reservations_are_what_lines_reserve(self, full):
        wrong = self.rows(
            """
            WITH reserved AS (
                SELECT line.product_id, line.location_id, COALESCE(line.lot_id, 0) AS lot_id,
                       SUM(line.quantity_product_uom) AS qty,
                       COALESCE(SUM(line.quantity_product_uom) FILTER (WHERE line.picked), 0) AS entered
                  FROM stock_move_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
                  JOIN stock_location location ON location.id = line.location_id AND location.usage IN ('internal', 'transit')
                 WHERE line.state NOT IN ('done', 'cancel', 'draft')
                 GROUP BY 1, 2, 3
            ), held AS (
                SELECT product_id, stock_quant.location_id, COALESCE(lot_id, 0) AS lot_id,
                       SUM(reserved_quantity) AS qty, SUM(quantity) AS here
                  FROM stock_quant
                  JOIN stock_location location ON location.id = stock_quant.location_id
                   AND location.usage IN ('internal', 'transit')
                 GROUP BY 1, 2, 3
            )
            SELECT product_id, location_id, lot_id, reserved.qty AS reserved, held.qty AS held, held.here
              FROM reserved FULL JOIN held USING (product_id, location_id, lot_id)
             WHERE ABS(COALESCE(reserved.qty, 0) - COALESCE(held.qty, 0)) > 0.005 OR held.here < -0.005
                -- what was entered as used may be another job's, which loses it when the work is completed
                OR held.qty - COALESCE(reserved.entered, 0) > held.here + 0.005
            """
        )
        assert not wrong, f"reservations do not agree, or there is less than nothing: {wrong}"

    def check_that_stock_is_what_came_and_went(self, full):
        wrong = self.rows(
            """
            WITH moved AS (
                SELECT line.product_id, place.id AS location_id,
                       SUM(CASE WHEN line.location_dest_id = place.id THEN line.quantity_product_uom
                                ELSE -line.quantity_product_uom END) AS qty
                  FROM stock_move_line line
                  JOIN stock_location place ON place.id IN (line.location_id, line.location_dest_id)
                 WHERE line.state = 'done' AND line.product_id IN %s AND line.location_id <> line.location_dest_id
                   AND (place.usage = 'internal' OR place.is_maintenance)
                 GROUP BY 1, 2
            ), here AS (
                SELECT product_id, stock_quant.location_id, SUM(quantity) AS qty
                  FROM stock_quant
                  JOIN stock_location place ON place.id = stock_quant.location_id
                   AND (place.usage = 'internal' OR place.is_maintenance)
                 WHERE product_id IN %s
                 GROUP BY 1, 2
            )
            SELECT * FROM moved FULL JOIN here USING (product_id, location_id)
             WHERE ABS(COALESCE(moved.qty, 0) - COALESCE(here.qty, 0)) > 0.005
            """,
            self.products._ids,
            self.products._ids,
        )
        assert not wrong, f"stock is not what came and went: {wrong}"

    # -- Jobs and their parts -------------------------------------------------------------------------------

    def check_that_ready_jobs_have_their_parts(self, full):
        """All parts of a ready job are reserved in the stock of its warehouse."""
        wrong = self.rows(
            """
            SELECT request.reference, move.id, move.product_uom_qty, reserved.qty
              FROM maintenance_request request
              JOIN stock_warehouse warehouse ON warehouse.id = request.warehouse_id
              JOIN stock_move move ON move.maintenance_request_id = request.id AND move.origin_returned_move_id IS NULL
               AND move.state NOT IN ('done', 'cancel') AND NOT COALESCE(move.picked, FALSE)
              LEFT JOIN LATERAL (
                  SELECT COALESCE(SUM(line.quantity), 0) AS qty
                    FROM stock_move_line line
                    JOIN stock_location place ON place.id = line.location_id
                    JOIN stock_location stock ON stock.id = warehouse.lot_stock_id
                   WHERE line.move_id = move.id AND place.parent_path LIKE stock.parent_path || '%%'
              ) reserved ON TRUE
             WHERE request.parts_state = 'ready' AND reserved.qty < move.product_uom_qty - 0.005
            """
        )
        assert not wrong, f"ready, and parts are missing: {wrong}"

    def check_that_waiting_jobs_miss_something(self, full):
        for request in self.jobs("waiting_parts"):
            missing = request.part_ids.filtered(self.is_missing)
            assert missing or self.awaited(request), f"{request.display_name} waits for nothing"
            assert request.parts_state in ("to_request", "requested", "ordered"), (
                f"{request.display_name} waits and its parts are {request.parts_state}"
            )

    def check_that_nothing_is_left_of_jobs_that_are_over(self, full):
        for request in self.recent("maintenance.request", full, ("state", "in", ("closed", "cancelled"))):
            left = request.part_ids.filtered(lambda part: part.state not in ("done", "cancel"))
            assert not left, f"{request.display_name} is {request.state} and has open parts {left}"
            for line in request.requisition_line_ids.filtered("is_open"):
                orders = line.purchase_line_ids.order_id.filtered(lambda order: order.state == "purchase")
                assert request.state == "cancelled" and self._buyer_was_told(orders), (
                    f"{line.requisition_id.name} is open for {request.display_name}, which is {request.state}"
                )

    def _buyer_was_told(self, orders):
        """Somebody is or was asked what shall become of what nobody needs."""
        return bool(orders.activity_ids.filtered(lambda activity: activity.activity_type_id == self.not_needed))

    def check_that_no_more_comes_than_is_missing(self, full):
        """What was asked for a job and is on no order yet is missing; what is on order was once needed."""
        for request in self.jobs(*UNDER_WAY):
            for part in request.part_ids.filtered(lambda part: part.state not in ("done", "cancel", "draft")):
                self._check_supply_of(part)

    def _check_supply_of(self, part):
        request, unit = part.maintenance_request_id, part.product_uom
        missing = max(part.product_uom_qty - part.quantity, 0) if self.is_missing(part) else 0
        held = coming = 0.0
        lines = part.maintenance_requisition_line_ids.filtered(
            lambda line: line.is_open and line.maintenance_request_id == request
        )
        for line in lines:
            to_unit = line.product_uom_id.factor / unit.factor
            others = line.part_move_ids.filtered(lambda move: move.state not in ("done", "cancel")) - part
            if others or line.join_ids or line.id in self.raised_by_hand:
                return  # shared, so checked when only one is left; or a person wants more
            held += max(line.product_qty - line.qty_ordered, 0) * to_unit
            coming += max(line.product_qty - line.qty_received, 0) * to_unit
        name = f"{request.display_name}, {part.product_id.name}"
        # a hundredth is the least that can be asked for, also of dozens
        rounding = 0.02 + max((0.005 * line.product_uom_id.factor / unit.factor for line in lines), default=0)
        assert held <= missing + rounding, f"{name}: {held} asked for and not ordered, {missing} missing"
        # a job that has the part twice needs it for either
        same = request.part_ids.filtered(
            lambda other: other.product_id == part.product_id and other.state not in ("done", "cancel", "draft")
        )
        if coming > sum(move.product_uom_qty * move.product_uom.factor for move in same) / unit.factor + rounding:
            orders = lines.purchase_line_ids.order_id.filtered(lambda order: order.state == "purchase")
            assert self._buyer_was_told(orders), f"{name}: {coming} come, {part.product_uom_qty} wanted, nobody told"

    def check_that_what_was_joined_comes_once(self, full):
        """Who joined gets no more than comes beyond what the job of the line lacks, and no more than is missing."""
        joins = self.find("maintenance.part.join")
        for part, taken in joins.grouped("part_id").items():
            coming = sum(join._get_coming_qty() for join in taken)
            missing = max(part.product_uom_qty - part.quantity, 0) if self.is_missing(part) else 0
            assert coming <= missing + 0.02, f"{part.product_id.name}: {coming} joined, {missing} missing"
        for source in {join._get_source() for join in joins}:
            unit = source.product_uom_id
            joined = sum(
                join.part_id.product_uom._compute_quantity(join._get_coming_qty(), unit, round=False)
                for join in source.join_ids
            )
            purchases = source if source._name == "purchase.order.line" else source.purchase_line_ids
            comes = purchases._get_qty_being_put_away(unit)
            for purchase in purchases:
                ordered, here = purchase._get_supply_quantities()
                if purchase.order_id.state != "cancel":
                    comes += purchase.product_uom_id._compute_quantity(max(ordered - here, 0), unit, round=False)
            own = 0.0
            if source._name != "purchase.order.line":
                comes += source._get_held_qty(unit)
                job = source.maintenance_request_id
                for part in source.part_move_ids.filtered(lambda part, job=job: job and part.maintenance_request_id == job):
                    lacking = max(part.product_uom_qty - part.quantity, 0) if self.is_missing(part) else 0
                    own += part.product_uom._compute_quantity(lacking, unit, round=False)
                own = min(own, source._get_open_qty(unit) + purchases._get_qty_being_put_away(unit))
            assert joined <= comes - own + 0.02, f"{source.display_name}: {joined} joined, {comes} come, {own} for its job"

    def check_that_nobody_is_told_twice(self, full):
        twice = self.rows(
            """
            SELECT res_model, res_id, user_id, activity_type_id, note, COUNT(*)
              FROM mail_activity
             -- natively, whoever lowers an order below what was billed is told each time
             WHERE active AND res_model != 'account.move'
             GROUP BY 1, 2, 3, 4, 5 HAVING COUNT(*) > 1
            """
        )
        assert not twice, f"told twice: {twice}"

    # -- Doing it again ---------------------------------------------------------------------------------------

    @step(1)
    def ask_for_everything_twice(self):
        """The second time, the scheduler and everybody who asks change nothing."""
        self._settle()
        before = self._snapshot()
        self._settle()
        after = self._snapshot()
        changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
        assert not changed, f"asked for everything twice: {changed}"
        self.checked["ask_for_everything_twice"] += 1

    def _settle(self):
        self.env["stock.rule"].run_scheduler()
        for request in self.jobs(*UNDER_WAY):
            request.with_user(self.planner).action_request_parts(offer=False)
        self._end_request()

    def _snapshot(self):
        """Everything that asking could change."""
        counts = {
            table: self.rows("SELECT COUNT(*), MAX(id) FROM %s", SQL.identifier(table))[0]
            for table in (
                "maintenance_requisition", "maintenance_requisition_line", "purchase_order_line", "stock_move",
                "stock_move_line", "mail_activity", "mail_message", "mail_notification",
            )
        }  # fmt: skip
        sums = {
            "asked": self.rows("SELECT SUM(product_qty), SUM(qty_ordered) FROM maintenance_requisition_line"),
            "reserved": self.rows("SELECT SUM(quantity) FROM stock_move_line WHERE state NOT IN ('done', 'cancel')"),
            "states": self.rows("SELECT state, COUNT(*) FROM maintenance_request GROUP BY 1 ORDER BY 1"),
        }
        return counts | sums

    @property
    def not_needed(self):
        return self.env.ref("keepwisely_maintenance.mail_activity_not_needed")
