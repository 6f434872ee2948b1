from odoo import api, fields, models
from odoo.tools import formatLang

from ...const import COSTS_GROUP


class MaintenanceRequisitionBudget(models.Model):
    """Says to those who decide when a requisition takes a budget over its amount."""

    _inherit = "maintenance.requisition"

    budget_message = fields.Text(
        "Budget", compute="_compute_budget_message", compute_sudo=True, groups=COSTS_GROUP,
        help="Budgets that this requisition breaks, or that are broken already; empty once it is decided on.",
    )  # fmt: skip
    is_over_budget = fields.Boolean(
        "Over budget", compute="_compute_is_over_budget", compute_sudo=True, groups=COSTS_GROUP
    )

    @api.depends(
        "state", "line_ids.price_subtotal", "line_ids.equipment_id", "line_ids.date_required", "line_ids.is_cancelled",
        "line_ids.purchase_line_ids.order_id.state",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_budget_message(self):
        asked = self.filtered(lambda requisition: requisition.state in ("draft", "to_approve"))
        (self - asked).budget_message = False
        warnings = asked._get_budget_warnings()
        for requisition in asked:
            # whose record it is in the form, before it is saved
            broken = warnings.get(requisition) or warnings.get(requisition._origin) or {}
            requisition.budget_message = "\n".join(broken.values()) or False

    def _get_budget_warnings(self):
        """The budgets that requisitions break: ``{requisition: {budget: sentence}}``."""
        lines = self.line_ids.filtered(lambda line: not line.is_cancelled)
        budgets = lines._get_budgets()
        touched = budgets._share_out(lines, lambda line: line.date_required, lambda line: line._get_requested_amount())
        amounts = {}
        for budget in budgets:
            for line, amount in touched[budget.id]:
                sums = amounts.setdefault(line.requisition_id, {})
                sums[budget] = sums.get(budget, 0.0) + amount
        return {
            requisition: {
                budget: warning for budget, amount in sums.items() if (warning := budget._get_warning(amount))
            }
            for requisition, sums in amounts.items()
        }

    @api.depends("budget_message")
    def _compute_is_over_budget(self):
        for requisition in self:
            requisition.is_over_budget = bool(requisition.budget_message)

    @api.readonly
    def action_view_budgets(self):
        """Open the budgets that the requisitions break."""
        self.check_access("read")
        # sudo: lines of others count as well; who may not read budgets is refused when they open
        warnings = self.sudo()._get_budget_warnings()
        broken = self.env["maintenance.budget"].browse({budget.id for found in warnings.values() for budget in found})
        return broken._get_records_action(name=self.env._("Budgets"))

    def _get_approval_note(self):
        """For the to-do and its e-mail, without amounts; who may see them finds them on the requisition."""
        self.ensure_one()
        # sudo: the system says so, whoever submitted
        return self.sudo().is_over_budget and self.env._("It takes a budget over its amount.")


class MaintenanceRequisitionLine(models.Model):
    _inherit = "maintenance.requisition.line"

    def _get_budgets(self):
        """The budgets that these lines may touch, of all years from the current one on."""
        shares = [subject for line in self for subject in line._get_budget_shares()]
        wanted = {
            model: {record_id for name, record_id in shares if name == model}
            for model in ("maintenance.equipment.category", "account.analytic.account")
        }
        if not shares:
            return self.env["maintenance.budget"]
        return self.env["maintenance.budget"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("date_to", ">=", min(company._get_plant_day() for company in self.company_id)),
                "|",
                ("category_id", "in", list(wanted["maintenance.equipment.category"])),
                ("analytic_account_id", "in", list(wanted["account.analytic.account"])),
            ]
        )


class MaintenanceBudget(models.Model):
    _inherit = "maintenance.budget"

    def _get_warning(self, amount):
        """A sentence when ``amount`` more than what is spent and committed is more than the budget; else empty."""
        self.ensure_one()
        over = amount - self.left_amount
        if self.currency_id.compare_amounts(over, 0.0) <= 0:
            return ""

        def money(value):
            return formatLang(self.env, value, currency_obj=self.currency_id)

        return self.env._(
            "Budget %(budget)s: this takes it %(over)s over its %(amount)s (%(spent)s spent, %(committed)s committed, %(asked)s "
            "asked for here).",
            budget=self.display_name,
            over=money(over),
            amount=money(self.amount),
            spent=money(self.actual_amount),
            committed=money(self.committed_amount),
            asked=money(amount),
        )
