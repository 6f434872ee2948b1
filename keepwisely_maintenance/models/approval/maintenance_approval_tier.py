from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class MaintenanceApprovalTier(models.Model):
    """Who must approve a requisition from which amount on.

    Every tier that the amount reaches must approve, in the order of ``sequence``.
    """

    _name = "maintenance.approval.tier"
    _description = "Spend Approval Tier"
    # what somebody may not write, they may not have written for them by a field of another record
    _allow_sudo_commands = False
    _order = "company_id, sequence, min_amount, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10, help="Lower tiers decide first.")
    min_amount = fields.Monetary(
        "From amount", required=True, help="The tier decides on jobs that reach this amount, taxes excluded."
    )
    group_id = fields.Many2one("res.groups", help="Every member may decide; one decision is enough.")
    user_ids = fields.Many2many("res.users", string="Users", help="Persons who may decide besides the group.")
    delegate_ids = fields.Many2many(
        "res.users", string="Delegates today", compute="_compute_delegate_ids", search="_search_delegate_ids",
        compute_sudo=True, help="Who may decide now for somebody who serves the tier.",
    )  # fmt: skip
    description = fields.Char(compute="_compute_description")

    _min_amount_not_negative = models.Constraint(
        "CHECK(min_amount >= 0)", "The amount of a tier cannot be negative."
    )

    @api.depends("name", "min_amount")
    def _compute_description(self):
        for tier in self:
            tier.description = self.env._(
                "%(tier)s, from %(amount)s",
                tier=tier.name,
                amount=tier.currency_id.format(tier.min_amount) if tier.currency_id else tier.min_amount,
            )

    def _compute_delegate_ids(self):
        delegations = self._get_delegations()
        for tier in self:
            tier.delegate_ids = delegations[tier].delegate_id

    def _search_delegate_ids(self, operator, value):
        """Evaluated whenever a record rule asks, so that rules know delegations by the day."""
        if operator != "in":
            return NotImplemented
        # sudo: rules ask before anything else may be read
        delegations = self.env["maintenance.approval.delegation"].sudo()
        running = delegations._get_running(Domain("delegate_id", "in", list(value)))
        return Domain("id", "in", running._get_tiers().ids)

    @api.constrains("group_id", "user_ids")
    def _check_has_approvers(self):
        for tier in self:
            if not tier.group_id and not tier.user_ids:
                raise ValidationError(
                    self.env._("Give the tier %s a group or users who decide.", tier.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._let_approvers_see_costs()
        return tiers

    def write(self, vals):
        result = super().write(vals)
        if {"group_id", "user_ids"} & vals.keys():
            self._let_approvers_see_costs()
            self._ask_new_approvers()
        return result

    # also with the context key of an uninstallation, which anybody may send
    @api.ondelete(at_uninstall=True)
    def _unlink_only_unused(self):
        used = self.env["maintenance.requisition"].sudo().search_count(
            [("tier_ids", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(self.env._("A tier that has decided cannot be deleted; archive it instead."))

    def _let_approvers_see_costs(self):
        """Whoever decides on an amount must see it."""
        costs = self.env.ref("keepwisely_maintenance.group_maintenance_costs")
        # sudo: setting up a tier is the administrator's; the group it implies only shows amounts
        for group in self.group_id.sudo():
            if costs not in group.all_implied_ids:
                group.implied_ids = [fields.Command.link(costs.id)]
        users = self.user_ids.sudo().filtered(lambda user: costs not in user.all_group_ids)
        users.write({"group_ids": [fields.Command.link(costs.id)]})

    def _ask_new_approvers(self):
        """What waits for the tier waits for those who joined it, and no longer for those who left."""
        # sudo: the system asks
        waiting = self.env["maintenance.requisition"].sudo().search(
            [("state", "=", "to_approve"), ("current_tier_id", "in", self.ids)]
        )
        waiting._refresh_approvers()

    @api.model
    def _get_reached(self, company, amount):
        """The tiers of ``company`` that must approve ``amount`` (company currency), in order."""
        # sudo: everybody who submits needs the tiers, also without rights on them
        return self.sudo().search_fetch(
            Domain("company_id", "=", company.id) & Domain("min_amount", "<=", amount),
            ["active", "company_id", "group_id", "name", "sequence", "min_amount"],
        )

    # -- People -----------------------------------------------------------------------------------

    def _get_own_approvers(self):
        """Active internal users of the company who may decide in their own right."""
        self.ensure_one()
        # active_test: whether somebody is archived is asked below, not left to the context
        tier = self.with_context(active_test=False)
        named = SQL(
            "(SELECT res_users_id FROM maintenance_approval_tier_res_users_rel WHERE maintenance_approval_tier_id = %s)", tier.id
        )
        serving = Domain("id", "in", named) | Domain("all_group_ids", "in", tier.group_id.ids)
        there = Domain("active", "=", True) & Domain("share", "=", False) & Domain("company_ids", "in", tier.company_id.ids)
        # sudo: who serves a tier is the same whoever asks; one query, where the fields of each of them would take four
        return tier.env["res.users"].sudo().search(serving & there, order="id").with_env(tier.env)

    def _may_serve(self, user):
        return user.active and not user.share and self.company_id in user.company_ids

    def _get_delegations(self):
        """Delegations that hold at this moment, by tier."""
        running = self.env["maintenance.approval.delegation"].sudo()._get_running()
        return {tier: running.filtered(lambda delegation, tier=tier: delegation._covers(tier)) for tier in self}

    def _get_deciders(self, excluded, delegations=None):
        """Who may decide, and for whom.

        Whoever serves the tier decides in their own name. A delegate decides for those who serve
        the tier and are not excluded, so nobody decides on their own needs through a delegate.

        :param excluded: users who may not decide, by themselves or through a delegate.
        :param delegations: those of the tier, when the caller has them already.
        :returns: dict of users; the value is whom they decide for, empty in their own right.
        """
        self.ensure_one()
        own = self._get_own_approvers() - excluded
        deciders = dict.fromkeys(own, self.env["res.users"])
        for delegation in self._get_delegations()[self] if delegations is None else delegations:
            if delegation.user_id in own and delegation.delegate_id not in excluded:
                deciders.setdefault(delegation.delegate_id, delegation.user_id)
        return deciders

    def _get_approvers(self, excluded=None):
        """Users who may decide now, delegates among them, but for those ``excluded``."""
        users = self.env["res.users"]
        return users.union(*self._get_deciders(users if excluded is None else excluded))

    @api.model
    def _served_domain(self, prefix="", user=None):
        """Domain of tiers that a user serves in their own right; mirrored by the record rules."""
        user = user or self.env.user
        return Domain(f"{prefix}user_ids", "in", user.ids) | Domain(
            f"{prefix}group_id", "in", user.all_group_ids.ids
        )
