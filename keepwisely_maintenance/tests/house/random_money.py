"""What must hold of money in the random plant: what comes together is what was decided on; what is closed stays."""

from collections import defaultdict

from .random_checks import differ
from .random_step import CENT

#: From here on somebody decides.
LOWEST_TIER = 500

ONE_OFFS = ("keepwisely_maintenance.product_one_off", "keepwisely_maintenance.product_one_off_service")

#: What orders cost: what came or comes, also what was sent back without a refund or is billed; what does not come any more
#: costs nothing, except where the vendor bills what was ordered. More than was ordered is told when it comes or is billed,
#: not asked for; an order that is raised to that afterwards buys nothing more, and what was ordered before counts.
PLACED_SQL = """
    SELECT pol.maintenance_request_id AS job, vendor.commercial_partner_id AS vendor, pol.product_id,
           pol.requisition_line_id IS NULL AS direct,
           SUM(pol.price_subtotal / pol.product_qty / COALESCE(NULLIF(po.currency_rate, 0), 1) * LEAST(pol.product_qty, told.qty,
               GREATEST(pol.qty_received, pol.qty_invoiced, COALESCE(moved.qty / unit.factor, 0),
                   CASE WHEN template.purchase_method = 'purchase' OR pol.qty_received_method <> 'stock_moves'
                       THEN pol.product_qty ELSE 0 END))) AS amount
      FROM purchase_order_line pol
      JOIN purchase_order po ON po.id = pol.order_id
      JOIN uom_uom unit ON unit.id = pol.product_uom_id
      JOIN res_partner vendor ON vendor.id = po.partner_id
      JOIN product_product product ON product.id = pol.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      LEFT JOIN LATERAL (
          SELECT SUM(move_unit.factor * CASE WHEN dest.usage = 'supplier'
                         THEN CASE WHEN move.state = 'done' THEN -move.quantity ELSE 0 END
                     WHEN source.usage <> 'supplier' THEN 0
                     WHEN move.state = 'done' THEN move.quantity ELSE move.product_uom_qty END) AS qty
            FROM stock_move move
            JOIN uom_uom move_unit ON move_unit.id = move.product_uom
            JOIN stock_location source ON source.id = move.location_id
            JOIN stock_location dest ON dest.id = move.location_dest_id
           WHERE move.purchase_line_id = pol.id AND move.state <> 'cancel'
      ) moved ON TRUE
      LEFT JOIN unnest(%s::int[], %s::float[]) AS told (id, qty) ON told.id = pol.id
     WHERE po.state = 'purchase' AND po.partner_id IN %s AND pol.product_qty > 0
       AND COALESCE(pol.requisition_line_id, 0) <> ALL(%s)
       AND (pol.requisition_line_id IS NOT NULL OR pol.maintenance_request_id IS NOT NULL OR template.is_spare_part)
     GROUP BY 1, 2, 3, 4
"""

#: What a closed work order says about its past.
PAST = ("equipment_id", "user_id", "priority", "name", "schedule_date", "date_started", "date_completed", "labor_cost")


class Money:
    """What must hold of money and of the past; mixed into the random plant."""

    def _get_kind_of(self, job, vendor, product):
        """A job, or the stock of a product from a vendor; what is in no catalogue is one product."""
        if job:
            return (job,)
        one_offs = [self.env.ref(name).id for name in ONE_OFFS]
        return (vendor, 0 if product in one_offs else product or 0)

    def get_placed(self, direct=False, without=()):
        """What is on placed orders, in the company's currency, by kind.

        :param direct: only what no requisition asked for.
        :param without: requisition lines that do not count.
        """
        placed = defaultdict(float)
        told = [*self.told], [*self.told.values()]
        for row in self.rows(PLACED_SQL, *told, self.vendors._ids, sorted(without)):
            if direct and not row["direct"]:
                continue
            placed[self._get_kind_of(row["job"], row["vendor"], row["product_id"])] += row["amount"]
        return placed

    def note_decided(self, requisition):
        """Somebody approved ``requisition`` for good: what comes together by it is decided on, and so is all of it."""
        asked = defaultdict(float)
        live = ("requisition_id.state", "in", ("to_approve", "approved", "ordered", "done"))
        for line in self.find("maintenance.requisition.line", ("is_cancelled", "=", False), live):
            asked[self._get_kind_of_line(line)] += line.price_subtotal + line.amount_raised
        # what is not wanted any more and billed all the same is told to who decides
        for line in self.find("maintenance.requisition.line", ("is_cancelled", "=", True), ("amount_raised", ">", 0)):
            asked[self._get_kind_of_line(line)] += line.amount_raised
        placed = self.get_placed(direct=True)
        self.emergency -= set(requisition.line_ids.ids)
        whole = sum(requisition.line_ids.filtered(lambda line: not line.is_cancelled).mapped("price_subtotal"))
        for line in requisition.line_ids:
            kind = self._get_kind_of_line(line)
            self.decided[kind] = max(self.decided.get(kind, 0), asked[kind] + placed[kind], whole)
            self.decided_lines[line.id] = max(self.decided_lines.get(line.id, 0), whole)

    def _get_kind_of_line(self, line):
        job = line.new_request_id if line.is_move_asked else line.maintenance_request_id
        vendor = (line.new_partner_id or line.partner_id).commercial_partner_id
        return self._get_kind_of(job.id, vendor.id, line.product_id.id)

    def _get_kind_as_it_is(self, line):
        return self._get_kind_of(line.maintenance_request_id.id, line.partner_id.commercial_partner_id.id, line.product_id.id)

    def check_that_no_more_is_placed_than_was_decided(self, full):
        """What a job, or the stock of a product from a vendor, comes to by whatever way.

        What was ordered in emergency still waits for its decision, wherever it has gone meanwhile; all else counts.
        """
        tolerance = 1 + self.company.requisition_price_tolerance / 100
        lines = self.env["maintenance.requisition.line"].browse(self.decided_lines).exists()
        for kind, amount in self.get_placed(without=self.emergency).items():
            if amount < LOWEST_TIER * tolerance:
                continue
            # a new price or vendor may be asked for by now
            whole = max((self.decided_lines[line.id] for line in lines if self._get_kind_as_it_is(line) == kind), default=0)
            limit = max(self.decided.get(kind, 0), whole) * tolerance
            assert amount <= limit + 1, f"{self._name_kind(kind)}: {amount:.2f} are ordered, {limit:.2f} were decided on"

    def _name_kind(self, kind):
        if len(kind) == 1:
            return self.env["maintenance.request"].browse(kind[0]).display_name
        return f"{self.env['product.product'].browse(kind[1]).name} from {self.vendors.browse(kind[0]).name}"

    def check_that_what_is_closed_stays(self, full):
        """Nothing of a closed work order changes: what is told of it, its hours, and what was used."""
        now = {}
        for request in self.recent("maintenance.request", full, ("state", "=", "closed")):
            used = request.part_ids.filtered(lambda part: part.state == "done")
            past = [str(request[name]) for name in PAST]
            now[request.id] = (*past, str(sorted((part.id, part.quantity) for part in used)))
            known = self.closed.get(request.id, now[request.id])
            assert known == now[request.id], f"{request.display_name} is closed and was {known}, is {now[request.id]}"
        self.closed = now if full else {**self.closed, **now}

    def check_that_costs_are_the_ledger(self, full):
        requests = self.recent("maintenance.request", full, ("maintenance_team_id", "in", self.team.ids))
        if not requests:
            return
        ledger = {
            (row["job"], row["kind"]): row["amount"]
            for row in self.rows(
                """
                SELECT maintenance_request_id AS job, kind, SUM(amount) AS amount FROM maintenance_cost_report
                 WHERE maintenance_request_id IN %s GROUP BY 1, 2
                """,
                requests._ids,
            )
        }
        moved = {
            row["job"]: row["amount"]
            for row in self.rows(
                """
                SELECT maintenance_request_id AS job, SUM(amount) AS amount FROM maintenance_cost_report
                 WHERE maintenance_request_id IN %s AND kind = 'part' AND purchase_order_id IS NULL
                   AND entry <> 'estimated'  -- of parts without a cost, which Odoo values at nothing
                 GROUP BY 1
                """,
                requests._ids,
            )
        }
        used = {
            row["job"]: row["amount"]
            for row in self.rows(
                """
                SELECT move.maintenance_request_id AS job,
                       SUM(CASE WHEN dest.is_maintenance THEN COALESCE(move.value, 0) ELSE -COALESCE(move.value, 0) END) AS amount
                  FROM stock_move move
                  JOIN stock_location dest ON dest.id = move.location_dest_id
                 WHERE move.state = 'done' AND move.maintenance_request_id IN %s
                 GROUP BY 1
                """,
                requests._ids,
            )
        }
        for request in requests.with_user(self.planner):
            kinds = [ledger.get((request.id, kind), 0) for kind in ("labor", "part", "service")]
            shown = [request.labor_cost, request.parts_cost, request.service_cost]
            assert not any(map(differ, kinds, shown)), f"{request.display_name}: {shown}, the ledger has {kinds}"
            assert not differ(request.total_cost, sum(kinds)), f"{request.display_name}: {request.total_cost}"
            parts = moved.get(request.id, 0), used.get(request.id, 0)
            assert not differ(*parts), f"{request.display_name}: used parts and their moves cost {parts}"

    def check_that_assets_cost_what_their_jobs_do(self, full):
        if not full:
            return
        by_jobs = self.rows(
            """
            SELECT request.equipment_id AS asset, SUM(report.amount) AS amount
              FROM maintenance_cost_report report
              JOIN maintenance_request request ON request.id = report.maintenance_request_id
             WHERE request.equipment_id IN %s
             GROUP BY 1
            """,
            self.assets._ids,
        )
        expected = {row["asset"]: row["amount"] for row in by_jobs}
        for asset in self.assets.with_user(self.planner):
            cost = expected.get(asset.id, 0)
            assert abs(asset.maintenance_cost - cost) < CENT, f"{asset.name}: {asset.maintenance_cost}, its jobs {cost}"
