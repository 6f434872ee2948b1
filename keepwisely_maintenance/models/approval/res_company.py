from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = "res.company"

    requisition_buyer_id = fields.Many2one(
        "res.users", "Buyer for maintenance", help="Is asked to price requisitions that have no price."
    )
    requisition_price_tolerance = fields.Float(
        "Price tolerance (%)", default=5.0,
        help="By how many percent an order may exceed what was approved before it has to be approved again.",
    )  # fmt: skip
    maintenance_order_rule = fields.Selection(
        [
            ("tiers", "Meet the approval tiers"),
            ("purpose", "Need a purpose"),
            ("free", "Are free"),
        ],
        "Orders without a requisition", default="tiers", required=True,
        help="What buyers order for maintenance by themselves: measured against the approval tiers; or only asked, for spare "
        "parts, for an open work order, an asset in use or a reorder point; or nothing. The weekly review of open orders lists "
        "what went around the tiers.",
    )  # fmt: skip
    require_maintenance_link = fields.Boolean(
        "Spare parts need a purpose", compute="_compute_maintenance_require_link",
        inverse="_inverse_maintenance_require_link", store=True, readonly=False,
        help="Every spare part on a confirmed purchase order names a work order, an asset or a reorder point. "
        "The same as “Need a purpose” for orders without a requisition.",
    )  # fmt: skip
    requisition_window_days = fields.Integer(
        "Days that count together", default=7,
        help="What is asked of the same vendor and product for stock within these days counts together when the "
        "approval tiers are chosen. 0: every requisition by itself.",
    )  # fmt: skip
    maintenance_allow_own_decisions = fields.Boolean(
        "Approvers may decide on their own",
        help="For a plant with a single approver. Whoever asked for something, or wrote an item, a quantity, a vendor or a "
        "price of it, may decide on it as well; each of these decisions is marked and stands in the spend audit.",
    )
    approval_reminder_days = fields.Integer(
        "Remind approvers every", default=2, help="Days that a requisition waits between reminders. 0: never."
    )
    approval_escalation_days = fields.Integer(
        "Escalate after", default=5, help="Days that a requisition waits before somebody above is told. 0: never."
    )
    approval_escalation_user_id = fields.Many2one(
        "res.users", "Escalate to", domain="[('share', '=', False)]",
        help="Is told of what waits too long, without a right to decide. Empty: the next tier, else purchase managers.",
    )  # fmt: skip

    _approval_days_not_negative = models.Constraint(
        "CHECK(requisition_window_days >= 0 AND approval_reminder_days >= 0 AND approval_escalation_days >= 0)",
        "Days of approvals cannot be negative.",
    )
    _price_tolerance_not_negative = models.Constraint(
        "CHECK(requisition_price_tolerance >= 0)", "A price tolerance cannot be negative."
    )

    @api.depends("maintenance_order_rule")
    def _compute_maintenance_require_link(self):
        for company in self:
            company.require_maintenance_link = company.maintenance_order_rule == "purpose"

    def _inverse_maintenance_require_link(self):
        for company in self:
            if company.require_maintenance_link != (company.maintenance_order_rule == "purpose"):
                company.maintenance_order_rule = "purpose" if company.require_maintenance_link else "tiers"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._create_default_tiers()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "maintenance_allow_own_decisions" in vals:
            # sudo: the system asks those who may decide now
            waiting = self.env["maintenance.requisition"].sudo().search(
                [("state", "=", "to_approve"), ("company_id", "in", self.ids)]
            )
            waiting._refresh_approvers()
        return result

    def _maintenance_get_window_domain(self):
        """Requisition lines that count together today: asked for, raised or moved within the days of their company."""
        now = fields.Datetime.now()
        windows = Domain.FALSE
        for company in self:
            since = now - timedelta(days=company.requisition_window_days)
            windows |= Domain("company_id", "=", company.id) & (
                Domain("requisition_id.date_submitted", ">=", since) | Domain("date_counted", ">=", since)
            )
        return windows

    def _create_default_tiers(self):
        """Procurement from 500, Finance from 5,000, in dollars, euros or what they come to: the start, to be edited."""
        tiers = self.env["maintenance.approval.tier"].with_context(active_test=False)
        missing = self - tiers.search([("company_id", "in", self.ids)]).company_id
        defaults = (
            (self.env._("Procurement"), 10, 500.0, "purchase.group_purchase_manager"),
            (self.env._("Finance"), 20, 5000.0, "account.group_account_manager"),
        )
        tiers.create(
            [
                {
                    "name": name,
                    "company_id": company.id,
                    "sequence": sequence,
                    **company._maintenance_prepare_tier_amount(amount),
                    "group_id": self.env.ref(group).id,
                }
                for company in missing
                for name, sequence, amount, group in defaults
            ]
        )
        missing._maintenance_ask_for_tiers()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    requisition_buyer_id = fields.Many2one(related="company_id.requisition_buyer_id", readonly=False)
    requisition_price_tolerance = fields.Float(related="company_id.requisition_price_tolerance", readonly=False)
    maintenance_order_rule = fields.Selection(related="company_id.maintenance_order_rule", readonly=False, required=True)
    require_maintenance_link = fields.Boolean(related="company_id.require_maintenance_link", readonly=False)
    requisition_window_days = fields.Integer(related="company_id.requisition_window_days", readonly=False)
    maintenance_allow_own_decisions = fields.Boolean(related="company_id.maintenance_allow_own_decisions", readonly=False)
    approval_reminder_days = fields.Integer(related="company_id.approval_reminder_days", readonly=False)
    approval_escalation_days = fields.Integer(related="company_id.approval_escalation_days", readonly=False)
    approval_escalation_user_id = fields.Many2one(related="company_id.approval_escalation_user_id", readonly=False)
