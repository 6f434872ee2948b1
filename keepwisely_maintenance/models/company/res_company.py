from odoo import api, fields, models
from odoo.fields import Domain

from ...hooks import set_up


class ResCompany(models.Model):
    _inherit = "res.company"

    maintenance_hourly_cost = fields.Monetary(
        "Hourly cost of maintenance labour",
        groups="keepwisely_maintenance.group_maintenance_costs",
        help="Used for technicians who have no rate of their own.",
    )
    requisition_buyer_id = fields.Many2one(
        "res.users", "Buyer for maintenance", help="Is asked to price requisitions that have no price."
    )

    requisition_price_tolerance = fields.Float(
        "Price tolerance (%)", default=5.0,
        help="By how many percent an order may exceed what was approved before it has to be approved again.",
    )  # fmt: skip
    require_maintenance_link = fields.Boolean(
        "Spare parts need a purpose",
        help="Every spare part on a confirmed purchase order names a work order, an asset or a reorder point.",
    )

    preventive_pre_approved = fields.Boolean(
        "Preventive work is approved beforehand",
        help="Preventive work orders that planners or schedules make need no approval of their own.",
    )
    emergency_approved_after = fields.Boolean(
        "Emergencies are approved afterwards",
        help="Technicians may start emergency work at once; a planner approves it later.",
    )

    requisition_window_days = fields.Integer(
        "Days that count together", default=7,
        help="What is asked of the same vendor and product for stock within these days counts together when the "
        "approval tiers are chosen. 0: every requisition by itself.",
    )  # fmt: skip
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

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.sudo()._create_default_tiers()
        return companies

    @api.model
    def _set_up_maintenance(self):
        """Prepare the database on installation; see ``hooks``."""
        set_up(self.env)

    def _create_default_tiers(self):
        """Procurement from 500, Finance from 5,000: the start, to be edited."""
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
                    "min_amount": amount,
                    "group_id": self.env.ref(group).id,
                }
                for company in missing
                for name, sequence, amount, group in defaults
            ]
        )

    def _get_maintenance_location(self):
        """The company's own location for parts that are used up, made when it is missing.

        It is archived, see ``stock.location``, and stands below the production location.
        """
        self.ensure_one()
        locations = self.env["stock.location"].sudo().with_context(active_test=False)
        production = locations.search(
            [("usage", "=", "production"), ("company_id", "=", self.id), ("is_maintenance", "=", False)],
            order="parent_path", limit=1,
        )  # fmt: skip
        location = locations.search([("is_maintenance", "=", True), ("company_id", "=", self.id)], limit=1)
        # one that an earlier installation left, because moves point to it
        location = location or locations.search(
            [("location_id", "=", production.id), ("name", "=", self.env._("Maintenance"))], limit=1
        )
        location.filtered(lambda found: not found.is_maintenance or found.active).write(
            {"is_maintenance": True, "active": False}
        )
        return location or locations.create(
            {
                "name": self.env._("Maintenance"),
                "usage": "production",
                "company_id": self.id,
                "location_id": production.id,
                "is_maintenance": True,
                "active": False,
            }
        )

    def _get_location_valuation_vals(self, at_date=None, location_domain=False):
        """What parts cost is closed on the account of the Maintenance location, although that is archived."""
        own = Domain(location_domain or []) & Domain("is_maintenance", "=", True) & Domain("active", "=", False)
        archived = self.with_context(active_test=False)
        return super()._get_location_valuation_vals(at_date=at_date, location_domain=location_domain) + super(
            ResCompany, archived
        )._get_location_valuation_vals(at_date=at_date, location_domain=own)
