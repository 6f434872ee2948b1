from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceWarrantyRecovery(models.Model):
    """What a vendor gave back under warranty: money, a voucher, or the worth of what was replaced for nothing.

    Credit notes for lines of purchase orders are not recoveries: they take the amount out of the costs by themselves.
    """

    _name = "maintenance.warranty.recovery"
    _description = "Warranty Recovery"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Claim", required=True, tracking=True, help="What the vendor made good, and the number of the claim.")
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", compute="_compute_equipment_id", store=True, readonly=False, required=True,
        precompute=True, index=True, ondelete="cascade", check_company=True, tracking=True,
    )  # fmt: skip
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", index="btree_not_null", ondelete="set null", check_company=True,
        domain="[('equipment_id', '=?', equipment_id)]",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, required=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Vendor", check_company=True)
    date = fields.Date("Received", required=True, default=lambda self: self.env.company._get_plant_day(), tracking=True)
    amount = fields.Monetary(required=True, tracking=True, help="In the company's currency, taxes excluded.")
    bill_id = fields.Many2one(
        "account.move", "Credit note", check_company=True, ondelete="restrict", index="btree_not_null",
        domain="[('move_type', '=', 'in_refund'), ('state', '=', 'posted'), ('invoice_line_ids.purchase_line_id', '=', False)]",
        help="One that names no purchase order; others take the amount out of the costs by themselves.",
    )  # fmt: skip

    _positive = models.Constraint("CHECK(amount > 0)", "Enter what came back as an amount above zero.")

    @api.depends("maintenance_request_id.equipment_id")
    def _compute_equipment_id(self):
        for recovery in self:
            recovery.equipment_id = recovery.maintenance_request_id.equipment_id or recovery.equipment_id

    @api.depends("equipment_id")
    def _compute_company_id(self):
        for recovery in self:
            recovery.company_id = recovery.equipment_id.company_id or recovery.company_id or self.env.company

    @api.constrains("maintenance_request_id", "equipment_id")
    def _check_same_asset(self):
        for recovery in self:
            asset = recovery.maintenance_request_id.equipment_id
            if asset and asset != recovery.equipment_id:
                raise ValidationError(
                    self.env._("%(order)s is about %(asset)s; choose a work order of the asset that the vendor paid for.",
                               order=recovery.maintenance_request_id.display_name, asset=asset.display_name)
                )  # fmt: skip

    @api.constrains("bill_id", "amount")
    def _check_bill(self):
        bills = self.bill_id.sudo()
        shares = dict(self._read_group([("bill_id", "in", bills.ids)], ["bill_id"], ["amount:sum"]))
        for bill in bills:
            if bill.move_type != "in_refund" or bill.state != "posted":
                raise ValidationError(self.env._("%s is no posted credit note of a vendor.", bill.display_name))
            if bill.invoice_line_ids.purchase_line_id:
                raise ValidationError(
                    self.env._("%s names a purchase order and is taken out of its costs already.", bill.display_name)
                )
            if bill.company_currency_id.compare_amounts(shares[bill], abs(bill.amount_untaxed_signed)) > 0:
                raise ValidationError(
                    self.env._("%s gives back less than what is entered as recovered with it.", bill.display_name)
                )
