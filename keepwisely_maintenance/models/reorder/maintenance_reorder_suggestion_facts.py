import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from odoo import fields, models
from odoo.tools import SQL

#: Days of a period of demand.
PERIOD = 7

#: Demand of so many years is looked at.
YEARS = 3

#: Receipts from which a vendor's punctuality is known.
TELLING = 3

#: Where it is not known, lead times spread by this part of themselves.
USUAL_SPREAD = 0.3

#: Days without any use from which on nobody is expected to ask for a part again, and one that no asset needs is obsolete.
IDLE_DAYS = 730

#: Days of delivery where neither a vendor nor a rule says any.
USUAL_LEAD = 14.0

#: Where goods go that are used, and where they come back from.
USED = ("production", "customer")


@dataclass
class Known:
    """What is known of one part in one place."""

    history: list  #: used in each period, oldest first
    begin: date  #: of the first period
    days: list  #: (date, used, net change)
    lead: float
    spread: float
    receipts: int
    price: float
    min_order_qty: float
    multiple: float
    standstill: float  #: of an hour, for the asset that costs most
    assets: int
    is_vital: bool
    on_hand: float
    planned: list  #: (date, quantity, schedule id) of preventive work to come
    lacked: list  #: dates on which a job lacked it
    failures: tuple = (0, YEARS)  #: how often parts like it were used, and in how many years of all assets that they fit

    @property
    def is_insurance(self):
        """Whether it is kept for the standstill that it saves, and not because it is used."""
        return bool(self.is_vital and self.standstill and not any(self.history))


class MaintenanceReorderSuggestionFacts(models.Model):
    """What a store knows about parts on one day, read for many at once, by the scheduler."""

    _inherit = "maintenance.reorder.suggestion"

    def _read_demand(self, since):
        """What was used from each place and what else moved, by day.

        Used is what left for work, production or customers, or was sent to another warehouse, less what came back. Planned
        parts of preventive work are asked for by their schedules in time, so they are no part of what is random.

        :param since: a date.
        :returns: ``{suggestion id: [(date, used, net change)]}`` in the unit of the product, oldest first.
        """
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT place.id, (move.date AT TIME ZONE 'UTC' AT TIME ZONE place.zone)::date AS day,
                       SUM(CASE WHEN move.schedule_part_id IS NOT NULL THEN 0
                                WHEN source.id IS NOT NULL AND there.usage IN %(elsewhere)s THEN qty.qty
                                WHEN source.id IS NULL AND origin.usage IN %(used)s THEN -qty.qty
                                ELSE 0 END),
                       SUM(CASE WHEN source.id IS NULL THEN qty.qty ELSE -qty.qty END)
                  FROM unnest(%(ids)s::int[], %(products)s::int[], %(paths)s::text[], %(zones)s::text[])
                       AS place(id, product_id, path, zone)
                  JOIN stock_move move ON move.product_id = place.product_id
                  JOIN stock_location origin ON origin.id = move.location_id
                  JOIN stock_location there ON there.id = move.location_dest_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = move.product_uom
                  JOIN uom_uom own ON own.id = template.uom_id
             LEFT JOIN stock_location source ON source.id = origin.id AND origin.parent_path LIKE place.path || '%%'
            CROSS JOIN LATERAL (SELECT move.quantity * unit.factor / own.factor AS qty) qty
                 WHERE move.state = 'done' AND move.date >= %(since)s
                   AND (source.id IS NULL) = (there.parent_path LIKE place.path || '%%')
              GROUP BY 1, 2
              ORDER BY 1, 2
                """,
                ids=self.ids,
                products=[suggestion.product_id.id for suggestion in self],
                paths=[suggestion.location_id.parent_path for suggestion in self],
                zones=[str(suggestion.company_id._get_plant_timezone()) for suggestion in self],
                elsewhere=(*USED, "internal", "transit"),
                used=USED,
                since=since,
            )
        )
        days = defaultdict(list)
        for suggestion_id, day, used, net in rows:
            days[suggestion_id].append((day, float(used), float(net)))
        return days

    def _read_beginnings(self):
        """The moment of the first move of each product: before it, nobody could ask for it."""
        rows = self.env["stock.move"]._read_group(
            [("product_id", "in", self.product_id.ids), ("state", "=", "done")], ["product_id"], ["date:min"]
        )
        return {product.id: moment for product, moment in rows if moment}

    def _read_shortages(self, since):
        """How often a job lacked the part and it was asked for, by day, without preventive work."""
        places = {(suggestion.product_id.id, suggestion.location_id.id): suggestion.id for suggestion in self}
        lines = self.env["maintenance.requisition.line"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("create_date", ">=", since),
                ("requisition_id.source", "=", "work_order"),
                ("maintenance_request_id.schedule_id", "=", False),
            ]
        )
        found = defaultdict(list)
        for line in lines:
            for place in {part.location_id for part in line.part_move_ids}:
                for location_id in map(int, place.parent_path.strip("/").split("/")):
                    if suggestion_id := places.get((line.product_id.id, location_id)):
                        found[suggestion_id].append(line.company_id._get_plant_day(line.create_date))
        return found

    def _read_spreads(self):
        """By vendor and company: by how many days they are late, of how many receipts, and its standard deviation."""
        return {
            (vendor, company.id): facts
            for company, mine in self.grouped("company_id").items()
            for vendor, facts in mine.vendor_id._get_vendor_lateness(company).items()
        }

    def _read_on_hand(self):
        """What is on the shelves of each place now, by suggestion."""
        self.env["stock.quant"].flush_model(["product_id", "location_id", "quantity"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT place.id, COALESCE(SUM(quant.quantity), 0)::float
                      FROM unnest(%s::int[], %s::int[], %s::text[]) AS place(id, product_id, path)
                      JOIN stock_quant quant ON quant.product_id = place.product_id
                      JOIN stock_location location ON location.id = quant.location_id
                       AND location.parent_path LIKE place.path || '%%'
                  GROUP BY 1
                    """,
                    self.ids,
                    [suggestion.product_id.id for suggestion in self],
                    [suggestion.location_id.parent_path for suggestion in self],
                )
            )
        )

    def _read_planned(self):
        """What preventive work will need next: the open planned parts of each product and place, the earliest first."""
        places = {(suggestion.product_id.id, suggestion.location_id.id): suggestion.id for suggestion in self}
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("schedule_part_id", "!=", False),
                ("state", "not in", ("done", "cancel")),
            ],
            order="date, id",
        )
        planned = defaultdict(list)
        for move in moves:
            for location_id in map(int, move.location_id.parent_path.strip("/").split("/")):
                if suggestion_id := places.get((move.product_id.id, location_id)):
                    quantity = move.product_uom._compute_quantity(move.product_uom_qty, move.product_id.uom_id, round=False)
                    day = move.company_id._get_plant_day(move.date)
                    planned[suggestion_id].append((day, quantity, move.schedule_part_id.schedule_id.id))
        return planned

    def _read_failures(self):
        """By category of the parts: how often parts of it were used, and in how many years of all assets that they fit."""
        products = self.env["product.product"].search(
            [("categ_id", "in", self.product_id.categ_id.ids), ("is_spare_part", "=", True)]
        )
        since = fields.Datetime.now() - timedelta(days=YEARS * 365)
        uses = dict(
            self.env["stock.move"]._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("state", "=", "done"),
                    ("date", ">=", since),
                    ("location_dest_id.usage", "=", "production"),
                    ("schedule_part_id", "=", False),
                ],
                ["product_id"],
                ["__count"],
            )
        )
        totals = {}
        for category, mine in products.grouped("categ_id").items():
            places = sum(max(len(product.fits_equipment_ids), 1) for product in mine)
            totals[category] = (sum(uses.get(product, 0) for product in mine), places * YEARS)
        return totals

    # -- All of it --------------------------------------------------------------------------------------

    def _read_known(self):
        if not self:
            return {}
        since = min(company._get_plant_day() for company in self.company_id) - timedelta(days=YEARS * 365)
        self._follow_vendors()
        demand, beginnings, spreads = self._read_demand(since), self._read_beginnings(), self._read_spreads()
        planned, on_hand, lacked = self._read_planned(), self._read_on_hand(), self._read_shortages(since)
        known = {}
        for suggestion in self:
            product, company = suggestion.product_id, suggestion.company_id
            days, today = demand[suggestion.id], company._get_plant_day()
            begin = max(since, company._get_plant_day(beginnings.get(product.id)))
            periods = max(math.ceil((today - begin).days / PERIOD), 1)
            begin = today - timedelta(days=periods * PERIOD)
            history = [0.0] * periods
            is_idle = not any(used > 0 and day > today - timedelta(days=IDLE_DAYS) for day, used, _net in days)
            for day, used, _net in days:
                # what nobody has asked for since is over
                if begin <= day < today and not is_idle:
                    history[(day - begin).days // PERIOD] += used
            seller = suggestion._get_seller()
            median, receipts, spread = spreads.get((seller.partner_id.commercial_partner_id.id, company.id), (0.0, 0, 0.0))
            lead = suggestion._get_lead(seller) + max(median, 0.0)
            assets = product.fits_equipment_ids.filtered_domain([("company_id", "in", (False, company.id))])
            known[suggestion] = Known(
                history=history,
                begin=begin,
                days=days,
                lead=lead,
                spread=spread if receipts >= TELLING else USUAL_SPREAD * lead,
                receipts=receipts,
                planned=planned[suggestion.id],
                lacked=lacked[suggestion.id],
                standstill=max(assets.mapped("downtime_hourly_cost"), default=0.0),
                assets=len(assets),
                is_vital=product.spare_criticality == "vital" or "vital" in assets.mapped("criticality"),
                on_hand=on_hand.get(suggestion.id, 0.0),
                **suggestion._get_terms(seller),
            )
        insurance = self.filtered(lambda suggestion: known[suggestion].is_insurance)
        failures = insurance._read_failures() if insurance else {}
        for suggestion in insurance:
            known[suggestion].failures = failures.get(suggestion.product_id.categ_id, (0, YEARS))
        return known

    def _follow_vendors(self):
        for suggestion in self:
            vendor = suggestion._get_seller().partner_id
            if suggestion.vendor_id != vendor:
                suggestion.vendor_id = vendor

    def _get_seller(self):
        """From whom the part is bought for this place."""
        product = self.product_id.with_company(self.company_id)
        return self.orderpoint_id.supplier_id or product._select_seller(quantity=None)

    def _get_lead(self, seller):
        """Days from the need to the shelf, as vendor and company plan them."""
        if seller:
            return seller.delay + self.company_id.days_to_purchase
        return float(self.orderpoint_id.lead_days) or USUAL_LEAD

    def _get_terms(self, seller):
        product, unit = self.product_id.with_company(self.company_id), self.product_id.uom_id
        price, factor = product.standard_price, 1.0
        if seller:
            factor = seller.product_uom_id._compute_quantity(1.0, unit, round=False)
            if not price and factor:
                company = self.company_id
                price = seller.currency_id._convert(
                    seller.price_discounted / factor, company.currency_id, company, company._get_plant_day(), round=False
                )
        pack = self.orderpoint_id.replenishment_uom_id
        multiple = pack._compute_quantity(1.0, unit, round=False) if pack else factor
        return {
            "price": price,
            "min_order_qty": seller.min_qty * factor if seller else 0.0,
            "multiple": multiple if multiple > 1 else 0.0,
        }
