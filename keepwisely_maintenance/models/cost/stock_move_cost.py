from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ...context import get_own_ids
from .stock_value_replay import replay


class StockMoveCost(models.Model):
    """Receipts of what is not valued in stock cost when they come; receipts that are revalued after a job used goods
    of them change what that job cost.

    Odoo revalues a receipt when the bill has another price or rate than the order, and with it what is left on the
    shelf. What was used before keeps the value of its move: with average cost and FIFO the used share of the
    difference would end in no stock value and on no job, only in the stock variation of the accounts. The job gets
    it here. With standard prices a job pays the standard price, and the difference is the company's, not the job's.
    """

    _inherit = "stock.move"

    cost_date = fields.Date(
        compute="_compute_cost_date", store=True, help="The day in the plant on which a part was used or returned."
    )

    _cost_idx = models.Index("(cost_date) WHERE maintenance_request_id IS NOT NULL AND state = 'done'")

    def _auto_init(self):
        if not column_exists(self.env.cr, "stock_move", "cost_date"):
            # moves of parts alone have one; Odoo would look at every move there is
            self.env.cr.execute("ALTER TABLE stock_move ADD COLUMN cost_date date")
            if column_exists(self.env.cr, "stock_move", "maintenance_request_id"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE stock_move move SET cost_date = %s WHERE state = 'done' AND maintenance_request_id IS NOT NULL",
                        self.env["res.company"]._maintenance_plant_day_sql(SQL("move.date"), SQL("move.company_id")),
                    )
                )
        return super()._auto_init()

    @api.depends("state", "date", "maintenance_request_id")
    def _compute_cost_date(self):
        for move in self:
            is_cost = move.state == "done" and move.maintenance_request_id
            move.cost_date = is_cost and move.company_id._get_plant_day(move.date)

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.sudo().purchase_line_id._settle_cost()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "done":
            # worked out now, so that it goes into the database together with the state
            self.mapped("cost_date")
        if {"quantity", "purchase_line_id", "to_refund"} & vals.keys():
            done = self.filtered(lambda move: move.state == "done")
            done.sudo().purchase_line_id._settle_cost()
        return result

    # -- Revalued receipts ------------------------------------------------------------------------

    def _set_value(self, correction_quantity=None):
        receipts = self.sudo().filtered(lambda move: move.state == "done" and move.is_in)._get_used_by_jobs()
        if not receipts:
            return super()._set_value(correction_quantity)
        before = {move: move.value for move in receipts}
        used_before = receipts._get_used_values()
        result = super()._set_value(correction_quantity)
        revalued = receipts.filtered(lambda move: not move.company_currency_id.is_zero(move.value - before[move]))
        if revalued:
            revalued._enter_revaluation(before, used_before)
        return result

    def _get_used_by_jobs(self):
        """The receipts, valued by average or FIFO, after which a job used the product."""
        self = self.filtered(
            lambda move: move.with_company(move.company_id).product_id.cost_method in ("average", "fifo")
            and not move.product_id.lot_valuated
        )
        if not self:
            return self
        used = {
            (company, product): date
            for company, product, date in self._read_group(
                [
                    ("maintenance_request_id", "!=", False),
                    ("state", "=", "done"),
                    ("is_out", "=", True),
                    ("product_id", "in", self.product_id.ids),
                ],
                ["company_id", "product_id"],
                ["date:max"],
            )
        }
        return self.filtered(
            lambda move: (move.company_id, move.product_id) in used
            and used[move.company_id, move.product_id] >= move.date
        )

    def _get_used_values(self):
        """``{used part: value}`` by the values that the receipts have now."""
        values = {}
        for company, moves in self.grouped("company_id").items():
            for product in moves.with_company(company).product_id:
                values |= replay(product)
        return values

    def _enter_revaluation(self, before, used_before):
        """Charge the jobs that used of these receipts with their share of the new value.

        :param dict before: values of the receipts as they were.
        :param dict used_before: what the jobs should have paid by those.
        """
        vals_list = []
        values = self._get_used_values()
        for receipts in self.grouped(lambda move: (move.company_id, move.product_id)).values():
            product, company = receipts.product_id, receipts.company_id
            source = receipts[-1]._get_revaluation_source()
            change = sum(receipts.mapped("value")) - sum(before[move] for move in receipts)
            by_currency = receipts._get_currency_change(source)
            for part, value in values.items():
                if part.product_id != product or part.company_id != company or not part.maintenance_request_id:
                    continue
                amount = company.currency_id.round(value - used_before.get(part, value))
                if not amount:
                    continue
                # what it really cost takes the place of the estimate
                vals_list += part._maintenance_prepare_estimate(-part._maintenance_get_estimate())
                currency_amount = company.currency_id.round(amount * by_currency / change) if change else 0.0
                for entry, share in (
                    ("price_variance", amount - currency_amount),
                    ("currency_variance", currency_amount),
                ):
                    share = company.currency_id.round(share)
                    if share:
                        vals_list.append(part._prepare_revaluation_entry(entry, share, source))
        # sudo: whoever bills causes entries that nobody writes by hand
        self.env["maintenance.cost.entry"].sudo().create(vals_list)

    def _get_revaluation_source(self):
        """The bill that is being posted, else today: links and the date of entries."""
        self.ensure_one()
        line = self.purchase_line_id
        posting = get_own_ids(self.env, "maintenance_bill_ids")
        bill = line.invoice_lines.filtered(lambda bill: bill.move_id.id in posting)[-1:]
        return {
            "date": bill.date or self.company_id._get_plant_day(),
            "partner_id": line.order_id.partner_id.id,
            "purchase_line_id": line.id,
            "purchase_order_id": line.order_id.id,
            "bill_line_id": bill.id,
            "bill_id": bill.move_id.id,
        }

    def _get_currency_change(self, source):
        """By how much the rate alone, between receipt and bill, changed the value of what is billed."""
        line = self.purchase_line_id[-1:]
        bill = line.invoice_lines.filtered(lambda bill: bill.id == source["bill_line_id"])
        currency, company = line.order_id.currency_id, self.company_id
        if not bill or currency == company.currency_id:
            return 0.0

        def rate(day):
            return self.env["res.currency"]._get_conversion_rate(currency, company.currency_id, company, day)

        received = {
            move: move.product_uom._compute_quantity(move.quantity, line.product_uom_id, round=False) for move in self
        }
        share = min(abs(line._get_billed_qty(bill)) / (sum(received.values()) or 1.0), 1.0)
        return line._get_cost_price() * share * sum(
            quantity * (rate(bill.date) - rate(move.date.date())) for move, quantity in received.items()
        )

    def _prepare_revaluation_entry(self, entry, amount, source):
        self.ensure_one()
        return {
            **source,
            "company_id": self.company_id.id,
            "entry": entry,
            "kind": "part",
            "product_id": self.product_id.id,
            "maintenance_request_id": self.maintenance_request_id.id,
            "equipment_id": self.maintenance_request_id.equipment_id.id,
            "stock_move_id": self.id,
            "amount": amount,
        }


class StockMoveLineCost(models.Model):
    _inherit = "stock.move.line"

    def write(self, vals):
        """What the store corrects on a receipt that is done changes what was received, with no write on the move."""
        result = super().write(vals)
        if "quantity" in vals:
            # sudo: storekeepers see no orders
            self.move_id.filtered(lambda move: move.state == "done").sudo().purchase_line_id._settle_cost()
        return result
