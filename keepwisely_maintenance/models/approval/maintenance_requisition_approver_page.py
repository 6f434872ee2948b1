from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ...const import COSTS_GROUP
from ...words import format_day, format_number

BOLD = Markup("<b>%s</b>")

#: How many earlier prices of a part are shown.
PRICES_SHOWN = 3

#: Where each kind of `maintenance.part.demand` counts on the page.
DEMAND_COLUMNS = {
    "work_order": "wanted",
    "other_demand": "wanted",
    "requisition": "asked",
    "rfq": "ordered",
    "order": "ordered",
    "incoming": "ordered",
}


class MaintenanceRequisitionApproverPage(models.Model):
    """What an approver should know, on one page: what for, what it was and is, what waiting costs.

    Everything is looked up for all lines together, so that a requisition of 80 lines takes no more
    queries than one of two. Warranties stand in ``maintenance_requisition_warranty``.
    """

    _inherit = "maintenance.requisition"

    brief = fields.Html(
        "What to know", compute="_compute_brief", compute_sudo=True, sanitize=False, groups=COSTS_GROUP,
        help="For those who decide; empty when nothing is to be decided.",
    )  # fmt: skip

    @api.depends("state", "user_can_decide")
    @api.depends_context("lang", "tz")
    def _compute_brief(self):
        asked = self.filtered(lambda requisition: requisition.state == "to_approve" or requisition.user_can_decide)
        (self - asked).brief = False
        briefs = asked._get_briefs()
        for requisition in asked:
            requisition.brief = self.env["ir.qweb"]._render(
                "keepwisely_maintenance.requisition_brief",
                {
                    **briefs[requisition],
                    "say_day": lambda day: format_day(self.env, day),
                    "say_number": lambda number: format_number(self.env, number),
                },
            )

    def _get_briefs(self):
        """What the page shows, by requisition.

        :returns: dicts of ``requisition``, ``days_asked`` and ``days_waiting`` (since submission), ``is_late``, ``jobs``
            (see `_get_job_briefs`) and ``lines`` (see `_get_line_briefs`).
        """
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        jobs, line_briefs = lines._get_job_briefs(), lines._get_line_briefs()
        return {
            requisition: {
                "requisition": requisition,
                "days_asked": requisition.company_id._maintenance_plant_days_since(requisition.create_date),
                "days_waiting": requisition.company_id._maintenance_plant_days_since(
                    requisition.date_submitted or requisition.create_date
                ),
                "is_late": bool(
                    requisition.date_required and requisition.date_required < requisition.company_id._get_plant_day()
                ),
                "jobs": jobs[requisition],
                "lines": [line_briefs[line] for line in lines & requisition.line_ids],
            }
            for requisition in self
        }

    @api.model
    def _describe_days_ago(self, days):
        """“today”, “yesterday”, “5 days ago”"""
        if days < 1:
            return self.env._("today")
        return self.env._("yesterday") if days == 1 else self.env._("%s days ago", days)

    def _describe_asked(self, days_asked, days_waiting):
        return self.env._(
            "Asked for %(asked)s, submitted %(submitted)s.",
            asked=BOLD % self._describe_days_ago(days_asked),
            submitted=BOLD % self._describe_days_ago(days_waiting),
        )

    def _describe_late(self):
        return self.env._("Needed by %s: that day is over.", BOLD % format_day(self.env, self.date_required))

    def _describe_reported(self, request, days):
        return self.env._(
            "%(stage)s, reported %(when)s", stage=request.stage_id.name, when=self._describe_days_ago(days)
        )

    def _describe_standstill(self, hourly_cost):
        return self.env._("of downtime, at %s an hour", self.currency_id.format(hourly_cost))

    def _describe_bought(self, cost):
        return self.env._("of ownership, bought for %s", self.currency_id.format(cost))


class MaintenanceRequisitionLineApproverPage(models.Model):
    _inherit = "maintenance.requisition.line"

    # -- What for -------------------------------------------------------------------------------------

    def _get_job_briefs(self):
        """What the lines are for: each work order or asset once.

        :returns: ``{requisition: [dict]}`` with ``request``, ``equipment``, ``days_reported``, ``photo_id``
            (an attachment), ``amount`` of its lines, ``downtime_cost`` of an hour, ``downtime_hours`` that cost as
            much as the lines, ``year_cost`` of the asset since 1 January; money in the company's currency.
        """
        photos = self.maintenance_request_id._get_photo_ids()
        year_costs = self.equipment_id._get_year_costs()
        jobs = defaultdict(list)
        by_job = self.grouped(lambda line: (line.requisition_id, line.maintenance_request_id, line.equipment_id))
        for (requisition, request, equipment), lines in by_job.items():
            if not request and not equipment:
                continue
            amount = sum(lines.mapped("price_subtotal"))
            hourly = equipment.downtime_hourly_cost
            jobs[requisition].append(
                {
                    "request": request,
                    "equipment": equipment,
                    "days_reported": (requisition.company_id._get_plant_day() - request.request_date).days
                    if request.request_date
                    else 0,
                    "photo_id": photos.get(request.id),
                    "amount": amount,
                    "downtime_cost": hourly,
                    "downtime_hours": amount / hourly if hourly else 0.0,
                    "year_cost": year_costs.get(equipment, 0.0),
                }
            )
        return jobs

    # -- What it was and is -------------------------------------------------------------------------

    def _get_line_briefs(self):
        """Stock, open demand and earlier prices of each line.

        :returns: ``{line: dict}`` with ``line``, ``stock`` (see `_get_stock`, None for what is not stored), ``demand``
            (see `_get_open_demand`), ``prices`` (see `_get_price_briefs`) and ``days_late``.
        """
        stock = self._get_stock()
        demand = self._get_open_demand()
        purchases = self._get_last_purchases()
        return {
            line: {
                "line": line,
                "days_late": line._get_days_late(),
                "stock": stock.get((line.company_id, line.product_id)),
                "demand": demand.get((line.company_id, line.product_id), {}),
                "prices": line._get_price_briefs(purchases.get((line.company_id, line.product_id), [])),
            }
            for line in self
        }

    def _describe_expected(self, days_late):
        words = {"day": format_day(self.env, self.date_expected), "days": days_late}
        if days_late < 1:
            return self.env._("expected %(day)s", **words)
        if days_late == 1:
            return self.env._("expected %(day)s, a day after it is needed", **words)
        return self.env._("expected %(day)s, %(days)s days after it is needed", **words)

    def _describe_aim(self, several):
        """What it is for, where the head of the page does not say it.

        :param several: whether the requisition is for several jobs or assets.
        """
        if self.orderpoint_id:
            return self.env._("For stock, at least %s", format_number(self.env, self.orderpoint_id.product_min_qty))
        if not self.equipment_id and not self.maintenance_request_id:
            return self.env._("For no job or asset")
        return self.env._("For %s", self.equipment_id.name or self.maintenance_request_id.display_name) if several else ""

    def _describe_demand(self, **quantities):
        return self.env._(
            "%(wanted)s wanted, %(asked)s asked for, %(ordered)s on order",
            **{name: format_number(self.env, quantity) for name, quantity in quantities.items()},
        )

    def _get_stock(self):
        """``on_hand`` and ``forecast``, in the unit of the product, by company and stored product."""
        stock = {}
        for company, lines in self.grouped("company_id").items():
            products = lines.product_id.filtered("is_storable")
            # of all warehouses of the company, whichever the user has chosen
            for product in products.with_context(allowed_company_ids=company.ids):
                stock[company, product] = {"on_hand": product.qty_available, "forecast": product.virtual_available}
        return stock

    def _get_open_demand(self):
        """``wanted``, ``asked`` and ``ordered`` in all, this line included, in the unit of the product.

        :returns: a dict of these by company and product.
        """
        rows = self.env["maintenance.part.demand"]._read_group(
            [("product_id", "in", self.product_id.ids), ("company_id", "in", self.company_id.ids)],
            ["company_id", "product_id", "kind"],
            ["quantity:sum"],
        )
        demand = defaultdict(lambda: {"wanted": 0.0, "asked": 0.0, "ordered": 0.0})
        for company, product, kind, quantity in rows:
            if kind in DEMAND_COLUMNS:
                demand[company, product][DEMAND_COLUMNS[kind]] += abs(quantity)
        return demand

    def _get_last_purchases(self):
        """The last confirmed purchase lines, newest first, by company and product."""
        orders, purchase_lines = self.env["purchase.order"], self.env["purchase.order.line"]
        if not self.product_id:
            return {}
        orders.flush_model(["state", "date_approve", "date_order"])
        purchase_lines.flush_model(["company_id", "order_id", "product_id", "product_qty", "requisition_line_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM (SELECT line.id, ROW_NUMBER() OVER (
                                   PARTITION BY line.company_id, line.product_id
                                   ORDER BY COALESCE(po.date_approve, po.date_order) DESC, line.id DESC
                               ) AS position
                          FROM purchase_order_line line
                          JOIN purchase_order po ON po.id = line.order_id
                         WHERE po.state = 'purchase' AND line.product_qty > 0
                           AND line.company_id IN %(companies)s AND line.product_id IN %(products)s
                           AND (line.requisition_line_id IS NULL OR line.requisition_line_id NOT IN %(lines)s)
                       ) latest
                 WHERE position <= %(shown)s
                 ORDER BY position
                """,
                companies=self.company_id._ids,
                products=self.product_id._ids,
                lines=self._ids,
                shown=PRICES_SHOWN,
            )
        )
        latest = purchase_lines.browse(row[0] for row in rows)
        return latest.grouped(lambda purchase: (purchase.company_id, purchase.product_id))

    def _get_price_briefs(self, purchases):
        """Earlier prices in the company's currency and the unit of this line, taxes excluded, newest first.

        :returns: dicts of ``date``, ``vendor``, ``price`` and ``change``: how many percent this line
            is dearer than that price, None when there is nothing to compare.
        """
        self.ensure_one()
        briefs = []
        for purchase in purchases:
            order = purchase.order_id
            price = purchase.price_subtotal / purchase.product_qty / (order.currency_rate or 1.0)
            price = purchase.product_uom_id._compute_price(price, self.product_uom_id)
            briefs.append(
                {
                    "date": order.company_id._get_plant_day(order.date_approve or order.date_order),
                    "vendor": order.partner_id,
                    "price": price,
                    "change": (self.price_unit / price - 1) * 100 if price and self.price_unit else None,
                }
            )
        return briefs


class MaintenanceRequestApproverPage(models.Model):
    _inherit = "maintenance.request"

    def _get_photo_ids(self):
        """The newest picture of each work order: ``{work order id: attachment id}``."""
        return dict(
            self.env["ir.attachment"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids), ("mimetype", "=like", "image/%")],
                ["res_id"],
                ["id:max"],
            )
        )


class MaintenanceEquipmentApproverPage(models.Model):
    _inherit = "maintenance.equipment"

    def _get_year_costs(self):
        """What each asset cost since 1 January, from the ledger, in the company's currency."""
        costs = {}
        for company, assets in self.grouped(lambda asset: asset.company_id or self.env.company).items():
            start = company._get_plant_day().replace(month=1, day=1)
            costs.update(
                self.env["maintenance.cost.report"]._read_group(
                    [("equipment_id", "in", assets.ids), ("date", ">=", start)], ["equipment_id"], ["amount:sum"]
                )
            )
        return costs
