from odoo import api, models

from .maintenance_trace_sql import BOUGHT, BOUGHT_COLUMNS

#: Lines of bills and refunds about what maintenance bought.
BILLED = f"""
    {BOUGHT}
    JOIN account_move_line item ON item.purchase_line_id = line.id AND item.display_type = 'product'
    JOIN account_move bill ON bill.id = item.move_id AND bill.move_type IN ('in_invoice', 'in_refund')
"""

#: What is posted of them; ``part`` is what share of the bill a line is.
PAID = f"""
    {BILLED} AND item.parent_state = 'posted'
    CROSS JOIN LATERAL (
        SELECT -item.balance * job.share / NULLIF(bill.amount_total_signed, 0) AS part
    ) AS bought
"""
#: One row per payment, bill, job and order, however many lines the bill has.
PAID_GROUPS = "po.id, bill.id, job.maintenance_request_id, job.equipment_id, job.requisition_id, job.order_id, job.sub"
LINE_COLUMNS = ("name", "product_id", "requisition_line_id", "purchase_line_id")
PAID_COLUMNS = {
    **{name: sql for name, sql in BOUGHT_COLUMNS.items() if name not in LINE_COLUMNS},
    "sub": "MIN(item.id) + job.sub::bigint * 524287",
    "name": "bill.name",
    "bill_id": "bill.id",
}

PAYMENT_STEPS = {
    # lines of bills and, below zero, of refunds; what is cancelled is worth nothing
    "bill": {
        **BOUGHT_COLUMNS,
        "source": "item.id",
        "day": "COALESCE(bill.invoice_date, bill.date)",
        "reference": "COALESCE(NULLIF(bill.name, '/'), po.name)",
        "quantity": "CASE WHEN bill.move_type = 'in_refund' THEN -1 ELSE 1 END * item.quantity * job.share",
        "product_uom_id": "item.product_uom_id",
        "state": "'bill.' || CASE WHEN bill.state <> 'posted' THEN bill.state "
        "WHEN bill.payment_state = 'invoicing_legacy' THEN 'paid' ELSE bill.payment_state END",
        "amount": "CASE WHEN bill.state = 'cancel' THEN 0 ELSE item.balance * job.share END",
        "bill_id": "bill.id",
        "res_model": "'account.move'",
        "res_id": "bill.id",
        "from": BILLED,
    },
    # What is reconciled with bills, but for refunds and exchange differences. A payment settles of a line what is the
    # line's share of the bill. Refunds that the vendor pays out count against it.
    "payment": {
        **PAID_COLUMNS,
        "source": "partial.id",
        "day": "COALESCE(payment.date, entry.date)",
        "reference": "COALESCE(payment.name, entry.name)",
        "state": "CASE WHEN payment.state = 'in_process' THEN 'payment.in_process' ELSE 'payment.paid' END",
        "amount": "partial.amount * SUM(bought.part)",
        "res_model": "CASE WHEN payment.id IS NULL THEN 'account.move' ELSE 'account.payment' END",
        "res_id": "COALESCE(payment.id, entry.id)",
        "from": f"""
            {PAID}
            JOIN account_move_line term ON term.move_id = bill.id AND term.display_type = 'payment_term'
            CROSS JOIN LATERAL (
                SELECT debit.id, debit.amount, debit.debit_move_id AS item_id
                  FROM account_partial_reconcile debit WHERE debit.credit_move_id = term.id
                 UNION ALL
                SELECT credit.id, -credit.amount, credit.credit_move_id
                  FROM account_partial_reconcile credit WHERE credit.debit_move_id = term.id
            ) AS partial
            JOIN account_move_line other ON other.id = partial.item_id
            JOIN account_move entry ON entry.id = other.move_id
            JOIN res_company owner ON owner.id = entry.company_id
            LEFT JOIN account_payment payment ON payment.id = entry.origin_payment_id
            WHERE entry.move_type NOT IN ('in_invoice', 'in_refund')
              AND entry.journal_id IS DISTINCT FROM owner.currency_exchange_journal_id
            GROUP BY partial.id, partial.amount, entry.id, payment.id, {PAID_GROUPS}
        """,
    },
    # payments that have no journal entry (their method has no account): shared out over their bills
    "plain_payment": {
        **PAID_COLUMNS,
        "source": "payment.id",
        "day": "payment.date",
        "reference": "payment.name",
        "state": "'payment.' || payment.state",
        "amount": "-payment.amount_company_currency_signed * bill.amount_total_signed / NULLIF(bills.total, 0) "
        "* SUM(bought.part)",
        "res_model": "'account.payment'",
        "res_id": "payment.id",
        "from": f"""
            {PAID}
            JOIN account_move__account_payment rel ON rel.invoice_id = bill.id
            JOIN account_payment payment
              ON payment.id = rel.payment_id AND payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
            CROSS JOIN LATERAL (
                SELECT SUM(every.amount_total_signed) AS total
                  FROM account_move__account_payment every_rel
                  JOIN account_move every ON every.id = every_rel.invoice_id
                 WHERE every_rel.payment_id = payment.id
            ) AS bills
            GROUP BY payment.id, bill.amount_total_signed, bills.total, {PAID_GROUPS}
        """,
    },
}


class MaintenanceTracePaymentSql(models.Model):
    """The rows of ``maintenance.trace`` about bills and payments."""

    _inherit = "maintenance.trace"

    @api.model
    def _get_steps(self):
        return super()._get_steps() | PAYMENT_STEPS
