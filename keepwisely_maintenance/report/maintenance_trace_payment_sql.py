from odoo import api, models
from odoo.tools import SQL


class MaintenanceTracePaymentSql(models.Model):
    """The rows of ``maintenance.trace`` about bills and payments."""

    _inherit = "maintenance.trace"

    @api.model
    def _bill_sql(self):
        """Lines of bills and, below zero, of refunds; what is cancelled is worth nothing."""
        return SQL(
            """
            %s %s
              JOIN account_move_line item ON item.purchase_line_id = line.id AND item.display_type = 'product'
              JOIN account_move bill ON bill.id = item.move_id AND bill.move_type IN ('in_invoice', 'in_refund')
            """,
            self._select_sql(
                "bill",
                SQL("item.id"),
                **self._job_columns(),
                day=SQL("COALESCE(bill.invoice_date, bill.date)"),
                reference=SQL("COALESCE(NULLIF(bill.name, '/'), po.name)"),
                quantity=SQL("CASE WHEN bill.move_type = 'in_refund' THEN -1 ELSE 1 END * item.quantity * job.share"),
                product_uom_id=SQL("item.product_uom_id"),
                state=SQL(
                    "'bill.' || CASE WHEN bill.state <> 'posted' THEN bill.state "
                    "WHEN bill.payment_state = 'invoicing_legacy' THEN 'paid' ELSE bill.payment_state END"
                ),
                amount=SQL("CASE WHEN bill.state = 'cancel' THEN 0 ELSE item.balance * job.share END"),
                bill_id=SQL("bill.id"),
                res_model=SQL("'account.move'"),
                res_id=SQL("bill.id"),
            ),
            self._job_from_sql(),
        )

    @api.model
    def _paid_from_sql(self):
        """Posted bills with the lines that maintenance bought; ``part`` is what share of the bill a line is."""
        return SQL(
            """
            %s
              JOIN account_move_line item
                ON item.purchase_line_id = line.id AND item.display_type = 'product' AND item.parent_state = 'posted'
              JOIN account_move bill ON bill.id = item.move_id AND bill.move_type IN ('in_invoice', 'in_refund')
             CROSS JOIN LATERAL (
                   SELECT -item.balance * job.share / NULLIF(bill.amount_total_signed, 0) AS part
                   ) AS bought
            """,
            self._job_from_sql(),
        )

    @api.model
    def _get_paid_columns(self):
        """One row per payment, bill, job and order, however many lines the bill has."""
        columns = self._job_columns()
        for name in ("name", "product_id", "requisition_line_id", "purchase_line_id"):
            del columns[name]
        return {
            **columns,
            "sub": SQL("MIN(item.id) + job.sub::bigint * 524287"),
            "name": SQL("bill.name"),
            "bill_id": SQL("bill.id"),
        }

    @api.model
    def _paid_group_sql(self):
        return SQL(
            "po.id, bill.id, job.maintenance_request_id, job.equipment_id, job.requisition_id, job.order_id, job.sub"
        )

    @api.model
    def _payment_sql(self):
        """What is reconciled with bills, but for refunds and exchange differences.

        A payment settles of a line what is the line's share of the bill. Refunds that the vendor
        pays out count against it.
        """
        return SQL(
            """
            %s %s
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
             GROUP BY partial.id, partial.amount, entry.id, payment.id, %s
            """,
            self._select_sql(
                "payment",
                SQL("partial.id"),
                **self._get_paid_columns(),
                day=SQL("COALESCE(payment.date, entry.date)"),
                reference=SQL("COALESCE(payment.name, entry.name)"),
                state=SQL("CASE WHEN payment.state = 'in_process' THEN 'payment.in_process' ELSE 'payment.paid' END"),
                amount=SQL("partial.amount * SUM(bought.part)"),
                res_model=SQL("CASE WHEN payment.id IS NULL THEN 'account.move' ELSE 'account.payment' END"),
                res_id=SQL("COALESCE(payment.id, entry.id)"),
            ),
            self._paid_from_sql(),
            self._paid_group_sql(),
        )

    @api.model
    def _plain_payment_sql(self):
        """Payments that have no journal entry (their method has no account): shared out over their bills."""
        return SQL(
            """
            %s %s
              JOIN account_move__account_payment rel ON rel.invoice_id = bill.id
              JOIN account_payment payment
                ON payment.id = rel.payment_id AND payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
             CROSS JOIN LATERAL (
                   SELECT SUM(every.amount_total_signed) AS total
                     FROM account_move__account_payment every_rel
                     JOIN account_move every ON every.id = every_rel.invoice_id
                    WHERE every_rel.payment_id = payment.id
                   ) AS bills
             GROUP BY payment.id, bill.amount_total_signed, bills.total, %s
            """,
            self._select_sql(
                "plain_payment",
                SQL("payment.id"),
                **self._get_paid_columns(),
                day=SQL("payment.date"),
                reference=SQL("payment.name"),
                state=SQL("'payment.' || payment.state"),
                amount=SQL(
                    "-payment.amount_company_currency_signed * bill.amount_total_signed / NULLIF(bills.total, 0) "
                    "* SUM(bought.part)"
                ),
                res_model=SQL("'account.payment'"),
                res_id=SQL("payment.id"),
            ),
            self._paid_from_sql(),
            self._paid_group_sql(),
        )
