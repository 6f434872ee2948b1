from odoo import api, models
from odoo.fields import Domain

from ..kpi.kpi_measure import Period

#: Periods of the key figures, in months up to the day that is asked for.
PERIODS = (12, 36)


class MaintenanceHistoryFigures(models.AbstractModel):
    """What is compared with the other system once its past has come in."""

    _name = "maintenance.history.figures"
    _description = "Figures to Check a Move"

    @api.model
    @api.readonly
    def get_figures(self, until=None):
        """The plant in numbers, as the user who asks may see it, in the companies chosen.

        Hours are decimal, amounts in the company's currency, key figures in their own unit.

        :param date until: the last day of the key figures' periods; today in the plant when empty.
        :returns: tuples (figure, of what, number), in a firm order; figures that cannot be worked out are missing.
        """
        until = until or self.env.company._get_plant_day()
        figures = [*self._count(), *self._sum_hours(), *self._sum_costs(), *self._measure(until)]
        return [(figure, of, round(number, 4)) for figure, of, number in figures]

    def _count(self):
        requests = self.env["maintenance.request"].with_context(active_test=False)
        company = Domain("company_id", "in", self.env.companies.ids)
        shared = Domain("company_id", "in", [*self.env.companies.ids, False])
        yield "assets", "all", self.env["maintenance.equipment"].with_context(active_test=False).search_count(shared)
        for state, count in requests._read_group(company, ["state"], ["__count"]):
            yield "work orders by state", state or "", count
        completed = company & Domain("date_completed", "!=", False)
        for year, count in requests._read_group(completed, ["date_completed:year"], ["__count"]):
            yield "work orders by year of completion", str(year.year), count

    def _sum_hours(self):
        company = Domain("company_id", "in", self.env.companies.ids)
        for person, hours in self.env["maintenance.labor"]._read_group(company, ["person_id"], ["hours:sum"]):
            yield "hours by person", person.name or "", hours
        downtimes = Domain("equipment_id.company_id", "in", [*self.env.companies.ids, False]) & Domain("status", "=", "down")
        for asset, hours in self.env["maintenance.downtime"]._read_group(downtimes, ["equipment_id"], ["hours:sum"]):
            yield "hours of downtime by asset", self._name_asset(asset), hours

    def _sum_costs(self):
        company = Domain("company_id", "in", self.env.companies.ids)
        costs = self.env["maintenance.cost.report"]
        for kind, amount in costs._read_group(company, ["kind"], ["amount:sum"]):
            yield "cost by kind", kind, amount
        for asset, amount in costs._read_group(company, ["equipment_id"], ["amount:sum"]):
            yield "cost by asset", self._name_asset(asset), amount

    def _measure(self, until):
        for months in PERIODS:
            period = Period.of_last_months(until, months)
            for figure in self.env["maintenance.kpi"].search([("is_today", "=", False)]):
                value = figure._get_value(figure._get_results([period])[0])
                if value is not None:
                    yield f"key figures of {months} months", figure.code, value

    def _name_asset(self, asset):
        """By its number, which both systems have."""
        return asset.maintenance_number or asset.name or ""

    @api.model
    def compare(self, found, expected):
        """Say where two lists of figures differ.

        Amounts and hours agree when they are within a hundredth, key figures within a ten-thousandth part of what is
        expected. What was not expected is not looked at.

        :param found: as `get_figures` returns them.
        :param expected: the same of the other system.
        :returns: tuples (figure, of what, expected, found or None, whether they agree), in the order of ``expected``.
        """
        numbers = {(figure, of): number for figure, of, number in found}
        rows = []
        for figure, of, wanted in expected:
            number = numbers.get((figure, of), None if figure.startswith("key") else 0)
            near = 0.01 if not figure.startswith("key") else max(abs(wanted) * 0.0001, 0.0001)
            agrees = number is not None and abs(number - wanted) <= near + 1e-9
            rows.append((figure, of, wanted, number, agrees))
        return rows
