from odoo import models


class StockMoveAnalytic(models.Model):
    """What a job uses is charged to the analytic accounts, at the value of the move.

    Stock-valued parts are charged here and nowhere else; their bills charge nothing (see
    ``account_move``). What is not valued in stock is charged by its bill.
    """

    _inherit = "stock.move"

    def _get_analytic_distribution(self):
        """As it was charged before, else as what was bought for the part says, else as the work order says."""
        if not self.maintenance_request_id:
            return super()._get_analytic_distribution()
        if not self.product_id.is_storable:
            return {}
        charged = self.analytic_account_line_ids or self.origin_returned_move_id.analytic_account_line_ids
        if charged or self.origin_returned_move_id:
            # what comes back leaves the accounts that it was charged to
            return charged._get_distribution_of_amounts()
        return self._get_bought_distribution() or self.maintenance_request_id.analytic_distribution or {}

    def _get_bought_distribution(self):
        """What all that was bought for this part for its job says alike; it may differ from the work order."""
        self.ensure_one()
        lines = self.maintenance_requisition_line_ids.filtered(
            lambda line: line.maintenance_request_id == self.maintenance_request_id and not line.is_cancelled
        )
        said = []
        for line in lines:
            said += [step.analytic_distribution or {} for step in line._get_live_purchase_lines() or line]
        return said[0] if said and all(distribution == said[0] for distribution in said) else {}

    def _prepare_analytic_lines(self):
        if self.maintenance_request_id and self.state != "done":
            # native code charges as soon as a quantity is entered, and keeps the charge when it is taken back
            return False
        return super()._prepare_analytic_lines()

    def _prepare_analytic_line_values(self, account_field_values, amount, unit_amount):
        vals = super()._prepare_analytic_line_values(account_field_values, amount, unit_amount)
        if self.maintenance_request_id:
            vals.update(
                name=self.product_id.display_name,
                ref=self.maintenance_request_id.reference,
                date=self.company_id._get_plant_day(self.date),
            )
        return vals
