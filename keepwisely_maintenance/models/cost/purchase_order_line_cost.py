from odoo import api, fields, models
from odoo.fields import Domain

from ...const import BILL_TYPES
from .cost_accrual import Accrual

#: Numbers of an entry that add up to the standing of its line.
STANDING = ("received_qty", "billed_qty", "billed_amount", "open_amount", "open_amount_currency")


class PurchaseOrderLineCost(models.Model):
    """What jobs and assets pay for goods and services that are not valued in stock.

    Whatever changes a receipt, a bill, a price or a link calls ``_settle_cost``. It compares the documents with the
    entries made so far and adds what is missing, so it may be called once too often, never wrongly.
    """

    _inherit = "purchase.order.line"

    cost_entry_ids = fields.One2many(
        "maintenance.cost.entry", "purchase_line_id", groups="keepwisely_maintenance.group_maintenance_costs"
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("qty_received")._settle_cost()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"maintenance_request_id", "equipment_id"} & vals.keys():
            # the past stays as it was known; what is charged to another job is charged to it from today on
            self._settle_cost(late=True)
        elif {"qty_received", "qty_received_manual", "price_unit", "discount", "product_qty", "product_uom_id"} & vals.keys():
            self._settle_cost()
        return result

    def _settle_cost(self, late=False):
        """Add the entries that the documents ask for and that are not there yet.

        :param late: date what happened before at today; else every entry has the date of its document.
        """
        # sudo: whoever receives, bills or orders causes entries that nobody writes by hand
        # of a kit the components may be valued in stock, although the kit is not
        lines = self.sudo().filtered(
            lambda line: line.product_id and not any((line.product_id | line.move_ids.product_id).mapped("is_storable"))
        )
        if not lines:
            return
        entries = self.env["maintenance.cost.entry"].sudo()
        standing = {
            line: dict(zip(STANDING, sums, strict=True))
            for line, *sums in entries._read_group(
                [("purchase_line_id", "in", lines.ids)], ["purchase_line_id"], [f"{name}:sum" for name in STANDING]
            )
        }
        lines = lines.filtered(lambda line: line.maintenance_request_id or line.equipment_id or line in standing)
        vals_list = []
        if standing:
            vals_list += lines._prepare_reassigned_entries()
        billed = lines._get_entered_bills() if standing else {}
        counted = lines.cost_entry_ids.stock_move_id if standing else self.env["stock.move"]
        for line in lines:
            accrual = Accrual(line.company_id.currency_id, line.order_id.currency_id, **standing.get(line, {}))
            vals_list += line._prepare_cost_entries(accrual, billed.get(line, {}), counted, late)
        entries.create(vals_list)

    def _get_entered_bills(self):
        """``{line: {bill line: (date, its entries so far)}}`` of the bills that count, entries summed up by what they say."""
        names = (*STANDING, "amount")
        found = {}
        for line, bill_line, entry, date, *sums in self.env["maintenance.cost.entry"].sudo()._read_group(
            [("purchase_line_id", "in", self.ids), ("bill_line_id", "!=", False)],
            ["purchase_line_id", "bill_line_id", "entry"],
            ["date:max", *(f"{name}:sum" for name in names)],
        ):
            rows = found.setdefault(line, {}).setdefault(bill_line, (date, []))[1]
            rows.append({"entry": entry, **dict(zip(names, sums, strict=True))})
        return {
            line: {bill: value for bill, value in bills.items() if any(sum(row[name] for row in value[1]) for name in names)}
            for line, bills in found.items()
        }

    def _prepare_cost_entries(self, accrual, entered, counted, late):
        """The values of the missing entries of one line, in the order in which things happened."""
        self.ensure_one()
        today = self.company_id._get_plant_day()
        price = self._get_cost_price()
        vals_list = []

        def enter(rows, date, **links):
            for row in rows:
                if row["amount"] or any(row.get(name) for name in STANDING):
                    vals_list.append(self._prepare_cost_entry(row, today if late and date < today else date, **links))

        def rate(date):
            return self.env["res.currency"]._get_conversion_rate(
                self.order_id.currency_id, self.company_id.currency_id, self.company_id, date
            )

        bills = self.invoice_lines.filtered(
            lambda bill: bill.parent_state == "posted" and bill.move_id.move_type in BILL_TYPES
        )
        for bill, (date, rows) in entered.items():
            sums = {name: sum(row[name] for row in rows) for name in STANDING}
            if bill in bills and self._is_entered(bill, sums):
                bills -= bill
                continue
            # dated as the bill was, so that a month of the ledger is that month of the accounts
            taken_back = [row | {name: -row[name] for name in (*STANDING, "amount")} for row in rows]
            enter(taken_back, date, bill_line_id=bill.id, bill_id=bill.move_id.id)
            enter(accrual.unbill(**sums, price=price, rate=rate(date)), date)
        enter(accrual.reprice(price, rate(today)), today)

        for date, _order, move, bill, quantity in sorted(
            self._get_cost_events(accrual.received_qty, bills, counted, today), key=lambda event: event[:2]
        ):
            if bill:
                rows = accrual.bill(quantity, bill.balance, price, self._get_bill_rate(bill) or rate(date))
                enter(rows, date, bill_line_id=bill.id, bill_id=bill.move_id.id)
            else:
                enter(accrual.receive(quantity, price, rate(date)), date, stock_move_id=move.id)
        return vals_list

    def _get_cost_events(self, entered_qty, bills, counted, today):
        """Receipts and bills without entries: tuples of date, order within the day, move, bill line and quantity."""
        self.ensure_one()
        none = self.env["stock.move"], self.env["account.move.line"]
        events = []
        received = self.qty_received if self.order_id.state == "purchase" else 0.0
        if self.order_id.state == "purchase" and self.qty_received_method == "stock_moves":
            for move in self._get_po_line_moves().filtered(lambda move: move.state == "done") - counted:
                back = move._is_purchase_return()
                if move.origin_returned_move_id and not move.to_refund:
                    continue
                quantity = move.product_uom._compute_quantity(
                    move.quantity, self.product_uom_id, rounding_method="HALF-UP"
                )
                quantity = -quantity if back else quantity
                day = self.company_id._get_plant_day(move.date)
                events.append((day, (0, move.id), move, none[1], quantity))
                entered_qty += quantity
        rest = self.product_uom_id.round(received - entered_qty)
        if rest:
            # by hand, or a receipt that was corrected afterwards
            events.append((today, (0, 0), none[0], none[1], rest))
        for bill in bills:
            events.append((bill.date, (1, bill.id), none[0], bill, self._get_billed_qty(bill)))
        return events

    def _get_billed_qty(self, bill):
        quantity = bill.product_uom_id._compute_quantity(bill.quantity, self.product_uom_id, round=False)
        return -quantity if bill.move_id.move_type == "in_refund" else quantity

    def _is_entered(self, bill, sums):
        return self.company_id.currency_id.is_zero(bill.balance - sums["billed_amount"]) and (
            self.product_uom_id.is_zero(self._get_billed_qty(bill) - sums["billed_qty"])
        )

    def _get_bill_rate(self, bill):
        """Company currency for one unit of the order's currency, as the bill says; none in another currency."""
        if bill.currency_id == self.order_id.currency_id and bill.amount_currency:
            return bill.balance / bill.amount_currency
        return None

    def _get_cost_price(self):
        """Of one unit in the order's currency, discount taken off, taxes excluded."""
        self.ensure_one()
        return self.price_subtotal / self.product_qty if self.product_qty else self.price_unit_discounted

    def _prepare_cost_entry(self, row, date, **links):
        self.ensure_one()
        return {
            "date": date,
            "company_id": self.company_id.id,
            "kind": "service" if self.product_id.type == "service" else "part",
            "product_id": self.product_id.id,
            "partner_id": self.order_id.partner_id.id,
            "maintenance_request_id": self.maintenance_request_id.id,
            "equipment_id": self._get_cost_equipment().id,
            "purchase_line_id": self.id,
            "purchase_order_id": self.order_id.id,
            **row,
            **links,
        }

    def _get_cost_equipment(self):
        return self.equipment_id or self.maintenance_request_id.equipment_id

    def _prepare_reassigned_entries(self):
        """What stands at another job or asset than the one a line names now goes over to that."""
        vals_list = []
        for line, request, equipment, amount in self.env["maintenance.cost.entry"].sudo()._read_group(
            Domain("purchase_line_id", "in", self.ids),
            ["purchase_line_id", "maintenance_request_id", "equipment_id"],
            ["amount:sum"],
        ):
            here = request == line.maintenance_request_id and equipment == line._get_cost_equipment()
            if here or line.company_id.currency_id.is_zero(amount):
                continue
            today = line.company_id._get_plant_day()
            leaving = {"maintenance_request_id": request.id, "equipment_id": equipment.id}
            vals_list.append(line._prepare_cost_entry({"entry": "reassigned", "amount": -amount}, today, **leaving))
            vals_list.append(line._prepare_cost_entry({"entry": "reassigned", "amount": amount}, today))
        return vals_list


class PurchaseOrderCost(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.order_line._settle_cost()
        return result
