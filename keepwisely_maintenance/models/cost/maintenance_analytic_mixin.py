from odoo import api, models


class MaintenanceAnalyticMixin(models.AbstractModel):
    """A step on the way of the analytic distribution: asset → work order → requisition → order.

    Every step has a default from the step before. What equals its default follows it when the
    default changes; what somebody set to something else stays. So a change flows on until it meets
    an override or an order that is placed: what is ordered keeps what it was ordered with.
    """

    # for models that have the distribution already, so this inherits nothing
    _name = "maintenance.analytic.mixin"
    _description = "Step of the Analytic Distribution of Maintenance"

    @api.model
    def _get_distribution_links(self):
        """The fields that say where the default comes from."""
        return set()

    def _get_default_distribution(self):
        """What the step before says, as that has it; the default is what of it the company may use."""
        self.ensure_one()
        return {}

    def _get_distribution_followers(self):
        """Recordsets of the next steps that may still follow these."""
        return []

    def _get_default_distributions(self):
        """The default of each record: accounts of other companies than its own are left out."""
        # sudo: who makes the document need not be able to read what its accounts follow from
        defaults = {record: record.sudo()._get_default_distribution() or {} for record in self}
        ids = {int(key) for default in defaults.values() for keys in default for key in keys.split(",") if key.isdigit()}
        accounts = self.env["account.analytic.account"].sudo().browse(ids).exists()
        companies = {account.id: account.company_id for account in accounts}
        result = {}
        for record, default in defaults.items():
            own = record.company_id.sudo()
            usable = {key for key, company in companies.items() if not company or not own or company in own.parent_ids}
            result[record] = {
                keys: share
                for keys, share in default.items()
                if all(key.isdigit() and int(key) in usable for key in keys.split(","))
            }
        return result

    def _get_following(self):
        """The records that have what their default says."""
        defaults = self._get_default_distributions()
        return self.filtered(lambda record: (record.analytic_distribution or {}) == defaults[record])

    def _take_default_distribution(self):
        for record, default in self._get_default_distributions().items():
            if (record.analytic_distribution or {}) != default:
                record.analytic_distribution = default or False

    def _compute_default_distribution(self):
        """For computes: new documents start with their default, and in the form follow what is chosen.

        Saved ones change in `write`, where it is known what they followed before.
        """
        defaults = self._get_default_distributions()
        in_form = self.filtered(lambda record: record._origin and record != record._origin)
        following = in_form._origin._get_following()
        for record in self:
            linked = any(record[name] for name in self._get_distribution_links())
            if linked and (not record._origin or (record in in_form and record._origin in following)):
                record.analytic_distribution = defaults[record] or False
            else:
                record.analytic_distribution = record.analytic_distribution

    def write(self, vals):
        distributes = "analytic_distribution" in vals
        moves = self._get_distribution_links() & vals.keys() and not distributes
        if not distributes and not moves:
            return super().write(vals)
        following = self._get_following() if moves else self.browse()
        # sudo: whoever changes a step changes those after it
        next_steps = self.sudo()._get_distribution_followers() if distributes else []
        followers = [records._get_following() for records in next_steps]
        result = super().write(vals)
        # sudo: so what follows may be changed by whoever changes what it follows
        following.sudo()._take_default_distribution()
        for records in followers:
            records._take_default_distribution()
        return result
