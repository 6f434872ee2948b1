from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

#: Asked for, and neither refused nor withdrawn.
LIVE_STATES = ("to_approve", "approved", "ordered", "done")


class MaintenanceRequisitionCountedTogether(models.Model):
    """What is asked for without a work order counts per vendor and product over some days.

    So ten small requisitions for stock meet the same tiers as one big one. What is not in the
    catalogue counts as one product per vendor, whatever it is called.
    """

    _inherit = "maintenance.requisition"

    def _get_stock_amounts(self):
        """What was asked for without a work order, by requisition, in the company's currency.

        The lines of the requisition, and of the others for the same vendors and products that
        were submitted at most `requisition_window_days` ago.
        """
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled and not line.maintenance_request_id)
        together = lines.filtered("company_id.requisition_window_days")
        totals = {
            tuple(kind): amount
            for *kind, amount in self.env["maintenance.requisition.line"]._read_group(
                together._get_window_domain(), ["company_id", "partner_id", "product_id"], ["price_subtotal:sum"]
            )
        }
        amounts = {}
        for requisition in self:
            own = lines.filtered(lambda line, requisition=requisition: line.requisition_id == requisition)
            kinds = {(line.company_id, line.partner_id, line.product_id) for line in own & together}
            amounts[requisition] = sum(totals[kind] for kind in kinds) + sum((own - together).mapped("price_subtotal"))
        return amounts

    def _get_lines_counted_together(self):
        """The lines, also of other requisitions, whose amounts add up to what decides the tiers of this one."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        stock = lines.filtered(lambda line: not line.maintenance_request_id)
        jobs = lines.maintenance_request_id.requisition_line_ids.filtered(
            lambda line: not line.is_cancelled and line.requisition_id.state in LIVE_STATES
        )
        return lines | jobs | lines.search(stock.filtered("company_id.requisition_window_days")._get_window_domain())


class MaintenanceRequisitionLineCountedTogether(models.Model):
    _inherit = "maintenance.requisition.line"

    def _get_window_domain(self):
        """These lines for stock, and the others of their companies, vendors and products in the window."""
        now = fields.Datetime.now()
        windows = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("requisition_id.date_submitted", ">=", now - timedelta(days=company.requisition_window_days))
            for company in self.company_id
        )
        return (
            Domain("maintenance_request_id", "=", False)
            & Domain("is_cancelled", "=", False)
            & Domain("partner_id", "in", [*self.partner_id.ids, False])
            & Domain("product_id", "in", [*self.product_id.ids, False])
            & (Domain("id", "in", self.ids) | (Domain("requisition_id.state", "in", LIVE_STATES) & windows))
        )
