from markupsafe import escape

from odoo import models
from odoo.fields import Domain

from ...context import is_by_system
from ...words import in_language_of


class MaintenanceRequisitionDeciders(models.Model):
    """Who can decide on a requisition at this moment, and their to-dos."""

    _inherit = "maintenance.requisition"

    def _get_deciders(self, known=None):
        """Who can decide now, by requisition: a dict of users, with whom they decide for as value.

        A bounded number of queries, however many requisitions.

        :param dict known: what `_check_approvers` found out a moment ago.
        """
        # sudo: who serves a tier is asked for everybody
        requisitions = self.sudo()
        delegations = requisitions.current_tier_id._get_delegations()
        known = {} if known is None else known
        deciders = {}
        for requisition in requisitions:
            tier, excluded = requisition.current_tier_id, requisition._get_excluded_approvers()
            if tier and (tier, excluded) not in known:
                known[tier, excluded] = tier._get_deciders(excluded, delegations[tier])
            deciders[requisition] = known.get((tier, excluded), {})
        return deciders

    def _get_decider_domain(self):
        """Domain of requisitions on which the current user could decide, by their people."""
        user = self.env.user
        tiers = self.env["maintenance.approval.tier"].sudo().with_context(active_test=False)
        may_decide = Domain("current_tier_id", "in", tiers.search(tiers._served_domain(user=user)).ids)
        delegations = self.env["maintenance.approval.delegation"]
        for delegation in delegations._get_running(Domain("delegate_id", "=", user.id)):
            served = Domain("current_tier_id", "in", delegation._get_tiers().ids)
            may_decide |= served & self._get_foreign_domain(delegation.user_id)
        return self._get_foreign_domain(user) & may_decide

    # -- To-dos -----------------------------------------------------------------------------------

    def _get_todos(self, *xmlids):
        """Open to-dos of some types of this module on the requisitions."""
        types = [self.env["mail.activity"]._maintenance_get_type(f"keepwisely_maintenance.{xmlid}").id for xmlid in xmlids]
        # sudo: of everybody
        return self.env["mail.activity"].sudo().search_fetch(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "in", types),
            ],
            ["active", "activity_type_id", "date_deadline", "date_done", "res_id", "user_id"],
        )

    def _plan_approvals(self, users=None, deciders=None, todos=None):
        """Give a to-do to everybody who can decide and has none.

        :param users: only to these of them.
        :param deciders: as of `_get_deciders`, when the caller has them.
        :param todos: the to-dos to approve that there are, when the caller has them.
        """
        todos = self._get_todos("mail_activity_approve") if todos is None else todos
        deciders = self._get_deciders() if deciders is None else deciders
        asked = {(todo.res_id, todo.user_id) for todo in todos}
        self._plan_todos(
            "mail_activity_approve",
            [
                (requisition, user)
                for requisition, users_of_tier in deciders.items()
                for user in users_of_tier
                if (requisition.id, user) not in asked and (users is None or user in users)
            ],
            lambda requisition: (requisition.env._("Approve %s", requisition.name), requisition._get_approval_note()),
        )

    def _plan_todos(self, xmlid, pairs, get_words):
        """Create to-dos from pairs of requisition and user; people get the native e-mail after the click.

        :param get_words: summary and note, given the requisition in the language of the user.
        """
        words, todos = {}, []
        for requisition, user in pairs:
            read = in_language_of(requisition, user)
            if (read, read.env.lang) not in words:
                words[read, read.env.lang] = get_words(read)
            summary, note = words[read, read.env.lang]
            todos.append((requisition, {"user_id": user.id, "summary": summary, "note": note and escape(note)}))
        # sudo: the system asks, whoever submitted
        self.env["mail.activity"].sudo()._maintenance_create_told_later(f"keepwisely_maintenance.{xmlid}", todos)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Who gets to-dos follows already, all of them by one go of `_maintenance_create_told_later`."""
        if is_by_system(self.env, "maintenance_subscribed"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _refresh_approvers(self, users=None):
        """Let the to-dos of what waits follow a change of people.

        Who cannot decide any more loses the to-do, who can gets one, and where nobody is left
        the administrators are told.

        :param users: only these came or went.
        """
        deciders = self._get_deciders()
        todos = self._get_todos("mail_activity_approve")
        over = todos.filtered(
            lambda todo: (users is None or todo.user_id in users)
            and todo.user_id not in deciders[self.browse(todo.res_id)]
        )
        self._plan_approvals(users, deciders, todos - over)
        over.unlink()
        self._report_unserved(deciders)

    def _report_unserved(self, deciders):
        """Tell the administrators what waits for a tier that nobody serves, until somebody does.

        :param dict deciders: as of `_get_deciders`.
        """
        told = self._get_todos("mail_activity_no_approver")
        served = told.filtered(lambda todo: deciders[self.browse(todo.res_id)])
        self.browse(set(served.mapped("res_id")))._plan_approvals()
        served.unlink()
        missing = self.filtered(lambda requisition: not deciders[requisition]) - self.browse(
            (told - served).mapped("res_id")
        )
        pairs = [(requisition, user) for requisition in missing for user in requisition._get_administrators()]
        self._plan_todos("mail_activity_no_approver", pairs, lambda requisition: requisition._word_unserved())

    def _word_unserved(self):
        tier = self.current_tier_id.name
        note = self.env._(
            "%(requisition)s waits for %(tier)s, which nobody who may decide on it serves any more: add an approver to the "
            "tier.",
            requisition=self.name,
            tier=tier,
        )
        return self.env._("Nobody can approve for %s", tier), note

    def _get_administrators(self):
        """Who can repair a tier of the company, else who leads its purchasing."""
        return self._get_members("base.group_system") or self._get_members("purchase.group_purchase_manager")

    def _get_members(self, group):
        self.ensure_one()
        return self.env.ref(group).all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
