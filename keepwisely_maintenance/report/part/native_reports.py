"""Native reports that read tables and do not name the fields they read.

What is changed is written to the database when a search names one of the changed fields. These reports name none: they
show what some other search happened to have written, natively the last one of a receipt. Searches of this module come
earlier, and what is set after them, such as the value of the receipt, would be missing.
"""

from odoo import models


class StockAverageCostReport(models.AbstractModel):
    _inherit = "stock.avco.report"
    _depends = {
        "stock.move": ["product_id", "date", "company_id", "reference", "is_in", "is_out", "value", "quantity", "state"],
        "stock.picking": ["user_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "product.category": ["property_cost_method"],
        "product.value": ["product_id", "date", "user_id", "company_id", "value", "description", "move_id"],
    }


class VendorDelayReport(models.Model):
    _inherit = "vendor.delay.report"
    _depends = {
        "stock.move": ["date", "state", "product_id", "purchase_line_id"],
        "stock.move.line": ["move_id", "quantity", "product_uom_id"],
        "purchase.order.line": ["product_id", "partner_id", "product_uom_qty", "date_planned"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "uom.uom": ["factor"],
    }


ORDER_FIELDS = [
    "amount_untaxed", "company_id", "currency_id", "currency_rate", "date_approve", "date_order", "dest_address_id",
    "effective_date", "fiscal_position_id", "invoice_status", "name", "partner_id", "partner_ref", "picking_type_id", "state",
    "user_id",
]  # fmt: skip
LINE_FIELDS = [
    "company_id", "date_planned", "display_type", "is_downpayment", "order_id", "partner_id", "price_subtotal", "price_total",
    "price_unit", "product_id", "product_qty", "product_uom_id", "qty_invoiced", "qty_received", "qty_to_invoice",
]  # fmt: skip


class PurchaseReport(models.Model):
    _inherit = "purchase.report"
    _depends = {
        "purchase.order": ORDER_FIELDS,
        "purchase.order.line": LINE_FIELDS,
        "product.product": ["product_tmpl_id", "volume", "weight"],
        "product.template": ["categ_id", "purchase_method", "uom_id"],
        "res.partner": ["commercial_partner_id", "country_id"],
        "stock.move": ["picking_id", "purchase_line_id"],
        "stock.picking": ["date_done", "location_dest_id", "state"],
        "uom.uom": ["factor"],
    }


class PurchaseBillUnion(models.Model):
    _inherit = "purchase.bill.union"
    _depends = {
        "account.move": [
            "name", "ref", "partner_id", "date", "amount_untaxed", "currency_id", "company_id", "move_type", "state",
        ],
        "purchase.order": ORDER_FIELDS,
    }  # fmt: skip


class PurchaseBillLineMatch(models.Model):
    _inherit = "purchase.bill.line.match"
    _depends = {
        "account.move.line": [
            "amount_currency", "company_id", "currency_id", "display_type", "move_id", "parent_state", "product_id",
            "product_uom_id", "purchase_line_id", "quantity",
        ],
        "account.move": ["move_type", "partner_id"],
        "purchase.order": ORDER_FIELDS,
        "purchase.order.line": LINE_FIELDS,
    }  # fmt: skip
