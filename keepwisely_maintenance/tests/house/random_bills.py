"""Random bills and refunds, orders of the buyers' own, and what changes on orders that are placed."""

from odoo import fields
from odoo.fields import Command

from .random_jobs import OPEN
from .random_step import step


class Bills:
    """Steps with money; mixed into the random plant."""

    @step(5)
    def bill(self):
        """A bill of what came or was ordered; after goods went back for a refund, that."""
        order = self.pick(self.orders("purchase").filtered(lambda order: order.invoice_status == "to invoice"))
        before = order.sudo().invoice_ids
        order.sudo().action_create_invoice()
        bills = (order.sudo().invoice_ids - before).with_user(self.finance)
        bills.invoice_date = fields.Date.context_today(bills)
        for row in bills.invoice_line_ids if self.chance(0.2) else ():
            row.price_unit *= self.pick([0.9, 1.04])
        if self.chance(0.85):
            bills.action_post()
        self.note(order, *bills.mapped("move_type"), *bills.mapped("state"))

    @step(1)
    def cancel_bill(self):
        bill = self.pick(self.find("account.move", ("move_type", "=", "in_invoice"), ("state", "=", "draft"), limit=20))
        self.note(bill.invoice_origin)
        bill.with_user(self.finance).button_cancel()

    @step(2)
    def order_of_ones_own(self):
        """For stock or for a job, without a requisition."""
        jobs = self.jobs(*OPEN)
        job = self.pick(jobs) if jobs and self.chance(0.5) else self.env["maintenance.request"]
        product = self.pick(self.products)
        order = self.env["purchase.order"].with_user(self.buyer).create(
            {
                "partner_id": self.pick(self.vendors).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": self.random.randint(1, 9),
                            "price_unit": self.random.randint(1, 90),
                            "maintenance_request_id": job.id,
                        }
                    )
                ],
            }
        )
        self.note(order, product, job)

    @step(1)
    def add_to_placed_order(self):
        order = self.pick(self.orders("purchase").filtered(lambda order: not order.locked))
        product, price = self.pick(self.products), self.random.randint(1, 300)
        self.note(order, product, price)
        with self.refused_when(None, "a tier decides on it"):
            order.order_line = [Command.create({"product_id": product.id, "product_qty": 2, "price_unit": price})]

    @step(1)
    def turn_placed_order(self):
        """To another vendor, past the approved one."""
        order = self.pick(self.orders("purchase").filtered(lambda order: not order.locked and not order.invoice_ids))
        vendor = self.pick(self.vendors - order.partner_id)
        approved = order.sudo().order_line.requisition_line_id.filtered("partner_id")
        self.note(order, "→", vendor)
        with self.refused_when(bool(approved - self._of(vendor)) or None, "another one was approved"):
            order.partner_id = vendor

    def _of(self, vendor):
        return self.find("maintenance.requisition.line", ("partner_id", "=", vendor.id))

    @step(2)
    def change_price(self):
        order = self.pick(self.orders("draft", "sent", "purchase").filtered(lambda order: not order.locked))
        line = self.pick(order.order_line.filtered(lambda line: not line.invoice_lines))
        price = round(line.price_unit * self.pick([0.9, 1.03, 1.4]), 2)
        self.note(order, order.state, line.product_id, f"{line.price_unit:g} → {price:g}")
        dearer = price > line.price_unit
        with self.refused_when(None if dearer else False, "it is more than was approved"):
            line.price_unit = price
        self.changed_by_buyer |= line.sudo()

    @step(2)
    def count_in_another_unit(self):
        """A line of an order or of a requisition: dozens instead of pieces, grams instead of kilograms."""
        if self.chance(0.5):
            line = self.pick(self.order_lines("draft", "sent").filtered(lambda line: self.other_units(line.product_id)))
            document = line.order_id
            self.changed_by_buyer |= line.sudo()
        else:
            lines = self.requisitions("draft").line_ids.filtered(lambda line: not line.is_cancelled)
            line = self.pick(lines.filtered(lambda line: self.other_units(line.product_id))).with_user(self.buyer)
            document = line.requisition_id
            self.raised_by_hand.add(line.id)
        unit = self.pick(self.other_units(line.product_id) | line.product_id.uom_id)
        self.note(document, line.product_id, f"{line.product_qty:g}", line.product_uom_id, "→", unit)
        line.product_uom_id = unit
