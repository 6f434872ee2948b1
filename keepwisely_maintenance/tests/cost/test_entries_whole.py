from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .bills_common import BillsCase


@tagged("post_install", "-at_install")
class TestEntriesWhole(BillsCase):
    """What an entry names besides its amount, and which rate and day count; one euro is 2 $, from February on 3 $."""

    def _bill_on(self, order, invoice_date, accounting_date, quantity, price, currency=None):
        with freeze_time(f"{accounting_date} 15:00:00"):
            bill = self.env["account.move"].with_user(self.finance).create(
                {
                    "move_type": "in_invoice", "partner_id": self.vendor.id, "invoice_date": invoice_date,
                    "date": accounting_date, "currency_id": (currency or order.currency_id).id,
                    "invoice_line_ids": [
                        Command.create({
                            "product_id": order.sudo().order_line.product_id.id, "quantity": quantity, "price_unit": price,
                            "purchase_line_id": order.sudo().order_line.id, "tax_ids": False,
                        })
                    ],
                }
            )  # fmt: skip
            bill.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        return bill

    def _sealant_received(self):
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy(self.sealant, 8, 10, equipment_id=self.conveyor.id)
            self._receive(order)
        self.assertEqual(self._ledger(), {"received": 160})
        return order

    def test_the_rate_of_the_bill_counts_not_that_of_the_day(self):
        bill = self._bill_on(self._sealant_received(), "2026-01-20", "2026-02-10", 8, 11)
        self.assertEqual(bill.sudo().invoice_line_ids.balance, 176, "the vendor's bill is of January")
        self.assertEqual(self._ledger(), {"received": 160, "price_variance": 16})

    def test_a_bill_in_another_currency_counts_by_the_rate_of_its_day(self):
        order = self._sealant_received()
        self._bill_on(order, "2026-02-10", "2026-02-10", 8, 22, self.company.currency_id)
        # 80 € at 3 $ instead of 2 $ are the rate; 176 $ instead of 240 $ the price
        self.assertEqual(self._ledger(), {"received": 160, "currency_variance": 80, "price_variance": -64})

    def test_what_a_revalued_part_names(self):
        with freeze_time("2026-01-10 15:00:00"):
            order = self._buy(self.filter, 8, 10)
            self._receive(order)
            request = self._assigned()
            request.action_start()
            part = self._add_part(request, self.filter, 8).with_user(self.technician)
            part.action_use_part()
        bill = self._bill(order, "2026-02-10", (8, 11))
        line = order.sudo().order_line
        entries = line.cost_entry_ids
        self.assertEqual(sorted(entries.mapped("entry")), ["currency_variance", "price_variance"])
        for entry in entries:
            with self.subTest(entry=entry.entry):
                self.assertEqual((entry.date, entry.kind, entry.company_id), (date(2026, 2, 10), "part", self.company))
                self.assertEqual((entry.product_id, entry.partner_id), (self.filter, self.vendor))
                self.assertEqual((entry.maintenance_request_id, entry.equipment_id), (request, self.conveyor))
                self.assertEqual((entry.stock_move_id, entry.purchase_line_id, entry.purchase_order_id), (part, line, order))
                self.assertEqual((entry.bill_id, entry.bill_line_id), (bill, bill.sudo().invoice_line_ids))

    def test_what_a_receipt_and_its_bill_name(self):
        order = self._sealant_received()
        line = order.sudo().order_line
        move = line.move_ids
        bill = self._bill(order, "2026-02-10", (8, 11))
        received = line.cost_entry_ids.filtered(lambda entry: entry.entry == "received")
        billed = line.cost_entry_ids - received
        self.assertEqual({*billed.mapped("entry")}, {"price_variance", "currency_variance"})
        for entry in line.cost_entry_ids:
            with self.subTest(entry=entry.entry):
                self.assertEqual((entry.kind, entry.product_id, entry.partner_id), ("part", self.sealant, self.vendor))
                self.assertEqual((entry.purchase_line_id, entry.purchase_order_id), (line, order))
                self.assertEqual(entry.equipment_id, self.conveyor)
                self.assertFalse(entry.maintenance_request_id)
        self.assertEqual((received.date, received.stock_move_id, received.bill_id.ids), (date(2026, 1, 10), move, []))
        self.assertEqual(received.mapped(lambda entry: (entry.received_qty, entry.open_amount, entry.open_amount_currency)),
                         [(8, 160, 80)])  # fmt: skip
        self.assertEqual((billed.bill_id, billed.bill_line_id), (bill, bill.sudo().invoice_line_ids))
        self.assertFalse(billed.stock_move_id)
        self.assertEqual(sum(billed.mapped("billed_qty")), 8)
        self.assertEqual(sum(billed.mapped("billed_amount")), 264)
        self.assertEqual(sum(line.cost_entry_ids.mapped("open_amount")), 0, "nothing is received and not billed")

    def test_what_is_moved_to_another_asset_names_both(self):
        order = self._sealant_received()
        other = self.env["maintenance.equipment"].create({"name": "Gripper", "category_id": self.category.id})
        with freeze_time("2026-02-12 15:00:00"):
            order.order_line.equipment_id = other
        moved = order.sudo().order_line.cost_entry_ids.filtered(lambda entry: entry.entry == "reassigned").sorted("amount")
        self.assertEqual(moved.mapped(lambda entry: (entry.equipment_id, entry.amount)), [(self.conveyor, -160), (other, 160)])
        self.assertEqual((moved.product_id, moved.partner_id, moved.purchase_order_id), (self.sealant, self.vendor, order))
        self.assertEqual({*moved.mapped("date")}, {date(2026, 2, 12)})

    # -- Residual value -------------------------------------------------------------------------------

    def test_the_residual_value_is_of_the_day_of_the_asset_s_own_company(self):
        self.company.resource_calendar_id.tz = "America/Chicago"
        island = self.env["res.company"].create({"name": "Island"})
        island.resource_calendar_id.tz = "Pacific/Kiritimati"
        self.planner.company_ids += island
        values = {"cost": 3650.0, "useful_life_years": 1, "effective_date": "2026-01-01", "category_id": self.category.id}
        here, there, nowhere = self.env["maintenance.equipment"].create(
            [{"name": "Pump", **values, "company_id": company.id} for company in (self.company, island, island.browse())]
        )
        # 4 January in Chicago, 5 January on the island
        with freeze_time("2026-01-04 18:00:00"):
            assets = (here | there | nowhere).with_user(self.planner)
            assets = assets.with_context(allowed_company_ids=[self.company.id, island.id])
            self.assertEqual(assets.mapped("residual_value"), [3620, 3610, 3620])
