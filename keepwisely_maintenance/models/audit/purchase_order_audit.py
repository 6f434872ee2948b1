from odoo import api, models
from odoo.tools import float_compare

#: Unit prices that differ less are the same; they may have more digits than a currency.
PRICE_DIGITS = 6


class PurchaseOrderAudit(models.Model):
    """What the history of requisitions says about the orders that serve them."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "maintenance.audit.mixin"]

    @api.readonly
    def action_view_requisition_log(self):
        """Open the history of this order and of the requisitions it serves."""
        action = self.env["ir.actions.act_window"]._for_xml_id("keepwisely_maintenance.action_requisition_log")
        requisitions = self.sudo().order_line.requisition_line_id.requisition_id
        action["domain"] = ["|", ("purchase_order_id", "in", self.ids), ("requisition_id", "in", requisitions.ids)]
        action["context"] = {}
        return action

    @api.model
    def _get_audited_fields(self):
        return frozenset({"state", "partner_id", "currency_id"})

    def _filter_audited(self):
        return self.filtered(lambda order: order.order_line.requisition_line_id)

    def _get_born_values(self):
        return {"state": "draft"}

    def _prepare_changed_log_vals(self, before):
        rows = []
        if "state" in before and before["state"] != self.state:
            labels = dict(self._fields["state"]._description_selection(self.env))
            kinds = {"purchase": "order_confirmed", "cancel": "order_cancelled"}
            change = {"old_value": labels.get(before["state"]), "new_value": labels.get(self.state)}
            rows += self._prepare_log_vals(kinds.get(self.state, "order_changed"), **change)
        for name in ("partner_id", "currency_id"):
            if name in before and before[name] != self[name]:
                change = {"old_value": before[name].display_name, "new_value": self[name].display_name}
                rows += self._prepare_log_vals("order_changed", **change)
        return rows

    def _prepare_log_vals(self, kind, **change):
        """A row for each requisition that the order serves, with what it orders for it."""
        return [
            {
                **requisition._prepare_log_vals(kind),
                "purchase_order_id": self.id,
                "amount": sum(line._get_company_amount(line.price_subtotal) for line in lines),
                **change,
            }
            for requisition, lines in self.order_line.grouped("maintenance_requisition_id").items()
            if requisition
        ]

    def _get_deleted_with(self):
        return [self.sudo().order_line]


class PurchaseOrderLineAudit(models.Model):
    """What the history says about purchase lines that serve requisitions."""

    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "maintenance.audit.mixin"]

    def _prepare_log_vals(self, kind):
        self.ensure_one()
        return {**self.requisition_line_id._prepare_log_vals(kind), "purchase_order_id": self.order_id.id}

    def _describe_qty(self, quantity, unit):
        """In words that technicians read; what is received by amount counts money, so its share is named."""
        asked = self.requisition_line_id
        if asked.is_by_amount:
            return asked._describe_qty(asked._from_purchase_qty(quantity, self), asked.product_uom_id)
        return asked._describe_qty(quantity, unit)

    def _prepare_qty_log_vals(self, kind, old, new):
        """A row about quantities.

        :param old, new: pairs of quantity and unit.
        """
        vals = {**self._prepare_log_vals(kind), "old_value": self._describe_qty(*old), "new_value": self._describe_qty(*new)}
        if self.requisition_line_id.is_by_amount:
            vals.update(amount_before=self._get_company_amount(old[0]), amount=self._get_company_amount(new[0]))
        return vals

    def _get_company_amount(self, amount):
        """``amount`` in the company's currency, at the order's rate."""
        return amount / (self.order_id.currency_rate or 1.0)

    # -- Watched by the mixin ----------------------------------------------------------------------

    @api.model
    def _get_audited_fields(self):
        return frozenset({"discount", "order_id", "price_unit", "product_qty", "product_uom_id", "qty_received"})

    def _filter_audited(self):
        return self.filtered("requisition_line_id")

    def _prepare_created_log_vals(self):
        new = self.env._(
            "%(quantity)s from %(vendor)s",
            quantity=self._describe_qty(self.product_qty, self.product_uom_id),
            vendor=self.order_id.partner_id.name,
        )
        amount = self._get_company_amount(self.price_subtotal)
        return [{**self._prepare_log_vals("ordered"), "new_value": new, "amount": amount}]

    def _prepare_deleted_log_vals(self):
        old = self._describe_qty(self.product_qty, self.product_uom_id)
        amount = self._get_company_amount(self.price_subtotal)
        return [{**self._prepare_log_vals("order_cancelled"), "old_value": old, "amount_before": amount}]

    def _prepare_changed_log_vals(self, before):
        was = {name: before.get(name, self[name]) for name in self._get_audited_fields()}
        unit, unit_before = self.product_uom_id, was["product_uom_id"]
        rows = []
        if was["order_id"] != self.order_id:
            change = {"old_value": was["order_id"].name, "new_value": self.order_id.name}
            rows.append({**self._prepare_log_vals("order_changed"), **change})
        if unit != unit_before or unit.compare(was["product_qty"], self.product_qty):
            quantities = (was["product_qty"], unit_before), (self.product_qty, unit)
            rows.append(self._prepare_qty_log_vals("order_quantity", *quantities))
        price_before, price = (
            unit_price * (1 - discount / 100)
            for unit_price, discount in ((was["price_unit"], was["discount"]), (self.price_unit, self.discount))
        )
        if float_compare(price_before, price, precision_digits=PRICE_DIGITS):
            change = {
                "amount_before": self._get_company_amount(price_before),
                "amount": self._get_company_amount(price),
            }
            rows.append({**self._prepare_log_vals("order_price"), **change})
        if unit.compare(was["qty_received"], self.qty_received):
            rows.append(self._prepare_qty_log_vals("received", (was["qty_received"], unit), (self.qty_received, unit)))
        return rows
