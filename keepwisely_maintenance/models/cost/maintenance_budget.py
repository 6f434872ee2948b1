from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceBudget(models.Model):
    """What maintenance of a category of assets, or for a cost centre, may cost in a year.

    The year is the company's fiscal year that ends in the calendar year given. What was spent, is committed and is left is
    worked out when it is looked at (see ``maintenance_budget_amounts``). A budget warns approvers, it blocks nothing.
    """

    _name = "maintenance.budget"
    _description = "Maintenance Budget"
    _inherit = ["mail.thread"]
    _order = "year desc, id"
    _check_company_auto = True

    year = fields.Integer(
        required=True, tracking=True, aggregator=None, default=lambda self: self.env.company._get_budget_year(),
        help="The calendar year in which the company's fiscal year ends.",
    )  # fmt: skip
    category_id = fields.Many2one(
        "maintenance.equipment.category", "Asset category", check_company=True, ondelete="restrict", tracking=True, index=True
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account", "Cost centre", check_company=True, ondelete="restrict", tracking=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary("Budget", required=True, tracking=True, help="In the company's currency, taxes excluded.")
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, check_company=True)
    note = fields.Text()
    date_from = fields.Date("From", compute="_compute_dates", store=True)
    date_to = fields.Date("To", compute="_compute_dates", store=True)

    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(category_id, analytic_account_id) = 1)",
        "A budget is for an asset category or for a cost centre: choose one of them.",
    )
    _not_negative = models.Constraint("CHECK(amount >= 0)", "A budget cannot be negative.")
    _one_of_category = models.UniqueIndex(
        "(company_id, year, category_id) WHERE category_id IS NOT NULL",
        "This category has a budget for this year already; change that one.",
    )
    _one_of_account = models.UniqueIndex(
        "(company_id, year, analytic_account_id) WHERE analytic_account_id IS NOT NULL",
        "This cost centre has a budget for this year already; change that one.",
    )

    @api.depends("year", "company_id.fiscalyear_last_month", "company_id.fiscalyear_last_day")
    def _compute_dates(self):
        for budget in self:
            budget.date_from, budget.date_to = budget.company_id._get_fiscal_year(budget.year)

    @api.depends("year", "category_id", "analytic_account_id")
    def _compute_display_name(self):
        for budget in self:
            # sudo: who reads a budget may know the name of its cost centre
            subject = budget.category_id or budget.sudo().analytic_account_id
            budget.display_name = f"{subject.display_name or ''} {budget.year or ''}".strip()

    @api.constrains("year")
    def _check_year(self):
        for budget in self:
            if not 1900 <= budget.year <= 2200:
                raise ValidationError(self.env._("Enter the year of the budget with four digits."))

    def copy_data(self, default=None):
        """A copy is for the year after."""
        return [
            vals if default and "year" in default else {**vals, "year": budget.year + 1}
            for budget, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def action_copy_to_next_year(self):
        """Make the same budgets for the year after, where there are none, and open them.

        :returns: an action on those of the year after.
        """
        following = self.browse()
        for budget in self:
            existing = self.search(
                [
                    ("company_id", "=", budget.company_id.id),
                    ("year", "=", budget.year + 1),
                    ("category_id", "=", budget.category_id.id),
                    ("analytic_account_id", "=", budget.analytic_account_id.id),
                ]
            )
            following |= existing or budget.copy()
        return following._get_records_action(name=self.env._("Budgets"))


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_fiscal_year(self, year):
        """First and last day of the fiscal year that ends in ``year``."""
        self.ensure_one()
        if not 1900 <= year <= 2200:
            return False, False
        dates = self.compute_fiscalyear_dates(fields.Date.to_date(f"{year}-{int(self.fiscalyear_last_month):02}-01"))
        return dates["date_from"], dates["date_to"]

    def _get_budget_year(self, day=None):
        """The year by which the budget of ``day`` (today in the plant by default) is called."""
        self.ensure_one()
        return self.compute_fiscalyear_dates(day or self._get_plant_day())["date_to"].year
