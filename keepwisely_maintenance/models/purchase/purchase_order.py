from odoo import api, fields, models
from odoo.exceptions import UserError

from ...cached import fetch_rows, fill


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    requisition_line_ids = fields.Many2many(
        "maintenance.requisition.line", compute="_compute_maintenance_documents", string="Requisition lines"
    )
    maintenance_requisition_ids = fields.Many2many(
        "maintenance.requisition", compute="_compute_maintenance_documents",
        search="_search_maintenance_requisition_ids", string="Maintenance requisitions",
    )  # fmt: skip
    maintenance_work_order_ids = fields.Many2many(
        "maintenance.request", compute="_compute_maintenance_documents",
        search="_search_maintenance_work_order_ids", string="Work orders",
    )  # fmt: skip
    equipment_ids = fields.Many2many(
        "maintenance.equipment", compute="_compute_maintenance_documents",
        search="_search_equipment_ids", string="Assets",
    )  # fmt: skip
    maintenance_requisition_count = fields.Integer(compute="_compute_maintenance_documents")
    maintenance_work_order_count = fields.Integer(compute="_compute_maintenance_documents")
    equipment_count = fields.Integer(compute="_compute_maintenance_documents")
    has_waiting_parts = fields.Boolean(compute="_compute_has_waiting_parts")

    @api.depends(
        "order_line.requisition_line_id.requisition_id",
        "order_line.maintenance_request_id",
        "order_line.equipment_id",
    )
    def _compute_maintenance_documents(self):
        # sudo: buyers see for what they buy; opening a work order asks for rights on it
        orders = self.sudo()
        fetch_rows(orders, "order_line")
        for order in orders:
            lines = order.order_line
            requisitions, jobs, assets = (
                lines.requisition_line_id.requisition_id, lines.maintenance_request_id, lines.equipment_id
            )  # fmt: skip
            fill(order, "requisition_line_ids", lines.requisition_line_id)
            fill(order, "maintenance_requisition_ids", requisitions)
            fill(order, "maintenance_work_order_ids", jobs)
            fill(order, "equipment_ids", assets)
            order.maintenance_requisition_count = len(requisitions)
            order.maintenance_work_order_count = len(jobs)
            order.equipment_count = len(assets)

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Anybody may send the context key that adds the amount, and documents name their orders to all their readers."""
        if not self.env.context.get("show_total_amount") or self.browse().sudo(False).has_access("read"):
            return super()._compute_display_name()
        plain = self.with_context(show_total_amount=False)
        super(PurchaseOrder, plain)._compute_display_name()
        for order, named in zip(self, plain, strict=True):
            order.display_name = named.display_name

    @api.depends("picking_ids.has_waiting_parts")
    def _compute_has_waiting_parts(self):
        for order in self:
            order.has_waiting_parts = bool(order._get_next_receipt())

    def _search_maintenance_requisition_ids(self, operator, value):
        return [("order_line.requisition_line_id.requisition_id", operator, value)]

    def _search_maintenance_work_order_ids(self, operator, value):
        return [("order_line.maintenance_request_id", operator, value)]

    def _search_equipment_ids(self, operator, value):
        return [("order_line.equipment_id", operator, value)]

    @api.readonly
    def action_view_maintenance_requisitions(self):
        return self.maintenance_requisition_ids._get_records_action(name=self.env._("Requisitions"))

    @api.readonly
    def action_view_work_orders(self):
        return self.maintenance_work_order_ids._get_records_action(name=self.env._("Work orders"))

    @api.readonly
    def action_view_assets(self):
        return self.equipment_ids._get_records_action(name=self.env._("Assets"))

    def action_who_gets_parts(self):
        """Show who gets what the order brings, for the next receipt that work orders wait for."""
        self.ensure_one()
        return self._get_next_receipt().action_who_gets_parts()

    def _get_next_receipt(self):
        self.ensure_one()
        return self.picking_ids.filtered("has_waiting_parts").sorted("scheduled_date")[:1]

    def write(self, vals):
        if vals.get("state") in ("draft", "sent", "to approve", "purchase"):
            self.filtered(lambda order: order.state == "cancel")._check_still_needed()
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # sudo: buyers end what technicians wait for; its moves, cancelled before, have told them
            self.sudo().order_line.join_ids._leave()
            self.order_line._get_served()._settle_given_up()
        return result

    def unlink(self):
        served = self.order_line._get_served()
        result = super().unlink()
        served._settle_given_up()
        return result

    def _check_still_needed(self):
        """Nothing is bought twice because a cancelled order comes back.

        :raises UserError: what a line served was ordered again meanwhile, or nobody needs it.
        """
        # sudo: buyers need no rights on requisitions of others to be told
        for purchase in self.sudo().order_line.filtered("requisition_line_id"):
            approved = purchase.requisition_line_id
            others = (approved.purchase_line_ids - purchase)._get_live()
            wanted = approved._get_held_qty(approved.product_uom_id) > 0
            if wanted and not others and approved.requisition_id._may_be_ordered(approved):
                continue
            names = {"line": purchase.name, "order": purchase.order_id.name, "other": others.order_id[:1].name}
            raise UserError(
                self.env._(
                    "%(line)s on %(order)s is ordered on %(other)s already; delete that line before setting the order back.",
                    **names,
                )
                if others
                else self.env._(
                    "%(line)s on %(order)s is not needed any more; delete that line before setting the order back.", **names
                )
            )

    def action_merge(self):
        """Merge as natively, but keep every line that serves a requisition a line of its own.

        Native code adds up lines of the same product, also duplicates on the order it keeps,
        without a hook; so these lines step aside on an order of their own and come back.
        """
        lines_by_kept = self._get_requisition_lines_to_merge()
        parked = {}
        for kept, lines in lines_by_kept.items():
            parking = kept.with_context(tracking_disable=True, mail_create_nolog=True).copy(
                {"name": f"{kept.name}*", "order_line": False, "origin": False}
            )
            lines.order_id = parking
            parked[kept] = (parking, lines)
        action = super().action_merge()
        for kept, (parking, lines) in parked.items():
            lines.order_id = kept
            parking.state = "cancel"
            # sudo: buyers may not delete orders, and nobody has seen this one
            parking.sudo().unlink()
        return action

    def _get_requisition_lines_to_merge(self):
        """Lines that serve requisitions on the requests that will be merged, by the one that stays."""
        bunches = self.filtered(lambda order: order.state in ("draft", "sent")).grouped(
            lambda order: order._prepare_grouped_data(order)
        )
        lines = {}
        for orders in bunches.values():
            held = orders.order_line.filtered("requisition_line_id")
            if len(orders) > 1 and held:
                lines[min(orders, key=lambda order: order.date_order)] = held
        return lines
