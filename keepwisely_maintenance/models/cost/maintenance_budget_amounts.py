from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

WAITING = Domain("state", "=", "to_approve")

#: Requisition lines that may still become a cost: approved and ordered ones, parts that came and were not used yet, and
#: what was ordered in emergency before its approval.
COMMITTED = (
    Domain("state", "in", ("approved", "ordered"))
    | (Domain("state", "=", "done") & Domain("part_move_ids.state", "not in", ("done", "cancel")))
    | (WAITING & Domain("purchase_line_ids.order_id.state", "=", "purchase"))
)


class MaintenanceBudgetAmounts(models.Model):
    """What a budget was spent on, what is committed, and what is left; never stored.

    - Spent: the ledger (``maintenance.cost.report``) of the year.
    - Committed: what is approved or ordered and not yet in the ledger, as on the work order (see
      ``_get_committed_amount``), and what is ordered for a job or an asset without a requisition and is not stocked.
    - Requested: lines that wait for their approval, without what of them was ordered in emergency; not part of what is
      left.

    Commitments count in the year in which they are needed; what is overdue counts in the current year. The share of a cost
    centre is what the analytic distribution says: of the work order, else of the asset, for what was spent; of the line
    itself for what was asked for or ordered.
    """

    _inherit = "maintenance.budget"

    actual_amount = fields.Monetary(
        "Spent", compute="_compute_amounts", compute_sudo=True, help="Labour, parts and services of the year, from the ledger."
    )
    committed_amount = fields.Monetary(
        "Committed", compute="_compute_amounts", compute_sudo=True, help="Approved or ordered and not spent yet."
    )
    asked_amount = fields.Monetary(
        "Committed by requisitions", compute="_compute_amounts", compute_sudo=True,
        help="The part of what is committed that requisitions asked for.",
    )  # fmt: skip
    ordered_amount = fields.Monetary(
        "Ordered directly", compute="_compute_amounts", compute_sudo=True,
        help="The part of what is committed that was ordered without a requisition.",
    )  # fmt: skip
    requested_amount = fields.Monetary(
        "Amount requested", compute="_compute_amounts", compute_sudo=True, help="Waits for approval; not taken off what is left."
    )
    left_amount = fields.Monetary(
        "Left", compute="_compute_amounts", compute_sudo=True, help="Budget less what was spent and is committed."
    )
    used_percent = fields.Float(
        "Used", compute="_compute_amounts", compute_sudo=True, aggregator=None, help="Spent and committed, in percent."
    )
    is_over = fields.Boolean("Over budget", compute="_compute_amounts", compute_sudo=True, search="_search_is_over")

    @api.depends("amount", "year", "category_id", "analytic_account_id", "company_id")
    def _compute_amounts(self):
        spent = self._get_spent()
        committed, requested = self._get_committed(), self._get_requested()
        direct = self._get_ordered_directly()
        for budget in self:
            key = budget._origin.id
            budget.actual_amount = spent.get(key, 0.0)
            budget.asked_amount = sum(row[1] for row in committed[key])
            budget.ordered_amount = sum(row[1] for row in direct[key])
            budget.committed_amount = budget.asked_amount + budget.ordered_amount
            budget.requested_amount = sum(row[1] for row in requested[key])
            used = budget.actual_amount + budget.committed_amount
            budget.left_amount = budget.amount - used
            budget.used_percent = 100 * used / budget.amount if budget.amount else 0.0
            budget.is_over = budget.currency_id.compare_amounts(used, budget.amount) > 0 if budget.currency_id else False

    @api.model
    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        # what is over is not stored, and there are only as many budgets as subjects in each year
        over = self.search([]).filtered("is_over")  # pylint: disable=no-search-all
        return Domain("id", "in" if True in value else "not in", over.ids)

    # -- Spent ------------------------------------------------------------------------------------------

    def _get_spent(self):
        """``{budget id: amount}`` from the ledger."""
        spent = {}
        ledger = self.env["maintenance.cost.report"]
        for (company, start, end), budgets in self.grouped(
            lambda budget: (budget.company_id, budget.date_from, budget.date_to)
        ).items():
            domain = self._get_year_domain(company, start, end)
            categories = budgets.category_id._origin
            amounts = dict(
                ledger._read_group(domain & Domain("category_id", "in", categories.ids), ["category_id"], ["amount:sum"])
                if categories else []
            )  # fmt: skip
            shares = self._get_spent_by_account(domain, budgets.analytic_account_id._origin)
            for budget in budgets:
                subject = budget.category_id._origin or budget.analytic_account_id._origin
                spent[budget._origin.id] = amounts.get(subject, 0.0) if budget.category_id else shares.get(subject.id, 0.0)
        return spent

    @api.model
    def _get_year_domain(self, company, start, end):
        return Domain("company_id", "=", company.id) & Domain("date", ">=", start) & Domain("date", "<=", end)

    @api.model
    def _get_spent_by_account(self, domain, accounts):
        """``{account id: amount}``: what each account bears of the ledger, by its share of the work order, else of the asset."""
        if not accounts:
            return {}
        ledger = self.env["maintenance.cost.report"]
        query = ledger._search(domain, order=None)
        self.env["maintenance.request"].flush_model(["analytic_distribution"])
        self.env["maintenance.equipment"].flush_model(["analytic_distribution"])
        request = ledger._field_to_sql(query.table, "maintenance_request_id", query)
        asset = ledger._field_to_sql(query.table, "equipment_id", query)
        # a key of a distribution names one account of each plan, by commas
        rows = self.env.execute_query(
            SQL(
                """
                SELECT account::integer, SUM(cost.amount * part.share::numeric / 100)
                  FROM (
                      SELECT request_id, asset_id, SUM(amount) AS amount FROM (%s) AS entry GROUP BY request_id, asset_id
                  ) AS cost
                  LEFT JOIN maintenance_request request ON request.id = cost.request_id
                  LEFT JOIN maintenance_equipment asset ON asset.id = cost.asset_id,
                       jsonb_each_text(COALESCE(request.analytic_distribution, asset.analytic_distribution))
                           AS part (accounts, share),
                       UNNEST(STRING_TO_ARRAY(part.accounts, ',')) AS account
                 WHERE account IN %s
                 GROUP BY account
                """,
                query.select(
                    SQL("%s AS request_id", request),
                    SQL("CASE WHEN %s IS NULL THEN %s END AS asset_id", request, asset),
                    SQL("%s AS amount", ledger._field_to_sql(query.table, "amount", query)),
                ),
                tuple(str(account) for account in accounts.ids),
            )
        )
        return {account: float(amount) for account, amount in rows}

    # -- Committed and requested --------------------------------------------------------------------------

    def _get_committed(self):
        """``{budget id: [(requisition line, amount)]}`` of what is approved or ordered and not spent."""
        return self._get_asked(COMMITTED, lambda line: line._get_committed_amount())

    def _get_requested(self):
        """``{budget id: [(requisition line, amount)]}`` of what waits for approval."""
        return self._get_asked(WAITING, lambda line: line._get_requested_amount())

    def _get_asked(self, states, get_amount):
        """``{budget id: [(requisition line, amount)]}`` of the lines in ``states``."""
        lines = self.env["maintenance.requisition.line"].search(
            states & Domain("company_id", "in", self.company_id.ids) & self._get_subject_domain()
        )
        return self._share_out(lines, lambda line: line.date_required, get_amount)

    def _get_ordered_directly(self):
        """``{budget id: [(order line, amount)]}`` of what is ordered without a requisition, is no stock and has not come."""
        lines = self.env["purchase.order.line"].search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "=", "purchase")
            & Domain("requisition_line_id", "=", False)
            & Domain("product_id.is_storable", "=", False)
            & (Domain("maintenance_request_id", "!=", False) | Domain("equipment_id", "!=", False))
            & Domain.custom(to_sql=self._sql_not_all_here)
            & self._get_subject_domain()
        )
        return self._share_out(
            lines,
            lambda line: line.date_planned and line.company_id._get_plant_day(line.date_planned),
            lambda line: line.currency_id.round(line._get_open_qty() * line._get_company_price()),
        )

    @api.model
    def _sql_not_all_here(self, model, alias, query):
        """Order lines of which something has neither come nor been billed; the others are most of all lines."""
        ordered, received, billed = (
            model._field_to_sql(alias, name, query) for name in ("product_qty", "qty_received", "qty_invoiced")
        )
        return SQL("%s > GREATEST(%s, %s)", ordered, received, billed)

    def _get_subject_domain(self):
        """Lines about one of the categories, or charged to one of the cost centres."""
        return Domain("equipment_id.category_id", "in", self.category_id.ids) | Domain(
            "distribution_analytic_account_ids", "in", self.analytic_account_id.ids
        )

    def _share_out(self, lines, get_day, get_amount):
        """``{budget id: [(line, amount)]}``; each line counts in one year and in each budget it touches."""
        found = defaultdict(list)
        if not self:
            return found
        budgets = defaultdict(list)
        for budget in self:
            subject = budget.category_id or budget.analytic_account_id
            budgets[budget.company_id._origin, subject._name, subject._origin.id].append(budget)
        today = {company: company._get_plant_day() for company in lines.company_id}
        for line in lines:
            day = max(get_day(line) or today[line.company_id], today[line.company_id])
            shares = line._get_budget_shares()
            touched = {
                budget: share
                for subject, share in shares.items()
                for budget in budgets.get((line.company_id, *subject), ())
                if budget.date_from and budget.date_from <= day <= budget.date_to
            }
            if touched:
                amount = get_amount(line)
                for budget, share in touched.items():
                    found[budget._origin.id].append((line, amount * share))
        return found

    # -- Records behind the amounts ---------------------------------------------------------------------------

    @api.readonly
    def action_view_spent(self):
        """Open the entries of the ledger; those of a cost centre count with its share alone."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_cost_report")
        domain = self._get_year_domain(self.company_id, self.date_from, self.date_to)
        account = self.analytic_account_id.id
        if self.category_id:
            domain &= Domain("category_id", "=", self.category_id.id)
        else:
            charged = Domain("maintenance_request_id.distribution_analytic_account_ids", "in", [account])
            of_asset = Domain("equipment_id.distribution_analytic_account_ids", "in", [account])
            domain &= charged | (Domain("maintenance_request_id", "=", False) & of_asset)
        return {**action, "name": self.display_name, "domain": list(domain), "context": {}}

    @api.readonly
    def action_view_committed(self):
        """Open the requisition lines that are approved or ordered and not spent."""
        return self._view_lines("maintenance.requisition.line", self.sudo()._get_committed())

    @api.readonly
    def action_view_requested(self):
        """Open the requisition lines that wait for approval."""
        return self._view_lines("maintenance.requisition.line", self.sudo()._get_requested())

    @api.readonly
    def action_view_ordered(self):
        """Open the lines of orders that were placed without a requisition."""
        return self._view_lines("purchase.order.line", self.sudo()._get_ordered_directly())

    def _view_lines(self, model, found):
        self.ensure_one()
        lines = self.env[model].browse([line.id for line, amount in found[self.id] if amount])
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", lines.ids)],
            "context": {"create": False},
        }


class BudgetedLine(models.AbstractModel):
    """A line that a budget may pay for."""

    _name = "maintenance.budgeted.line"
    _description = "Line That a Budget Pays For"

    def _get_budget_shares(self):
        """``{(model, id): share}`` of the category of its asset and of its cost centres."""
        self.ensure_one()
        shares = defaultdict(float)
        category = self.equipment_id.category_id
        if category:
            shares["maintenance.equipment.category", category.id] = 1.0
        for accounts, percent in (self.analytic_distribution or {}).items():
            for account in accounts.split(","):
                if account.isdigit():
                    shares["account.analytic.account", int(account)] += percent / 100
        return shares


class MaintenanceRequisitionLine(models.Model):
    _name = "maintenance.requisition.line"
    _inherit = ["maintenance.requisition.line", "maintenance.budgeted.line"]


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "maintenance.budgeted.line"]

    def _get_open_qty(self):
        """Ordered and not received; billed ahead counts as spent."""
        self.ensure_one()
        return self.product_qty - max(self.qty_received, self.qty_invoiced)
