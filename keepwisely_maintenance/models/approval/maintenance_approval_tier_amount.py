from math import floor, log10

from odoo import fields, models
from odoo.fields import Domain

#: Currencies in which the amounts that the module brings mean about what they mean in dollars and euros.
ALIKE = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD")

#: What the amounts are meant in.
MEANT_IN = ("USD", "EUR")


def round_to_step(amount):
    """The nearest of 1, 2, 5, 10, 20, 50 … by proportion."""
    power = 10.0 ** floor(log10(amount))
    return min((power * step for step in (1, 2, 5, 10)), key=lambda step: max(step / amount, amount / step))


class MaintenanceApprovalTierAmount(models.Model):
    """Amounts that the module brings are converted, or wait for an administrator; a waiting tier decides on everything."""

    _inherit = "maintenance.approval.tier"

    usual_amount = fields.Float(readonly=True, copy=False, help="In dollars or euros; none once somebody sets the amount.")
    is_amount_open = fields.Boolean(
        "Amount to be set", readonly=True, copy=False,
        help="The tier decides on everything until somebody sets its amount, because no exchange rate was known.",
    )  # fmt: skip

    def write(self, vals):
        if "min_amount" in vals and "is_amount_open" not in vals:
            vals = {**vals, "is_amount_open": False, "usual_amount": 0.0}
        result = super().write(vals)
        if "is_amount_open" in vals:
            self.company_id._maintenance_settle_tiers()
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        before = {company: company.currency_id for company in self} if "currency_id" in vals else {}
        result = super().write(vals)
        for company, currency in before.items():
            if company.currency_id != currency and not {company.currency_id.name, currency.name} <= {*ALIKE}:
                company._maintenance_renew_tiers()
        return result

    def _maintenance_renew_tiers(self):
        """In another currency amounts mean something else: those of the module are set anew, those of people wait for them."""
        # sudo: whoever changes the currency need have no right on tiers
        tiers = self.env["maintenance.approval.tier"].sudo().with_context(active_test=False)
        for tier in tiers.search([("company_id", "in", self.ids)]):
            tier.write(tier.company_id._maintenance_prepare_tier_amount(tier.usual_amount))
        self._maintenance_ask_for_tiers()

    def _maintenance_prepare_tier_amount(self, usual_amount):
        """Values of a tier that is meant to decide from ``usual_amount`` (in dollars or euros, 0: nobody knows)."""
        self.ensure_one()
        rate = usual_amount and self._maintenance_find_tier_rate()
        amount = 0.0
        if rate:
            amount = usual_amount if rate == 1.0 else round_to_step(usual_amount * rate)
        return {"min_amount": amount, "usual_amount": usual_amount, "is_amount_open": not rate}

    def _maintenance_find_tier_rate(self):
        """What about a dollar or a euro is in the company's currency, by a rate that any company has; 0.0 if none has."""
        self.ensure_one()
        currency = self.currency_id
        if currency.name in ALIKE:
            return 1.0
        # sudo: also currencies that are not in use, and rates that only other companies have
        meant = currency.sudo().with_context(active_test=False).search([("name", "in", MEANT_IN)], order="name DESC")
        rates = self.env["res.currency.rate"].sudo().search([("currency_id", "in", (currency | meant).ids)])
        for holder in self.sudo() | rates.company_id:
            own = rates.filtered_domain(Domain("company_id", "in", [False, holder.root_id.id])).currency_id | holder.currency_id
            for other in meant & own if currency in own else ():
                return other._get_conversion_rate(other, currency.sudo(), holder, holder._get_plant_day())
        return 0.0

    def _maintenance_ask_for_tiers(self):
        """A to-do for administrators for each company whose tiers have no amount yet."""
        self._maintenance_settle_tiers()
        self._maintenance_get_open_tiers().company_id._maintenance_add_tier_todo(
            lambda env, currency: env._(
                "No exchange rate for %s is known; each tier decides on everything until you do.", currency
            )
        )

    def _maintenance_ask_about_brought_tiers(self):
        """The same where amounts were brought before anybody looked at the currency; they stay as they are."""
        self.filtered(lambda company: company.currency_id.name not in ALIKE)._maintenance_add_tier_todo(
            lambda env, currency: env._(
                "Their amounts mean dollars or euros; say what they come to in %s.", currency
            )
        )

    def _maintenance_add_tier_todo(self, get_note):
        """:param get_note: says why, in the language of an environment, with the name of the currency."""
        for company in self:
            self.env["maintenance.first.step"]._maintenance_ask_administrators(
                f"ask_tiers_{company.id}",
                lambda env, company=company: (
                    env._("Set the amounts of the approval tiers of %s", company.name),
                    env._("Maintenance, Configuration, Approval Tiers.") + " " + get_note(env, company.currency_id.name),
                ),
            )

    def _maintenance_settle_tiers(self):
        for company in self - self._maintenance_get_open_tiers().company_id:
            self.env["maintenance.first.step"]._maintenance_settle(f"ask_tiers_{company.id}")

    def _maintenance_get_open_tiers(self):
        # sudo: tiers are counted for the system
        tiers = self.env["maintenance.approval.tier"].sudo()
        return tiers.search([("company_id", "in", self.ids), ("is_amount_open", "=", True)])
