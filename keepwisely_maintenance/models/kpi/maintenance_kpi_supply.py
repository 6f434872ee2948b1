from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .kpi_measure import EMPTY, Measure, get_period_domain


class StockMoveKpi(models.Model):
    _inherit = "stock.move"

    _part_asked_idx = models.Index("(create_date) WHERE maintenance_request_id IS NOT NULL")


class MaintenanceKpiSupply(models.Model):
    """Whether spares are there when they are needed, and what maintenance costs."""

    _inherit = "maintenance.kpi"

    def _measure_stock_out(self):
        """Spares that jobs asked for; one that had to be bought or moved for the job was not on the shelf."""
        missing = (
            Domain("maintenance_requisition_line_ids", "!=", False)
            | Domain("supply_move_ids", "!=", False)
            | Domain("state", "in", ("waiting", "confirmed", "partially_available"))
        )
        return Measure(
            self.env["stock.move"],
            self._get_scope("maintenance_request_id.maintenance_team_id")
            & Domain("maintenance_request_id", "!=", False)
            & Domain("origin_returned_move_id", "=", False)
            & Domain("product_id.is_spare_part", "=", True)
            & Domain("state", "not in", ("draft", "cancel")),
            "create_date",
            part=missing,
        )

    # -- Cost of replacement value --------------------------------------------------------------------

    def _compute_cost_share(self, periods):
        """The ledger of the twelve months that end with each period, of what the assets would cost today."""
        ledger = self.env["maintenance.cost.report"]
        costs = Measure(
            ledger,
            self._get_cost_domain(),
            "date",
            amount=lambda alias, query: SQL(
                "%s * %s", ledger._field_to_sql(alias, "amount", query), self._get_rate_sql(alias)
            ),
        )
        value = self._get_total_replacement_value()
        years = costs.compute(self.env.company, [period.get_year() for period in periods])
        # a year before the first cost says nothing
        return [year._replace(denominator=value) if year.count else EMPTY for year in years]

    def _get_valued_domain(self):
        """Assets in use of which is known what replacing them would cost, by their purchase price if nothing else."""
        known = Domain("replacement_value", ">", 0) | Domain("cost", ">", 0)
        return self._get_scope("maintenance_team_id", shared=True) & known

    def _get_cost_domain(self):
        return Domain("company_id", "in", self.env.companies.ids) & Domain("equipment_id", "any", self._get_valued_domain())

    def _get_total_replacement_value(self):
        equipment, domain = self.env["maintenance.equipment"], self._get_valued_domain()
        said = Domain("replacement_value", ">", 0)
        rows = equipment._read_group(domain & said, ["company_id"], ["replacement_value:sum"])
        rows += equipment._read_group(domain & ~said, ["company_id"], ["cost:sum"])
        return sum(self._convert(value, owner) for owner, value in rows)

    def _convert(self, amount, owner):
        """In the currency of the current company, at today's rate."""
        currency = (owner or self.env.company).currency_id
        wanted = self.env.company.currency_id
        if currency == wanted:
            return amount
        return currency._convert(amount, wanted, self.env.company, self.env.company._get_plant_day(), round=False)

    def _get_sources_cost_share(self, period):
        ledger = self.env["maintenance.cost.report"]
        dates = get_period_domain(ledger, "date", self.env.company, period.get_year())
        return {
            "records": ("maintenance.cost.report", self._get_cost_domain() & dates),
            "other": ("maintenance.equipment", self._get_valued_domain()),
        }

    # -- Emergency purchases ----------------------------------------------------------------------------

    def _measure_emergency_purchases(self):
        """What was ordered for maintenance, in the currency of the company."""
        lines = self.env["purchase.order.line"]
        scope = Domain("company_id", "in", self.env.companies.ids)
        teams = self._get_teams()
        if teams:
            scope &= Domain("maintenance_request_id.maintenance_team_id", "in", teams.ids) | (
                Domain("maintenance_request_id", "=", False)
                & Domain("equipment_id.maintenance_team_id", "in", teams.ids)
            )
        maintenance = (
            Domain("maintenance_request_id", "!=", False)
            | Domain("equipment_id", "!=", False)
            | Domain("requisition_line_id", "!=", False)
        )
        return Measure(
            lines,
            scope & maintenance & Domain("state", "=", "purchase") & Domain("display_type", "=", False),
            "date_approve",
            amount=self._get_amount_sql,
            part=Domain("requisition_line_id.requisition_id.date_emergency", "!=", False),
        )

    def _get_amount_sql(self, alias, query):
        """Of a purchase line without taxes, in the currency of the current company."""
        lines = self.env["purchase.order.line"]
        orders, order_alias = lines._fields["order_id"].join(lines, alias, query)
        return SQL(
            "%s / COALESCE(NULLIF(%s, 0), 1) * %s",
            lines._field_to_sql(alias, "price_subtotal", query),
            orders._field_to_sql(order_alias, "currency_rate", query),
            self._get_rate_sql(alias),
        )

    def _get_rate_sql(self, alias):
        """What an amount in the currency of a record's company is worth in that of the current one, at today's rate."""
        wanted = self.env.company.currency_id
        others = self.env.companies.filtered(lambda company: company.currency_id != wanted)
        if not others:
            return SQL("1")
        today = self.env.company._get_plant_day()
        cases = SQL(" ").join(
            SQL("WHEN %s THEN %s", owner.id, self.env["res.currency"]._get_conversion_rate(
                owner.currency_id, wanted, self.env.company, today
            ))
            for owner in others
        )  # fmt: skip
        return SQL("(CASE %s %s ELSE 1 END)::numeric", SQL.identifier(alias, "company_id"), cases)
