from odoo import api, fields, models
from odoo.fields import Domain

from ...words import format_number

#: Changes of a requisition itself that are rows of their own; its state is told with what caused it.
PLAIN_CHANGES = {"requester_id": "requester", "reason": "purpose"}


class MaintenanceRequisitionAudit(models.Model):
    """What the history of a requisition says about the requisition itself."""

    _name = "maintenance.requisition"
    _inherit = ["maintenance.requisition", "maintenance.audit.mixin"]

    log_ids = fields.One2many("maintenance.requisition.log", "requisition_id", "History", readonly=True, copy=False)

    def _log(self, kind, user_id=None, **values):
        """Add a row of ``kind`` to the history of each requisition.

        Cheap: all rows of a transaction are written together when it commits.

        :param user_id: who, when not the current user.
        :param values: further fields of `maintenance.requisition.log`: ``line_id``, ``old_value``, ``new_value``,
            ``amount`` (company currency), ``reason``. Prices belong in the amounts only.
        """
        # sudo: history tells about requisitions that its cause may not read
        rows = [{**requisition._prepare_log_vals(kind), **values} for requisition in self.sudo()]
        self.env["maintenance.requisition.log"]._add_rows(rows, user_id)

    def _prepare_log_vals(self, kind):
        """A row about the whole requisition; it names the job or asset when there is just one."""
        self.ensure_one()
        request = self.line_ids.maintenance_request_id
        equipment = self.line_ids.equipment_id
        return {
            "kind": kind,
            "requisition_id": self.id,
            "requisition_name": self.name,
            "revision": self.revision,
            "company_id": self.company_id.id,
            "maintenance_request_id": request.id if len(request) == 1 else False,
            "equipment_id": equipment.id if len(equipment) == 1 else False,
        }

    # -- Watched by the mixin ----------------------------------------------------------------------

    @api.model
    def _get_audited_fields(self):
        return frozenset({"state", "date_submitted", "date_cancelled", "revision", *PLAIN_CHANGES})

    def _get_born_values(self):
        return {"state": "draft", "date_submitted": False, "date_cancelled": False, "revision": 0}

    def _prepare_created_log_vals(self):
        source = dict(self._fields["source"]._description_selection(self.env))[self.source]
        return [{**self._prepare_log_vals("created"), "new_value": source, "reason": self.reason}]

    def _prepare_changed_log_vals(self, before):
        rows = []
        for name, kind in PLAIN_CHANGES.items():
            if name in before and before[name] != self[name]:
                old, new = (value if name == "reason" else value.display_name for value in (before[name], self[name]))
                rows.append({**self._prepare_log_vals(kind), "old_value": old, "new_value": new})
        return rows + self._prepare_state_log_vals(before)

    def _prepare_state_log_vals(self, before):
        """Rows that say what happened; the last one carries the change of state, one of its own does else."""
        rows = []
        submitted = "revision" in before and before["revision"] != self.revision
        if submitted:
            rows.append({"kind": "submitted", "amount": self.job_amount})
        if (submitted or before.get("date_submitted")) and not self.date_submitted:
            rows.append({"kind": "sent_back"})
        if "date_cancelled" in before and not before["date_cancelled"] and self.date_cancelled:
            rows.append({"kind": "cancelled", "amount": self.amount_total})
        if "state" in before and before["state"] != self.state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            change = {"old_value": labels.get(before["state"]), "new_value": labels.get(self.state)}
            rows = [*rows[:-1], {**(rows[-1] if rows else {"kind": "state"}), **change}]
        return [{**self._prepare_log_vals(row["kind"]), **row} for row in rows]

    def _prepare_deleted_log_vals(self):
        items = ", ".join(self.line_ids.mapped("name"))
        return [{**self._prepare_log_vals("deleted"), "old_value": items, "amount": self.amount_total}]

    def _get_deleted_with(self):
        return [self.sudo().line_ids]


class MaintenanceRequisitionLineAudit(models.Model):
    """What the history says about the lines: item, quantity, price, vendor and job."""

    _name = "maintenance.requisition.line"
    _inherit = ["maintenance.requisition.line", "maintenance.audit.mixin"]

    def _prepare_log_vals(self, kind, requisition=None):
        """A row about this line.

        :param requisition: when it is not that of the line any more.
        """
        self.ensure_one()
        return {
            **(requisition or self.requisition_id)._prepare_log_vals(kind),
            "line_id": self.id,
            "line_name": self.name,
            "maintenance_request_id": self.maintenance_request_id.id,
            "equipment_id": self.equipment_id.id,
        }

    @api.model
    def _describe_qty(self, quantity, unit):
        return f"{format_number(self.env, quantity)} {unit.name}"

    def _log_price_asked(self, reason):
        result = super()._log_price_asked(reason)
        self.env["maintenance.requisition.log"]._add_rows(
            [
                {
                    **line._prepare_log_vals("price_asked"),
                    "amount_before": line.price_unit,
                    "amount": line._get_asked_price(),
                    "price_reason": reason,
                }
                for line in self
            ]
        )
        return result

    # -- Watched by the mixin ----------------------------------------------------------------------

    @api.model
    def _get_audited_fields(self):
        return frozenset(
            {
                "equipment_id",
                "is_cancelled",
                "maintenance_request_id",
                "name",
                "partner_id",
                "price_unit",
                "product_id",
                "product_qty",
                "product_uom_id",
                "requisition_id",
            }
        )

    def _prepare_created_log_vals(self):
        vendor = self.partner_id.name
        quantity = self._describe_qty(self.product_qty, self.product_uom_id)
        new = self.env._("%(quantity)s from %(vendor)s", quantity=quantity, vendor=vendor) if vendor else quantity
        return [{**self._prepare_log_vals("line_added"), "new_value": new, "amount": self.price_unit}]

    def _prepare_deleted_log_vals(self):
        quantity = self._describe_qty(self.product_qty, self.product_uom_id)
        return [{**self._prepare_log_vals("line_removed"), "old_value": quantity, "amount_before": self.price_unit}]

    def _prepare_changed_log_vals(self, before):
        was = {name: before.get(name, self[name]) for name in self._get_audited_fields()}
        changed = {name for name, value in was.items() if value != self[name]}
        rows = []
        if "requisition_id" in changed:
            rows.append(self._prepare_log_vals("line_removed", was["requisition_id"]))
            rows.append(self._prepare_log_vals("line_added"))
        if changed & {"name", "product_id"}:
            rows.append({**self._prepare_log_vals("item"), "old_value": was["name"], "new_value": self.name})
        if changed & {"product_qty", "product_uom_id"}:
            old = self._describe_qty(was["product_qty"], was["product_uom_id"])
            new = self._describe_qty(self.product_qty, self.product_uom_id)
            rows.append({**self._prepare_log_vals("quantity"), "old_value": old, "new_value": new})
        if self.currency_id.compare_amounts(was["price_unit"], self.price_unit):
            price = {"amount_before": was["price_unit"], "amount": self.price_unit}
            rows.append({**self._prepare_log_vals("price"), **price})
        if "partner_id" in changed:
            row = self._prepare_log_vals("vendor")
            rows.append({**row, "old_value": was["partner_id"].display_name, "new_value": self.partner_id.display_name})
        if changed & {"maintenance_request_id", "equipment_id"}:
            old = was["maintenance_request_id"] or was["equipment_id"]
            new = self.maintenance_request_id or self.equipment_id
            rows.append({**self._prepare_log_vals("job"), "old_value": old.display_name, "new_value": new.display_name})
        if "is_cancelled" in changed and self.is_cancelled:
            quantity = self._describe_qty(self.product_qty, self.product_uom_id)
            refusal = self.refused_decision_id
            row = {"old_value": quantity, "reason": refusal.comment if refusal else self.env._("Not needed any more.")}
            if refusal:
                row |= {"user_id": refusal.user_id.id, "new_value": refusal._describe_place(), "amount": self.price_subtotal}
            rows.append({**self._prepare_log_vals("rejected" if refusal else "line_removed"), **row})
        return rows


class MaintenanceApprovalDecisionAudit(models.Model):
    """Decisions stand in the history as well, so that all of it can be read in one place."""

    _name = "maintenance.approval.decision"
    _inherit = ["maintenance.approval.decision", "maintenance.audit.mixin"]

    def _prepare_created_log_vals(self):
        return [
            {
                **self.requisition_id._prepare_log_vals(self.decision),
                "user_id": self.user_id.id,
                "revision": self.revision,
                "new_value": self._describe_place(),
                "amount": self.amount,
                "reason": self.comment,
                "is_own": self.is_own,
            }
        ]

    def _describe_place(self):
        """The tier, and whose place was taken."""
        if not self.on_behalf_of_id:
            return self.tier_id.name
        return self.env._(
            "%(tier)s, in place of %(person)s", tier=self.tier_id.name, person=self.on_behalf_of_id.name
        )


class MaintenanceApprovalDelegationAudit(models.Model):
    """Delegations that begin or end change who decides on what waits; its history says so."""

    _inherit = "maintenance.approval.delegation"

    def _log_turn(self, side):
        """:param str side: ``new_value`` when they begin, ``old_value`` when they end."""
        for delegation in self:
            tiers = delegation._get_candidate_tiers()
            waiting = self.env["maintenance.requisition"].search([("current_tier_id", "in", tiers.ids)])
            for tier, requisitions in waiting.grouped("current_tier_id").items():
                requisitions._log("approvers", **{side: delegation.display_name}, reason=tier.name)


class MaintenanceApprovalTierAudit(models.Model):
    """What waits for a tier is decided by others when the tier's people change; its history says so."""

    _name = "maintenance.approval.tier"
    _inherit = ["maintenance.approval.tier", "maintenance.audit.mixin"]

    @api.model
    def _get_audited_fields(self):
        return frozenset({"group_id", "user_ids"})

    def _prepare_changed_log_vals(self, before):
        was = [before.get(name, self[name]) for name in ("group_id", "user_ids")]
        now = [self.group_id, self.user_ids]
        if was == now:
            return []
        old, new = (", ".join(name for records in people for name in records.mapped("name")) for people in (was, now))
        waiting = self.env["maintenance.requisition"].search([("current_tier_id", "=", self.id)])
        return [
            {**requisition._prepare_log_vals("approvers"), "old_value": old, "new_value": new, "reason": self.name}
            for requisition in waiting
        ]


class MaintenanceRequestAudit(models.Model):
    _inherit = "maintenance.request"

    @api.readonly
    def action_view_requisition_log(self):
        """Open the history of all that was asked for these work orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_requisition_log")
        action["domain"] = list(
            Domain("maintenance_request_id", "in", self.ids)
            | Domain("requisition_id.line_ids.maintenance_request_id", "in", self.ids)
        )
        action["context"] = {}
        return action
