from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list

from ..requisition.maintenance_requisition_line import AUTHOR_FIELDS


class MaintenanceRequisitionAuthor(models.Model):
    """Whose money a requisition asks for: who asked, who let it be ordered, and whose values are on it."""

    _inherit = "maintenance.requisition"

    author_ids = fields.Many2many(
        "res.users", string="Asked for and written by", compute="_compute_author_ids", search="_search_author_ids",
        compute_sudo=True, help="They do not decide on it, unless the company allows that.",
    )  # fmt: skip

    decision_hint = fields.Char("Who decides", compute="_compute_decision_hint", compute_sudo=True)

    @api.depends(
        "requester_id",
        "emergency_user_id",
        "approved_revision",
        "date_emergency",
        "line_ids.is_cancelled",
        "line_ids.item_author_id",
        "line_ids.quantity_author_id",
        "line_ids.raised_by_ids",
        "line_ids.vendor_author_id",
        "line_ids.price_author_id",
        "line_ids.new_price_author_id",
        "line_ids.purchase_line_ids.maintenance_author_ids",
    )
    def _compute_author_ids(self):
        for requisition in self:
            authors = requisition.requester_id | requisition.emergency_user_id
            for line in requisition.line_ids:  # one by one, so that all are read together
                if not line.is_cancelled:
                    authors |= line._get_authors(ordered=requisition.approved_revision or requisition.date_emergency)
            requisition.author_ids = authors

    @api.depends_context("uid", "lang")
    @api.depends("state", "current_tier_id", "author_ids", "company_id.maintenance_allow_own_decisions")
    def _compute_decision_hint(self):
        """For those who serve the tier and do not decide on this one."""
        self.decision_hint = False
        waiting = self.filtered(lambda requisition: requisition.state == "to_approve")
        for requisition, deciders in waiting._get_deciders().items():
            if self.env.user in requisition.current_tier_id._get_approvers():
                requisition.decision_hint = requisition._explain_own(deciders)

    def _search_author_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        users = list(value)
        own = Domain.OR(Domain(name, "in", users) for name in sorted(AUTHOR_FIELDS))
        live = Domain("is_cancelled", "=", False)
        changed = live & Domain("purchase_line_ids", "any!", Domain("maintenance_author_ids", "in", users))
        ordered = Domain("approved_revision", ">", 0) | Domain("date_emergency", "!=", False)
        return (
            Domain("requester_id", "in", users)
            | Domain("emergency_user_id", "in", users)
            | Domain("line_ids", "any!", live & own)
            | (ordered & Domain("line_ids", "any!", changed))
        )

    def _describe_own(self, user):
        """What makes ``user`` an author, as a phrase; False when nothing does."""
        self.ensure_one()
        if self.requester_id == user:
            return self.env._("You asked for %s yourself", self.name)
        if self.emergency_user_id == user:
            return self.env._("You let %s be ordered yourself", self.name)
        return self.line_ids._describe_own(user)

    def _explain_own(self, deciders):
        """Why the current user, who serves the tier, does not decide, and who does; False when nothing bars them.

        :param deciders: who can decide now.
        """
        self.ensure_one()
        user, tier = self.env.user, self.current_tier_id
        own = user in self._get_excluded_approvers() and self._describe_own(user)
        if not own and user in tier._get_approvers() and user not in deciders:
            own = self.env._(
                "You decide for %(tier)s as a delegate of who asked for %(requisition)s or wrote on it",
                tier=tier.name,
                requisition=self.name,
            )
        if not own:
            return False
        people = format_list(self.env, sorted(decider.name for decider in deciders))
        if people:
            return self.env._("%(own)s. Who can decide: %(people)s.", own=own, people=people)
        return self.env._(
            "%(own)s. Nobody else can decide for %(tier)s; ask your administrator to add an approver.",
            own=own,
            tier=tier.name,
        )

    @api.model
    def _get_foreign_domain(self, user, prefix=""):
        """Requisitions that ``user`` may decide on as far as authors go; mirrored by the record rule."""
        allowed = Domain(f"{prefix}company_id.maintenance_allow_own_decisions", "=", True)
        return allowed | Domain(f"{prefix}author_ids", "not in", user.ids)

    def _follow_authors(self):
        """Somebody wrote on what waits: they are not asked any more.

        :raises UserError: nobody is left who could decide.
        """
        # sudo: to-dos are of everybody
        waiting = self.sudo().filtered(lambda requisition: requisition.state == "to_approve")
        for requisition in waiting:
            decided = requisition._get_current_decisions().tier_id
            requisition._check_approvers(requisition.with_context(active_test=False).tier_ids - decided)
        waiting._refresh_approvers()


class MaintenanceRequisitionLineAuthor(models.Model):
    _inherit = "maintenance.requisition.line"

    def _get_authors(self, ordered):
        """:param ordered: whether it may be on an order, which somebody may have changed."""
        self.ensure_one()
        line = self.with_context(active_test=False)
        authors = self.env["res.users"].union(*(line[name] for name in AUTHOR_FIELDS))
        return authors | self.purchase_line_ids.maintenance_author_ids if ordered else authors

    def _describe_own(self, user):
        """What on these lines, or on their orders, is of ``user``: a phrase, or False."""
        for line in self.filtered(lambda line: not line.is_cancelled):
            names = {"item": line.name, "requisition": line.requisition_id.name}
            if line.new_price_author_id == user and not line.new_price_unit:
                return self.env._("You asked for the change of “%(item)s” on %(requisition)s yourself", **names)
            if line.new_price_author_id == user:
                return self.env._("You asked for the new price of “%(item)s” on %(requisition)s yourself", **names)
            if user in line.purchase_line_ids.maintenance_author_ids:
                return self.env._("You changed the order for “%(item)s” on %(requisition)s yourself", **names)
            if line.item_author_id == user:
                return self.env._("You wrote “%(item)s” on %(requisition)s yourself", **names)
            if line.price_author_id == user:
                return self.env._("You set the price of “%(item)s” on %(requisition)s yourself", **names)
            if line.vendor_author_id == user:
                return self.env._("You chose the vendor of “%(item)s” on %(requisition)s yourself", **names)
            if user in line.quantity_author_id | line.raised_by_ids:
                return self.env._("You set the quantity of “%(item)s” on %(requisition)s yourself", **names)
        return False
