from odoo import api, models
from odoo.tools import format_list

from ...words import format_number


class MaintenanceRequisitionSpendNotice(models.Model):
    """Who approved is told when more came, or was billed, than they approved; once for each receipt or bill."""

    _inherit = "maintenance.requisition"

    def _tell_deciders(self, get_body):
        """Tell who approved, and who would have had to approve what it comes to.

        :param get_body: says what, in the language of an environment.
        """
        for requisition in self:
            ordered = sum(line._get_ordered_amount(self.env["purchase.order"], placing=False) for line in requisition.line_ids)
            amount = max(requisition._get_job_amounts()[requisition], ordered)
            reached = self.env["maintenance.approval.tier"]._get_reached(requisition.company_id, amount)
            decided = requisition.decision_ids._get_standing().filtered(
                lambda decision: decision.decision == "approved" and decision.tier_id
            )
            people = decided.user_id
            for tier in reached - decided.tier_id:
                people |= tier._get_approvers()
            people = people.filtered("active") or requisition._get_buyer()
            requisition._maintenance_tell_users(people, lambda requisition: get_body(requisition.env))


class MaintenanceRequisitionLineSpendNotice(models.Model):
    _inherit = "maintenance.requisition.line"

    def _get_excess(self):
        """What orders and bills cost beyond what was approved and the tolerance, in the company's currency; 0.0 within it."""
        self.ensure_one()
        spent = self._get_ordered_amount(self.env["purchase.order"], placing=False)
        approved = self._get_approved_amount()
        limit = approved * (1 + self.company_id.requisition_price_tolerance / 100)
        return spent - approved if self.currency_id.compare_amounts(spent, limit) > 0 else 0.0


class PurchaseOrderLineSpendNotice(models.Model):
    _inherit = "purchase.order.line"

    def write(self, vals):
        if not {"qty_received", "qty_received_manual"} & vals.keys():
            return super().write(vals)
        before = self._maintenance_get_received()
        result = super().write(vals)
        self._maintenance_tell_over_receipt(before)
        return result

    def _maintenance_get_received(self):
        lines = self.sudo()
        return {line: line.qty_received for line in lines.filtered("requisition_line_id") | lines._maintenance_get_direct()}

    def _maintenance_tell_over_receipt(self, before):
        """Tell those who approved what came beyond the order, if it costs more than they approved.

        :param dict before: what was received before, as of `_maintenance_get_received`.
        """
        # sudo: whoever receives need not read what was approved
        over = self.sudo().filtered(
            lambda line: line in before
            and line.product_uom_id.compare(line.qty_received, line.product_qty) > 0
            and line.product_uom_id.compare(line.qty_received, before[line]) > 0
        )
        for requisition, lines in over.grouped(lambda line: line.requisition_line_id.requisition_id).items():
            if not requisition:
                lines._maintenance_tell_direct(lines._maintenance_describe_over_receipt)
                continue
            lines = lines.filtered(lambda line: line.requisition_line_id._get_excess())
            if lines:
                requisition._tell_deciders(lines._maintenance_describe_over_receipt)

    def _maintenance_describe_over_receipt(self, env):
        return env._(
            "More came than was approved: %s.",
            "; ".join(
                env._(
                    "%(received)s of %(line)s on %(order)s instead of %(asked)s",
                    received=format_number(env, line.qty_received),
                    line=line.requisition_line_id.name or line.product_id.display_name,
                    order=line.order_id.name,
                    asked=format_number(env, line.product_qty),
                )
                for line in self
            ),
        )

    def _maintenance_tell_dear_bill(self, bill):
        self._maintenance_tell_direct(
            lambda env: env._(
                "%(bill)s charges more than was ordered for %(lines)s.",
                bill=bill.display_name,
                lines=format_list(env, self.product_id.mapped("display_name")),
            )
        )

    def _maintenance_tell_direct(self, get_body):
        """Of what was bought without a requisition, tell the tiers that its amount reaches now.

        :param get_body: as of `_tell_deciders`.
        """
        for order, lines in self.grouped("order_id").items():
            if order.company_id.maintenance_order_rule != "tiers":
                continue
            amount = lines._maintenance_get_job_amount()
            people = self.env["res.users"]
            for tier in self.env["maintenance.approval.tier"]._get_reached(order.company_id, amount):
                people |= tier._get_approvers()
            if people:
                order._maintenance_tell_users(people, lambda order: get_body(order.env))


class StockMoveSpendNotice(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        purchases = self.purchase_line_id
        before = purchases._maintenance_get_received()
        done = super()._action_done(cancel_backorder=cancel_backorder)
        purchases._maintenance_tell_over_receipt(before)
        return done


class StockMoveLineSpendNotice(models.Model):
    """A receipt that is corrected afterwards brings more, too."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["stock.move"].browse({vals["move_id"] for vals in vals_list if vals.get("move_id")})
        purchases = moves.sudo().filtered(lambda move: move.state == "done").purchase_line_id
        before = purchases._maintenance_get_received()
        lines = super().create(vals_list)
        purchases._maintenance_tell_over_receipt(before)
        return lines

    def write(self, vals):
        if not {"quantity", "product_uom_id"} & vals.keys():
            return super().write(vals)
        purchases = self.sudo().move_id.filtered(lambda move: move.state == "done").purchase_line_id
        before = purchases._maintenance_get_received()
        result = super().write(vals)
        purchases._maintenance_tell_over_receipt(before)
        return result


class AccountMoveSpendNotice(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._maintenance_tell_dear_bills()
        posted._maintenance_note_spent()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._maintenance_note_spent()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._maintenance_note_spent()
        return result

    def _maintenance_note_spent(self):
        """What is billed beyond what is wanted counts with the rest; what is refunded or not billed after all does not."""
        # sudo: whoever posts a bill need not read what was approved
        self.sudo().line_ids.purchase_line_id.requisition_line_id._note_spent()

    def _maintenance_tell_dear_bills(self):
        """Tell those who approved of bills that cost more than that; a message for each bill and requisition."""
        for bill in self.filtered(lambda move: move.move_type in ("in_invoice", "in_receipt")):
            # sudo: whoever posts a bill need not read what was approved
            purchases = bill.sudo().line_ids.purchase_line_id
            purchases._maintenance_get_direct().filtered(
                lambda line: line._maintenance_get_billed()[0] > line.price_subtotal + line.currency_id.rounding / 2
            )._maintenance_tell_dear_bill(bill)
            approved = purchases.requisition_line_id
            for requisition, lines in approved.grouped("requisition_id").items():
                dear = lines.filtered(lambda line: line._get_excess())
                if dear:
                    requisition._tell_deciders(
                        lambda env, bill=bill, dear=dear: env._(
                            "%(bill)s charges more than was approved for %(lines)s.",
                            bill=bill.display_name,
                            lines=format_list(env, dear.mapped("name")),
                        )
                    )
