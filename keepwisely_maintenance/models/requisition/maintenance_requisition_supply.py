from markupsafe import escape

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ...const import UNATTENDED
from ...context import BY_SYSTEM
from ...words import in_language_of

#: Emergency is for people to say.
PRIORITY_BY_CRITICALITY = {"medium": "1", "high": "2", "vital": "2"}


class MaintenanceRequisitionSupply(models.Model):
    """How procurements become requisitions, and approved requisitions become procurements again."""

    _inherit = "maintenance.requisition"

    # -- Holding ----------------------------------------------------------------------------------

    @api.model
    def _hold_procurements(self, procurements):
        """Hold procurements of the buy rule as requisition lines and submit them.

        Open undecided requisitions that procurements made for the same job, or for the same vendor
        and warehouse, are extended; what a person drafts is left alone.

        :param procurements: pairs of procurement and rule, as `stock.rule._run_buy` gets them.
        """
        self._serialise_needs(procurements)
        grouped = {}
        for procurement, rule in procurements:
            key, vals = self._prepare_hold(procurement, rule)
            grouped.setdefault(key, []).append(vals)
        reusable = self._find_reusable(grouped)
        new_keys = [key for key in grouped if key not in reusable]
        created = self.create([self._prepare_held_requisition_vals(key, grouped[key]) for key in new_keys])
        vals_list = []
        for key, requisition in zip(new_keys, created, strict=True):
            vals_list += [{**vals, "requisition_id": requisition.id} for vals in grouped[key]]
        for key, requisition in reusable.items():
            vals_list += requisition._extend_with(grouped[key])
        self.env["maintenance.requisition.line"].with_context(maintenance_extending=BY_SYSTEM).create(vals_list)
        (self.concat(*reusable.values()) | created)._submit_held()

    @api.model
    def _serialise_needs(self, procurements):
        """Let two who find the same need at once come one after the other.

        Touching the reorder points of the products makes the later transaction fail and be tried
        again, seeing what the earlier one holds; a mere lock would let it go on with what it saw
        before. Ordered, so that the two do not wait for each other.
        """
        products = {procurement.product_id.id for procurement, _rule in procurements}
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_warehouse_orderpoint SET write_date = write_date
                  FROM (SELECT id FROM stock_warehouse_orderpoint
                         WHERE product_id IN %s ORDER BY id FOR UPDATE) AS needed
                 WHERE stock_warehouse_orderpoint.id = needed.id
                """,
                tuple(products),
            )
        )

    @api.model
    def _prepare_hold(self, procurement, rule):
        """What the requisition of a procurement is found by, and the values of the line that holds it."""
        lines = self.env["maintenance.requisition.line"]
        company = rule.company_id or procurement.company_id
        product, quantity, unit = procurement.product_id, procurement.product_qty, procurement.product_uom
        supplier = self._find_supplier(procurement, rule)
        seller = lines._find_seller(product, company, quantity, unit, supplier.partner_id)
        key = self._get_hold_key(procurement, rule, supplier.partner_id, priced=bool(seller.price))
        return key, lines._prepare_held_vals(procurement, rule, supplier)

    @api.model
    def _find_supplier(self, procurement, rule):
        """The price list entry that a procurement names, else the one that the buy rule takes; possibly none."""
        company = rule.company_id or procurement.company_id
        return rule._get_matching_supplier(
            procurement.product_id, procurement.product_qty, procurement.product_uom, company, procurement.values
        )

    @api.model
    def _get_hold_key(self, procurement, rule, vendor, priced):
        """What shares a requisition: a work order, else what one vendor brings to one warehouse.

        What has no price goes apart, so that it does not hold up what has one.
        """
        values = procurement.values
        company = rule.company_id or procurement.company_id
        request = values.get("maintenance_request_id")
        if request:
            return ("work_order", company, request, False, priced)
        source = "orderpoint" if values.get("orderpoint_id") else "other"
        return (source, company, vendor, rule.picking_type_id.warehouse_id, priced)

    @api.model
    def _find_reusable(self, keys):
        """Open, undecided, in nobody's hands; by key.

        Whoever may decide on requisitions gets one of their own, lest they decide on what they
        added to that of somebody else.
        """
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
        open_ones, tiers, user = self.search(domain), self.env["maintenance.approval.tier"], self.env.user
        others = open_ones.filtered(lambda requisition: requisition.requester_id != user)
        if others and self._get_holder() == user and not user._is_superuser() and tiers.search_count(tiers._served_domain()):
            open_ones -= others
        found = {}
        for requisition in open_ones:
            if requisition._get_current_decisions() or requisition._is_in_hands():
                continue
            lines = requisition.line_ids.filtered(lambda line: not line.is_cancelled)
            first = lines[:1]
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

    def _is_in_hands(self):
        """Somebody took it back to change it; held needs stay drafts only for want of a price."""
        self.ensure_one()
        return self.state == "draft" and not self.has_unpriced_line

    @api.model
    def _get_holder(self):
        """In whose name needs are held: the system's when nobody pressed a button for them."""
        return self.env.ref("base.user_root") if self._is_unattended() else self.env.user

    @api.model
    def _is_unattended(self):
        return self.env.context.get("maintenance_unattended") is UNATTENDED

    @api.model
    def _prepare_held_requisition_vals(self, key, line_vals_list):
        source, company, holder, _warehouse, _priced = key
        vals = {
            "source": source,
            "company_id": company.id,
            "requester_id": self._get_holder().id,
            **self._prepare_urgency_vals(line_vals_list),
        }
        if source == "work_order":
            vals["priority"] = holder.priority or "0"
            vals["reason"] = holder.display_name
        return vals

    @api.model
    def _prepare_urgency_vals(self, line_vals_list):
        """As early as the first line is needed, as urgent as the most critical spare part."""
        dates = [vals["date_required"] for vals in line_vals_list if vals.get("date_required")]
        products = self.env["product.product"].browse(vals["product_id"] for vals in line_vals_list)
        return {
            "date_required": min(dates, default=False),
            "priority": max(PRIORITY_BY_CRITICALITY.get(product.spare_criticality, "0") for product in products),
        }

    def _extend_with(self, line_vals_list):
        """Add what a held requisition is to be extended by to the lines that hold the same.

        :returns: values of the lines that are still to be added.
        """
        self.ensure_one()
        holding = {
            (line.orderpoint_id.id, line.product_id.id, line.product_uom_id.id): line
            for line in self.line_ids
            if line.orderpoint_id and not line.is_cancelled
        }
        added = []
        for vals in line_vals_list:
            line = holding.get((vals["orderpoint_id"], vals["product_id"], vals["product_uom_id"]))
            if line:
                line._write_by_system({"product_qty": line.product_qty + vals["product_qty"]})
                line._add_raised_by(vals.get("quantity_author_id"))
            else:
                added.append({**vals, "requisition_id": self.id})
        urgency = self._prepare_urgency_vals(line_vals_list)
        self.write(
            {
                "priority": max(self.priority, urgency["priority"]),
                "date_required": min(filter(None, (self.date_required, urgency["date_required"])), default=False),
            }
        )
        self.message_post(
            body=self.env._(
                "More is needed. Lines raised: %(raised)s; added: %(added)s.",
                raised=len(line_vals_list) - len(added),
                added=len(added),
            ),
            subtype_xmlid="mail.mt_note",
        )
        if self.has_unpriced_line:
            self._clear_activities()  # the question for prices names what is to be priced
        return added

    def _submit_held(self):
        """Submit what is held. Where nobody is there to be told why it cannot be, a buyer is.

        The need stays held as a draft then, and the rest of the scheduler's work goes on.
        """
        if not self._is_unattended():
            self._submit()
            return
        buyer = self[:1]._get_buyer() or self.env.ref("base.user_admin")
        try:
            with self.env.cr.savepoint():
                in_language_of(self, buyer)._submit()
        except UserError as error:
            if len(self) > 1:
                for requisition in self:
                    requisition._submit_held()
                return
            in_language_of(self, buyer).activity_schedule(
                "mail.mail_activity_data_warning",
                date_deadline=self.company_id._get_plant_day(),
                user_id=buyer.id,
                note=escape(str(error)),
            )

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
                        "%(requisition)s is in state “%(state)s”; it can be ordered once it is approved.",
                        requisition=requisition.name,
                        state=requisition._get_state_label(),
                    )
                )
        # sudo: as natively, orders are prepared by the system; the buyer confirms them
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "approved")
        if not lines:
            raise UserError(self.env._("Everything on %s is ordered already.", format_list(self.env, self.mapped("name"))))
        self._release(lines)
        lines.requisition_id._clear_activities()
        return self.action_view_purchase_orders()

    @api.model
    def _release(self, lines):
        """Give the held procurements back to the native buy rule."""
        # sudo: as natively, orders are prepared by the system
        self.env["stock.rule"].sudo()._run_buy([line._prepare_release() for line in lines])
