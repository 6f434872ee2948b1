"""What must stay as it is, whatever attackers try."""

#: Parts of a snapshot that are rows with an id; the last column is the company.
ROWS = ("decisions", "requisitions", "lines", "orders")

#: Roles that have no rights on what is bought here, so that nothing at all may change.
POWERLESS = ("public", "portal", "requester", "other company's approver")


class Harm:
    """What approvals are made of, and what happened to it; mixed into the cases of attackers."""

    def _query(self, query, *params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    def _snapshot(self):
        """What approvals are made of, straight from the database."""
        self.env.flush_all()
        return {
            "decisions": self._query(
                "SELECT id, requisition_id, revision, tier_id, user_id, on_behalf_of_id, decision, amount, comment, company_id "
                "FROM maintenance_approval_decision ORDER BY id"
            ),
            "requisitions": self._query(
                "SELECT id, state, requester_id, amount_total, revision, approved_revision, current_tier_id, company_id "
                "FROM maintenance_requisition ORDER BY id"
            ),
            "lines": self._query(
                "SELECT id, requisition_id, product_id, product_qty, price_unit, new_price_unit, price_subtotal, "
                "amount_limit, partner_id, is_cancelled, company_id FROM maintenance_requisition_line ORDER BY id"
            ),
            "orders": self._query(
                "SELECT l.id, o.state, o.currency_id, l.requisition_line_id, l.price_unit, l.product_qty, l.discount, "
                "o.company_id "
                "FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id ORDER BY l.id"
            ),
            "history": self._query(
                "SELECT md5(string_agg(log::text, '|' ORDER BY id)) FROM maintenance_requisition_log log WHERE id <= %s",
                self.last_log,
            ),
            **self._snapshot_of_rights(),
        }

    def _snapshot_of_rights(self):
        tables = {
            "tiers": "SELECT t.id, min_amount, active, group_id, company_id, sequence, "
            "(SELECT array_agg(res_users_id ORDER BY 1) FROM maintenance_approval_tier_res_users_rel "
            "WHERE maintenance_approval_tier_id = t.id) FROM maintenance_approval_tier t ORDER BY t.id",
            "delegations": "SELECT id, user_id, delegate_id, date_from, date_to, active FROM maintenance_approval_delegation "
            "ORDER BY id",
            "groups": "SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM res_groups_users_rel r",
            "implied": "SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM res_groups_implied_rel r",
            "rules": "SELECT md5(string_agg(active::text || domain_force, '|' ORDER BY id)) FROM ir_rule",
            "access": "SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM ir_model_access a",
            "company": "SELECT id, requisition_price_tolerance, requisition_window_days FROM res_company ORDER BY id",
        }
        return {name: self._query(query) for name, query in tables.items()}

    def _find_harm(self, role, user):
        """What happened that this role may not bring about, in words."""
        after = self._snapshot()
        if after == self.before:
            return []
        before = {name: {row[0]: row[1:] for row in self.before[name]} for name in ROWS}
        now = {name: {row[0]: row[1:] for row in after[name]} for name in ROWS}
        changed = [name for name in after if name not in ROWS and after[name] != self.before[name]]
        if role in POWERLESS:
            # what somebody makes in a company of their own is theirs
            return changed + [
                f"{name} {row_id}"
                for name in ROWS
                for row_id, row in {**now[name], **before[name]}.items()
                if now[name].get(row_id) != before[name].get(row_id) and row[-1] != self.sister.id
            ]
        harm = [name for name in changed if name != "delegations" or role != "approver of the lower tier"]
        for row_id, row in before["decisions"].items():
            if now["decisions"].get(row_id) != row:
                harm.append(f"decision {row} is {now['decisions'].get(row_id)}")
        may_decide = (self.tier.id, user.id) if role == "approver of the lower tier" else None
        for row_id, row in now["decisions"].items():
            if row_id in before["decisions"]:
                continue
            requisition_id, _revision, tier_id, user_id, _for, _decision, amount, _why, _company = row
            own = now["requisitions"][requisition_id][1] == user_id
            by_system = not tier_id and user_id == self.env.ref("base.user_root").id and amount < self.tier.min_amount
            if not by_system and ((tier_id, user_id) != may_decide or own):
                harm.append(f"decision of {user_id} for tier {tier_id} on {requisition_id}")
        for row_id, row in before["requisitions"].items():
            if row[3] and (row_id not in now["requisitions"] or now["requisitions"][row_id][1] != row[1]):
                harm.append(f"requisition {row_id} is gone, or somebody else's")
        for row_id, row in before["lines"].items():
            asked, later = before["requisitions"][row[0]], now["requisitions"].get(row[0])
            sent_back = not later or later[0] in ("draft", "cancelled") or later[3] != asked[3]
            if not sent_back and now["lines"].get(row_id) != row:
                harm.append(f"line {row} is {now['lines'].get(row_id)}")
        for row_id, row in before["orders"].items():
            if row_id in now["orders"] and now["orders"][row_id][2] != row[2]:
                harm.append(f"order line {row_id} was cut loose")
        return harm + self._find_broken(now["requisitions"])

    def _find_broken(self, requisitions):
        """Requisitions that count as approved and were not, or for less; orders above what was approved."""
        self.env.invalidate_all()
        broken = []
        for requisition in self.env["maintenance.requisition"].sudo().with_context(active_test=False).browse(requisitions):
            if requisition.state not in ("approved", "ordered", "done"):
                continue
            decisions = requisition.decision_ids.filtered(
                lambda decision, requisition=requisition: decision.decision == "approved"
                and decision.revision == requisition.approved_revision
            )
            amount = sum(line._get_approved_amount() for line in requisition.line_ids if not line.is_cancelled)
            if not decisions or requisition.tier_ids - decisions.tier_id or amount > max(decisions.mapped("amount")) + 0.01:
                broken.append(f"{requisition.name} is {requisition.state} for {amount}")
        for order in self.env["purchase.order"].sudo().search([("state", "=", "purchase")]):
            lines = order.order_line.requisition_line_id
            broken += filter(None, (line._get_amount_refusal(order, placing=False) for line in lines))
        return broken
