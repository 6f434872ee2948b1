from datetime import date, datetime

from odoo import Command
from odoo.tests import new_test_user

from ..common import MaintenanceCase

#: A Monday morning; the tests of reviews stand still there.
NOW = "2026-11-23 08:00:00"
TODAY = date(2026, 11, 23)


def make_review(company):
    """This week's review of ``company`` as the scheduler makes it, in one transaction."""
    review = company.env["maintenance.purchase.review"].sudo()._begin(company)
    if review.is_unfinished:
        assert review._go_on(max(review._get_batches(1), default=0))
        review._finish()
    return review.exists()


class ReviewCase(MaintenanceCase):
    """Orders with dates made by hand, to be reviewed on 23 November 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "order_review_days": 7,
                "order_lock_days": 0,
                "requisition_price_tolerance": 5.0,
                "maintenance_order_rule": "free",
            }
        )
        cls.company.resource_calendar_id.tz = "UTC"
        cls.env["purchase.order"].search([("state", "=", "purchase")]).write({"state": "cancel"})
        cls.vendor.email = "orders@bearings.example"
        cls.reviews = cls.env["maintenance.purchase.review"]
        cls.accountant = new_test_user(cls.env, login="kw_biller", groups="account.group_account_invoice", name="Biller")

    def _buy(self, *lines, promised="2026-12-15", ordered="2026-11-20", vendor=None, **values):
        """A confirmed order of the buyer; each of ``lines`` is a dict of values besides defaults."""
        order = (
            self.env["purchase.order"]
            .with_user(self.buyer)
            .create(
                {
                    "partner_id": (vendor or self.vendor).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.bearing.id, "product_qty": 5.0, "price_unit": 42.0,
                                "date_planned": f"{promised} 12:00:00", "tax_ids": False, **line,
                            }
                        )
                        for line in lines or [{}]
                    ],
                    **values,
                }
            )
        )  # fmt: skip
        order.button_confirm()
        order.sudo().date_approve = f"{ordered} 10:00:00"
        self._end_transaction()
        return order

    def _linked(self, **values):
        """Values of a line that is for the conveyor, so that it is not unlinked."""
        return {"equipment_id": self.conveyor.id, **values}

    def _received(self, order, on, quantity=None):
        """Received on the day ``on``."""
        picking = self._receive(order, quantity)
        picking.sudo().move_ids.date = datetime.fromisoformat(f"{on} 10:00:00")
        self._end_transaction()
        return picking

    def _billed(self, order, on="2026-11-20", price=None, post=True):
        """A bill of what was received, dated ``on``."""
        order.with_user(self.accountant).sudo().action_create_invoice()
        bill = order.sudo().invoice_ids.filtered(lambda bill: bill.state == "draft")
        bill.invoice_date = bill.date = on
        if price:
            bill.invoice_line_ids.price_unit = price
        if post:
            bill.action_post()
        self._end_transaction()
        return bill

    def _make(self):
        review = make_review(self.company)
        self._end_transaction()
        return review.sudo(False)

    def _found(self, order):
        """Findings of the lines of ``order`` in a new review, as sets by product."""
        self.reviews.search([]).sudo().unlink()
        flags = ("overdue", "late_for_job", "unlinked", "duplicate", "not_closed", "unbilled", "price_drift")
        return {
            line.product_id: {flag for flag in flags if line[f"is_{flag}"]}
            for line in self._make().line_ids.filtered(lambda line: line.order_id == order)
        }

    def _line(self, order, product=None):
        """The line of ``order`` in a new review, for the buyer."""
        lines = self._make().line_ids.filtered(
            lambda line: line.order_id == order and line.product_id == (product or order.order_line.product_id[:1])
        )
        return lines.with_user(self.buyer)
