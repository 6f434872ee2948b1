from odoo import api, models

from .maintenance_trace_sql import BOUGHT, BOUGHT_COLUMNS

#: Lines of bills and refunds about what maintenance bought.
BILLED = f"""
    {BOUGHT}
    JOIN account_move_line item ON item.purchase_line_id = line.id AND item.display_type = 'product'
    JOIN account_move bill ON bill.id = item.move_id AND bill.move_type IN ('in_invoice', 'in_refund')
"""

#: What share of a posted bill a line is, with what its payment has in common with those of the bill's other lines.
PART = f"""
    -item.balance * job.share / NULLIF(bill.amount_total_signed, 0) AS part, item.id AS item_id, bill.id AS bill_id,
    bill.name AS bill_name, po.id AS order_id, po.partner_id, po.company_id,
    job.maintenance_request_id, job.equipment_id, job.requisition_id, job.sub
      FROM {BILLED} AND item.parent_state = 'posted'
"""
#: What entries other than bills settle of the bill.
SETTLED = """
    JOIN account_move_line term ON term.move_id = bill.id AND term.display_type = 'payment_term'
    JOIN (
        SELECT id, amount, credit_move_id AS term_id, debit_move_id AS item_id FROM account_partial_reconcile
         UNION ALL
        SELECT id, -amount, debit_move_id, credit_move_id FROM account_partial_reconcile
    ) AS partial ON partial.term_id = term.id
    JOIN account_move_line other ON other.id = partial.item_id
    JOIN account_move entry
      ON entry.id = other.move_id AND entry.move_type NOT IN ('in_invoice', 'in_refund')
     AND entry.journal_id IS DISTINCT FROM (
         SELECT owner.currency_exchange_journal_id FROM res_company owner WHERE owner.id = entry.company_id
         )
"""
#: One row per payment, bill, job and order, however many lines the bill has.
PART_GROUP = """
    fact.source, fact.amount, fact.day, fact.reference, fact.state, fact.res_model, fact.res_id, fact.bill_id,
    fact.bill_name, fact.order_id, fact.partner_id, fact.company_id, fact.maintenance_request_id,
    fact.equipment_id, fact.requisition_id, fact.sub
"""
PAID = {
    "source": "fact.source",
    "sub": "MIN(fact.item_id) + fact.sub::bigint * 524287",
    "day": "fact.day",
    "reference": "fact.reference",
    "name": "fact.bill_name",
    "partner_id": "fact.partner_id",
    "state": "fact.state",
    "company_id": "fact.company_id",
    "amount": "fact.amount * SUM(fact.part)",
    "maintenance_request_id": "fact.maintenance_request_id",
    "equipment_id": "fact.equipment_id",
    "requisition_id": "fact.requisition_id",
    "purchase_order_id": "fact.order_id",
    "bill_id": "fact.bill_id",
    "res_model": "fact.res_model",
    "res_id": "fact.res_id",
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
        **PAID,
        "facts": f"""
            SELECT partial.id AS source, partial.amount, payment.date AS day, payment.name AS reference,
                   CASE WHEN payment.state = 'in_process' THEN 'payment.in_process' ELSE 'payment.paid' END AS state,
                   'account.payment' AS res_model, payment.id AS res_id, {PART}
              {SETTLED}
              JOIN account_payment payment ON payment.id = entry.origin_payment_id
        """,
        "group": PART_GROUP,
    },
    # likewise by other entries, such as lines of bank statements
    "entry_payment": {
        **PAID,
        "facts": f"""
            SELECT partial.id AS source, partial.amount, entry.date AS day, entry.name AS reference,
                   'payment.paid' AS state, 'account.move' AS res_model, entry.id AS res_id, {PART}
              {SETTLED} AND entry.origin_payment_id IS NULL
        """,
        "group": PART_GROUP,
    },
    # payments that have no journal entry (their method has no account): shared out over their bills
    "plain_payment": {
        **PAID,
        "facts": f"""
            SELECT payment.id AS source, payment.date AS day, payment.name AS reference,
                   'payment.' || payment.state AS state, 'account.payment' AS res_model, payment.id AS res_id,
                   -payment.amount_company_currency_signed * bill.amount_total_signed / NULLIF((
                       SELECT SUM(every.amount_total_signed)
                         FROM account_move__account_payment every_rel
                         JOIN account_move every ON every.id = every_rel.invoice_id
                        WHERE every_rel.payment_id = payment.id
                   ), 0) AS amount, {PART}
              JOIN account_move__account_payment rel ON rel.invoice_id = bill.id
              JOIN account_payment payment
                ON payment.id = rel.payment_id AND payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
        """,
        "group": PART_GROUP,
    },
}


class MaintenanceTracePaymentSql(models.Model):
    """The rows of ``maintenance.trace`` about bills and payments."""

    _inherit = "maintenance.trace"

    @api.model
    def _get_steps(self):
        return super()._get_steps() | PAYMENT_STEPS
