from odoo import api, fields, models
from odoo.exceptions import UserError

#: Written by who receives what no receipt brings.
RECEIVED = {"qty_received", "qty_received_manual"}

#: What Odoo computes from quantity and price.
COMPUTED = {"price_subtotal", "price_tax", "price_total"}

#: What an order costs, and for what.
AMOUNT = {
    "discount",
    "equipment_id",
    "maintenance_request_id",
    "order_id",
    "orderpoint_id",
    "price_unit",
    "product_id",
    "product_qty",
    "product_uom_id",
    "requisition_line_id",
    "tax_ids",
}


class PurchaseOrderLine(models.Model):
    _name = "purchase.order.line"
    _inherit = ["purchase.order.line", "maintenance.guard.mixin"]

    requisition_line_id = fields.Many2one(
        "maintenance.requisition.line",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The approved need that this line serves.",
    )
    maintenance_requisition_id = fields.Many2one(
        related="requisition_line_id.requisition_id", string="Requisition"
    )
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", compute="_compute_maintenance_request_id", store=True,
        readonly=False, precompute=True, index="btree_not_null", copy=False, ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', 'not in', ('closed', 'cancelled'))]",
    )  # fmt: skip
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", compute="_compute_equipment_id", store=True, readonly=False,
        precompute=True, index="btree_not_null", copy=False, ondelete="restrict", check_company=True,
    )  # fmt: skip

    @api.depends("requisition_line_id.maintenance_request_id")
    def _compute_maintenance_request_id(self):
        for line in self:
            line.maintenance_request_id = line.requisition_line_id.maintenance_request_id or line.maintenance_request_id

    @api.depends("requisition_line_id.equipment_id", "maintenance_request_id")
    def _compute_equipment_id(self):
        for line in self:
            line.equipment_id = (
                line.requisition_line_id.equipment_id
                or line.maintenance_request_id.equipment_id
                or line.equipment_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_requisition_link(vals_list)
        lines = super().create(vals_list)
        lines._check_maintenance_company()
        lines.maintenance_request_id._maintenance_check_not_closed()
        lines.order_id._check_approved(self.order_id.browse(), lines=lines)
        return lines

    def write(self, vals):
        self._check_requisition_link([vals])
        self._check_computed(vals)
        self._check_approved_documents(vals)
        documents = {"maintenance_request_id", "equipment_id"} & vals.keys()
        if documents:
            self.maintenance_request_id._maintenance_check_not_closed()
        received_before = {line: line.qty_received for line in self} if RECEIVED & vals.keys() else {}
        before = self.order_id._maintenance_get_placed_amounts(self) if AMOUNT & vals.keys() else {}
        result = super().write(vals)
        if documents:
            self._check_maintenance_company()
            self.maintenance_request_id._maintenance_check_not_closed()
        if AMOUNT & vals.keys():
            # moved into an order that is placed, a line is placed
            placing = self.order_id if "order_id" in vals else self.order_id.browse()
            self.order_id._check_approved(placing, before, lines=self)
        if {"product_qty", "product_uom_id"} & vals.keys():
            self._get_served()._settle_given_up()
        if received_before:
            self._tell_work_orders(self.filtered(lambda line: line.qty_received < received_before[line]))
        return result

    def _tell_work_orders(self, sent_back):
        """Services and one-off parts that are received free the jobs that wait for them.

        :param sent_back: lines of which something was taken back.
        """
        # sudo: whoever receives frees and stops work orders they cannot write on
        needed = self.sudo().requisition_line_id.filtered("is_blocking")
        if needed:
            lost = needed & sent_back.sudo().requisition_line_id
            needed.maintenance_request_id._on_parts_changed(lost)

    def unlink(self):
        served = self._get_served()
        result = super().unlink()
        served._settle_given_up()
        return result

    def _get_served(self):
        """The requisition lines that these lines serve."""
        # sudo: whoever changes an order changes what is asked for
        return self.sudo().requisition_line_id

    @api.model
    def _get_guarded_fields(self):
        return frozenset({"requisition_line_id"})

    def _check_requisition_link(self, vals_list):
        """:raises UserError: somebody links an order to an approval, or cuts it loose, by hand."""
        if self.env.su:
            return
        linked = self.requisition_line_id.ids
        for vals in vals_list:
            if "move_dest_ids" in vals:
                self.env["stock.move"]._maintenance_check_links([{"move_dest_ids": vals["move_dest_ids"]}])
            wanted = vals.get("requisition_line_id")
            if wanted or ("requisition_line_id" in vals and linked):
                raise UserError(
                    self.env._("A purchase line gets its requisition by ordering that requisition, not by hand.")
                )

    def _check_computed(self, vals):
        """:raises UserError: an amount that was compared with the approved one does not follow from the price."""
        touched = COMPUTED & vals.keys()
        if touched and not self.env.su and self.requisition_line_id:
            field = self._fields[sorted(touched)[0]]
            raise UserError(
                self.env._(
                    "“%s” follows from quantity and price; change those instead.", field._description_string(self.env)
                )
            )

    def _check_approved_documents(self, vals):
        """:raises UserError: what was approved for one job would be charged to another."""
        if self.env.su:
            return
        for name in ("maintenance_request_id", "equipment_id", "product_id"):
            if name not in vals:
                continue
            # sudo: buyers need no rights on requisitions of others to be told
            for approved in self.sudo().requisition_line_id:
                if name == "product_id" and not approved.product_id:
                    continue
                if (vals[name] or False) != (approved[name].id or False):
                    raise UserError(
                        self.env._(
                            "%(line)s was approved for %(document)s; ask for it again to use it elsewhere.",
                            line=approved.name,
                            document=approved.maintenance_request_id.display_name
                            or approved.equipment_id.display_name
                            or approved.requisition_id.name,
                        )
                    )

    def _check_maintenance_company(self):
        """:raises UserError: work order or asset belong to another company."""
        for line in self.sudo():
            for record in (line.maintenance_request_id, line.equipment_id):
                if record.company_id and record.company_id != line.order_id.company_id:
                    raise UserError(
                        self.env._(
                            "%(document)s belongs to another company than %(order)s.",
                            document=record.display_name,
                            order=line.order_id.name,
                        )
                    )

    def _get_live(self):
        return self.filtered(lambda line: line.order_id.state != "cancel")

    def _get_supply_quantities(self):
        """What is ordered and what is here, in the unit of the line, as goods really go.

        Native ``qty_received`` keeps what went back to the vendor without a refund, and
        ``product_qty`` keeps what a receipt without backorder gave up; with either, somebody would
        wait for goods that do not come.

        :returns: tuple of ordered (received included) and received.
        """
        self.ensure_one()
        state = self.order_id.state
        received, incoming = self.qty_received, 0.0
        if self.qty_received_method == "stock_moves":
            moves = self._get_po_line_moves()
            if self.move_ids and not moves:
                # a kit comes as its components; native code knows how many kits they make
                is_open = any(move.state not in ("done", "cancel") for move in self.move_ids)
                return (max(self.product_qty, received) if is_open and state != "cancel" else received), received
            received = 0.0
            for move in moves:
                back = move._is_purchase_return()
                quantity = move.quantity if move.state == "done" else move.product_uom_qty
                quantity = move.product_uom._compute_quantity(quantity, self.product_uom_id, round=False)
                if move.state == "done":
                    received += -quantity if back else quantity
                elif move.state != "cancel" and not back:
                    incoming += quantity
                elif move.state != "cancel" and not move.origin_returned_move_id:
                    # a lowered quantity that native code could not take off the receipt, whose date differs
                    incoming -= quantity
            incoming = max(incoming, 0.0)
        if state == "cancel":
            return received, received
        # placed by a plain write of the state, an order has no receipt yet
        if state == "purchase" and self.qty_received_method == "stock_moves" and self.move_ids:
            return received + incoming, received
        return max(self.product_qty, received), received

    def _get_rest_qty(self):
        """What is ordered and not here, in the unit of the line."""
        ordered, received = self._get_supply_quantities()
        return self.product_uom_id.round(max(ordered - received, 0.0))

    def _get_placed_qty(self, order, placing=False):
        """What the vendor is asked for: all of it as long as something of ``order`` is to come.

        :param bool placing: ``order`` is being placed, so what comes of it has no move yet.
        """
        ordered, _received = self._get_supply_quantities()
        over = self.move_ids and not placing and all(move.state in ("done", "cancel") for move in self.move_ids)
        return ordered if over or self.order_id != order else max(self.product_qty, ordered)

    def _get_qty_being_put_away(self, uom):
        """Received into an input or quality location and not in usable stock yet, in ``uom``."""
        received = self.move_ids.filtered(lambda move: move.state == "done")
        if not received.move_dest_ids:
            return 0.0
        inside = received.browse(received._rollup_move_dests()).filtered(
            lambda move: move.state not in ("draft", "done", "cancel")
            and move.location_dest_id.usage in ("internal", "transit")
            and not move._is_purchase_return()
        )
        return sum(move.product_uom._compute_quantity(move.product_uom_qty, uom, round=False) for move in inside)

    def _maintenance_keeps_price(self):
        """Whether the price was negotiated, on the requisition or here, so that no price list takes its place."""
        return self.requisition_line_id._has_own_price() or self.technical_price_unit != self.price_unit

    def _maintenance_get_qty_to_add(self, quantity, uom):
        """What ``quantity`` more of what was asked for adds to this line, in its unit."""
        if self.requisition_line_id.is_by_amount:
            return self.requisition_line_id._get_amount_to_order(self.order_id)
        return uom._compute_quantity(quantity, self.product_uom_id, rounding_method="HALF-UP")

    def _find_candidate(self, product_id, product_qty, product_uom, location_id, name, origin, company_id, values):
        """One purchase line serves at most one requisition line, and nothing else."""
        wanted = values.get("requisition_line_id") or False
        lines = self.filtered(lambda line: line.requisition_line_id.id == wanted)
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id, product_qty, product_uom, location_id, name, origin, company_id, values
        )

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self, product_id, product_qty, product_uom, location_dest_id, name, origin, company_id, values, po
    ):
        vals = super()._prepare_purchase_order_line_from_procurement(
            product_id, product_qty, product_uom, location_dest_id, name, origin, company_id, values, po
        )
        line = self.env["maintenance.requisition.line"].sudo().browse(values.get("requisition_line_id"))
        if line:
            vals.update(line._prepare_purchase_line_vals(vals, po))
        return vals
