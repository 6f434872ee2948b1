from odoo import api, fields, models
from odoo.exceptions import UserError

from ...words import format_day, format_number

#: What decides whether a job waits for a line.
AWAITED = {"is_blocking", "is_cancelled", "is_service", "maintenance_request_id", "product_id"}


class MaintenanceRequisitionLineService(models.Model):
    """Vendor services and parts that are not in the catalogue.

    They never enter stock: a service is received by quantity or by amount by whoever sees that it
    was done, an uncatalogued part arrives with the vendor's delivery. Each says whether the job
    has to wait for it.
    """

    _inherit = "maintenance.requisition.line"

    is_service = fields.Boolean(
        "Service", compute="_compute_is_service", store=True, readonly=False, precompute=True,
        help="Work by a vendor. What is done is confirmed on the work order or the purchase order.",
    )  # fmt: skip
    is_by_amount = fields.Boolean(
        "By amount",
        help="The price is a limit, and what was done is received as amounts up to it.",
    )
    is_blocking = fields.Boolean(
        "Job waits for it", compute="_compute_is_blocking", store=True, readonly=False, precompute=True,
        help="The work order waits until this is here. Parts from stock decide that by their reservation.",
    )  # fmt: skip

    is_asked_again = fields.Boolean(
        readonly=True, copy=False, help="Its work order was stopped; where that goes on, it is asked for anew."
    )

    # -- Computes -----------------------------------------------------------------------------

    @api.depends("product_id")
    def _compute_is_service(self):
        for line in self:
            line.is_service = line.product_id.type == "service" if line.product_id else line.is_service

    @api.depends("product_id", "is_service", "maintenance_request_id")
    def _compute_is_blocking(self):
        """A one-off part blocks its job unless somebody says otherwise, a service does not."""
        for line in self:
            line.is_blocking = bool(line.maintenance_request_id and not line.product_id and not line.is_service)

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_by_amount()
        return lines

    def write(self, vals):
        # sudo: a line may free a work order that its writer cannot write on
        waiting = self.sudo().maintenance_request_id if AWAITED & vals.keys() else False
        result = super().write(vals)
        if {"is_by_amount", "is_service", "product_id", "product_qty"} & vals.keys() and not self._is_system_change():
            self._check_by_amount()
        if waiting:
            (waiting | self.sudo().maintenance_request_id)._on_parts_changed()
        return result

    def unlink(self):
        # sudo: as above
        waiting = self.sudo().maintenance_request_id
        result = super().unlink()
        waiting._on_parts_changed()
        return result

    def _check_by_amount(self):
        """:raises UserError: goods, or several of something, are received by amount."""
        for line in self.filtered("is_by_amount"):
            if not line.is_service:
                raise UserError(self.env._("%s is no service, so it is received by quantity.", line.name))
            if line.product_uom_id.compare(line.product_qty, 1):
                raise UserError(
                    self.env._("Enter 1 as quantity for %s: its price is the limit of the amounts.", line.name)
                )

    # -- Actions ------------------------------------------------------------------------------

    def action_receive(self, quantity=None, amount=None, final=False):
        """Confirm that a service was done (technicians of the job, planners, buyers).

        :param float quantity: how much, in the unit of the line; all that is left when omitted.
        :param float amount: instead of a quantity, in the company's currency, for services received by amount.
        :param bool final: nothing more is to come.
        :raises UserError: it is not ordered yet, more than was ordered, or goods that stores receive.
        """
        self.ensure_one()
        self._require_may_receive(amount)
        # sudo: technicians confirm what was done without rights on purchase orders
        line = self.sudo()
        purchases = line.purchase_line_ids.filtered(
            lambda purchase: purchase.order_id.state == "purchase" and purchase.qty_received_method == "manual"
        )
        if not purchases:
            raise UserError(
                self.env._("%s is received by the storekeepers on its receipt.", line.name)
                if line.purchase_line_ids.filtered(lambda purchase: purchase.qty_received_method != "manual")
                else self.env._("%s is not ordered yet; its order must be confirmed first.", line.name)
            )
        left = {
            purchase: purchase.product_uom_id.round(purchase.product_qty - purchase.qty_received)
            for purchase in purchases
        }
        line._receive(left, line._get_receipt(left, quantity, amount))
        if final and line.is_open:
            line._lower(line.qty_received)
        # sudo: as above; the work order may go on now
        line.maintenance_request_id._on_parts_changed()
        return True

    def action_toggle_blocking(self):
        """Let the job wait for this, or not (technicians of the job and planners)."""
        for line in self:
            line.maintenance_request_id.check_access("write")
            line.maintenance_request_id._check_part_access()
            # sudo: what the job waits for is decided by who does it, whoever asked
            line.sudo()._write_by_system({"is_blocking": not line.is_blocking})
        return True

    def _ask_again(self):
        """Ask anew for what was withdrawn as the work orders of these lines were stopped; what was ordered still comes."""
        again = self.filtered("is_cancelled")
        self._write_by_system({"is_asked_again": False})
        for request, lines in again.grouped("maintenance_request_id").items():
            requisition = self.env["maintenance.requisition"].create(
                {
                    "reason": request.display_name,
                    "priority": request.priority,
                    "company_id": request.company_id.id,
                    "date_required": max(filter(None, lines.mapped("date_required")), default=False),
                    "line_ids": [fields.Command.create(line._prepare_asked_again_vals()) for line in lines],
                }
            )
            requisition.action_submit()

    def _prepare_asked_again_vals(self):
        self.ensure_one()
        names = ("product_id", "product_uom_id", "partner_id", "maintenance_request_id", "equipment_id")
        vals = {name: self[name].id for name in names}
        names = ("name", "product_qty", "date_required", "is_service", "is_by_amount", "is_blocking", "analytic_distribution")
        vals.update({name: self[name] for name in names})
        if self.is_price_manual:
            vals["price_unit"] = self.price_unit
        return vals

    def _require_may_receive(self, amount):
        if self.requisition_id._user_is_buyer_or_planner():
            self.check_access("read")
            return
        if amount is not None:
            raise UserError(self.env._("Amounts are confirmed by planners and buyers."))
        if not self.maintenance_request_id:
            raise UserError(self.env._("%s belongs to no work order; a buyer confirms it.", self.name))
        self.maintenance_request_id.check_access("write")
        self.maintenance_request_id._check_part_access()

    def _get_receipt(self, left, quantity, amount):
        """What is received now, in the unit of the purchase lines."""
        unit = self[:1].product_uom_id
        total = sum(left.values())
        if amount is not None:
            if not self.is_by_amount:
                raise UserError(self.env._("%s is received by quantity.", self.name))
            order = next(iter(left)).order_id
            received = self.currency_id._convert(amount, order.currency_id, self.company_id, order.date_order)
        elif quantity is not None:
            received = self._to_purchase_qty(quantity, next(iter(left)))
        else:
            received = total
        if unit.compare(received, 0) <= 0 or unit.compare(received, total) > 0:
            raise UserError(
                self.env._(
                    "%(quantity)s × %(line)s can be received at most.",
                    quantity=format_number(self.env, self._get_open_qty(unit)),
                    line=self.name,
                )
            )
        return received

    def _receive(self, left, received):
        for purchase, rest in left.items():
            now = min(rest, received)
            received -= now
            if now:
                purchase.qty_received += now

    def _describe_shortage(self):
        """“Crane hire, expected 24 Nov 2026, P00012”."""
        words = [self.name]
        if self.date_expected:
            words.append(self.env._("expected %s", format_day(self.env, self.date_expected)))
        return ", ".join(words + self._get_live_purchase_lines().order_id.mapped("name"))

    # -- Quantities by amount: purchase lines count money, the line counts its share of it ------------

    def _to_purchase_qty(self, quantity, purchase):
        if self.is_by_amount:
            return quantity * self._get_amount_in(purchase)
        return self.product_uom_id._compute_quantity(quantity, purchase.product_uom_id)

    def _from_purchase_qty(self, quantity, purchase):
        if self.is_by_amount:
            amount = self._get_amount_in(purchase)
            return quantity / amount if amount else 0.0
        return purchase.product_uom_id._compute_quantity(quantity, self.product_uom_id, round=False)

    def _get_amount_in(self, purchase):
        """The agreed amount in the currency of the order, at the order's rate."""
        return self.price_unit * (purchase.order_id.currency_rate or 1.0)
