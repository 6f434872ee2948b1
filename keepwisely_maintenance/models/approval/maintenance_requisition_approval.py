from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...words import in_language_of

#: To-dos that go with waiting for a decision.
APPROVAL_TODOS = ["mail_activity_approve", "mail_activity_no_approver"]
PRICE_TODO = "keepwisely_maintenance.mail_activity_price"
NO_EMERGENCY = {"date_emergency": False, "emergency_user_id": False, "emergency_reason": False}


class MaintenanceRequisitionApproval(models.Model):
    """Submitting, deciding and what people are told about it."""

    _inherit = "maintenance.requisition"

    # -- Asking and deciding ----------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval.

        A requisition with a line that has no price cannot be measured against the tiers: it
        stays a draft, and a buyer is asked to price it.

        :raises UserError: there is nothing on it, or a tier that must decide has nobody who can.
        """
        self._require_own_or_buyer()
        for requisition in self:
            if requisition.state != "draft":
                raise UserError(
                    self.env._(
                        "%(requisition)s is in state “%(state)s” already.",
                        requisition=requisition.name,
                        state=requisition._get_state_label(),
                    )
                )
            # sudo: whoever may submit may know whether there is something on it
            if not requisition.sudo().line_ids.filtered(lambda line: not line.is_cancelled):
                raise UserError(self.env._("Add what is needed to %s before submitting it.", requisition.name))
        # sudo: prices and tiers are read and set whoever submits
        return self.sudo()._submit()

    def _submit(self):
        """Submit the requisitions that are priced; ask the buyers to price the others."""
        unpriced = self.filtered(lambda requisition: requisition._get_unpriced_lines())
        unpriced.filtered("date_submitted").write({"date_submitted": False})
        unpriced._ask_for_prices()
        priced = self - unpriced
        first = priced.filtered(lambda requisition: not requisition.revision)
        for name in ("decision_ids", "tier_ids"):
            # what was never submitted has none
            self._fields[name]._insert_cache(first, [()] * len(first))
        counted = priced.line_ids._get_kind_amounts()
        jobs = priced._get_job_amounts(counted)
        tiers = self.env["maintenance.approval.tier"]
        now = fields.Datetime.now()
        reached, known = {}, {}
        for requisition in priced:
            key = (requisition.company_id, jobs[requisition])
            if key not in reached:
                reached[key] = tiers._get_reached(*key)
            requisition._check_approvers(reached[key], known)
            requisition.write(
                {
                    "date_submitted": now,
                    "date_cancelled": False,
                    "revision": requisition.revision + 1,
                    "job_amount": jobs[requisition],
                    "tier_ids": [fields.Command.set(reached[key].ids)] if reached[key] or requisition.tier_ids else [],
                }
            )
        todos = priced._get_todos("mail_activity_price", "mail_activity_approve")
        priceless = todos.filtered(lambda todo: todo.activity_type_id == todo._maintenance_get_type(PRICE_TODO))
        todos -= priceless
        priceless.unlink()
        priced.line_ids._note_counted(counted)
        # a new price is approved or refused later; until then the earlier approval stands
        priced.filtered(lambda requisition: not requisition.approved_revision).line_ids._fix_limit()
        self.env["maintenance.approval.decision"]._record_below_tiers(
            priced.filtered(lambda requisition: not requisition.tier_ids)
        )
        priced._settle_approval()
        priced._notify_tier(todos, known)
        priced._log_duplicates()
        return True

    def action_approve(self, comment=None):
        """Approve for the tier the requisitions wait for, as the current user.

        :returns: an action that says what was approved, and offers to take it back.
        """
        self._decide("approved", comment)
        return self._offer_to_take_back()

    def action_reject(self, comment=None):
        """Reject for the tier the requisitions wait for, as the current user."""
        self._decide("rejected", comment)
        return True

    def _decide(self, decision, comment):
        self.env["maintenance.approval.decision"].create(
            [
                {"requisition_id": requisition.id, "decision": decision, "comment": comment}
                for requisition in self
            ]
        )

    def action_cancel(self):
        """Withdraw what was asked for.

        :raises UserError: it is on a purchase order already.
        """
        self._require_own_or_buyer()
        for requisition in self:
            orders = requisition.sudo().line_ids._get_live_purchase_lines().order_id
            if orders:
                raise UserError(
                    self.env._(
                        "%(requisition)s is on %(order)s; cancel that order first.",
                        requisition=requisition.name,
                        order=orders[0].name,
                    )
                )
        requisitions = self.sudo()
        requisitions.write({"date_cancelled": fields.Datetime.now()})
        requisitions._clear_activities()
        requisitions.line_ids.join_ids._end()
        requisitions.line_ids.maintenance_request_id._on_parts_changed()
        return True

    def action_draft(self):
        """Take back to draft, to change it; decisions made so far no longer count.

        What was refused or cancelled asks for what is needed now.

        :raises UserError: it is on a purchase order already, or its work order is over.
        """
        self._require_own_or_buyer()
        # sudo: work orders that one cannot see count as well
        lines = self.sudo().line_ids.filtered(lambda line: not line.is_cancelled)
        lines._check_work_goes_on()
        refused = lines.filtered(lambda line: not line.is_open)
        needed = refused._get_needed_by_stock()
        self._send_back()
        refused._measure_anew(needed)
        return True

    def _send_back(self):
        # sudo: the submission is taken back by the system; callers checked who asks
        requisitions = self.sudo()
        live = requisitions.line_ids._get_live_purchase_lines()
        if live:
            raise UserError(
                self.env._(
                    "%(requisition)s is on %(order)s already; change the order instead.",
                    requisition=live[0].requisition_line_id.requisition_id.name,
                    order=live[0].order_id.name,
                )
            )
        requisitions.write({"date_submitted": False, "date_cancelled": False, "approved_revision": 0, **NO_EMERGENCY})
        requisitions.line_ids._get_changing()._drop_change()
        requisitions._clear_activities()

    @api.readonly
    def action_view_purchase_orders(self):
        return self.purchase_order_ids._get_records_action(name=self.env._("Purchase orders"))

    @api.readonly
    def action_view_work_orders(self):
        return self.maintenance_request_ids._get_records_action(name=self.env._("Work orders"))

    def _require_own_or_buyer(self):
        """:raises UserError: the user neither asked for it nor buys or plans in its company."""
        if self.env.su:
            return
        if not self._user_is_buyer_or_planner():
            for requisition in self:
                if requisition.requester_id != self.env.user:
                    raise UserError(
                        self.env._("%s belongs to its requester and to the buyers.", requisition.name)
                    )
        self.check_access("write")

    # -- Approval helpers -----------------------------------------------------------------------------

    def _lock_for_decision(self):
        """Take the requisitions for this transaction, so that two deciders come one after the other."""
        if self.ids:
            self.env.cr.execute(
                SQL("SELECT id FROM maintenance_requisition WHERE id IN %s ORDER BY id FOR UPDATE", self._ids)
            )

    def _get_unpriced_lines(self):
        return self.line_ids.filtered(
            lambda line: not line.is_cancelled and line.currency_id.compare_amounts(line.price_unit, 0) <= 0
        )

    def _check_approvers(self, tiers, known=None):
        """:param dict known: takes what was found out, for `_get_deciders`.
        :raises UserError: nobody could decide for one of ``tiers``.
        """
        self.ensure_one()
        known = {} if known is None else known
        excluded = self._get_excluded_approvers()
        delegations = tiers._get_delegations()
        for tier in tiers:
            if (tier, excluded) not in known:
                known[tier, excluded] = tier._get_deciders(excluded, delegations[tier])
            if known[tier, excluded]:
                continue
            own = tier._get_approvers()
            raise UserError(
                self.env._(
                    "Nobody can approve for the tier %(tier)s. Who asked for %(requisition)s or wrote on it: %(people)s. "
                    "Nobody decides on their own; ask your administrator to add an approver.",
                    tier=tier.name,
                    people=format_list(self.env, own.sorted("name").mapped("name")),
                    requisition=self.name,
                )
                if own
                else self.env._(
                    "Nobody can approve for the tier %s; ask your administrator to add an approver.", tier.name
                )
            )

    def _get_excluded_approvers(self):
        """Who asked for it, wrote on it, or let it be ordered beforehand, does not decide on it."""
        self.ensure_one()
        allowed = self.company_id.maintenance_allow_own_decisions
        # also those who are archived, or each of them is looked at to leave these out
        return self.env["res.users"] if allowed else self.with_context(active_test=False).author_ids

    def _notify_tier(self, todos=None, known=None):
        """Ask those who can decide now; the first decision takes the question from the others.

        Who has been asked already is not asked again.

        :param todos: the to-dos to approve that there are, when the caller has them.
        :param dict known: as of `_get_deciders`.
        """
        if not self:
            return
        waiting = self.filtered(lambda requisition: requisition.state == "to_approve")
        waiting.write({"date_waiting": fields.Datetime.now(), "date_reminded": False, "date_escalated": False})
        deciders = waiting._get_deciders(known)
        todos = self._get_todos("mail_activity_approve") if todos is None else todos
        over = todos.filtered(lambda todo: todo.user_id not in deciders.get(self.browse(todo.res_id), ()))
        waiting._plan_approvals(deciders=deciders, todos=todos - over)
        over.unlink()

    def _forget_questions(self):
        """The first decision takes the question from everybody."""
        self._get_todos(*APPROVAL_TODOS)._maintenance_answer()

    def _follow_decisions(self, decisions):
        """Tell the next tier, or those who asked, what was decided."""
        # sudo: deciding gives no right to write on the requisition
        requisitions, decisions = self.sudo(), decisions.sudo()
        requisitions._settle_approval()
        requisitions._note_decisions(decisions)
        rejected = requisitions.filtered(lambda requisition: requisition.state == "rejected")
        rejected._tell_work_orders_rejected()
        decisions.refused_line_ids._tell_work_orders_refused()
        rejected.line_ids.join_ids._end()
        requisitions._report_refused_emergency()
        requisitions.filtered(lambda requisition: requisition.state == "to_approve")._notify_tier()

    def _note_decisions(self, decisions):
        """Write each decision below its requisition; who asked is told of a refusal."""
        approved = decisions.filtered(lambda decision: decision.decision != "rejected" and not decision.refused_line_ids)
        # whoever decides, decides on all of them
        approved.requisition_id._message_log_batch(
            {decision.requisition_id.id: decision._describe() for decision in approved},
            author_id=approved.user_id.partner_id.id,
        )
        for decision in decisions - approved:
            requisition = decision.requisition_id
            requisition._maintenance_tell_users(
                requisition.requester_id,
                lambda requisition, decision=decision: decision.with_env(requisition.env)._describe(),
                author_id=decision.user_id.partner_id.id,
            )

    def _tell_work_orders_rejected(self):
        for requisition in self:
            reason = requisition.decision_ids.filtered(lambda decision: decision.decision == "rejected")[:1].comment
            for request in requisition.line_ids.maintenance_request_id:
                request = request._in_technician_language()
                request._tell_technician(
                    request.env._(
                        "%(requisition)s was refused: %(reason)s. Change the parts and ask again, or talk to "
                        "the planner.",
                        requisition=requisition.name,
                        reason=reason or request.env._("no reason was given"),
                    )
                )

    def _ask_for_prices(self):
        """Leave unpriced requisitions as drafts and ask a buyer for the prices, once."""
        for requisition in self:
            buyer = requisition._get_buyer()
            if not buyer or requisition.activity_search(
                ["keepwisely_maintenance.mail_activity_price"], user_id=buyer.id
            ):
                continue
            products = format_list(in_language_of(requisition, buyer).env, requisition._get_unpriced_lines().mapped("name"))
            requisition = in_language_of(requisition, buyer)
            requisition.activity_schedule(
                "keepwisely_maintenance.mail_activity_price",
                date_deadline=requisition.company_id._get_plant_day(),
                user_id=buyer.id,
                note=escape(
                    requisition.env._("Choose a vendor and a price for %s, then submit the requisition.", products)
                ),
            )

    def _get_buyer(self):
        """The buyer who looks after the requisition: of the vendor, else of the company, else any."""
        self.ensure_one()
        company = self.company_id
        named = self.line_ids.partner_id.buyer_id[:1] or company.requisition_buyer_id
        return named or self.env.ref("purchase.group_purchase_user").all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        ).sorted("id")[:1]

    def _clear_activities(self):
        self._get_todos(*APPROVAL_TODOS, "mail_activity_price").unlink()


class MaintenanceApprovalDecision(models.Model):
    _inherit = "maintenance.approval.decision"

    def _describe(self):
        """The decision as a note says it."""
        self.ensure_one()
        names = {"tier": self.tier_id.name, "person": self.on_behalf_of_id.name}
        if self.decision == "taken_back":
            body = self.env._("Took the approval for %s back.", names["tier"])
        elif self.decision == "approved":
            body = (
                self.env._("Approved for %(tier)s in place of %(person)s.", **names)
                if self.on_behalf_of_id
                else self.env._("Approved for %s.", names["tier"])
            )
        else:
            body = (
                self.env._("Rejected for %(tier)s in place of %(person)s.", **names)
                if self.on_behalf_of_id
                else self.env._("Rejected for %s.", names["tier"])
            )
        if self.refused_line_ids:
            body += " " + self.env._("Refused: %s.", self.refused_line_ids._describe_items())
        return escape(body) + escape(f" {self.comment}" if self.comment else "")
