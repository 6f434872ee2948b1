from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...context import BY_SYSTEM, is_by_system
from ...words import format_day
from .maintenance_purchase_review import MANAGER_GROUP


class PurchaseOrderLock(models.Model):
    """Orders for maintenance that are fully received and billed are locked by themselves after some days.

    The order keeps when that was; its chatter says why. A purchase manager may undo it, and whatever
    somebody unlocked is not locked by the system again.
    """

    _inherit = "purchase.order"

    date_auto_locked = fields.Datetime(
        "Locked by the system on", readonly=True, copy=False, index="btree_not_null",
        help="When the system locked the order because it was fully received and billed for long enough.",
    )  # fmt: skip
    auto_lock_off = fields.Boolean(
        "Not locked by the system", readonly=True, copy=False,
        help="Somebody unlocked the order; the system does not lock it again.",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_lock_log(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_lock_log(vals)
        unlocked = self.filtered("locked") if "locked" in vals and not vals["locked"] else self.browse()
        unlocked._check_may_unlock()
        result = super().write(vals)
        if unlocked:
            unlocked.with_context(maintenance_locking=BY_SYSTEM).write({"auto_lock_off": True})
        return result

    def _check_lock_log(self, vals):
        """:raises UserError: somebody writes by hand when the system locked an order."""
        if {"date_auto_locked", "auto_lock_off"} & vals.keys() and not is_by_system(self.env, "maintenance_locking"):
            raise UserError(self.env._("Which orders the system locks and when is written by the system, not by hand."))

    def _check_may_unlock(self):
        """:raises UserError: who undoes a lock of the system is no purchase manager."""
        by_system = self.filtered("date_auto_locked")
        if by_system and not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise UserError(
                self.env._(
                    "%s was locked because it is fully received and billed; ask a purchase manager to unlock it.",
                    by_system[0].name,
                )
            )

    # -- Locking --------------------------------------------------------------------------------------

    @api.model
    def _cron_lock(self):
        """Lock what is settled for as many days as each company says."""
        companies = self.env["res.company"].search([("order_lock_days", ">", 0)], order="id")
        works = [(self._find_lockable(company), lambda orders: orders._lock_settled()) for company in companies]
        self.env["ir.cron"]._maintenance_work_through(*works)

    @api.model
    def _find_lockable(self, company):
        """Placed orders for maintenance that are billed and not locked, nor unlocked by somebody."""
        for_maintenance = (
            Domain("requisition_line_id", "!=", False)
            | Domain("maintenance_request_id", "!=", False)
            | Domain("equipment_id", "!=", False)
            | Domain("product_id.is_spare_part", "=", True)
        )
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "purchase")
            & Domain("locked", "=", False)
            & Domain("auto_lock_off", "=", False)
            & Domain("invoice_status", "=", "invoiced")
            & Domain("order_line", "any", for_maintenance),
            order="id",
        )

    def _lock_settled(self):
        """Lock those of the orders that are settled long enough, and say so on them."""
        last_days = self._get_settled_days()
        due = self.filtered(
            lambda order: order in last_days
            and last_days[order] + timedelta(days=order.company_id.order_lock_days) <= order.company_id._get_plant_day()
        )
        if not due:
            return due
        due.with_context(maintenance_locking=BY_SYSTEM).write(
            {"locked": True, "date_auto_locked": fields.Datetime.now()}
        )
        due._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Locked by the system: fully received and billed since %s. A purchase manager can unlock it.",
                    format_day(self.env, last_days[order]),
                )
                for order in due
            }
        )
        return due

    def _get_settled_days(self):
        """The day of the last receipt or bill, whichever is later, of the orders that are fully received and billed."""
        settled = self.filtered(lambda order: order._is_received_and_billed() and not order._is_return_pending())
        receipts = settled.order_line._get_last_receipts()
        days = {}
        for order in settled:
            bills = order.order_line.invoice_lines.move_id.filtered(lambda bill: bill.state == "posted")
            known = [receipts[line] for line in order.order_line if line in receipts]
            known += [bill.invoice_date or bill.date for bill in bills]
            if known:
                days[order] = max(known)
        return days

    def _is_received_and_billed(self):
        """Whether all that was ordered is here and billed, and nothing more."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        return bool(lines) and all(
            line.product_uom_id.compare(line.qty_received, line.product_qty) >= 0
            and line.product_uom_id.compare(line.qty_invoiced, line.qty_received) == 0
            for line in lines
        )

    def _is_return_pending(self):
        """Whether goods are to come or go back, went back to be replaced, or a bill or refund is not posted."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type)
        if any(move.state not in ("done", "cancel") for move in lines.move_ids):
            return True
        if any(bill.state == "draft" for bill in lines.invoice_lines.move_id):
            return True
        return any(
            line.product_uom_id.compare(line._get_supply_quantities()[1], line.qty_received) < 0 for line in lines
        )

    def action_undo_lock(self):
        """Unlock what the system locked.

        :raises UserError: the user is no purchase manager.
        """
        self.filtered("date_auto_locked").button_unlock()
        return True
