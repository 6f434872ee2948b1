from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    order_review = fields.Boolean(
        "Weekly review of open orders", default=True,
        help="Every week a list is made of the open purchase orders for maintenance, with what is wrong with them.",
    )  # fmt: skip
    order_review_user_id = fields.Many2one(
        "res.users", "Reviews open orders", domain="[('share', '=', False)]",
        help="Gets the to-do and the workbook. Empty: the purchase managers of the company.",
    )  # fmt: skip
    order_review_days = fields.Integer(
        "Received and not settled for", default=7,
        help="Days after the last receipt from which an order is listed as not billed or not closed.",
    )  # fmt: skip
    order_lock_days = fields.Integer(
        "Lock orders after", default=0,
        help="Days after the last receipt and the last bill, whichever is later, on which an order for maintenance that is "
        "fully received and billed is locked. 0: never.",
    )  # fmt: skip

    _order_review_days_not_negative = models.Constraint(
        "CHECK(order_review_days >= 0 AND order_lock_days >= 0)", "Days of the order review cannot be negative."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    order_review = fields.Boolean(related="company_id.order_review", readonly=False)
    order_review_user_id = fields.Many2one(related="company_id.order_review_user_id", readonly=False)
    order_review_days = fields.Integer(related="company_id.order_review_days", readonly=False)
    order_lock_days = fields.Integer(related="company_id.order_lock_days", readonly=False)
