import math

from odoo import api, fields, models
from odoo.tools import SQL

#: How far back receipts are measured.
MONTHS = 12


class ResPartner(models.Model):
    _inherit = "res.partner"

    vendor_lateness = fields.Float(
        "Usually late by (days)", compute="_compute_vendor_lateness", digits=(16, 1),
        groups="purchase.group_purchase_user,maintenance.group_equipment_manager",
        help="Median over the receipts of the last 12 months of the day received less the day promised; "
        "negative when early.",
    )  # fmt: skip
    vendor_lateness_count = fields.Integer(
        "Receipts measured", compute="_compute_vendor_lateness",
        groups="purchase.group_purchase_user,maintenance.group_equipment_manager",
    )  # fmt: skip

    @api.depends_context("allowed_company_ids")
    def _compute_vendor_lateness(self):
        lateness = self._get_vendor_lateness(self.env.companies)
        for partner in self:
            median, count = lateness.get(partner.commercial_partner_id.id, (0.0, 0))
            partner.vendor_lateness = median
            partner.vendor_lateness_count = count

    @api.model
    def _add_lateness(self, date, lateness):
        """The day something promised for ``date`` really comes; early vendors keep their promise."""
        return fields.Date.add(date, days=max(math.ceil(lateness), 0))

    def _get_vendor_lateness(self, companies):
        """How late the vendors usually are.

        The promise is the deadline of the receipt: purchase lines hand their promised date to it,
        and a date that is changed on the order moves it as long as nothing came. Each receipt
        counts, also one of several for a line. Only what comes straight from the vendor counts;
        returns and goods sent to customers do not.

        :param companies: whose receipts count.
        :returns: ``{commercial partner id: (median days, receipts)}`` of those with receipts.
        """
        commercial = self.commercial_partner_id
        if not commercial:
            return {}
        self.env["stock.move"].flush_model(["date", "date_deadline", "location_id", "location_dest_id", "state"])
        self.env["purchase.order"].flush_model(["partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY move.date::date - move.date_deadline::date),
                       COUNT(*)
                  FROM stock_move move
                  JOIN purchase_order_line line ON line.id = move.purchase_line_id
                  JOIN purchase_order po ON po.id = line.order_id
                  JOIN res_partner partner ON partner.id = po.partner_id
                  JOIN stock_location source ON source.id = move.location_id
                  JOIN stock_location dest ON dest.id = move.location_dest_id
                 WHERE move.state = 'done' AND move.date_deadline IS NOT NULL
                   AND move.date >= %s AND move.company_id IN %s
                   AND source.usage = 'supplier' AND dest.usage = 'internal'
                   AND partner.commercial_partner_id IN %s
                 GROUP BY partner.commercial_partner_id
                """,
                fields.Datetime.subtract(fields.Datetime.now(), months=MONTHS),
                companies._ids,
                commercial._ids,
            )
        )
        return {partner: (median, count) for partner, median, count in rows}
