from odoo import fields, models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    maintenance_labor_id = fields.Many2one(
        "maintenance.labor", "Labour", readonly=True, index="btree_not_null", ondelete="cascade",
        help="The hours of a work order that this is the cost of.",
    )  # fmt: skip

    def _get_distribution_of_amounts(self):
        """The distribution by which these lines share their amount; empty without any."""
        total = sum(self.mapped("amount"))
        distribution = {}
        for line in self if total else ():
            key = line._get_distribution_key()
            distribution[key] = distribution.get(key, 0.0) + line.amount / total * 100
        return distribution

    def _maintenance_is_charged_by(self, distribution):
        """Whether these lines share their amount as ``distribution`` says; what was never charged by an empty one."""
        charged = self._get_distribution_of_amounts() or dict.fromkeys((line._get_distribution_key() for line in self), None)

        def by_accounts(shares):
            return {frozenset(keys.split(",")): share for keys, share in shares.items()}

        said, found = by_accounts(distribution), by_accounts(charged)
        # amounts are rounded, so are their shares
        return said.keys() == found.keys() and all(
            share is None or abs(share - said[keys]) < 1 for keys, share in found.items()
        )
