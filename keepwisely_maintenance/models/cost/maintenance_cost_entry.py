from odoo import api, fields, models
from odoo.exceptions import UserError

#: What an entry says, for the entries here and for the ledger.
ENTRIES = [
    ("labor", "Labour"),
    ("consumed", "Used"),
    ("returned", "Back to stock"),
    ("received", "Received"),
    ("sent_back", "Sent back"),
    ("billed", "Billed ahead"),
    ("price_variance", "Price variance"),
    ("currency_variance", "Currency variance"),
    ("reassigned", "Reassigned"),
    ("estimated", "Cost never set"),
    ("opening", "Brought in"),
]

#: What was paid for. Labour is booked as hours; here it stands of the past alone.
KINDS = [("labor", "Labour"), ("part", "Parts"), ("service", "Services")]

#: What an entry names besides its asset.
DOCUMENTS = (
    "product_id", "partner_id", "maintenance_request_id", "purchase_line_id", "purchase_order_id", "stock_move_id",
    "bill_line_id", "bill_id",
)  # fmt: skip


class MaintenanceCostEntry(models.Model):
    """What became known about the cost of a purchase, on the day it became known; added to, never changed.

    Three kinds of facts end up here, because they cannot be read back from the documents later:

    - goods and services that do not go through stock valuation (``purchase.order.line._settle_cost``);
    - what a receipt was revalued by after a job used goods of it (``stock.move._set_value``);
    - the last purchase price of parts that Odoo values at nothing (``stock_move_cost_unset``).

    Entries are made by the system, opening entries by those who may bring in the past (see the room ``history``). What was
    wrong is taken back by another entry.
    """

    _name = "maintenance.cost.entry"
    _description = "Maintenance Cost Entry"
    _order = "date desc, id desc"
    _rec_name = "entry"

    date = fields.Date(required=True, readonly=True, help="Of the receipt, of the bill, or the day of a change.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    entry = fields.Selection(ENTRIES, required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    name = fields.Char("For what", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True, ondelete="restrict")
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True, index="btree_not_null", ondelete="set null")
    purchase_order_id = fields.Many2one("purchase.order", readonly=True, index="btree_not_null", ondelete="set null")
    stock_move_id = fields.Many2one("stock.move", readonly=True, index="btree_not_null", ondelete="set null")
    bill_line_id = fields.Many2one("account.move.line", readonly=True, index="btree_not_null", ondelete="set null")
    bill_id = fields.Many2one("account.move", readonly=True, index="btree_not_null", ondelete="set null")
    counter_of_id = fields.Many2one(
        "maintenance.cost.entry", "Takes back", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    amount = fields.Monetary(readonly=True, help="In the company's currency, taxes excluded.")
    received_qty = fields.Float(readonly=True, digits=0)
    billed_qty = fields.Float(readonly=True, digits=0)
    billed_amount = fields.Monetary(readonly=True)
    open_amount = fields.Monetary(readonly=True, help="By how much it changes what is received and not billed.")
    open_amount_currency = fields.Float(readonly=True, digits=0, help="The same in the order's currency.")

    _date_idx = models.Index("(date, company_id)")

    @api.model
    def _reassign(self, domain, equipment):
        """What the entries of ``domain`` add up to goes over to ``equipment`` today, by job, product and document."""
        names = (*DOCUMENTS, "equipment_id")
        vals_list = []
        for *values, amount in self._read_group(domain, [*names, "company_id", "kind"], ["amount:sum"]):
            company, kind = values[-2:]
            if company.currency_id.is_zero(amount):
                continue
            vals = dict(zip(names, (record.id for record in values[:-2]), strict=True))
            vals.update(company_id=company.id, kind=kind, entry="reassigned", date=company._get_plant_day())
            vals_list += [{**vals, "amount": -amount}, {**vals, "amount": amount, "equipment_id": equipment.id}]
        self.create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Cost entries are never changed; what was wrong is taken back by another entry."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Cost entries are never deleted; what was wrong is taken back by another entry."))
