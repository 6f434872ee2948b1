from odoo import Command

from ..common import MaintenanceCase


class RequisitionCase(MaintenanceCase):
    def _draft(self, user=None, price=None, product=None, quantity=1.0, **line):
        if price is not None:
            self._set_price(product or self.seal, price)
        return (
            self.env["maintenance.requisition"]
            .with_user(user or self.planner)
            .create(
                {
                    "line_ids": [
                        Command.create(
                            {"product_id": (product or self.seal).id, "product_qty": quantity, **line}
                        )
                    ]
                }
            )
        )

    def _waiting(self, price=800.0, **kwargs):
        requisition = self._draft(price=price, **kwargs)
        requisition.action_submit()
        self.assertEqual(requisition.state, "to_approve")
        return requisition
