from collections import defaultdict
from datetime import timedelta

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

#: Where goods go that are used, and where they come back from.
USED = ("production", "customer")


class MaintenanceReorderSuggestionFacts(models.Model):
    """What a store knows about parts on one day, read for many at once."""

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
                  FROM unnest(%(ids)s::int[], %(products)s::int[], %(paths)s::text[], %(zones)s::text[]) AS place(id, product_id, path, zone)
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
        rows = self.env["stock.move"].sudo()._read_group(
            [("product_id", "in", self.product_id.ids), ("state", "=", "done")], ["product_id"], ["date:min"]
        )
        return {product.id: moment for product, moment in rows if moment}

    def _read_shortages(self, since):
        """How often a job lacked the part and it was asked for, by day, without preventive work."""
        places = {(suggestion.product_id.id, suggestion.location_id.id): suggestion.id for suggestion in self}
        lines = self.env["maintenance.requisition.line"].sudo().search(
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
                    SELECT place.id, SUM(quant.quantity)::float
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
        moves = self.env["stock.move"].sudo().search(
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
        products = self.env["product.product"].sudo().search(
            [("categ_id", "in", self.product_id.categ_id.ids), ("is_spare_part", "=", True)]
        )
        since = fields.Datetime.now() - timedelta(days=YEARS * 365)
        uses = dict(
            self.env["stock.move"].sudo()._read_group(
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
