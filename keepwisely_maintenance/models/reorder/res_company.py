from odoo import fields, models

#: What placing and receiving an order costs where nobody said: in dollars or euros.
USUAL_ORDER_COST = 25.0

#: Classes of spare parts, the least needed first, and the level of each where nobody said.
LEVELS = {"low": 85.0, "medium": 92.0, "high": 96.0, "vital": 99.0}

#: The class of parts of which nobody said how badly they are needed.
USUAL_CLASS = "medium"


class ResCompany(models.Model):
    _inherit = "res.company"

    maintenance_reorder_advice = fields.Boolean(
        "Suggest reorder points", default=True,
        help="Every week the reorder points of spare parts are compared with what was used, how long deliveries take and what "
        "it costs.",
    )  # fmt: skip
    maintenance_order_cost = fields.Monetary(
        "Cost of an order", currency_field="currency_id",
        help="What placing and receiving one order costs, whatever is on it. 0: about 25 dollars or euros.",
    )  # fmt: skip
    maintenance_holding_rate = fields.Float(
        "Cost of keeping stock (%)", default=20.0,
        help="What keeping stock for a year costs, in percent of its value: capital, space, insurance, what gets too old.",
    )  # fmt: skip
    maintenance_level_low = fields.Float(
        "Service level, low", default=LEVELS["low"],
        help="In so many of 100 lead times the shelf is not empty before the delivery is here.",
    )  # fmt: skip
    maintenance_level_medium = fields.Float("Service level, medium", default=LEVELS["medium"])
    maintenance_level_high = fields.Float("Service level, high", default=LEVELS["high"])
    maintenance_level_vital = fields.Float("Service level, vital", default=LEVELS["vital"])
    maintenance_level_by_standstill = fields.Boolean(
        "Weigh standstill",
        help="Parts of assets of which an hour of standstill costs something: another one is kept as long as it costs less "
        "than the standstill that it saves.",
    )  # fmt: skip
    maintenance_standstill_days = fields.Float(
        "Days until help is here", default=0.0,
        help="How long an asset stands at most for a part that is not on the shelf: until an emergency delivery or a repair. "
        "0: the lead time.",
    )  # fmt: skip
    maintenance_favour_cheap = fields.Boolean(
        "Rather cheap than dear parts", default=True,
        help="Dear parts are kept at a lower level than asked for and cheap ones at a higher one, which serves more with the "
        "same stock.",
    )  # fmt: skip
    maintenance_reorder_by_itself = fields.Selection(
        [("low", "Low"), ("medium", "Up to medium"), ("high", "Up to high"), ("vital", "Up to vital")],
        "Change by itself",
        help="Reorder points of parts of these classes follow the suggestion without anybody. Empty: none do.",
    )  # fmt: skip

    _maintenance_levels_in_range = models.Constraint(
        "CHECK(maintenance_level_low > 0 AND maintenance_level_low < 100"
        " AND maintenance_level_medium > 0 AND maintenance_level_medium < 100"
        " AND maintenance_level_high > 0 AND maintenance_level_high < 100"
        " AND maintenance_level_vital > 0 AND maintenance_level_vital < 100)",
        "A service level lies between 0 and 100 percent, both excluded.",
    )
    _maintenance_reorder_costs_not_negative = models.Constraint(
        "CHECK(maintenance_order_cost >= 0 AND maintenance_holding_rate >= 0 AND maintenance_standstill_days >= 0)",
        "What orders, stock and standstill cost cannot be negative.",
    )

    def _maintenance_get_order_cost(self):
        """Of one order, in the company's currency; 0.0 where nobody said and no exchange rate is known."""
        self.ensure_one()
        return self.maintenance_order_cost or USUAL_ORDER_COST * self._maintenance_find_tier_rate()

    def _maintenance_get_service_level(self, criticality):
        """What share of lead times shall pass without an empty shelf, from 0 to 1."""
        return self[f"maintenance_level_{criticality or USUAL_CLASS}"] / 100

    def _maintenance_changes_by_itself(self, criticality):
        limit, order = self.maintenance_reorder_by_itself, list(LEVELS)
        return bool(limit) and order.index(criticality or USUAL_CLASS) <= order.index(limit)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    maintenance_reorder_advice = fields.Boolean(related="company_id.maintenance_reorder_advice", readonly=False)
    maintenance_order_cost = fields.Monetary(related="company_id.maintenance_order_cost", readonly=False)
    maintenance_holding_rate = fields.Float(related="company_id.maintenance_holding_rate", readonly=False)
    maintenance_level_low = fields.Float(related="company_id.maintenance_level_low", readonly=False)
    maintenance_level_medium = fields.Float(related="company_id.maintenance_level_medium", readonly=False)
    maintenance_level_high = fields.Float(related="company_id.maintenance_level_high", readonly=False)
    maintenance_level_vital = fields.Float(related="company_id.maintenance_level_vital", readonly=False)
    maintenance_level_by_standstill = fields.Boolean(related="company_id.maintenance_level_by_standstill", readonly=False)
    maintenance_standstill_days = fields.Float(related="company_id.maintenance_standstill_days", readonly=False)
    maintenance_favour_cheap = fields.Boolean(related="company_id.maintenance_favour_cheap", readonly=False)
    maintenance_reorder_by_itself = fields.Selection(related="company_id.maintenance_reorder_by_itself", readonly=False)
