from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.date_utils import start_of

from .maintenance_reorder_suggestion_facts import IDLE_DAYS, PERIOD, TELLING, YEARS
from .reorder_expect import expect
from .reorder_policy import Demand, get_doubts, get_failure_rate, get_level, insure, work_out
from .reorder_replay import average, count, replay

#: So many suggestions are made between two commits.
BATCH_SIZE = 500

#: The past that is played once more.
PAST_DAYS = 730

#: A suggestion within this part of what is there, or one step of it, says that it is right.
NEAR = 0.25


class MaintenanceReorderSuggestionMake(models.Model):
    """The suggestions are made every week, in batches that are committed."""

    _inherit = "maintenance.reorder.suggestion"

    @api.model
    def _cron_suggest(self, limit=BATCH_SIZE):
        """Make the suggestions of all companies that want them anew, and look back at what was changed a month ago."""
        cron = self.env["ir.cron"]
        if cron._maintenance_get_left() is None:
            self._sync_places()
            self.env["maintenance.reorder.month"]._forget()
        changes = self.env["maintenance.reorder.change"]._get_to_look_back()
        cron._maintenance_work_through(
            (
                self.search([("company_id.maintenance_reorder_advice", "=", True)], order="id"),
                lambda suggestions: suggestions._renew(),
            ),
            (changes, lambda changes: changes._look_back()),
            limit=limit,
        )

    @api.model
    def action_suggest_anew(self):
        """Let the scheduler make the suggestions now and not on Sunday.

        :raises AccessError: the user may not change reorder points.
        """
        self.env["stock.warehouse.orderpoint"].check_access("create")
        # sudo: whoever decides on reorder points lets the scheduler run
        self.env.ref("keepwisely_maintenance.ir_cron_reorder_suggest").sudo()._maintenance_call()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self.env._("The reorder points are looked at now; come back in some minutes.")},
        }

    @api.model
    def _suggest_at_once(self):
        """Make all suggestions in one go, for a few parts."""
        self._sync_places()
        self.search([("company_id.maintenance_reorder_advice", "=", True)])._renew()

    @api.model
    def _sync_places(self):
        """A suggestion for each reorder point of a spare part, and for each warehouse that used one without; no others.

        A few queries for all of them.
        """
        companies = self.env["res.company"].search([("maintenance_reorder_advice", "=", True)])
        for model in ("stock.warehouse.orderpoint", "product.template", "product.product", "stock.move", "stock.warehouse"):
            self.env[model].flush_model()
        self.flush_model()
        places = SQL(
            """
            SELECT point.product_id, point.location_id, point.company_id, MIN(point.id) AS orderpoint_id
              FROM stock_warehouse_orderpoint point
              JOIN product_product product ON product.id = point.product_id AND product.active
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_spare_part
             WHERE point.active AND point.company_id = ANY(%(companies)s)
          GROUP BY 1, 2, 3
         UNION ALL
            SELECT used.product_id, used.lot_stock_id, used.company_id, NULL
              FROM (SELECT DISTINCT move.product_id, warehouse.lot_stock_id, warehouse.company_id
                      FROM stock_move move
                      JOIN stock_location origin ON origin.id = move.location_id AND origin.usage = 'internal'
                      JOIN stock_location there ON there.id = move.location_dest_id AND there.usage IN ('production', 'customer')
                      JOIN stock_warehouse warehouse ON warehouse.id = origin.warehouse_id AND warehouse.active
                      JOIN product_product product ON product.id = move.product_id AND product.active
                      JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_spare_part
                     WHERE move.state = 'done' AND move.date >= %(since)s AND move.schedule_part_id IS NULL
                       AND warehouse.company_id = ANY(%(companies)s)) used
             WHERE NOT EXISTS (SELECT FROM stock_warehouse_orderpoint point
                                 JOIN stock_location place ON place.id = point.location_id
                                WHERE point.active AND point.product_id = used.product_id
                                  AND place.warehouse_id = (SELECT warehouse_id FROM stock_location WHERE id = used.lot_stock_id))
            """,
            companies=companies.ids,
            since=fields.Datetime.subtract(fields.Datetime.now(), years=YEARS),
        )
        self.env.cr.execute(
            SQL(
                """
                -- a location without a company may have a reorder point of each of several
                WITH place AS (SELECT DISTINCT ON (product_id, location_id) * FROM (%s) found
                             ORDER BY product_id, location_id, orderpoint_id),
                gone AS (DELETE FROM maintenance_reorder_suggestion suggestion
                          WHERE NOT EXISTS (SELECT FROM place WHERE place.product_id = suggestion.product_id
                                                                AND place.location_id = suggestion.location_id))
                INSERT INTO maintenance_reorder_suggestion AS suggestion (product_id, location_id, company_id, orderpoint_id,
                            create_uid, write_uid, create_date, write_date)
                SELECT product_id, location_id, company_id, orderpoint_id, %s, %s,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM place
                ON CONFLICT (product_id, location_id) DO UPDATE SET orderpoint_id = EXCLUDED.orderpoint_id
                      WHERE suggestion.orderpoint_id IS DISTINCT FROM EXCLUDED.orderpoint_id
                """,
                places,
                self.env.uid,
                self.env.uid,
            )
        )
        self.env.invalidate_all()

    def _renew(self):
        """Make these suggestions anew from what is known today."""
        known = self._read_known()
        months = defaultdict(lambda: [0.0] * 4)
        for suggestion in self:
            vals, months_of_it = suggestion._suggest(known[suggestion])
            if suggestion.is_rejected and not suggestion._says_the_same(vals):
                vals.update(is_rejected=False, reason=False)
            suggestion.write(vals)
            key = (suggestion.company_id.id, suggestion.warehouse_id.id, suggestion.product_id.categ_id.id)
            for month, figures in months_of_it.items():
                months[key, month] = [total + figure for total, figure in zip(months[key, month], figures, strict=True)]
        self.env["maintenance.reorder.month"]._add(months)
        self._apply_by_itself()

    def _says_the_same(self, vals):
        unit = self.product_id.uom_id
        return self.finding == vals["finding"] and not any(
            unit.compare(self[name], vals[name]) for name in ("min_qty", "max_qty")
        )

    # -- What follows ---------------------------------------------------------------------------------------

    def _suggest(self, known):
        """Values of the suggestion, and what the past months had and would have had.

        :param Known known: of this suggestion.
        """
        company, unit = self.company_id, self.product_id.uom_id
        order_cost = company._maintenance_get_order_cost()
        holding = company.maintenance_holding_rate / 100
        level, favour = company._maintenance_get_service_level(self.spare_criticality), company.maintenance_favour_cheap
        if company.maintenance_level_by_standstill and known.standstill:
            level, favour = get_level(known.standstill, known.price, holding), False
        found = work_out(
            known.history, PERIOD, known.lead, known.spread, known.price, order_cost, holding if order_cost else 0.0,
            known.min_order_qty, known.multiple, level, favour_cheap=favour,
        )  # fmt: skip
        low, high, insured, demand = found.min_qty, found.max_qty, 0, found.demand
        if known.is_insurance:
            rate = self._get_failures_per_year(known)
            insured, demand = self._insure(known, rate, holding), Demand.failing(rate)
            low, high = insured - 1, insured
        step = demand.step if demand else 1.0
        is_kept = high > 0
        point = self.orderpoint_id
        now = expect(demand, known.lead, known.spread, point.product_min_qty - step, point.product_max_qty)
        then = expect(demand, known.lead, known.spread, low, high if is_kept else 0.0)
        minimum = unit.round(low + step) if is_kept else 0.0
        maximum = max(unit.round(high), minimum) if is_kept else 0.0
        finding = self._find(known, minimum, maximum, step)
        past, months = self._play_past(known, low, high, is_kept)
        doubts = get_doubts(known.history, PERIOD)
        if known.receipts < TELLING:
            doubts.append("vendor")
        if not known.price:
            doubts.append("price")
        vals = {
            "min_qty": minimum,
            "max_qty": maximum,
            "finding": finding,
            "date_made": company._get_plant_day(),
            "yearly_qty": found.demand.yearly if found.demand else 0.0,
            "lead_days": known.lead,
            "shortages_now": now.shortages,
            "shortages_then": then.shortages,
            "shortages_saved": now.shortages - then.shortages,
            "stock_now": now.stock * known.price,
            "stock_then": then.stock * known.price,
            "stock_change": (then.stock - now.stock) * known.price,
            "certainty": "unsure" if {"short", "spike"} & {*doubts} else "fair" if doubts else "sure",
            "facts": {
                "begin": known.begin.isoformat(),
                "used": [[number, quantity] for number, quantity in enumerate(known.history) if quantity],
                "periods": len(known.history),
                "lead": known.lead,
                "spread": known.spread,
                "receipts": known.receipts,
                "covered": found.covered,
                "enough": low,
                "insured": insured,
                "doubts": doubts,
                "planned": [[day.isoformat(), quantity, schedule] for day, quantity, schedule in known.planned[:5]],
                "assets": known.assets,
            },
            **past,
        }
        return vals, months

    def _find(self, known, minimum, maximum, step):
        point = self.orderpoint_id
        if not point:
            return "missing" if maximum else "right"
        is_old = known.begin <= self.company_id._get_plant_day() - timedelta(days=IDLE_DAYS)
        if is_old and not any(known.history) and not known.assets and not known.planned:
            return "obsolete"
        return self._compare(point, minimum, maximum, step)

    @api.model
    def _compare(self, point, minimum, maximum, step):
        """What is to be said of a reorder point beside a suggestion."""
        if self._is_far(point.product_min_qty, minimum, step) or self._is_far(point.product_max_qty, maximum, step):
            return "low" if (point.product_min_qty, point.product_max_qty) < (minimum, maximum) else "high"
        return "right"

    def _follow(self, point):
        """Say of a reorder point that somebody made or changed what is so now; the next run looks closer."""
        self.write({"orderpoint_id": point.id, "finding": self._compare(point, self.min_qty, self.max_qty, 1.0)})

    @api.model
    def _is_far(self, quantity, suggested, step):
        difference = abs(quantity - suggested)
        return difference >= step - 1e-9 and difference > NEAR * suggested

    def _get_failures_per_year(self, known):
        """Of all assets that a part is in which was never used: as entered, else as comparable parts fail."""
        rate = self.product_id.maintenance_failure_rate or get_failure_rate(*known.failures)
        return rate * max(known.assets, 1)

    def _insure(self, known, failures_per_year, holding):
        """How many to keep of a vital part that was never used."""
        days = known.lead
        if self.company_id.maintenance_standstill_days:
            days = min(days, self.company_id.maintenance_standstill_days)
        kept, _costs = insure(failures_per_year, days, known.price, holding, known.standstill)
        return kept

    def _play_past(self, known, low, high, is_kept):
        """The last two years as they were and as they would have been: fields of the suggestion, and figures by month."""
        today = self.company_id._get_plant_day()
        begin = max(today - timedelta(days=PAST_DAYS), known.begin)
        starts = [begin]
        while (following := start_of(starts[-1] + timedelta(days=32), "month")) < today:
            starts.append(following)
        bounds = [(start - begin).days for start in [*starts, today]]
        if bounds[-1] <= bounds[0]:
            return {}, {}
        recent = [(day, used, net) for day, used, net in known.days if begin <= day < today]
        level = known.on_hand - sum(net for _day, _used, net in recent)
        levels = [(0, level)]
        for day, _used, net in recent:
            level += net
            levels.append(((day - begin).days, level))
        had = average(levels, bounds)
        lacked = count([(day - begin).days for day in known.lacked], bounds)
        issues = [((day - begin).days, used) for day, used, _net in recent if used > 0]
        if is_kept:
            would, would_lack = replay(issues, bounds, known.lead, low, high, known.min_order_qty, known.multiple)
        else:
            would, would_lack = [0.0] * (len(bounds) - 1), count([day for day, _used in issues], bounds)
        share = [(end - start) / bounds[-1] for start, end in pairwise(bounds)]
        vals = {
            "past_shortages": sum(lacked),
            "past_shortages_then": sum(would_lack),
            "past_stock": sum(map(float.__mul__, had, share)) * known.price,
            "past_stock_then": sum(map(float.__mul__, would, share)) * known.price,
        }
        months = {
            start_of(start, "month"): (stock * known.price, then * known.price, float(short), float(short_then))
            for start, stock, then, short, short_then in zip(starts, had, would, lacked, would_lack, strict=True)
        }
        return vals, months
