import math

from odoo import api, fields, models
from odoo.tools import SQL

from ...words import format_number

#: How far back receipts are measured.
MONTHS = 12
#: Of fewer receipts no median is told.
TELLING = 3


class ResPartner(models.Model):
    """How well vendors keep their promises, measured on past receipts."""

    _inherit = "res.partner"

    vendor_lateness = fields.Float(
        "Usual lateness (days)", compute="_compute_vendor_lateness", digits=(16, 1),
        groups="purchase.group_purchase_user,maintenance.group_equipment_manager",
        help="Median over the receipts of the last 12 months of the day received less the day promised; "
        "negative when early.",
    )  # fmt: skip
    vendor_lateness_count = fields.Integer(
        "Receipts measured", compute="_compute_vendor_lateness",
        groups="purchase.group_purchase_user,maintenance.group_equipment_manager",
    )  # fmt: skip
    vendor_punctuality = fields.Char(
        "Receipts are usually", compute="_compute_vendor_punctuality",
        groups="purchase.group_purchase_user,maintenance.group_equipment_manager",
        help="Median over the receipts of the last 12 months. Days on which parts are expected count it in.",
    )  # fmt: skip

    @api.depends("commercial_partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_vendor_lateness(self):
        lateness = self._get_vendor_lateness(self.env.companies)
        for partner in self:
            median, count, _spread = lateness.get(partner.commercial_partner_id._origin.id, (0.0, 0, 0.0))
            partner.vendor_lateness = median
            partner.vendor_lateness_count = count

    @api.depends("vendor_lateness", "vendor_lateness_count")
    @api.depends_context("allowed_company_ids", "lang")
    def _compute_vendor_punctuality(self):
        for partner in self:
            partner.vendor_punctuality = partner._describe_punctuality() if partner.vendor_lateness_count else False

    def _describe_punctuality(self):
        """“late by 4 days (median of 7 receipts)”; of one or two receipts just how many they are."""
        self.ensure_one()
        if self.vendor_lateness_count < TELLING:
            return (
                self.env._("one receipt so far, too few to tell")
                if self.vendor_lateness_count == 1
                else self.env._("two receipts so far, too few to tell")
            )
        values = {"days": format_number(self.env, abs(self.vendor_lateness)), "count": self.vendor_lateness_count}
        is_one = abs(self.vendor_lateness) == 1
        if self.vendor_lateness > 0:
            one = self.env._("late by a day (median of %(count)s receipts)", **values)
            return one if is_one else self.env._("late by %(days)s days (median of %(count)s receipts)", **values)
        if self.vendor_lateness < 0:
            one = self.env._("early by a day (median of %(count)s receipts)", **values)
            return one if is_one else self.env._("early by %(days)s days (median of %(count)s receipts)", **values)
        return self.env._("on time (median of %(count)s receipts)", **values)

    @api.model
    def _add_lateness(self, day, lateness):
        """The day something promised for ``day`` really comes; early vendors keep their promise."""
        return fields.Date.add(day, days=max(math.ceil(lateness), 0))

    def _get_vendor_lateness(self, companies):
        """How late the vendors usually are, with one query for all of them.

        The promise is ``date_deadline`` of the receipt, not the order line's date of today: the line
        hands its date to the receipts that are still open, so what has come keeps what was promised
        for it, also when the rest is put off. ``date`` of a receipt is when it was done. Each receipt
        of several for a line counts. Only what comes straight from the vendor counts: no returns,
        nothing that came back from one, nothing sent on to customers.

        :param companies: whose receipts count, each by the days of its own time zone.
        :returns: ``{commercial partner id: (median days, receipts, standard deviation)}`` of those with receipts.
        """
        commercial_ids = self.commercial_partner_id.ids
        if not commercial_ids or not companies:
            return {}
        self.env["stock.move"].flush_model(
            ["company_id", "date", "date_deadline", "location_dest_id", "location_id", "origin_returned_move_id",
             "purchase_line_id", "state"]
        )  # fmt: skip
        self.env["purchase.order.line"].flush_model(["order_id"])
        self.env["purchase.order"].flush_model(["partner_id"])
        self.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vendor.commercial_partner_id,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (
                           ORDER BY (move.date AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date
                                  - (move.date_deadline AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date
                       ),
                       COUNT(*),
                       COALESCE(STDDEV_SAMP(
                           (move.date AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date
                           - (move.date_deadline AT TIME ZONE 'UTC' AT TIME ZONE plant.zone)::date
                       ), 0)
                  FROM stock_move move
                  JOIN (VALUES %(zones)s) AS plant(company_id, zone) ON plant.company_id = move.company_id
                  JOIN purchase_order_line line ON line.id = move.purchase_line_id
                  JOIN purchase_order po ON po.id = line.order_id
                  JOIN res_partner vendor ON vendor.id = po.partner_id
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location dest ON dest.id = move.location_dest_id
                 WHERE move.state = 'done'
                   AND move.date >= %(since)s
                   AND move.date_deadline IS NOT NULL
                   AND move.origin_returned_move_id IS NULL
                   AND source.usage = 'supplier'
                   AND dest.usage = 'internal'
                   AND vendor.commercial_partner_id IN %(vendors)s
                 GROUP BY vendor.commercial_partner_id
                """,
                zones=SQL(", ").join(
                    SQL("(%s, %s)", company.id, str(company._get_plant_timezone())) for company in companies
                ),
                since=fields.Datetime.subtract(fields.Datetime.now(), months=MONTHS),
                vendors=tuple(commercial_ids),
            )
        )
        return {vendor: (median, count, float(spread)) for vendor, median, count, spread in rows}
