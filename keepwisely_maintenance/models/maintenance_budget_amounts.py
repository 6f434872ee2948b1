from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_compare

#: Requisition lines that may still become a cost: approved and ordered ones, and parts that came and were not used yet.
COMMITTED = Domain("state", "in", ("approved", "ordered")) | (
    Domain("state", "=", "done") & Domain("part_move_ids.state", "not in", ("done", "cancel"))
)


class MaintenanceBudgetAmounts(models.Model):
    """What a budget was spent on, what is committed, and what is left; never stored.

    - Spent: the ledger (``maintenance.cost.report``) of the year.
    - Committed: what is approved or ordered and not yet in the ledger, as on the work order (see
      ``_get_committed_amount``), and what is ordered for a job or an asset without a requisition and is not stocked.
    - Requested: lines that wait for their approval; not part of what is left.

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
    requested_amount = fields.Monetary(
        "Requested", compute="_compute_amounts", compute_sudo=True, help="Waits for approval; not taken off what is left."
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
        committed, requested = self._get_asked(COMMITTED), self._get_asked(Domain("state", "=", "to_approve"))
        direct = self._get_ordered_directly()
        for budget in self:
            key = budget._origin.id
            budget.actual_amount = spent.get(key, 0.0)
            budget.committed_amount = sum(row[1] for row in committed[key] + direct[key])
            budget.requested_amount = sum(row[1] for row in requested[key])
            used = budget.actual_amount + budget.committed_amount
            budget.left_amount = budget.amount - used
            budget.used_percent = 100 * used / budget.amount if budget.amount else 0.0
            budget.is_over = budget.currency_id.compare_amounts(used, budget.amount) > 0 if budget.currency_id else False

    @api.model
    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = self.search([("year", ">=", self.env.company._get_budget_year() - 5)]).filtered("is_over")
        return Domain("id", "in" if True in value else "not in", over.ids)

    # -- Spent ------------------------------------------------------------------------------------------

    def _get_spent(self):
        """``{budget id: amount}`` from the ledger."""
        spent = {}
        by_category = self.filtered("category_id")
        for (company, start, end), budgets in by_category.grouped(
            lambda budget: (budget.company_id, budget.date_from, budget.date_to)
        ).items():
            amounts = dict(
                self.env["maintenance.cost.report"]._read_group(
                    budgets._get_year_domain(company, start, end) & Domain("category_id", "in", budgets.category_id.ids),
                    ["category_id"],
                    ["amount:sum"],
                )
            )
            spent |= {budget._origin.id: amounts.get(budget.category_id._origin, 0.0) for budget in budgets}
        return spent | (self - by_category)._get_spent_by_account()

    @api.model
    def _get_year_domain(self, company, start, end):
        return Domain("company_id", "=", company.id) & Domain("date", ">=", start) & Domain("date", "<=", end)

    def _get_spent_by_account(self):
        """``{budget id: amount}`` of cost centres, by their share of each work order, else of each asset; one query."""
        budgets = self._origin.filtered("analytic_account_id")
        if not budgets:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH budget AS (
                    SELECT id, company_id, analytic_account_id::text AS account, date_from, date_to
                      FROM maintenance_budget WHERE id IN %(ids)s
                ), request_share AS MATERIALIZED (%(requests)s), asset_share AS MATERIALIZED (%(assets)s)
                SELECT budget.id, SUM(ledger.amount * share.share)
                  FROM budget
                  JOIN request_share share ON share.account = budget.account
                  JOIN maintenance_cost_report ledger ON ledger.maintenance_request_id = share.id
                 WHERE ledger.company_id = budget.company_id AND ledger.date BETWEEN budget.date_from AND budget.date_to
                 GROUP BY budget.id
                 UNION ALL
                SELECT budget.id, SUM(ledger.amount * share.share)
                  FROM budget
                  JOIN asset_share share ON share.account = budget.account
                  JOIN maintenance_cost_report ledger
                       ON ledger.equipment_id = share.id AND ledger.maintenance_request_id IS NULL
                 WHERE ledger.company_id = budget.company_id AND ledger.date BETWEEN budget.date_from AND budget.date_to
                 GROUP BY budget.id
                """,
                ids=tuple(budgets.ids),
                requests=self._get_shares_sql("maintenance_request"),
                assets=self._get_shares_sql("maintenance_equipment"),
            )
        )
        spent = defaultdict(float)
        for budget_id, amount in rows:
            spent[budget_id] += float(amount)
        return spent

    @api.model
    def _get_shares_sql(self, table):
        """Share of each account of each record of ``table``; a key names one account of each plan, by commas."""
        return SQL(
            """
            SELECT record.id, account, SUM(part.share::numeric) / 100 AS share
              FROM %s record,
                   jsonb_each_text(record.analytic_distribution) AS part (accounts, share),
                   UNNEST(STRING_TO_ARRAY(part.accounts, ',')) AS account
             WHERE record.analytic_distribution IS NOT NULL AND account IN (SELECT account FROM budget)
             GROUP BY record.id, account
            """,
            SQL.identifier(table),
        )

    # -- Committed and requested --------------------------------------------------------------------------

    def _get_asked(self, states):
        """``{budget id: [(requisition line, amount)]}`` of the lines in ``states``."""
        lines = self.env["maintenance.requisition.line"].search(
            states & Domain("company_id", "in", self.company_id.ids) & self._get_subject_domain()
        )
        return self._share_out(
            lines,
            lambda line: line.date_required,
            lambda line: line.price_subtotal if line.state == "to_approve" else line._get_committed_amount(),
        )

    def _get_ordered_directly(self):
        """``{budget id: [(order line, amount)]}`` of what is ordered without a requisition, is no stock and has not come."""
        lines = self.env["purchase.order.line"].search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("state", "=", "purchase")
            & Domain("requisition_line_id", "=", False)
            & Domain("product_id.is_storable", "=", False)
            & (Domain("maintenance_request_id", "!=", False) | Domain("equipment_id", "!=", False))
            & self._get_subject_domain()
        )
        lines = lines.filtered(lambda line: float_compare(line._get_open_qty(), 0, precision_digits=6) > 0)
        return self._share_out(
            lines,
            lambda line: line.date_planned and line.company_id._get_plant_day(line.date_planned),
            lambda line: line.currency_id.round(line._get_open_qty() * line._get_company_price()),
        )

    def _get_subject_domain(self):
        """Lines about one of the categories, or charged to one of the cost centres."""
        return Domain("equipment_id.category_id", "in", self.category_id.ids) | Domain(
            "distribution_analytic_account_ids", "in", self.analytic_account_id.ids
        )

    def _share_out(self, lines, get_day, get_amount):
        """``{budget id: [(line, amount)]}``; each line counts in one year and in each budget it touches."""
        found = defaultdict(list)
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

    def action_view_committed(self):
        """Open the requisition lines that are approved or ordered and not spent."""
        return self._view_lines("maintenance.requisition.line", self.sudo()._get_asked(COMMITTED))

    def action_view_requested(self):
        """Open the requisition lines that wait for approval."""
        return self._view_lines("maintenance.requisition.line", self.sudo()._get_asked(Domain("state", "=", "to_approve")))

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
