from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

#: What people who hold only maintenance rights may change on a part of a work order.
PART_FIELDS = {
    "description_picking",
    "lot_ids",
    "move_line_ids",
    "picked",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "sequence",
}

#: Money on moves; hidden from those who work on parts without other rights.
VALUE_FIELDS = {
    "price_unit",
    "remaining_value",
    "standard_price",
    "value",
    "value_computed_justification",
    "value_justification",
    "value_manual",
}


class StockMove(models.Model):
    """A part of a work order is a move from stock to the Maintenance location, without a picking."""

    _inherit = "stock.move"

    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", index="btree_not_null", ondelete="restrict", copy=False
    )
    requisition_line_ids = fields.Many2many(
        "maintenance.requisition.line",
        "maintenance_requisition_line_part_rel",
        "move_id",
        "line_id",
        "Requisition lines",
        copy=False,
    )
    # Set on moves that other rules (resupply, manufacture) make for a part.
    supplied_part_id = fields.Many2one(
        "stock.move", "Supplies part", index="btree_not_null", ondelete="set null", copy=False
    )
    supply_move_ids = fields.One2many("stock.move", "supplied_part_id", "Supply moves")
    # Shown to technicians instead of the engine's own words.
    qty_missing = fields.Float("Missing", compute="_compute_qty_missing", digits="Product Unit")

    @api.depends("state", "quantity", "picked", "product_uom_qty")
    def _compute_qty_missing(self):
        for move in self:
            move.qty_missing = move._get_missing_qty()

    @api.depends("maintenance_request_id.priority")
    def _compute_priority(self):
        parts = self.filtered("maintenance_request_id")
        for move in parts:
            move.priority = "1" if move.maintenance_request_id.priority in ("2", "3") else "0"
        return super(StockMove, self - parts)._compute_priority()

    @api.depends("maintenance_request_id.warehouse_id")
    def _compute_picking_type_id(self):
        parts = self.filtered("maintenance_request_id")
        for move in parts:
            move.picking_type_id = (
                move.picking_type_id or move.maintenance_request_id.warehouse_id.maintenance_type_id
            )
        return super(StockMove, self - parts)._compute_picking_type_id()

    @api.depends("maintenance_request_id.reference")
    def _compute_reference(self):
        parts = self.filtered("maintenance_request_id.reference")
        for move in parts:
            move.reference = move.maintenance_request_id.reference
        return super(StockMove, self - parts)._compute_reference()

    # -- CRUD --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = self.env["maintenance.request"].browse(
            {vals["maintenance_request_id"] for vals in vals_list if vals.get("maintenance_request_id")}
        )
        if not requests:
            return super().create(vals_list)
        env = self.env
        if not self.env.su:
            requests.check_access("write")
            requests._check_part_access()
        if self._has_only_part_rights("create"):
            for vals in vals_list:
                self._check_part_vals(vals)
            # sudo: parts are added without inventory rights; access was checked on the work order
            self = self.sudo()
        # sudo: locations and types follow from the work order, whoever adds the part
        vals_list = [self.sudo()._prepare_part_vals(vals) for vals in vals_list]
        moves = super().create(vals_list)
        parts = moves.filtered(lambda move: move.maintenance_request_id and not move.origin_returned_move_id)
        parts._check_part()
        confirmable = parts.filtered(
            lambda move: move.state == "draft" and move.maintenance_request_id.sudo().date_approved
        )
        confirmable.sudo()._confirm_part()
        return moves.with_env(env)

    def write(self, vals):
        parts = self.sudo().filtered("maintenance_request_id")
        if not parts and not vals.get("maintenance_request_id"):
            return super().write(vals)
        if self._has_only_part_rights("write"):
            parts.maintenance_request_id.with_env(self.env)._check_part_access()
            self._check_part_vals(vals)
            if "maintenance_request_id" in vals:
                raise UserError(self.env._("A part stays on its work order; drop it and add it to the other one."))
            if any(move.state == "done" for move in parts):
                raise UserError(self.env._("Used parts cannot be changed; return them instead."))
            if "quantity" in vals:
                # who works on the job and enters a quantity says what was used
                vals = {"picked": True, **vals}
            # sudo: parts are changed without inventory rights; access was checked on the work order
            self = self.sudo()
        reserved = parts.filtered(lambda move: move.state == "assigned")
        demand_before = {move.id: move.product_uom_qty for move in reserved}
        demand_changes = bool({"product_uom_qty", "product_id", "product_uom"} & vals.keys())
        outer = not self.env.context.get("maintenance_parts_settling")
        settles = demand_changes or bool({"quantity", "picked", "move_line_ids", "lot_ids"} & vals.keys())
        if outer and settles:
            # One look at the end; in between, the engine releases and reserves again.
            self = self.with_context(maintenance_parts_settling=True)
        result = super().write(vals)
        if demand_changes:
            parts._check_part()
            parts.filtered(lambda move: move.state in ("confirmed", "partially_available"))._action_assign()
        if outer and (settles or "state" in vals):
            lost = reserved.filtered(
                lambda move: move._get_missing_qty()
                and move.product_uom_qty <= demand_before[move.id]
            )
            parts.maintenance_request_id._on_parts_changed(lost)
        return result

    def unlink(self):
        parts = self.sudo().filtered("maintenance_request_id")
        if not parts:
            return super().unlink()
        requests = parts.maintenance_request_id
        self._check_part_removal(parts)
        parts.requisition_line_ids._withdraw_part(parts)
        parts.filtered(lambda move: move.state not in ("draft", "done"))._action_cancel()
        result = super(StockMove, parts if self._has_only_part_rights("unlink") else self).unlink()
        requests.exists()._on_parts_changed(self.browse())
        return result

    def _check_part_removal(self, parts):
        """:raises UserError: the user may not change the parts, or one was used."""
        if self.env.su:
            return
        parts.maintenance_request_id.with_env(self.env)._check_part_access()
        if any(move.state == "done" for move in parts):
            raise UserError(self.env._("Used parts cannot be deleted; return them instead."))

    def _has_field_access(self, field, operation):
        if field.name in VALUE_FIELDS and self._has_only_part_rights("read"):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _has_only_part_rights(self, operation):
        """Whether the user may do this to moves solely because of maintenance."""
        return not self.env.su and self.env.user._get_part_rights_only(operation)

    # -- Preparing and checking parts ------------------------------------------------------------

    @api.model
    def _prepare_part_vals(self, vals):
        """Complete the values of a part, which needs only a product and a quantity."""
        request = self.env["maintenance.request"].browse(vals.get("maintenance_request_id"))
        if not request or vals.get("origin_returned_move_id"):
            return vals
        picking_type = request.warehouse_id.maintenance_type_id
        if not picking_type:
            raise UserError(
                self.env._(
                    "%s belongs to no warehouse; choose the one its parts come from.", request.display_name
                )
            )
        defaults = {
            "company_id": request.company_id.id,
            "picking_type_id": picking_type.id,
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": picking_type.default_location_dest_id.id,
            "warehouse_id": request.warehouse_id.id,
            "origin": request.reference,
            "date": request.schedule_date or fields.Datetime.now(),
        }
        return {**defaults, **vals, "procure_method": "make_to_stock"}

    @api.model
    def _check_part_vals(self, vals):
        """:raises UserError: somebody with maintenance rights only touches more than the part itself."""
        beyond = vals.keys() - PART_FIELDS - {"maintenance_request_id"}
        if beyond:
            field = self._fields.get(sorted(beyond)[0])
            raise UserError(
                self.env._(
                    "“%s” of a part is kept by the storekeepers.",
                    field._description_string(self.env) if field else sorted(beyond)[0],
                )
            )

    def _check_part(self):
        """:raises UserError: quantity, unit, product or company do not fit the work order."""
        for move in self.sudo().filtered(lambda move: move.state not in ("done", "cancel")):
            product, uom = move.product_id, move.product_uom
            request = move.maintenance_request_id
            if uom.compare(move.product_uom_qty, 0) <= 0:
                message = self.env._("Enter a quantity above zero for %s.", product.display_name)
            elif not uom._has_common_reference(product.uom_id):
                message = self.env._(
                    "%(product)s is counted in %(unit)s; it cannot be counted in %(other)s.",
                    product=product.display_name,
                    unit=product.uom_id.name,
                    other=uom.name,
                )
            elif not product.active:
                message = self.env._("%s is archived; choose a product that is still in use.", product.display_name)
            elif product.type != "consu":
                message = self.env._(
                    "%s is a service and cannot be taken from stock; put it on a requisition.", product.display_name
                )
            elif product.company_id and product.company_id != request.company_id:
                message = self.env._(
                    "%(product)s belongs to %(company)s and cannot be used on %(work_order)s.",
                    product=product.display_name,
                    company=product.company_id.name,
                    work_order=request.display_name,
                )
            elif move.company_id != request.company_id:
                message = self.env._("%s belongs to another company.", request.display_name)
            else:
                continue
            raise UserError(message)

    # -- Using parts ------------------------------------------------------------------------------

    def action_use_part(self):
        """Consume what is reserved of the parts now; the rest stays wanted."""
        self._require_open_work_order()
        # sudo: technicians consume parts without inventory rights
        parts = self.sudo()
        for move in parts:
            if move.state not in ("assigned", "partially_available"):
                raise UserError(
                    self.env._("%s is not in stock yet.", move._describe_shortage())
                )
        parts._consume_part()
        return True

    def action_drop_part(self):
        """Drop parts that are not needed after all; what was reserved goes back to stock."""
        self._require_open_work_order()
        parts = self.sudo()
        if any(move.state == "done" for move in parts):
            raise UserError(self.env._("Used parts cannot be dropped; return them instead."))
        for request, moves in parts.grouped("maintenance_request_id").items():
            request.message_post(body=self.env._("Parts dropped: %s.", moves._describe_parts()))
        parts.requisition_line_ids._withdraw_part(parts)
        parts._action_cancel()
        return True

    def action_return_part(self, quantity=None):
        """Put used parts back into stock, with their value.

        :param float quantity: how many, in the unit of the part; all of them when omitted.
        :raises UserError: more is returned than was used.
        """
        self._require_open_work_order()
        # sudo: technicians return parts without inventory rights
        moves = self.sudo()
        vals_list = []
        for move in moves:
            left = move._get_consumed_qty()
            wanted = left if quantity is None else quantity
            if move.state != "done" or move.product_uom.compare(wanted, 0) <= 0 or (
                move.product_uom.compare(wanted, left) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(quantity)s × %(product)s can be returned at most.",
                        quantity=left if move.state == "done" else 0.0,
                        product=move.product_id.display_name,
                    )
                )
            vals_list.append(move._prepare_part_return_vals(wanted))
        returns = self.env["stock.move"].sudo().create(vals_list)
        returns._action_confirm(merge=False)
        returns._action_assign()
        returns.picked = True
        returns._action_done()
        returns._trigger_assign()
        return True

    def _require_open_work_order(self):
        requests = self.sudo().maintenance_request_id.with_env(self.env)
        requests.check_access("write")
        requests._check_part_access()

    def _confirm_part(self):
        self._action_confirm(merge=False)
        self._action_assign()

    def _consume_part(self, cancel_backorder=False):
        self.filtered(lambda move: not move.picked).picked = True
        # Value and cost are those of the moment of use.
        self._action_done(cancel_backorder=cancel_backorder)

    def _prepare_part_return_vals(self, quantity):
        self.ensure_one()
        return {
            "maintenance_request_id": self.maintenance_request_id.id,
            "origin_returned_move_id": self.id,
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": quantity,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "picking_type_id": self.picking_type_id.id,
            "warehouse_id": self.warehouse_id.id,
            "company_id": self.company_id.id,
            "origin": self.maintenance_request_id.reference,
            # lots and serial numbers come from the move that used them
            "move_orig_ids": [fields.Command.link(self.id)],
        }

    # -- Quantities, in the unit of the part --------------------------------------------------------

    def _get_consumed_qty(self):
        """What was used and not returned."""
        self.ensure_one()
        returned = sum(
            back.product_uom._compute_quantity(back.quantity, self.product_uom)
            for back in self.returned_move_ids
            if back.state == "done"
        )
        return self.quantity - returned if self.state == "done" else 0.0

    def _get_missing_qty(self):
        """What is wanted and not reserved; of what is marked as used, nothing more is wanted."""
        self.ensure_one()
        if self.picked or self.state not in ("confirmed", "waiting", "partially_available"):
            return 0.0
        return max(self.product_uom_qty - self.quantity, 0.0)

    def _get_uncovered_qty(self):
        """What is missing and nobody has been asked for."""
        self.ensure_one()
        missing = self._get_missing_qty()
        if not missing:
            return 0.0
        coming = sum(
            supply.product_uom._compute_quantity(supply.product_uom_qty, self.product_uom)
            for supply in self.supply_move_ids
            if supply.state not in ("done", "cancel")
        )
        coming += sum(line._get_open_qty(self.product_uom) for line in self.requisition_line_ids)
        return self.product_uom.round(max(missing - coming, 0.0))

    def _get_held_qty(self):
        """What is asked for and not yet on a purchase order."""
        self.ensure_one()
        return sum(line._get_held_qty(self.product_uom) for line in self.requisition_line_ids)

    def _get_supply_date(self):
        """The day the rest of the part is expected, or False."""
        self.ensure_one()
        dates = [line.date_expected for line in self.requisition_line_ids if line.is_open]
        dates += [
            supply.date.date() for supply in self.supply_move_ids if supply.state not in ("done", "cancel")
        ]
        return max(dates) if dates and all(dates) else False

    def _describe_shortage(self):
        """“1 × Bearing 6204, expected 24 Nov 2026, P00012”."""
        self.ensure_one()
        quantity = self._get_missing_qty() or self.product_uom_qty
        words = [f"{self.product_uom.round(quantity):g} × {self.product_id.name}"]
        date = self._get_supply_date()
        if date:
            words.append(self.env._("expected %s", format_date(self.env, date)))
        orders = self.requisition_line_ids.purchase_line_ids.order_id.filtered(
            lambda order: order.state != "cancel"
        )
        words += orders.mapped("name")
        return ", ".join(words)

    def _describe_parts(self):
        return ", ".join(f"{move.product_uom_qty:g} × {move.product_id.name}" for move in self)

    # -- Procurement --------------------------------------------------------------------------------

    def _procure_parts(self):
        """Run a procurement for what is missing of the parts and not asked for yet.

        Rules decide as ever; a product without a vendor, for which Odoo finds no rule, goes to
        the buyers as well, who choose one.
        """
        procurements = []
        for move in self:
            values = move._prepare_part_procurement_values()
            if not self.env["stock.rule"]._get_rule(move.product_id, move.location_id, values):
                values["route_ids"] = move.warehouse_id.buy_pull_id.route_id
            procurements.append(
                self.env["stock.rule"].Procurement(
                    move.product_id,
                    move._get_uncovered_qty(),
                    move.product_uom,
                    move.location_id,
                    move.maintenance_request_id.reference,
                    move.maintenance_request_id.reference,
                    move.company_id,
                    values,
                )
            )
        if procurements:
            self.env["stock.rule"].run(procurements)

    def _prepare_part_procurement_values(self):
        self.ensure_one()
        request = self.maintenance_request_id
        return {
            "date_planned": self.date,
            "warehouse_id": self.warehouse_id,
            "priority": self.priority,
            "maintenance_request_id": request,
            "part_move_id": self,
            "supplied_part_id": self.id,
        }

    # -- Native hooks ---------------------------------------------------------------------------------

    def _trigger_assign(self):
        """What a receipt brings goes first to the jobs whose requisition bought it."""
        pegged = self._get_pegged_parts()
        if pegged and not self.env["ir.config_parameter"].sudo().get_param("stock.picking_no_auto_reserve"):
            # sudo: whoever validates the receipt reserves for work orders they cannot see
            pegged.sudo()._action_assign()
        return super()._trigger_assign()

    def _get_pegged_parts(self):
        """Open parts whose requisition bought what these moves bring, most urgent first."""
        incoming = self.filtered(lambda move: move.location_dest_id.usage == "internal")
        if not incoming:
            return self.browse()
        # sudo: the chain behind a receipt may cross documents the user cannot read
        chain = self.sudo().browse(incoming._rollup_move_origs() | set(incoming.ids))
        parts = chain.purchase_line_id.requisition_line_id.part_move_ids.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
            and move.location_id in incoming.sudo().location_dest_id
        )
        return parts.sorted(
            key=lambda move: (-int(move.maintenance_request_id.priority or 0), move.date, move.id)
        )

    def _prepare_move_split_vals(self, uom_qty):
        vals = super()._prepare_move_split_vals(uom_qty)
        if self.maintenance_request_id:
            vals["maintenance_request_id"] = self.maintenance_request_id.id
            vals["requisition_line_ids"] = [fields.Command.set(self.requisition_line_ids.ids)]
        return vals

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["maintenance_request_id", "supplied_part_id"]

    def _should_be_assigned(self):
        """Parts stay without a picking."""
        return not self.maintenance_request_id and super()._should_be_assigned()

    def _is_consuming(self):
        return super()._is_consuming() or bool(self.maintenance_request_id)

    def _get_source_document(self):
        return self.maintenance_request_id or super()._get_source_document()

    def _get_analytic_distribution(self):
        distribution = self.maintenance_request_id.analytic_distribution
        return distribution or super()._get_analytic_distribution()
