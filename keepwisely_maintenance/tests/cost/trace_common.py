from odoo.fields import Command
from odoo.tests import new_test_user

from ..common import MaintenanceCase


class TraceCase(MaintenanceCase):
    """The plant with a chart of accounts, an accountant, and vendors' bills at 25 % tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.accountant = new_test_user(
            cls.env, login="kw_accountant", groups="account.group_account_invoice", name="Accountant"
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "25 %", "amount": 25.0, "type_tax_use": "purchase", "company_id": cls.company.id}
        )
        # a tax without an account would be part of the cost of what is bought
        paid = cls.env["account.account"].search([("account_type", "=", "asset_current")], limit=1)
        shares = cls.tax.invoice_repartition_line_ids | cls.tax.refund_repartition_line_ids
        shares.filtered(lambda line: line.repartition_type == "tax").account_id = paid
        cls.bearing.supplier_taxes_id = cls.tax
        # two tiers at most: 500 and 5,000
        cls._set_price(cls.bearing, 200.0)

    def _bill(self, order, lines, move_type="in_invoice", currency=None):
        """The accountant posts a bill; ``lines`` are (purchase line, quantity, price)."""
        bill = self.env["account.move"].with_user(self.accountant).create(
            {
                "move_type": move_type,
                "partner_id": order.partner_id.id,
                "invoice_date": "2026-11-20",
                "currency_id": (currency or order.currency_id).id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "purchase_line_id": line.id,
                            "product_id": line.product_id.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                    for line, quantity, price in lines
                ],
            }
        )
        bill.action_post()
        return bill

    def _pay(self, bills, amount):
        """The accountant pays part of the bills together; returns the payment."""
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=bills.ids)
            .create({"amount": amount, "group_payment": True})
        )
        return wizard._create_payments()

    def _rows(self, document, user=None):
        """What a click on the button of ``document`` shows."""
        self.env.flush_all()
        action = document.with_user(user or self.planner).action_view_trace()
        rows = self.env["maintenance.trace"].with_user(user or self.planner).search(action["domain"], order="date, id")
        self.assertEqual(len(set(rows.ids)), len(rows), "no two rows have one id")
        return rows

    def _amounts(self, document, user=None):
        """``{step: amounts of its rows, in the order in which they came about}``."""
        rows = self._rows(document, user)
        return {
            step: [round(row.amount, 2) for row in rows.sorted("source_id") if row.step == step]
            for step in rows.mapped("step")
        }
