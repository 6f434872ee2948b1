from odoo import models

from ...const import BILL_TYPES
from ...context import OwnIds

#: What a line of a bill charges, by any of its names, and for what.
BILLED = {"amount_currency", "balance", "credit", "debit", "purchase_line_id", "quantity"}


class AccountMoveCost(models.Model):
    """Bills bring the ledger to what was really billed, on the day of the bill, whoever posts them and however."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # the receipts that a bill revalues tell the jobs that used of them, on the day of the bill
        posting = self.with_context(maintenance_bill_ids=OwnIds(self.ids))
        return super(AccountMoveCost, posting)._post(soft=soft)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: accountants need no rights on purchase orders
            bills = self.sudo().filtered(lambda move: move.move_type in BILL_TYPES)
            bills.line_ids.purchase_line_id._settle_cost()
        return result


class AccountMoveLineCost(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        # sudo: accountants need no rights on purchase orders
        lines = self.sudo().purchase_line_id if "purchase_line_id" in vals else self.env["purchase.order.line"]
        result = super().write(vals)
        if BILLED & vals.keys():
            posted = self.sudo().filtered(lambda line: line.parent_state == "posted")
            (lines | posted.purchase_line_id)._settle_cost()
        return result
