from datetime import timedelta

from odoo import api, fields, models

from ...const import COSTS_GROUP
from ...words import format_number

#: After so many days it is looked at what came of a change.
LOOK_BACK_DAYS = 30


class MaintenanceReorderChange(models.Model):
    """A change of a reorder point: who, when, from what, to what, what was suggested, and what came of it."""

    _name = "maintenance.reorder.change"
    _description = "Change of a reorder point"
    _order = "create_date DESC, id DESC"
    _rec_name = "product_id"

    suggestion_id = fields.Many2one("maintenance.reorder.suggestion", readonly=True, index="btree_not_null", ondelete="set null")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reorder point", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one("product.product", "Part", required=True, readonly=True, index=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, ondelete="restrict")
    kind = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("changed", "Changed"),
            ("rejected", "Rejected"),
            ("by_itself", "By itself"),
            ("by_hand", "By hand"),
        ],
        "How", required=True, readonly=True,
        help="By itself: the company lets parts of this class follow the suggestion. By hand: on the reorder point.",
    )  # fmt: skip
    reason = fields.Char(readonly=True)
    from_min_qty = fields.Float("Minimum before", digits="Product Unit", readonly=True, aggregator=None)
    from_max_qty = fields.Float("Maximum before", digits="Product Unit", readonly=True, aggregator=None)
    to_min_qty = fields.Float("Minimum after", digits="Product Unit", readonly=True, aggregator=None)
    to_max_qty = fields.Float("Maximum after", digits="Product Unit", readonly=True, aggregator=None)
    suggested_min_qty = fields.Float("Minimum suggested", digits="Product Unit", readonly=True, aggregator=None)
    suggested_max_qty = fields.Float("Maximum suggested", digits="Product Unit", readonly=True, aggregator=None)

    date_looked_back = fields.Date("Looked back on", readonly=True)
    shortage_count = fields.Integer("Shortages since", readonly=True, help="How often a job lacked it in the month after.")
    used_qty = fields.Float("Used since", digits="Product Unit", readonly=True, aggregator=None)
    stock_qty = fields.Float("On the shelf since", digits="Product Unit", readonly=True, aggregator=None, help="On average.")
    stock_value = fields.Float("Value since", readonly=True, groups=COSTS_GROUP)
    outcome = fields.Char("What came of it", compute="_compute_outcome")

    @api.depends("date_looked_back", "shortage_count", "used_qty", "stock_qty")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for change in self:
            values = {
                "shortages": change.shortage_count,
                "used": format_number(self.env, change.used_qty),
                "stock": format_number(self.env, round(change.stock_qty, 1)),
            }
            if not change.date_looked_back:
                change.outcome = False
            elif change.shortage_count == 1:
                change.outcome = self.env._("Lacked once; %(used)s used, %(stock)s on the shelf on average.", **values)
            elif change.shortage_count:
                change.outcome = self.env._(
                    "Lacked %(shortages)s times; %(used)s used, %(stock)s on the shelf on average.", **values
                )
            else:
                change.outcome = self.env._("Never lacked; %(used)s used, %(stock)s on the shelf on average.", **values)

    @api.model
    def _get_to_look_back(self):
        """Changes of a month ago of which nobody knows yet what came of them."""
        return self.search(
            [
                ("date_looked_back", "=", False),
                ("suggestion_id", "!=", False),
                ("create_date", "<=", fields.Datetime.now() - timedelta(days=LOOK_BACK_DAYS)),
            ],
            order="id",
        )

    def _look_back(self):
        """Note what the month after each change brought."""
        suggestions = self.suggestion_id
        since = min(change.company_id._get_plant_day(change.create_date) for change in self)
        demand, on_hand = suggestions._read_demand(since), suggestions._read_on_hand()
        lacked = suggestions._read_shortages(since)
        for change in self:
            suggestion, company = change.suggestion_id, change.company_id
            begin = company._get_plant_day(change.create_date)
            end = begin + timedelta(days=LOOK_BACK_DAYS)
            days = demand[suggestion.id]
            level = on_hand.get(suggestion.id, 0.0) - sum(net for day, _used, net in days if day >= end)
            area, until = 0.0, end
            for day, _used, net in sorted(days, reverse=True):
                if begin <= day < end:
                    area += max(level, 0.0) * (until - day).days
                    level, until = level - net, day
            area += max(level, 0.0) * (until - begin).days
            stock = area / LOOK_BACK_DAYS
            change.write(
                {
                    "date_looked_back": company._get_plant_day(),
                    "shortage_count": sum(begin <= day < end for day in lacked[suggestion.id]),
                    "used_qty": sum(used for day, used, _net in days if begin <= day < end),
                    "stock_qty": stock,
                    "stock_value": stock * change.product_id.with_company(company).standard_price,
                }
            )
