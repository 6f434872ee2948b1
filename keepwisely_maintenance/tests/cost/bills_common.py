from freezegun import freeze_time

from odoo import Command

from ..common import MaintenanceCase


class BillsCase(MaintenanceCase):
    """Goods that are bought in euros; one is 2 $ in January and 3 $ from February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls._create_currency(0.5)
        cls.euro.rate_ids = [Command.create({"rate": 1 / 3, "name": "2026-02-01", "company_id": cls.company.id})]
        average = cls.env["product.category"].create({"name": "At average cost", "property_cost_method": "average"})
        with freeze_time("2026-01-02 12:00:00"):
            cls.filter, cls.sealant = cls.env["product.product"].create(
                [
                    {"name": name, "supplier_taxes_id": False, "standard_price": 0.0, **values}
                    for name, values in (("Filter", {"is_storable": True, "categ_id": average.id}), ("Sealant", {}))
                ]
            )

    def _buy(self, product, quantity, price, currency=None, **links):
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.vendor.id,
                "currency_id": (currency or self.euro).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": quantity, "price_unit": price, **links})
                ],
            }
        )
        order.button_confirm()
        return order

    def _bill(self, order, day, *lines):
        with freeze_time(f"{day} 15:00:00"):
            bill = self.env["account.move"].with_user(self.finance).create(
                {
                    "move_type": "in_invoice", "partner_id": self.vendor.id, "currency_id": order.currency_id.id,
                    "invoice_date": day, "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": order.order_line.product_id.id, "quantity": quantity,
                                "price_unit": price, "purchase_line_id": order.order_line.id,
                            }
                        )
                        for quantity, price in lines
                    ],
                }
            )  # fmt: skip
            bill.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return bill

    def _ledger(self):
        groups = self.env["maintenance.cost.report"].with_user(self.planner)._read_group(
            [("equipment_id", "=", self.conveyor.id)], ["entry"], ["amount:sum"]
        )
        return {entry: round(amount, 2) for entry, amount in groups if round(amount, 2)}
