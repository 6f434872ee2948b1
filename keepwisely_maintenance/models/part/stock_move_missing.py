from odoo import api, fields, models
from odoo.fields import Domain

from .stock_move_allocation import OPEN_STATES


class StockMoveMissing(models.Model):
    """What the list of missing parts says of each: was it asked for, where does it come from, when, and is that late."""

    _inherit = "stock.move"

    maintenance_asked_state = fields.Selection(
        [("to_request", "Not asked for"), ("requested", "Asked for"), ("ordered", "On its way")], "Asked for",
        compute="_compute_maintenance_coming", help="Asked for: it is not on an order yet.",
    )  # fmt: skip
    maintenance_coming_with = fields.Char(
        "Comes with", compute="_compute_maintenance_coming", help="The order or transfer that brings it, else the requisition."
    )
    maintenance_coming_from = fields.Char("Vendor", compute="_compute_maintenance_coming")
    maintenance_expected_date = fields.Date(
        "Expected", compute="_compute_maintenance_coming",
        help="When the rest is expected; empty where nobody has promised a day.",
    )  # fmt: skip
    maintenance_is_late = fields.Boolean(
        "Late", compute="_compute_maintenance_coming", search="_search_maintenance_is_late",
        help="It is missing on the day it is needed, or expected after it.",
    )  # fmt: skip

    @api.depends("state", "quantity", "product_uom_qty", "picked", "date", "maintenance_requisition_line_ids.state")
    def _compute_maintenance_coming(self):
        # sudo: where a part comes from is no secret to who waits for it; prices are not told
        missing = self.sudo().filtered(lambda move: move.maintenance_request_id and move._get_missing_qty() > 0)
        for move in (self.sudo() - missing):
            move.maintenance_asked_state = move.maintenance_coming_with = move.maintenance_coming_from = False
            move.maintenance_expected_date = move.maintenance_is_late = False
        for move in missing:
            lines = (move.maintenance_requisition_line_ids | move.join_ids.requisition_line_id).filtered("is_open")
            orders = (lines.purchase_line_ids | move.join_ids.purchase_line_id).order_id
            orders = orders.filtered(lambda order: order.state != "cancel")
            supplies = move.supply_move_ids.filtered(lambda supply: supply.state not in ("done", "cancel"))
            sources = [*orders.mapped("name"), *filter(None, supplies.mapped("reference"))] or lines.requisition_id.mapped("name")
            vendors = orders.partner_id or lines.partner_id
            expected, needed = move._get_supply_date(), move.company_id._get_plant_day(move.date)
            is_held = "requested" if move._is_held() else "ordered"
            move.maintenance_asked_state = "to_request" if move._get_uncovered_qty() > 0 else is_held
            move.maintenance_coming_with = ", ".join(sources) or False
            move.maintenance_coming_from = ", ".join(vendors.mapped("name")) or False
            move.maintenance_expected_date = expected
            move.maintenance_is_late = needed < max(move.company_id._get_plant_day(), expected or needed)

    def _search_maintenance_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # what is expected follows from promises and lead times, which a domain cannot; parts that may lack something are read
        waiting = Domain("maintenance_request_id", "!=", False) & Domain("state", "in", (*OPEN_STATES, "waiting"))
        late = Domain("id", "in", self.search(waiting).filtered("maintenance_is_late").ids)
        return late if True in value else ~late
