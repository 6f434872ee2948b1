from odoo import api, fields, models
from odoo.fields import Domain

from ...const import COSTS_GROUP


class MaintenanceReorderSuggestion(models.Model):
    """What minimum and maximum a spare part should have in one place, and why.

    Made anew every week for each reorder point of a spare part, and for each warehouse that parts are used from without
    one. Quantities are in the unit of the product; the minimum is the native one, below which Odoo orders.
    """

    _name = "maintenance.reorder.suggestion"
    _description = "Reorder point to review"
    _order = "shortages_saved DESC, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", "Part", required=True, readonly=True, index=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", required=True, readonly=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one(related="location_id.warehouse_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", "Reorder point", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    spare_criticality = fields.Selection(related="product_id.spare_criticality")
    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")

    current_min_qty = fields.Float(related="orderpoint_id.product_min_qty", string="Minimum")
    current_max_qty = fields.Float(related="orderpoint_id.product_max_qty", string="Maximum")
    min_qty = fields.Float("Suggested minimum", digits="Product Unit", readonly=True, aggregator=None)
    max_qty = fields.Float("Suggested maximum", digits="Product Unit", readonly=True, aggregator=None)
    finding = fields.Selection(
        [
            ("missing", "Missing"),
            ("low", "Too low"),
            ("high", "Too high"),
            ("obsolete", "Obsolete"),
            ("right", "Right"),
        ],
        readonly=True, index=True,
        help="Missing: parts are used and nothing reorders them. Obsolete: not used for two years, and no asset needs it.",
    )  # fmt: skip
    is_rejected = fields.Boolean("Rejected", readonly=True, help="Until something else is suggested.")
    reason = fields.Char(readonly=True, help="Why it was rejected.")
    facts = fields.Json(readonly=True, help="What was known when the suggestion was made.")
    date_made = fields.Date("As of", readonly=True)

    yearly_qty = fields.Float("Used a year", digits="Product Unit", readonly=True, aggregator=None)
    lead_days = fields.Float("Lead time (days)", readonly=True, aggregator=None)
    shortages_now = fields.Float(
        "Shortages a year now", readonly=True, help="How often a year somebody asks for it and does not get all, as it is."
    )
    shortages_then = fields.Float("Shortages a year then", readonly=True, help="The same, as suggested.")
    shortages_saved = fields.Float("Shortages saved a year", readonly=True)
    stock_now = fields.Monetary("Stock now", readonly=True, groups=COSTS_GROUP, help="Value on the shelf on average, as it is.")
    stock_then = fields.Monetary("Stock then", readonly=True, groups=COSTS_GROUP, help="The same, as suggested.")
    stock_change = fields.Monetary("Change of stock", readonly=True, groups=COSTS_GROUP)
    past_shortages = fields.Float(
        "Shortages in two years", readonly=True, help="How often in the last two years a job lacked it and it was asked for."
    )
    past_shortages_then = fields.Float(
        "… as suggested", readonly=True, help="How often somebody would not have got all, with the suggestion all the time."
    )
    past_stock = fields.Monetary(
        "Stock in two years", readonly=True, groups=COSTS_GROUP, help="Value on the shelf in the last two years, on average."
    )
    past_stock_then = fields.Monetary("Stock, as suggested", readonly=True, groups=COSTS_GROUP)

    explanation = fields.Char(compute="_compute_words")
    certainty = fields.Selection(
        [("sure", "Sure"), ("fair", "Rather sure"), ("unsure", "Unsure")], "How sure", readonly=True,
        help="Unsure: too little was seen. Rather sure: one thing is to be looked at.",
    )  # fmt: skip
    doubt = fields.Char("What to look at", compute="_compute_words")
    graph = fields.Text("Demand", compute="_compute_graph")
    change_ids = fields.One2many("maintenance.reorder.change", "suggestion_id", "Changes", readonly=True)

    _place_uniq = models.UniqueIndex(
        "(product_id, location_id)", "There is a suggestion for this part in this place already."
    )

    @api.depends("product_id", "location_id")
    def _compute_display_name(self):
        for suggestion in self:
            suggestion.display_name = f"{suggestion.product_id.display_name}, {suggestion.location_id.display_name}"

    @api.model
    def _get_to_review_domain(self):
        return Domain("finding", "!=", "right") & Domain("is_rejected", "=", False)

    @api.readonly
    def action_open_moves(self):
        """Open what was used: the moves that the suggestion saw."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Moves of %s", self.product_id.display_name),
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [("product_id", "=", self.product_id.id), ("state", "=", "done")],
            "context": {"search_default_done": True},
        }
