from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class MaintenanceRequisitionSupply(models.Model):
    """How procurements become requisitions, and approved requisitions become procurements again."""

    _inherit = "maintenance.requisition"

    # -- Holding ----------------------------------------------------------------------------------

    @api.model
    def _hold_procurements(self, procurements):
        """Hold procurements of the buy rule as requisition lines and submit them.

        Open undecided requisitions that procurements made for the same job are extended; what a
        person drafts is left alone.

        :param procurements: pairs of procurement and rule, as `stock.rule._run_buy` gets them.
        """
        lines = self.env["maintenance.requisition.line"]
        grouped = {}
        for procurement, rule in procurements:
            supplier = rule._get_matching_supplier(
                procurement.product_id,
                procurement.product_qty,
                procurement.product_uom,
                rule.company_id or procurement.company_id,
                procurement.values,
            )
            key = self._get_hold_key(procurement, rule, supplier)
            grouped.setdefault(key, []).append(lines._prepare_held_vals(procurement, rule, supplier))
        reusable = self._find_reusable(grouped)
        new_keys = [key for key in grouped if key not in reusable]
        created = self.create(
            [self._prepare_held_requisition_vals(key, grouped[key]) for key in new_keys]
        )
        targets = {**reusable, **dict(zip(new_keys, created, strict=True))}
        lines.with_context(maintenance_extending=True).create(
            [
                {**vals, "requisition_id": targets[key].id}
                for key, vals_list in grouped.items()
                for vals in vals_list
            ]
        )
        requisitions = self.concat(*targets.values())
        requisitions._clear_activities()
        requisitions._submit()

    @api.model
    def _get_hold_key(self, procurement, rule, supplier):
        """What shares a requisition: a work order, else what one vendor brings to one warehouse.

        What has no price goes apart, so that it does not hold up what has one.
        """
        values = procurement.values
        company = rule.company_id or procurement.company_id
        priced = bool(supplier.price)
        request = values.get("maintenance_request_id")
        if request:
            return ("work_order", company, request, False, priced)
        source = "orderpoint" if values.get("orderpoint_id") else "other"
        return (source, company, supplier.partner_id, rule.picking_type_id.warehouse_id, priced)

    @api.model
    def _find_reusable(self, keys):
        """Open, undecided, not made by hand; by key."""
        companies = {key[1].id for key in keys}
        jobs = [key[2].id for key in keys if key[0] == "work_order"]
        vendors = [key[2].id for key in keys if key[0] != "work_order"]
        domain = Domain("state", "in", ("draft", "to_approve")) & Domain("company_id", "in", list(companies))
        domain &= (
            Domain("source", "=", "work_order") & Domain("line_ids.maintenance_request_id", "in", jobs)
        ) | (
            Domain("source", "in", ("orderpoint", "other"))
            & Domain("line_ids.partner_id", "in", [*vendors, False])
        )
        found = {}
        for requisition in self.search(domain):
            decided = requisition.decision_ids.filtered(
                lambda decision, revision=requisition.revision: decision.revision == revision
            )
            if decided:
                continue
            first = requisition.line_ids[:1]
            is_job = requisition.source == "work_order"
            key = (
                requisition.source,
                requisition.company_id,
                first.maintenance_request_id if is_job else first.partner_id,
                False if is_job else first.rule_id.picking_type_id.warehouse_id,
                not requisition.has_unpriced_line,
            )
            if key in keys:
                found.setdefault(key, requisition)
        return found

    @api.model
    def _prepare_held_requisition_vals(self, key, line_vals_list):
        source, company, holder, _warehouse, _priced = key
        dates = [vals["date_required"] for vals in line_vals_list if vals.get("date_required")]
        vals = {
            "source": source,
            "company_id": company.id,
            "requester_id": self.env.uid,
            "date_required": min(dates) if dates else False,
        }
        if source == "work_order":
            vals["priority"] = holder.priority or "0"
            vals["reason"] = holder.display_name
        return vals

    # -- Releasing ----------------------------------------------------------------------------------

    def action_order(self):
        """Release approved lines into the native buy path, with the approved vendor.

        :returns: an action that opens the requests for quotation.
        :raises UserError: the user does not buy, or a line has no vendor.
        """
        if not self.env.su and not self.env.user.has_group("purchase.group_purchase_user"):
            raise UserError(self.env._("Requisitions are ordered by the buyers."))
        self._lock_for_decision()
        for requisition in self:
            if requisition.state not in ("approved", "ordered", "done"):
                raise UserError(
                    self.env._(
                        "%(requisition)s is %(state)s; it can be ordered once it is approved.",
                        requisition=requisition.name,
                        state=requisition._get_state_label().lower(),
                    )
                )
        # sudo: as natively, orders are prepared by the system; the buyer confirms them
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "approved")
        if not lines:
            raise UserError(self.env._("Everything on %s is ordered already.", ", ".join(self.mapped("name"))))
        self._release(lines)
        lines.requisition_id._clear_activities()
        return self.action_view_purchase_orders()

    @api.model
    def _release(self, lines):
        """Give the held procurements back to the native buy rule."""
        # sudo: as natively, orders are prepared by the system
        self.env["stock.rule"].sudo()._run_buy([line._prepare_release() for line in lines])
