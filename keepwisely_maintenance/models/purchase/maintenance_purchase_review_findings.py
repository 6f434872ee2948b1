from dataclasses import dataclass, field
from itertools import combinations

from odoo import api, fields, models
from odoo.tools import SQL

from .maintenance_purchase_review_line import FINDINGS

#: Orders placed longer ago that are received, billed and merely never locked are history.
CLOSED_LOOKBACK_DAYS = 365

#: Orders of the same product from the same vendor within so many days may be duplicates, where the company says nothing.
NEAR_DAYS = 7

#: Urgency of what has no finding.
NO_FINDING = len(FINDINGS)


@dataclass
class Facts:
    """What is known of some open lines, gathered in a fixed number of queries; by purchase line."""

    company: models.BaseModel
    today: object
    rest: dict = field(default_factory=dict)
    jobs: dict = field(default_factory=dict)
    needed: dict = field(default_factory=dict)
    received_on: dict = field(default_factory=dict)
    last_price: dict = field(default_factory=dict)
    duplicates: dict = field(default_factory=dict)
    excess: dict = field(default_factory=dict)
    around: models.BaseModel = None
    previous: dict = field(default_factory=dict)


class MaintenancePurchaseReviewFindings(models.Model):
    """What stands on a review: the open lines of orders for maintenance and what is wrong with them.

    An order is for maintenance when one of its lines names a requisition, a work order or an asset,
    or buys a spare part. A line is open as long as something of it is to come, to be billed or to be closed.
    """

    _inherit = "maintenance.purchase.review"

    @api.model
    def _prepare_lines(self, company, purchases, others):
        """Values of the lines of a new review of ``company`` for ``purchases``.

        :param others: see `_find_others`.
        """
        facts = Facts(company, company._get_plant_day())
        self._gather(purchases, others, facts)
        vals_list = []
        for purchase in purchases:
            previous = facts.previous.get(purchase, self.env["maintenance.purchase.review.line"])
            if previous.decision == "keep" and previous.keep_until and previous.keep_until > facts.today:
                continue
            flags = self._find_findings(purchase, facts)
            if any(flags.values()) or self._is_open(purchase, facts):
                vals_list.append(self._prepare_line_vals(purchase, facts, flags, previous))
        return vals_list

    @api.model
    def _find_open_lines(self, company, after=0, until=None):
        """Lines that may be open, of orders that are placed, in one query: pairs of ids of order and line, in this order.

        :param int after: of orders behind this one only.
        :param int until: of orders up to this one only, by default all.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT line.order_id, line.id
                  FROM purchase_order_line line
                  JOIN purchase_order placed ON placed.id = line.order_id
                 WHERE placed.id > %s AND (%s IS NULL OR placed.id <= %s) AND %s
                 ORDER BY line.order_id, line.id
                """,
                after,
                until,
                until,
                self._get_open_condition(company),
            )
        )

    @api.model
    def _get_open_condition(self, company):
        """Whether a ``line`` of a ``placed`` order may be open, and the order is for maintenance."""
        return SQL(
            """
                       placed.state = 'purchase' AND placed.company_id = %(company)s
                   AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                   AND (line.product_qty > line.qty_received OR line.qty_received > line.qty_invoiced
                        OR (placed.locked IS NOT TRUE AND placed.date_approve >= %(oldest)s)
                        OR (line.requisition_line_id IS NOT NULL AND placed.date_approve >= %(oldest)s
                            AND (line.qty_received > line.product_qty OR line.qty_invoiced > line.product_qty
                                 OR EXISTS (SELECT 1 FROM account_move_line row
                                             WHERE row.purchase_line_id = line.id AND row.parent_state = 'posted'
                                               AND row.price_unit > line.price_unit))))
                   AND EXISTS (
                       SELECT 1
                         FROM purchase_order_line other
                         LEFT JOIN product_product product ON product.id = other.product_id
                         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                        WHERE other.order_id = placed.id
                          AND (other.requisition_line_id IS NOT NULL OR other.maintenance_request_id IS NOT NULL
                               OR other.equipment_id IS NOT NULL OR template.is_spare_part))
            """,
            company=company.id,
            oldest=fields.Datetime.subtract(fields.Datetime.now(), days=CLOSED_LOOKBACK_DAYS),
        )

    @api.model
    def _find_others(self, purchases):
        """Open lines of other orders that findings of these compare them with, in one query.

        What may be a duplicate: of the same product and for the same job or asset, or from the same vendor about the
        same day, one of the two for nobody. What counts together with what was bought without a requisition.
        """
        company, orders = purchases.company_id, purchases.order_id
        if not orders:
            return purchases
        one_offs = self._get_one_offs()
        near = max(company.requisition_window_days, NEAR_DAYS)
        days = orders.filtered("date_approve").mapped("date_approve") or [fields.Datetime.now()]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH candidate AS (
                    SELECT line.id, line.product_id, line.maintenance_request_id AS job, line.equipment_id AS asset,
                           line.requisition_line_id, placed.partner_id AS vendor, vendor.commercial_partner_id AS commercial,
                           CASE WHEN line.product_id IN %(one_offs)s THEN 0 ELSE COALESCE(line.product_id, 0) END AS kind,
                           placed.id IN %(orders)s AS is_mine,
                           placed.date_approve BETWEEN %(since)s AND %(until)s AS is_near
                      FROM purchase_order_line line
                      JOIN purchase_order placed ON placed.id = line.order_id
                      JOIN res_partner vendor ON vendor.id = placed.partner_id
                     WHERE line.product_qty > line.qty_received OR placed.date_approve BETWEEN %(since)s AND %(until)s
                ), mine AS MATERIALIZED (
                    SELECT * FROM candidate WHERE is_mine
                ), others AS MATERIALIZED (
                    SELECT id FROM candidate
                     WHERE NOT is_mine
                       AND (kind <> 0 AND (product_id, job) IN (SELECT product_id, job FROM mine)
                            OR kind <> 0 AND (product_id, asset) IN (SELECT product_id, asset FROM mine)
                            OR is_near AND kind <> 0 AND job IS NULL AND asset IS NULL
                               AND (product_id, vendor) IN (SELECT product_id, vendor FROM mine)
                            OR is_near AND kind <> 0
                               AND (product_id, vendor) IN (SELECT product_id, vendor FROM mine
                                                             WHERE job IS NULL AND asset IS NULL)
                            OR is_near AND requisition_line_id IS NULL AND job IS NULL
                               AND (kind, commercial) IN (SELECT kind, commercial FROM mine
                                                           WHERE requisition_line_id IS NULL AND job IS NULL))
                )
                SELECT line.id
                  FROM others
                  JOIN purchase_order_line line ON line.id = others.id
                  JOIN purchase_order placed ON placed.id = line.order_id
                 WHERE %(open)s
                 ORDER BY line.id
                """,
                open=self._get_open_condition(company),
                one_offs=one_offs._ids,
                orders=orders._ids,
                since=fields.Datetime.subtract(min(days), days=near + 1),
                until=fields.Datetime.add(max(days), days=near + 1),
            )
        )
        return purchases.browse(line_id for (line_id,) in rows)

    @api.model
    def _get_one_offs(self):
        one_off = self.env.ref("keepwisely_maintenance.product_one_off")
        return one_off | self.env.ref("keepwisely_maintenance.product_one_off_service")

    # -- Gathering ------------------------------------------------------------------------------------

    @api.model
    def _gather(self, purchases, others, facts):
        facts.received_on = purchases._get_last_receipts()
        compared = purchases | others
        for purchase in compared:
            facts.rest[purchase] = purchase._get_rest_qty()
        for purchase in purchases:
            facts.jobs[purchase] = self._get_waiting_jobs(purchase)
        for purchase in purchases:
            facts.needed[purchase] = self._get_needed_day(purchase, facts)
        facts.last_price = self._get_last_prices(purchases)
        facts.duplicates = self._find_duplicates(compared, facts)
        facts.excess = self._get_excesses(purchases)
        facts.around = compared._maintenance_find_around()
        lines = self.env["maintenance.purchase.review.line"]
        latest = lines._read_group([("purchase_line_id", "in", purchases.ids)], ["purchase_line_id"], ["id:max"])
        by_id = {line.id: line for line in lines.browse(line_id for _purchase, line_id in latest)}
        facts.previous = {purchase: by_id[line_id] for purchase, line_id in latest}

    @api.model
    def _get_waiting_jobs(self, purchase):
        """Unfinished work orders that the line is for and that do not have the part already."""
        parts = purchase.requisition_line_id.part_move_ids
        lacking = parts.filtered(lambda move: move.state not in ("done", "cancel", "assigned"))
        jobs = lacking.maintenance_request_id if parts else purchase.maintenance_request_id
        return jobs.filtered(lambda job: job.state not in ("completed", "closed", "cancelled"))

    @api.model
    def _get_needed_day(self, purchase, facts):
        """The first day on which a job needs the line.

        Work without a plan needs its parts as soon as they can be had, for which nothing is late;
        unless whoever asked named a later day than the day of asking.
        """
        company, jobs = facts.company, facts.jobs[purchase]
        days = [company._get_plant_day(job.schedule_date) for job in jobs if job.schedule_date]
        asked = purchase.requisition_line_id
        if jobs and not days and asked.date_required and asked.date_required > company._get_plant_day(asked.create_date):
            days = [asked.date_required]
        return min(days, default=False)

    @api.model
    def _get_last_prices(self, purchases):
        """The order line before, of the same product and company, for lines without an approved price."""
        free = purchases.filtered(lambda line: line.product_id and not line.requisition_line_id)
        if not free:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, before.id
                  FROM purchase_order_line line
                  JOIN purchase_order placed ON placed.id = line.order_id
                 CROSS JOIN LATERAL (
                       SELECT other.id
                         FROM purchase_order_line other
                         JOIN purchase_order earlier ON earlier.id = other.order_id
                        WHERE other.product_id = line.product_id AND earlier.company_id = placed.company_id
                          AND earlier.state = 'purchase' AND earlier.date_approve < placed.date_approve
                          AND other.product_qty > 0
                        ORDER BY earlier.date_approve DESC, other.id DESC
                        LIMIT 1) before
                 WHERE line.id IN %s
                """,
                free._ids,
            )
        )
        lines = self.env["purchase.order.line"]
        prefetch = [before for _line, before in rows]
        return {lines.browse(line): lines.browse(before).with_prefetch(prefetch) for line, before in rows}

    @api.model
    def _get_excesses(self, purchases):
        """What orders and bills cost beyond what was approved, in the company's currency."""
        excesses = {line: line._get_excess() for line in purchases.requisition_line_id}
        return {purchase: excesses.get(purchase.requisition_line_id, 0.0) for purchase in purchases}

    @api.model
    def _is_news(self, purchase, facts, flag):
        """Whether a finding that stays is not decided on yet, or more came or was billed since."""
        previous = facts.previous.get(purchase)
        if not previous or not previous.decision or not previous[flag]:
            return True
        unit = purchase.product_uom_id
        return bool(
            unit.compare(purchase.qty_received, previous.qty_received)
            or unit.compare(purchase.qty_invoiced, previous.qty_billed)
            or facts.company.currency_id.compare_amounts(purchase._get_billed_price(), previous.price_billed)
        )

    # -- Duplicates -----------------------------------------------------------------------------------

    @api.model
    def _find_duplicates(self, purchases, facts):
        """The lines that each line may duplicate; what is promised to different jobs is no duplicate."""
        one_off = self._get_one_offs()
        coming = purchases.filtered(
            lambda line: line.product_id and line.product_id not in one_off and facts.rest[line] > 0
        )
        found = {line: set() for line in coming}
        pairs = [
            *self._pair_for_job(coming, facts),
            *self._pair_for_asset(coming),
            *self._pair_for_nobody(coming, facts),
        ]
        for line, other in pairs:
            found[line].add(other.id)
            found[other].add(line.id)
        return found

    @api.model
    def _pair_for_job(self, coming, facts):
        """For the same work order, where more comes than that lacks."""
        missing = self._get_missing(coming)
        for (job, product), lines in self._group(coming, lambda line: (line.maintenance_request_id, line.product_id)):
            total = sum(line.product_uom_id._compute_quantity(facts.rest[line], product.uom_id) for line in lines)
            if job and product.uom_id.compare(total, missing.get((job, product), 0.0)) > 0:
                yield from combinations(lines, 2)

    @api.model
    def _get_missing(self, coming):
        """What work orders lack of the products, in the unit of the product."""
        parts = self.env["stock.move"].search(
            [
                ("maintenance_request_id", "in", coming.maintenance_request_id.ids),
                ("product_id", "in", coming.product_id.ids),
                ("state", "not in", ("draft", "done", "cancel")),
            ]
        )
        missing = {}
        for part in parts:
            lacking = part.product_uom._compute_quantity(part.product_uom_qty - part.quantity, part.product_id.uom_id)
            key = (part.maintenance_request_id, part.product_id)
            missing[key] = missing.get(key, 0.0) + lacking
        return missing

    @api.model
    def _pair_for_asset(self, coming):
        """For the same asset, by another job or by none."""
        for (asset, _product), lines in self._group(coming, lambda line: (line.equipment_id, line.product_id)):
            if asset:
                for line, other in combinations(lines, 2):
                    if not line.maintenance_request_id or line.maintenance_request_id != other.maintenance_request_id:
                        yield line, other

    @api.model
    def _pair_for_nobody(self, coming, facts):
        """Of the same vendor about the same day, one of them for nobody; a reorder point has counted what comes."""
        near = facts.company.requisition_window_days or NEAR_DAYS
        counted = coming.filtered(lambda line: not (line.orderpoint_id or line.requisition_line_id.orderpoint_id))
        for _key, lines in self._group(counted, lambda line: (line.order_id.partner_id, line.product_id)):
            for line, other in combinations(lines, 2):
                free = any(not one.maintenance_request_id and not one.equipment_id for one in (line, other))
                if free and abs((line.order_id.date_approve - other.order_id.date_approve).days) <= near:
                    yield line, other

    @api.model
    def _group(self, lines, key):
        return [(key, group) for key, group in lines.grouped(key).items() if len(group) > 1]

    # -- Findings -------------------------------------------------------------------------------------

    @api.model
    def _is_open(self, purchase, facts):
        """Whether something is to come or to be billed."""
        unbilled = purchase.product_uom_id.compare(purchase.qty_received, purchase.qty_invoiced) > 0
        return facts.rest[purchase] > 0 or unbilled

    @api.model
    def _find_findings(self, purchase, facts):
        """The flags of ``FINDINGS`` as a dict."""
        promised = purchase.date_planned and facts.company._get_plant_day(purchase.date_planned)
        coming = facts.rest[purchase] > 0
        needed = facts.needed[purchase]
        unbilled = purchase.product_uom_id.compare(purchase.qty_received, purchase.qty_invoiced) > 0
        return {
            "is_late_for_job": bool(coming and promised and needed and promised > needed),
            "is_overdue": bool(coming and promised and promised < facts.today),
            "is_duplicate": bool(facts.duplicates.get(purchase)),
            "is_above_approved": facts.excess[purchase] > 0 and self._is_news(purchase, facts, "is_above_approved"),
            "is_around": purchase in facts.around and self._is_news(purchase, facts, "is_around"),
            "is_price_drift": self._is_price_drift(purchase, facts),
            "is_unlinked": self._is_open(purchase, facts) and self._is_unlinked(purchase),
            "is_unbilled": unbilled and self._is_long_ago(purchase, facts),
            "is_not_closed": self._is_not_closed(purchase, facts) and self._is_long_ago(purchase, facts),
        }

    @api.model
    def _is_unlinked(self, purchase):
        return not (
            purchase.requisition_line_id
            or purchase.maintenance_request_id
            or purchase.equipment_id
            or purchase.orderpoint_id
        )

    @api.model
    def _is_long_ago(self, purchase, facts):
        """Received longer ago than the company allows; promised or ordered, where no receipt is known."""
        day = facts.received_on.get(purchase)
        if not day:
            moment = min(filter(None, (purchase.date_planned, fields.Datetime.now())))
            day = facts.company._get_plant_day(moment)
        return (facts.today - day).days >= facts.company.order_review_days

    @api.model
    def _is_not_closed(self, purchase, facts):
        """Nothing is on its way any more, and the order still waits or was never locked."""
        if facts.rest[purchase] > 0:
            return False
        if purchase.product_uom_id.compare(purchase.product_qty, purchase.qty_received) > 0:
            return True
        order = purchase.order_id
        if order.locked or order.auto_lock_off or facts.company.order_lock_days:
            return False
        return order._is_received_and_billed()

    @api.model
    def _is_price_drift(self, purchase, facts):
        if not self._is_open(purchase, facts):
            return False
        currency = facts.company.currency_id
        approved, price = self._get_approved_price(purchase), purchase._get_company_price()
        limit = approved * facts.company.requisition_price_tolerance / 100
        if approved and currency.compare_amounts(abs(price - approved), limit) > 0:
            return True
        return purchase._is_billed_differently()

    @api.model
    def _get_approved_price(self, purchase):
        """Of one unit of the purchase line in the company's currency; 0.0 where none was approved."""
        approved = purchase.requisition_line_id
        if not approved or approved.is_by_amount:
            return 0.0
        return approved.product_uom_id._compute_price(approved.price_unit, purchase.product_uom_id)

    # -- Values ---------------------------------------------------------------------------------------

    @api.model
    def _prepare_line_vals(self, purchase, facts, flags, previous):
        """Values of the line of the review, frozen from now on."""
        order, company = purchase.order_id, facts.company
        ordered_on = company._get_plant_day(order.date_approve or order.date_order)
        price, approved = purchase._get_company_price(), self._get_approved_price(purchase)
        before = facts.last_price.get(purchase)
        last = before._get_company_price(purchase.product_uom_id) if before else 0.0
        unbilled = max(purchase.qty_received - purchase.qty_invoiced, 0.0)
        urgency = next((rank for rank, (flag, *_rest) in enumerate(FINDINGS) if flags[flag]), NO_FINDING)
        has_finding = urgency < NO_FINDING
        undecided = has_finding and previous.reason and not previous.decision
        return {
            **flags,
            "reason": FINDINGS[urgency][1] if has_finding else False,
            "sequence": urgency,
            "previous_line_id": previous.id,
            "times_undecided": previous.times_undecided + 1 if undecided else 0,
            "purchase_line_id": purchase.id,
            "order_id": order.id,
            "order_name": order.name,
            "name": purchase.product_id.display_name or purchase.name,
            "product_id": purchase.product_id.id,
            "partner_id": order.partner_id.id,
            "user_id": order.user_id.id,
            "requisition_id": purchase.requisition_line_id.requisition_id.id,
            "maintenance_request_ids": [
                fields.Command.set((purchase.maintenance_request_id | facts.jobs[purchase]).ids)
            ],
            "equipment_id": purchase.equipment_id.id,
            "date_order": ordered_on,
            "date_promised": purchase.date_planned and company._get_plant_day(purchase.date_planned),
            "date_needed": facts.needed[purchase],
            "date_received": facts.received_on.get(purchase, False),
            "age_days": (facts.today - ordered_on).days,
            "product_uom_id": purchase.product_uom_id.id,
            "qty_ordered": purchase.product_qty,
            "qty_received": purchase.qty_received,
            "qty_billed": purchase.qty_invoiced,
            "price_unit": price,
            "price_reference": approved or last,
            "is_price_approved": bool(approved),
            "price_billed": purchase._get_billed_price(),
            "amount_open": facts.rest[purchase] * price,
            "amount_unbilled": unbilled * price,
            "amount_excess": facts.excess[purchase],
            "duplicate_line_ids": [fields.Command.set(facts.duplicates.get(purchase, ()))],
        }
