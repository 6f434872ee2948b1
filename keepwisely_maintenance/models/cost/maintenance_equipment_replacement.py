from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...const import COSTS_GROUP
from .asset_economics import get_cost_of_year, get_equivalent_annual_costs

#: Full years of costs without which nothing is said.
MIN_YEARS = 2


class MaintenanceEquipmentReplacement(models.Model):
    """Whether keeping an asset for another year costs more than a new one would cost in an average year.

    The new one is taken to cost in each year what this one cost in the same year of its life, bought at the replacement
    value, losing value along the same straight line, and kept for as long as is cheapest. The rule, "keep as long as the
    cost of another year is below the lowest EUAC of a new one", is that of Sullivan, Wicks and Koelling, *Engineering
    Economy*, "Replacement analysis" (see ``asset_economics``). Components are decided on by themselves.
    """

    _inherit = "maintenance.equipment"

    replacement_hint = fields.Selection(
        [("unknown", "Too early to say"), ("keep", "Worth keeping"), ("replace", "Consider replacing")],
        "Repair or replace", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
    )  # fmt: skip
    replacement_missing = fields.Char(
        compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP, help="What must be known to compare."
    )
    yearly_expenses = fields.Monetary(
        "Cost of the last 12 months", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="Maintenance and downtime, less what vendors gave back; expected for the next twelve months too.",
    )  # fmt: skip
    value_loss = fields.Monetary(
        "Loss of value in the next 12 months", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
    )  # fmt: skip
    capital_cost = fields.Monetary(
        "Interest on its value", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="Residual value × the company's cost of capital.",
    )  # fmt: skip
    keep_cost = fields.Monetary(
        "Keeping it for another year", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="The sum of the three above.",
    )  # fmt: skip
    replace_cost = fields.Monetary(
        "A new one, a year", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="Equivalent uniform annual cost of a new one with the costs that this one had, kept for as long as is cheapest.",
    )  # fmt: skip
    economic_life = fields.Integer(
        "Cheapest when kept for", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="Years, among those that this asset has been in service for.",
    )  # fmt: skip
    break_even_cost = fields.Monetary(
        "Break-even", compute="_compute_replacement", compute_sudo=True, groups=COSTS_GROUP,
        help="Maintenance and downtime of a year from which on a new one is cheaper.",
    )  # fmt: skip

    @api.depends(
        "cost", "effective_date", "useful_life_years", "salvage_value", "replacement_value", "maintenance_cost",
        "downtime_cost", "recovered_cost", "residual_value", "company_id.cost_of_capital",
    )  # fmt: skip
    def _compute_replacement(self):
        for company, assets in self.grouped(lambda asset: asset.company_id or self.env.company).items():
            assets._maintenance_compare_with_new(company)

    def _maintenance_compare_with_new(self, company):
        today, rate = company._get_plant_day(), company.cost_of_capital / 100
        recent, by_year = self._get_recent_expenses(today), self._get_expenses_by_year()
        for equipment in self:
            expenses = by_year.get(equipment._origin.id, {})
            years = relativedelta(today, equipment.effective_date).years if equipment.effective_date else 0
            missing = equipment._get_replacement_missing(years)
            value = equipment.residual_value
            equipment.replacement_missing = missing
            equipment.yearly_expenses = recent.get(equipment._origin.id, 0.0)
            equipment.value_loss = value - equipment._get_residual_value(today + relativedelta(years=1))
            equipment.capital_cost = rate * value
            equipment.keep_cost = get_cost_of_year(value, value - equipment.value_loss, equipment.yearly_expenses, rate)
            if missing:
                equipment.replacement_hint = "unknown"
                equipment.replace_cost = equipment.break_even_cost = equipment.economic_life = 0
                continue
            annual = get_equivalent_annual_costs(
                equipment.replacement_value or equipment.cost,
                [equipment._get_value_of_new(year) for year in range(1, years + 1)],
                [expenses.get(year, 0.0) for year in range(1, years + 1)],
                rate,
            )
            equipment.replace_cost = min(annual)
            equipment.economic_life = annual.index(min(annual)) + 1
            equipment.break_even_cost = max(equipment.replace_cost - equipment.value_loss - equipment.capital_cost, 0.0)
            exceeds = equipment.currency_id.compare_amounts(equipment.keep_cost, equipment.replace_cost) > 0
            equipment.replacement_hint = "replace" if exceeds else "keep"

    def _get_replacement_missing(self, years):
        """What must be entered or waited for, False when all is known."""
        if not self.cost or not self.useful_life_years:
            return self.env._("Enter the purchase price and the useful life to compare keeping with replacing.")
        if not self.effective_date:
            return self.env._("Enter since when it is in use to compare keeping with replacing.")
        if years < MIN_YEARS:
            return self.env._("Keeping and replacing are compared after two full years in service.")
        return False

    def _get_value_of_new(self, years):
        """What a new one would be worth ``years`` after purchase: the same share of its price as of this one's."""
        share = self._get_residual_value(self.effective_date + relativedelta(years=years)) / self.cost
        return (self.replacement_value or self.cost) * share

    def _get_recent_expenses(self, today):
        """``{asset id: maintenance and downtime, less recoveries, of the last twelve months}``."""
        groups = self.env["maintenance.ownership.report"]._read_group(
            [
                ("equipment_id", "in", self.ids),
                ("kind", "!=", "purchase"),
                ("date", ">", today - relativedelta(years=1)),
                ("date", "<=", today),
            ],
            ["equipment_id"],
            ["amount:sum"],
        )
        return {equipment.id: amount for equipment, amount in groups}

    def _get_expenses_by_year(self):
        """``{asset id: {year in service: amount}}`` of maintenance and downtime, less recoveries."""
        result = {}
        for equipment, year, amount in self.env["maintenance.ownership.report"]._read_group(
            [("equipment_id", "in", self.ids), ("kind", "!=", "purchase")],
            ["equipment_id", "year_in_service"],
            ["amount:sum"],
        ):
            result.setdefault(equipment.id, {})[year] = amount
        return result
